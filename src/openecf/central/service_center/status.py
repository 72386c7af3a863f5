"""How the sites of this network stand: who was heard of lately, what is planned."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext

from openecf.central.courts import queries as courts
from openecf.central.service_center import rules
from openecf.platform.banners import queries as banners
from openecf.platform.banners.models import Banner
from openecf.platform.health import checks

if TYPE_CHECKING:
    from openecf.central.courts.models import CourtSite


@dataclass(frozen=True)
class CourtStands:
    """One court. ``stands`` is up, late, down or unknown."""

    id: str
    name: str
    url: str
    stands: str
    heard_at: datetime | None
    era: str
    live_on: date | None
    closes_at: datetime | None = None
    opens_at: datetime | None = None
    """From when to when nothing can be filed because the court moves to NextGen; None once that is over."""

    @property
    def said(self) -> str:
        return {
            "up": gettext("Up"), "late": gettext("Late: not heard of for some minutes"),
            "down": gettext("Down: not heard of for a quarter of an hour"), "unknown": gettext("Not heard of yet"),
        }[self.stands]  # fmt: skip

    @property
    def is_announced(self) -> bool:
        """Whether the court says when it changes to NextGen, and has not yet."""
        return self.live_on is not None and self.era != "nextgen"


@dataclass(frozen=True)
class Status:
    """How everything stands at a moment."""

    at: datetime
    central: bool
    courts: Sequence[CourtStands]
    planned: Sequence[Banner]

    @property
    def weekends(self) -> list[CourtStands]:
        """Courts that close for filing to move, the first first."""
        return sorted((court for court in self.courts if court.closes_at), key=lambda court: court.closes_at)

    @property
    def all_well(self) -> bool:
        return self.central and all(court.stands == "up" for court in self.courts)


def _weekend(site: CourtSite, now: datetime) -> dict[str, datetime]:
    if site.filing_closes_at is None or site.live_at is None or site.live_at <= now:
        return {}
    return {"closes_at": site.filing_closes_at, "opens_at": site.live_at}


def status(*, now: datetime) -> Status:
    """What the status page and its JSON say."""
    rows = [
        CourtStands(
            id=row.court.id, name=row.court.full_name, url=row.site.base_url,
            stands=rules.stands(heard_at=row.site.heard_at, now=now), heard_at=row.site.heard_at, era=row.site.era,
            live_on=row.live_on, **_weekend(row.site, now),
        )
        for row in courts.all_courts_here()
    ]  # fmt: skip
    return Status(
        at=now,
        central=not checks.failures(),
        courts=sorted(rows, key=lambda row: row.name),
        planned=[row for row in banners.all_banners() if row.withdrawn_at is None and row.ends_at > now],
    )
