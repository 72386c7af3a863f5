"""The fee of a registration is paid at Pay.gov's hosted page, once, by its applicant; the request has the receipt."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from openecf.court.registration import services
from openecf.court.registration.models import FilingRequest, RequestAct
from openecf.court.registration.services import paying
from openecf.court.transition import queries as transition
from openecf.court.transition.models import CourtProfile
from openecf.kernel.money import Money
from openecf.platform.bus.models import OutboxMessage
from openecf.platform.mail.models import OutgoingMail
from openecf.platform.payments import gateway
from openecf.platform.payments.models import Attempt, Payment
from tests.court.callers import client, linked, person
from tests.court.test_registration_desk import ACCOUNT, approve, message
from tests.platform.tollbooth import DECLINED, Tollbooth, at_once, tollbooth  # noqa: F401  (a fixture)
from tests.registering import FULL, application

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def through(tollbooth: Tollbooth, monkeypatch) -> Iterator[Tollbooth]:  # noqa: F811
    """The court's gateway is the sandbox; the court is live and charges $200.00 for an admission."""
    monkeypatch.setattr(gateway, "config", lambda: tollbooth.config)
    facts = {"court": "flsb", "doc_prefix": "114", "from_address": "c@flsb.example", "registration": FULL}
    CourtProfile.objects.update_or_create(id=1, defaults=facts | {"live_at": timezone.now() - timedelta(days=1)})
    transition.forget()
    return tollbooth


def admitted(**facts: object) -> FilingRequest:
    """A request that was approved, with its fee due."""
    sent = message(said=application(role="admission"), **facts)
    services.take(message=sent, sender="central", at=timezone.now())
    row = FilingRequest.objects.get(id=sent.request)
    approve(row, timezone.now())
    row.refresh_from_db()
    return row


def applicant(account=ACCOUNT) -> Client:
    return client(person(account=account))


def page_of(row: FilingRequest) -> str:
    return f"/registration/fee/{row.id}"


def gives(browser: Client, row: FilingRequest) -> str:
    """The way to the gateway's page."""
    answer = browser.post(page_of(row))
    assert answer.status_code == 302 and answer.headers["Location"].startswith("http://127.0.0.1:"), answer.content
    return answer.headers["Location"]


def comes_back(browser: Client, way: HttpResponse) -> str:
    parts = urlsplit(way.headers["Location"])
    assert parts.netloc == "testserver"
    return browser.get(parts.path, follow=True).content.decode()


def paid(row: FilingRequest) -> bool:
    row.refresh_from_db()
    return row.fee_paid_at is not None


def told() -> list[tuple[str, str]]:
    rows = OutboxMessage.objects.filter(type="registration.answered").order_by("body__step")
    return [(one.body["status"], one.body["said"]) for one in rows]


def later(**by: int):
    return lambda: timezone.now() + timedelta(**by)


def test_the_applicant_is_told_where_to_pay_pays_once_and_has_the_receipt_in_the_request(tollbooth):  # noqa: F811
    row = admitted()
    approved = OutboxMessage.objects.filter(type="registration.answered").order_by("body__step").last()
    assert approved.body["fee_page"].endswith(page_of(row)) and approved.body["fee_cents"] == 20000
    browser = applicant()
    assert "Pay $200.00 at the payment service" in browser.get(page_of(row)).content.decode()
    page = comes_back(browser, tollbooth.pays(gives(browser, row)))
    tracking = tollbooth.books.latest()[0].tracking
    assert "Your fee is paid" in page and tracking in page and "$200.00" in page
    assert paid(row) and told()[-1] == ("fee-paid", f"Pay.gov: {tracking}")
    assert [one.what for one in RequestAct.objects.filter(request=row)][-1] == "fee-paid"
    again = browser.post(page_of(row))
    assert again.status_code == 409 and Payment.objects.count() == 1, "a fee is paid once"


