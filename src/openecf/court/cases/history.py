"""What was changed in a case, in the words of the pages on which it is changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _

from openecf.court.cases.edit_forms import JUDGES, LABELS, EntryRestrictionForm
from openecf.court.cases.merging import Value
from openecf.court.cases.models import CaseChange, Judge, Party, Representation
from openecf.court.cases.services import DAYS
from openecf.court.people import queries as people

MOST = 20
LEVELS = dict(EntryRestrictionForm.LEVELS)


@dataclass(frozen=True)
class ChangeLine:
    """One field that was changed: of whom, by whom, and what it said before and after ("" for nothing)."""

    at: datetime
    whose: str
    field: str
    before: str
    after: str
    by: str


def last_changes(case_id: int) -> list[ChangeLine]:
    """The last 20 changes of a case, the newest first."""
    changes = list(CaseChange.objects.filter(case=case_id).order_by("-version", "-id")[:MOST])
    names = _names(changes)
    return [
        ChangeLine(
            at=change.at,
            whose=names.get(change.subject, ""),
            field=_label(change.field),
            before=_said(change.field, change.before, names),
            after=_said(change.field, change.after, names),
            by=names[change.by],
        )
        for change in changes
    ]


def _label(field: str) -> str:
    others = {"user": _("Court login"), "counts": _("Counts"), "restriction": _("Who may see the case")}
    return others.get(field) or str(LABELS[field])


def _names(changes: Sequence[CaseChange]) -> dict[str, str]:
    """What to call ``party:12``, ``representation:7``, ``judge:3`` and ``user:1``, as far as these changes name them."""
    subjects = {change.subject for change in changes}
    subjects |= {f"judge:{value}" for change in changes if change.field in JUDGES for value in _both(change)}
    names: dict[str, str] = {}
    for kind, model in (("party", Party), ("representation", Representation), ("judge", Judge)):
        ids = [int(subject.partition(":")[2]) for subject in subjects if subject.startswith(f"{kind}:")]
        names |= {f"{kind}:{row}": name for row, name in model.objects.filter(id__in=ids).values_list("id", "name")}
    users = {f"user:{value}" for change in changes if change.field == "user" for value in _both(change)}
    return names | people.all_named(users | {change.by for change in changes})


def _both(change: CaseChange) -> list[Value]:
    return [value for value in (change.before, change.after) if value is not None]


def _said(field: str, value: Value, names: Mapping[str, str]) -> str:
    if value is None:
        return ""
    if field in DAYS:
        return f"{date.fromisoformat(str(value)):%m/%d/%Y}"
    if field in JUDGES or field == "user":
        return names.get(f"{'user' if field == 'user' else 'judge'}:{value}", "")
    if field == "restriction":
        return str(LEVELS.get(int(str(value)), value))
    return ", ".join(value) if isinstance(value, list) else str(value)
