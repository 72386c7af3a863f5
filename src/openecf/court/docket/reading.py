"""Opening a report for a reader: what it costs is counted and charged first, then it is handed out."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, Any

from openecf.court.bench import bench
from openecf.court.cases import queries as cases
from openecf.court.cases.rules import CaseFacts
from openecf.court.docket import kept, queries
from openecf.court.docket.rules import EntryFacts, Selection, text_bytes
from openecf.court.fees import services as fees
from openecf.court.fees.rules import Receipt
from openecf.court.notices import queries as notices
from openecf.court.people.rules import Reader
from openecf.kernel.billing import pages_of_text

if TYPE_CHECKING:
    from openecf.court.cases.models import Case


HISTORY = "History/Documents"


@dataclass(frozen=True)
class Sheet:
    """A docket sheet, ready to be sent: heading and parties, rows as they come from the database, the end.

    ``whole``: all of it is in memory, in one piece.
    """

    case: CaseFacts
    pieces: Iterable[bytes]
    whole: bool
    receipt: Receipt

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.pieces)


@dataclass(frozen=True)
class Parts:
    """A sheet as it is now: heading, rows, end, and the bytes of text that are paid for. ``rows`` is None where there is no
    table of entries."""

    head: str
    rows: queries.Rows | None
    foot: str
    text_bytes: int
    entries: int
    for_everybody: bool

    def __iter__(self) -> Iterator[bytes]:
        return chain((self.head.encode(),), self.rows or (), (self.foot.encode(),))


def for_reader(reader: Reader, selection: Selection) -> Selection:
    """The selection as it can be met: notices are shown to the court and to those whom they went to."""
    return selection if reader.linked else replace(selection, notices=False)


def about(case: Case, selection: Selection, party_ids: Sequence[str]) -> Selection:
    """The selection for some of a criminal case's defendants: those with these ids, and whoever is called the same, whom no
    text tells from them. Without any, or with all, for all."""
    charged = cases.charged(case.id) if party_ids else {}
    chosen = tuple(name for party, name in charged.items() if str(party) in party_ids)
    others = tuple(name for name in charged.values() if name not in chosen)
    return replace(selection, defendants=chosen, others=others) if chosen and others else selection


def facts_for(case: Case, selection: Selection) -> CaseFacts:
    """What the heading of a sheet says of the case, and of its parties if they are to be shown."""
    facts = cases.facts_now(
        case, parties=selection.parties, terminated=selection.terminated_parties, members=selection.member_cases
    )
    if not selection.others:
        return facts
    return replace(facts, parties=tuple(party for party in facts.parties if party.name not in selection.others))


def case_for(*, reader: Reader, case_id: int) -> Case:
    """The case as ``cases.queries.case_for`` gives it, with the version of its entries for a sheet."""
    return cases.case_for(reader=reader, case_id=case_id, beside=kept.VERSION)


def sheet(
    *, reader: Reader, case: Case, selection: Selection, at: datetime, description: str = "Docket Report"
) -> Sheet:
    """The docket sheet of a case the reader may see (``case_for``), charged to the reader."""
    selection = for_reader(reader, selection)
    # What the page depends on is asked before the page is read: what changes in between makes the next reading anew.
    key = _key(case, selection)
    facts = facts_for(case, selection)
    page = kept.page((key, facts.office_name)) if key else None
    pieces, size = ((page.body,), page.text_bytes) if page else (None, 0)
    if pieces is None:
        pieces, size, page = _made(reader, case, facts, selection)
        if key and page:
            kept.keep((key, facts.office_name), page)
    billing = billed(reader, case, facts, selection, text_bytes=size, at=at, description=description)
    receipt = fees.charge(**billing)
    return Sheet(case=facts, pieces=pieces, whole=page is not None, receipt=receipt)


def billed(
    reader: Reader,
    case: Case,
    facts: CaseFacts,
    selection: Selection,
    *,
    text_bytes: int,
    at: datetime,
    description: str = "Docket Report",
) -> dict[str, Any]:
    """What ``fees.charge`` is told of a sheet of so many bytes of text."""
    return {
        "reader": reader,
        "description": description,
        "criteria": f"{facts.heading_number} {selection.words}".strip(),
        "pages": pages_of_text(text_bytes),
        "case": case,
        "at": at,
    }


def _key(case: Case, selection: Selection) -> Hashable:
    """What the public sheet of a case depends on, beside its facts; None when it is not the same for everybody.

    None as well when it is long, or shows other cases, whose changes are not this case's.
    """
    if case.restriction or not selection.as_stored or selection.member_cases or case.next_seq > queries.CHUNK:
        return None
    versions, entries = getattr(case, "kept_versions", None), getattr(case, "beside", None)
    return (case.id, versions, entries, selection) if versions and entries else None


def _made(
    reader: Reader, case: Case, facts: CaseFacts, selection: Selection
) -> tuple[Iterable[bytes], int, kept.Page | None]:
    """A sheet as it is now, in pieces, with the bytes of text that are paid for.

    With it the page, when it is the same for everybody and short: then its one piece is the page's body.
    """
    parts = parts_of(reader, case, facts, selection)
    if not parts.for_everybody:
        return parts, parts.text_bytes, None
    page = kept.Page(b"".join(parts), parts.text_bytes)
    return (page.body,), parts.text_bytes, page


def parts_of(reader: Reader, case: Case, facts: CaseFacts, selection: Selection) -> Parts:
    """The parts of a sheet for this reader. Its rows are counted, and not all of them read yet."""
    noticed = partial(notices.seen_of, reader)
    rows = (
        queries.Rows(case=case, selection=selection, reader=reader, noticed=noticed)
        if selection.shows_entries
        else None
    )
    count, size = (rows.count, rows.bytes) if rows else (0, 0)
    # A docket that never had an entry has no table of them; a selection that takes none has an empty one.
    table = count > 0 or (bool(case.ordered_by) and case.next_seq > 1 and not selection.parts)
    head = bench().sheet.head(facts, selection, entries=table)
    foot = bench().sheet.foot(facts, selection, entries=table)
    return Parts(
        head=head,
        rows=rows if table else None,
        foot=foot,
        text_bytes=size + text_bytes(head),
        entries=count,
        for_everybody=rows is None or rows.for_everybody,
    )


def quote(*, reader: Reader, case: Case, at: datetime) -> Receipt:
    """What the whole docket sheet with parties would cost now."""
    selection = Selection(parties=True, terminated_parties=True)
    rows = queries.Rows(case=case, selection=selection, reader=reader)
    facts = facts_for(case, selection)
    head = bench().sheet.head(facts, selection, entries=True)
    return fees.quote(
        reader=reader,
        description="Docket Report",
        criteria=facts.heading_number,
        pages=pages_of_text(text_bytes(head) + rows.bytes),
        case=case,
        at=at,
    )


HISTORY_LINE = 80
"""Letters of an entry's line in a history, beside its title: number, dates and their labels."""


