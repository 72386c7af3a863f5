"""What was written before an entry or a case was closed does not leave afterwards to who may not know of it any more."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from openecf.court.documents.rules import level
from openecf.court.notices import queries, summarising
from openecf.court.notices.models import Notice, Recipient, Summary, SummaryLine
from openecf.platform.mail.gates import Gate

_LEVELS = ("entry__case__restriction", "entry__restriction")


def _notice_may_leave(notice_id: int, addresses: Sequence[str], at: datetime) -> bool:
    levels = Notice.objects.filter(pk=notice_id).values_list(*_LEVELS).first()
    if levels is None:
        return False
    return not level(*levels) or all(_may_know(notice_id, address, at) for address in addresses)


def _may_know(notice_id: int, address: str, at: datetime) -> bool:
    """Whether anybody to whom the notice goes at that address may know of its entry."""
    found = Recipient.objects.filter(notice=notice_id, addresses__contains=[address])
    recipients = list(found.select_related("user", "notice__entry__case").order_by("id"))
    case_id = recipients[0].notice.entry.case_id if recipients else 0
    return any(
        queries.may_still_know(SummaryLine(recipient=each, user_id=owner, address=address), now=at)
        for each, its, owner, _way in queries.ways_of_mails(case_id, recipients)
        if its == address
    )


def _summary_may_leave(summary_id: int, _addresses: Sequence[str], at: datetime) -> bool:
    told = SummaryLine.objects.filter(summary=summary_id, left_out=False)
    paths = [f"recipient__notice__{path}" for path in _LEVELS]
    if not any(level(*levels) for levels in told.values_list(*paths)):
        return True
    lines = told.select_related("recipient__user", "recipient__notice__entry__case")
    return all(queries.may_still_know(line, now=at) for line in lines)


def _summary_anew(summary_id: int, _addresses: Sequence[str], at: datetime) -> None:
    summarising.write_anew(summary=Summary.objects.select_for_update().get(pk=summary_id), at=at)


OF_NOTICES = Gate(_notice_may_leave)
OF_SUMMARIES = Gate(_summary_may_leave, _summary_anew)
