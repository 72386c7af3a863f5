"""The name, the address and the telephone of somebody who files here, changed by the clerk's office at the person's wish."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from openecf.court.people.models import CourtUser
from openecf.platform.audit.services import record

NAME = ("prefix", "first_name", "middle_name", "last_name", "generation")
ADDRESS = ("firm", "address_lines", "phone", "fax")


def held(user: CourtUser, names: tuple[str, ...]) -> dict[str, object]:
    """What the court holds under these of its columns."""
    return {name: getattr(user, name) for name in names}


def change_particulars(*, user_id: int, said: Mapping[str, object], by: str, at: datetime, request: str) -> None:
    """What a clerk accepted holds from now on: fields of NAME or ADDRESS. ``request`` is where it was asked for.

    Who appears in cases from now on is printed so there; what dockets print of before stays, as the record of its day.
    """
    with transaction.atomic():
        user = CourtUser.objects.select_for_update(no_key=True).get(id=user_id)
        fields = [name for name in NAME + ADDRESS if name in said and getattr(user, name) != said[name]]
        for name in fields:
            setattr(user, name, said[name])
        user.save(update_fields=fields)
        record(
            act="people.particulars-changed", by=by, at=at, subject=f"user:{user.id}", fields=fields, request=request
        )
