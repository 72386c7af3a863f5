"""Whose filing the court suspended pays what is due for earlier filings, and does nothing else here."""

from __future__ import annotations

import pytest
from django.utils import timezone

from openecf.court.docket import services as docket
from openecf.court.docket.models import Entry
from openecf.court.fees.models import FilingFee
from openecf.court.people import standing
from openecf.court.people.models import CourtUser
from openecf.platform.config import this_site
from openecf.platform.mail.models import OutgoingMail
from openecf.platform.payments.models import Attempt
from tests.court import agency, callers
from tests.court.test_filing_fees import browser_of, owed, words, world  # noqa: F401  (a fixture)
from tests.platform.tollbooth import tollbooth  # noqa: F401  (a fixture)

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(this_site().id != "flsb", reason="files the bankruptcy court's events"),
]
FEES = "/utilities/fees"
ELSE = ("/filing/", "/filing/drafts", "/utilities/email", "/utilities/agents", "/utilities/mailings", "/court/fees")


@pytest.mark.parametrize("how", ["suspended", "ended before there were reasons"])
def test_who_files_no_more_pays_what_is_due_and_nothing_else_opens(world, tollbooth, how):  # noqa: F811
    fee = owed(world)
    if how == "suspended":
        standing.suspend(user_id=world.counsel.id, said="Fees of May.", by="user:1", at=timezone.now())
        assert "fees that are due for your filings you can pay" in OutgoingMail.objects.order_by("id").last().text
    else:
        CourtUser.objects.filter(id=world.counsel.id).update(active=False)
    browser = browser_of(world.counsel)
    utilities = words(browser.get("/utilities/"))
    assert f'href="{FEES}"' in utilities and "/utilities/link" not in utilities, "the account is linked already"
    if how == "suspended":
        for page in ("/", "/filing/"):
            assert f'href="{FEES}"' in words(browser.get(page)), "told where it matters"
            assert '/pscof/manage/efile"' in words(browser.get(page)), "where one applies anew"
    shown = words(browser.get(FEES))
    assert "$199.00" in shown and "Paying does not give filing back by itself" in shown and "24-10001" in shown
    assert ("Fees of May." in shown) is (how == "suspended")
    assert "Filing is open again" not in shown
    tollbooth.pays(browser.post(FEES).headers["Location"])
    assert browser.get(f"{FEES}/back/{Attempt.objects.get().number}").status_code == 302
    fee.refresh_from_db()
    assert fee.paid_at is not None and Entry.objects.filter(event=docket.RECEIPT).count() == 1
    assert "Nothing is due." in words(browser.get(FEES))
    assert [browser.get(path).status_code for path in ELSE] == [403] * len(ELSE)
    assert browser.post("/filing/start", {"event": "motion:extend-time"}).status_code == 403


def test_what_is_closed_and_what_is_another_persons_stays_so(world, tollbooth):  # noqa: F811
    fee = owed(world)
    Entry.objects.filter(id=fee.entry_id).update(restriction=4, guarded=True, row="")
    agent, who = agency.agent()
    agency.let(world.counsel, agent, may_pay=True)
    CourtUser.objects.filter(id=world.counsel.id).update(active=False, suspended_at=timezone.now(), suspended_why="x")
    shown = words(browser_of(world.counsel).get(FEES))
    assert "a filing that is not open to you" in shown and "$199.00" in shown, "it reads as any reader of PACER"
    sharing = callers.person(account=world.counsel.account, shared=True)
    for other in (sharing, callers.person(), who, callers.person(account=world.counsel.account, account_type="paa")):
        assert callers.client(other).get(FEES).status_code == 403
        assert callers.client(other).post(FEES).status_code == 403
    assert FilingFee.objects.filter(paid_at=None).count() == 1


def test_who_owes_nothing_is_not_sent_to_pay(world):  # noqa: F811
    standing.suspend(user_id=world.counsel.id, said="Discipline.", by="user:1", at=timezone.now())
    browser = browser_of(world.counsel)
    assert f'href="{FEES}"' not in words(browser.get("/")) + words(browser.get("/filing/"))
    assert "Nothing is due." in words(browser.get(FEES))
