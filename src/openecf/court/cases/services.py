"""Opening cases and editing who and what is in them.

Every act locks the case's row first, so that people who edit one case at once wait for each other for a moment
instead of failing, and raises the case's version. Edits merge (``cases.merging``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import connection, models, transaction
from django.utils.translation import gettext_lazy as _

from openecf.court.cases.claiming import claim as claim
from openecf.court.cases.merging import Change, Collision, Value, merge, plain
from openecf.court.cases.models import Case, CaseChange, CriminalCount, Judge, Party, Representation
from openecf.court.cases.speaking import HasCounsel as HasCounsel
from openecf.court.cases.speaking import NotInThisCase as NotInThisCase
from openecf.court.cases.speaking import contact_of as contact_of
from openecf.court.cases.speaking import name_of as name_of
from openecf.court.cases.speaking import speak_for as speak_for
from openecf.court.cases.speaking import speak_for_oneself as speak_for_oneself
from openecf.court.cases.speaking import speak_no_more as speak_no_more
from openecf.kernel import case_numbers
from openecf.kernel.refusal import Refusal
from openecf.kernel.restriction import Restriction
from openecf.platform.audit.services import record
from openecf.platform.jobs.services import defer
from openecf.platform.postgres import prepared

if TYPE_CHECKING:
    from openecf.court.people.models import CourtUser

CASE_FIELDS = frozenset({
    "caption", "short_title", "filed", "terminated", "reopened", "converted", "discharged", "dismissed",
    "plan_confirmed", "chapter", "previous_chapter", "voluntary",
    "asset", "cause", "nature_of_suit", "jury_demand", "demand", "jurisdiction", "mdl_status", "flags", "panel",
    "appeal_from", "fee_status", "case_type_information", "assigned_to_id", "referred_to_id",
})  # fmt: skip
PARTY_FIELDS = frozenset({"name", "type", "lines", "terminated"})
REPRESENTATION_FIELDS = frozenset({"name", "contact", "email", "roles", "terminated"})
DAYS = frozenset({"filed", "terminated", "reopened", "converted", "discharged", "dismissed", "plan_confirmed"})
CLOSED, REOPENED = "CLOSED", "REOPEN"


_LOCKED = prepared.Query(lambda case: Case.objects.select_for_update().filter(id=case), "case")
_MOVE_ON = """
UPDATE "case" SET next_seq = %s, next_number = %s, chain_head = %s, ordered_by = %s, last_filing = %s WHERE id = %s
"""


class NotACaseNumber(Refusal):
    """The text is no case number of any shape."""

    said = _("This is not a case number.")
    code = "not-a-case-number"


class NumberTaken(Refusal):
    """The case number is in use."""

    said = _("There is a case with this number already.")
    code = "number-taken"


class EditConflict(Refusal):
    """Someone else changed the same field meanwhile. Nothing of the edit was written.

    ``collisions`` names each field with what the editor saw, what it says now and what the editor wanted.
    ``version`` is the case's version that "now" belongs to; ``values`` are all fields of the edit as they would stand
    if this editor's wishes were written over it.
    """

    said = _("Someone else changed the same field while you were editing. Nothing was saved; both versions are shown.")
    code = "edit-conflict"

    def __init__(self, collisions: Sequence[Collision], *, version: int, values: Mapping[str, Value]) -> None:
        super().__init__()
        self.collisions = tuple(collisions)
        self.version = version
        self.values = dict(values)


def locked(case_id: int) -> Case:
    """The case, its row locked until the transaction ends. Case.DoesNotExist if there is none."""
    found = _LOCKED.first(case=case_id)
    if found is None:
        raise Case.DoesNotExist
    return found


def move_on(case: Case, *, head: str, filed: date, numbered: bool) -> None:
    """The locked case after one more docket entry: its counters, the head of its chain, the day of its last filing.

    Runs in the transaction of what was entered, whose audit line covers it.
    """
    case.next_seq += 1
    case.next_number += int(numbered)
    case.chain_head = head
    case.ordered_by = case.ordered_by or "date_filed"
    case.last_filing = max(filter(None, (case.last_filing, filed)))
    facts = [case.next_seq, case.next_number, case.chain_head, case.ordered_by, case.last_filing, case.id]
    prepared.send(_MOVE_ON, facts)


def chain_on(case_id: int, *, after: str, head: str) -> None:
    """Put ``head`` at the end of the case's chain in place of ``after``; nothing when it no longer ends with that."""
    Case.objects.filter(id=case_id, chain_head=after).update(chain_head=head)


