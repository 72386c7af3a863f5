"""Transcripts until their release: who bought one from its reporter, and when the clerk's office releases it.

Judicial Conference policy (JCUS-SEP 07): for ninety days a transcript is read at the courthouse, and by attorneys who
bought it from the court reporter; after that by everybody, unless a redacted one takes its place.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from openecf.court.bench import bench
from openecf.court.calendar import services as calendar
from openecf.court.cases import queries as cases
from openecf.court.docket import services as docket
from openecf.court.docket.models import EntryRelation
from openecf.court.documents import queries as documents
from openecf.court.documents import services as opening
from openecf.court.people import queries as people
from openecf.court.people.rules import Reader
from openecf.kernel.days import legal_day
from openecf.kernel.doc_ids import DocId
from openecf.kernel.refusal import Refusal
from openecf.platform.config import this_site
from openecf.platform.mail import services as mail

if TYPE_CHECKING:
    from openecf.court.documents.models import Document
    from openecf.court.people.models import CourtUser

DAYS = 90
RELEASE = "Transcript: release of restriction"
REPORTERS, CLERKS = "court-reporter", "clerk"


class NotThis(Refusal):
    """The transcript was released, is not this reader's, or never was one."""

    said = _("There is no such transcript that waits for its release.")
    code = "no-such-transcript"


class NoSuchBuyer(Refusal):
    said = _("Nobody who files at this court has that login.")
    code = "no-such-buyer"


class ClosedToBuyer(Refusal):
    """The entry or its case is closed, and the mail would tell of it."""

    said = _("The entry or its case is closed to this person, who may not learn of it.")
    code = "closed-to-buyer"


class TooEarly(Refusal):
    """The ninety days are not over."""

    said = _("This transcript is released on a later day.")
    code = "too-early"


class Redacted(Refusal):
    """A redacted one was filed: that one is released, and the first stays as it is."""

    said = _("A redacted transcript was filed in its place: release that one. This one stays at the courthouse.")
    code = "redacted"


@dataclass(frozen=True)
class Transcript:
    """A transcript that waits for its release; ``day``: from when on it may be released; ``replaced``: by a redacted one."""

    document: Document
    number: str
    path: str
    day: date
    is_due: bool
    replaced: bool
    buyers: Sequence[CourtUser]


def may_sell(reader: Reader) -> bool:
    """Whether the reader says who bought transcripts: court reporters their own, the clerk's office any."""
    return reader.group in (REPORTERS, CLERKS)


def listed(*, reader: Reader, at: datetime) -> list[Transcript]:
    """The clerk's office sees all, a reporter the own, everybody else what they bought; nobody what was closed since."""
    if reader.user is None:
        return []
    # What a redacted one takes the place of is never released: it must not fill the list in the course of years.
    last = Exists(_redacted().filter(to=OuterRef("entry")))
    if reader.group == CLERKS:
        rows = documents.withheld(last=last)
    elif reader.group == REPORTERS:
        rows = documents.withheld(last=last, filed_by=reader.user)
    else:
        rows = documents.withheld(last=last, bought_by=reader.user)
    return _seen(documents.known_of(rows, reader=reader), at)


def one(*, reader: Reader, document_id: int, at: datetime) -> Transcript:
    """A transcript, for who says who bought it. NotThis."""
    found = documents.withheld_transcript(document_id)
    mine = found is not None and (reader.group == CLERKS or found.entry.filer_id == reader.user)
    if found is None or not may_sell(reader) or not mine or not documents.known_of([found], reader=reader):
        raise NotThis
    return _seen([found], at)[0]


def counsel_of(document: Document) -> list[CourtUser]:
    """Those who appear in the transcript's case and file at this court: who asks for it most often."""
    found = {
        each.user.id: each.user for _party, each_of in cases.standing(document.entry.case_id) for each in each_of if each.user
    }  # fmt: skip
    return sorted(found.values(), key=lambda user: (user.last_name, user.first_name, user.id))


