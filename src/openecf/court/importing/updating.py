"""A newer copy of a docket that is here already: what is new is added, what it says otherwise is corrected.

The court's own edits outweigh the copy: a field that somebody here changed stays, and the report says so. Nothing is
taken away, since a copy may have been asked for in part (some dates, no parties). Changed docket text is a correction
on record, as a clerk's would be.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from openecf.court.cases import services as cases
from openecf.court.cases.models import Case, CaseChange, Party
from openecf.court.cases.rules import PartyFacts
from openecf.court.docket import services as docket
from openecf.court.docket.models import Entry, EntryRevision
from openecf.court.docket.rules import DocumentFacts
from openecf.court.documents import queries as documents
from openecf.court.importing import writing
from openecf.court.importing.rules import ImportedCase, ImportedEntry
from openecf.court.importing.writing import BY

Key = tuple[str, ...]


def extend(
    case: Case, found: ImportedCase, *, source_hash: str, name: str, at: datetime
) -> tuple[int, int, tuple[str, ...]]:
    """Bring a case up to a newer copy: rows written or changed, entries added, and what the copy says in vain."""
    here = list(zip(found.entries, _rows(case, found.entries), strict=True))
    changed = _changed(case, here)
    papers = _papers([(row[0], one) for one, row in here if row])
    order = _order(case, here)
    entries, rows = writing.write_entries(case, [one for one, row in here if not row])
    case.source_hash = source_hash
    case.imported_from = name[-200:]
    case.save()
    _put_in_order(case, order)
    for entry_id, text in changed:
        version = docket.version_of(Entry.objects.get(id=entry_id))
        docket.correct_entry(
            entry_id=entry_id, text=text, reason=f"A newer copy: {name}"[:200], by=BY, version=version, at=at
        )
    for entry_id, added in papers.added:
        version = docket.version_of(Entry.objects.get(id=entry_id))
        docket.add_documents(
            entry_id=entry_id, documents=added, reason=f"A newer copy: {name}"[:200], by=BY, version=version, at=at
        )
        writing.number_above([document.doc_id for document in added])
        rows += len(added)
    for entry_id, described in papers.described:
        docket.describe_documents(entry_id=entry_id, documents=described)
        rows += len(described)
    edits = _Edits(case, at)
    edits.heading(found)
    edits.parties(found.parties)
    return rows + len(changed) + edits.rows, entries, (*papers.left_out, *edits.left_out)


def _same(number: str, filed: object, text: str, *, shared: frozenset[str]) -> Key:
    """What an entry is known by: its number, or its day and words where it has none or shares it with another."""
    return (number,) if number and number not in shared else (number, str(filed), text)


def _rows(case: Case, given: Sequence[ImportedEntry]) -> list[tuple[int, str] | None]:
    """For each of the copy's entries its row's id and words now; None where it is not here yet.

    What its number does not tell is known by what its source calls it, else by its words: those that the row's source had,
    before a clerk's (what a clerk took out of an entry must not come back as another one), after those by the row's words
    now. Of several that say the same, the first is the first.
    """
    rows = list(Entry.objects.filter(case=case).order_by("position").values_list("id", "number", "filed", "text"))
    mine, theirs = Counter(row[1] for row in rows), Counter(one.number for one in given)
    shared = frozenset(number for number in mine | theirs if max(mine[number], theirs[number]) > 1)
    called = _called_the_same(case, given, unsure=shared | {""})
    by_clerks = EntryRevision.objects.filter(entry__case=case).exclude(by=BY).order_by("-at", "-id")
    source = {row: before["text"] for row, before in by_clerks.values_list("entry", "before")}
    met = set(called.values())
    rest = [row for row in rows if row[0] not in met]
    known = [(row, number, filed, source.get(row, text)) for row, number, filed, text in rest]
    known += [row for row in rest if source.get(row[0], row[3]) != row[3]]
    keys = _numbered_off(_same(number, filed, said, shared=shared) for _row, number, filed, said in known)
    here = {key: row[0] for key, row in zip(keys, known, strict=True)}
    left = [place for place in range(len(given)) if place not in called]
    keys = _numbered_off(_same(o.number, o.filed, o.text, shared=shared) for o in (given[place] for place in left))
    found = called | {place: here[key] for place, key in zip(left, keys, strict=True) if key in here}
    words = {row: text for row, _number, _filed, text in rows}
    return [(found[place], words[found[place]]) if place in found else None for place in range(len(given))]


def _called_the_same(case: Case, given: Sequence[ImportedEntry], *, unsure: frozenset[str]) -> dict[int, int]:
    """By their places in the copy the rows of entries that no number tells (``unsure``) and that their source calls the same:
    by the sequence number that it gave them, else, where either has none, by their document.

    What the copy calls the same twice is known by neither.
    """
    rows = Entry.objects.filter(case=case, number__in=unsure, entered_by=BY)
    by_source = list(rows.values_list("id", "number", "seq", "has_pacer_seq", "elsewhere"))
    seqs = {(number, seq): row for row, number, seq, said, _elsewhere in by_source if said}
    open_here = [(place, one) for place, one in enumerate(given) if one.number in unsure]
    found = _once((place, seqs.get((one.number, one.seq))) for place, one in open_here if one.seq)
    met = set(found.values())
    papers = documents.facts_of([row for row, *_said in by_source if row not in met])
    with_paper: dict[tuple[str, str], int] = {}
    without_seq = set()
    for row, number, _seq, said, elsewhere in by_source:
        if row not in met:
            ids = {document.doc_id for document in papers.get(row, ())} | ({elsewhere} if elsewhere else set())
            with_paper |= {(number, doc_id): row for doc_id in ids}
            without_seq |= set() if said else {row}
    rest = [(place, one, with_paper.get((one.number, _paper(one)))) for place, one in open_here if place not in found]
    return found | _once((place, row) for place, one, row in rest if not one.seq or row in without_seq)


def _paper(one: ImportedEntry) -> str:
    """The document that an entry leads to; "" for none."""
    return one.links_to or (one.documents[0].doc_id if one.documents else "")


def _once(pairs: Iterable[tuple[int, int | None]]) -> dict[int, int]:
    """Places with their rows, without the rows that several places have."""
    said = [(place, row) for place, row in pairs if row is not None]
    times = Counter(row for _place, row in said)
    return {place: row for place, row in said if times[row] == 1}


def _numbered_off(keys: Iterable[Key]) -> list[Key]:
    """Each with which of its equals it is: the first, the second, …"""
    met: Counter[Key] = Counter()
    found = []
    for key in keys:
        met[key] += 1
        found.append((*key, str(met[key])))
    return found


def rows_of(case: Case, given: Sequence[ImportedEntry]) -> dict[int, int]:
    """The rows of a copy's entries, all of which are here by now, by their places in the copy."""
    return {place: row[0] for place, row in enumerate(_rows(case, given)) if row}


