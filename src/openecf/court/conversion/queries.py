"""Reading where a conversion stands, and what is to be decided."""

from __future__ import annotations

from openecf.court.conversion.models import Conversion, Finding
from openecf.court.conversion.rules import Known
from openecf.court.people import queries as accounts
from openecf.kernel.names import PersonName


def current() -> Conversion | None:
    """The conversion that was not rolled back, if there is one."""
    return Conversion.objects.filter(rolled_back_at=None).first()


def open_findings(conversion: Conversion) -> int:
    """How many findings are not decided."""
    return Finding.objects.filter(conversion=conversion, outcome="").count()


def findings(conversion: Conversion, *, open_only: bool = True, kind: str = "") -> list[Finding]:
    """Findings in the order in which they were written down: those of logins, of sharing, of people who are there twice."""
    rows = Finding.objects.filter(conversion=conversion)
    rows = rows.filter(outcome="") if open_only else rows.exclude(outcome="")
    return list((rows.filter(kind=kind) if kind else rows).order_by("id"))


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