@dataclass(frozen=True)
class History:
    """A history report: the case's summary and its entries with short descriptions."""

    case: CaseFacts
    summary: str
    entries: list[EntryFacts]
    receipt: Receipt


def history(
    *, reader: Reader, case: Case, documents_only: bool, newest_first: bool, with_text: bool, at: datetime
) -> History:
    """The history of a case the reader may see, charged to the reader."""
    facts = cases.facts(case)
    entries = queries.history_for(reader, case_id=case.id, documents_only=documents_only, newest_first=newest_first)
    size = sum(len(one.title) + HISTORY_LINE + (len(one.wording) if with_text else 0) for one in entries)
    receipt = fees.charge(
        reader=reader,
        description=HISTORY,
        criteria=facts.heading_number,
        pages=pages_of_text(size),
        case=case,
        at=at,
    )
    return History(facts, bench().case.summary(facts), entries, receipt)


def history_quote(*, reader: Reader, case: Case, at: datetime) -> Receipt:
    """What the history of all events with their docket texts would cost now."""
    count, letters = queries.history_size(reader, case_id=case.id)
    return fees.quote(
        reader=reader,
        description=HISTORY,
        criteria=cases.heading_number(case),
        pages=pages_of_text(letters + count * HISTORY_LINE),
        case=case,
        at=at,
    )