Found = Sequence[tuple[ImportedEntry, tuple[int, str] | None]]
"""A copy's entries in its order, each with its row's id and words; None for those that are not here."""


def _changed(case: Case, found: Found) -> list[tuple[int, str]]:
    """By id the words of the copy where the row says otherwise, unless a clerk changed it."""
    revised = set(
        Entry.objects.filter(case=case, revisions__isnull=False).exclude(revisions__by=BY).values_list("id", flat=True)
    )
    return [
        (row[0], one.text)
        for one, row in found
        if row and " ".join(one.text.split()) not in ("", " ".join(row[1].split())) and row[0] not in revised
    ]


Known = Sequence[tuple[int, ImportedEntry]]
"""Entries of a copy that are here, each with its row's id."""


@dataclass(frozen=True)
class _Papers:
    """Documents of a copy's entries, by row: those that are not here, those of which it says more; and what is in vain."""

    added: list[tuple[int, list[DocumentFacts]]]
    described: list[tuple[int, list[DocumentFacts]]]
    left_out: list[str]


def _papers(known: Known) -> _Papers:
    """A document is added if no entry of the court has it yet and its entry has none at its part."""
    mine = documents.facts_of([row for row, _one in known])
    taken = documents.known_ids([document.doc_id for _row, one in known for document in one.documents])
    found = _Papers(added=[], described=[], left_out=[])
    for row, one in known:
        here = {document.doc_id: document for document in mine.get(row, ())}
        parts = {document.part: document.doc_id for document in here.values()}
        fresh = [document for document in one.documents if document.doc_id not in taken]
        added = [document for document in fresh if document.part not in parts]
        for document in fresh:
            if document.part in parts:
                what = f"Entry {one.number or one.filed}: document {document.doc_id}"
                found.left_out.append(f"{what} is not taken, {parts[document.part]} has its place")
        taken |= {document.doc_id for document in added}
        described = [new for new in one.documents if new.doc_id in here and _says_more(new, here[new.doc_id])]
        if added:
            found.added.append((row, added))
        if described:
            found.described.append((row, described))
    return found


