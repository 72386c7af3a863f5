"""Checks that come by mail: entered once, put on bills or kept until somebody knows for what, taken back with a reason."""

from __future__ import annotations

import re
from datetime import date
from uuid import UUID, uuid4

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from openecf.central.accounts.models import Account
from openecf.central.billing import bills, checks, queries, rules, services
from openecf.central.billing.models import Check, LedgerLine
from openecf.central.billing.services import checks as acts
from openecf.kernel.money import Money
from openecf.platform.audit.models import AuditLine
from openecf.platform.mail.models import OutgoingMail
from tests.central.registrants import at_once, errors
from tests.central.relying import account, signed_on
from tests.central.test_billing_disputes import MADE_Q1, NOW, desk_of, owed, used

pytestmark = pytest.mark.django_db
DATED, CAME = date(2026, 5, 7), date(2026, 5, 11)


def billed(*cents: int, **facts: object) -> Account:
    """Somebody with an invoice a sum: of the last quarters, oldest first."""
    who = account(**facts)
    for quarter, sum_ in zip((date(2025, 11, 3), date(2026, 2, 3)), (*cents, 0), strict=False):
        if sum_:
            used(who, sum_, queries.midnight(quarter))
    services.make_due(at=MADE_Q1)
    OutgoingMail.objects.all().delete()
    return who


def enter(
    dollars: str, who: Account | None = None, *, by: UUID | None = None, number: str = "1017", **facts: object
) -> UUID:
    base = {"dated": DATED, "drawer": "Quillfeather LLC", "received_on": CAME, "sheet": uuid4()}
    return services.enter_check(
        number=number,
        amount=Money.of(dollars),
        payer=who.id if who else None,
        by=by or uuid4(),
        at=NOW,
        **(base | facts),
    )


def share(check: UUID, *dollars: str, rest: str = "", by: UUID | None = None, left: str = "") -> None:
    """Put a check on its account's open bills, oldest first, and ``rest`` on the account."""
    found = checks.check(check)
    payer = Account.objects.get(pk=found.payer)
    wanted = {
        bill.statement: Money.of(each) for bill, each in zip(checks.open_bills(payer), dollars, strict=False) if each
    }
    services.share_out_check(
        check=check, shares=wanted | {None: Money.of(rest or "0")}, left=Money.of(left) if left else found.left,
        by=by or uuid4(), at=NOW,
    )  # fmt: skip


def back(check: UUID, why: str = "funds", by: UUID | None = None) -> None:
    services.take_check_back(check=check, why=why, remark="The bank's notice of today.", by=by or uuid4(), at=NOW)


def ledger(who: Account) -> list[tuple[str, int]]:
    return list(LedgerLine.objects.filter(payer=who).order_by("id").values_list("kind", "cents"))


@pytest.mark.parametrize(("owed_", "billed_", "left"), [
    ("0.00", ("40.00", "35.00"), ("0.00", "0.00")),
    ("75.00", ("40.00", "35.00"), ("40.00", "35.00")),
    ("35.01", ("40.00", "35.00"), ("0.01", "35.00")),
    ("20.00", ("40.00", "35.00"), ("0.00", "20.00")),
    ("128.00", ("40.00", "35.00"), ("40.00", "35.00")),
    ("-5.00", ("40.00",), ("0.00",)),
])  # fmt: skip
def test_the_oldest_bills_are_paid_first(owed_, billed_, left):
    found = rules.open_amounts(owed=Money.of(owed_), billed=[Money.of(each) for each in billed_])
    assert [str(each) for each in found] == list(left)


@pytest.mark.parametrize(("typed", "number"), [
    ("1017", "1017"), ("0001017", "1017"), ("# 1017", "1017"), ("10 17", "1017"), ("0", None), ("", None), ("12a", None),
    ("1" * 16, None), ("١٢", None),
])  # fmt: skip
def test_a_number_is_compared_as_figures(typed, number):
    assert rules.check_number(typed) == number


