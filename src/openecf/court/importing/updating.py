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
    fresh, changed, known = _sorted_out(case, found.entries)
    papers = _papers(known)
    order = _order(case, found.entries, fresh)
    entries, rows = writing.write_entries(case, fresh)
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


def _keys(case: Case, given: Sequence[ImportedEntry]) -> tuple[dict[Key, tuple[int, str]], list[Key]]:
    """The case's rows by what they are known by, each with its words now; and what the copy's entries are known by.

    A row is known by the words that its source had, before a clerk's: what a clerk took out of an entry must not come back
    as another one. After those, by the words that it has now. Of several that say the same, the first is the first.
    """
    rows = list(Entry.objects.filter(case=case).order_by("position").values_list("id", "number", "filed", "text"))
    mine, theirs = Counter(row[1] for row in rows), Counter(one.number for one in given)
    shared = frozenset(number for number in mine | theirs if max(mine[number], theirs[number]) > 1)
    by_clerks = EntryRevision.objects.filter(entry__case=case).exclude(by=BY).order_by("-at", "-id")
    source = {row: before["text"] for row, before in by_clerks.values_list("entry", "before")}
    known = [(row, number, filed, source.get(row, text), text) for row, number, filed, text in rows]
    known += [(row, number, filed, text, text) for row, number, filed, text in rows if source.get(row, text) != text]
    keys = _numbered_off(_same(number, filed, said, shared=shared) for _row, number, filed, said, _text in known)
    here = {key: (row, text) for key, (row, _number, _filed, _said, text) in zip(keys, known, strict=True)}
    return here, _numbered_off(_same(one.number, one.filed, one.text, shared=shared) for one in given)


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
    here, keys = _keys(case, given)
    return {place: here[key][0] for place, key in enumerate(keys) if key in here}


Known = Sequence[tuple[int, ImportedEntry]]
"""Entries of a copy that are here, each with its row's id."""


def _sorted_out(case: Case, given: Sequence[ImportedEntry]) -> tuple[list[ImportedEntry], list[tuple[int, str]], Known]:
    """Entries that are not here yet; of those that are, by id, the words of the copy where they differ; and these."""
    here, keys = _keys(case, given)
    fresh = [one for key, one in zip(keys, given, strict=True) if key not in here]
    known = [(here[key], one) for key, one in zip(keys, given, strict=True) if key in here]
    revised = set(
        Entry.objects.filter(case=case, revisions__isnull=False).exclude(revisions__by=BY).values_list("id", flat=True)
    )
    changed = [
        (row, one.text)
        for (row, text), one in known
        if " ".join(one.text.split()) not in ("", " ".join(text.split())) and row not in revised
    ]
    return fresh, changed, [(row, one) for (row, _text), one in known]


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


def _order(case: Case, given: Sequence[ImportedEntry], fresh: Sequence[ImportedEntry]) -> list[int | ImportedEntry]:
    """The sheet's order with the new entries among those that are here: after the one that they follow in the copy."""
    here, keys = _keys(case, given)
    new = {id(one) for one in fresh}
    rows = list(Entry.objects.filter(case=case).order_by("position").values_list("id", "first_date"))
    behind: dict[int, list[ImportedEntry]] = defaultdict(list)  # 0: before all that are here
    after = None
    for key, one in zip(keys, given, strict=True):
        if id(one) not in new:
            after = here[key][0]
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
