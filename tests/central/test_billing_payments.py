"""The ledger of payments: a line for each thing that changed a balance, written once; the balance is their sum."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, transaction

from openecf.central.billing import bills, services
from openecf.central.billing.models import LedgerLine
from openecf.central.firms import services as firms
from openecf.kernel.money import Money
from openecf.platform.audit.models import AuditLine
from tests.central.registrants import at_once
from tests.central.relying import account, signed_on

pytestmark = pytest.mark.django_db
AT = datetime(2026, 4, 20, 15, 0, tzinfo=UTC)
PAY, CREDIT, REFUND = services.record_payment, services.give_credit, services.record_refund


def line(act, who, dollars: str, reference: str = "r1", **more: str) -> bool:
    return act(payer=who.id, amount=Money.of(dollars), reference=reference, by="desk", at=AT, **more)


def owed(who) -> str:
    return str(bills.balance(payer=who.id).now)


@pytest.mark.parametrize(
    ("lines", "balance"),
    [
        ([], "0.00"),
        ([(PAY, "42.10")], "-42.10"),
        ([(PAY, "42.10"), (CREDIT, "0.90")], "-43.00"),
        ([(PAY, "42.10"), (REFUND, "42.10")], "0.00"),
        ([(CREDIT, "10.00"), (REFUND, "4.00"), (REFUND, "6.00")], "0.00"),
    ],
)
def test_a_balance_is_the_sum_of_its_lines(lines, balance):
    who = account()
    for n, (act, dollars) in enumerate(lines):
        assert line(act, who, dollars, f"r{n}")
    assert owed(who) == balance
    assert AuditLine.objects.filter(act__startswith="ledger.").count() == len(lines)


@pytest.mark.parametrize("act", [PAY, CREDIT])
def test_what_is_told_ten_times_counts_once(act):
    who = account()
    assert [line(act, who, "5.00") for _ in range(10)] == [True] + [False] * 9
    assert owed(who) == "-5.00" and LedgerLine.objects.count() == 1


def test_a_payment_and_a_credit_of_one_reference_are_two_things():
    who = account()
    assert line(PAY, who, "5.00") and line(CREDIT, who, "5.00")
    assert owed(who) == "-10.00"


@pytest.mark.parametrize(("credit", "refund"), [("5.00", "5.01"), ("0.01", "1.00")])
def test_no_more_is_given_back_than_there_is(credit, refund):
    who = account()
    line(CREDIT, who, credit)
    with pytest.raises(services.MoreThanTheCredit):
        line(REFUND, who, refund)
    assert owed(who) == f"-{credit}"


@pytest.mark.parametrize("act", [PAY, CREDIT, REFUND])
@pytest.mark.parametrize("amount", ["0.00", "-1.00"])
def test_nothing_and_less_than_nothing_is_no_payment(act, amount):
    who = account()
    line(CREDIT, who, "50.00", "before")
    with pytest.raises(IntegrityError), transaction.atomic():
        line(act, who, amount)
    assert owed(who) == "-50.00"


@pytest.mark.django_db(transaction=True)
def test_eight_refunds_at_once_give_back_the_credit_once():
    for round_ in range(5):
        who = account(f"reader-{round_}")
        line(CREDIT, who, "5.00", f"c{round_}")

        def refund(n: int, who=who, round_=round_) -> bool:
            try:
                return line(REFUND, who, "5.00", f"{round_}-{n}")
            except services.MoreThanTheCredit:
                return False

        assert sum(at_once([lambda n=n: refund(n) for n in range(8)])) == 1
        assert owed(who) == "0.00"


@pytest.mark.parametrize(("act", "moved"), [(PAY, "-12.00"), (None, "0.00")])
def test_the_balance_of_a_new_member_moves_to_its_firm(act, moved):
    payer, who = account("keel-firm", type="paa", last_name="Keel"), account()
    if act:
        line(act, who, "12.00")
    asked = firms.invite(firm=payer.id, number=who.number, last_name=who.last_name, at=AT)
    firms.accept(account=who.id, invitation=asked.id, at=AT)
    assert (owed(who), owed(payer)) == ("0.00", moved)


def test_the_payments_page_lists_the_own_lines_and_nobody_elses():
    who, other = account(), account("neighbour-one")
    line(PAY, who, "42.10", note="Check 1107")
    line(CREDIT, other, "77.77")
    page = signed_on(who).get("/pscof/manage/payments").content.decode()
    assert "<strong>$42.10</strong> credit" in page and "Check 1107" in page and "-42.10" in page
    assert "77.77" not in page
    assert "nothing is owed" in signed_on(account("third")).get("/pscof/manage/payments").content.decode()
