"""A payment that nobody knows about: found by its number, asked about at Pay.gov, settled by two people, credited once."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection, connections, transaction
from django.test import Client
from django.utils import timezone

from openecf.central.accounts.models import Account
from openecf.central.billing import rules, services
from openecf.central.billing.models import Finding, LedgerLine
from openecf.kernel.days import legal_day
from openecf.platform.audit.models import AuditLine
from openecf.platform.mail.models import OutgoingMail
from openecf.platform.payments import gateway
from openecf.platform.payments.gateway import PayGov
from openecf.platform.payments.models import Attempt, Payment
from tests.central.registrants import at_once, errors
from tests.central.relying import account, signed_on
from tests.central.test_billing_paying import PAY, comes_back, owed, owing, pays, to_gateway
from tests.central.test_service_center_staff import appoint, at_desk
from tests.platform.tollbooth import (  # noqa: F401  (one is a fixture)
    IMPATIENT,
    LATE,
    MUCH_TOO_LATE,
    Tollbooth,
    tollbooth,
)
from tests.stand import until

pytestmark = pytest.mark.django_db(transaction=True)
MONEY = "/service-center/desk/money"
DESK = "/service-center/desk/payments/"


@pytest.fixture(autouse=True)
def through(tollbooth: Tollbooth, monkeypatch) -> Iterator[Tollbooth]:  # noqa: F811
    """The site's gateway is the sandbox."""
    monkeypatch.setattr(gateway, "config", lambda: tollbooth.config)
    return tollbooth


@pytest.fixture
def two() -> tuple[Client, Client]:
    """Two people at the desk."""
    browsers = []
    for role in ("agent", "supervisor"):
        who = account(role)
        appoint(who, role)
        browsers.append(at_desk(who))
    return browsers[0], browsers[1]


def lost(booth: Tollbooth, **facts: object) -> tuple[Account, Client, Attempt]:
    """A payment whose completing answer was lost, twice: Pay.gov has the money, and only people can find out."""
    who = owing(**facts)
    browser = signed_on(who)
    way = booth.pays(to_gateway(browser.post(PAY, {"what": "all"})), number=LATE)
    usual = gateway.ANSWER
    booth.server.RequestHandlerClass.late, gateway.ANSWER = MUCH_TOO_LATE, IMPATIENT
    gateway._http.cache_clear()
    try:
        comes_back(browser, way)
    finally:
        booth.server.RequestHandlerClass.late, gateway.ANSWER = 0.0, usual
        gateway._http.cache_clear()
    until(lambda: booth.books.latest()[0].completed_at, seconds=20, what="the sandbox to take the money")
    services.follow(now=lambda: timezone.now() + timedelta(minutes=5))
    attempt = Attempt.objects.get()
    assert (attempt.state, attempt.next_look_at) == ("unknown", None), "only people can find out"
    OutgoingMail.objects.all().delete()
    return who, browser, attempt


def taken(**other: str) -> dict[str, str]:
    today = legal_day(timezone.now(), rules.ZONE)
    usual = {"which": "write", "write-verdict": "taken", "write-tracking": "PG77", "write-paid_on": today.isoformat(),
             "write-reason": "Transaction report, by our reference"}  # fmt: skip
    return usual | other


NEVER = {"which": "write", "write-verdict": "never", "write-reason": "Not in the transaction report"}


def decides(browser: Client, attempt: Attempt, which: str = "agree", remark: str = "Not there."):
    finding = Finding.objects.get(outcome="waiting")
    sent = {"which": which, "finding": str(finding.id), "refuse-remark": remark}
    return browser.post(DESK + attempt.number, sent)


def ledger() -> int:
    return LedgerLine.objects.filter(kind="payment").count()


def test_the_payer_is_told_what_happens_next_and_is_kept_from_paying_twice(tollbooth):  # noqa: F811
    who, browser, attempt = lost(tollbooth)
    page = browser.get(f"/pscof/manage/payments/{attempt.payment_id}").content.decode()
    for word in ("We do not know yet", "two people of the Service Center", "do not pay it again", attempt.number,
                 "the receipt is mailed to you", "you can pay then", "/service-center/contact?topic=billing"):  # fmt: skip
        assert word in page, word
    assert browser.post(PAY, {"what": "all"}).headers["Location"] == f"/pscof/manage/payments/{attempt.payment_id}"
    assert owed(who) == "42.10"


def test_pay_govs_own_word_needs_no_second_person(tollbooth, two):  # noqa: F811
    who, browser, attempt = lost(tollbooth)
    tracking = tollbooth.books.latest()[0].tracking
    page = two[0].get(MONEY).content.decode()
    assert attempt.number in page and "Waiting to be looked for" in page
    wrong = two[0].post(DESK + attempt.number, {"which": "ask", "ask-tracking": "NOSUCH"})
    assert "does not know that number" in wrong.content.decode() and owed(who) == "42.10"
    done = two[0].post(DESK + attempt.number, {"which": "ask", "ask-tracking": f" {tracking} "}, follow=True)
    assert "This is what Pay.gov says" in done.content.decode()
    assert owed(who) == "0.00" and "Receipt" in OutgoingMail.objects.get().subject
    assert "Your payment was received" in browser.get(f"/pscof/manage/payments/{attempt.payment_id}").content.decode()
    assert AuditLine.objects.filter(act="payment.found").count() == 1