def test_a_check_pays_its_bills_and_the_payer_is_told():
    who = billed(4000, 3500, email="ada@counsel.example")
    check = enter("75.00", who)
    assert ledger(who)[2:] == [] and owed(who) == "75.00", "entered is not yet in the ledger"
    share(check, "40.00", "35.00")
    assert owed(who) == "0.00" and not checks.unsettled()
    lines = [
        (line.kind, line.quarter, line.note) for line in bills.balance(payer=who.id).lines if line.amount < Money()
    ]
    note = "#1017, $75.00, 05/07/2026"
    assert lines == [("Payment", "2026-Q1", note), ("Payment", "2025-Q4", note)], (
        "each line names its bill and the check"
    )
    mail = OutgoingMail.objects.get()
    assert mail.recipients == ["ada@counsel.example"] and f"{who.number}-Q42025: $40.00" in mail.text
    assert mail.text.endswith("Nothing is owed.")
    assert list(AuditLine.objects.filter(act__startswith="check.").order_by("id").values_list("act", flat=True)) == [
        "check.entered", "check.shared-out",
    ]  # fmt: skip


def test_the_rest_of_an_odd_sum_stays_until_it_is_settled():
    who = billed(4000)
    check = enter("44.70", who)
    share(check, "40.00")
    assert (owed(who), str(checks.check(check).left), queries.how_many_wait()) == ("0.00", "4.70", 1)
    assert "$4.70 of the check is not entered yet" in OutgoingMail.objects.get().text
    share(check, rest="4.70")
    assert (owed(who), checks.unsettled(), queries.how_many_wait()) == ("-4.70", [], 0)
    assert "credit of $4.70" in OutgoingMail.objects.order_by("id").last().text


def test_a_check_of_which_nobody_knows_whose_it_is_waits_in_nobodys_ledger():
    who, other = billed(4000), account("other")
    check = enter("40.00")
    with pytest.raises(acts.WhoseCheck):
        services.share_out_check(check=check, shares={None: Money(4000)}, left=Money(4000), by=uuid4(), at=NOW)
    assert [one.payer_number for one in checks.unsettled()] == [""]
    for each in (other, who):
        services.say_whose_check(check=check, payer=each.id, by=uuid4(), at=NOW)
    share(check, "40.00")
    assert (owed(who), ledger(other)) == ("0.00", [])
    with pytest.raises(acts.LeftChanged):
        services.say_whose_check(check=check, payer=other.id, by=uuid4(), at=NOW)


@pytest.mark.parametrize(("sums", "rest", "left", "refusal"), [
    (("40.01",), "", "", acts.MoreThanTheBill),
    (("40.00",), "20.01", "", acts.MoreThanTheCheck),
    (("",), "", "", acts.NothingShared),
    (("40.00",), "", "59.99", acts.LeftChanged),
])  # fmt: skip
def test_no_cent_more_than_the_bill_or_the_check(sums, rest, left, refusal):
    who = billed(4000)
    check = enter("60.00", who)
    with pytest.raises(refusal):
        share(check, *sums, rest=rest, left=left)
    assert owed(who) == "40.00" and str(checks.check(check).left) == "60.00" and not OutgoingMail.objects.exists()


@pytest.mark.parametrize(("why", "fee"), [
    ("funds", "53.00"), ("closed", "53.00"), ("stopped", "53.00"), ("form", "0.00"), ("sent-back", "0.00"),
    ("mistake", "0.00"),
])  # fmt: skip
def test_a_check_that_is_taken_back_leaves_lines_against_its_lines_and_the_payer_reads_why(why, fee):
    who = billed(4000)
    check = enter("44.70", who)
    share(check, "40.00")
    OutgoingMail.objects.all().delete()
    back(check, why)
    assert ledger(who)[1:] == [("payment", -4000), ("returned", 4000)] + ([("fee", 5300)] if fee != "0.00" else [])
    assert owed(who) == str(Money(4000) + Money.of(fee)) and not checks.unsettled()
    (mail,) = OutgoingMail.objects.all()
    said = checks.check(check)
    assert (
        said.why in mail.text and "The bank's notice of today." in mail.text and "$40.00 that was entered" in mail.text
    )
    assert (f"${fee} is charged" in mail.text) is (fee != "0.00") and str(said.fee) == fee
    for act in (back, lambda which: share(which, rest="1.00")):
        with pytest.raises(acts.CheckTakenBack):
            act(check)
    assert services.check() == 0, "the statements are still what the ledgers say"


