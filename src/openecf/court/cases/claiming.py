"""Appearances on dockets that belong to no account of the court yet, and giving them to the account of their attorney.

Imported and converted dockets name attorneys who have no account; once one of them gets one, notices and what the rules
open to participants follow.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import QuerySet

from openecf.court.cases.merging import Change
from openecf.court.cases.models import Case, CaseChange, Representation
from openecf.platform.audit.services import record

if TYPE_CHECKING:
    from openecf.court.people.models import CourtUser

MOST = 1000


def unclaimed(*, email: str, last_name: str) -> QuerySet[Representation]:
    """Standing appearances without an account under that address and last name, a word (or words) of the name and no part of
    one. Both: an address alone proves little."""
    found = Representation.objects.filter(user=None, terminated=None, email__iexact=email.strip())
    if not email.strip() or not last_name.strip():
        return found.none()
    whole = r"\s+".join(re.escape(word) for word in last_name.split())
    return found.filter(name__iregex=rf"(^|[\s,]){whole}($|[\s,])")


def claim(*, user: CourtUser, email: str, last_name: str, at: datetime, by: str) -> int:
    """Give those appearances to the court user; in how many cases. Twice changes nothing."""
    rows = unclaimed(email=email, last_name=last_name)
    case_ids = sorted(set(rows.order_by().values_list("party__case_id", flat=True)[:MOST]))
    with transaction.atomic():
        for case_id in case_ids:
            case = Case.objects.select_for_update().get(id=case_id)
            mine = list(rows.filter(party__case_id=case_id).values_list("id", flat=True))
            if not mine:
                continue
            Representation.objects.filter(id__in=mine).update(user=user)
            case.version += 1
            case.save(update_fields=["version"])
            change = Change("user", None, user.id)
            CaseChange.objects.bulk_create(
                CaseChange(
                    case=case, version=case.version, subject=f"representation:{one}", field=change.field,
                    before=change.before, after=change.after, at=at, by=by,
                )
                for one in mine
            )  # fmt: skip
            record(act="case.attorney-connected", by=by, at=at, subject=f"case:{case_id}", user=user.id)
    return len(case_ids)
