"""Notices: prepared with the entry, mailed by a job, each address with a free look of its own."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from html import escape
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.db import transaction
from django.template.loader import render_to_string

from openecf.court.bench import bench
from openecf.court.cases import queries as cases
from openecf.court.notices import queries, stamping
from openecf.court.notices.models import FreeLook, Notice, Recipient, SummaryLine
from openecf.court.notices.rules import Addressee, NoticeDocument, NoticeFacts, short_day, without
from openecf.court.people.queries import SUMMARY
from openecf.court.transition import queries as transition
from openecf.kernel import courts, stamps
from openecf.kernel.doc_ids import DocId
from openecf.kernel.restriction import Restriction
from openecf.kernel.stamp_lines import StampLine, key_number, text_digest
from openecf.kernel.stamps import OF_STAMPED_NOTICE, Stamped
from openecf.kernel.tokens import digest
from openecf.platform.config import this_site
from openecf.platform.jobs import services as jobs
from openecf.platform.mail import services as mail
from openecf.platform.postgres import prepared

if TYPE_CHECKING:
    from openecf.court.docket.models import Entry
    from openecf.court.documents.models import Document

MAIL_JOB = "openecf.notices.mail"
LOOK_DIGITS = 10**18


def prepare(
    *, entry: Entry, at: datetime, documents: Sequence[Document] | None = None, filers: Sequence[str] | None = None
) -> Notice:
    """Stamp an entry's documents, write its notice and the service list, and promise the mailing.

    Runs in the transaction of the filing: the mail leaves only when the entry is on the docket. ``documents`` are the
    entry's, by parts, and ``filers`` the names of the parties it was filed for, where the caller has them at hand.
    """
    with transaction.atomic(savepoint=False):
        if documents is None:
            documents = list(entry.documents.order_by("part"))
        facts = facts_of(entry, documents, people=queries.service_list_of(entry, at=at), filers=filers)
        layout = bench().notice
        # A mapping: templates look there first, and would try it on each fact in vain.
        said = {"facts": vars(facts) | {"entered_at": facts.entered_at}}
        subject = " ".join(layout.subject(facts).split())
        text, html = stamping.stamped(
            text=render_to_string(f"notices/{layout.folder}/notice.txt", said),
            html=render_to_string(f"notices/{layout.folder}/notice.html", said),
            subject=subject,
        )
        notice = Notice(entry=entry, at=at, subject=subject, html=html, text=text)
        prepared.insert(notice)
        prepared.add(Recipient, [_recipient(notice, person) for person in (*facts.mailed, *facts.otherwise)])
        jobs.defer(MAIL_JOB, queue="mail", notice_id=notice.pk)
    return notice


def facts_of(
    entry: Entry, documents: Sequence[Document], *, people: Sequence[Addressee], filers: Sequence[str] | None = None
) -> NoticeFacts:
    """Everything that the notice of an entry says. Stamps documents that carry no stamp yet."""
    site, case = this_site(), entry.case
    court = courts.court(site.id)
    entered = (entry.entered or datetime.now(UTC)).astimezone(ZoneInfo(court.zone))
    stamped = [_document(entry, document) for document in documents]
    number = cases.heading_number(case)
    return NoticeFacts(
        court=court.title,
        district=bench().notice.district(court.name),
        entered_by=queries.name_of(entry.filer).inverted if entry.filer else "",
        entered=entered,
        filed=f"{entry.filed.month}/{entry.filed.day}/{entry.filed.year}" if entry.filed else short_day(entered),
        case_name=" ".join((case.short_title or case.caption).split()),
        case_number=number,
        case_id=case.pk,
        case_url=site.config.base_url + bench().notice.case_path(case_id=case.pk, case_number=case.number),
        chapter=case.chapter,
        closed=f"{case.terminated:%m/%d/%Y}" if case.terminated else "",
        filers=queries.filers_of(entry) if filers is None else tuple(filers),
        document_number=entry.number,
        document_url=link_of(entry, documents) if documents else "",
        docket_text=" ".join(entry.text.split()),
        title=entry.title,
        documents=tuple(stamped),
        text_stamp=None if documents else _stamp(entry, sha256="", part=0, file_number=""),
        mailed=tuple(person for person in people if not person.by_mail),
        otherwise=tuple(person for person in people if person.by_mail),
        demonstration=site.config.demonstration,
    )


def link_of(entry: Entry, documents: Sequence[Document], *, secret: str = "") -> str:
    """Where a notice's link to the documents leads: to the menu when there are several, else to the document.

    ``secret``: of a free look; without one the reader signs on.
    """
    main = DocId.parse(documents[0].doc_id)
    number = main.stored if len(documents) > 1 else main.straight
    query = bench().documents.look_query(case_id=entry.case_id, seq=entry.seq, secret=secret)
    return f"{this_site().config.base_url}/{bench().documents.path}/{number}?{query}"


def _plain_query(entry: Entry) -> str:
    return bench().documents.look_query(case_id=entry.case_id, seq=entry.seq, secret="")


def stamp(*, entry: Entry, document: Document) -> StampLine:
    """Sign that this document is part of this entry. The stamp is put on the row, which the caller writes."""
    serial = DocId.parse(document.doc_id).serial
    line = _stamp(entry, sha256=document.sha256, part=document.part, file_number=serial)
    document.stamp, document.stamped_facts = line.stamp, vars(line.facts).copy()
    return line


def _document(entry: Entry, document: Document) -> NoticeDocument:
    before = document.stamp
    line = stamp(entry=entry, document=document)
    # A signature over the same facts is the same.
    if line.stamp != before:
        document.save(update_fields=["stamp", "stamped_facts"])
    description = document.description or ("Main Document" if document.part == 0 else "")
    return NoticeDocument(description=description, filename=document.filename, stamp=line)


def _stamp(entry: Entry, *, sha256: str, part: int, file_number: str) -> StampLine:
    site = this_site()
    entered = (entry.entered or datetime.now(UTC)).astimezone(UTC)
    facts = Stamped(
        court=site.id,
        case=entry.case.number,
        case_id=entry.case_id,
        entry_seq=entry.seq,
        part=part,
        sha256=sha256,
        filed_at=entered.strftime("%Y-%m-%dT%H:%M:%SZ"),
        text_sha256=text_digest(entry.text),
        version=OF_STAMPED_NOTICE,
    )
    return StampLine(
        kind=bench().notice.stamp_kind,
        key_number=_key_number(),
        date=short_day(entered.astimezone(ZoneInfo(courts.court(site.id).zone))),
        file_number=file_number,
        facts=facts,
        stamp=stamps.sign(facts, site.signing_key),
    )


@cache
def _key_number() -> int:
    return key_number(this_site().signing_key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw))


def _recipient(notice: Notice, person: Addressee) -> dict[str, object]:
    return {
        "notice_id": notice.pk,
        "user_id": person.user,
        "name": person.name[:200],
        "addresses": person.addresses,
        "by_mail": person.by_mail,
        "postal_lines": person.postal_lines,
        "wants_text": person.wants_text,
        "by_interest": person.by_interest,
    }


def mail_notice(*, notice_id: int, at: datetime) -> int:
    """Write the mails of a notice, once: one to each address, with its own free look. How many were written.

    What goes to an address with the day's summary is kept for it instead. Who may not know of the entry any more, because
    it was closed since, is not told.
    """
    with transaction.atomic():
        notice = Notice.objects.select_for_update(of=("self",)).select_related("entry__case").get(pk=notice_id)
        waiting = list(notice.recipients.filter(by_mail=False, mailed_at=None).select_related("user").order_by("id"))
        papers = list(notice.entry.documents.order_by("part"))
        documents, closed = documents_to_look_at(notice.entry, papers), queries.closed_since(notice.entry, papers)
        looks: list[FreeLook] = []
        later: list[SummaryLine] = []
        written = 0
        for recipient, address, owner, way in queries.ways_of_mails(notice.entry.case_id, waiting):
            line = SummaryLine(recipient=recipient, user_id=owner, address=address, at=notice.at)
            if way.how == SUMMARY:
                later.append(line)
                continue
            if not queries.may_still_know(line, now=at):
                continue
            secret, own = free_looks(recipient, address, documents, asks_first=way.verifies_look, at=at)
            looks += own
            unnamed = queries.unnamed_to(line, closed, now=at)
            _send(notice, recipient, address, secret, at, wants_text=way.wants_text, unnamed=unnamed)
            written += 1
        FreeLook.objects.bulk_create(looks)
        SummaryLine.objects.bulk_create(later)
        notice.recipients.filter(id__in=[row.pk for row in waiting]).update(mailed_at=at)
    return written


def mail_anew(*, notice_id: int, address: str, at: datetime) -> None:
    """The mail of a notice to one address once more, without what was closed to its reader since. Inside the caller's
    transaction, which withholds the mail as it was, and says why."""
    notice = Notice.objects.select_related("entry__case").get(pk=notice_id)
    recipients = list(notice.recipients.filter(addresses__contains=[address]).select_related("user").order_by("id"))
    papers = list(notice.entry.documents.order_by("part"))
    documents, closed = documents_to_look_at(notice.entry, papers), queries.closed_since(notice.entry, papers)
    for recipient, its, owner, way in queries.ways_of_mails(notice.entry.case_id, recipients):
        line = SummaryLine(recipient=recipient, user_id=owner, address=its)
        if its != address or not queries.may_still_know(line, now=at):
            continue
        secret, looks = free_looks(recipient, address, documents, asks_first=way.verifies_look, at=at)
        FreeLook.objects.bulk_create(looks)
        unnamed = queries.unnamed_to(line, closed, now=at)
        _send(notice, recipient, address, secret, at, wants_text=way.wants_text, unnamed=unnamed)
        return


def documents_to_look_at(entry: Entry, documents: Iterable[Document]) -> list[Document]:
    """Those of an entry's documents that a free look opens: none that is restricted in any way, none that is not here."""
    if Restriction.of(entry.restriction) or Restriction.of(entry.case.restriction):
        return []
    return [each for each in documents if each.sha256 and not each.transcript and not Restriction.of(each.restriction)]


