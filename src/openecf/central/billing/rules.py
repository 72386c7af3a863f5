"""Decisions about bills: quarters, the waiver, and how usage is drawn."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from openecf.kernel.billing import schedule_on
from openecf.kernel.money import Money

ZONE = "America/Chicago"
"""PACER bills by the calendar of its Service Center in San Antonio."""

Sort = Literal["date", "court", "client_code"]
Step = Literal["day", "week", "month"]


def quarter_of(day: date) -> tuple[date, date]:
    """First and last day of the calendar quarter."""
    first = date(day.year, day.month - (day.month - 1) % 3, 1)
    following = date(first.year + first.month // 10, (first.month + 2) % 12 + 1, 1)
    return first, following - timedelta(days=1)


def quarters_before(day: date, *, count: int) -> list[tuple[date, date]]:
    """The quarter of ``day`` and those before it, newest first."""
    quarters = [quarter_of(day)]
    while len(quarters) < count:
        quarters.append(quarter_of(quarters[-1][0] - timedelta(days=1)))
    return quarters


def waiver_on(day: date) -> Money:
    """What may be used in the quarter of ``day`` without paying; the schedule of its last day counts."""
    return schedule_on(quarter_of(day)[1]).quarterly_waiver


def due(*, used: Money, waiver: Money) -> Money:
    """What a quarter costs: nothing up to the waiver, everything above it."""
    return used if used > waiver else Money()


REPORTED_WITHIN = timedelta(days=5)
"""How long after a quarter's end its statements are made, so that courts that were out of reach have reported."""
PAID_WITHIN = timedelta(days=30)
"""From the day of an invoice to the day by which it is to be paid."""
KEPT_MONTHS = 24
"""For how long statements are shown. Source: PACER, "My Account & Billing"."""


def statements_on(day: date) -> date:
    """The first day on which the statements of the quarter of ``day`` are made."""
    return quarter_of(day)[1] + REPORTED_WITHIN


def billed_last(day: date) -> tuple[date, date]:
    """The newest quarter whose statements are made on that day or before."""
    return next(found for found in quarters_before(day, count=3) if statements_on(found[0]) <= day)


def quarter_name(since: date) -> str:
    """``2026-Q1``: the quarter that begins on that day."""
    return f"{since.year}-Q{since.month // 3 + 1}"


def quarter_named(name: str) -> date | None:
    """The first day of a quarter; None if that is no quarter's name."""
    found = re.fullmatch(r"([12][0-9]{3})-Q([1-4])", name, re.ASCII)
    return date(int(found[1]), int(found[2]) * 3 - 2, 1) if found else None


def statement_number(*, account_number: str, since: date) -> str:
    """``7200001-Q12026``, as PACER numbers its invoices: a payer has one statement for a quarter."""
    return f"{account_number}-Q{since.month // 3 + 1}{since.year}"


MOST = Money.of("99999.99")
"""What Pay.gov takes by card at once is less; a firm's invoice may be more than that, and a bank account pays it."""


GIVEN_BY_ONE = Money.of("50.00")
"""Up to this a refund or a credit is one person's decision; above it, two people's."""
GIVEN_COUNTS_FOR = timedelta(days=30)
"""What a payer was given on one person's word within so long counts together, credits and refunds: two halves are one
whole."""


A_DAY, A_QUARTER = timedelta(days=1), timedelta(days=90)
"""Over which what one person of the desk gave alone counts together, whoever got it. Both end now, not at midnight."""


@dataclass(frozen=True)
class GivenAlone:
    """What was given on one person's word lately: to a payer by anybody, and by one person of the desk to anybody."""

    to_payer: Money
    in_a_day: Money
    in_a_quarter: Money


@dataclass(frozen=True)
class MostAlone:
    """What one person of the desk may give alone, to all payers together. The installation says it."""

    in_a_day: Money
    in_a_quarter: Money


def needs_two(amount: Money, *, lately: GivenAlone, most: MostAlone) -> bool:
    """Whether two people must agree to a refund or a credit."""
    return (
        amount + lately.to_payer > GIVEN_BY_ONE
        or amount + lately.in_a_day > most.in_a_day
        or amount + lately.in_a_quarter > most.in_a_quarter
    )


def to_pay(*, owed: Money, on_the_way: Money) -> Money:
    """What is left to pay of what is owed, when a bank was asked for a part of it already."""
    return max(Money(), owed - on_the_way)


def amount_typed(text: str) -> Money | None:
    """An amount as people type it: ``12``, ``$1,234.50``; None if it is none."""
    if not re.fullmatch(r"\$?\s*([0-9]{1,3}(,[0-9]{3})*|[0-9]{1,9})(\.[0-9]{2})?", text.strip(), re.ASCII):
        return None
    return Money.of(re.sub(r"[$,\s]", "", text))


BANKS_PAY_FOR = timedelta(days=180)
"""From the date of a check; a bank need not pay an older one (UCC 4-404: six months)."""
CHECKS_WITH_FEE = frozenset({"funds", "closed", "stopped"})
"""Why a check came back, where its writer is charged the fee of the schedule for a returned payment."""


def check_number(text: str) -> str | None:
    """The number of a check as it is compared: ``001 017`` and ``1017`` are one; None if it is none."""
    digits = re.sub(r"[\s#-]", "", text).lstrip("0")
    return digits if re.fullmatch(r"[0-9]{1,15}", digits, re.ASCII) else None


