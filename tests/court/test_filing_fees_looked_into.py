"""Filing fees when something goes another way: no answer from Pay.gov, two payers, sealed filings, codes that are mistyped."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from openecf.court.cases.models import Case
from openecf.court.docket import services as docket
from openecf.court.docket.models import Entry
from openecf.court.fees import charging, owing, paying
from openecf.court.fees.models import FilingFee, FilingFeeFinding
from openecf.court.people.models import CourtUser
from openecf.court.transition import rules as transition_rules
from openecf.court.transition import services as transition
from openecf.platform.audit.models import AuditLine
from openecf.platform.config import this_site
from openecf.platform.mail.models import OutgoingMail
from openecf.platform.payments.models import Attempt, Payment
from tests.court import agency, callers
from tests.court import world as invented
from tests.court.test_filing_fees import AMOUNTS, EVENT, browser_of, file, is_open, later, owed, words, world  # noqa: F401
from tests.platform.tollbooth import Tollbooth, at_once, tollbooth  # noqa: F401  (a fixture)

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(this_site().id != "flsb", reason="files the bankruptcy court's events"),
]
CHAMBERS = 6


def stuck(world: invented.World, tollbooth: Tollbooth) -> str:  # noqa: F811
    """A payment of which nobody heard and Pay.gov tells nothing: its number."""
    owed(world)
    browser_of(world.counsel).post("/utilities/fees")
    Attempt.objects.update(state="unknown", next_look_at=None, completions=1)
    return Attempt.objects.get().number


def another_clerk() -> CourtUser:
    return CourtUser.objects.create(
        login="osecond", group="clerk", first_name="Orla", last_name="Second", account=invented.account(77),
        email="osecond@court.example",
    )  # fmt: skip


def test_two_clerks_find_that_pay_gov_never_took_it_and_the_filer_is_told_and_can_pay_again(world, tollbooth):  # noqa: F811
    number = stuck(world, tollbooth)
    first, second = browser_of(world.clerk), browser_of(another_clerk())
    page = f"/court/fees/stuck/{number}"
    assert page in words(first.get("/court/fees"))
    assert first.post(page, {"which": "never", "never-reason": " "}).status_code == 200
    assert not FilingFeeFinding.objects.exists()
    assert first.post(page, {"which": "never", "never-reason": "Not in the report of May 4"}).status_code == 302
    made = FilingFeeFinding.objects.get()
    agree = {"which": "agree", "finding": str(made.id)}
    assert first.post(page, agree).status_code == 409, "one pair of eyes is not two"
    assert "Not in the report of May 4" in words(second.get(page))
    assert second.post(page, {"which": "never", "never-reason": "x"}).status_code == 409, (
        "somebody found something already"
    )
    assert (
        second.post(page, {"which": "aside", "finding": str(made.id), "aside-remark": "It came late."}).status_code
        == 302
    )
    assert Attempt.objects.get().state == "unknown"
    first.post(page, {"which": "never", "never-reason": "Not in the report of May 5"})
    agree["finding"] = str(FilingFeeFinding.objects.get(outcome="waiting").id)
    assert second.post(page, agree).status_code == 302
    assert second.post(page, agree).status_code == 302 and Attempt.objects.get().state == "failed"
    told = OutgoingMail.objects.order_by("id").last()
    assert "the payment service never took it" in told.text and "$199.00" in told.text
    assert {"fee.finding", "fee.finding-refused", "fee.finding-agreed"} <= set(
        AuditLine.objects.values_list("act", flat=True)
    )
    assert not is_open(world.counsel)
    assert browser_of(world.counsel).post("/utilities/fees").status_code == 302, "it can be paid again"


def test_while_pay_gov_does_not_answer_who_has_paid_files_on(world, tollbooth):  # noqa: F811
    """The filer can do nothing more, and is told not to pay again."""
    stuck(world, tollbooth)
    assert "Please do not pay it again" in words(browser_of(world.counsel).get("/utilities/fees"))
    assert is_open(world.counsel)


def test_who_pays_beside_somebody_else_is_told_so_and_not_to_finish_what_is_not_hers(world, tollbooth):  # noqa: F811
    owed(world)
    agent, who = agency.agent()
    agency.let(world.counsel, agent, may_pay=True)
    callers.client(who).post("/utilities/fees")
    browser = browser_of(world.counsel)
    assert "Somebody else who may pay these fees" in words(browser.get("/utilities/fees"))
    assert "at the payment service</button>" not in words(browser.get("/utilities/fees"))
    refused = browser.post("/utilities/fees")
    assert refused.status_code == 409 and "You began a payment" not in words(refused)


def test_the_job_asks_for_no_money_of_which_nothing_is_owed_any_more(world, tollbooth):  # noqa: F811
    fee = owed(world)
    tollbooth.pays(browser_of(world.counsel).post("/utilities/fees").headers["Location"])
    charging.waive(fee_id=fee.id, said="IFP granted.", by="user:1", at=timezone.now())
    assert paying.follow(now=later(minutes=61)) == 1
    fee.refresh_from_db()
    assert Payment.objects.get().status == "given-up" and not fee.refund_due


def test_the_receipt_of_an_entry_that_is_sealed_at_this_moment_is_sealed(world):  # noqa: F811
    fee = owed(world)
    rows = owing.open_fees(world.counsel.id)
    Entry.objects.filter(id=fee.entry_id).update(restriction=2)
    with transaction.atomic():
        charging.pay(rows, receipt="1", by="system", at=timezone.now())
    assert Entry.objects.get(event=docket.RECEIPT).restriction == 2


@pytest.mark.parametrize("what", ["case", "entry"])
def test_of_a_filing_open_to_chambers_alone_the_clerks_office_sees_that_a_fee_is_due_and_no_more(world, what):  # noqa: F811
    fee = owed(world)
    if what == "case":
        Case.objects.filter(id=world.case.id).update(restriction=CHAMBERS)
    else:
        Entry.objects.filter(id=fee.entry_id).update(restriction=CHAMBERS)
    clerk = browser_of(world.clerk)
    for page in (clerk.get("/court/fees"), clerk.get(f"/court/fees/{fee.id}")):
        assert fee.what not in words(page) and world.case.number not in words(page)
        assert "$199.00" in words(page) and "not open to you" in words(page)
    assert clerk.post(f"/court/fees/{fee.id}", {"act": "waive", "waive-said": "Order"}).status_code == 302


def test_an_agent_sees_of_a_sealed_filing_what_is_owed_and_the_filer_what_for(world):  # noqa: F811
    fee = owed(world)
    Entry.objects.filter(id=fee.entry_id).update(restriction=2)
    agent, who = agency.agent()
    agency.let(world.counsel, agent)
    agents, own = callers.client(who), browser_of(world.counsel)
    for page in ("/utilities/fees", "/filing/"):
        assert fee.what not in words(agents.get(page)) and "$199.00" in words(agents.get(page))
        assert fee.what in words(own.get(page)), "who filed it reads on"


def test_a_page_reads_payments_once_however_many_fees_there_are(world, django_assert_num_queries):  # noqa: F811
    for _each in range(3):
        owed(world)
    FilingFee.objects.update(bill="00000000-0000-4000-8000-000000000001", due_at=timezone.now() - timedelta(days=1))
    with django_assert_num_queries(2):
        assert len(owing.overdue(world.counsel.id, at=timezone.now())) == 3


def test_a_fee_of_an_event_that_the_court_has_not_is_refused_when_it_is_set(world):  # noqa: F811
    typed = '{"amounts": {"motion:relief-from-stays": [{"since": "2023-12-01", "cents": 19900}]}}'
    with pytest.raises(transition_rules.BadSetting, match="no event motion:relief-from-stays") as refused:
        transition.change_profile(words={"filing_fees": typed}, by="operator", at=timezone.now())
    assert f"Is it {EVENT}?" in str(refused.value)
    transition.change_profile(words={"filing_fees": typed.replace("stays", "stay")}, by="operator", at=timezone.now())
    assert AMOUNTS[EVENT][1]["cents"] == 19900
