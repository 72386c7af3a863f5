"""Changes that sign-ons must hear of: after some of them an account's other sign-ons are over, after others courts
hear anew who somebody is. Each in one transaction with what it changes.

A door of its own, beside ``services``: ending sign-ons is asked of Central Sign-On, which itself stands on the
services of this room.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from openecf.central.accounts.models import Account
from openecf.central.accounts.services import maintaining, registering, standing
from openecf.central.firms import queries as firms
from openecf.central.signon import services as sign_ons
from openecf.kernel.refusal import Refusal

FRESH = timedelta(minutes=15)
"""For so long who signed on needs no more proof to upgrade a legacy account: the road asks for much, but not for more."""


def change_password(
    *, account: Account, current: str, new: str, session: UUID | None, at: datetime, address: str
) -> None:
    """A new password. Every known device is forgotten, every sign-on but ``session`` is over.

    WrongPassword, WeakPassword, NotUpgraded.
    """
    maintaining.require_owner(account=account, password=current, at=at)
    _change_password(account=account, new=new, session=session, at=at, address=address)


def replace_common_password(
    *, account: Account, current: str, new: str, session: UUID | None, at: datetime, address: str
) -> None:
    """As ``change_password``, where one that many people use stands in the way of going on: legacy accounts too.

    WrongPassword, WeakPassword.
    """
    maintaining.prove_owner(account=account, password=current, at=at)
    _change_password(account=account, new=new, session=session, at=at, address=address)


def _change_password(*, account: Account, new: str, session: UUID | None, at: datetime, address: str) -> None:
    with transaction.atomic():
        maintaining.hold_proved(account=account)
        maintaining.set_password(account=account, new=new, at=at, address=address, act="account.password-changed")
        sign_ons.end_all(account=account.id, why="password-changed", by=str(account.id), at=at, but=session)
        sign_ons.settle_sharing(account=account.id, why="password-changed", by=str(account.id), at=at)


def reset_password(*, secret: str, new: str, at: datetime, address: str) -> Account:
    """A new password by the mailed link; every sign-on is over. LinkSpent, WeakPassword (the link stays good)."""
    with transaction.atomic():
        account = maintaining.reset_password(secret=secret, new=new, at=at, address=address)
        sign_ons.end_all(account=account.id, why="password-reset", by=str(account.id), at=at)
        sign_ons.settle_sharing(account=account.id, why="password-reset", by=str(account.id), at=at)
    return account


def asks_again(*, signed_on_at: datetime, at: datetime) -> bool:
    """Whether an upgrade asks for the password so far once more: it was not typed a short while ago."""
    return at - signed_on_at > FRESH


def upgrade(
    *,
    account: Account,
    username: str,
    password: str,
    current: str,
    signed_on_at: datetime,
    session: UUID | None,
    at: datetime,
) -> Account:
    """The last step of an upgrade; every sign-on but ``session`` is over, and courts hear of the new standing.

    It sets a new password: who finds somebody else's browser signed on cannot take the account with it. ``current``, the
    password so far, counts where ``asks_again``. AlreadyUpgraded, StepsMissing, WeakPassword, UsernameTaken, DraftGone,
    WrongPassword.
    """
    if asks_again(signed_on_at=signed_on_at, at=at):
        maintaining.prove_owner(account=account, password=current, at=at)
    with transaction.atomic():
        upgraded = registering.upgrade(account=account, username=username, password=password, at=at)
        sign_ons.end_all(account=account.id, why="upgraded", by=str(account.id), at=at, but=session)
        sign_ons.let_courts_ask_again(account=account.id, why="upgraded", by=str(account.id), at=at)
    return upgraded


def change_username(*, account: Account, password: str, username: str, at: datetime, address: str) -> None:
    """A new name to sign in with. UsernameTaken, WrongPassword."""
    with _told_anew(account.id, "username-changed", at):
        maintaining.change_username(account=account, password=password, username=username, at=at, address=address)


def confirm_email(*, secret: str, at: datetime) -> Account:
    """The link in the new mailbox was opened and confirmed. LinkSpent."""
    with transaction.atomic():
        account = maintaining.confirm_email(secret=secret, at=at)
        sign_ons.let_courts_ask_again(account=account.id, why="email-changed", by=str(account.id), at=at)
    return account


def update_person(*, account: Account, answers: Mapping[str, str], at: datetime) -> None:
    """A new name. NotUpgraded."""
    with _told_anew(account.id, "person-updated", at):
        maintaining.update_person(account=account, answers=answers, at=at)


class TheFirmDecides(Refusal):
    """A member's firm decides on client codes."""

    said = _("The firm that pays for your account decides on client codes.")
    code = "the-firm-decides"


def require_client_code(*, account: Account, required: bool, at: datetime) -> None:
    """Whether each charged access must carry a client code. NotUpgraded, TheFirmDecides."""
    with _told_anew(account.id, "billing-preferences", at):
        standing.hold(account=account.id)
        if firms.membership_of(account.id) is not None:
            raise TheFirmDecides
        maintaining.require_client_code(account=account, required=required, at=at)


@contextmanager
def _told_anew(account: UUID, why: str, at: datetime) -> Iterator[None]:
    with transaction.atomic():
        yield
        sign_ons.let_courts_ask_again(account=account, why=why, by=str(account), at=at)
