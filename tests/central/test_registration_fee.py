"""The fee of an approved registration: the applicant is led to the court's page that takes it, and to no other."""

from __future__ import annotations

import pytest

from openecf.central.courts import queries as courts
from openecf.platform.mail.models import OutgoingMail
from tests.central.standing import standing
from tests.central.test_registration import browser_of, hear, people, sent, text

pytestmark = pytest.mark.django_db
stands, begins = standing(people)


def site_of(court: str) -> str:
    return next(one.base_url for one in courts.courts() if one.id == court)


@pytest.mark.parametrize(
    ("page", "shown"),
    [("{court}/registration/fee/1", True), ("https://elsewhere.example/pay", False), ("{court}.evil.example/x", False),
     ("", False)],
)  # fmt: skip
def test_the_fee_is_paid_on_the_courts_own_page_if_the_court_names_one_and_on_no_other(page, shown):
    browser = browser_of()
    request = sent(browser)
    page = page.format(court=site_of(request.court))
    hear(request, "approved", 1, login="mquimby", group="attorney", fee_cents=20000, fee_page=page)
    mail = OutgoingMail.objects.filter(subject__startswith="You may file").get()
    told = browser.get(f"/pscof/manage/efile/{request.id}").content.decode()
    assert ("Pay the fee of $200.00" in told) is shown and (bool(page) and page in mail.text + told) is shown
    hear(request, "fee-paid", 2, said="Pay.gov: 1A2B")
    assert "Pay.gov: 1A2B" in text(browser.get(f"/pscof/manage/efile/{request.id}"))
    assert "Pay.gov: 1A2B" in OutgoingMail.objects.filter(subject__endswith="the fee is paid").get().text
    assert "Pay the fee" not in text(browser.get(f"/pscof/manage/efile/{request.id}"))
