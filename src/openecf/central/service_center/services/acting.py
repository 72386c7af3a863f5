"""What one agent does for a caller who was verified. Each act has a reason, is recorded, and is mailed to the owner."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy, gettext_noop

from openecf.central.accounts import queries as accounts
from openecf.central.accounts.services import closing, lettering
from openecf.central.factors.services import resetting
from openecf.central.service_center.queries import Staff
from openecf.central.service_center.services.verifying import OwnAccount, require_verified
from openecf.kernel.refusal import Refusal
from openecf.platform.audit import services as audit


class ReasonMissing(Refusal):
    said = gettext_lazy("Say why this is done: what the caller told, or the number of the ticket.")
    code = "reason-missing"


class NotForAgents(Refusal):
    said = gettext_lazy("A supervisor decides this.")
    code = "supervisors-only"


class AccountClosed(Refusal):
    said = gettext_lazy("This account is closed. Make it active again first.")
    code = "account-closed"


def _act(
    name: str, *, staff: Staff, account: UUID, reason: str, at: datetime, do: Callable[[], None], strictly: bool = False
) -> None:
    """Verified, reasoned, recorded, done: in one transaction."""
    require_verified(staff=staff, account=account, strictly=strictly, at=at)
    write_reason(f"service.{name}", staff=staff, account=account, reason=reason, at=at, do=do)


def write_reason(act: str, *, staff: Staff, account: UUID, reason: str, at: datetime, do: Callable[[], None]) -> None:
    """Do it and record why, together. ReasonMissing."""
    reason = " ".join(reason.split())[:300]
    if not reason:
        raise ReasonMissing
    with transaction.atomic():
        audit.record(act=act, by=staff.ref, at=at, subject=str(account), reason=reason)
        do()


def send_letter(*, staff: Staff, account: UUID, reason: str, at: datetime) -> None:
    """Another activation letter, to the address that the account has. NotVerified, ReasonMissing,
    lettering.NotAwaitingLetter."""
    _act(
        "letter-sent-anew", staff=staff, account=account, reason=reason, at=at,
        do=lambda: lettering.send_anew(account=account, by=staff.ref, at=at),
    )  # fmt: skip


def unlock(*, staff: Staff, account: UUID, reason: str, at: datetime) -> None:
    """Wrong passwords and wrong codes so far do not count. NotVerified, ReasonMissing."""

    def do() -> None:
        closing.unlock(account=account, by=staff.ref, at=at)
        resetting.forgive_wrong_codes(account=account)
        closing.tell(
            accounts.account(account),
            gettext_noop("earlier wrong passwords and codes were forgiven: you can sign in"),
            at,
        )

    _act("unlocked", staff=staff, account=account, reason=reason, at=at, do=do)


def reactivate(*, staff: Staff, account: UUID, reason: str, at: datetime) -> None:
    """A closed account, or one whose search rests, is active again. NotVerified, closing.NotClosed."""
    _act(
        "reactivated", staff=staff, account=account, reason=reason, at=at, strictly=True,
        do=lambda: closing.reopen(account=account, by=staff.ref, at=at),
    )  # fmt: skip


def close(*, staff: Staff, account: UUID, reason: str, at: datetime) -> None:
    """Close the account of an owner who asks for it and cannot do it in Manage My Account. NotVerified, and what
    closing.close_for_owner refuses with."""
    _act(
        "closed-for-owner", staff=staff, account=account, reason=reason, at=at, strictly=True,
        do=lambda: closing.close_for_owner(account=account, by=staff.ref, at=at),
    )  # fmt: skip


def send_reset(*, staff: Staff, account: UUID, reason: str, at: datetime) -> None:
    """A link to a new password, to the address that the account has. NotVerified, AccountClosed."""
    if not accounts.account(account).is_active:
        raise AccountClosed
    _act(
        "reset-sent", staff=staff, account=account, reason=reason, at=at,
        do=lambda: closing.send_reset(account=account, by=staff.ref, at=at),
    )  # fmt: skip


def end_sign_ons(*, staff: Staff, account: UUID, reason: str, at: datetime) -> None:
    """Sign the account out everywhere. NotVerified."""
    _act(
        "signed-out", staff=staff, account=account, reason=reason, at=at,
        do=lambda: closing.end_sign_ons(account=account, by=staff.ref, at=at),
    )  # fmt: skip


def answer_cja(*, staff: Staff, account: UUID, reason: str, at: datetime) -> None:
    """Tell the owner what the courts said of the CJA appointment. OwnAccount, ReasonMissing, closing.NoCjaQuestion."""
    if staff.account == account:
        raise OwnAccount
    write_reason(
        "service.cja-answered", staff=staff, account=account, reason=reason, at=at,
        do=lambda: closing.answer_cja(account=account, said=" ".join(reason.split())[:300], by=staff.ref, at=at),
    )  # fmt: skip


def mark_shared(*, staff: Staff, account: UUID, shared: bool, reason: str, at: datetime) -> None:
    """Whether several people use the account, on what the supervisor found; the owner need not call for that, but must
    for the way back. NotForAgents, OwnAccount, NotVerified."""
    if not staff.is_supervisor:
        raise NotForAgents
    if staff.account == account:
        raise OwnAccount
    if not shared:
        require_verified(staff=staff, account=account, strictly=True, at=at)
    write_reason(
        "service.shared" if shared else "service.not-shared", staff=staff, account=account, reason=reason, at=at,
        do=lambda: closing.mark_shared(account=account, shared=shared, by=staff.ref, at=at),
    )  # fmt: skip