def open_case(*, number: str, at: datetime, by: str, type: str = "", **facts: object) -> Case:
    """Open a case under ``number`` as dockets print it (``1:24-cv-00012``, ``24-10001``, ``24-1234``).

    ``type`` where the number does not tell it (bankruptcy: ``bk``, ``ap``); ``facts``: columns of Case.
    NotACaseNumber, NumberTaken.
    """
    parsed = case_numbers.parse(number)
    if parsed is None:
        raise NotACaseNumber(number=number)
    kind = type or parsed.type
    judge = facts.get("assigned_to")
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('openecf.case-numbers'))")
        if Case.objects.filter(number=parsed.core, type=kind).exists():
            raise NumberTaken(number=parsed.core)
        case = Case.objects.create(
            office=parsed.office,
            year=parsed.year,
            type=kind,
            serial=parsed.serial,
            number=parsed.core,
            judge_initials=parsed.judge or (judge.initials if isinstance(judge, Judge) else ""),
            referred_initials=parsed.referred,
            defendant_number=parsed.defendant,
            **facts,
        )
        record(act="case.opened", by=by, at=at, subject=f"case:{case.id}", number=case.number)
    return case


def add_party(*, case_id: int, name: str, type: str, at: datetime, by: str, lines: str = "", **facts: object) -> Party:
    """Put a party into the case, after those already there. ``lines``: what stands under the name, line by line."""
    with transaction.atomic():
        case = locked(case_id)
        party = Party.objects.create(
            case=case, position=_next_position(case.parties), name=name, type=type, lines=lines, **facts
        )
        _raise_version(case, subject=f"party:{party.id}", changes=[Change("name", None, name)], at=at, by=by)
        record(act="case.party-added", by=by, at=at, subject=f"case:{case.id}", party=party.id)
    return party


def add_count(*, party_id: int, kind: str, name: str, at: datetime, by: str, disposition: str = "") -> CriminalCount:
    """Charge a defendant: ``kind`` is pending, terminated or complaint. Party.DoesNotExist."""
    with transaction.atomic():
        case = locked(Party.objects.values_list("case_id", flat=True).get(id=party_id))
        party = Party.objects.get(id=party_id)
        count = CriminalCount.objects.create(
            party=party, position=_next_position(party.counts), kind=kind, name=name, disposition=disposition
        )
        Party.objects.filter(id=party_id).update(has_criminal_data=True)
        changes = [Change("counts", None, name)]
        _raise_version(case, subject=f"party:{party.id}", changes=changes, at=at, by=by)
        record(act="case.count-added", by=by, at=at, subject=f"case:{case.id}", party=party.id)
    return count


def add_attorney(
    *, party_id: int, name: str, contact: str, roles: Sequence[str], at: datetime, by: str, email: str = ""
) -> Representation:
    """Enter an attorney who has no account with this court; notices to such a one are served otherwise."""
    with transaction.atomic():
        case = locked(Party.objects.values_list("case_id", flat=True).get(id=party_id))
        party = Party.objects.get(id=party_id)
        row = Representation.objects.create(
            party=party,
            position=_next_position(party.representations),
            name=name,
            contact=contact,
            email=email,
            roles=list(roles),
            appeared_at=at,
        )
        _raise_version(case, subject=f"representation:{row.id}", changes=[Change("name", None, name)], at=at, by=by)
        record(act="case.attorney-added", by=by, at=at, subject=f"case:{case.id}", representation=row.id)
    return row


def edit_party(*, party_id: int, changes: Mapping[str, object], version: int | None, at: datetime, by: str) -> Party:
    """Change a party's ``name``, ``type``, ``lines`` or ``terminated``. EditConflict; Party.DoesNotExist."""
    with transaction.atomic():
        case = locked(Party.objects.values_list("case_id", flat=True).get(id=party_id))
        party = Party.objects.get(id=party_id)
        written = _edit(case, party, f"party:{party_id}", changes, PARTY_FIELDS, version, at=at, by=by)
        if written:
            record(act="case.party-edited", by=by, at=at, subject=f"case:{case.id}", party=party.id, fields=written)
    return party


def edit_representation(
    *, representation_id: int, changes: Mapping[str, object], version: int | None, at: datetime, by: str
) -> Representation:
    """Change an appearance's ``name``, ``contact``, ``email``, ``roles`` or ``terminated``. EditConflict."""
    with transaction.atomic():
        case = locked(Representation.objects.values_list("party__case_id", flat=True).get(id=representation_id))
        row = Representation.objects.select_related("party").get(id=representation_id)
        subject = f"representation:{row.id}"
        written = _edit(case, row, subject, changes, REPRESENTATION_FIELDS, version, at=at, by=by)
        if written:
            record(
                act="case.attorney-edited",
                by=by,
                at=at,
                subject=f"case:{case.id}",
                representation=row.id,
                fields=written,
            )
    return row


