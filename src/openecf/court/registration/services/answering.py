"""Telling the central site, and through it the applicant, what the court did."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from openecf.court.registration.models import FilingRequest
from openecf.court.registration.queries import fee_page
from openecf.platform.bus import services as bus
from openecf.platform.bus.messages import RegistrationAnswered
from openecf.platform.config import this_site
from openecf.platform.payments.gateway import gateway

Answer = Literal["received", "more", "approved", "rejected", "fee-paid"]


def answer(row: FilingRequest, status: Answer, *, at: datetime, said: str = "") -> None:
    """Count the step, save the row, and put the answer on the bus. Inside the caller's transaction, the row locked."""
    row.step, row.changed_at = row.step + 1, at
    row.save()
    message = RegistrationAnswered(
        request=row.id,
        version=row.version,
        step=row.step,
        at=at,
        court=this_site().id,
        status=status,
        said=said,
        login=row.user.login if row.user else "",
        group=row.user.group if row.user else "",
        fee_cents=row.fee_cents,
        fee_paid=row.fee_paid_at is not None,
        fee_page=fee_page(row.id) if row.fee_cents and gateway() else "",
    )
    bus.put(to="central", message=message, at=at)
