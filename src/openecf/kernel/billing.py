"""What access to the record costs: pages, caps, exemptions.

Source: Electronic Public Access Fee Schedule (28 U.S.C. 1914 note) and PACER's pricing pages:
ten cents a page, at most 30 pages for a document, docket sheet or case-specific report; no cap for
transcripts, name searches and reports that are not about one case; 4,320 bytes of extracted text make a page;
a search without a match costs one page.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from openecf.kernel.money import Money

BYTES_PER_PAGE = 4320


@dataclass(frozen=True)
class Schedule:
    """The prices in force from a day on."""

    since: date
    per_page: Money
    page_cap: int
    audio_file: Money
    quarterly_waiver: Money
    returned_payment: Money
    """For a check that the bank returned."""

    def charge(self, pages: int, *, capped: bool) -> tuple[int, Money]:
        """Billable pages and their price."""
        billable = min(pages, self.page_cap) if capped else pages
        return billable, self.per_page * billable

    @property
    def cap(self) -> Money:
        """The most that a capped item costs."""
        return self.per_page * self.page_cap


SCHEDULES = (
    Schedule(date(2012, 4, 1), Money.of("0.10"), 30, Money.of("2.40"), Money.of("15.00"), Money.of("53.00")),
    Schedule(date(2020, 1, 1), Money.of("0.10"), 30, Money.of("2.40"), Money.of("30.00"), Money.of("53.00")),
)


_announced: tuple[Schedule, ...] = ()


class OldSchedule(ValueError):
    """A schedule was announced for days that have one: what was billed by it would be billed otherwise."""


def announce(schedules: Iterable[Schedule]) -> None:
    """The schedules after those above, as the installation's configuration has them; once, when a process starts.

    OldSchedule for one that is not later than ``SCHEDULES``, or for two of one day.
    """
    global _announced
    later = tuple(sorted(schedules, key=lambda one: one.since))
    days = [SCHEDULES[-1].since, *(one.since for one in later)]
    if any(following <= day for day, following in pairwise(days)):
        told = ", ".join(map(str, days[1:]))
        raise OldSchedule(f"prices must begin after {days[0]}, each on a day of its own; told: {told}")
    _announced = later


def schedule_on(day: date) -> Schedule:
    """The schedule in force on ``day`` (the earliest one for days before all of them)."""
    in_force = [one for one in (*SCHEDULES, *_announced) if one.since <= day]
    return in_force[-1] if in_force else SCHEDULES[0]


def pages_of_text(extracted_bytes: int) -> int:
    """Pages of a report: 4,320 bytes of extracted text each, at least one."""
    return max(1, -(-extracted_bytes // BYTES_PER_PAGE))