def appear(
    *, case: Case, user: CourtUser, party_ids: Iterable[int], roles: Sequence[str], at: datetime, by: str
) -> list[Representation]:
    """The attorney appears for those parties. For a party whose attorney this is already, roles are added.

    NotInThisCase if a party is not in the case.
    """
    with transaction.atomic():
        locked_case = locked(case.id)
        wanted = sorted(set(party_ids))
        parties = {party.id: party for party in locked_case.parties.filter(id__in=wanted)}
        if len(parties) != len(wanted):
            raise NotInThisCase(case=case.id)
        rows = [_appear_for(parties[party_id], user, roles, at) for party_id in wanted]
        if rows:
            changes = [Change("roles", None, list(roles))]
            _raise_version(locked_case, subject=f"representation:{rows[0].id}", changes=changes, at=at, by=by)
            record(act="case.appearance", by=by, at=at, subject=f"case:{case.id}", user=user.id, parties=wanted)
    return rows


def _appear_for(party: Party, user: CourtUser, roles: Sequence[str], at: datetime) -> Representation:
    existing = party.representations.filter(user=user, terminated=None).first()
    if existing:
        existing.roles = [*existing.roles, *(role for role in roles if role not in existing.roles)]
        existing.save(update_fields=["roles"])
        return existing
    return Representation.objects.create(
        party=party,
        user=user,
        position=_next_position(party.representations),
        name=name_of(user),
        contact=contact_of(user),
        email=user.email,
        roles=list(roles),
        appeared_at=at,
    )


def withdraw(*, representation_id: int, on: date, at: datetime, by: str) -> Representation:
    """The attorney leaves: the appearance stays on the docket, terminated, and gets no more notices."""
    return edit_representation(
        representation_id=representation_id, changes={"terminated": on}, version=None, at=at, by=by
    )


def edit_case(*, case_id: int, changes: Mapping[str, object], version: int | None, at: datetime, by: str) -> Case:
    """Change what the docket's heading says (``CASE_FIELDS``). EditConflict; Case.DoesNotExist."""
    with transaction.atomic():
        case = locked(case_id)
        written = _edit_heading(case, changes, version, at=at, by=by)
        if written:
            record(act="case.edited", by=by, at=at, subject=f"case:{case.id}", fields=written)
    return case


def assign_judge(
    *, case_id: int, judge: Judge | None, at: datetime, by: str, referred: bool = False, version: int | None = None
) -> Case:
    """Assign the case to a judge, or refer it to one; the judge's initials become part of the case number."""
    with transaction.atomic():
        case = locked(case_id)
        field = "referred_to_id" if referred else "assigned_to_id"
        if _edit_heading(case, {field: judge.id if judge else None}, version, at=at, by=by):
            act = "case.referred" if referred else "case.assigned"
            record(act=act, by=by, at=at, subject=f"case:{case.id}", judge=judge.id if judge else None)
    return case


def set_flag(*, case_id: int, flag: str, at: datetime, by: str) -> Case:
    """Put a flag at the head of the docket. A flag that is there already stays."""
    return _flags(case_id, add={flag}, remove=set(), act="case.flag-set", at=at, by=by)


def clear_flag(*, case_id: int, flag: str, at: datetime, by: str) -> Case:
    """Take a flag away."""
    return _flags(case_id, add=set(), remove={flag}, act="case.flag-cleared", at=at, by=by)


def _flags(case_id: int, *, add: set[str], remove: set[str], act: str, at: datetime, by: str) -> Case:
    with transaction.atomic():
        case = locked(case_id)
        if _edit_heading(case, {"flags": _with_flags(case, add, remove)}, None, at=at, by=by):
            record(act=act, by=by, at=at, subject=f"case:{case.id}", flags=sorted(add | remove))
    return case


def _with_flags(case: Case, add: set[str], remove: set[str]) -> list[str]:
    return [flag for flag in case.flags if flag not in remove] + sorted(add - set(case.flags))


def close_case(*, case_id: int, on: date, at: datetime, by: str) -> Case:
    """Close the case as of that day. A closed case stays as it is."""
    with transaction.atomic():
        case = locked(case_id)
        if case.terminated is None:
            changes = {"terminated": on, "flags": _with_flags(case, {CLOSED}, {REOPENED})}
            _edit_heading(case, changes, None, at=at, by=by)
            record(act="case.closed", by=by, at=at, subject=f"case:{case.id}")
    return case


def reopen_case(*, case_id: int, on: date, at: datetime, by: str) -> Case:
    """Reopen a closed case as of that day. An open case stays as it is."""
    with transaction.atomic():
        case = locked(case_id)
        if case.terminated is not None:
            changes = {"terminated": None, "reopened": on, "flags": _with_flags(case, {REOPENED}, {CLOSED})}
            _edit_heading(case, changes, None, at=at, by=by)
            record(act="case.reopened", by=by, at=at, subject=f"case:{case.id}")
    return case


