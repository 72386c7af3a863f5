"""Daily summaries: one mail a day to each address that wants no mail for each filing.

A filing waits as a line (``SummaryLine``) that the notice's own job writes. Once the court's day is over and its hour
has come, each address gets one mail, in a transaction of its own: the row that says so (``Summary``, one for an address
and a day), the free looks, the lines' marks and the mail itself are one. Whoever goes on after a killed worker finds the
row, or nothing.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta
from itertools import groupby

import structlog
from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext, ngettext

from openecf.court.bench import bench
from openecf.court.cases import queries as cases
from openecf.court.notices import queries, rules, services
from openecf.court.notices.models import FreeLook, Summary, SummaryDay, SummaryLine
from openecf.court.notices.rules import SummaryCase, SummaryEntry, SummaryFacts
from openecf.court.people import queries as people
from openecf.court.transition import queries as transition
from openecf.kernel.days import legal_day, us_date
from openecf.platform.audit.services import record
from openecf.platform.config import this_site
from openecf.platform.mail import services as mail

log = structlog.get_logger()
BROKEN = (DatabaseError, ValueError, LookupError)
"""What one mail that cannot be written may raise."""

# One for an address and a day, whoever else is at it: the row that two want is waited for.
_CLAIM = """
INSERT INTO notice_summary (user_id, address, day, at, mailed) VALUES (%s, %s, %s, %s, true)
ON CONFLICT (user_id, address, day) DO NOTHING RETURNING id
"""


def make_due(*, now: datetime) -> int:
    """Write the summaries of each court day that is over; how many mails. Nothing before the court's hour."""
    hour, zone = transition.profile().summaries_at, settings.COURT.zone
    days = rules.summary_days(now=now, hour=hour, zone=zone, last=queries.last_summary_day())
    return sum(summarise(day=day, at=now) for day in days)


def summarise(*, day: date, at: datetime) -> int:
    """Write the summary of a court day to each address that waits for one, and to each that wants to know of a day
    without filings; how many mails. Done again it writes what is missing, and nothing twice."""
    until = rules.day_ends(day, settings.COURT.zone)
    _finish_notices(until, at)
    waiting = queries.summary_addresses(before=until)
    # Who changed to summaries today may have had the day's notices one by one: that was no day without filings.
    began = rules.day_ends(day - timedelta(days=1), settings.COURT.zone)
    busy = queries.addresses_told(since=began, before=until) | {address.lower() for _user, address in waiting}
    silent = {(user, address.lower()): address for user, address in people.silent_ways()}
    idle = [(user, address) for (user, key), address in silent.items() if key not in busy]
    written, broken = 0, False
    for user, address in [*waiting, *idle]:
        # One that cannot be written must not keep back the rest; the day is not done until it was.
        try:
            with transaction.atomic():
                written += _write(
                    user, address, day=day, until=until, at=at, tells_silence=(user, address.lower()) in silent
                )
        except BROKEN as wrong:
            broken = True
            log.error("notices.no_summary", user=user, day=str(day), error=type(wrong).__name__)
    with transaction.atomic():
        made = not broken and SummaryDay.objects.get_or_create(day=day, defaults={"at": at})[1]
        if made or written:
            record(act="notices.summarised", by="system", at=at, subject=f"day:{day}", mails=written)
    return written


def _finish_notices(until: datetime, at: datetime) -> None:
    """A notice of the day whose job is late belongs to the day. One that cannot be written must not keep back the rest."""
    for notice_id in queries.not_mailed(before=until):
        try:
            services.mail_notice(notice_id=notice_id, at=at)
        except BROKEN as wrong:
            log.error("notices.late", notice=notice_id, error=type(wrong).__name__)


def _write(user_id: int, address: str, *, day: date, until: datetime, at: datetime, tells_silence: bool) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, [user_id, address, day, at])
        claimed = cursor.fetchone()
    if claimed is None:
        return 0
    lines = _lines(user=user_id, address=address, summary=None, at__lt=until)
    known = {line.pk for line in lines if queries.may_still_know(line, now=at)}
    for told in (True, False):
        marked = [line.pk for line in lines if (line.pk in known) is told]
        SummaryLine.objects.filter(pk__in=marked).update(summary_id=claimed[0], left_out=not told)
    told_of = [line for line in lines if line.pk in known]
    if not told_of and not tells_silence:
        Summary.objects.filter(pk=claimed[0]).update(mailed=False)
        return 0
    _mail(claimed[0], user_id, address, told_of, day=day, at=at)
    return 1