def _says_more(new: DocumentFacts, mine: DocumentFacts) -> bool:
    """Whether a copy says something of a document, whose bytes are not held here, that this court's row does not."""
    both = ((new.description, mine.description), (new.pages, mine.pages), (new.bytes, mine.bytes))
    return not mine.sha256 and any(said and said != here for said, here in (*both, (new.size_text, mine.size_text)))


def _order(case: Case, found: Found) -> list[int | ImportedEntry]:
    """The sheet's order with the new entries among those that are here: after the one that they follow in the copy."""
    rows = list(Entry.objects.filter(case=case).order_by("position").values_list("id", "first_date"))
    behind: dict[int, list[ImportedEntry]] = defaultdict(list)  # 0: before all that are here
    after = None
    for one, row in found:
        if row:
            after = row[0]
            continue
        if after is None:
            # Nothing that is here precedes it in the copy: its day says where it belongs.
            place = bisect_right(rows, one.first_date, key=lambda row: row[1])
            after = rows[place - 1][0] if place else 0
        behind[after].append(one)
    order: list[int | ImportedEntry] = [*behind[0]]
    for row, _day in rows:
        order += [row, *behind[row]]
    return order


def _put_in_order(case: Case, order: Sequence[int | ImportedEntry]) -> None:
    """Give every entry its place; those just written have the highest ids, in the order of the copy."""
    here = {each for each in order if isinstance(each, int)}
    written = iter(Entry.objects.filter(case=case).exclude(id__in=here).order_by("id").values_list("id", flat=True))
    ids = [each if isinstance(each, int) else next(written) for each in order]
    rows = {row.id: row for row in Entry.objects.filter(case=case).only("id", "position")}
    moved = []
    for place, entry_id in enumerate(ids, start=1):
        if rows[entry_id].position != place:
            rows[entry_id].position = place
            moved.append(rows[entry_id])
    Entry.objects.bulk_update(moved, ["position"], batch_size=1000)