def set_date(*, case_id: int, what: str, on: date, at: datetime, by: str) -> Case:
    """Something was done to the whole case on that day (``what``: discharged, dismissed, plan_confirmed)."""
    return edit_case(case_id=case_id, changes={what: on}, version=None, at=at, by=by)


def convert_case(*, case_id: int, chapter: str, on: date, at: datetime, by: str) -> Case:
    """The case goes on under another chapter as of that day. A case under that chapter already stays as it is."""
    with transaction.atomic():
        case = locked(case_id)
        if case.chapter != chapter:
            changes = {"chapter": chapter, "previous_chapter": case.chapter, "converted": on}
            _edit_heading(case, changes, None, at=at, by=by)
            record(act="case.converted", by=by, at=at, subject=f"case:{case.id}", chapter=chapter)
    return case


def set_restriction(*, case_id: int, level: Restriction, reason: str, at: datetime, by: str) -> Case:
    """Seal the case (or open it again): from now on only who that level admits learns that it exists."""
    with transaction.atomic():
        case = locked(case_id)
        if case.restriction != level:
            before, case.restriction = case.restriction, int(level)
            case.save(update_fields=["restriction"])
            changes = [Change("restriction", before, int(level))]
            _raise_version(case, subject="case", changes=changes, at=at, by=by)
            # Who may read is decided anew at once; how the bytes lie in the store follows document by document.
            defer("openecf.documents.reseal", case_id=case.id)
            record(
                act="case.restricted",
                by=by,
                at=at,
                subject=f"case:{case.id}",
                before=before,
                level=int(level),
                why=reason,
            )
    return case


def add_judge(
    *, name: str, at: datetime, by: str, title: str = "", initials: str = "", user: CourtUser | None = None
) -> Judge:
    """Enter a judicial officer of this court; one who is entered already is returned as is."""
    with transaction.atomic():
        judge, made = Judge.objects.get_or_create(
            name=name, defaults={"title": title, "initials": initials, "user": user}
        )
        if made:
            record(act="court.judge-added", by=by, at=at, subject=f"judge:{judge.id}")
    return judge


def _next_position(rows: models.Manager) -> int:
    return (rows.aggregate(last=models.Max("position"))["last"] or 0) + 1


def _edit_heading(
    case: Case, changes: Mapping[str, object], version: int | None, *, at: datetime, by: str
) -> list[str]:
    written = _edit(case, case, "case", changes, CASE_FIELDS, version, at=at, by=by)
    for field, initials in (("assigned_to_id", "judge_initials"), ("referred_to_id", "referred_initials")):
        if field in written:
            judge_id = getattr(case, field)
            value = Judge.objects.values_list("initials", flat=True).get(id=judge_id) if judge_id else ""
            Case.objects.filter(id=case.id).update(**{initials: value})
            setattr(case, initials, value)
    return written


def _edit(
    case: Case,
    row: models.Model,
    subject: str,
    changes: Mapping[str, object],
    allowed: frozenset[str],
    version: int | None,
    *,
    at: datetime,
    by: str,
) -> list[str]:
    """Merge ``changes`` into ``row`` of the locked ``case``; the names of the fields written."""
    if unknown := set(changes) - allowed:
        raise ValueError(f"not editable: {sorted(unknown)}")
    since: list[Change] = []
    if version is not None and version != case.version:
        since = [
            Change(change.field, change.before, change.after)
            for change in CaseChange.objects.filter(case=case, subject=subject, version__gt=version)
        ]
    now: dict[str, Value] = {field: plain(getattr(row, field)) for field in changes}
    since = [change for change in since if change.field in now]
    write, collisions = merge(now=now, wanted={field: plain(value) for field, value in changes.items()}, since=since)
    if collisions:
        mine = {collision.field: collision.wanted for collision in collisions}
        raise EditConflict(collisions, version=case.version, values=now | write | mine)
    if write:
        for field, value in write.items():
            setattr(row, field, date.fromisoformat(value) if field in DAYS and isinstance(value, str) else value)
        row.save(update_fields=list(write))
        made = [Change(field, now[field], value) for field, value in write.items()]
        _raise_version(case, subject=subject, changes=made, at=at, by=by)
    return sorted(write)


def _raise_version(case: Case, *, subject: str, changes: Sequence[Change], at: datetime, by: str) -> None:
    case.version += 1
    case.save(update_fields=["version"])
    CaseChange.objects.bulk_create(
        CaseChange(
            case=case,
            version=case.version,
            subject=subject,
            field=change.field,
            before=change.before,
            after=change.after,
            at=at,
            by=by,
        )  # fmt: skip
        for change in changes
    )