def write_anew(*, summary: Summary, at: datetime) -> None:
    """A summary that was written and not sent yet, without what was closed to its reader since; if nothing is left, as
    of a day without filings. Inside the caller's transaction, which withholds the mail as it was, says why, and holds the row."""
    lines = _lines(summary=summary, left_out=False)
    told_of = [line for line in lines if queries.may_still_know(line, now=at)]
    closed = {line.pk for line in lines} - {line.pk for line in told_of}
    SummaryLine.objects.filter(pk__in=closed).update(left_out=True)
    if told_of or people.usual_way(people.user(summary.user_id), summary.address).tells_silence:
        _mail(summary.pk, summary.user_id, summary.address, told_of, day=summary.day, at=at)
    else:
        Summary.objects.filter(pk=summary.pk).update(mailed=False)


def _lines(**which: object) -> list[SummaryLine]:
    """Locked, oldest first, with what a summary says of them."""
    rows = SummaryLine.objects.select_for_update(of=("self",)).filter(**which)
    return list(
        rows.select_related("recipient__user", "recipient__notice__entry__case")
        .prefetch_related("recipient__notice__entry__documents")
        .order_by("at", "recipient__notice_id")
    )


def _mail(
    summary_id: int, user_id: int, address: str, lines: Collection[SummaryLine], *, day: date, at: datetime
) -> None:
    user, profile = people.user(user_id), transition.profile()
    way = people.usual_way(user, address)
    shown, looks = _cases(lines, way.verifies_look, at)
    FreeLook.objects.bulk_create(looks)
    site = this_site().config
    with translation.override(user.language or settings.LANGUAGE_CODE):
        facts = SummaryFacts(
            court=settings.COURT.full_name,
            day=us_date(day),
            notices=bench().notice.title,
            cases=shown,
            looks_until=us_date(legal_day(at + timedelta(days=profile.free_look_days), settings.COURT.zone)),
            change_url=f"{site.base_url}/utilities/email",
            demonstration=site.demonstration,
        )
        page = {"facts": facts, "language": translation.get_language()}
        mail.send(
            to=[profile.pool_address or profile.from_address],
            bcc=[address],
            subject=_subject(facts),
            text=render_to_string("notices/summary.txt", page),
            html="" if way.wants_text else render_to_string("notices/summary.html", page),
            sender=profile.from_address,
            at=at,
            reference=f"summary:{summary_id}",
        )


def _subject(facts: SummaryFacts) -> str:
    if not facts.cases:
        return gettext("No filings on {day}: {court}").format(day=facts.day, court=facts.court)
    words = ngettext("{n} filing on {day}: {court}", "{n} filings on {day}: {court}", facts.filings)
    return words.format(n=facts.filings, day=facts.day, court=facts.court)


def _cases(
    lines: Collection[SummaryLine], asks_first: bool, at: datetime
) -> tuple[tuple[SummaryCase, ...], list[FreeLook]]:
    """The filings by case, the cases by their numbers; and the free looks that their links open, to be written."""
    looks: list[FreeLook] = []
    shown = []
    by_case = sorted(
        lines, key=lambda line: (line.recipient.notice.entry.case.number, line.recipient.notice.entry.case_id)
    )
    for _case_id, those in groupby(by_case, key=lambda line: line.recipient.notice.entry.case_id):
        own = list(those)
        case = own[0].recipient.notice.entry.case
        entries = tuple(_entry(line, looks, asks_first, at) for line in own)
        path = bench().notice.case_path(case_id=case.pk, case_number=case.number)
        shown.append(
            SummaryCase(
                number=cases.heading_number(case),
                name=" ".join((case.short_title or case.caption).split()),
                url=this_site().config.base_url + path,
                entries=entries,
            )
        )
    return tuple(shown), looks


def _entry(line: SummaryLine, looks: list[FreeLook], asks_first: bool, at: datetime) -> SummaryEntry:
    notice = line.recipient.notice
    entry = notice.entry
    documents = sorted(entry.documents.all(), key=lambda one: one.part)
    open_ = services.documents_to_look_at(entry, documents)
    secret, own = services.free_looks(line.recipient, line.address, open_, asks_first=asks_first, at=at)
    looks += own
    return SummaryEntry(
        at=rules.entered_at(entry.entered or notice.at, settings.COURT.zone),
        number=entry.number,
        title=entry.title,
        text=" ".join(entry.text.split()),
        document_url=services.link_of(entry, documents, secret=secret) if documents else "",
        free=bool(secret),
        notice_url=f"{this_site().config.base_url}/cgi-bin/DisplayReceipt.pl?{entry.case_id},{entry.seq}",
    )