def open_amounts(*, owed: Money, billed: Sequence[Money]) -> list[Money]:
    """What is left to pay of each bill, oldest first, of an account that owes so much: the oldest are paid first."""
    left, found = owed, []
    for amount in reversed(billed):
        found.append(max(Money(), min(amount, left)))
        left -= found[-1]
    return found[::-1]


def shared_out(amount: Money, among: Sequence[Money]) -> list[Money]:
    """An amount put on bills in their order, each up to what is left to pay of it."""
    found = []
    for each in among:
        found.append(min(amount, each))
        amount -= found[-1]
    return found


def is_invoice(due: Money) -> bool:
    """A statement with a balance due is an invoice; with a credit or nothing, a statement of account."""
    return due > Money()


def safe_cell(text: str) -> str:
    """Text that no spreadsheet takes for a formula (CWE-1236)."""
    return f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t", "\r"} else text


# The chart. All numbers are units of the picture's own coordinates.

WIDTH, HEIGHT, LEFT, BOTTOM, TOP = 720, 240, 52, 28, 12
COLOURS = 6
"""Courts that have a colour of their own; the rest share the last one."""


@dataclass(frozen=True)
class Bar:
    """A court's part of one step's column. ``colour`` counts from 0."""

    x: float
    y: float
    width: float
    height: float
    colour: int
    said: str


@dataclass(frozen=True)
class Mark:
    """A word on an axis, and where."""

    at: float
    text: str


@dataclass(frozen=True)
class Chart:
    """A drawn chart of cost over time, stacked by court."""

    step: Step
    bars: Sequence[Bar]
    heights: Sequence[Mark]
    days: Sequence[Mark]
    courts: Sequence[tuple[str, int]]
    """Court and colour, the dearest court first."""


def step_for(since: date, until: date) -> Step:
    """How long a time one column stands for."""
    days = (until - since).days + 1
    if days <= 31:
        return "day"
    return "week" if days <= 190 else "month"


def begins(day: date, step: Step) -> date:
    """The first day of the step that ``day`` is in; weeks begin on Monday."""
    if step == "day":
        return day
    return day - timedelta(days=day.weekday()) if step == "week" else day.replace(day=1)


def _steps(since: date, until: date, step: Step) -> list[date]:
    found, day = [], begins(since, step)
    while day <= until:
        found.append(day)
        day = begins(day + timedelta(days={"day": 1, "week": 7, "month": 32}[step]), step)
    return found


def top_of_scale(cents: int) -> int:
    """A round amount, at least ``cents``, that four lines divide evenly."""
    size = 40
    while size < cents:
        size = _next_round(size)
    return size


def _next_round(size: int) -> int:
    """40, 100, 200, 400, 1000, 2000, 4000, …"""
    return size * 5 // 2 if str(size).startswith("4") else size * 2


def chart(*, cents: Mapping[tuple[date, str], int], since: date, until: date) -> Chart | None:
    """Draw the cost by step and court; None if there was none. ``cents`` is by first day of the step and court."""
    if not any(cents.values()):
        return None
    step = step_for(since, until)
    columns = _steps(since, until, step)
    courts = _dearest_first(cents)
    colour = {court: min(n, COLOURS - 1) for n, court in enumerate(courts)}
    scale = top_of_scale(max(sum(cents.get((day, court), 0) for court in courts) for day in columns))
    inner, high = WIDTH - LEFT, HEIGHT - TOP - BOTTOM
    wide = inner / len(columns)
    bars = []
    for n, day in enumerate(columns):
        base = float(HEIGHT - BOTTOM)
        for court in courts:
            part = cents.get((day, court), 0)
            if not part:
                continue
            tall = part / scale * high
            base -= tall
            said = f"{court} {day:%m/%d/%Y} ${Money(part)}"
            bars.append(Bar(round(LEFT + n * wide + wide * 0.14, 1), round(base, 1), round(wide * 0.72, 1),
                            round(tall, 1), colour[court], said))  # fmt: skip
    heights = [Mark(round(HEIGHT - BOTTOM - high * n / 4, 1), _dollars(scale * n // 4)) for n in range(5)]
    return Chart(step, bars, heights, _day_marks(columns, step, wide), [(court, colour[court]) for court in courts])


def _dollars(cents: int) -> str:
    """``$2``, ``$2.50``: short, for an axis."""
    return f"${Money(cents)}" if cents % 100 else f"${cents // 100}"


def _dearest_first(cents: Mapping[tuple[date, str], int]) -> list[str]:
    total: dict[str, int] = {}
    for (_day, court), part in cents.items():
        total[court] = total.get(court, 0) + part
    return sorted((court for court in total if total[court]), key=lambda court: (-total[court], court))


def _day_marks(columns: Sequence[date], step: Step, wide: float) -> list[Mark]:
    """At most eight days named below the columns, evenly."""
    every = -(-len(columns) // 8)
    words = "%m/%Y" if step == "month" else "%m/%d"
    named: Iterable[tuple[int, date]] = list(enumerate(columns))[::every]
    return [Mark(round(LEFT + n * wide + wide / 2, 1), day.strftime(words)) for n, day in named]
