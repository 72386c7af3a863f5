"""Handing statements out: each has one paper in the document store, and one mail that brings it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import structlog
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext

from openecf.central.accounts.services import in_words_of
from openecf.central.billing import bills, contacts, papers
from openecf.central.billing.bills import Bill
from openecf.central.billing.models import MailPreference, PostedBill, Statement, StatementPaper, StatementRun
from openecf.platform.audit import services as audit
from openecf.platform.config import this_site
from openecf.platform.mail import rules as mail_rules
from openecf.platform.mail import services as mail
from openecf.platform.store import services as store

log = structlog.get_logger()
BATCH = 100
TOLD_EVERY = 1000


def hand_out(*, run: int, at: datetime) -> int:
    """Mail every statement of the run that was not mailed yet, in its payer's language; how many. A hundred at a time,
    each with its promise.

    Two that do this at once take different statements; where they still meet, the database lets one of them win.
    """
    total, done = Statement.objects.filter(run_id=run).count(), 0
    left = Statement.objects.filter(run_id=run, paper=None).count()
    while sent := _hand_out_some(run, at):
        told, done = done // TOLD_EVERY, done + sent
        if done // TOLD_EVERY > told:
            log.info("statements.progress", run=run, handed_out=total - left + done, of=total)
    if not Statement.objects.filter(run_id=run, paper=None).exists():
        StatementRun.objects.filter(pk=run, finished_at=None).update(finished_at=at)
        log.info("statements.finished", run=run, statements=total)
    return done


def _hand_out_some(run: int, at: datetime) -> int:
    with transaction.atomic():
        waiting = Statement.objects.filter(run_id=run, paper=None).order_by("pk").values_list("pk", flat=True)
        keys = list(waiting.select_for_update(skip_locked=True, of=("self",))[:BATCH])
        rows = list(bills.whole(Statement.objects.filter(pk__in=keys)).order_by("pk"))
        preferred = contacts.preferences(row.payer_id for row in rows)
        for row in rows:
            with in_words_of(row.payer):
                _hand_out(bills.bill(row), preferred.get(row.payer_id), at)
    return len(keys)


def _hand_out(bill: Bill, preferred: MailPreference | None, at: datetime) -> None:
    paper = store.put([papers.printed(bill)])
    StatementPaper.objects.create(statement_id=bill.id, sha256=paper.sha256, made_at=at)
    if not bill.used and not bill.is_invoice:
        return  # nothing happened but that an old credit is still there
    if preferred and preferred.only_invoices and not bill.is_invoice:
        return
    mail.send(
        to=[bill.email, *(preferred.extra if preferred else [])],
        subject=papers.title(bill),
        text=_told(bill),
        at=at,
        attachments=[mail_rules.Attachment(papers.file_name(bill), "application/pdf", paper.sha256)],
        reference=f"statement:{bill.number}",
    )
    if preferred and preferred.by_post:
        PostedBill.objects.create(statement_id=bill.id, asked_at=at)


def mark_posted(*, statements: Sequence[int], by: UUID, at: datetime) -> int:
    """These bills are in the mail; of how many that was news."""
    with transaction.atomic():
        rows = PostedBill.objects.select_for_update().filter(statement__in=statements, posted_at=None)
        marked = list(rows.values_list("statement_id", "statement__payer_id"))
        PostedBill.objects.filter(pk__in=[statement for statement, _payer in marked]).update(posted_at=at, posted_by=by)
        if marked:
            told = [(str(payer), {"statement": statement}) for statement, payer in marked]
            audit.record_many(act="bill.posted", by=str(by), at=at, lines=told)
    return len(marked)


def _told(bill: Bill) -> str:
    facts = {"number": bill.number, "since": f"{bill.since:%m/%d/%Y}", "until": f"{bill.until:%m/%d/%Y}",
             "used": bill.used, "waived": bill.waived, "due": bill.due, "day": f"{bill.due_on:%m/%d/%Y}",
             "credit": bill.credit_left,
             "link": f"{this_site().config.base_url}{reverse('pay')}?invoice={bill.quarter}"}  # fmt: skip
    if bill.is_invoice:
        text = gettext(
            "Invoice {number} for PACER fees from {since} to {until} is attached.\n\n"
            "Used: ${used}\nAmount due: ${due}\nPlease pay by {day}.\n\nYou can pay on line:\n\n{link}"
        )
    else:
        text = gettext(
            "Statement of account {number} for PACER fees from {since} to {until} is attached.\n\n"
            "Used: ${used}\nWaived: ${waived}\nCredit: ${credit}\nNothing is due; please do not pay."
        )
    return text.format(**facts) + "\n\n" + gettext(
        "You find it for 24 months in Manage My Account, under Usage, with the transactions that it is made of."
    )  # fmt: skip
