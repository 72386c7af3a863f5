"""Reading what notices need to say, and what became of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from openecf.court.agents import queries as agents
from openecf.court.cases import queries as cases
from openecf.court.docket import queries as dockets
from openecf.court.documents import queries as documents
from openecf.court.documents.rules import level, may_read
from openecf.court.notices.models import Notice
from openecf.court.notices.rules import Addressee, service_list
from openecf.court.people import queries as people
from openecf.court.people.rules import Reader
from openecf.kernel import stamps
from openecf.kernel.names import PersonName
from openecf.kernel.refusal import Refusal
from openecf.kernel.stamp_lines import text_digest
from openecf.kernel.stamps import Stamped
from openecf.platform.config import this_site
from openecf.platform.mail import queries as mail
from openecf.platform.postgres import prepared

if TYPE_CHECKING:
    from openecf.court.cases.models import Party, Representation
    from openecf.court.docket.models import Entry
    from openecf.court.people.models import CourtUser


class NoSuchNotice(Refusal):
    """There is no notice of this entry, or none that the reader may see."""

    said = "There is no notice for this entry."
    code = "no-such-notice"


@dataclass(frozen=True)
class Delivery:
    """What became of a notice to one person. ``state``: mailed, waiting, failed or otherwise (by other means)."""

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

    Of a restricted entry only those learn who may read it.
    """
    needed = level(entry.case.restriction, entry.restriction)
    return [_with_copies(each, needed, at) for each in service_list(_people(entry, needed))]


def _with_copies(person: Addressee, needed: int, at: datetime) -> Addressee:
    """The person's notice goes to those filing agents as well that the person lets have copies.

    Of what is closed to others they get none, unless they may see it.
    """
    if not person.tells_agents or person.user is None:
        return person
    copies = agents.copies_for([person.user], closed=bool(needed), now=at).get(person.user, [])
    return replace(person, addresses=tuple(dict.fromkeys([*person.addresses, *copies])))


def _people(entry: Entry, needed: int) -> Iterator[Addressee]:
    for party, counsel in cases.standing(entry.case_id):
        for one in counsel:
            if _may_know(one.user, entry, needed):
                yield _counsel(one, party)
        if not counsel and not needed:
            yield Addressee(
                name=party.name,
                on_behalf=(),
                postal_lines=tuple(line for line in party.lines.splitlines() if line.strip()),
                role=party.type,
            )
    if entry.filer is not None and _may_know(entry.filer, entry, needed):
        yield _user(entry.filer)


def _may_know(user: CourtUser | None, entry: Entry, needed: int) -> bool:
    if not needed:
        return True
    if user is None or not user.active:
        return False
    as_reader = Reader(account=user.account, user=user.id, group=user.group)
    return may_read(as_reader, restriction=needed, participates=True, filed_by=entry.filer_id)


def _counsel(one: Representation, party: Party) -> Addressee:
    behalf = (f"{party.type} {party.name}".strip(),)
    contact = tuple(line for line in one.contact.splitlines() if line.strip() and "@" not in line)
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


def _may_see(reader: Reader, notice: Notice) -> bool:
    entry = notice.entry
    sent_to = reader.linked and notice.recipients.filter(user=reader.user).exists()
    if not (reader.is_court or sent_to or (reader.linked and reader.user == entry.filer_id)):
        return False
    needed = level(entry.case.restriction, entry.restriction)
    # Whoever was told at the time may have left the case since, and the entry may have been sealed since.
    participates = bool(needed) and cases.participates(reader, entry.case_id)
    return may_read(reader, restriction=needed, participates=participates, filed_by=entry.filer_id)


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
    states = mail.states(reference=reference_of(notice))
    found = []
    for row in notice.recipients.order_by("id"):
        state = "otherwise" if row.by_mail else _worst([states[a] for a in row.addresses if a in states])
        found.append(Delivery(row.name, tuple(row.addresses), tuple(row.postal_lines), state, row.mailed_at))
    return found


def reference_of(notice: Notice) -> str:
    """By which the mails of a notice are found again."""
    return f"notice:{notice.pk}"


def _worst(states: list[str]) -> str:
    return next((state for state in ("failed", "waiting", "mailed") if state in states), "waiting")