class _Edits:
    """Changes of heading, parties and counsel, through the cases room's own acts."""

    def __init__(self, case: Case, at: datetime) -> None:
        self.case = case
        self.at = at
        self.rows = 0
        self.left_out: list[str] = []
        changes = CaseChange.objects.filter(case=case).exclude(by=BY)
        self.theirs = set(changes.values_list("subject", "field"))
        # Who was given another name here is the one whom the copy still calls by the old name.
        self.renamed = {str(before) for before in changes.filter(field="name").values_list("before", flat=True)}

    def _wanted(self, row: Any, subject: str, said: dict[str, Any], what: str) -> dict[str, Any]:
        """What the copy says that the row does not, without what the court changed itself."""
        changes = {}
        for field, value in said.items():
            if value in (None, "", [], ()) or getattr(row, field) == value:
                continue
            if (subject, field) in self.theirs:
                self.left_out.append(f"{what}: the court changed {field} itself, and keeps what it says")
            else:
                changes[field] = value
        return changes

    def heading(self, found: ImportedCase) -> None:
        columns, lines = writing.columns_of(found)
        said = {name: value for name, value in columns.items() if name in cases.CASE_FIELDS}
        for field, name in (("assigned_to_id", found.assigned_to), ("referred_to_id", found.referred_to)):
            judge = writing.judge(name)
            said[field] = judge.id if judge else None
        if changes := self._wanted(self.case, "case", said, "The case"):
            cases.edit_case(case_id=self.case.id, changes=changes, version=None, at=self.at, by=BY)
            self.rows += 1
        self._beside_the_heading(found)
        if lines and lines != self.case.header_lines:
            self.rows += Case.objects.filter(id=self.case.id).update(header_lines=lines)

    def _beside_the_heading(self, found: ImportedCase) -> None:
        """What no clerk edits as such: the court below, and the initials of judges whom the copy names."""
        row = Case.objects.get(id=self.case.id)
        said = {}
        for field, initials in (("assigned_to_id", "judge_initials"), ("referred_to_id", "referred_initials")):
            if ("case", field) not in self.theirs:
                said[initials] = found.columns.get(initials)
        below = (row.originating or {}) | (found.originating.stored() if found.originating else {})
        said["originating"] = below or None
        changes = {name: value for name, value in said.items() if value and value != getattr(row, name)}
        if changes:
            self.rows += Case.objects.filter(id=row.id).update(**changes)

    def parties(self, given: Sequence[PartyFacts]) -> None:
        here: dict[tuple[str, str], list[Party]] = defaultdict(list)
        rows = list(Party.objects.filter(case=self.case).order_by("position", "id"))
        for row in rows:
            here[row.name, row.type].append(row)
        new = []
        for party in given:
            if mine := here[party.name, party.type]:
                self._party(mine.pop(0), party)
            elif party.name not in self.renamed:
                new.append(party)
        first = max((row.position for row in rows), default=-1) + 1
        self.rows += writing.write_parties(self.case, new, first=first)

    def _party(self, row: Party, party: PartyFacts) -> None:
        said = {"lines": party.lines, "terminated": party.terminated}
        if changes := self._wanted(row, f"party:{row.id}", said, f"Party {row.name[:60]}"):
            cases.edit_party(party_id=row.id, changes=changes, version=None, at=self.at, by=BY)
            self.rows += 1
        counsel = {one.name: one for one in row.representations.order_by("-position")}
        for attorney in party.attorneys:
            if one := counsel.get(attorney.name):
                said = {"contact": attorney.contact, "roles": list(attorney.roles)}
                if changes := self._wanted(one, f"representation:{one.id}", said, f"Attorney {one.name[:60]}"):
                    cases.edit_representation(
                        representation_id=one.id, changes=changes, version=None, at=self.at, by=BY
                    )
                    self.rows += 1
            elif attorney.name not in self.renamed:
                cases.add_attorney(
                    party_id=row.id,
                    name=attorney.name,
                    contact=attorney.contact,
                    roles=attorney.roles,
                    at=self.at,
                    by=BY,
                )
                self.rows += 1
        self._counts(row, party)

    def _counts(self, row: Party, party: PartyFacts) -> None:
        """Counts that are not here yet; and what became of those that are."""
        levels = {"offense_opening": party.offense_opening, "offense_terminated": party.offense_terminated}
        if changed := {name: value for name, value in levels.items() if value and getattr(row, name) != value}:
            self.rows += Party.objects.filter(id=row.id).update(**changed, has_criminal_data=True)
        mine = {count.name: count for count in row.counts.all()}
        for count in party.counts:
            one = mine.get(count.name)
            if one is None:
                facts = {"kind": count.kind, "name": count.name, "disposition": count.disposition}
                cases.add_count(party_id=row.id, at=self.at, by=BY, **facts)
                self.rows += 1
            elif count.disposition and (one.kind, one.disposition) != (count.kind, count.disposition):
                one.kind, one.disposition = count.kind, count.disposition
                one.save(update_fields=["kind", "disposition"])
                self.rows += 1
