"""A new name or address on the dockets of the person's cases: which ones is decided with the change, each is done by itself.

A person may stand in thousands of cases. What is to be done is written in the transaction that accepts the change; a job
does it case by case, each in a transaction of its own, so that a process may die between any two and nothing is done twice.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Literal
from uuid import UUID

import structlog
from django.db import transaction

from openecf.court.cases import queries as case_queries
from openecf.court.cases import services as cases
from openecf.court.docket import services as docket
from openecf.court.notices import services as notices
from openecf.court.people import queries as people
from openecf.court.registration.models import ChangeInCase, ChangeRequest
from openecf.court.registration.rules import changed_text
from openecf.platform.audit.services import record
from openecf.platform.jobs.services import defer

log = structlog.get_logger()
SPREAD_JOB = "openecf.registration.spread"
TITLES = {"name": "Change of Name", "address": "Change of Address"}
EVENTS = {"name": "court:name-changed", "address": "court:address-changed"}
Which = Literal["none", "open", "all", "chosen"]


class NotSpread(Exception):
    """In some cases it could not be done now: the job tries those again."""


def plan(row: ChangeRequest, *, user_id: int, which: Which, chosen: Collection[int], docketed: bool) -> int:
    """Write down in which of the person's cases the change is to be printed, and ask for the job; in how many.

    ``chosen`` counts with ``which="chosen"``; others than the person's own cases are passed over. In the transaction that
    accepts the change, the row locked.
    """
    mine = case_queries.cases_of_user(user_id) if which != "none" and row.kind in TITLES else []
    wanted = [
        case for case, is_open in mine
        if which == "all" or (which == "open" and is_open) or (which == "chosen" and case in chosen)
    ]  # fmt: skip
    row.docketed = bool(wanted) and docketed
    if wanted:
        ChangeInCase.objects.bulk_create([ChangeInCase(change=row, case_id=case) for case in wanted])
        defer(SPREAD_JOB, change_id=str(row.id))
    return len(wanted)


def spread(*, change_id: UUID, at: datetime) -> int:
    """Print an accepted change on the dockets that wait for it; on how many. NotSpread if some have to be tried again."""
    waiting = ChangeInCase.objects.filter(change=change_id, done_at=None)
    done, failed = 0, 0
    for key in list(waiting.values_list("id", flat=True)):
        try:
            done += _print(key, at)
        except Exception:
            # One case that cannot be written now must not keep the others from it.
            log.exception("registration.not_spread", change=str(change_id))
            failed += 1
    if failed:
        raise NotSpread(f"{failed} cases are left")
    return done


def _print(key: int, at: datetime) -> bool:
    """One case: what its docket prints of the person becomes what the court holds now. Once."""
    with transaction.atomic():
        rows = ChangeInCase.objects.select_for_update(of=("self",)).select_related("change")
        row = rows.filter(id=key, done_at=None).first()
        if row is None:
            return False
        change = row.change
        user = people.user(change.user_id)
        wanted = {"name": cases.name_of(user)} if change.kind == "name" else {"contact": cases.contact_of(user)}
        parties, before = [], ""
        for appearance, party, name, contact in case_queries.printed_of_user(user_id=user.id, case_id=row.case_id):
            if wanted.items() <= {"name": name, "contact": contact}.items():
                continue
            cases.edit_representation(
                representation_id=appearance, changes=wanted, version=None, at=at, by=change.decided_by
            )
            parties.append(party)
            before = before or name
        row.changed, row.done_at = bool(parties), at
        if parties and change.docketed:
            text = changed_text(
                kind=change.kind,
                before=before,
                name=cases.name_of(user),
                contact=cases.contact_of(user),
                parties=parties,
            )
            row.entry_id = _tell(change, row.case_id, text, at)
        row.save()
        record(act="registration.change-spread", by=change.decided_by, at=at, subject=f"case:{row.case_id}",
               change=f"change:{change.id}", user=f"user:{user.id}", changed=row.changed)  # fmt: skip
    return True


def _tell(change: ChangeRequest, case_id: int, text: str, at: datetime) -> int:
    """An entry without a number, of which everybody in the case has notice."""
    clerk = int(change.decided_by.removeprefix("user:")) if change.decided_by.startswith("user:") else 0
    entry = docket.enter(
        case_id=case_id, event=EVENTS[change.kind], title=TITLES[change.kind], text=text, at=at,
        entered_by=people.names_of([clerk]).get(clerk, "clerk")[:80], numbered=False,
    )  # fmt: skip
    docket.finish(entry)
    notices.prepare(entry=entry, at=at)
    return entry.id
