"""What one person of the Service Center gives away alone, and where a second one must agree: credits as refunds."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from openecf.central.accounts.models import Account
from openecf.central.billing import disputes, queries, rules, services
from openecf.central.billing.models import CreditRequest, DeskCredit, LedgerLine
from openecf.kernel.money import Money
from openecf.platform.audit.models import AuditLine
from openecf.platform.mail.models import OutgoingMail
from tests.central.registrants import at_once
from tests.central.relying import account, signed_on
from tests.central.test_billing_disputes import MADE_Q1, NOW, agree, ask, desk_of, owed, refund_of, used

pytestmark = pytest.mark.django_db


def asked(dollars: str) -> tuple[Account, CreditRequest]:
    """A Credit Request about one charge of that price."""
    who = account(email="ada@counsel.example")
    line = used(who, Money.of(dollars).cents)
    used(who, 4000)
    services.make_due(at=MADE_Q1)
    OutgoingMail.objects.all().delete()
    return who, ask(who, line)


def decide(request: CreditRequest, dollars: str, by: UUID) -> str:
    return services.decide_credit(request=request.pk, granted=Money.of(dollars), remark="Right.", by=by, at=NOW)


def second(request: CreditRequest, dollars: str, by: UUID) -> str:
    return services.agree_to_credit(request=request.pk, granted=Money.of(dollars), by=by, at=NOW)


def give(who: Account, dollars: str, by: UUID) -> str:
    return services.give_credit_by_hand(payer=who.id, amount=Money.of(dollars), reason="It was down.", by=by, at=NOW)


def given(who: Account) -> int:
    """How often something was credited."""
    return LedgerLine.objects.filter(payer=who, kind="credit").count()


@pytest.mark.parametrize(
    ("grant", "outcome"), [("50.00", "in-part"), ("50.01", "second"), ("300.00", "second"), ("0.00", "refused")]
)
def test_above_fifty_dollars_a_credit_request_waits_for_a_second_person(grant, outcome):
    who, request = asked("300.00")
    assert decide(request, grant, uuid4()) == outcome
    waits = outcome == "second"
    assert (OutgoingMail.objects.count(), given(who)) == ((0, 0) if waits else (1, int(grant != "0.00")))
    assert [one.needs_second for one in disputes.waiting()] == ([True] if waits else [])
    shown = disputes.requests_of(account=who.id)[0]
    assert waits is not bool(shown.remark) and (not waits or not shown.granted), "who asked reads it when it is decided"


def test_the_second_person_is_neither_the_first_nor_the_asker_nor_blind():
    who, request = asked("300.00")
    first = uuid4()
    decide(request, "200.00", first)
    for by, sum_, refusal in [
        (first, "200.00", services.SamePerson), (who.id, "200.00", services.OwnRequest),
        (uuid4(), "300.00", services.NotWaiting),
    ]:  # fmt: skip
        with pytest.raises(refusal):
            second(request, sum_, by)
    with pytest.raises(services.NotWaiting):
        decide(request, "300.00", uuid4())
    assert given(who) == 0
    assert second(request, "200.00", uuid4()) == "in-part" and owed(who) == "140.00"
    assert "200.00 are credited" in OutgoingMail.objects.get().text and "Right." in OutgoingMail.objects.get().text
    with pytest.raises(services.NotWaiting):
        second(request, "200.00", uuid4())
    assert list(AuditLine.objects.filter(act__startswith="credit.").order_by("id").values_list("act", flat=True)) == [
        "credit.asked", "credit.agreed", "credit.in-part",
    ]  # fmt: skip


@pytest.mark.parametrize("who_sets_aside", ["the first", "another"])
def test_what_is_set_aside_waits_to_be_decided_as_before(who_sets_aside):
    who, request = asked("300.00")
    first = uuid4()
    decide(request, "300.00", first)
    with pytest.raises(services.OwnRequest):
        services.set_credit_aside(request=request.pk, remark="x", by=who.id, at=NOW)
    by = first if who_sets_aside == "the first" else uuid4()
    services.set_credit_aside(request=request.pk, remark="The page was read.", by=by, at=NOW)
    assert (disputes.request(request.pk).is_waiting, OutgoingMail.objects.count(), given(who)) == (True, 0, 0)
    assert AuditLine.objects.get(act="credit.set-aside").facts["remark"] == "The page was read."
    assert decide(request, "0.00", uuid4()) == "refused"


def test_what_waits_for_a_second_person_can_be_taken_back_by_who_asked():
    who, request = asked("300.00")
    decide(request, "300.00", uuid4())
    services.withdraw_credit(account=who.id, request=request.pk, at=NOW)
    with pytest.raises(services.NotWaiting):
        second(request, "300.00", uuid4())
    assert given(who) == 0 and disputes.request(request.pk).granted == Money()


@pytest.mark.parametrize(("dollars", "outcome"), [("50.00", "given"), ("50.01", "second"), ("99999.99", "second")])
def test_above_fifty_dollars_a_credit_by_hand_waits_for_a_second_person(dollars, outcome):
    who, first = account(email="ada@counsel.example"), uuid4()
    assert give(who, dollars, first) == outcome
    row = DeskCredit.objects.get()
    if outcome == "second":
        assert (given(who), OutgoingMail.objects.count(), len(disputes.desk_credits_waiting())) == (0, 0, 1)
        with pytest.raises(services.CreditWaits):
            give(who, "90.00", first)
        for by, refusal in ((first, services.SamePerson), (who.id, services.OwnRequest)):
            with pytest.raises(refusal):
                services.agree_to_desk_credit(credit=row.pk, by=by, at=NOW)
        services.agree_to_desk_credit(credit=row.pk, by=uuid4(), at=NOW)
    with pytest.raises(services.NotWaiting):
        services.agree_to_desk_credit(credit=row.pk, by=uuid4(), at=NOW)
    assert owed(who) == f"-{Money.of(dollars)}" and "It was down." in OutgoingMail.objects.get().text
    assert AuditLine.objects.filter(act="desk-credit.given").count() == 1


def test_a_credit_by_hand_that_is_set_aside_is_never_given_nor_told():
    who = account()
    give(who, "60.00", uuid4())
    row = DeskCredit.objects.get()
    with pytest.raises(services.OwnRequest):
        services.set_desk_credit_aside(credit=row.pk, remark="x", by=who.id, at=NOW)
    services.set_desk_credit_aside(credit=row.pk, remark="Not so.", by=row.first_by, at=NOW)
    with pytest.raises(services.NotWaiting):
        services.agree_to_desk_credit(credit=row.pk, by=uuid4(), at=NOW)
    assert (given(who), OutgoingMail.objects.count(), disputes.desk_credits_waiting()) == (0, 0, [])
    assert give(who, "60.00", uuid4()) == "second", "another can be written"


def test_a_button_that_is_pressed_twice_gives_once_and_another_credit_of_the_same_words_is_another():
    who, desk = account(), desk_of()
    where = f"/service-center/desk/accounts/{who.number}/money"

    def sheet() -> str:
        return re.search(r'name="credit-sheet" value="([0-9a-f-]{36})"', desk.get(where).content.decode())[1]

    sent = {"which": "credit", "credit-amount": "10.00", "credit-reason": "It was down.", "credit-sheet": sheet()}
    for _ in range(2):
        assert desk.post(where, sent).headers["Location"].endswith("done=credited")
    told = OutgoingMail.objects.filter(subject="A credit to your PACER account")
    assert (given(who), owed(who), told.count()) == (1, "-10.00", 1)
    assert desk.post(where, sent | {"credit-sheet": sheet()}).status_code == 302 and owed(who) == "-20.00"
    assert desk.post(where, sent | {"credit-amount": "5.00"}).status_code == 302 and owed(who) == "-25.00", "typed anew"
    assert desk.post(where, sent | {"credit-sheet": "x"}).status_code == 200 and owed(who) == "-25.00"


def test_many_small_credits_and_refunds_are_one_large_one():
    who, request = asked("30.00")
    one = uuid4()
    assert decide(request, "30.00", one) == "granted" and give(who, "10.00", one) == "given"
    assert give(who, "10.01", one) == "second", "a Credit Request counts with a credit by hand"
    services.agree_to_desk_credit(credit=DeskCredit.objects.get(outcome="second").pk, by=uuid4(), at=NOW)
    services.record_payment(payer=who.id, amount=Money.of("500.00"), reference="p", by="x", at=NOW)
    refund = refund_of(who, "10.01")
    assert disputes.refund(refund.pk, by=one, now=NOW).needs_two and agree(refund, one, "") == "second"
    assert agree(refund, uuid4()) == "made"
    assert give(who, "10.00", uuid4()) == "given", "what two agreed to does not count, and another agent counts on"
    later = NOW + rules.GIVEN_COUNTS_FOR + timedelta(hours=1)
    again = services.give_credit_by_hand(payer=who.id, amount=Money.of("50.00"), reason="x", by=one, at=later)
    assert again == "given", "a month later"


@pytest.mark.django_db(transaction=True)
def test_ten_credits_by_hand_at_once_pass_the_limit_on_nobodys_word_alone():
    who, one = account(), uuid4()
    results = at_once([lambda: give(who, "30.00", one) for _ in range(10)])
    assert sorted(str(each) for each in results if isinstance(each, str)) == ["given", "second"], results
    assert sum(isinstance(each, services.CreditWaits) for each in results) == 8 and owed(who) == "-30.00"


def test_what_one_person_gives_to_many_counts_together_over_a_day_and_a_quarter():
    one, other = uuid4(), uuid4()
    people = [account(f"reader-{n}") for n in range(8)]
    assert [give(who, "50.00", one) for who in people[:5]] == ["given"] * 5
    assert give(people[5], "0.01", one) == "second", "two hundred and fifty dollars within a day"
    assert give(people[5 + 1], "50.00", other) == "given", "each counts alone"
    row = DeskCredit.objects.get(outcome="second")
    services.agree_to_desk_credit(credit=row.pk, by=other, at=NOW)
    services.record_payment(payer=people[7].id, amount=Money.of("90.00"), reference="p", by="x", at=NOW)
    refund = refund_of(people[7], "5.00")
    assert disputes.refund(refund.pk, by=one, now=NOW).needs_two and agree(refund, one, "") == "second"
    assert not disputes.refund(refund.pk, by=other, now=NOW + rules.A_DAY).needs_two
    tomorrow = {"amount": Money.of("40.00"), "reason": "x", "by": one, "at": NOW + rules.A_DAY + timedelta(hours=1)}
    assert services.give_credit_by_hand(payer=people[6].id, **tomorrow) == "second", "what the payer had counts on"
    assert services.give_credit_by_hand(payer=people[7].id, **tomorrow) == "given", "a day later"


def test_a_quarter_of_days_at_the_limit_needs_two_people_too():
    one, most = uuid4(), queries.most_alone().in_a_quarter
    for n in range(most.cents // 5000):
        DeskCredit.objects.create(payer=account(f"reader-{n}"), cents=5000, reason="x", first_by=one, outcome="given",
                                  asked_at=NOW, decided_at=NOW - timedelta(days=80))  # fmt: skip
    who = account("last")
    assert give(who, "1.00", one) == "second" and give(account("another"), "1.00", uuid4()) == "given"
    old = DeskCredit.objects.exclude(payer=who)
    old.update(decided_at=NOW - rules.A_QUARTER)
    services.set_desk_credit_aside(credit=DeskCredit.objects.get(payer=who).pk, remark="x", by=one, at=NOW)
    assert give(who, "1.00", one) == "given"


@pytest.mark.django_db(transaction=True)
def test_one_person_in_eight_windows_at_once_passes_the_days_limit_nowhere():
    one, people = uuid4(), [account(f"reader-{n}") for n in range(8)]
    results = at_once([lambda who=who: give(who, "50.00", one) for who in people])
    assert sorted(map(str, results)) == ["given"] * 5 + ["second"] * 3, results


@pytest.mark.django_db(transaction=True)
def test_ten_second_people_at_once_credit_once():
    who, request = asked("300.00")
    decide(request, "300.00", uuid4())
    results = at_once([lambda: second(request, "300.00", uuid4()) for _ in range(10)])
    assert sum(isinstance(each, services.NotWaiting) for each in results) == 9 and owed(who) == "40.00"
    give(who, "60.00", uuid4())
    row = DeskCredit.objects.get().pk
    results = at_once(
        [lambda: services.agree_to_desk_credit(credit=row, by=uuid4(), at=NOW) for _ in range(9)]
        + [lambda: services.set_desk_credit_aside(credit=row, remark="No.", by=uuid4(), at=NOW)]
    )
    assert sum(isinstance(each, services.NotWaiting) for each in results) == 9
    assert given(who) == 1 + (DeskCredit.objects.get().outcome == "given") == 1 + OutgoingMail.objects.filter(
        subject="A credit to your PACER account"
    ).count()  # fmt: skip


# Pages.


def test_the_whole_way_of_a_large_credit_request_through_the_pages():
    who, request = asked("300.00")
    browser, first, other = signed_on(who), desk_of(), desk_of("two-agent")
    where = f"/service-center/desk/credits/{request.pk}"
    assert first.post(where, {"answer": "all", "remark": "It was blank."}).headers["Location"].endswith("done=agreed")
    told = browser.get("/pscof/manage/credits").content.decode()
    assert "Waiting for a second person" in told and "It was blank." not in told and "Take it back" in told
    assert "Waiting for a second person" in other.get("/service-center/desk/money").content.decode()
    assert "You agreed first" in (page := first.get(where).content.decode()) and "Agree to $" not in page
    assert "Agree to $300.00" in other.get(where).content.decode()
    said = {"which": "agree", "amount": "300.00"}
    assert "somebody else must agree" in first.post(where, said).content.decode(), "the same person cannot"
    for amount in ("", "299.00", "x"):
        assert "not waiting any more" in other.post(where, said | {"amount": amount}).content.decode()
    aside = {"which": "aside", "aside-remark": ""}
    assert "remark" in other.post(where, aside).context["aside"].errors
    assert other.post(where, said).headers["Location"].endswith("done=decided") and owed(who) == "40.00"
    assert "not waiting any more" in other.post(where, said).content.decode()
    assert "It was blank." in browser.get("/pscof/manage/credits").content.decode()


def test_a_large_credit_by_hand_and_one_set_aside_through_the_pages():
    who = account(email="ada@counsel.example")
    bill, first, other = f"/service-center/desk/accounts/{who.number}/money", desk_of(), desk_of("two-agent")
    sent = {"which": "credit", "credit-amount": "1,250.00", "credit-reason": "<i>The court was down.</i>"}
    assert first.post(bill, sent).headers["Location"].endswith("done=agreed")
    assert "waits for a second person" in str(first.post(bill, sent).context["give"].errors)
    where = f"/service-center/desk/credits/by-hand/{DeskCredit.objects.get().pk}"
    listed = other.get("/service-center/desk/money").content.decode()
    assert where in listed and "&lt;i&gt;The court was down." in listed
    assert "somebody else must agree" in first.post(where, {"which": "agree"}).content.decode()
    gone = other.post(where, {"which": "aside", "aside-remark": "It was not."})
    assert gone.headers["Location"].endswith("done=aside") and owed(who) == "0.00"
    assert "not waiting any more" in other.post(where, {"which": "agree"}).content.decode()
    assert first.post(bill, sent).status_code == 302
    where = f"/service-center/desk/credits/by-hand/{DeskCredit.objects.get(outcome='second').pk}"
    assert other.post(where, {"which": "agree"}).headers["Location"].endswith("done=credited")
    assert owed(who) == "-1250.00" and OutgoingMail.objects.filter(reference__startswith="credit:").count() == 1
    assert "Set aside" in other.get(bill).content.decode()
    assert other.get(f"/service-center/desk/credits/by-hand/{uuid4()}").status_code == 404
