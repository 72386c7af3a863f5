"""Quarterly statements: made of the ledgers alone, once, for the one who pays; the same to the cent ever after."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pikepdf
import pypdfium2
import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client

from openecf.central import paper
from openecf.central.accounts.models import Account
from openecf.central.billing import bills, rules, services
from openecf.central.billing.models import LedgerLine, Statement, StatementPaper, StatementRun, UsageLine
from openecf.central.billing.services import papers, statements
from openecf.central.firms.models import Membership
from openecf.kernel.days import legal_day
from openecf.kernel.money import Money
from openecf.platform.audit.models import AuditLine
from openecf.platform.bus.messages import UsageRecorded
from openecf.platform.mail.models import OutgoingMail
from openecf.platform.store import services as store
from tests.central.registrants import at_once
from tests.central.relying import account, signed_on

pytestmark = pytest.mark.django_db

Q1, Q2, Q3 = (datetime(2026, month, 12, 15, tzinfo=UTC) for month in (2, 5, 8))
"""A moment of each quarter."""
MADE_Q1, MADE_Q2, MADE_Q3 = (datetime(2026, month, 6, 15, tzinfo=UTC) for month in (4, 7, 10))
"""When the statements of that quarter are made."""


def used(who: Account, cents: int, at: datetime = Q1, **facts: object) -> UsageLine:
    base = {"court": "flsb", "description": "Docket Report", "criteria": "26-10001", "pages": cents // 10}
    return UsageLine.objects.create(message=uuid4(), account=who, at=at, cents=cents, **(base | facts))


def firm(username: str = "keel-firm") -> Account:
    return account(username, type="paa", first_name="", last_name="Keel", firm="Keel & Ballast LLP",
                   email="books@keel.example")  # fmt: skip


def joins(who: Account, payer: Account, since: datetime, until: datetime | None = None, centre: str = "") -> None:
    Membership.objects.create(firm=payer, account=who, joined_at=since, billed_from=since, left_at=until,
                              left_by="member" if until else "", cost_centre=centre)  # fmt: skip


def bill_of(who: Account, quarter: str = "2026-Q1") -> bills.Bill | None:
    return bills.statement(payer=who.id, quarter=quarter, now=MADE_Q3)


def facts(bill: bills.Bill) -> tuple[str, ...]:
    """Used, waived, billed, brought forward, due."""
    return tuple(str(one) for one in (bill.used, bill.waived, bill.billed, bill.before, bill.due))


def no_differences() -> bool:
    return not any(services.differing(run=run.pk) for run in StatementRun.objects.all())


@pytest.mark.parametrize(
    ("cents", "expected", "is_invoice"),
    [
        (10, ("0.10", "0.10", "0.00", "0.00", "0.00"), False),
        (3000, ("30.00", "30.00", "0.00", "0.00", "0.00"), False),
        (3001, ("30.01", "0.00", "30.01", "0.00", "30.01"), True),
        (125_000, ("1250.00", "0.00", "1250.00", "0.00", "1250.00"), True),
    ],
)
def test_thirty_dollars_are_waived_and_a_cent_more_is_billed_in_full(cents, expected, is_invoice):
    who = account()
    used(who, cents)
    assert services.make_due(at=MADE_Q1) == 1
    bill = bill_of(who)
    assert (facts(bill), bill.is_invoice) == (expected, is_invoice)
    assert bills.balance(payer=who.id).now == bill.due and no_differences()


@pytest.mark.parametrize(
    ("at", "made", "because"),
    [
        (datetime(2026, 3, 31, 23, tzinfo=UTC), 0, "the quarter runs"),
        (datetime(2026, 4, 5, 4, 59, tzinfo=UTC), 0, "courts that were out of reach may still report"),
        (datetime(2026, 4, 5, 5, 0, tzinfo=UTC), 1, "the fifth day begins at the Service Center"),
        (MADE_Q2, 2, "a quarter that was missed is made up for, oldest first"),
    ],
)
def test_a_quarters_statements_are_made_five_days_after_its_end(at, made, because):
    used(account(), 5000)
    assert services.make_due(at=at) == made, because
    assert services.make_due(at=at) == 0, "and not again"


@pytest.mark.parametrize(
    ("at", "quarter"),
    [
        (datetime(2026, 4, 1, 4, 59, 59, tzinfo=UTC), "2026-Q1"),
        (datetime(2026, 4, 1, 5, 0, 0, tzinfo=UTC), "2026-Q2"),
        (datetime(2026, 1, 1, 6, 0, 0, tzinfo=UTC), "2026-Q1"),
    ],
)
def test_a_quarter_ends_at_midnight_of_the_service_center(at, quarter):
    who = account()
    used(who, 3100, at)
    services.make_due(at=MADE_Q2)
    assert [one.quarter for one in bills.statements(payer=who.id, now=MADE_Q2) if one.used] == [quarter]


def test_exempt_use_is_not_billed_and_makes_no_statement():
    who = account()
    used(who, 0, pages=30, exempt=True)
    services.make_due(at=MADE_Q1)
    assert bill_of(who) is None and StatementRun.objects.exclude(finished_at=None).count() == 1


def test_a_credit_is_brought_forward_and_what_is_left_of_it_too():
    who = account()
    used(who, 4000, Q1)
    used(who, 3500, Q2)
    services.give_credit(payer=who.id, amount=Money(5000), reference="r1", by="desk", at=Q1)
    services.make_due(at=MADE_Q1)
    services.make_due(at=MADE_Q2)
    assert facts(bill_of(who)) == ("40.00", "0.00", "40.00", "-50.00", "-10.00") and not bill_of(who).is_invoice
    assert facts(bill_of(who, "2026-Q2")) == ("35.00", "0.00", "35.00", "-10.00", "25.00")
    assert no_differences()


def test_what_was_not_paid_is_brought_forward_and_asked_for_again_without_new_use():
    who = account()
    used(who, 4000, Q1)
    services.make_due(at=MADE_Q1)
    services.record_payment(payer=who.id, amount=Money(1500), reference="p1", by="desk", at=Q2)
    services.make_due(at=MADE_Q2)
    bill = bill_of(who, "2026-Q2")
    assert (facts(bill), bill.is_invoice) == (("0.00", "0.00", "0.00", "25.00", "25.00"), True)
    services.record_payment(payer=who.id, amount=Money(2500), reference="p2", by="desk", at=Q3)
    services.make_due(at=MADE_Q3)
    assert bill_of(who, "2026-Q3") is None and bills.balance(payer=who.id).now == Money()


def test_a_payment_after_the_run_was_opened_counts_in_the_next_statement():
    who = account()
    used(who, 4000)
    run = services.open_run(day=Q1.date(), at=MADE_Q1)
    services.record_payment(payer=who.id, amount=Money(4000), reference="p1", by="desk", at=MADE_Q1)
    services.make_due(at=MADE_Q1)
    assert bill_of(who).due == Money(4000) and bills.balance(payer=who.id).now == Money()
    assert services.differing(run=run.pk) == []


# Firms.


def test_a_firm_gets_one_bill_for_its_members_and_they_get_none():
    payer, one, two, alone = firm(), account("one"), account("two"), account("alone")
    joins(one, payer, Q1 - timedelta(days=30), centre="litigation")
    joins(two, payer, Q1 - timedelta(days=30))
    for who in (one, two, alone):
        used(who, 1600)
    services.make_due(at=MADE_Q1)
    bill = bill_of(payer)
    assert facts(bill) == ("32.00", "0.00", "32.00", "0.00", "32.00"), "the waiver is the payer's, one for all members"
    assert [(item.number, item.cost_centre, str(item.cost)) for item in bill.items] == [
        (two.number, "", "16.00"),
        (one.number, "litigation", "16.00"),
    ]
    assert bill_of(one) is None and bill_of(two) is None
    assert facts(bill_of(alone))[:3] == ("16.00", "16.00", "0.00") and no_differences()


def test_each_payer_pays_for_its_own_time_to_the_moment():
    first, second, who = firm(), firm("second-firm"), account("one")
    joined, left = Q1, Q1 + timedelta(days=10)
    joins(who, first, joined, left, centre="tax")
    joins(who, second, left)
    for at, cents in (
        (joined - timedelta(seconds=1), 10),
        (joined, 200),
        (left - timedelta(seconds=1), 3000),
        (left, 40_000),
    ):
        used(who, cents, at)
    services.make_due(at=MADE_Q1)
    assert [str(bill_of(payer).used) for payer in (who, first, second)] == ["0.10", "32.00", "400.00"]
    assert sum(row.used_cents for row in Statement.objects.all()) == 43_210 and no_differences()


def test_spans_that_overlap_charge_nobody_twice():
    payer, who = firm(), account("one")
    joins(who, payer, Q1 - timedelta(days=9), Q1 + timedelta(days=9))
    joins(who, payer, Q1 - timedelta(days=5), centre="tax")
    used(who, 5000)
    services.make_due(at=MADE_Q1)
    assert bill_of(payer).used == Money(5000) and len(bill_of(payer).items) == 1


def test_a_firms_bill_never_says_what_was_looked_at():
    payer, who = firm(), account("one")
    joins(who, payer, Q1 - timedelta(days=30))
    used(who, 5000, criteria="26-10001 Brandywine", description="Claims Register", client_code="lantern", court="nysb")
    services.make_due(at=MADE_Q1)
    told = text_of(paper_of(payer)) + signed_on(payer).get("/pscof/manage/statements/2026-Q1").content.decode()
    told += OutgoingMail.objects.get(reference__contains=payer.number).text
    assert who.number in told and not any(
        word in told for word in ("Brandywine", "26-10001", "Claims", "lantern", "NYSB", "nysb")
    )


def test_a_cost_centre_that_is_renamed_later_leaves_the_bill_as_it_was():
    payer, who = firm(), account("one")
    joins(who, payer, Q1 - timedelta(days=30), centre="tax")
    used(who, 5000)
    services.make_due(at=MADE_Q1)
    Membership.objects.update(cost_centre="estates", left_at=MADE_Q1, left_by="firm")
    assert bill_of(payer).items[0].cost_centre == "tax" and no_differences()


# The bus: late, again, out of order.


def test_use_that_is_reported_late_goes_into_the_next_statement_with_a_note():
    who, other = account("one"), account("other")
    used(who, 2000, Q1)
    used(other, 5000, Q1)
    services.make_due(at=MADE_Q1)
    used(who, 1500, Q1)
    used(who, 1600, Q2)
    services.make_due(at=MADE_Q2)
    assert facts(bill_of(who))[:3] == ("20.00", "20.00", "0.00"), "a statement never changes"
    bill = bill_of(who, "2026-Q2")
    assert facts(bill)[:3] == ("31.00", "0.00", "31.00") and (bill.late_accesses, bill.late) == (1, Money(1500))
    assert "1 transactions ($15.00) of earlier quarters" in text_of(paper_of(who, "2026-Q2"))
    assert bill_of(other, "2026-Q2").late_accesses == 0 and no_differences()


def test_late_use_is_paid_by_whoever_paid_at_the_time():
    payer, who = firm(), account("one")
    joins(who, payer, Q1 - timedelta(days=30), Q1 + timedelta(days=5))
    services.open_run(day=Q1.date(), at=MADE_Q1)
    services.make_due(at=MADE_Q1)
    used(who, 3100, Q1)
    services.make_due(at=MADE_Q2)
    assert bill_of(who, "2026-Q2") is None and bill_of(payer, "2026-Q2").used == Money(3100)


def test_a_line_that_is_delivered_ten_times_is_charged_once():
    who = account()
    message, at = uuid4(), Q1
    said = UsageRecorded(account=who.id, court="flsb", at=at, client_code="", description="x", criteria="", pages=310,
                         cents=3100)  # fmt: skip
    for _ in range(5):
        services.record_usage(usage=said, sender="flsb", message_id=message, at=at)
    services.make_due(at=MADE_Q1)
    for _ in range(5):
        services.record_usage(usage=said, sender="flsb", message_id=message, at=MADE_Q1)
    services.make_due(at=MADE_Q2)
    assert facts(bill_of(who)) == ("31.00", "0.00", "31.00", "0.00", "31.00")
    assert bill_of(who, "2026-Q2").used == Money() and bills.balance(payer=who.id).now == Money(3100)


def test_every_line_is_in_exactly_one_statement_whatever_the_order():
    people = [account(f"reader-{n}") for n in range(4)]
    total = 0
    for round_, made in enumerate((MADE_Q1, MADE_Q2, MADE_Q3)):
        for n, who in enumerate(people):
            for at in (Q1, Q2, Q3):
                if at < made or (n + round_) % 2:
                    total += used(who, 1000 + 10 * n + round_, at).cents
        services.make_due(at=made)
    services.make_due(at=datetime(2027, 1, 6, 15, tzinfo=UTC))
    assert sum(row.used_cents for row in Statement.objects.all()) == total and no_differences()


def test_a_statement_that_was_tampered_with_is_found():
    who = account()
    used(who, 5000)
    services.make_due(at=MADE_Q1)
    run = StatementRun.objects.get()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE statement DISABLE TRIGGER statement_append_only")
        cursor.execute("UPDATE statement SET used_cents = 4000, billed_cents = 4000, due_cents = 4000")
        cursor.execute("ALTER TABLE statement ENABLE TRIGGER statement_append_only")
    assert services.differing(run=run.pk) == [str(who.id)] and services.check() == 1


# Once, whatever happens.


@pytest.mark.parametrize("broken", ["computing", "the first batch", "the second batch", "after the last"])
def test_a_run_that_is_killed_goes_on_and_nobody_is_billed_or_mailed_twice(broken, monkeypatch):
    people = [account(f"reader-{n}", email=f"reader-{n}@counsel.example") for n in range(5)]
    for who in people:
        used(who, 5000)
    monkeypatch.setattr(papers, "BATCH", 2)
    calls, real_audit, real_print = [0], statements.audit.record, papers.papers.printed

    def killed_at(n: int, real):
        def act(*args, **kwargs):
            calls[0] += 1
            if calls[0] == n:
                raise SystemExit
            return real(*args, **kwargs)

        return act

    with monkeypatch.context() as patch:
        if broken == "computing":
            patch.setattr(statements.audit, "record", killed_at(1, real_audit))
        elif broken == "after the last":
            patch.setattr(papers.log, "info", killed_at(1, lambda *a, **k: None), raising=False)
        else:
            patch.setattr(papers.papers, "printed", killed_at(2 if "first" in broken else 4, real_print))
        with pytest.raises(SystemExit):
            services.make_due(at=MADE_Q1)
    services.make_due(at=MADE_Q1)
    assert Statement.objects.count() == StatementPaper.objects.count() == LedgerLine.objects.count() == 5
    assert sorted(mail.recipients[0] for mail in OutgoingMail.objects.all()) == [who.email for who in people]
    assert AuditLine.objects.filter(act="statements.made").count() == 1
    assert StatementRun.objects.get().finished_at == MADE_Q1 and no_differences()


@pytest.mark.django_db(transaction=True)
def test_eight_that_make_the_statements_at_once_make_them_once():
    for n in range(12):
        used(account(f"reader-{n}"), 5000)
    at_once([lambda: services.make_due(at=MADE_Q1) for _ in range(8)])
    services.make_due(at=MADE_Q1)
    assert Statement.objects.count() == OutgoingMail.objects.count() == LedgerLine.objects.count() == 12
    assert StatementRun.objects.get().finished_at is not None


@pytest.mark.parametrize("table", ["statement", "statement_item", "statement_paper", "ledger_line"])
@pytest.mark.parametrize("change", ["DELETE FROM {}", "UPDATE {} SET {} = {}"])
def test_the_database_itself_refuses_to_change_a_bill(table, change):
    used(account(), 5000)
    services.make_due(at=MADE_Q1)
    column = "statement_id" if table in ("statement_paper", "statement_item") else "id"
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change.format(table, column, column))


# Paper, mail, page.


def paper_of(who: Account, quarter: str = "2026-Q1") -> bytes:
    with store.open(bill_of(who, quarter).paper) as file:
        return file.read()


def text_of(pdf: bytes) -> str:
    return " ".join(" ".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(pdf)).split())


def test_the_mail_brings_the_paper_and_says_what_is_due():
    who = account(email="ada@counsel.example")
    used(who, 4210)
    services.make_due(at=MADE_Q1)
    mail, bill = OutgoingMail.objects.get(), bill_of(who)
    assert mail.recipients == ["ada@counsel.example"] and mail.subject == f"PACER Invoice {who.number}-Q12026"
    assert "$42.10" in mail.text and "pay by 05/06/2026" in mail.text
    assert mail.attachments == [
        {"name": f"pacer-invoice-{who.number}-Q12026.pdf", "type": "application/pdf", "sha256": bill.paper}
    ]
    said = text_of(paper_of(who))
    for words in ("INVOICE", who.number, "01/01/2026 - 03/31/2026", "Amount due $42.10", "Demonstration"):
        assert words in said, words


def test_the_paper_is_the_same_bytes_however_often_it_is_printed():
    who = account(last_name="Nguyễn-Ọkọ", firm="Çelik & “Söhne” <LLP>")
    used(who, 4210)
    services.make_due(at=MADE_Q1)
    again = papers.papers.printed(bill_of(who))
    assert again == paper_of(who)
    assert "Nguyễn-Ọkọ" in text_of(again) and "Çelik & “Söhne” <LLP>" in text_of(again)


@pytest.mark.parametrize(
    ("written", "printed"),
    [
        ("Nguyễn", "Nguyễn"),
        ("Łukasz Żółć", "Łukasz Żółć"),
        ("E\u0301tienne", "Étienne"),
        ("Ｌａｗ", "Law"),
        ("Иван", "????"),
    ],
)
def test_names_are_printed_in_their_letters_and_others_in_the_nearest(written, printed):
    assert paper.said(written) == printed


def test_a_firm_of_four_hundred_gets_every_member_on_its_paper():
    payer = firm()
    people = [account(f"member-{n}", last_name=f"Member{n:03d}") for n in range(400)]
    for n, who in enumerate(people):
        joins(who, payer, Q1 - timedelta(days=30), centre=f"centre {n % 3}")
        used(who, 100)
    services.make_due(at=MADE_Q1)
    said = text_of(paper_of(payer))
    assert all(who.number in said for who in people) and said.count("$133.00") == 2 and "$134.00" in said
    assert len(pikepdf.open(io.BytesIO(paper_of(payer))).pages) > 5


def test_an_old_credit_alone_is_no_reason_for_a_mail():
    who = account()
    used(who, 100, Q1)
    services.give_credit(payer=who.id, amount=Money(500), reference="r1", by="desk", at=Q1)
    services.make_due(at=MADE_Q1)
    services.make_due(at=MADE_Q2)
    assert OutgoingMail.objects.count() == 1 and bill_of(who, "2026-Q2").due == Money(-500)


@pytest.fixture
def last_quarter(db) -> tuple[Client, Client, str, Account]:
    """Somebody's browser with a bill of last quarter, a neighbour's without one, and the quarter."""
    who, now = account(), datetime.now(UTC)
    since = rules.quarters_before(legal_day(now, rules.ZONE), count=2)[1][0]
    used(who, 4210, datetime(since.year, since.month, 15, 18, tzinfo=UTC))
    services.open_run(day=since, at=now)
    services.make_due(at=now)
    return signed_on(who), signed_on(account("neighbour-one")), rules.quarter_name(since), who


def test_the_payer_and_nobody_else_opens_a_bill(last_quarter):
    mine, theirs, quarter, who = last_quarter
    listed = mine.get("/pscof/manage/statements").content.decode()
    assert f"/pscof/manage/statements/{quarter}" in listed and "$42.10" in listed
    assert "$42.10" in mine.get(f"/pscof/manage/statements/{quarter}").content.decode()
    pdf = mine.get(f"/pscof/manage/statements/{quarter}/pdf")
    assert pdf.headers["Content-Type"] == "application/pdf" and "no-store" in pdf.headers["Cache-Control"]
    assert who.number in pdf.headers["Content-Disposition"]
    assert "Amount due $42.10" in text_of(b"".join(pdf.streaming_content))
    assert "$42.10" not in theirs.get("/pscof/manage/statements").content.decode()
    for address in (quarter, f"{quarter}/pdf"):
        assert theirs.get(f"/pscof/manage/statements/{address}").status_code == 404
        answer = Client().get(f"/pscof/manage/statements/{address}")
        assert answer.status_code == 302 and answer.headers["Location"].startswith("/csologin/login.jsf")


@pytest.mark.parametrize("quarter", ["2026-Q5", "2026Q1", "x", "1990-Q1", "2026-Q1%00", "٢٠٢٦-Q1"])
def test_what_is_no_quarter_is_not_found(last_quarter, quarter):
    for address in (f"/pscof/manage/statements/{quarter}", f"/pscof/manage/statements/{quarter}/pdf"):
        assert last_quarter[0].get(address).status_code == 404


def test_statements_are_shown_for_twenty_four_months():
    who = account()
    used(who, 4000, datetime(2024, 2, 1, tzinfo=UTC))
    services.make_due(at=datetime(2026, 4, 6, 15, tzinfo=UTC))
    listed = [one.quarter for one in bills.statements(payer=who.id, now=datetime(2026, 4, 6, tzinfo=UTC))]
    assert (listed[0], listed[-1], len(listed)) == ("2026-Q1", "2024-Q2", 8)
    assert bills.statement(payer=who.id, quarter="2024-Q1", now=datetime(2026, 4, 6, tzinfo=UTC)) is None


@pytest.mark.parametrize("since", [date(2026, 1, 1), date(2026, 4, 1), date(2026, 7, 1), date(2026, 10, 1)])
def test_the_name_of_a_quarter_reads_back(since):
    assert rules.quarter_named(rules.quarter_name(since)) == since
    assert rules.statement_number(account_number="7200001", since=since).endswith(f"-Q{since.month // 3 + 1}2026")
