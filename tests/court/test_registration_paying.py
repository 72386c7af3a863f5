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
from openecf.court.registration.models import FeeFinding, FilingRequest, RequestAct
from openecf.court.registration.services import finding, paying
from openecf.court.transition import queries as transition
from openecf.court.transition.models import CourtProfile
from openecf.kernel.money import Money
from openecf.platform.audit.models import AuditLine
from openecf.platform.bus.models import OutboxMessage
from openecf.platform.mail.models import OutgoingMail
from openecf.platform.payments import gateway
from openecf.platform.payments.models import Attempt, Payment
from openecf.platform.payments.services import NotWaiting
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
    assert "Southern District of Florida</dd>" in page, "the receipt says to whom it was paid"
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


def test_a_payment_under_way_goes_along_when_two_accounts_of_the_person_become_one(tollbooth):  # noqa: F811
    tollbooth.books.settles_after = timedelta(hours=1)
    row, before = admitted(), applicant()
    way = tollbooth.pays(gives(before, row), by="ACH")
    services.follow_merger(account=ACCOUNT, into=(into := uuid4()), number="7300011", at=timezone.now())
    browser = applicant(into)
    assert "Your payment is on its way" in comes_back(browser, way)
    assert browser.post(page_of(row)).headers["Location"] == page_of(row)
    assert before.get(page_of(row)).status_code == 404 and Payment.objects.count() == 1
    Attempt.objects.update(state="unknown", next_look_at=None)
    assert client(linked("clerk")).get(f"/court/registrations/{row.id}/fee/payment").status_code == 200


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


def test_marked_by_hand_meanwhile_the_payment_at_the_hosted_page_is_given_up(tollbooth):  # noqa: F811
    row, browser = admitted(), applicant()
    page = gives(browser, row)
    services.mark_fee_paid(request_id=row.id, said="cheque 11", by="user:1", at=timezone.now())
    assert "Your fee is paid" in comes_back(browser, tollbooth.pays(page))
    assert not Payment.objects.filter(status="paid").exists()
    assert [what for what, _said in told()].count("fee-paid") == 1


def test_money_that_came_all_the_same_is_seen_at_the_desk_and_given_back_once(tollbooth):  # noqa: F811
    row, browser = admitted(), applicant()
    tollbooth.pays(gives(browser, row))
    Attempt.objects.update(state="completing", claimed_at=timezone.now(), next_look_at=timezone.now(), completions=1)
    FilingRequest.objects.filter(id=row.id).update(fee_paid_at=timezone.now())
    paying.follow(now=later(minutes=61))
    clerk, desk = client(linked("clerk")), f"/court/registrations/{row.id}"
    assert "Money to give back" in clerk.get("/court/registrations").content.decode()
    assert "Paid once more, on line: refund it" in clerk.get(desk).content.decode()
    assert clerk.post(f"{desk}/refund", {"refund-said": " "}).status_code == 200
    assert clerk.post(f"{desk}/refund", {"refund-said": "R-81"}).headers["Location"] == f"{desk}?done=refund"
    assert told()[-1] == ("fee-refunded", "R-81")
    assert clerk.post(f"{desk}/refund", {"refund-said": "R-82"}).status_code == 409
    assert "Money to give back" not in clerk.get("/court/registrations").content.decode()


def lost(tollbooth) -> tuple[FilingRequest, Client, str, str]:  # noqa: F811
    """A payment that Pay.gov took and we never heard of: the request, its applicant, the desk's page, Pay.gov's number."""
    row, browser = admitted(), applicant()
    tollbooth.pays(gives(browser, row))
    done = tollbooth.client.complete(token=Attempt.objects.get().token)
    Attempt.objects.update(state="unknown", next_look_at=None, completions=1)
    assert "finds out" in browser.get(page_of(row)).content.decode()
    OutgoingMail.objects.all().delete()
    return row, browser, f"/court/registrations/{row.id}/fee/payment", done.tracking


def two_clerks() -> tuple[Client, Client]:
    return client(linked("clerk")), client(linked("clerk", number="7200077", username="two-clerk"))


NEVER = {"which": "never", "never-reason": "Transaction report of May 3"}


def says(browser: Client, desk: str, which: str = "agree", remark: str = "It is there.") -> HttpResponse:
    """A clerk's word on what another found last."""
    made = FeeFinding.objects.order_by("found_at").last()
    return browser.post(desk, {"which": which, "finding": made.id if made else "", "aside-remark": remark})


