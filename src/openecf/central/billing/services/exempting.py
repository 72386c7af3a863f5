"""Granting and ending exemptions. The court that is meant hears of it over the bus, and decides by what it heard."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy

from openecf.central.billing.models import Exemption
from openecf.central.billing.services.two_people import OwnRequest
from openecf.kernel.exemptions import PURPOSES
from openecf.kernel.refusal import Refusal
from openecf.platform.audit import services as audit
from openecf.platform.bus import services as bus
from openecf.platform.bus.messages import ExemptionChanged


class ExemptAlready(Refusal):
    """The account has this exemption at one of the courts."""

    said = gettext_lazy("The account is exempt for this purpose at one of these courts already.")
    code = "exempt-already"


class NoSuchExemption(Refusal):
    """It was ended already, or is another account's."""

    said = gettext_lazy("There is no such exemption any more.")
    code = "no-exemption"


def grant_exemption(
    *, account: UUID, courts: Sequence[str], purpose: str, case: str, since: date, until: date | None, order: str,
    by: UUID, at: datetime,
) -> None:  # fmt: skip
    """Exempt an account at courts for a purpose, all or none. ExemptAlready, OwnRequest; ValueError for a purpose that
    is none."""
    if purpose not in PURPOSES:
        raise ValueError(purpose)
    if by == account:
        raise OwnRequest
    try:
        with transaction.atomic():
            for court in courts:
                row = Exemption.objects.create(
                    account_id=account, court=court, purpose=purpose, case=case, since=since, until=until, order=order,
                    granted_at=at, granted_by=str(by),
                )  # fmt: skip
                _tell(row, at)
                audit.record(act="exemption.granted", by=str(by), at=at, subject=str(account), exemption=str(row.pk),
                             court=court, purpose=purpose)  # fmt: skip
    except IntegrityError as problem:
        if "exemption_once" not in str(problem):
            raise
        raise ExemptAlready from None


def end_exemption(*, account: UUID, exemption: UUID, by: UUID, at: datetime) -> None:
    """From now on the account pays there. NoSuchExemption."""
    with transaction.atomic():
        row = Exemption.objects.select_for_update().filter(pk=exemption, account_id=account, ended_at=None).first()
        if row is None:
            raise NoSuchExemption
        row.ended_at, row.ended_by = at, str(by)
        row.save(update_fields=["ended_at", "ended_by"])
        _tell(row, at)
        audit.record(act="exemption.ended", by=str(by), at=at, subject=str(account), exemption=str(row.pk),
                     court=row.court, purpose=row.purpose)  # fmt: skip


def _tell(row: Exemption, at: datetime) -> None:
    bus.put(
        to=row.court,
        message=ExemptionChanged(
            exemption=row.pk, account=row.account_id, purpose=row.purpose, case=row.case, since=row.since,
            until=row.until, ended=row.ended_at is not None, at=at,
        ),
        at=at,
    )  # fmt: skip