@pytest.mark.parametrize(
    ("who", "status"),
    [
        (None, 200),
        ({"account": uuid4()}, 404),
        ({"account": uuid4(), "account_type": "paa", "may_search": False}, 404),
    ],
    ids=["nobody", "another", "a firm"],
)
def test_nobody_else_sees_or_pays_it(who, status):
    row = admitted()
    browser = client(person(**who)) if who else Client()
    for answer in (browser.get(page_of(row)), browser.post(page_of(row))):
        assert answer.status_code == status and b"200.00" not in answer.content
    assert not Payment.objects.exists()


@pytest.mark.parametrize("status", ["pending", "more", "rejected", "withdrawn"])
def test_nothing_is_due_before_the_court_approves(status):
    row = admitted()
    FilingRequest.objects.filter(id=row.id).update(status=status)
    browser = applicant()
    assert "Nothing is due now" in browser.get(page_of(row)).content.decode()
    assert browser.post(page_of(row)).status_code == 409 and not Payment.objects.exists()


def test_a_registration_without_a_fee_has_no_such_page():
    sent = message()
    services.take(message=sent, sender="central", at=timezone.now())
    assert applicant().get(f"/registration/fee/{sent.request}").status_code == 404


def test_a_declined_card_leaves_the_fee_due_and_another_one_pays_it(tollbooth):  # noqa: F811
    row, browser = admitted(), applicant()
    page = comes_back(browser, tollbooth.pays(gives(browser, row), number=DECLINED))
    assert "Your payment was not made" in page and not paid(row)
    comes_back(browser, tollbooth.pays(gives(browser, row)))
    assert paid(row)


def test_who_turns_back_pays_nothing_and_may_begin_again(tollbooth):  # noqa: F811
    row, browser = admitted(), applicant()
    gives(browser, row)
    page = browser.get(page_of(row)).content.decode()
    assert "Your payment is not finished" in page
    assert browser.post(page_of(row)).headers["Location"] == page_of(row), "no second one beside it"
    assert browser.post(page_of(row) + "/continue").headers["Location"].startswith(tollbooth.base)
    number = Attempt.objects.get().number
    browser.get(f"/registration/fee/cancelled/{number}")
    assert Payment.objects.get().status == "given-up" and not paid(row)
    comes_back(browser, tollbooth.pays(gives(browser, row)))
    assert paid(row) and Payment.objects.filter(status="paid").count() == 1


@pytest.mark.parametrize("act", ["give-up", "continue", "anything"])
def test_another_persons_payment_is_neither_given_up_nor_gone_on_with(act):
    row, browser = admitted(), applicant()
    gives(browser, row)
    other = client(person(account=uuid4()))
    assert other.post(f"{page_of(row)}/{act}").status_code == 404
    number = Attempt.objects.get().number
    for way in ("back", "cancelled"):
        assert other.get(f"/registration/fee/{way}/{number}").status_code == 404
    assert Attempt.objects.get().state == "at-gateway"


def test_a_bank_takes_days_nothing_can_be_paid_meanwhile_and_its_no_is_told(tollbooth):  # noqa: F811
    tollbooth.books.settles_after = timedelta(hours=1)
    row, browser = admitted(language="es"), applicant()
    page = comes_back(browser, tollbooth.pays(gives(browser, row), by="ACH"))
    assert "Your payment is on its way" in page and not paid(row)
    assert browser.post(page_of(row)).headers["Location"] == page_of(row)
    assert Payment.objects.count() == 1
    tollbooth.books.settles_after = timedelta(0)
    paying.follow(now=later(hours=7))
    assert paid(row) and told()[-1][0] == "fee-paid"


def test_a_bank_that_turns_it_down_is_written_down_and_mailed(tollbooth):  # noqa: F811
    row = admitted()
    decided = paying.Decided(False, uuid4(), ACCOUNT, str(row.id), Money(20000), "PX1", "T1", "ACH", None,
                             "system", timezone.now())  # fmt: skip
    OutgoingMail.objects.all().delete()
    with transaction.atomic():
        paying.settle(decided)
    mail = OutgoingMail.objects.get()
    assert mail.recipients == [row.email] and page_of(row) in mail.text and not paid(row)
    assert RequestAct.objects.filter(request=row, what="fee-refused").exists()


