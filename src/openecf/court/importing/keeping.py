"""Keeping what an imported docket says that nothing here reads. Inside the import's transaction, whose audit line covers it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from openecf.court.cases.models import Case
from openecf.court.docket.models import FreeLine
from openecf.court.importing.rules import Unread


def keep(case: Case, unread: Sequence[Unread], entry_ids: Mapping[int, int], *, source: str, at: datetime) -> int:
    """Keep these lines of a copy of the case; how many rows are new, or were replaced.

    ``entry_ids``: the rows of the copy's entries, by their places in it. What the copy does not say stays: it may have
    been asked for in part.
    """
    here = {(row.path, row.said): row for row in FreeLine.objects.filter(case=case)}
    standing = {row.path: row for row in here.values() if row.replaced_at is None}
    fresh, replaced = [], []
    for one in unread:
        before = standing.get(one.path)
        if before is not None and before.said == one.said:
            continue
        if before is not None:
            before.replaced_at = at
            replaced.append(before)
        again = here.get((one.path, one.said))
        row = again or FreeLine(case=case, entry_id=entry_ids.get(one.entry), path=one.path, said=one.said)
        row.source, row.at, row.replaced_at = source[-200:], at, None
        (replaced if again else fresh).append(row)
    FreeLine.objects.bulk_create(fresh, batch_size=1000)
    FreeLine.objects.bulk_update(replaced, ["source", "at", "replaced_at"], batch_size=1000)
    return len(fresh) + len(replaced)
