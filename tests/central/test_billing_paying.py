"""Paying PACER fees through the gateway: the pages, the ledger, the receipt; nobody pays or sees another's."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit
from uuid import uuid4

import pypdfium2
import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from openecf.central.accounts.models import Account
from openecf.central.billing import bills, rules, services
from openecf.central.billing.models import LedgerLine, UsageLine
from openecf.central.firms.models import Membership
from openecf.kernel.days import legal_day
from openecf.platform.audit.models import AuditLine
from openecf.platform.mail.models import OutgoingMail
from openecf.platform.payments import gateway
from openecf.platform.payments.models import Attempt, Payment
from tests.central.registrants import at_once, errors, legacy
from tests.central.relying import account, signed_on
from tests.platform.tollbooth import DECLINED, Tollbooth, tollbooth  # noqa: F401  (a fixture)

pytestmark = pytest.mark.django_db(transaction=True)
PAY = "/pscof/manage/payments/new"


@pytest.fixture(autouse=True)
def through(tollbooth: Tollbooth, monkeypatch) -> Iterator[Tollbooth]:
    """The site's gateway is the sandbox."""
    monkeypatch.setattr(gateway, "config", lambda: tollbooth.config)
    return tollbooth


def owing(cents: int = 4210, **facts: object) -> Account:
    """An account with an invoice of the last quarter whose statements are made already."""
    who = account(**facts)
    reported = legal_day(timezone.now() - rules.REPORTED_WITHIN, rules.ZONE)
    since, _until = rules.quarters_before(reported, count=2)[1]
    at = datetime(since.year, since.month, 12, 15, tzinfo=UTC)
    UsageLine.objects.create(message=uuid4(), account=who, at=at, cents=cents, court="flsb", description="Docket Report",
                             pages=cents // 10)  # fmt: skip
    services.make_due(at=timezone.now())
    return who


def owed(who: Account) -> str:
    return str(bills.balance(payer=who.id).now)


def to_gateway(answer: HttpResponse) -> str:
    assert answer.status_code == 302, errors(answer)
    assert answer.headers["Location"].startswith("http://127.0.0.1:"), answer.headers["Location"]
    return answer.headers["Location"]


def comes_back(browser: Client, way: HttpResponse) -> HttpResponse:
    """From the gateway's redirect to the page that it ends at."""
    parts = urlsplit(way.headers["Location"])
    assert parts.netloc == "testserver"
    return browser.get(parts.path, follow=True)


def pays(browser: Client, booth: Tollbooth, form: dict | None = None, **typed: str) -> HttpResponse:
    page = to_gateway(browser.post(PAY, form or {"what": "all"}))
    return comes_back(browser, booth.pays(page, **typed))


def test_who_owes_pays_all_of_it_and_has_a_receipt_on_the_page_by_mail_and_on_paper(tollbooth):
    who = owing(email="ada@counsel.example")
    browser = signed_on(who)
    assert "You owe $42.10." in browser.get(PAY).content.decode()
    OutgoingMail.objects.all().delete()
    page = pays(browser, tollbooth)
    told = page.content.decode()
    tracking = tollbooth.books.latest()[0].tracking
    assert "Your payment was received" in told and tracking in told and "Nothing is owed." in told
    assert owed(who) == "0.00"
    mail = OutgoingMail.objects.get()
    assert mail.recipients == ["ada@counsel.example"] and mail.subject == f"Receipt {tracking} for PACER fees"
    assert "Amount: $42.10" in mail.text and "Nothing is owed." in mail.text
    paper = browser.get(page.request["PATH_INFO"] + "/receipt.pdf")
    words = " ".join(pypdfium2.PdfDocument(paper.getvalue())[0].get_textpage().get_text_range().split())
    for word in ("RECEIPT", tracking, who.number, "$42.10", "Card", "Demonstration"):
        assert word in words, word
    assert mail.attachments[0]["name"] == f"pacer-receipt-{tracking}.pdf"
    history = browser.get("/pscof/manage/payments").content.decode()
    assert "Payments made on line" in history and "-42.10" in history


@pytest.mark.parametrize(
    ("form", "after", "because"),
    [
        ({"what": "all"}, "0.00", "the balance"),
        ({"what": "other", "amount": "12.10"}, "30.00", "a part"),
        ({"what": "other", "amount": "$1,042.10"}, "-1000.00", "more than is owed stays as a credit"),
        ({"what": "other", "amount": "42"}, "0.10", "whole dollars"),
    ],
)
def test_how_much_may_be_paid(tollbooth, form, after, because):
    who = owing()
    pays(signed_on(who), tollbooth, form)
    assert owed(who) == after, because


@pytest.mark.parametrize("amount", ["", "0", "0.00", "-5.00", "12.5", "12.345", "1e3", "100,000.00", "1,2.00", "٥", "NaN",
                                    "5 USD", "999999999"])  # fmt: skip
def test_an_amount_that_is_none_is_refused_at_its_field(tollbooth, amount):
    who = owing()
    answer = signed_on(who).post(PAY, {"what": "other", "amount": amount})
    assert answer.status_code == 200 and "amount" in errors(answer), answer.status_code
    assert not Payment.objects.exists()


def test_who_owes_nothing_is_asked_for_an_amount_and_has_nothing_to_choose(tollbooth):
    browser = signed_on(account())
    page = browser.get(PAY).content.decode()
    assert '<input type="hidden" name="what" value="other"' in page and "(optional)" not in page
    assert "amount" in errors(browser.post(PAY, {"what": "other", "amount": ""}))
    to_gateway(browser.post(PAY, {"what": "other", "amount": "5.00"}))


@pytest.mark.parametrize("form", [{}, {"what": "nothing"}, {"what": "invoice"}])
def test_how_much_must_be_chosen_of_what_is_offered(form):
    assert "what" in errors(signed_on(owing()).post(PAY, form))


def test_an_invoice_is_paid_by_its_button_and_named_in_the_ledger_and_on_the_receipt(tollbooth):
    who = owing()
    bill = bills.statements(payer=who.id, now=timezone.now())[0]
    browser = signed_on(who)
    page = browser.get(f"/pscof/manage/statements/{bill.quarter}").content.decode()
    assert f'href="{PAY}?invoice={bill.quarter}"' in page
    url = to_gateway(browser.post(f"{PAY}?invoice={bill.quarter}", {"what": "invoice"}))
    assert bill.number in comes_back(browser, tollbooth.pays(url)).content.decode()
    line = LedgerLine.objects.get(kind="payment")
    assert bill.number in line.note and line.cents == -4210
    assert "Nothing is left to pay." in browser.get(f"/pscof/manage/statements/{bill.quarter}").content.decode()


def test_a_firm_pays_for_its_members_and_a_member_is_told_so(tollbooth):
    who = owing(username="keel-firm", type="paa", firm="Keel & Ballast LLP")
    member = account("member")
    Membership.objects.create(firm=who, account=member, joined_at=timezone.now(), billed_from=timezone.now())
    assert "Keel &amp; Ballast LLP pays for what you use." in signed_on(member).get(PAY).content.decode()
    pays(signed_on(who), tollbooth)
    assert owed(who) == "0.00" and owed(member) == "0.00"


def test_a_legacy_account_may_pay(tollbooth):
    who = legacy()
    pays(signed_on(who), tollbooth, {"what": "other", "amount": "5.00"})
    assert owed(who) == "-5.00"


def test_a_declined_card_is_told_and_may_be_tried_again(tollbooth):
    who = owing()
    browser = signed_on(who)
    page = pays(browser, tollbooth, number=DECLINED)
    assert "was not made" in page.content.decode() and owed(who) == "42.10"
    again = to_gateway(browser.post(page.request["PATH_INFO"] + "/again"))
    assert "Your payment was received" in comes_back(browser, tollbooth.pays(again)).content.decode()
    assert owed(who) == "0.00"


def test_who_cancels_owes_as_before(tollbooth):
    who = owing()
    browser = signed_on(who)
    page = pays(browser, tollbooth, by="cancel")
    assert "was given up" in page.content.decode() and owed(who) == "42.10"
    assert Attempt.objects.get().state == "cancelled"


def test_coming_back_without_paying_proves_nothing(tollbooth):
    who = owing()
    browser = signed_on(who)
    to_gateway(browser.post(PAY, {"what": "all"}))
    page = browser.get(f"/pscof/manage/payments/back/{Attempt.objects.get().number}", follow=True)
    assert "was not made" in page.content.decode() and owed(who) == "42.10"


def test_a_payment_that_was_left_can_be_gone_on_with_or_given_up(tollbooth):
    who = owing()
    browser = signed_on(who)
    url = to_gateway(browser.post(PAY, {"what": "all"}))
    assert "You began a payment of $42.10 that is not finished." in browser.get(PAY).content.decode()
    payment = f"/pscof/manage/payments/{Payment.objects.get().id}"
    assert browser.post(PAY, {"what": "all"}).headers["Location"] == payment
    assert browser.post(payment + "/continue").headers["Location"] == url
    assert browser.post(payment + "/give-up").headers["Location"] == PAY
    assert browser.post(payment + "/give-up").headers["Location"] == payment, "once"
    assert to_gateway(browser.post(PAY, {"what": "all"})) != url


def test_a_bank_account_is_on_its_way_then_settles_and_meanwhile_is_not_asked_for_again(tollbooth):
    tollbooth.books.settles_after = timedelta(hours=1)
    who = owing()
    browser = signed_on(who)
    page = pays(browser, tollbooth, by="ACH")
    assert "is on its way" in page.content.decode() and owed(who) == "42.10"
    assert "You owe nothing." in browser.get(PAY).content.decode()
    assert "$42.10 is on its way from your bank." in browser.get("/pscof/manage/payments").content.decode()
    OutgoingMail.objects.all().delete()
    tollbooth.books.settles_after = timedelta(0)
    services.follow(now=lambda: timezone.now() + timedelta(hours=1))
    assert owed(who) == "0.00" and "Receipt" in OutgoingMail.objects.get().subject


def test_a_bank_that_turns_it_down_is_told_by_mail(tollbooth):
    tollbooth.books.settles_after = timedelta(hours=1)
    who = owing()
    pays(signed_on(who), tollbooth, by="ACH", account="1111111116")
    OutgoingMail.objects.all().delete()
    tollbooth.books.settles_after = timedelta(0)
    services.follow(now=lambda: timezone.now() + timedelta(hours=1))
    assert owed(who) == "42.10" and "turned down" in OutgoingMail.objects.get().subject


def test_nobody_sees_or_moves_anothers_payment(tollbooth):
    who, stranger = owing(), account("stranger")
    url = to_gateway(signed_on(who).post(PAY, {"what": "all"}))
    tollbooth.pays(url)
    attempt, other = Attempt.objects.get(), signed_on(stranger)
    base = f"/pscof/manage/payments/{attempt.payment_id}"
    for path in (base, base + "/receipt.pdf", f"/pscof/manage/payments/back/{attempt.number}",
                 f"/pscof/manage/payments/cancelled/{attempt.number}"):  # fmt: skip
        assert other.get(path).status_code == 404, path
    for path in ("/again", "/continue", "/give-up"):
        assert other.post(base + path).status_code == 404, path
    attempt.refresh_from_db()
    assert attempt.state == "at-gateway" and owed(who) == "42.10" and owed(stranger) == "0.00"


def test_a_gateway_that_does_not_answer_charges_nothing_and_says_so(tollbooth, monkeypatch):
    who = owing()
    monkeypatch.setattr(gateway, "config", lambda: tollbooth.config.model_copy(update={"url": "http://127.0.0.1:9/"}))
    answer = signed_on(who).post(PAY, {"what": "all"})
    assert "does not answer" in answer.content.decode() and owed(who) == "42.10"


def test_without_a_gateway_the_page_says_where_to_turn(monkeypatch):
    monkeypatch.setattr(gateway, "config", lambda: None)
    answer = signed_on(owing()).post(PAY, {"what": "all"})
    assert "cannot be made on line here" in answer.content.decode() and not Payment.objects.exists()


def test_twenty_tabs_that_come_back_at_once_write_one_line(tollbooth):
    who = owing()
    browsers = [signed_on(who) for _ in range(20)]
    tollbooth.pays(to_gateway(browsers[0].post(PAY, {"what": "all"})))
    number = Attempt.objects.get().number
    answers = at_once([lambda b=b: b.get(f"/pscof/manage/payments/back/{number}").status_code for b in browsers])
    assert answers == [302] * 20
    assert LedgerLine.objects.filter(kind="payment").count() == 1 and owed(who) == "0.00"
    assert OutgoingMail.objects.filter(subject__startswith="Receipt").count() == 1
    assert AuditLine.objects.filter(act="payment.succeeded").count() == 1


def test_the_ledger_replayed_gives_the_same_bill_after_payments(tollbooth):
    who = owing()
    pays(signed_on(who), tollbooth, {"what": "other", "amount": "12.10"})
    assert services.check() == 0 and owed(who) == "30.00"
