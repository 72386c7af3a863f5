"""Reading where a conversion stands, and what is to be decided."""

from __future__ import annotations

from collections.abc import Sequence

from openecf.court.conversion.models import Conversion, ConvertedCase, Finding
from openecf.court.conversion.rules import Known
from openecf.court.people import queries as accounts
from openecf.kernel.names import PersonName


def current() -> Conversion | None:
    """The conversion that was not rolled back, if there is one."""
    return Conversion.objects.filter(rolled_back_at=None).first()


def that_count(case_ids: Sequence[int]) -> list[int]:
    """Those of the cases that are the court's record already: all but cases that were loaded and not switched to."""
    waiting = ConvertedCase.objects.filter(
        case__in=case_ids, conversion__switched_at=None, conversion__rolled_back_at=None
    )
    aside = set(waiting.values_list("case", flat=True))
    return [one for one in case_ids if one not in aside]


def open_findings(conversion: Conversion) -> int:
    """How many findings are not decided."""
    return Finding.objects.filter(conversion=conversion, outcome="").count()


def open_of(conversion: Conversion, *, kind: str, why: str, most: int) -> tuple[int, list[tuple[Finding, str]]]:
    """How many findings of a kind are open, and the first of them, each with the names of whom it is about."""
    rows = Finding.objects.filter(conversion=conversion, outcome="", kind=kind, why=why)
    found = list(rows.order_by("id").prefetch_related("people")[:most])
    return rows.count(), [(one, names(one)) for one in found]


def names(finding: Finding) -> str:
    """``Ada Counsel, A. Counsel``."""
    people = sorted(finding.people.all(), key=lambda one: one.id)
    return "; ".join(f"{one.first_name} {one.last_name}".strip() for one in people)


def decided(conversion: Conversion, *, most: int) -> list[tuple[Finding, str]]:
    """The findings that were decided last."""
    rows = Finding.objects.filter(conversion=conversion).exclude(outcome="").order_by("-at", "-id")
    return [(one, names(one)) for one in rows.prefetch_related("people")[:most]]


def next_open(finding: Finding) -> Finding | None:
    """The next finding that is open, of this kind first."""
    rows = Finding.objects.filter(conversion=finding.conversion_id, outcome="").exclude(id=finding.id).order_by("id")
    return rows.filter(kind=finding.kind, why=finding.why).first() or rows.first()


def finding(finding_id: int) -> Finding | None:
    """One finding of the conversion that counts."""
    return Finding.objects.filter(id=finding_id, conversion__rolled_back_at=None).select_related("kept").first()


def people_of(finding: Finding) -> list[Known]:
    """Whom a finding is about, with their accounts here and how often they appear."""
    found = []
    for one in finding.people.order_by("id"):
        user = accounts.user(one.user_id) if one.user_id else None
        found.append(
            Known(
                row=one.id,
                person=one.person,
                name=PersonName(one.last_name, one.first_name, one.middle_name, one.generation).direct,
                bar_id=one.bar_id,
                firm=one.firm,
                phone=one.phone,
                email=one.email,
                login=user.login if user else "",
                user=one.user_id,
                active=bool(user and user.password),
                appearances=one.appearances.count(),
            )
        )
    return found