def test_two_people_who_read_it_in_the_report_credit_it_once(tollbooth, two):  # noqa: F811
    who, browser, attempt = lost(tollbooth)
    assert two[0].post(DESK + attempt.number, taken()).status_code == 302
    assert owed(who) == "42.10", "one person is not enough"
    assert "somebody else must" in decides(two[0], attempt).content.decode().lower()
    page = two[1].get(DESK + attempt.number).content.decode()
    assert "Pay.gov took the money" in page and "PG77" in page and "Transaction report, by our reference" in page
    assert decides(two[1], attempt).status_code == 302
    assert owed(who) == "0.00" and ledger() == 1
    receipt = OutgoingMail.objects.get()
    assert receipt.subject == "Receipt PG77 for PACER fees" and receipt.attachments
    assert services.check() == 0
    acts = AuditLine.objects.filter(subject=str(who.id), act__startswith="payment.f").values_list("act", flat=True)
    assert list(acts.order_by("id")) == ["payment.finding", "payment.finding-agreed"]
    assert "PG77" in browser.get(f"/pscof/manage/payments/{attempt.payment_id}").content.decode()


def test_two_people_who_find_it_in_no_report_close_it_and_the_payer_may_pay(tollbooth, two):  # noqa: F811
    who, browser, attempt = lost(tollbooth)
    two[1].post(DESK + attempt.number, NEVER)
    assert decides(two[0], attempt).status_code == 302
    mail = OutgoingMail.objects.get()
    assert mail.subject == "Your payment of PACER fees was not made" and attempt.number in mail.text
    assert owed(who) == "42.10" and ledger() == 0
    assert "was not made" in browser.get(f"/pscof/manage/payments/{attempt.payment_id}").content.decode()
    pays(browser, tollbooth)
    assert owed(who) == "0.00" and ledger() == 1


def test_many_second_people_at_once_credit_it_once(tollbooth):  # noqa: F811
    who, _browser, attempt = lost(tollbooth)
    first, *others = [account(f"desk{n}") for n in range(7)]
    finding = services.write_finding(
        number=attempt.number, verdict="taken", tracking="PG77", paid_on=legal_day(timezone.now(), rules.ZONE), reason="report",
        by=first.id, at=timezone.now(),
    )  # fmt: skip

    def agree(by: Account) -> str:
        try:
            services.agree_with_finding(finding=finding.id, by=by.id, at=timezone.now())
        except Exception as refusal:  # noqa: BLE001  (named below)
            return type(refusal).__name__
        return "agreed"

    said = at_once([lambda by=by: agree(by) for by in others])
    assert sorted(said) == ["NotWaiting"] * 5 + ["agreed"]
    assert owed(who) == "0.00" and ledger() == 1 and OutgoingMail.objects.count() == 1


