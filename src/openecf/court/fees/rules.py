"""What a reader pays for a page of the record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field

from openecf.court.people.rules import Reader
from openecf.kernel.billing import schedule_on
from openecf.kernel.days import legal_day
from openecf.kernel.exemptions import TRUSTEE
from openecf.kernel.money import Money

REPORT_LABEL = "Search Criteria:"


@dataclass(frozen=True)
class Receipt:
    """A transaction receipt as PACER prints it. ``at`` is in the court's time; ``free`` says why nothing is charged."""

    login: str
    client_code: str
    description: str
    criteria: str
    pages: int
    cost: Money
    at: datetime
    criteria_label: str = REPORT_LABEL
    court: str = ""
    exempt: bool = False
    exempt_for: str = ""
    free: bool = False
    hidden: bool = False
    """Charged like any other, and not shown: the firm that pays wants it so."""

    @property
    def printed_at(self) -> str:
        """``01/02/2024 14:03:11``; never with a hyphen, which readers take for the end of a court's name."""
        return self.at.strftime("%m/%d/%Y %H:%M:%S")


def pays_nothing(reader: Reader) -> bool:
    """The court's own people and the public terminal at the courthouse are not metered at all."""
    return reader.is_court or reader.terminal or not reader.signed_on


def exempt_for(reader: Reader, *, case: str, takes_part: bool) -> str:
    """For what this reader pays nothing for this access; empty if it is paid for.

    ``case`` is the number of the case that it is about, or "". An exemption that is bound to one case covers nothing
    else, and a trustee's the cases that the trustee takes part in.
    """
    if not reader.exempt:
        return ""
    if reader.exempt_for == TRUSTEE and not takes_part:
        return ""
    if reader.exempt_case and reader.exempt_case != case:
        return ""
    return reader.exempt_for or "order"


def price(
    *, reader: Reader, pages: int, capped: bool, free: bool, exempt: bool, at: datetime, zone: str
) -> tuple[int, Money]:
    """Billable pages and their price for this reader, by the schedule of the court's day."""
    billable, cost = schedule_on(legal_day(at, zone)).charge(pages, capped=capped)
    if free:
        return 0, Money()
    if pays_nothing(reader) or exempt:
        return billable, Money()
    return billable, cost


def together(receipts: Sequence[Receipt]) -> Receipt:
    """One receipt for several items that were charged one by one. There must be at least one."""
    return replace(
        receipts[0],
        description=", ".join(receipt.description for receipt in receipts)[:120],
        pages=sum(receipt.pages for receipt in receipts),
        cost=sum((receipt.cost for receipt in receipts), Money()),
        free=all(receipt.free for receipt in receipts),
    )


def end_of(day: date, *, zone: str) -> datetime:
    """The last second of a court's day: pages say 11:59 PM of it, which nobody takes for the day after."""
    return datetime.combine(day, time(23, 59, 59), ZoneInfo(zone))


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Amount(_Data):
    """What a filing costs from a day of the court on."""

    since: date
    cents: Annotated[int, Field(ge=0, le=10_000_000)]


class FilingFees(_Data):
    """What a court charges for filings, by the code of the event, and by when it has to be paid.

    ``pay_within``: hours, or ``same-day`` (until the court's midnight); whoever has not paid by then files nothing more
    until the fee is settled. None: fees are due, and keep nobody from filing. ``exempt``: groups that pay none.
    """

    amounts: dict[str, list[Amount]] = {}
    pay_within: Annotated[int, Field(ge=1, le=2000)] | Literal["same-day"] | None = None
    exempt: list[str] = ["us-trustee"]

    def cents_for(self, event: str, *, group: str, on: date) -> int:
        """What filing that event costs somebody of that group on a day of the court; 0: nothing."""
        if group in self.exempt:
            return 0
        found = [one for one in self.amounts.get(event, ()) if one.since <= on]
        return max(found, key=lambda one: one.since).cents if found else 0

    def due_at(self, charged_at: datetime, *, zone: str) -> datetime | None:
        """From when on an unpaid fee keeps its filer from filing; None: never."""
        if self.pay_within is None:
            return None
        if self.pay_within == "same-day":
            day = charged_at.astimezone(ZoneInfo(zone)).date()
            return end_of(day, zone=zone)
        return charged_at + timedelta(hours=self.pay_within)
