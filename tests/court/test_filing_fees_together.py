"""Several fees paid at once: for two principals beside each other, and when one of them is settled while the payer is away."""

from __future__ import annotations

import pytest
from django.utils import timezone

from openecf.court.fees import charging, paying
from openecf.court.fees.models import FilingFee
from openecf.platform.config import this_site
from openecf.platform.mail.models import OutgoingMail
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
