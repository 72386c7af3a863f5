"""Telling the central site, and through it the applicant, what the court did."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from openecf.court.registration.models import FilingRequest, RequestAct
from openecf.court.registration.queries import fee_page
from openecf.platform.audit.services import record
from openecf.platform.bus import services as bus
from openecf.platform.bus.messages import RegistrationAnswered
from openecf.platform.config import this_site
from openecf.platform.payments.gateway import gateway

Answer = Literal["received", "more", "fee-due", "approved", "rejected", "fee-paid", "fee-waived", "fee-refunded"]


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
        fee_waived=row.fee_waived_at is not None,
        fee_page=fee_page(row.id) if row.fee_cents and gateway() else "",
    )
    bus.put(to="central", message=message, at=at)


def note(row: FilingRequest, what: Answer, *, by: str, at: datetime, said: str) -> None:
    """Write an act into the history and tell the applicant. Inside a transaction, the row locked."""
    RequestAct.objects.create(request=row, at=at, by=by, what=what, said=said)
    answer(row, what, at=at, said=said)
    record(act=f"registration.{what}", by=by, at=at, subject=f"request:{row.id}", version=row.version)
