"""What an approval does, at once or when the fee that comes before it is settled."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import translation

from openecf.court.cases import services as cases
from openecf.court.people import services as people
from openecf.court.registration import queries
from openecf.court.registration.models import FilingRequest, HeldApproval, RequestAct, Status
from openecf.court.registration.services.answering import answer
from openecf.platform.audit.services import record


def hold(
    row: FilingRequest, *, group: str, user_id: int | None, appearances: bool, by: str, at: datetime
) -> None:  # fmt: skip
    """Keep what the clerk chose until the fee is settled. The row locked. people.services.CannotAdmit."""
    people.check_admission(account=row.account, group=group, user_id=user_id)
    chosen = {"group": group, "user_id": user_id, "appearances": appearances, "by": by, "at": at}
    HeldApproval.objects.update_or_create(request=row, defaults=chosen)
    row.status = Status.FEE_DUE


def let_in(row: FilingRequest, *, group: str, user_id: int | None, appearances: bool, by: str, at: datetime) -> None:
    """Link the applicant's PACER account to an account of this court. The row locked. people.services.CannotAdmit.

    ``appearances``: those on dockets that belong to no account, under her proved address and last name, become hers.
    """
    application = queries.application_of(row)
    row.user = people.admit(
        account=row.account,
        number=row.account_number,
        username=row.username,
        group=group,
        application=application,
        user_id=user_id,
        language=row.language,
        by=by,
        at=at,
    )
    if appearances and application.email_proved:
        cases.claim(user=row.user, email=application.email, last_name=application.last_name, at=at, by=by)
    row.status = Status.APPROVED


def fee_settled(row: FilingRequest, *, at: datetime) -> None:
    """The fee is paid or waived: who was approved before is let in. In the settling transaction, the row locked.

    What the clerk chose may have become impossible meanwhile (the applicant linked that account herself): the money
    stays on record all the same, and the request is back on the desk, with the reason.
    """
    if row.status != Status.FEE_DUE:
        return
    held = row.held
    try:
        with transaction.atomic():
            let_in(
                row, group=held.group, user_id=held.user_id, appearances=held.appearances, by=held.by, at=at
            )  # fmt: skip
    except people.CannotAdmit as refusal:
        row.user, row.status = None, Status.PENDING
        with translation.override("en"):
            _write(row, "not-let-in", said=str(refusal.said), at=at)
        answer(row, "received", at=at)
    else:
        _write(row, "let-in", said="", at=at)
        answer(row, "approved", at=at)


def _write(row: FilingRequest, what: str, *, said: str, at: datetime) -> None:
    RequestAct.objects.create(request=row, at=at, by="system", what=what, said=said)
    record(act=f"registration.{what}", by="system", at=at, subject=f"request:{row.id}", version=row.version)
