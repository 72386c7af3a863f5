"""What was written before an entry, a case or a document was closed does not leave afterwards to who may not know of it any more."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Max
from django.db.models.functions import Coalesce

from openecf.court.documents.rules import level
from openecf.court.notices import queries, services, summarising
from openecf.court.notices.models import Notice, Recipient, Summary, SummaryLine
from openecf.court.notices.rules import names_document
from openecf.platform.mail.gates import Gate

if TYPE_CHECKING:
    from openecf.court.documents.models import Document

_LEVELS = ("entry__case__restriction", "entry__restriction")


def _notice_may_leave(notice_id: int, addresses: Sequence[str], text: str, at: datetime) -> bool:
    rows = Notice.objects.filter(pk=notice_id)
    levels = rows.values_list(*_LEVELS, Coalesce(Max("entry__documents__restriction"), 0)).first()
    if levels is None:
        return False
    if not level(*levels):
        return True
    notice = rows.select_related("entry__case").get()
    papers = notice.entry.documents.all()
    closed = [each for each in queries.closed_since(notice.entry, papers) if _tells(text, each)]
    if not closed and not level(*levels[:2]):
        return True
    return all(
        any(
            queries.may_still_know(line, now=at) and not queries.unnamed_to(line, closed, now=at)
            for line in _lines(notice, address)
        )
        for address in addresses
    )


def _tells(text: str, document: Document) -> bool:
    return names_document(*queries.name_of_document(document)) in text


def _lines(notice: Notice, address: str) -> list[SummaryLine]:
    """To whom the notice goes at that address."""
    found = Recipient.objects.filter(notice=notice, addresses__contains=[address])
    recipients = list(found.select_related("user", "notice__entry__case").order_by("id"))
    return [
        SummaryLine(recipient=each, user_id=owner, address=address)
        for each, its, owner, _way in queries.ways_of_mails(notice.entry.case_id, recipients)
        if its == address
    ]


def _notice_anew(notice_id: int, addresses: Sequence[str], at: datetime) -> None:
    for address in addresses:
        services.mail_anew(notice_id=notice_id, address=address, at=at)


def _summary_may_leave(summary_id: int, _addresses: Sequence[str], _text: str, at: datetime) -> bool:
    told = SummaryLine.objects.filter(summary=summary_id, left_out=False)
    paths = [f"recipient__notice__{path}" for path in _LEVELS]
    if not any(level(*levels) for levels in told.values_list(*paths)):
        return True
    lines = told.select_related("recipient__user", "recipient__notice__entry__case")
    return all(queries.may_still_know(line, now=at) for line in lines)


def _summary_anew(summary_id: int, _addresses: Sequence[str], at: datetime) -> None:
    summarising.write_anew(summary=Summary.objects.select_for_update().get(pk=summary_id), at=at)


OF_NOTICES = Gate(_notice_may_leave, _notice_anew)
OF_SUMMARIES = Gate(_summary_may_leave, _summary_anew)
