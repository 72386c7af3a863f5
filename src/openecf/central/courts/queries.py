"""Reading the courts: the national directory, and which of them are here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from openecf.central.courts.models import CourtSite, RegisteredCourt
from openecf.kernel import courts as national


@dataclass(frozen=True)
class CourtRow:
    """A federal court as the lists show it. ``site`` is None where the court does not run this software."""

    court: national.Court
    site: CourtSite | None

    @property
    def is_nextgen(self) -> bool:
        """Whether filers sign on there with their PACER account."""
        return self.site is not None and self.site.era == "nextgen"

    @property
    def live_on(self) -> date | None:
        return self.site.live_on if self.site else None


def courts() -> list[CourtSite]:
    """The courts that run this software."""
    return list(CourtSite.objects.order_by("id"))


def all_courts(*, typed: str = "") -> list[CourtRow]:
    """Every federal court, or those whose name, kind or id has all the words typed; courts of a kind together."""
    here = {site.id: site for site in CourtSite.objects.all()}
    words = typed.lower().split()
    rows = [CourtRow(court, here.get(court.id)) for court in national.directory().values()]
    return sorted((row for row in rows if _has(row.court, words)), key=lambda row: (row.court.kind, row.court.name))


def _has(court: national.Court, words: Iterable[str]) -> bool:
    text = f"{court.id} {court.sign_on_id} {court.full_name} {court.kind} {court.host}".lower()
    return all(word in text for word in words)


def all_courts_here() -> list[CourtRow]:
    """The courts that run this software, with their entries of the national directory."""
    return [CourtRow(national.court(site.id), site) for site in courts()]


def registered_courts(account: UUID) -> list[RegisteredCourt]:
    """The courts at which the account is linked, by id."""
    return list(RegisteredCourt.objects.filter(account_id=account).order_by("court"))
