"""Several fees paid at once: for two principals beside each other, and when one of them is settled while the payer is away."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from django.utils import timezone

from openecf.court.fees import charging, paying
from openecf.court.fees.models import FilingFee
from openecf.court.people import tasks as people
from openecf.platform.audit.models import AuditLine
from openecf.platform.bus.messages import AccountMerged
from openecf.platform.config import this_site
from openecf.platform.mail.models import OutgoingMail
from openecf.platform.payments import services as payments
from openecf.platform.payments.models import Attempt, Payment
from tests.court import agency
from tests.court.test_filing_fees import browser_of, file, later, owed, words, world  # noqa: F401  (a fixture)
from tests.platform.tollbooth import tollbooth  # noqa: F401  (a fixture)

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(this_site().id != "flsb", reason="files the bankruptcy court's events"),
]
FEES = "/utilities/fees"


def test_an_agents_payment_for_one_principal_is_in_nobodys_way_who_pays_for_another(world, tollbooth):  # noqa: F811
    fees = [owed(world), FilingFee.objects.get(entry=file(world, world.opponent))]
    user, who = agency.agent()
    acting = [agency.let(each, user, may_pay=True) for each in (world.counsel, world.opponent)]
    at_pages, ways = agency.AtThePages(who), []
    for each in acting:
        assert at_pages.act_for(each) == 302
        assert "You have not finished" not in words(at_pages.browser.get(FEES)), "that is the other one's"
        ways.append(at_pages.browser.post(FEES).headers["Location"])
        assert at_pages.browser.post(FEES).status_code == 409, "of each there is one"
    assert len(set(ways)) == 2
    at_pages.act_for(acting[0])
    assert at_pages.browser.post(f"{FEES}/continue").headers["Location"] == ways[0]
    for way, attempt in zip(ways, Attempt.objects.order_by("id"), strict=True):
        tollbooth.pays(way)
        assert at_pages.browser.get(f"{FEES}/back/{attempt.number}").status_code == 302, "whomever she acts for now"
    for fee in fees:
        fee.refresh_from_db()
        assert fee.paid_at is not None
    behalf = Payment.objects.order_by("asked_at").values_list("behalf", flat=True)
    assert list(behalf) == [f"user:{world.counsel.id}", f"user:{world.opponent.id}"]


def two_at_the_gateway(world):  # noqa: F811
    """Two fees on one payment whose payer is at the hosted page, the first of them waived meanwhile; the way, the browser."""
    first = owed(world)
    file(world, world.counsel)
    browser = browser_of(world.counsel)
    way = browser.post(FEES).headers["Location"]
    assert Payment.objects.get().cents == 2 * 19900
    charging.waive(fee_id=first.id, said="IFP granted.", by="user:1", at=timezone.now())
    return browser, way


@pytest.mark.parametrize("how", ["comes back", "looks first", "goes on"])
def test_who_began_to_pay_what_is_settled_in_part_is_told_so_and_pays_the_rest_with_one_click(world, tollbooth, how):  # noqa: F811
    browser, way = two_at_the_gateway(world)
    if how == "comes back":
        tollbooth.pays(way)
        shown = words(browser.get(f"{FEES}/back/{Attempt.objects.get().number}", follow=True))
    elif how == "goes on":
        shown = words(browser.post(f"{FEES}/continue", follow=True))
    else:
        shown = words(browser.get(FEES))
    assert "Nothing was charged" in shown and "you can begin again with that" in shown
    assert "Pay $199.00 at the payment service" in shown and "You have not finished" not in shown
    again = browser.post(FEES)
    assert again.status_code == 302 and again.headers["Location"] != way
    shown = words(browser.get(f"{FEES}?outdated"))
    assert "Nothing was charged" not in shown and "Continue at the payment service" in shown, "that was before"
    tollbooth.pays(again.headers["Location"])
    browser.get(f"{FEES}/back/{Attempt.objects.order_by('id').last().number}")
    states = Payment.objects.order_by("asked_at").values_list("status", "cents")
    assert list(states) == [("given-up", 39800), ("paid", 19900)]
    assert not FilingFee.objects.filter(refund_due=True).exists() and "Nothing is due." in words(browser.get(FEES))


def test_who_does_not_come_back_is_not_charged_what_is_not_due_and_told_by_mail(world, tollbooth):  # noqa: F811
    _browser, way = two_at_the_gateway(world)
    tollbooth.pays(way)
    assert paying.follow(now=later(minutes=61)) == 1
    assert paying.follow(now=later(minutes=62)) == 0
    told = OutgoingMail.objects.order_by("id").last()
    assert "settled one of its fees meanwhile" in told.text and "$398.00" in told.text and FEES in told.text
    assert (
        Payment.objects.get().status == "given-up" and FilingFee.objects.filter(paid_at=None, waived_at=None).exists()
    )


@pytest.mark.parametrize("who", ["the filer", "an agent"])
def test_a_payment_under_way_goes_along_when_two_accounts_of_its_payer_become_one(world, tollbooth, who):  # noqa: F811
    tollbooth.books.settles_after = timedelta(hours=1)
    fee, payer = owed(world), world.counsel
    if who == "an agent":
        payer, _signed_on = agency.agent()
        agency.let(world.counsel, payer, may_pay=True)
    before = browser_of(payer)
    back = urlsplit(tollbooth.pays(before.post(FEES).headers["Location"], by="ACH").headers["Location"]).path
    told = AccountMerged(account=payer.account, into=uuid4(), number="7200002", at=timezone.now())
    for _twice in range(2):
        people.merged(told, sender="central", message_id=uuid4(), at=timezone.now())
    payer.refresh_from_db()
    after = browser_of(payer)
    assert payer.account == told.into and "You have not finished" in words(after.get(FEES))
    assert before.get(back).status_code != 302 and browser_of(world.stranger).get(back).status_code == 404
    assert Payment.objects.get().status == "open", "nobody else asks for it"
    assert "three business days" in words(after.get(back, follow=True))
    refused = after.post(FEES)
    assert refused.status_code == 409 and "Somebody else" not in words(refused)
    assert Payment.objects.count() == 1 and AuditLine.objects.filter(act="payment.followed").count() == 1
    fee.refresh_from_db()
    assert fee.is_open


def test_of_two_accounts_that_become_one_each_keeps_its_open_payment_of_the_same():
    closed, into, now = uuid4(), uuid4(), timezone.now()
    facts = {"purpose": "filing-fee", "cents": 19900, "asked_at": now, "by": "system"}
    both, other, settled, own = (
        Payment.objects.create(payer=payer, behalf=behalf, status=status, decided_at=decided_at, **facts)
        for payer, behalf, status, decided_at in (
            (closed, "", "open", None),
            (closed, "user:1", "open", None),
            (closed, "", "paid", now),
            (into, "", "open", None),
        )  # fmt: skip
    )
    payments.follow_merger(account=closed, into=into, at=now)
    assert Payment.objects.get(payer=closed) == both
    assert set(Payment.objects.filter(payer=into)) == {other, settled, own}