def test_pay_govs_own_word_is_enough_and_ends_what_a_clerk_found(tollbooth):  # noqa: F811
    row, _browser, desk, tracking = lost(tollbooth)
    clerk, other = two_clerks()
    assert desk in clerk.get("/court/registrations").content.decode()
    assert desk in clerk.get(f"/court/registrations/{row.id}").content.decode()
    assert clerk.post(desk, NEVER).status_code == 302
    assert other.post(desk, {"which": "ask", "ask-tracking": "nonsense"}).status_code == 200 and not paid(row)
    assert other.post(desk, {"which": "ask", "ask-tracking": f" {tracking} "}).status_code == 302
    assert paid(row) and FeeFinding.objects.get().outcome == "refused"
    assert clerk.get(desk).status_code == 302, "nothing waits any more"
    assert says(other, desk).status_code == 302 and paid(row)


def test_a_payment_is_closed_as_never_taken_on_two_clerks_word(tollbooth):  # noqa: F811
    row, browser, desk, _tracking = lost(tollbooth)
    clerk, other = two_clerks()
    assert clerk.post(desk, NEVER | {"never-reason": ""}).status_code == 200 and not FeeFinding.objects.exists()
    assert "or it is over" in says(clerk, desk).content.decode(), "nothing was found yet"
    assert clerk.post(desk, NEVER).headers["Location"] == desk
    assert not OutgoingMail.objects.exists() and Attempt.objects.get().state == "unknown", "one is not enough"
    assert "Waiting for a second person" in other.get("/court/registrations").content.decode()
    page = clerk.get(desk).content.decode()
    assert "when a second person has found the same" in page and "You find the same" not in page
    assert "Somebody else must look" in says(clerk, desk).content.decode()
    assert "found something about this payment already" in other.post(desk, NEVER).content.decode()
    assert "You find the same" in (page := other.get(desk).content.decode()) and "report of May 3" in page
    assert says(other, desk).status_code == 302
    assert not paid(row) and "nunca lo cobró" in OutgoingMail.objects.get().text
    acts = AuditLine.objects.filter(act__startswith="registration.fee-f").order_by("id")
    assert [line.act for line in acts] == ["registration.fee-finding", "registration.fee-finding-agreed"]
    comes_back(browser, tollbooth.pays(gives(browser, row)))
    assert paid(row) and clerk.get(desk).status_code == 302, "nothing waits any more"


@pytest.mark.parametrize("who", ["the first", "another"])
def test_a_finding_that_is_set_aside_leaves_the_payment_as_it_was(tollbooth, who):  # noqa: F811
    row, _browser, desk, _tracking = lost(tollbooth)
    clerk, other = two_clerks()
    clerk.post(desk, NEVER)
    by = clerk if who == "the first" else other
    assert says(by, desk, "aside", " ").status_code == 200 and FeeFinding.objects.get().remark == ""
    assert says(by, desk, "aside").headers["Location"] == desk
    assert "or it is over" in says(other, desk).content.decode()
    assert (FeeFinding.objects.get().outcome, FeeFinding.objects.get().remark) == ("refused", "It is there.")
    assert Attempt.objects.get().state == "unknown" and not OutgoingMail.objects.exists()
    assert other.post(desk, NEVER).status_code == 302 and says(clerk, desk).status_code == 302


def test_nobody_finds_out_about_a_fee_of_their_own(tollbooth):  # noqa: F811
    row, _browser, _desk, tracking = lost(tollbooth)
    number, at = Attempt.objects.get().number, timezone.now()
    own, other = finding.Finder("user:8", row.account), finding.Finder("user:9", None)
    tell = {"request_id": row.id, "at": at}
    for act in (
        lambda by: finding.found(**tell, number=number, tracking=tracking, by=by),
        lambda by: finding.write_never_taken(**tell, number=number, reason="x", by=by),
    ):
        with pytest.raises(finding.OwnFee):
            act(own)
    finding.write_never_taken(**tell, number=number, reason="x", by=other)
    made = FeeFinding.objects.get().id
    with pytest.raises(finding.OwnFee):
        finding.agree_never_taken(**tell, finding=made, by=own)
    with pytest.raises(finding.OwnFee):
        finding.set_finding_aside(**tell, finding=made, remark="x", by=own)
    with pytest.raises(NotWaiting):
        finding.agree_never_taken(request_id=uuid4(), finding=made, by=finding.Finder("user:7", None), at=at)


def test_of_eight_second_clerks_at_once_one_closes_it_and_one_mail_goes(tollbooth):  # noqa: F811
    row, _browser, desk, _tracking = lost(tollbooth)
    two_clerks()[0].post(desk, NEVER)
    tell = {"request_id": row.id, "finding": FeeFinding.objects.get().id, "at": timezone.now()}
    told = at_once(
        [lambda n=n: finding.agree_never_taken(**tell, by=finding.Finder(f"user:9{n}", None)) for n in range(8)]
    )
    assert sum(isinstance(one, NotWaiting) for one in told) == 7 and OutgoingMail.objects.count() == 1


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