def test_marked_by_hand_meanwhile_it_is_paid_twice_and_the_desk_sees_it(tollbooth):  # noqa: F811
    row, browser = admitted(), applicant()
    page = gives(browser, row)
    services.mark_fee_paid(request_id=row.id, said="cheque 11", by="user:1", at=timezone.now())
    comes_back(browser, tollbooth.pays(page))
    clerk = client(linked("clerk"))
    assert "Paid once more, on line: refund it" in clerk.get(f"/court/registrations/{row.id}").content.decode()
    assert [what for what, _said in told()].count("fee-paid") == 1


@pytest.mark.parametrize("found", [True, False])
def test_what_the_gateway_never_answered_about_waits_for_the_clerk(tollbooth, found):  # noqa: F811
    row, browser = admitted(), applicant()
    tollbooth.pays(gives(browser, row))
    done = tollbooth.client.complete(token=Attempt.objects.get().token)
    Attempt.objects.update(state="unknown", next_look_at=None, completions=1)
    assert "finds out" in browser.get(page_of(row)).content.decode()
    clerk, desk = client(linked("clerk")), f"/court/registrations/{row.id}/fee/payment"
    assert desk in clerk.get("/court/registrations").content.decode()
    assert desk in clerk.get(f"/court/registrations/{row.id}").content.decode()
    if found:
        assert clerk.post(desk, {"tracking": "nonsense"}).status_code == 200 and not paid(row)
        assert clerk.post(desk, {"tracking": done.tracking}).status_code == 302
        assert paid(row)
    else:
        assert clerk.post(desk, {"which": "never", "never-reason": ""}).status_code == 200
        OutgoingMail.objects.all().delete()
        assert clerk.post(desk, {"which": "never", "never-reason": "report of May 3"}).status_code == 302
        assert not paid(row) and OutgoingMail.objects.count() == 1
        comes_back(browser, tollbooth.pays(gives(browser, row)))
        assert paid(row)
    assert clerk.get(desk).status_code == 302, "nothing waits any more"


def test_of_eight_that_come_back_at_once_one_asks_and_the_fee_is_paid_once(tollbooth):  # noqa: F811
    row, browser = admitted(), applicant()
    tollbooth.pays(gives(browser, row))
    number, payer = Attempt.objects.get().number, paying.Payer(ACCOUNT, "http://testserver")
    at_once([lambda: paying.came_back(payer=payer, number=number, at=timezone.now())] * 8)
    assert paid(row) and [what for what, _said in told()].count("fee-paid") == 1


def test_of_eight_tabs_that_begin_at_once_one_goes_to_the_gateway():
    row, payer = admitted(), paying.Payer(ACCOUNT, "http://testserver")
    given = at_once([lambda: paying.pay(payer=payer, request_id=row.id, at=timezone.now())] * 8)
    assert sum(isinstance(one, str) for one in given) == 1, given
    assert Attempt.objects.count() == 1


def test_a_process_that_died_while_it_asked_is_followed_and_the_fee_paid_once(tollbooth):  # noqa: F811
    row, browser = admitted(), applicant()
    tollbooth.pays(gives(browser, row))
    Attempt.objects.update(state="completing", claimed_at=timezone.now(), next_look_at=timezone.now(), completions=1)
    for _ in range(3):
        paying.follow(now=later(minutes=5))
    assert paid(row) and [what for what, _said in told()].count("fee-paid") == 1


def test_a_court_without_a_gateway_says_that_it_tells_how_to_pay(monkeypatch):
    monkeypatch.setattr(gateway, "config", lambda: None)
    row = admitted()
    approved = OutboxMessage.objects.filter(type="registration.answered").order_by("body__step").last()
    assert approved.body["fee_page"] == ""
    browser = applicant()
    assert "takes no payments on line" in browser.get(page_of(row)).content.decode()
    assert browser.post(page_of(row)).status_code == 409
