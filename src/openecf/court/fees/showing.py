"""What pages say of a fee to somebody who may not know of its filing: that there is one, and not what for or in which case."""

from __future__ import annotations

from collections.abc import Iterable

from openecf.court.cases import queries as cases
from openecf.court.documents.rules import level, may_read
from openecf.court.fees.models import FilingFee
from openecf.court.people.rules import Reader


def closed_to(reader: Reader, fees: Iterable[FilingFee]) -> set[int]:
    """The ids of those fees (with ``entry__case``) of whose case or entry the reader may not know: a clerk of what is open
    to chambers alone, a filing agent of what the principal lets her not see. Money is looked after all the same."""
    return {one.pk for one in fees if not _may_know(reader, one)}


def _may_know(reader: Reader, fee: FilingFee) -> bool:
    around = level(fee.entry.case.restriction, fee.entry.restriction)
    if not around:
        return True
    participates = cases.participates(reader, fee.entry.case_id)
    return may_read(reader, restriction=around, participates=participates, filed_by=fee.entry.filer_id)
