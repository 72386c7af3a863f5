"""A court that asks filers for a second factor: from a day, announced before, with a way on and the draft kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from openecf.court.people.rules import Reader, checklist
from openecf.court.transition import services as transition
from openecf.court.transition.models import CourtProfile
from openecf.court.transition.rules import BadSetting, SecondFactor, second_factor
from openecf.kernel.assurance import AAL1, AAL2
from openecf.kernel.days import legal_day
from openecf.platform.bus.models import OutboxMessage
from tests.court import callers
from tests.court import world as invented
from tests.court.central_stand_in import CentralStandIn, central, who
from tests.court.test_filing_pages import Person, debtor

__all__ = ["central"]
pytestmark = pytest.mark.django_db
DAY = date(2027, 2, 1)


def asks_from(days: int) -> date:
    """The court asks for a second factor from so many days on."""
    day = legal_day(timezone.now(), settings.COURT.zone) + timedelta(days=days)
    transition.change_profile(words={"filing_needs_mfa": day.isoformat()}, by="operator", at=timezone.now())
    return day


@pytest.fixture
def world():
    made = invented.make()
    CourtProfile.objects.filter(id=1).exists() or transition.set_up(at=timezone.now())
    return made


@pytest.fixture
def counsel(world):
    return Person(world.counsel)


@pytest.mark.parametrize(
    ("needs_from", "today", "expected"),
    [
        (None, DAY, SecondFactor.NOT_ASKED),
        (DAY, DAY - timedelta(days=1), SecondFactor.ANNOUNCED),
        (DAY, DAY, SecondFactor.ASKED),
        (DAY, DAY + timedelta(days=400), SecondFactor.ASKED),
    ],
)
def test_the_day_decides(needs_from, today, expected) -> None:
    assert second_factor(needs_from, today=today) is expected


@pytest.mark.parametrize(
    ("facts", "done"),
    [({}, False), ({"two_step": True}, True), ({"acr": AAL2}, True), ({"acr": AAL1}, False)],
    ids=["no second factor", "has one", "proved one", "password only"],
)
def test_the_checklist_has_the_second_factor_where_the_court_asks_for_it(facts, done) -> None:
    reader = Reader(account=invented.account(1), upgraded=True, **facts)
    assert [step.key for step in checklist(reader, live=True)][-1] == "linked"
    last = checklist(reader, live=True, second_factor=True)[-1]
    assert (last.key, last.done) == ("second-factor", done)


def test_before_the_day_people_are_told_and_file_as_before(world, counsel) -> None:
    asks_from(30)
    page = counsel.browser.get("/filing/").content.decode()
    assert "filing here asks for two-step sign-in" in page and "Look for an event" in page
    assert counsel.begin("misc:letter", world.case.id) == "parties"
    assert "Set up two-step sign-in" in counsel.browser.get("/nextgen").content.decode()


def test_who_has_a_second_factor_is_not_told(world, counsel) -> None:
    asks_from(30)
    ready = callers.client(replace(counsel.who, two_step=True))
    assert "two-step sign-in" not in ready.get("/filing/").content.decode()


def test_from_the_day_a_password_alone_files_nothing_and_the_draft_is_kept(world, counsel) -> None:
    counsel.begin("misc:letter", world.case.id)
    counsel.answer("parties", filers=[debtor(world)])
    before = counsel.draft.version
    asks_from(0)
    at = f"/filing/{counsel.draft_id}/documents"
    for answer in (counsel.browser.get(at), counsel.browser.post(at, {"version": before, "go": "on"})):
        said = answer.content.decode()
        assert answer.status_code == 403 and "Nothing was filed, and your drafts are kept" in said
        assert f"/login?next=%2Ffiling%2F{counsel.draft_id}%2Fdocuments&amp;second=1" in said
    final = counsel.browser.post(f"/filing/{counsel.draft_id}/final", {"version": before})
    assert final.status_code == 403 and counsel.draft.submitted_at is None and counsel.draft.version == before
    proved = callers.client(replace(counsel.who, acr=AAL2))
    assert proved.get(at).status_code == 200, "the same page of the same draft"


def test_beginning_and_discarding_lead_back_to_a_page_that_can_be_opened(world, counsel) -> None:
    counsel.begin("misc:letter", world.case.id)
    asks_from(0)
    for path in ("/filing/start", f"/filing/{counsel.draft_id}/discard"):
        answer = counsel.browser.post(path, {"event": "misc:letter"})
        assert "/login?next=%2Ffiling%2F&amp;second=1" in answer.content.decode()


@pytest.mark.parametrize(("acr", "status"), [(AAL1, 403), ("", 403), (AAL2, 200)])
def test_a_program_needs_a_token_that_a_one_time_code_gave(world, counsel, acr, status) -> None:
    asks_from(0)
    answer = callers.client(replace(counsel.who, kind="api", acr=acr)).get("/filing/")
    assert answer.status_code == status
    assert ("otpCode" in answer.content.decode()) == (status == 403)


def test_reading_never_asks_for_it(world, counsel) -> None:
    asks_from(-5)
    assert counsel.browser.get("/cgi-bin/iquery.pl").status_code == 200
    assert counsel.browser.get("/utilities/").status_code == 200


def test_a_day_is_a_day_and_can_be_taken_back(world) -> None:
    with pytest.raises(BadSetting):
        transition.change_profile(words={"filing_needs_mfa": "soon"}, by="operator", at=timezone.now())
    day = asks_from(30)
    told = OutboxMessage.objects.order_by("-at").first()
    assert told.body["filing_needs_mfa"] == day.isoformat(), "the central site tells people, too"
    transition.change_profile(words={"filing_needs_mfa": ""}, by="operator", at=timezone.now())
    assert CourtProfile.objects.get().filing_needs_mfa is None


class TestTheWayThere:
    def test_the_second_step_is_asked_of_the_provider_and_the_page_comes_back(self, central: CentralStandIn) -> None:
        browser = Client()
        there = browser.get("/login", {"next": "/filing/", "second": "1"}).headers["Location"]
        assert parse_qs(urlsplit(there).query)["acr_values"] == [AAL2]
        central.claims = {"acr": AAL2, "amr": ["pwd", "otp", "mfa"]}
        back = browser.get("/oidc/callback", central.authorize(there))
        assert back.headers["Location"] == "/filing/"
        assert (who(browser).acr, who(browser).amr) == (AAL2, ("pwd", "otp", "mfa"))

    @pytest.mark.parametrize("acr", [AAL1, "", None, "urn:openecf:aal22"])
    def test_a_provider_that_proves_less_begins_no_session(self, central: CentralStandIn, acr) -> None:
        browser = Client()
        there = browser.get("/login", {"second": "1"}).headers["Location"]
        central.claims = {"acr": acr}
        assert browser.get("/oidc/callback", central.authorize(there)).status_code == 400
        assert who(browser) is None

    def test_without_the_wish_one_factor_is_enough(self, central: CentralStandIn) -> None:
        browser = Client()
        there = browser.get("/login", {"next": "/filing/"}).headers["Location"]
        assert "acr_values" not in there
        assert browser.get("/oidc/callback", central.authorize(there)).status_code == 302