def test_nobody_touches_a_check_for_an_own_account():
    who = billed(4000)
    check = enter("40.00", who)
    for act in (
        lambda: enter("1.00", who, by=who.id, number="9"),
        lambda: services.say_whose_check(check=enter("2.00", number="8"), payer=who.id, by=who.id, at=NOW),
        lambda: share(check, "40.00", by=who.id),
        lambda: back(check, by=who.id),
    ):
        with pytest.raises(services.OwnRequest):
            act()
    assert owed(who) == "40.00"


def test_the_same_check_is_entered_once_by_one_button_by_two_clerks_and_after_it_was_taken_back():
    who, sheet = billed(4000), uuid4()
    check = enter("40.00", who, sheet=sheet)
    assert enter("40.00", who, sheet=sheet) == check, "a button pressed twice"
    for _clerk in range(2):
        with pytest.raises(services.EnteredAlready) as refused:
            enter("40.00", drawer="QUILLFEATHER L.L.C.")
        assert refused.value.facts["check"] == check
    back(check, "mistake")
    with pytest.raises(services.EnteredAlready):
        enter("40.00", who)
    with pytest.raises(services.EnteredAlready):
        enter("40.00", who, another_than=uuid4())
    assert checks.check(enter("40.00", who, another_than=check)).is_another
    assert enter("40.01", who) and enter("40.00", who, number="1018") and enter("40.00", who, dated=CAME)
    assert Check.objects.count() == 5


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_another", [False, True])
def test_of_two_clerks_who_enter_it_at_once_one_has_it(is_another):
    first = enter("40.00", number="77")
    said = {"number": "77", "another_than": first} if is_another else {"number": "78"}
    results = at_once([lambda: enter("40.00", **said) for _ in range(4)])
    assert sum(isinstance(each, UUID) for each in results) == 1 and Check.objects.count() == 2
    assert sum(isinstance(each, services.EnteredAlready) for each in results) == 3


@pytest.mark.django_db(transaction=True)
def test_of_two_who_put_it_on_a_bill_at_once_one_does():
    who = billed(4000)
    check = enter("80.00", who)
    bill = checks.open_bills(who)[0].statement

    shares, left = {bill: Money(4000)}, Money(8000)
    results = at_once(
        [lambda: services.share_out_check(check=check, shares=shares, left=left, by=uuid4(), at=NOW) for _ in range(4)]
    )
    assert results.count(None) == 1 and sum(isinstance(each, acts.LeftChanged) for each in results) == 3
    assert owed(who) == "0.00" and str(checks.check(check).left) == "40.00"


@pytest.mark.parametrize("change", [
    "UPDATE mailed_check SET cents = 1, left_cents = 1", "UPDATE mailed_check SET received_on = '2026-05-12'", "DELETE FROM mailed_check",
    "UPDATE mailed_check_share SET cents = 1", "DELETE FROM mailed_check_share",
])  # fmt: skip
def test_the_database_itself_keeps_what_stands_on_a_check_and_where_it_went(change):
    check = enter("40.00", billed(4000))
    share(check, "39.00")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)


def page_of(check: UUID) -> str:
    return f"/service-center/desk/checks/{check}"


def test_the_desk_enters_it_puts_it_on_bills_and_takes_it_back():
    browser = desk_of("ines")
    who, today = billed(4000, 3500), timezone.now().date()
    typed = {"sheet": str(uuid4()), "number": "001017", "amount": "$80.00", "dated": str(today), "received_on": str(today),
             "drawer": "Ada Counsel", "account": who.number}  # fmt: skip
    answer = browser.post("/service-center/desk/checks", typed)
    check = Check.objects.get()
    assert answer.headers["Location"] == f"{page_of(check.pk)}?done=entered" and (check.number, check.cents) == (
        "1017",
        8000,
    )
    again = browser.post("/service-center/desk/checks", typed | {"sheet": str(uuid4())}).content.decode()
    assert "is entered already" in again and "this is another check" in again and Check.objects.count() == 1
    html = browser.get(page_of(check.pk)).content.decode()
    assert 'value="40.00"' in html and 'value="35.00"' in html and f"{who.number}-Q42025" in html, (
        "proposed, oldest first"
    )
    first, second = (one.statement for one in checks.open_bills(who))
    sent = {"which": "share", "share-left": "80.00", f"share-bill-{first}": "40.00", f"share-bill-{second}": "35.00",
            "share-account": "0"}  # fmt: skip
    assert browser.post(page_of(check.pk), sent).status_code == 302
    assert "Look again" in browser.post(page_of(check.pk), sent).content.decode(), "pressed twice"
    assert (owed(who), Check.objects.get().left_cents) == ("0.00", 500)
    assert "$5.00" in browser.get("/service-center/desk/money").content.decode()
    assert "Choose why." in browser.post(page_of(check.pk), {"which": "back", "back-remark": "x"}).content.decode()
    browser.post(page_of(check.pk), {"which": "back", "back-why": "funds", "back-remark": "Notice of today."})
    assert owed(who) == "128.00" and "Notice of today." in browser.get(page_of(check.pk)).content.decode()
    assert "taken back" in browser.get(f"/service-center/desk/accounts/{who.number}/money").content.decode()


