"""Reading what people ask the court to change: the list, and one with what the court holds beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from openecf.court.cases import queries as cases
from openecf.court.people import queries as people
from openecf.court.people.rules import Reader
from openecf.court.registration.models import ChangeRequest, ChangeStatus
from openecf.platform.registering.particulars import CHANGES

PAGE = 25
MOST_TICKED = 200
MOST_LISTED = 500


@dataclass(frozen=True)
class Row:
    """One change in the list and at the head of its page. ``name`` is what the court calls the person now."""

    change: ChangeRequest
    name: str
    kind: str
    status: str


@dataclass(frozen=True)
class Page:
    """One page of the list; those that wait stand oldest first, so that nobody waits for ever."""

    rows: Sequence[Row]
    number: int
    pages: int
    total: int


@dataclass(frozen=True)
class Fact:
    """What the court holds, or held when it decided, beside what the person says."""

    label: str
    before: str
    after: str
    differs: bool


def changes_waiting() -> int:
    """How many changes wait for a clerk."""
    return ChangeRequest.objects.filter(status=ChangeStatus.PENDING).count()


def changes(*, waiting: bool, page: int) -> Page:
    """Those that wait, oldest first, or all others, the last one first."""
    found = ChangeRequest.objects.select_related("user")
    if waiting:
        found = found.filter(status=ChangeStatus.PENDING).order_by("received_at", "id")
    else:
        found = found.exclude(status=ChangeStatus.PENDING).order_by("-received_at", "id")
    total = found.count()
    pages = max(1, -(-total // PAGE))
    number = min(max(page, 1), pages)
    return Page([row_of(one) for one in found[(number - 1) * PAGE : number * PAGE]], number, pages, total)


def change_of(change_id: UUID) -> ChangeRequest | None:
    """The change of that id."""
    return ChangeRequest.objects.select_related("user").filter(id=change_id).first()


def row_of(change: ChangeRequest) -> Row:
    """A change with its words."""
    user = change.user
    name = f"{user.last_name}, {user.first_name}".strip(", ") if user else _("Account {number}").format(
        number=change.account_number
    )  # fmt: skip
    return Row(change, name, str(CHANGES[change.kind]), str(ChangeStatus(change.status).label))


def side_by_side(change: ChangeRequest) -> list[Fact]:
    """Each fact that the person says, beside what the court has now; of an accepted change, what it had then."""
    if change.kind == "deactivation":
        return []
    before = change.before
    if change.user and change.status != ChangeStatus.ACCEPTED:
        before = people.particulars_of(change.user, change.kind)
    found = []
    for name, label in _labels()[change.kind]:
        old, new = _words(before.get(name, "")), _words(change.said.get(name, ""))
        found.append(Fact(label, old, new, old != new))
    return found


@dataclass(frozen=True)
class InCases:
    """The person's cases of which the reader may know: how many are open, how many there are, and those that the reader can
    tick, newest first."""

    n_open: int = 0
    n_all: int = 0
    ticked: Sequence[tuple[int, str]] = ()


def in_cases(change: ChangeRequest, reader: Reader) -> InCases:
    """In which cases the change could be printed, while it waits."""
    if change.status != ChangeStatus.PENDING or change.user is None or change.kind == "deactivation":
        return InCases()
    mine = cases.cases_of_user(change.user.pk)
    known = cases.visible_of(reader, [case for case, _is_open in mine])
    mine = [one for one in mine if one[0] in known]
    matches = cases.of_user(reader, user_id=change.user.pk, limit=MOST_TICKED)
    words = [(one.id, _("{case} (closed)").format(case=one.line) if one.terminated else one.line) for one in matches]
    return InCases(sum(is_open for _case, is_open in mine), len(mine), words)


@dataclass(frozen=True)
class Printed:
    """A case on whose docket the change is printed, or will be in a moment."""

    number: str
    title: str
    is_done: bool
    changed: bool
    told: bool


def printed(change: ChangeRequest, reader: Reader) -> tuple[list[Printed], int, int]:
    """Of the cases that the reader may know of: at most some hundreds; how many are done, and how many there are."""
    known = cases.visible_of(reader, change.cases.values_list("case_id", flat=True))
    rows = change.cases.filter(case__in=known).select_related("case").order_by("-case_id")
    shown = [
        Printed(cases.heading_number(row.case), row.case.caption or row.case.short_title, row.done_at is not None,
                row.changed, row.entry_id is not None)
        for row in rows[:MOST_LISTED]
    ]  # fmt: skip
    return shown, rows.exclude(done_at=None).count(), rows.count()


def who_decided(change: ChangeRequest) -> str:
    """The clerk's name; empty if nobody decided."""
    return people.named(change.decided_by)


def _words(value: object) -> str:
    return "\n".join(value) if isinstance(value, list) else str(value)


def _labels() -> dict[str, Sequence[tuple[str, str]]]:
    return {
        "name": (
            ("prefix", _("Prefix")),
            ("first_name", _("First name")),
            ("middle_name", _("Middle name")),
            ("last_name", _("Last name")),
            ("generation", _("Suffix")),
        ),
        "address": (
            ("firm", _("Firm or office")),
            ("address_lines", _("Address")),
            ("phone", _("Telephone")),
            ("fax", _("Fax")),
        ),
    }
