"""Reading what notices need to say, and what became of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db.models import Max

from openecf.court.agents import queries as agents
from openecf.court.cases import queries as cases
from openecf.court.docket import queries as dockets
from openecf.court.documents import queries as documents
from openecf.court.documents.rules import level, may_read
from openecf.court.notices.models import Announcement, Notice, Recipient, SummaryDay, SummaryLine
from openecf.court.notices.rules import Addressee, postal_lines, service_list
from openecf.court.people import queries as people
from openecf.court.people.queries import NONE, Way, Ways
from openecf.court.people.rules import Reader
from openecf.kernel import stamps
from openecf.kernel.doc_ids import DocId
from openecf.kernel.names import PersonName
from openecf.kernel.refusal import Refusal
from openecf.kernel.stamp_lines import text_digest
from openecf.kernel.stamps import Stamped
from openecf.platform.config import this_site
from openecf.platform.mail import queries as mail
from openecf.platform.postgres import prepared

if TYPE_CHECKING:
    from openecf.court.cases.models import Case, Party, Representation
    from openecf.court.docket.models import Entry
    from openecf.court.documents.models import Document
    from openecf.court.people.models import CourtUser


class NoSuchNotice(Refusal):
    """There is no notice of this entry, or none that the reader may see."""

    said = "There is no notice for this entry."
    code = "no-such-notice"


@dataclass(frozen=True)
class Delivery:
    """What became of a notice to one person. ``state``: mailed, waiting, summary (waiting for the day's), failed, closed
    (to the person, before it was mailed) or otherwise (by other means)."""

    name: str
    addresses: tuple[str, ...]
    postal_lines: tuple[str, ...]
    state: str
    at: datetime | None = None


_FILERS = """
SELECT p.name FROM entry_filer f JOIN party p ON p.id = f.party_id WHERE f.entry_id = %s ORDER BY f.id
"""


def filers_of(entry: Entry) -> tuple[str, ...]:
    """The names of the parties that an entry was filed for."""
    return tuple(name for (name,) in prepared.rows(_FILERS, [entry.id]))


def service_list_of(entry: Entry, *, at: datetime) -> list[Addressee]:
    """Everyone who must learn of an entry: counsel in the case, parties without counsel, the filer.

    Of a restricted entry only those learn who may read it. Then those who asked to hear of a case that is not theirs.
    """
    return _list(entry.case_id, entry.filer, level(entry.case.restriction, entry.restriction), at)


def mailing_list_of(case: Case, *, at: datetime) -> list[Addressee]:
    """Whom a notice of an open filing in the case would reach now, and how; and who must be served otherwise: of a case
    that is closed to others, everybody else who is in it."""
    needed = level(case.restriction)
    told = _list(case.pk, None, needed, at)
    if not needed:
        return told
    reached = {each.user for each in told if each.user is not None}
    everybody = service_list(_people(case.pk, None, 0))
    return [
        *told,
        *(replace(each, addresses=()) for each in everybody if each.user is None or each.user not in reached),
    ]


def _list(case_id: int, filer: CourtUser | None, needed: int, at: datetime) -> list[Addressee]:
    listed = service_list(_people(case_id, filer, needed))
    ways = people.notice_ways(case_id=case_id, user_ids=[each.user for each in listed if each.user])
    principals = [each.user for each in listed if each.tells_agents and each.user is not None]
    copies = agents.copies_for(principals, closed=bool(needed), now=at) if principals else {}
    told = [_with_copies(_as_chosen(each, ways), copies) for each in listed]
    return [*told, *_interested(ways, {each.user for each in listed}, needed)]


def _as_chosen(person: Addressee, ways: Ways) -> Addressee:
    """The person without those secondary addresses that are to hear nothing of this case."""
    kept = tuple(each for each in person.addresses if ways.to(person.user, each).how != NONE)
    return person if kept == person.addresses else replace(person, addresses=kept)


def _interested(ways: Ways, listed: set[int | None], needed: int) -> Iterator[Addressee]:
    asked = {user: addresses for user, addresses in ways.asked_by().items() if user not in listed}
    for user in people.users(asked) if asked else ():
        as_reader = Reader(account=user.account, user=user.id, group=user.group)
        if may_read(as_reader, restriction=needed, participates=False, filed_by=None):
            yield Addressee(
                name=name_of(user).direct,
                addresses=tuple(asked[user.id]),
                user=user.id,
                wants_text=user.wants_text,
                role=people.group_name(user),
                by_interest=True,
            )


def ways_of_mails(case_id: int, recipients: Sequence[Recipient]) -> Iterator[tuple[Recipient, str, int | None, Way]]:
    """Each address of a notice of the case: whose it is, where somebody of this court has it, and how it is told.

    A filing agent's copy goes as the agent chose, not as the principal did.
    """
    strange = {
        address
        for each in recipients
        if each.user is not None and each.user.tells_agents
        for address in each.addresses
        if address.lower() not in _own_addresses(each.user)
    }
    of_agents = people.agents_at(strange)
    users = {each.user_id for each in recipients if each.user_id} | set(of_agents.values())
    ways = people.notice_ways(case_id=case_id, user_ids=users) if users else Ways()
    for each in recipients:
        for address in each.addresses:
            owner = of_agents.get(address.lower(), each.user_id) if address in strange else each.user_id
            yield each, address, owner, ways.to(owner, address)


def _own_addresses(user: CourtUser) -> set[str]:
    return {address.lower() for address in (user.email, *user.secondary_emails)}


def _with_copies(person: Addressee, copies: Mapping[int, Sequence[str]]) -> Addressee:
    """The person's notice goes to those filing agents as well that the person lets have copies.

    Of what is closed to others they get none, unless they may see it.
    """
    others = copies.get(person.user, ()) if person.user is not None else ()
    return replace(person, addresses=tuple(dict.fromkeys([*person.addresses, *others]))) if others else person


def _people(case_id: int, filer: CourtUser | None, needed: int) -> Iterator[Addressee]:
    for party, counsel in cases.standing(case_id):
        for one in counsel:
            if _may_know(one.user, filer, needed):
                yield _counsel(one, party)
        if not counsel and not needed:
            yield Addressee(
                name=party.name,
                on_behalf=(),
                postal_lines=postal_lines(party.lines),
                role=party.type,
            )
    if filer is not None and _may_know(filer, filer, needed):
        yield _user(filer)


def _may_know(user: CourtUser | None, filer: CourtUser | None, needed: int) -> bool:
    if not needed:
        return True
    if user is None or not user.active:
        return False
    as_reader = Reader(account=user.account, user=user.id, group=user.group)
    return may_read(as_reader, restriction=needed, participates=True, filed_by=filer.pk if filer else None)


def _counsel(one: Representation, party: Party) -> Addressee:
    behalf = (f"{party.type} {party.name}".strip(),)
    contact = postal_lines(one.contact)
    if one.user is not None and one.user.active:
        return _user(one.user, on_behalf=behalf, otherwise=contact)
    addresses = (one.email,) if one.email else ()
    return Addressee(name=one.name, on_behalf=behalf, addresses=addresses, postal_lines=contact, role="Attorney")


def _user(user: CourtUser, *, on_behalf: tuple[str, ...] = (), otherwise: tuple[str, ...] = ()) -> Addressee:
    primary, secondary, wants_text = people.notice_addresses(user)
    return Addressee(
        name=name_of(user).direct,
        on_behalf=on_behalf,
        addresses=tuple(dict.fromkeys(each for each in (primary, *secondary) if each)),
        postal_lines=otherwise or tuple(filter(None, (user.firm, *user.address_lines))),
        user=user.id,
        wants_text=wants_text,
        role=people.group_name(user),
        tells_agents=user.tells_agents,
    )


def name_of(user: CourtUser) -> PersonName:
    """A court user's name in its parts."""
    return PersonName(user.last_name, user.first_name, user.middle_name, user.generation)


def notice_for(*, reader: Reader, case_id: int, seq: int) -> Notice:
    """The newest notice of an entry: for the court, the filer and those it was sent to. Raises NoSuchNotice."""
    notice = (
        Notice.objects.select_related("entry__case").filter(entry__case=case_id, entry__seq=seq).order_by("-id").first()
    )
    if notice is None or not _may_see(reader, notice):
        raise NoSuchNotice(case=case_id, seq=seq)
    return notice


def seen_of(reader: Reader, entry_ids: Sequence[int]) -> set[int]:
    """Those of the entries whose notice ``notice_for`` gives the reader. Two statements at most, and for closed entries some
    more."""
    rows = Notice.objects.filter(entry__in=entry_ids).order_by("entry", "-id").distinct("entry")
    needed = ("entry__filer", "entry__restriction", "entry__case__restriction")
    newest = list(rows.select_related("entry__case").only("entry", *needed))
    sent_to: set[int] = set()
    if reader.linked and not reader.is_court:
        sent = Recipient.objects.filter(notice__in=newest, user=reader.user)
        sent_to = set(sent.values_list("notice", flat=True))
    return {one.entry_id for one in newest if _open_to(reader, one, sent_to=one.pk in sent_to)}


def _may_see(reader: Reader, notice: Notice) -> bool:
    sent_to = reader.linked and notice.recipients.filter(user=reader.user).exists()
    return _open_to(reader, notice, sent_to=sent_to)


def _open_to(reader: Reader, notice: Notice, *, sent_to: bool) -> bool:
    entry = notice.entry
    if not (reader.is_court or sent_to or (reader.linked and reader.user == entry.filer_id)):
        return False
    needed = level(entry.case.restriction, entry.restriction)
    # Whoever was told at the time may have left the case since, and the entry may have been sealed since.
    participates = bool(needed) and cases.participates(reader, entry.case_id)
    return may_read(reader, restriction=needed, participates=participates, filed_by=entry.filer_id)


def may_still_know(line: SummaryLine, *, now: datetime) -> bool:
    """Whether a filing that waits for its mail, or a summary, may be told there: it may have been closed since it was made."""
    entry = line.recipient.notice.entry
    return _knows(line, level(entry.case.restriction, entry.restriction), now=now)


def closed_since(entry: Entry, documents: Iterable[Document]) -> list[Document]:
    """Those of an entry's documents that were closed to more people since it was entered."""
    closed = [each for each in documents if each.restriction]
    before = dockets.levels_as_entered(entry.pk) if closed else {}
    return [each for each in closed if level(each.restriction) > level(before.get(each.part, each.restriction))]


def unnamed_to(line: SummaryLine, closed: Iterable[Document], *, now: datetime) -> list[tuple[str, int]]:
    """Those of the documents (serial, part) that a notice's mail to an address does not name: its reader may not open them."""
    entry = line.recipient.notice.entry
    around = level(entry.case.restriction, entry.restriction)
    return [name_of_document(each) for each in closed if not _knows(line, level(around, each.restriction), now=now)]


def name_of_document(document: Document) -> tuple[str, int]:
    """Serial and part."""
    return DocId.parse(document.doc_id).serial, document.part


def unnamed_on_page(reader: Reader, notice: Notice) -> list[tuple[str, int]]:
    """The same of the notice's page."""
    closed = closed_since(notice.entry, notice.entry.documents.all())
    open_ = (
        {row.document.pk for row in documents.parts_for(reader=reader, document=closed[0]) if row.open}
        if closed
        else ()
    )
    return [name_of_document(each) for each in closed if each.pk not in open_]


def _knows(line: SummaryLine, needed: int, *, now: datetime) -> bool:
    """Whether the level lets the reader of an address know what a notice, or summary, tells there."""
    recipient, entry = line.recipient, line.recipient.notice.entry
    if not needed:
        return True
    user = recipient.user
    if user is None or not user.active:
        return False
    reader = Reader(account=user.account, user=user.id, group=user.group)
    participates = cases.participates(reader, entry.case_id)
    if not may_read(reader, restriction=needed, participates=participates, filed_by=entry.filer_id):
        return False
    if line.user_id == user.id:
        return True
    copies = agents.copies_for([user.id], closed=True, now=now).get(user.id, [])
    return line.address.lower() in {each.lower() for each in copies}


def last_summary_day() -> date | None:
    """The newest court day whose summaries were all written."""
    return SummaryDay.objects.aggregate(last=Max("day"))["last"]


def not_mailed(*, before: datetime) -> list[int]:
    """Notices of before that moment whose mails were not written yet."""
    rows = Recipient.objects.filter(by_mail=False, mailed_at=None, notice__at__lt=before)
    return sorted(set(rows.values_list("notice_id", flat=True)))


def summary_addresses(*, before: datetime) -> list[tuple[int, str]]:
    """Whose addresses have filings of before that moment waiting for a summary."""
    rows = SummaryLine.objects.filter(summary=None, at__lt=before)
    return list(rows.order_by("user_id", "address").values_list("user_id", "address").distinct())


_TOLD = """
SELECT DISTINCT lower(a.address) FROM notice n JOIN notice_recipient r ON r.notice_id = n.id,
  jsonb_array_elements_text(r.addresses) AS a (address)
WHERE n.at >= %s AND n.at < %s AND NOT r.by_mail
"""


def addresses_told(*, since: datetime, before: datetime) -> set[str]:
    """The addresses, in small letters, that a notice of that time went to or is kept for, in whatever way."""
    return {address for (address,) in prepared.rows(_TOLD, [since, before])}


def announcements(*, most: int = 50) -> list[Announcement]:
    """What was announced, newest first."""
    return list(Announcement.objects.all()[:most])


def announcement(announcement_id: int) -> Announcement | None:
    """One of them."""
    return Announcement.objects.filter(id=announcement_id).first()


def stamp_breaks(case_id: int) -> list[tuple[int, int]]:
    """Entry and part of each document whose stamp does not vouch for what is on record now.

    The stamp is this court's signature: who can write to the database but has not the court's key cannot renew it.
    """
    said, key, broken = dockets.as_entered(case_id), this_site().signing_key.public_key(), []
    for row in documents.stamped_of(case_id):
        facts = Stamped(**row.stamped_facts)
        on_record = (this_site().id, case_id, row.entry.seq, row.part, row.sha256, text_digest(said[row.entry_id]))
        stamped = (facts.court, facts.case_id, facts.entry_seq, facts.part, facts.sha256, facts.text_sha256)
        if on_record != stamped or not stamps.holds(facts, row.stamp, key):
            broken.append((row.entry.seq, row.part))
    return broken


def deliveries(notice: Notice) -> list[Delivery]:
    """How each person on the service list was reached."""
    lines = {(line.recipient_id, line.address): line for line in SummaryLine.objects.filter(recipient__notice=notice)}
    own, summaries = reference_of(notice), {f"summary:{line.summary_id}" for line in lines.values()}
    states = mail.states(references={own, *summaries})
    found = []
    for row in notice.recipients.order_by("id"):
        known = [_state(lines.get((row.pk, address)), own, address, states) for address in row.addresses]
        state = (
            "otherwise" if row.by_mail else _worst([each for each in known if each], written=row.mailed_at is not None)
        )
        found.append(Delivery(row.name, tuple(row.addresses), tuple(row.postal_lines), state, row.mailed_at))
    return found


def _state(line: SummaryLine | None, own: str, address: str, states: Mapping[tuple[str, str], str]) -> str | None:
    """What became of the notice at one address; None where nothing is known. ``own``: the notice's reference."""
    if line is None:
        state = states.get((own, address))
        return "closed" if state == "withheld" else state
    if line.summary_id is None:
        return "summary"
    return "closed" if line.left_out else states.get((f"summary:{line.summary_id}", address), "waiting")


def reference_of(notice: Notice) -> str:
    """By which the mails of a notice are found again."""
    return f"notice:{notice.pk}"


def _worst(states: list[str], *, written: bool) -> str:
    """``written``: the mails were; to whom nothing was, the entry was closed before."""
    order = ("failed", "waiting", "summary", "closed", "mailed")
    return next((state for state in order if state in states), "closed" if written else "waiting")