def test_what_is_no_check_and_whose_it_is():
    browser, today = desk_of("ines"), timezone.now().date()
    typed = {"sheet": str(uuid4()), "number": "1017", "amount": "80.00", "dated": str(today), "received_on": str(today),
             "drawer": "Ada", "account": ""}  # fmt: skip
    for wrong, said in [
        ({"number": "12a"}, "figures only"), ({"amount": "0"}, "Type an amount"), ({"amount": "1.234"}, "Type an amount"),
        ({"dated": "2999-01-01"}, "dated later"), ({"dated": "2020-01-01"}, "six months"),
        ({"received_on": "2999-01-01"}, "has not come"), ({"account": "7"}, "No account has"), ({"drawer": " "}, "the name"),
        ({"sheet": "x"}, "There is a problem"),
    ]:  # fmt: skip
        answer = browser.post("/service-center/desk/checks", typed | wrong)
        assert set(errors(answer)) == set(wrong) and said in answer.content.decode(), wrong
    assert not Check.objects.exists()
    who, check = billed(4000), enter("40.00")
    assert "What it is for" not in browser.get(page_of(check)).content.decode()
    assert browser.post(page_of(check), {"which": "whose", "whose-account": who.number}).status_code == 302
    assert "What it is for" in browser.get(page_of(check)).content.decode()
    assert browser.get(page_of(uuid4())).status_code == 404
    found = [
        browser.get(f"/service-center/desk/checks?number={number}").content.decode() for number in ("0001017", "9")
    ]
    assert "Checks found" in found[0] and "No check has this number." in found[1]
    ids = re.findall(r' id="([^"]+)"', found[0])
    assert len(ids) == len(set(ids)), "two fields for a number, each with a label of its own"


def test_the_payer_reads_of_a_check_on_the_own_page_and_nothing_of_what_it_brought_to_others():
    who, other = billed(4000), account("other")
    check = enter("49.00", other)
    share(check, rest="9.00")
    services.say_whose_check(check=check, payer=who.id, by=uuid4(), at=NOW)
    share(check, "35.00")
    pages = [signed_on(each).get("/pscof/manage/payments").content.decode() for each in (who, other)]
    assert "Checks by mail" in pages[0] and "$35.00" in pages[0] and "$5.00 is not entered yet" in pages[0]
    assert "$9.00" in pages[1] and not any(sum_ in pages[1] for sum_ in ("35.00", "$5.00", "44.00"))
    back(check, "funds")
    came = {each.id: checks.came(each.id)[0] for each in (who, other)}
    assert [str(came[each.id].fee) for each in (who, other)] == ["53.00", "0.00"]
    assert (owed(who), owed(other)) == ("93.00", "0.00"), "each owes again what it was given; who sent it, the fee"


def test_a_check_of_an_account_that_was_merged_goes_on_with_the_account_that_is_kept():
    who, kept = billed(4000), account("kept")
    check = enter("60.00", who)
    share(check, "40.00")
    services.move_balance(from_payer=who.id, to_payer=kept.id, reference="merger:x", by="desk", at=NOW)
    Account.objects.filter(pk=who.pk).update(merged_into=kept, is_active=False, closed_at=NOW)
    share(check, rest="5.00")
    assert (owed(who), owed(kept)) == ("0.00", "-5.00")
    back(check)
    assert (owed(who), owed(kept)) == ("0.00", "93.00"), "what came in for it is owed there, and the fee"
    assert services.check() == 0
