"""The prices that the installation announces on top of those that this version knows."""

from __future__ import annotations

from openecf.kernel import billing
from openecf.kernel.money import Money
from openecf.platform.config import FeeScheduleConfig, this_site


def announce() -> None:
    """Put the site's ``fee_schedules`` in force, each from its day on. OldSchedule."""
    billing.announce(_schedule(told) for told in this_site().config.fee_schedules)


def _schedule(told: FeeScheduleConfig) -> billing.Schedule:
    return billing.Schedule(
        since=told.since,
        per_page=Money.of(told.per_page),
        page_cap=told.page_cap,
        audio_file=Money.of(told.audio_file),
        quarterly_waiver=Money.of(told.quarterly_waiver),
        returned_payment=Money.of(told.returned_payment),
    )