def free_looks(
    recipient: Recipient, address: str, documents: Sequence[Document], *, asks_first: bool, at: datetime
) -> tuple[str, list[FreeLook]]:
    """One address's looks at the documents of a notice, to be written by the caller, and the secret that opens them;
    empty where there is none to give. ``asks_first``: what the owner of the address chose."""
    if not documents or recipient.by_interest:
        return "", []
    secret = str(secrets.randbelow(9 * LOOK_DIGITS) + LOOK_DIGITS)
    expires = at + timedelta(days=transition.profile().free_look_days)
    return secret, [
        FreeLook(
            digest=look_digest(secret, document.pk),
            recipient=recipient,
            document=document,
            address=address,
            expires_at=expires,
            asks_first=asks_first,
        )
        for document in documents
    ]


def _send(
    notice: Notice, recipient: Recipient, address: str, secret: str, at: datetime, *, wants_text: bool | None,
    unnamed: Sequence[tuple[str, int]],
) -> None:  # fmt: skip
    profile = transition.profile()
    html, text = without(notice.html, unnamed), without(notice.text, unnamed)
    if secret:
        entry = notice.entry
        plain = _plain_query(entry)
        own = bench().documents.look_query(case_id=entry.case_id, seq=entry.seq, secret=secret)
        html = html.replace(f'?{escape(plain)}"', f'?{escape(own)}"')
        text = text.replace(f"?{plain}\n", f"?{own}\n")
    mail.send(
        to=[profile.pool_address or profile.from_address],
        bcc=[address],
        subject=notice.subject,
        text=text,
        html="" if (recipient.wants_text if wants_text is None else wants_text) else html,
        sender=profile.from_address,
        at=at,
        reference=queries.reference_of(notice),
    )


def look_digest(secret: str, document_id: int) -> str:
    """What the database keeps of a free look: the secret of the link, bound to one document."""
    return digest(f"{secret}:{document_id}")


def use_free_look(*, secret: str, document_id: int, at: datetime) -> bool:
    """Take the one free look of a link at a document; False when it was taken before, expired or never given."""
    return bool(
        FreeLook.objects.filter(digest=look_digest(secret, document_id), used_at=None, expires_at__gt=at).update(
            used_at=at
        )
    )


def free_look_asks(*, secret: str, document_id: int, at: datetime) -> bool | None:
    """Whether a link asks once more before it opens a document, without taking the look; None: no look is there (any
    more)."""
    there = FreeLook.objects.filter(digest=look_digest(secret, document_id), used_at=None, expires_at__gt=at)
    return there.values_list("asks_first", flat=True).first()