def waiters() -> int:
    """How many of the other connections wait for a lock."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return cursor.fetchone()[0]


def test_pay_gov_is_asked_while_a_second_person_agrees_and_neither_waits_for_the_other(tollbooth, monkeypatch):  # noqa: F811
    """They take turns at the attempt: who comes first decides, the other is told that it is over."""
    who, _browser, attempt = lost(tollbooth)
    desk = [account(f"desk{n}") for n in range(3)]
    finding = services.write_finding(
        number=attempt.number, verdict="never", tracking="", paid_on=None, reason="report", by=desk[0].id,
        at=timezone.now(),
    )  # fmt: skip
    tracking, real, in_transaction = tollbooth.books.latest()[0].tracking, PayGov.details, []

    def details(gateway: PayGov, *, tracking: str):
        in_transaction.append(connection.in_atomic_block)
        return real(gateway, tracking=tracking)

    monkeypatch.setattr(PayGov, "details", details)

    def act(what, **more) -> str:
        try:
            what(by=more.pop("by").id, at=timezone.now(), **more)
        except Exception as refusal:  # noqa: BLE001  (named below)
            return type(refusal).__name__
        finally:
            connections.close_all()
        return "done"

    with ThreadPoolExecutor(2) as pool:
        with transaction.atomic():
            Attempt.objects.select_for_update().get()
            asks = pool.submit(act, services.payment_found, number=attempt.number, tracking=tracking, by=desk[1])
            until(lambda: waiters() == 1, seconds=60, what="who asks Pay.gov to wait")
            agrees = pool.submit(act, services.agree_with_finding, finding=finding.id, by=desk[2])
            until(lambda: waiters() == 2, seconds=60, what="the second person to wait")
        assert (asks.result(), agrees.result()) == ("done", "NotWaiting")
    assert in_transaction == [False]
    assert owed(who) == "0.00" and ledger() == 1 and Payment.objects.get().status == "paid"
    assert Finding.objects.get().outcome == "refused"


def test_what_the_second_person_does_not_find_waits_as_before(tollbooth, two):  # noqa: F811
    who, _browser, attempt = lost(tollbooth)
    two[0].post(DESK + attempt.number, NEVER)
    assert "refuse-remark" in decides(two[1], attempt, "refuse", "").content.decode()
    assert decides(two[1], attempt, "refuse").status_code == 302
    assert Attempt.objects.get().state == "unknown" and owed(who) == "42.10"
    page = two[0].get(DESK + attempt.number).content.decode()
    assert "Not there." in page and "Write it, for a second person" in page
    two[0].post(DESK + attempt.number, taken())
    assert decides(two[0], attempt, "refuse").status_code == 302, "the first may take it back"
    assert Finding.objects.filter(outcome="refused").count() == 2


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        (taken(**{"write-tracking": ""}), "tracking"),
        (taken(**{"write-paid_on": ""}), "paid_on"),
        (taken(**{"write-paid_on": "2020-01-01"}), "paid_on"),
        (taken(**{"write-paid_on": "2999-01-01"}), "paid_on"),
        (taken(**{"write-paid_on": "yesterday"}), "paid_on"),
        (taken(**{"write-reason": " "}), "reason"),
        (taken(**{"write-verdict": "perhaps"}), "verdict"),
        ({"which": "write"}, "verdict"),
    ],
)
def test_a_finding_that_says_too_little_is_refused_at_its_field(tollbooth, two, sent, field):  # noqa: F811
    _who, _browser, attempt = lost(tollbooth)
    answer = two[0].post(DESK + attempt.number, sent)
    assert answer.status_code == 200 and field in answer.context["write"].errors, errors(answer)
    assert not Finding.objects.exists()


def test_a_second_finding_and_another_payments_number_are_refused(tollbooth, two):  # noqa: F811
    _who, _browser, attempt = lost(tollbooth)
    other = account("other")
    pays(signed_on(other), tollbooth, {"what": "other", "amount": "5.00"})
    number = Attempt.objects.exclude(pk=attempt.pk).get().tracking
    answer = two[0].post(DESK + attempt.number, taken(**{"write-tracking": number}))
    assert "it is not this payment" in answer.content.decode()
    two[0].post(DESK + attempt.number, NEVER)
    assert "Somebody found something" in two[1].post(DESK + attempt.number, taken()).content.decode()


def test_nobody_finds_out_about_a_payment_of_their_own(tollbooth, two):  # noqa: F811
    who, _browser, attempt = lost(tollbooth)
    appoint(who)
    own = at_desk(who)
    assert "This is your own account" in own.get(DESK + attempt.number).content.decode()
    for sent in (NEVER, {"which": "ask", "ask-tracking": "X"}):
        answer = own.post(DESK + attempt.number, sent)
        assert answer.status_code == 200 and Attempt.objects.get().state == "unknown"
    two[0].post(DESK + attempt.number, NEVER)
    assert decides(own, attempt).status_code == 200 and Attempt.objects.get().state == "unknown"


def test_a_finding_about_a_payment_that_is_decided_meanwhile_changes_nothing(tollbooth, two):  # noqa: F811
    who, _browser, attempt = lost(tollbooth)
    two[0].post(DESK + attempt.number, NEVER)
    two[0].post(DESK + attempt.number, {"which": "ask", "ask-tracking": tollbooth.books.latest()[0].tracking})
    assert owed(who) == "0.00" and not Finding.objects.filter(outcome="waiting").exists()
    sent = {"which": "agree", "finding": str(Finding.objects.get().id)}
    assert two[1].post(DESK + attempt.number, sent).status_code == 200
    assert owed(who) == "0.00" and ledger() == 1 and Payment.objects.get().status == "paid"


@pytest.mark.parametrize("number", ["ours", "theirs"])
def test_a_payment_is_found_by_either_of_its_numbers(tollbooth, two, number):  # noqa: F811
    pays(signed_on(owing()), tollbooth)
    attempt = Attempt.objects.get()
    typed = {"ours": attempt.number, "theirs": attempt.tracking}[number]
    page = two[0].get(MONEY, {"number": f" {typed} "}, follow=True)
    assert page.request["PATH_INFO"] == DESK + attempt.number
    assert "paid" in page.content.decode() and "Find out what came of it" not in page.content.decode()


@pytest.mark.parametrize("typed", ["NOSUCH", "", "x" * 65, "%", "\x00"])
def test_a_number_that_no_payment_has_is_told_so(tollbooth, two, typed):  # noqa: F811
    pays(signed_on(owing()), tollbooth)
    answer = two[0].get(MONEY, {"number": typed})
    assert answer.status_code == 200 and answer.context["find"].errors
    assert two[0].get(DESK + str(uuid4())[:20]).status_code == 404
