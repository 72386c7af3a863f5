"""Reading the courts: the national directory, and which of them are here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from openecf.central.courts import rules
from openecf.central.courts.models import CourtSite, RegisteredCourt
from openecf.kernel import courts as national
from openecf.platform.registering.profile import RegistrationProfile, in_language
from openecf.platform.registering.roles import ROLES


@dataclass(frozen=True)
class CourtRow:
    """A federal court as the lists show it. ``site`` is None where the court does not run this software; that of a
    bankruptcy appellate panel is its court of appeals'."""

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


def all_courts(*, typed: str = "", state: str = "") -> list[CourtRow]:
    """Every federal court, or those whose name, kind or id has all the words typed; courts of a kind together.

    ``state`` (two letters) leaves only the courts of one state or territory.
    """
    here = {site.id: site for site in CourtSite.objects.all()}
    words = typed.lower().split()
    rows = [CourtRow(court, here.get(court.within or court.id)) for court in national.listed().values()]
    rows = [row for row in rows if not state or row.court.state == state]
    return sorted((row for row in rows if _has(row.court, words)), key=lambda row: (row.court.kind, row.court.name))


def court_row(court_id: str) -> CourtRow | None:
    """One federal court; None if the national directory has none of this id."""
    court = national.listed().get(court_id)
    return CourtRow(court, CourtSite.objects.filter(id=court.within or court.id).first()) if court else None


@dataclass(frozen=True)
class Registering:
    """What a court says of people who want to file there: roles by their ids, its form for attorneys who are new."""

    roles: tuple[str, ...] = ()
    form: str = ""
    form_title: str = ""


def registering_at(row: CourtRow, *, language: str) -> Registering:
    """As the court told it last; nothing for a court that is not here or takes no registrations online."""
    said = RegistrationProfile.model_validate(row.site.registration if row.site else {})
    roles = tuple(role for role in ROLES if role in said.accepts)
    form = next((form for role in roles if (form := said.form_for(role, is_new=True))), None)
    return Registering(roles, form.code, in_language(form.title, language)) if form else Registering(roles)


@dataclass(frozen=True)
class Tile:
    """A state on the map: how many of its trial courts are on NextGen here, of how many."""

    place: rules.Place
    live: int
    courts: int

    @property
    def share(self) -> str:
        """``all``, ``some`` or ``none`` of the state's courts are live."""
        return "none" if not self.live else "all" if self.live == self.courts else "some"


def tiles() -> list[Tile]:
    """The map: a tile for each state and territory."""
    rows = all_courts()
    found = []
    for place in rules.places():
        mine = [row for row in rows if row.court.state == place.state]
        found.append(Tile(place, sum(row.is_nextgen for row in mine), len(mine)))
    return found


def _has(court: national.Court, words: Iterable[str]) -> bool:
    text = f"{court.id} {court.sign_on_id} {court.full_name} {court.kind} {court.host}".lower()
    return all(word in text for word in words)


def court_named(court_id: str) -> str:
    """The court's full name; "" if the national directory has none of this id."""
    try:
        return national.court(court_id).full_name
    except national.NoSuchCourt:
        return ""


def all_courts_here() -> list[CourtRow]:
    """The courts that run this software, with their entries of the national directory."""
    return [CourtRow(national.court(site.id), site) for site in courts()]


def registered_courts(account: UUID) -> list[RegisteredCourt]:
    """The courts at which the account is linked, by id."""
    return list(RegisteredCourt.objects.filter(account_id=account, ended=False).order_by("court"))


def registered_courts_of(accounts: Iterable[UUID]) -> dict[UUID, list[RegisteredCourt]]:
    """The courts at which each of the accounts is linked, by id; an account without one is left out."""
    found: dict[UUID, list[RegisteredCourt]] = {}
    for row in RegisteredCourt.objects.filter(account_id__in=list(accounts), ended=False).order_by(
        "account_id", "court"
    ):
        found.setdefault(row.account_id, []).append(row)
    return found


def second_factor_days(account: UUID) -> dict[str, date]:
    """From which day filing asks for a second factor, by court, where the account is linked and the court said so."""
    linked = RegisteredCourt.objects.filter(account_id=account, ended=False).values("court")
    asking = CourtSite.objects.filter(id__in=linked).exclude(filing_needs_mfa=None)
    return dict(asking.values_list("id", "filing_needs_mfa"))
