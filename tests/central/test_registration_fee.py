"""The fee of an approved registration: the applicant is led to the court's page that takes it, and to no other."""

from __future__ import annotations

import pytest

from openecf.central.courts import queries as courts
from openecf.central.registration.models import EfileRequest
from openecf.platform.mail.models import OutgoingMail
from tests.central.standing import standing
from tests.central.test_registration import STEPS, admit, browser_of, hear, people, sent, text

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


def test_an_approval_that_waits_for_its_fee_is_shown_and_mailed_as_such_and_ends_with_access():
    browser = browser_of()
    request = sent(browser)
    page, mine = f"{site_of(request.court)}/registration/fee/1", f"/pscof/manage/efile/{request.id}"
    hear(request, "fee-due", 2, fee_cents=20000, fee_page=page)
    mail = OutgoingMail.objects.get(subject__endswith="approved, the fee is due")
    assert "You can file there as soon as its fee is paid" in mail.text and page in mail.text
    told = text(browser.get(mine))
    assert "Approved, fee due" in told and "$200.00, <strong>due" in told and "Pay the fee of $200.00" in told
    assert "Fee due: $200.00" in text(browser.get("/pscof/manage/efile"))
    court = request.court
    assert "one at a time" in text(browser.get(f"/pscof/manage/efile/attorney/{court}")), "it is open still"
    hear(request, "fee-paid", 3, said="Pay.gov: 1A2B", fee_cents=20000, fee_paid=True)
    hear(request, "approved", 4, login="mquimby", group="attorney", fee_cents=20000, fee_paid=True)
    letter = OutgoingMail.objects.get(subject__startswith="You may file").text
    assert "is due" not in letter and "mquimby" in text(browser.get(mine))
    hear(request, "fee-due", 2, fee_cents=20000, fee_page=page)
    assert "You can file at this court" in text(browser.get(mine)), "what comes late and again changes nothing"


def test_an_approval_that_overtakes_its_waiting_state_is_the_end_all_the_same():
    browser = browser_of()
    request = sent(browser)
    hear(request, "approved", 4, login="mquimby", group="attorney", fee_cents=20000, fee_waived=True)
    hear(request, "fee-due", 2, fee_cents=20000)
    hear(request, "fee-waived", 3, said="By order.", fee_cents=20000, fee_waived=True)
    told = text(browser.get(f"/pscof/manage/efile/{request.id}"))
    assert "Approved</strong>. You can file" in told and "$200.00, waived" in told
    assert "By order." in OutgoingMail.objects.get(subject__endswith="the fee is waived").text


def test_who_does_not_want_to_pay_takes_the_request_back_and_may_ask_again():
    browser = browser_of()
    request = sent(browser)
    hear(request, "fee-due", 2, fee_cents=20000)
    browser.post(f"/pscof/manage/efile/{request.id}/withdraw")
    assert "Withdrawn" in (told := text(browser.get(f"/pscof/manage/efile/{request.id}"))) and "not due" in told
    hear(request, "fee-refunded", 5, said="R-81", fee_cents=20000)
    assert "R-81" in OutgoingMail.objects.get(subject__endswith="money is given back").text


def test_a_court_that_wants_its_fee_first_says_so_before_anything_is_typed():
    site = next(one for one in courts.courts() if one.id == "flsb")
    site.registration["fee_before_access"] = True
    site.save()
    assert "You can file" not in text(browser_of().get("/pscof/manage/efile/attorney/flsb"))
    assert "you can file as soon as it is paid" in text(browser_of().get("/pscof/manage/efile/attorney/flsb"))


def test_bar_admissions_that_one_court_was_told_are_offered_to_the_next():
    browser = browser_of()
    sent(browser)
    admit("nysb", said={"accepts": {"e-file": {}}})
    browser.post("/pscof/manage/efile/attorney/nysb")
    asked = EfileRequest.objects.get(court="nysb")
    for step in ("role", "filer"):
        browser.post(f"/pscof/manage/efile/{asked.id}/{step}", STEPS[step])
    assert 'value="0044021"' in text(browser.get(f"/pscof/manage/efile/{asked.id}/bars"))
    assert "bars" not in EfileRequest.objects.get(court="nysb").answers, "the person confirms them"
