"""Two accounts of one person become one: links, firm and bill of the one that closes go on with the other."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.utils.translation import gettext, gettext_lazy

from openecf.central.accounts.services import closing
from openecf.central.accounts.services.languages import in_words_of
from openecf.central.billing import services as billing
from openecf.central.courts import queries as courts
from openecf.central.courts import services as court_services
from openecf.central.firms import services as firms
from openecf.central.registration import services as registration
from openecf.central.service_center import rules
from openecf.central.service_center.models import Ticket
from openecf.central.signon import services as sign_ons
from openecf.kernel.refusal import Refusal
from openecf.platform.audit import services as audit

if TYPE_CHECKING:
    from openecf.central.accounts.models import Account


class CannotMerge(Refusal):
    """``code`` says why."""

    said = gettext_lazy("These accounts cannot be merged.")
    code = "cannot-merge"


class NoSuchNumber(CannotMerge):
    said = gettext_lazy("No account has that number.")
    code = "no-such-number"


_WHY = {
    "same": gettext_lazy("That is the same account."),
    "firm": gettext_lazy("A firm's administrative account is nobody's duplicate."),
    "kept-closed": gettext_lazy("The account that is to go on is closed. Make it active again first."),
    "linked-twice": gettext_lazy(
        "Both accounts are linked at the same court. The court must end one of the two links before."
    ),
}


def check(closing_one: Account, kept: Account) -> None:
    """CannotMerge, with the reason."""
    if why := rules.why_not_merged(_standing(closing_one), _standing(kept)):
        raise CannotMerge(_WHY[why], why=why)


def _standing(account: Account) -> rules.Standing:
    return rules.Standing(
        account=account.id,
        is_firm=account.is_administrative,
        is_active=account.is_active,
        courts=frozenset(row.court for row in courts.registered_courts(account.id)),
    )


def merge(*, closing_one: Account, kept: Account, by: str, approved_by: str, at: datetime) -> None:
    """Close the one with a pointer; the courts, the firm, the bill, the exemptions and the tickets follow. CannotMerge, closing.NotOpen.

    Inside the caller's transaction. Usage keeps the account that it was recorded for: the ledger is never rewritten.
    """
    check(closing_one, kept)
    closing.close(account=closing_one.id, why=closing.Closed.MERGED, by=by, at=at, into=kept.id)
    moved = court_services.move_links(from_account=closing_one.id, to_account=kept.id, number=kept.number, at=at)
    firms.follow(account=closing_one.id, into=kept.id, by=by, at=at)
    registration.follow(account=closing_one.id, into=kept.id, by=by, at=at)
    billing.follow_exemptions(account=closing_one.id, into=kept.id, by=UUID(by), approved_by=UUID(approved_by), at=at)
    Ticket.objects.filter(account_id=closing_one.id).update(account_id=kept.id)
    audit.record(
        act="account.merged", by=by, at=at, subject=str(kept.id), closed=str(closing_one.id), courts=moved,
        approved_by=approved_by,
    )  # fmt: skip
    for one in (closing_one, kept):
        with in_words_of(one):
            said = gettext(
                "account {closed} was closed as a duplicate of account {kept}, which goes on with its links, its firm "
                "and its bill. Sign in with the user name of account {kept}"
            ).format(closed=closing_one.number, kept=kept.number)
        closing.tell(one, said, at)
    sign_ons.let_courts_ask_again(account=kept.id, why="merged", by=by, at=at)
