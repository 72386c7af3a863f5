"""What filings cost: charged with the filing, paid once at Pay.gov, and nothing more is filed by who has not paid in time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlsplit

import pytest
from django.db import transaction
from django.utils import timezone

from openecf.court.cases.models import Case
from openecf.court.docket import services as docket
from openecf.court.docket.models import Entry
from openecf.court.fees import charging, owing, paying
from openecf.court.fees.models import FilingFee
from openecf.court.fees.rules import FilingFees
from openecf.court.filing import services as filing
from openecf.court.filing.models import Draft
from openecf.court.people.models import CourtUser
from openecf.court.transition import queries as transition
from openecf.court.transition import rules as transition_rules
from openecf.court.transition.models import CourtProfile
from openecf.kernel.money import Money
from openecf.platform.audit.models import AuditLine
from openecf.platform.config import this_site
from openecf.platform.mail.models import OutgoingMail
from openecf.platform.payments import gateway
from openecf.platform.payments import services as collecting
from openecf.platform.payments.models import Attempt, Payment
from openecf.platform.payments.rules import State, Transaction
from tests.court import agency, callers, pdfs
from tests.court import world as invented
from tests.court.test_filing_submit import court_answers, prepared
from tests.platform.tollbooth import DECLINED, Tollbooth, at_once, tollbooth  # noqa: F401  (a fixture)

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(this_site().id != "flsb", reason="files the bankruptcy court's events"),
]
EVENT = "motion:relief-from-stay"
AMOUNTS = {EVENT: [{"since": "2020-12-01", "cents": 18800}, {"since": "2023-12-01", "cents": 19900}]}
ZONE = "America/New_York"


@pytest.fixture
def world(tollbooth: Tollbooth, monkeypatch) -> Iterator[invented.World]:  # noqa: F811
    """A court that charges, to be paid within 24 hours; its gateway is the sandbox."""
    monkeypatch.setattr(gateway, "config", lambda: tollbooth.config)
    world = invented.make()
    set_fees()
    return world


def set_fees(**facts: object) -> None:
    CourtProfile.objects.update(filing_fees={"amounts": AMOUNTS, "pay_within": 24} | facts)
    transition.forget()


def file(world: invented.World, user: CourtUser, event: str = EVENT, **said: object) -> Entry:
    draft = prepared(world, user, event, files=(pdfs.plain(1),), **said)
    return filing.submit(draft_id=draft.id, reader=world.reader(user), at=timezone.now())


def browser_of(user: CourtUser):
    return callers.client(callers.person(account=user.account))


def words(answer) -> str:
    return answer.content.decode()


def late(fee: FilingFee) -> None:
    FilingFee.objects.filter(id=fee.id).update(due_at=timezone.now() - timedelta(minutes=1))


def owed(world: invented.World) -> FilingFee:
    """The fee of a motion that was filed, past its deadline."""
    fee = FilingFee.objects.get(entry=file(world, world.counsel))
    late(fee)
    return fee


def later(**by: int):
    return lambda: timezone.now() + timedelta(**by)


def is_open(user: CourtUser) -> bool:
    """Whether the person may file: by the page, by a direct address, and by the menu."""
    browser = browser_of(user)
    answers = [browser.get("/filing/"), browser.get("/filing/drafts"), browser.post("/filing/start", {"event": EVENT})]
    is_so = [answer.status_code != 403 for answer in answers]
    assert len(set(is_so)) == 1, answers
    assert ("/filing/?" in words(browser.get("/utilities/"))) is is_so[0], "the menu goes with it"
    return is_so[0]


# What it costs, and by when.


@pytest.mark.parametrize(
    ("event", "group", "on", "cents"),
    [
        (EVENT, "attorney", date(2023, 11, 30), 18800),
        (EVENT, "attorney", date(2023, 12, 1), 19900),
        (EVENT, "attorney", date(2020, 11, 30), 0),
        (EVENT, "us-trustee", date(2024, 1, 1), 0),
        ("motion:dismiss-case", "attorney", date(2024, 1, 1), 0),
    ],
)
def test_the_schedule_of_the_courts_day_counts(event, group, on, cents):
    assert FilingFees(amounts=AMOUNTS).cents_for(event, group=group, on=on) == cents


@pytest.mark.parametrize(
    ("within", "due"),
    [
        (None, None),
        (48, datetime(2024, 3, 10, 3, 30, tzinfo=UTC)),
        ("same-day", datetime(2024, 3, 8, 4, 59, 59, tzinfo=UTC)),
    ],
)
def test_a_fee_is_due_by_the_courts_deadline(within, due):
    """Filed at 10:30 PM of March 7 at the court."""
    charged = datetime(2024, 3, 8, 3, 30, tzinfo=UTC)
    assert FilingFees(pay_within=within).due_at(charged, zone=ZONE) == due


@pytest.mark.parametrize(
    ("typed", "is_right"),
    [
        (
            '{"amounts": {"motion:relief-from-stay": [{"since": "2023-12-01", "cents": 19900}]}, "pay_within": "same-day"}',
            True,
        ),
        ('{"pay_within": 24, "exempt": ["trustee"]}', True),
        ('{"pay_within": "tomorrow"}', False),
        ('{"pay_within": 0}', False),
        ('{"amounts": {"x:y": [{"since": "2023-12-01", "cents": -1}]}}', False),
        ('{"amounts": {"x:y": [{"cents": 1}]}}', False),
        ("{", False),
    ],
)
def test_the_profile_takes_fees_as_they_are_meant(typed, is_right):
    if is_right:
        assert transition_rules.read_settings({"filing_fees": typed}, zone=ZONE)["filing_fees"]
    else:
        with pytest.raises(transition_rules.BadSetting):
            transition_rules.read_settings({"filing_fees": typed}, zone=ZONE)


# The road.


def test_it_is_shown_before_it_is_charged_and_filed_with_the_filing_and_paid_together(world, tollbooth):  # noqa: F811
    draft = prepared(world, world.counsel, EVENT, files=(pdfs.plain(1),))
    browser = browser_of(world.counsel)
    assert "This filing costs $199.00" in words(browser.get(f"/filing/{draft.id}/final"))
    assert not FilingFee.objects.exists()
    browser.post(f"/filing/{draft.id}/final", {"version": draft.version})
    done = words(browser.get(f"/filing/{draft.id}/done"))
    assert "A filing fee of $199.00 is due" in done and "nothing more can be filed until it is paid" in done
    file(world, world.counsel)  # filing goes on, and what is due adds up
    page = words(browser.get("/utilities/fees"))
    assert "Together $398.00" in page and "Pay $398.00 at the payment service" in page
    way = browser.post("/utilities/fees")
    back = tollbooth.pays(way.headers["Location"])
    told = words(browser.get(urlsplit(back.headers["Location"]).path, follow=True))
    tracking = tollbooth.books.latest()[0].tracking
    assert "Nothing is due." in told and f"You paid $398.00. Receipt number: {tracking}." in told
    assert {fee.receipt for fee in FilingFee.objects.all()} == {tracking}
    receipts = list(Entry.objects.filter(title="Receipt of Filing Fee").order_by("id").values_list("number", "text"))
    assert [number for number, _text in receipts] == ["", ""], "the docket tells it, without a number"
    assert f"(re: Doc # 1). Receipt number {tracking}, amount $199.00." in receipts[0][1]
    assert tracking in words(browser.get("/utilities/fees")), "the history of payments"
    assert browser.post("/utilities/fees").status_code == 409 and Payment.objects.count() == 1


def test_what_has_no_fee_what_the_court_dockets_and_who_is_exempt_cost_nothing(world):
    file(world, world.counsel, "motion:dismiss-case")
    file(world, world.clerk, details=court_answers())
    CourtUser.objects.filter(id=world.opponent.id).update(group="us-trustee")
    world.opponent.refresh_from_db()
    file(world, world.opponent)
    assert not FilingFee.objects.exists()


def test_who_has_not_paid_in_time_files_nothing_until_it_is_paid_reads_on_and_is_told_how(world, tollbooth):  # noqa: F811
    entry = file(world, world.counsel)
    fee = FilingFee.objects.get()
    assert is_open(world.counsel), "until the deadline filing goes on"
    draft = prepared(world, world.counsel, "motion:dismiss-case", files=(pdfs.plain(1),))
    late(fee)
    assert not is_open(world.counsel) and is_open(world.opponent), "others are not concerned"
    browser = browser_of(world.counsel)
    page = browser.get(f"/filing/{draft.id}/final")
    assert page.status_code == 403 and "$199.00" in words(page) and "/utilities/fees" in words(page)
    assert browser.post(f"/filing/{draft.id}/final", {"version": draft.version}).status_code == 403
    assert Entry.objects.count() == 1, "neither by a direct address"
    program = callers.client(callers.person(account=world.counsel.account, kind="api"))
    assert program.post("/filing/start", {"event": EVENT}).status_code == 403, "nor by a program"
    filed = Draft.objects.get(entry=entry)
    assert browser.get(f"/filing/{filed.id}/done").status_code == 200, "what is filed can be looked at"
    assert browser.get("/cgi-bin/iquery.pl").status_code == 200
    tollbooth.pays(browser.post("/utilities/fees").headers["Location"])
    assert browser.get(f"/utilities/fees/back/{Attempt.objects.get().number}").status_code == 302
    assert is_open(world.counsel)
    assert browser.post(f"/filing/{draft.id}/final", {"version": draft.version}).status_code == 302, (
        "the draft was kept"
    )


def test_an_agent_is_kept_from_filing_with_the_principal_and_pays_if_let(world, tollbooth):  # noqa: F811
    owed(world)
    agent, who = agency.agent()
    let = agency.let(world.counsel, agent)
    browser = callers.client(who)
    assert browser.get("/filing/").status_code == 403
    page = words(browser.get("/utilities/fees"))
    assert "has not let you pay" in page and "the filings of Tobias Okafor" in page
    assert browser.post("/utilities/fees").status_code == 409 and not Payment.objects.exists()
    type(let).objects.filter(id=let.id).update(may_pay=True)
    page = words(browser.get("/utilities/fees"))
    assert "Together $199.00" in page
    way = browser.post("/utilities/fees").headers["Location"]
    assert browser_of(world.counsel).post("/utilities/fees").status_code == 409, "nobody pays twice"
    back = tollbooth.pays(way).headers["Location"]
    assert "Nothing is due." in words(browser.get(urlsplit(back).path, follow=True))
    assert browser.get("/filing/").status_code == 200 and is_open(world.counsel)


@pytest.mark.parametrize("act", ["paid", "waive", "time"])
def test_the_clerk_lifts_it_and_the_record_says_why(world, act):
    fee, clerk = owed(world), browser_of(world.clerk)
    assert fee.entry.case.number in words(clerk.get("/court/fees")) and "(past)" in words(clerk.get("/court/fees"))
    page = f"/court/fees/{fee.id}"
    assert clerk.post(page, {"act": act, f"{act}-said": " "}).status_code == 200 and not is_open(world.counsel)
    assert clerk.post(page, {"act": act, f"{act}-said": "Receipt 77"}).headers["Location"] == f"{page}?done={act}"
    assert is_open(world.counsel)
    acts = {"paid": "fee.paid", "waive": "fee.waived", "time": "fee.time-given"}
    assert AuditLine.objects.get(act=acts[act]).subject == f"fee:{fee.id}"
    assert Entry.objects.filter(title="Receipt of Filing Fee").count() == int(act == "paid")
    if act != "time":
        assert clerk.post(page, {"act": act, f"{act}-said": "Twice"}).status_code == 409
    assert "Receipt 77" in words(browser_of(world.counsel).get("/utilities/fees")), "the filer reads why"


def test_more_time_ends_with_the_courts_day_that_was_named(world):
    fee, clerk = owed(world), browser_of(world.clerk)
    yesterday = (timezone.now() - timedelta(days=2)).date()
    clerk.post(f"/court/fees/{fee.id}", {"act": "time", "time-said": "x", "time-until": str(yesterday)})
    assert not is_open(world.counsel)
    clerk.post(
        f"/court/fees/{fee.id}", {"act": "time", "time-said": "x", "time-until": str(yesterday + timedelta(days=9))}
    )
    assert is_open(world.counsel)


def test_a_declined_card_and_a_turn_back_leave_it_due_and_nobody_is_charged_twice(world, tollbooth):  # noqa: F811
    fee, browser = owed(world), browser_of(world.counsel)
    way = browser.post("/utilities/fees").headers["Location"]
    assert browser.post("/utilities/fees").status_code == 409, "one at a time"
    assert "You have not finished" in words(browser.get("/utilities/fees"))
    assert browser.post("/utilities/fees/continue").headers["Location"] == way
    assert browser.post("/utilities/fees/shred").status_code == 404
    assert browser.post("/utilities/fees/give-up").status_code == 302
    tollbooth.pays(browser.post("/utilities/fees").headers["Location"], number=DECLINED)
    last = Attempt.objects.order_by("id").last().number
    told = words(browser.get(f"/utilities/fees/back/{last}", follow=True))
    assert "Your payment was not made" in told and "You paid" not in told
    fee.refresh_from_db()
    assert fee.is_open and not is_open(world.counsel)
    stranger = browser_of(world.stranger)
    assert stranger.get(f"/utilities/fees/back/{last}").status_code == 404
    assert "Your payment" not in words(stranger.get(f"/utilities/fees?came={last}"))


def test_what_is_waived_while_the_payer_is_at_the_hosted_page_is_never_asked_for(world, tollbooth):  # noqa: F811
    fee, browser = owed(world), browser_of(world.counsel)
    way = browser.post("/utilities/fees").headers["Location"]
    charging.waive(fee_id=fee.id, said="IFP granted.", by="user:1", at=timezone.now())
    tollbooth.pays(way)
    browser.get(f"/utilities/fees/back/{Attempt.objects.get().number}")
    assert Attempt.objects.get().state == "cancelled" and not Payment.objects.filter(status="paid").exists()


def test_money_that_came_twice_is_to_be_given_back_and_written_down(world, tollbooth):  # noqa: F811
    """The clerk marked it as paid while the money was asked for, by a process that died."""
    fee, browser, clerk = owed(world), browser_of(world.counsel), browser_of(world.clerk)
    tollbooth.pays(browser.post("/utilities/fees").headers["Location"])
    Attempt.objects.update(state="completing", completions=1, claimed_at=timezone.now(), next_look_at=timezone.now())
    charging.mark_paid(fee_id=fee.id, said="Cash 5", by="user:1", at=timezone.now())
    paying.follow(now=later(minutes=61))
    fee.refresh_from_db()
    assert (fee.refund_due, fee.receipt) == (True, "Cash 5")
    assert "To be given back" in words(clerk.get("/court/fees"))
    assert tollbooth.books.latest()[0].tracking in words(clerk.get(f"/court/fees/{fee.id}")), (
        "what to look for in Pay.gov"
    )
    assert clerk.post(f"/court/fees/{fee.id}", {"act": "refund", "refund-said": "Pay.gov 9"}).status_code == 302
    assert "To be given back" not in words(clerk.get("/court/fees"))
    assert clerk.post(f"/court/fees/{fee.id}", {"act": "refund", "refund-said": "Pay.gov 9"}).status_code == 409


def test_of_two_who_pay_the_same_fees_beside_each_other_one_pays_and_no_money_is_lost(world, tollbooth):  # noqa: F811
    """The first payment seemed over when an agent began another; then it was paid all the same."""
    fee, browser = owed(world), browser_of(world.counsel)
    tollbooth.pays(browser.post("/utilities/fees").headers["Location"])
    first = Attempt.objects.get()
    Attempt.objects.update(state="failed", over_at=timezone.now(), next_look_at=None)
    agent, who = agency.agent()
    agency.let(world.counsel, agent, may_pay=True)
    second = callers.client(who)
    way = second.post("/utilities/fees").headers["Location"]
    told = tollbooth.client.complete(token=first.token)
    Attempt.objects.filter(id=first.id).update(state="completing", over_at=None)
    collecting.decide(attempt=first.id, told=told, settle=paying.settle, by="system", at=timezone.now())
    fee.refresh_from_db()
    assert fee.receipt == told.tracking and not fee.refund_due and is_open(world.counsel)
    back = tollbooth.pays(way).headers["Location"]
    assert "Nothing is due." in words(second.get(urlsplit(back).path, follow=True))
    assert Payment.objects.filter(status="paid").count() == 1, "the second is never asked for"


def test_while_a_bank_is_asked_filing_is_open_and_its_no_is_mailed_and_closes_it(world, tollbooth):  # noqa: F811
    tollbooth.books.settles_after = timedelta(hours=1)
    fee, browser = owed(world), browser_of(world.counsel)
    way = tollbooth.pays(browser.post("/utilities/fees").headers["Location"], by="ACH")
    assert "three business days" in words(browser.get(urlsplit(way.headers["Location"]).path, follow=True))
    assert is_open(world.counsel)
    with pytest.raises(charging.Settled):
        charging.waive(fee_id=fee.id, said="x", by="user:1", at=timezone.now())
    attempt = Attempt.objects.get()
    told = Transaction(attempt.tracking, attempt.number, Money(19900), State.FAILED, "Failed", "ACH", None)
    collecting.decide(attempt=attempt.pk, told=told, settle=paying.settle, by="system", at=timezone.now())
    assert not is_open(world.counsel)
    assert "turned down by your bank" in OutgoingMail.objects.order_by("id").last().text


def test_a_payment_that_nobody_heard_of_is_found_by_pay_govs_number(world, tollbooth):  # noqa: F811
    owed(world)
    browser, clerk = browser_of(world.counsel), browser_of(world.clerk)
    tollbooth.pays(browser.post("/utilities/fees").headers["Location"])
    done = tollbooth.client.complete(token=Attempt.objects.get().token)
    Attempt.objects.update(state="unknown", next_look_at=None, completions=1)
    number = Attempt.objects.get().number
    assert number in words(clerk.get("/court/fees"))
    page = f"/court/fees/stuck/{number}"
    assert clerk.post(page, {"which": "ask", "ask-tracking": "nonsense"}).status_code == 409
    assert clerk.post(page, {"which": "ask", "ask-tracking": done.tracking}).status_code == 302
    assert clerk.get(page).status_code == 302, "nothing is left to be found out"
    assert is_open(world.counsel) and FilingFee.objects.get().receipt == done.tracking


def test_two_payments_of_fees_in_the_same_cases_hold_the_cases_in_one_order(world):
    fees = [FilingFee.objects.get(entry=file(world, world.counsel)) for _each in range(2)]
    other = Case.objects.create(
        number="24-10002", year=2024, serial=10002, caption="Another", filed=date(2024, 1, 2), next_seq=50
    )
    Entry.objects.filter(id=fees[0].entry_id).update(case=other)
    with transaction.atomic():
        charging.pay(owing.open_fees(world.counsel.id), receipt="1", by="system", at=timezone.now())
    told = Entry.objects.filter(event=docket.RECEIPT).order_by("id")
    assert list(told.values_list("case_id", flat=True)) == [world.case.id, other.id]


def test_without_a_deadline_nobody_is_kept_and_a_page_asks_nothing_more(world, django_assert_num_queries):
    set_fees(pay_within=None)
    fee = FilingFee.objects.get(entry=file(world, world.counsel))
    assert fee.due_at is None and is_open(world.counsel)
    with django_assert_num_queries(0):
        assert owing.overdue(world.counsel.id, at=timezone.now()) == []
