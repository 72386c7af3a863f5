"""Reading the changes that a person sent to courts, and which courts a change can be sent to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from django.utils.translation import gettext

from openecf.central.accounts import queries as accounts
from openecf.central.courts import queries as courts
from openecf.central.registration import rules
from openecf.central.registration.models import ChangeRequest, ChangeStatus
from openecf.kernel import courts as national
from openecf.platform.registering.particulars import CHANGES

if TYPE_CHECKING:
    from openecf.central.accounts.models import Account

MOST_SHOWN = 50


@dataclass(frozen=True)
class Row:
    """One change in the list of Check E-File Status."""

    change: ChangeRequest
    court: national.Court
    kind: str
    status: str
    words: str


def changeable_courts(account: Account) -> Sequence[courts.CourtRow]:
    """The NextGen courts where the person files, by name; none for accounts that several people or a firm use."""
    if not account.is_upgraded or account.is_shared or account.is_administrative:
        return []
    linked = {row.court for row in courts.registered_courts(account.id) if not row.suspended}
    found = [row for row in courts.all_courts_here() if row.court.id in linked and row.is_nextgen]
    return sorted(found, key=lambda row: row.court.full_name)


def changes_of(account: UUID) -> list[Row]:
    """The person's last changes, those that wait first, then the newest."""
    found = ChangeRequest.objects.filter(account_id=account).order_by("-sent_at", "court", "id")[:MOST_SHOWN]
    rows = [row_of(one) for one in found]
    return sorted(rows, key=lambda row: row.change.status not in rules.CHANGE_WAITS)


def changes_waiting(account: UUID) -> int:
    """How many of the person's changes no court has decided."""
    return ChangeRequest.objects.filter(account_id=account, status__in=rules.CHANGE_WAITS).count()


def row_of(change: ChangeRequest) -> Row:
    """A change with its words."""
    return Row(
        change=change,
        court=national.court(change.court),
        kind=str(CHANGES[change.kind]),
        status=str(ChangeStatus(change.status).label),
        words=change.words or why_words(change.why),
    )


def why_words(why: str) -> str:
    """Why a court took no change of the person."""
    return {
        "not-linked": gettext("Your account is not linked at this court."),
        "suspended": gettext("Your filing at this court is suspended: ask its clerk's office."),
        "own-people": gettext("The court changes accounts of its own people itself."),
    }.get(why, "")


def address_said(answers: Mapping[str, str]) -> dict[str, object]:
    """An address of the account as courts keep one: a firm, lines, telephone and fax. ``answers`` by the account's
    fields."""
    town = ", ".join(part for part in (answers["city"], answers["state"]) if part)
    parts = ("unit", "address1", "address2", "address3", "room")
    lines = [answers[name] for name in parts]
    country = "" if answers["country"] == "US" else accounts.country_name(answers["country"])
    lines += [f"{town} {answers['zip']}".strip(), country]
    return {
        "firm": answers["firm"],
        "address_lines": [line for line in lines if line],
        "phone": answers["phone"],
        "fax": answers["fax"],
        "cases": answers.get("cases") or "open",
    }
