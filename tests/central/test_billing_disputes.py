"""Credit Requests and refunds: who may ask for what, who decides, and that money moves once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import translation
from django.utils.translation import gettext

from openecf.central.accounts.models import Account
from openecf.central.billing import bills, disputes, rules, services
from openecf.central.billing.models import CreditLine, CreditRequest, DeskCredit, LedgerLine, Refund, UsageLine
from openecf.central.firms.models import Membership
from openecf.kernel.money import Money
from openecf.platform.audit.models import AuditLine
from openecf.platform.mail.models import OutgoingMail
from tests.central.registrants import at_once, errors
from tests.central.relying import account, signed_on
from tests.central.test_service_center_staff import appoint, at_desk

pytestmark = pytest.mark.django_db
Q1, MADE_Q1, NOW = (datetime(2026, *day, 15, tzinfo=UTC) for day in ((2, 12), (4, 6), (5, 11)))


def used(who: Account, cents: int, at: datetime = Q1) -> UsageLine:
    return UsageLine.objects.create(message=uuid4(), account=who, at=at, cents=cents, court="flsb", criteria="26-10001",
                                    description="Docket Report", pages=cents // 10)  # fmt: skip


def billed(cents: int = 4000, **facts: object) -> tuple[Account, UsageLine]:
    """Somebody with an invoice, and a line of $3.00 on it."""
    who = account(**facts)
    line = used(who, 300)
    used(who, cents)
    services.make_due(at=MADE_Q1)
    OutgoingMail.objects.all().delete()
    return who, line


def ask(who: Account, *lines: UsageLine, at: datetime = NOW, **more: str) -> CreditRequest:
    said = {"reason": "twice", "case": "26-10001", "text": "The page came twice."} | more
    return services.ask_credit(account=who.id, lines=[line.pk for line in lines], at=at, **said)


def decide(request: CreditRequest, dollars: str, by: object = None) -> None:
    services.decide_credit(
        request=request.pk, granted=Money.of(dollars), remark="You are right.", by=by or uuid4(), at=NOW
    )


def owed(who: Account) -> str:
    return str(bills.balance(payer=who.id).now)


@pytest.mark.parametrize(
    ("dollars", "outcome", "after"),
    [
        ("3.00", "granted", "40.00"),
        ("1.25", "in-part", "41.75"),
        ("0.00", "refused", "43.00"),
        ("99.00", "granted", "40.00"),
    ],
)
def test_a_request_is_granted_in_full_in_part_or_refused_and_the_asker_is_told(dollars, outcome, after):
    who, line = billed()
    request = ask(who, line)
    decide(request, dollars)
    request.refresh_from_db()
    assert (request.outcome, owed(who)) == (outcome, after)
    mail = OutgoingMail.objects.get()
    assert mail.subject == "Your Credit Request to PACER" and "You are right." in mail.text
    assert disputes.requests_of(account=who.id)[0].remark == "You are right."
    with pytest.raises(services.NotWaiting):
        decide(request, "3.00")
    assert owed(who) == after and AuditLine.objects.filter(act=f"credit.{outcome}").count() == 1


def test_what_may_not_be_asked():
    who, line = billed()
    other, running, free = account("other"), used(who, 500, NOW), used(who, 0)
    late, old = used(who, 500), used(who, 500, datetime(2023, 1, 5, tzinfo=UTC))
    for lines in ((), (used(other, 300),), (free,), (line, free)):
        with pytest.raises(services.CannotAsk, match="Choose"):
            ask(who, *lines)
    for each in (running, late, old):
        with pytest.raises(services.CannotAsk, match="once the statement"):
            ask(who, each)
    with pytest.raises(services.CannotAsk, match="once the statement"):
        ask(who, line, at=datetime(2028, 6, 1, tzinfo=UTC))


def test_nothing_is_credited_of_a_quarter_that_was_waived():
    who = account()
    line = used(who, 300)
    services.make_due(at=MADE_Q1)
    with pytest.raises(services.CannotAsk, match="waived"):
        ask(who, line)


def test_a_charge_is_asked_about_once_unless_it_was_refused_or_taken_back():
    who, line = billed()
    first = ask(who, line)
    with pytest.raises(services.CannotAsk, match="already"):
        ask(who, line)
    services.withdraw_credit(account=who.id, request=first.pk, at=NOW)
    second = ask(who, line)
    decide(second, "0.00")
    third = ask(who, line)
    decide(third, "3.00")
    with pytest.raises(services.CannotAsk, match="already"):
        ask(who, line)
    assert CreditLine.objects.filter(live=True).count() == 1 and owed(who) == "40.00"


def test_a_members_request_credits_the_firm_that_was_billed_and_both_are_told():
    firm = account("keel-firm", type="paa", firm="Keel LLP", email="books@keel.example")
    who = account(email="ada@keel.example")
    Membership.objects.create(firm=firm, account=who, joined_at=Q1, billed_from=Q1, cost_centre="")
    own, firms_ = used(who, 300, Q1 - timedelta(days=3)), used(who, 300)
    used(who, 4000)
    used(who, 4000, Q1 - timedelta(days=3))
    services.make_due(at=MADE_Q1)
    OutgoingMail.objects.all().delete()
    with pytest.raises(services.CannotAsk, match="Different payers"):
        ask(who, own, firms_)
    decide(ask(who, firms_), "3.00")
    assert (owed(firm), owed(who)) == ("40.00", "43.00")
    told = OutgoingMail.objects.order_by("id").values_list("recipients", flat=True)
    assert list(told) == [["ada@keel.example"], ["books@keel.example"]]


def test_nobody_decides_about_money_of_their_own():
    who, line = billed()
    with pytest.raises(services.OwnRequest):
        decide(ask(who, line), "3.00", by=who.id)
    with pytest.raises(services.OwnRequest):
        services.give_credit_by_hand(payer=who.id, amount=Money(1), reason="x", by=who.id, at=NOW)
    assert owed(who) == "43.00"


def test_nobody_takes_anothers_request_back():
    who, line = billed()
    request = ask(who, line)
    with pytest.raises(services.NotWaiting):
        services.withdraw_credit(account=account("stranger").id, request=request.pk, at=NOW)


@pytest.mark.django_db(transaction=True)
def test_ten_at_the_desk_who_decide_at_once_credit_once():
    who, line = billed()
    request = ask(who, line)
    results = at_once([lambda: decide(request, "3.00") for _ in range(10)])
    assert sum(isinstance(each, services.NotWaiting) for each in results) == 9 and owed(who) == "40.00"


@pytest.mark.django_db(transaction=True)
def test_ten_requests_for_one_charge_at_once_are_one():
    who, line = billed()
    results = at_once([lambda: ask(who, line) for _ in range(10)])
    assert sum(isinstance(each, CreditRequest) for each in results) == 1, results


# Refunds.


def in_credit(cents: int = 10_000) -> Account:
    who = account(email="ada@counsel.example")
    services.record_payment(payer=who.id, amount=Money(cents), reference="p1", by="x", at=NOW)
    return who


def refund_of(who: Account, dollars: str) -> Refund:
    return services.ask_refund(payer=who.id, amount=Money.of(dollars), reason="Paid twice.", by=who.id, at=NOW)


def agree(refund: Refund, by: object, tracking: str = "RF1") -> str:
    return services.agree_to_refund(refund=refund.pk, tracking=tracking, by=by, at=NOW)


@pytest.mark.parametrize(
    ("dollars", "people"), [("0.01", 1), ("50.00", 1), ("50.01", 2), ("100.00", 2)], ids=lambda v: str(v)
)
def test_above_fifty_dollars_two_people_agree(dollars, people):
    who = in_credit()
    refund, first, second = refund_of(who, dollars), uuid4(), uuid4()
    if people == 2:
        assert agree(refund, first, "") == "second" and owed(who) == "-100.00"
        with pytest.raises(services.SamePerson):
            agree(refund, first)
        assert agree(refund, second) == "made"
    else:
        assert agree(refund, first) == "made"
    assert owed(who) == str(Money.of(dollars) - Money(10_000))
    with pytest.raises(services.NotWaiting):
        agree(refund, uuid4())
    assert LedgerLine.objects.filter(kind="refund").count() == 1
    assert "on its way" in OutgoingMail.objects.get(reference=f"refund:{refund.pk}").text


def test_many_small_refunds_are_one_large_one():
    """Who may give fifty dollars back alone must not give a hundred back in two halves."""
    who, one = in_credit(), uuid4()
    assert agree(refund_of(who, "30.00"), one, "RF1") == "made"
    second = refund_of(who, "20.01")
    assert disputes.refund(second.pk, by=uuid4(), now=NOW).needs_two
    assert agree(second, one, "") == "second" and agree(second, uuid4(), "RF2") == "made"
    third = refund_of(who, "20.00")
    assert not disputes.refund(third.pk, by=uuid4(), now=NOW).needs_two, "what two people agreed to does not count"
    assert agree(third, one, "RF3") == "made"
    after = NOW + rules.GIVEN_COUNTS_FOR + timedelta(hours=1)
    last = services.ask_refund(payer=who.id, amount=Money.of("25.00"), reason="Again.", by=who.id, at=after)
    assert services.agree_to_refund(refund=last.pk, tracking="RF4", by=one, at=after) == "made", "a month later"


def test_no_more_than_the_credit_is_given_back_and_one_refund_at_a_time():
    who = in_credit(2000)
    with pytest.raises(services.MoreThanTheCredit):
        refund_of(who, "20.01")
    refund = refund_of(who, "20.00")
    with pytest.raises(services.OneAtATime):
        refund_of(who, "1.00")
    used(who, 100)
    LedgerLine.objects.create(payer=who, at=NOW, kind="charge", cents=500, reference="c", by="x")
    with pytest.raises(services.MoreThanTheCredit):
        agree(refund, uuid4())
    services.refuse_refund(refund=refund.pk, remark="Less is left.", by=uuid4(), at=NOW)
    assert "Less is left." in OutgoingMail.objects.get().text and refund_of(who, "1.00")


def test_nobody_refunds_themselves():
    who = in_credit()
    refund = refund_of(who, "10.00")
    for act in (
        lambda: agree(refund, who.id),
        lambda: services.refuse_refund(refund=refund.pk, remark="x", by=who.id, at=NOW),
    ):
        with pytest.raises(services.OwnRequest):
            act()


@pytest.mark.django_db(transaction=True)
def test_ten_who_agree_at_once_give_back_once():
    who = in_credit()
    refund = refund_of(who, "50.00")
    at_once([lambda: agree(refund, uuid4()) for _ in range(10)])
    assert owed(who) == "-50.00"


# Pages.


def desk_of(username: str = "one-agent") -> Client:
    """The browser of an agent of the Service Center."""
    who = account(username)
    appoint(who)
    return at_desk(who)


def test_the_whole_way_of_a_credit_request_through_the_pages():
    who, line = billed(email="ada@counsel.example")
    browser, desk = signed_on(who), desk_of()
    days = "?since=2026-01-01&until=2026-03-31"
    page = browser.get(f"/pscof/manage/credits/new{days}").content.decode()
    assert "FLSB: Docket Report, 26-10001: $3.00" in page
    sent = {"lines": [str(line.pk)], "reason": "fault", "case": "26-10001", "text": "<b>It was blank.</b>"}
    assert "lines" in errors(browser.post(f"/pscof/manage/credits/new{days}", sent | {"lines": []}))
    assert "lines" in errors(browser.post(f"/pscof/manage/credits/new{days}", sent | {"lines": ["999999"]}))
    assert browser.post(f"/pscof/manage/credits/new{days}", sent).status_code == 302
    told = browser.get("/pscof/manage/credits").content.decode()
    assert "Waiting for the Service Center" in told and "&lt;b&gt;It was blank.&lt;/b&gt;" in told
    request = CreditRequest.objects.get()
    assert who.number in desk.get("/service-center/desk/money").content.decode()
    where = f"/service-center/desk/credits/{request.pk}"
    assert "amount" in errors(desk.post(where, {"answer": "part", "amount": "3.00", "remark": "x"}))
    assert "remark" in errors(desk.post(where, {"answer": "all"}))
    answer = desk.post(where, {"answer": "part", "amount": "2.00", "remark": "One page was there."})
    assert answer.status_code == 302, errors(answer)
    told = browser.get("/pscof/manage/credits").content.decode()
    assert "Granted in part" in told and "One page was there." in told and owed(who) == "41.00"


def test_the_whole_way_of_a_refund_through_the_pages():
    who = in_credit()
    browser, first, second = signed_on(who), desk_of(), desk_of("two-agent")
    assert "amount" in errors(browser.post("/pscof/manage/refunds/new", {"amount": "100.01", "reason": "x"}))
    assert browser.post("/pscof/manage/refunds/new", {"amount": "60", "reason": "Paid twice."}).status_code == 302
    where = f"/service-center/desk/refunds/{Refund.objects.get().pk}"
    assert first.post(where, {"tracking": ""}).headers["Location"].endswith("done=agreed")
    assert "tracking" in second.post(where, {"tracking": ""}).context["agree"].errors
    assert first.post(where, {"tracking": "RF7"}).status_code == 200, "the same person cannot"
    assert second.post(where, {"tracking": "RF7"}).headers["Location"].endswith("done=made")
    assert owed(who) == "-40.00" and "Made" in browser.get("/pscof/manage/credits").content.decode()


def test_the_desk_gives_a_credit_and_the_payer_reads_why():
    who = account(email="ada@counsel.example")
    where = f"/service-center/desk/accounts/{who.number}/money"
    desk = desk_of()
    assert desk.post(where, {"which": "credit", "credit-amount": "-5", "credit-reason": "x"}).status_code == 200
    answer = desk.post(where, {"which": "credit", "credit-amount": "5.00", "credit-reason": "The court was down."})
    assert answer.status_code == 302 and owed(who) == "-5.00"
    assert "The court was down." in OutgoingMail.objects.get(reference__startswith="credit:").text
    assert "The court was down." in desk.get(where).content.decode()


@pytest.mark.parametrize("path", ["/service-center/desk/money", "/service-center/desk/accounts/7100001/money"])
def test_the_money_desk_is_hidden_from_everybody_else(path):
    assert signed_on(account()).get(path).status_code == 404


SAID = [
    "PACER Invoice {number}-Q12026", "Your Credit Request to PACER", "A credit to your PACER account",
    "Your refund of PACER fees", "Your refund of PACER fees",
]  # fmt: skip


def test_bills_decisions_and_refunds_are_told_in_the_payers_language_whoever_acts():
    who = account(email="ada@counsel.example", language="es")
    line = used(who, 300)
    used(who, 4000)
    with translation.override("ht"):
        services.make_due(at=MADE_Q1)
        decide(ask(who, line), "3.00")
        services.give_credit_by_hand(payer=who.id, amount=Money.of("90.00"), reason="Down.", by=uuid4(), at=NOW)
        services.agree_to_desk_credit(credit=DeskCredit.objects.get().pk, by=uuid4(), at=NOW)
        agree(refund_of(who, "20.00"), uuid4())
        services.refuse_refund(refund=refund_of(who, "1.00").pk, remark="Less is left.", by=uuid4(), at=NOW)
    with translation.override("es"):
        expected = [gettext(said.replace("{number}-Q12026", "{number}")) for said in SAID]
    expected[0] = expected[0].format(number=f"{who.number}-Q12026")
    assert [mail.subject for mail in OutgoingMail.objects.order_by("id")] == expected
    assert not set(expected) & set(SAID), "Spanish is not English"
