"""Cases that this process read lately, believed only while the database says that nothing of them changed.

A case is read on every page about it. One small statement tells the versions of the rows that make it: the case's
own (every service that touches a party, an appearance or a count raises the case's version, so its row changes with
them), its judges' and its lead case's. While they are what they were, what was read then is what stands now.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field

from django.db.models.base import ModelState

from openecf.court.cases.models import Case
from openecf.court.cases.rules import CaseFacts
from openecf.platform.postgres import prepared

MOST = 256
LONGEST = 60
"""Parties of a case whose facts are kept. Longer ones are rare and large; they are read each time."""

# A row's version is the transaction that wrote it and its place; a change gives it another of both.
_VERSIONS = """
SELECT concat_ws('/', c.xmin, c.ctid, a.xmin, a.ctid, r.xmin, r.ctid, l.xmin, l.ctid), ({beside})
FROM "case" c LEFT JOIN judge a ON a.id = c.assigned_to_id LEFT JOIN judge r ON r.id = c.referred_to_id
LEFT JOIN "case" l ON l.id = c.lead_id WHERE c.id = %s
"""


@dataclass
class _Kept:
    versions: str
    case: Case
    facts: dict[Hashable, CaseFacts] = field(default_factory=dict)


_kept: dict[int, _Kept] = {}


def case(case_id: int, *, beside: str = "NULL") -> Case | None:
    """The case with its judges and its lead case, a copy of the caller's own; None when there is none.

    ``beside``: an expression of SQL about the case ``c``, another room's; the copy has what it said as ``beside``.
    """
    # Asked before the rows are read: what changes in between makes the next caller read anew.
    row = prepared.row(_VERSIONS.format(beside=beside), [case_id])
    if row is None:
        return None
    known = _kept.get(case_id)
    if known is None or known.versions != row[0]:
        found = Case.objects.select_related("assigned_to", "referred_to", "lead").filter(id=case_id).first()
        if found is None:
            return None
        known = _Kept(row[0], found)
        _keep(case_id, known)
    own = _copy(known.case)
    own.kept_versions, own.beside = known.versions, row[1]
    return own


def facts(of: Case, what: Hashable, read: Callable[[], CaseFacts]) -> CaseFacts:
    """What ``read`` tells of a case, from an earlier reading of the same rows where there was one.

    ``of`` is unchanged since ``case`` gave it; ``what`` names everything else that the facts depend on.
    """
    known = _kept.get(of.id)
    if known is None or known.versions != getattr(of, "kept_versions", None):
        return read()
    if what not in known.facts:
        told = read()
        if len(told.parties) > LONGEST:
            return told
        known.facts[what] = told
    return known.facts[what]


def _copy(case: Case) -> Case:
    """What ``copy.copy`` makes of a case, without its way over the parts of a pickle."""
    own = Case.__new__(Case)
    own.__dict__.update(case.__dict__)
    own._state = ModelState()
    own._state.adding, own._state.db = False, case._state.db
    own._state.fields_cache = dict(case._state.fields_cache)
    return own


def _keep(case_id: int, read: _Kept) -> None:
    _kept.pop(case_id, None)
    while len(_kept) >= MOST:
        _kept.pop(next(iter(_kept)), None)
    _kept[case_id] = read