def _seen(rows: Sequence[Document], at: datetime) -> list[Transcript]:
    today, path = legal_day(at, settings.COURT.zone), bench().documents.path
    buyers = documents.readers_of([row.id for row in rows])
    entries = [row.entry_id for row in rows]
    first = {one.entry_id: one.to for one in EntryRelation.objects.filter(entry__in=entries).select_related("to")}
    replaced = set(_redacted().filter(to__in=entries).values_list("to", flat=True))
    found = []
    for row in rows:
        day = _release_day(row, first)
        found.append(
            Transcript(
                document=row,
                number=cases.heading_number(row.entry.case),
                path=f"/{path}/{DocId.parse(row.doc_id).straight}",
                day=day,
                is_due=day <= today and row.entry_id not in replaced,
                replaced=row.entry_id in replaced,
                buyers=buyers.get(row.id, []),
            )
        )
    return found


def _redacted() -> QuerySet[EntryRelation]:
    """Which redacted transcripts stand, and in whose place."""
    return EntryRelation.objects.filter(entry__event="transcript:redacted", entry__struck_at=None)


def _release_day(row: Document, first: dict) -> date:
    """Ninety days after the transcript was filed; a redacted one follows the one whose place it takes."""
    of = first.get(row.entry_id) if row.entry.event == "transcript:redacted" else None
    filed = (of or row.entry).filed or row.entry.filed
    return filed + timedelta(days=DAYS) if filed else date.max


def sell(*, reader: Reader, document_id: int, login: str, at: datetime) -> CourtUser:
    """Somebody bought the transcript from its reporter, reads it from outside now, and is told. NotThis, NoSuchBuyer,
    ClosedToBuyer."""
    found = one(reader=reader, document_id=document_id, at=at)
    buyer = people.user_called(login)
    if buyer is None:
        raise NoSuchBuyer
    if not documents.known_of([found.document], reader=Reader(buyer.account, user=buyer.id, group=buyer.group)):
        raise ClosedToBuyer
    with transaction.atomic():
        if opening.open_to(document=found.document, user_id=buyer.id, by=reader, at=at) and buyer.email:
            with people.in_words_of(buyer):
                subject = gettext("You may read a transcript in {number}").format(number=found.number)
                text = gettext(
                    "You may read transcript {entry} in {number} from outside the courthouse now, before its release. "
                    "PACER fees apply to every page.\n\n{link}\n"
                ).format(entry=found.document.entry.number, number=found.number, link=_link(found))
            mail.send(to=[buyer.email], subject=subject, text=text, at=at, reference=f"document:{document_id}")
    return buyer


def _link(found: Transcript) -> str:
    return f"{this_site().config.base_url}{found.path}"


def take_back(*, reader: Reader, document_id: int, user_id: int, at: datetime) -> None:
    """It was not sold to that court user after all: closed again at once. NotThis."""
    found = one(reader=reader, document_id=document_id, at=at)
    opening.close_to(document=found.document, user_id=user_id, by=reader, at=at)


def release(*, reader: Reader, document_id: int, at: datetime) -> None:
    """From now on everybody reads it. For the clerk's office. NotThis, TooEarly, Redacted, docket's refusals."""
    if reader.group != CLERKS:
        raise NotThis
    found = one(reader=reader, document_id=document_id, at=at)
    if found.replaced:
        raise Redacted
    if not found.is_due:
        raise TooEarly
    entry = found.document.entry
    # First the version, then the level: whoever seals the entry from now on makes this version old.
    version = docket.version_of(entry)
    entry.refresh_from_db(fields=["restriction"])
    with transaction.atomic():
        docket.restrict_entry(
            entry_id=entry.id, level=entry.restriction, parts={found.document.part: 0},
            reason="Release of the transcript's restriction", by=reader, version=version, at=at,
        )  # fmt: skip
        if _redacted().filter(to=entry.id).exists():  # filed meanwhile; none comes as long as the case is held
            raise Redacted
        first = EntryRelation.objects.filter(entry=entry, to__event="transcript:official").values_list("to", flat=True)
        calendar.satisfy_deadlines(
            case_id=entry.case_id, entry_id=entry.id, kinds=[RELEASE], under=[entry.id, *first]
        )  # fmt: skip
