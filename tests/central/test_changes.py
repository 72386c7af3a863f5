"""A new name or address in Manage My Account reaches the courts that the person chooses, as a request to each."""

from __future__ import annotations

import itertools
import re
from datetime import UTC, datetime

import pytest
from django.test import Client
from django.utils import timezone

from openecf.central.accounts.models import Account
from openecf.central.courts import services as courts
from openecf.central.courts.models import CourtSite, RegisteredCourt
from openecf.central.registration import rules, services
from openecf.central.registration.models import ChangeRequest
from openecf.platform.audit.models import AuditLine
from openecf.platform.bus.handlers import CannotApply
from openecf.platform.bus.messages import ChangeAnswered
from openecf.platform.bus.models import OutboxMessage
from openecf.platform.mail.models import OutgoingMail
from tests.central import relying
from tests.central.registrants import ADDRESS
from tests.central.relying import PASSWORD

pytestmark = pytest.mark.django_db
AT = datetime(2026, 1, 6, 12, tzinfo=UTC)
NAME = {"first_name": "Ada", "last_name": "Married"}
PERSON, PLACE = "/pscof/manage/person", "/pscof/manage/address"
END, STATUS = "/pscof/manage/efile/end", "/pscof/manage/efile"


def ada() -> Account:
    return Account.objects.get(username="ada-counsel")


@pytest.fixture
def browser() -> Client:
    """Of somebody who files at two courts, is suspended at a third, and linked at one that is not on NextGen."""
    who = relying.account()
    for court, era, suspended in (
        ("flsb", "nextgen", False), ("flsd", "nextgen", False), ("nysb", "nextgen", True), ("njb", "currentgen", False),
    ):  # fmt: skip
        courts.admit_court(court_id=court, base_url=f"http://{court}.test", hosts=[], public_key="none yet", at=AT)
        CourtSite.objects.filter(id=court).update(era=era)
        RegisteredCourt.objects.create(account=who, court=court, role="attorney", linked_at=AT, suspended=suspended)
    return relying.signed_on(who)


def text(response) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def told() -> list[OutboxMessage]:
    return list(OutboxMessage.objects.filter(type="change.requested").order_by("at", "to"))


def sent(court: str = "flsb") -> ChangeRequest:
    return ChangeRequest.objects.filter(court=court).latest("sent_at")


def hear(row: ChangeRequest, status: str, *, sender: str = "", said: str = "", why: str = "") -> None:
    message = ChangeAnswered(request=row.id, court=row.court, at=timezone.now(), status=status, said=said, why=why)
    services.hear_change(message=message, sender=sender or row.court, at=timezone.now())
    row.refresh_from_db()


def mails() -> list[str]:
    return [mail.subject for mail in OutgoingMail.objects.filter(subject__contains="your change").order_by("id")]


def test_a_new_name_goes_to_the_courts_that_are_ticked_and_to_no_other(browser):
    shown = browser.get(PERSON).context["form"]["courts"]
    assert [value for value, _label in shown.field.choices] == ["flsb", "flsd"], "not where she may not file"
    assert shown.value() == ["flsb", "flsd"], "all of them, unless she unticks"
    saved = browser.post(PERSON, NAME | {"courts": ["flsb"]}, follow=True)
    assert "sent to the courts that you chose" in text(saved) and ada().last_name == "Married"
    assert [(row.to, row.body["kind"], row.body["said"]["last_name"]) for row in told()] == [
        ("flsb", "name", "Married")
    ]
    assert AuditLine.objects.get(act="registration.change-asked").facts["courts"] == ["flsb"]
    assert "Change of name Sent to the court" in text(browser.get(STATUS))
    assert "1 open request" in text(browser.get("/pscof/manage/maintenance"))
    browser.post(PERSON, NAME)
    assert len(told()) == 1, "nobody is asked where nothing is ticked"


def test_an_address_goes_as_courts_keep_it_the_same_twice_is_sent_once_and_a_newer_replaces_it(browser):
    place = ADDRESS | {"courts": ["flsb", "flsd"]}
    browser.post(PLACE, place)
    browser.post(PLACE, place)
    assert [row.to for row in told()] == ["flsb", "flsd"]
    said = told()[0].body["said"]
    assert said["address_lines"][-1].endswith(ADDRESS["zip"]) and said["phone"] == ada().phone
    first = sent()
    browser.post(PLACE, place | {"address1": "10 Pier Street", "courts": ["flsb"], "cases": "all"})
    assert [row.body["said"]["cases"] for row in told()] == ["open", "open", "all"], "a wish, which the court decides"
    first.refresh_from_db()
    assert (first.status, sent().status, len(told())) == ("replaced", "sent", 3)
    counties = browser.post(PLACE, place | {"show-counties": "1", "courts": ["flsd"]})
    assert counties.context["form"]["courts"].value() == ["flsd"], "what was ticked stays ticked"


@pytest.mark.parametrize("court", ["nysb", "njb", "cacb", "<b>"])
def test_a_court_where_the_person_does_not_file_is_refused_and_nothing_is_saved(browser, court):
    page = browser.post(PERSON, NAME | {"courts": ["flsb", court]})
    assert page.status_code == 200 and "You do not file at this court now" in text(page)
    with pytest.raises(services.NotFiledThere):
        services.change_name(account=ada(), answers=NAME | dict.fromkeys(("prefix", "middle_name", "generation"), ""),
                             courts=["flsb", court], at=timezone.now())  # fmt: skip
    assert ada().last_name == "Counsel" and not told()


@pytest.mark.parametrize("facts", [{"shared": True}, {"type": "paa"}])
def test_accounts_of_several_people_ask_no_court(browser, facts):
    Account.objects.update(**facts)
    assert "courts" not in browser.get(PERSON).context["form"].fields


@pytest.mark.parametrize("order", list(itertools.permutations(["received", "accepted", "accepted"])))
def test_answers_in_any_order_leave_the_decision_and_one_mail(browser, order):
    browser.post(PERSON, NAME | {"courts": ["flsb"]})
    row = sent()
    for status in order:
        hear(row, status)
    assert row.status == "accepted" and len(mails()) == 1 and "accepted your change" in mails()[0]
    assert "Change of name Accepted" in text(browser.get(STATUS))


@pytest.mark.parametrize(
    ("status", "answer", "after"),
    [
        ("sent", "received", "received"),
        ("received", "rejected", "rejected"),
        ("replaced", "received", "replaced"),
        ("replaced", "accepted", "accepted"),
        ("accepted", "rejected", "accepted"),
        ("rejected", "received", "rejected"),
        ("refused", "accepted", "refused"),
    ],
)
def test_which_answer_counts(status, answer, after):
    assert rules.change_after(status, answer) == after


def test_the_reason_of_a_rejection_and_of_a_refusal_is_read_and_mailed_and_strangers_are_not_heard(browser):
    browser.post(PERSON, NAME | {"courts": ["flsb", "flsd"]})
    with pytest.raises(CannotApply):
        hear(sent("flsb"), "accepted", sender="flsd")
    hear(sent("flsb"), "rejected", said="Send the order.")
    hear(sent("flsd"), "refused", why="suspended")
    page = text(browser.get(STATUS))
    assert (
        "Rejected Send the order." in page and "Not taken by the court Your filing at this court is suspended" in page
    )
    last = [mail.text for mail in OutgoingMail.objects.filter(subject__contains="did not accept").order_by("id")]
    assert len(last) == 2 and "Send the order." in last[0] and "suspended" in last[1]
    browser.post(PERSON, NAME | {"courts": ["flsb"]})
    assert sent("flsb").status == "sent", "who was rejected may ask again"


def test_the_end_of_filing_is_asked_with_the_password_and_the_court_writes_of_it_itself(browser):
    wrong = browser.post(END, {"courts": ["flsb"], "current": "not this"})
    assert wrong.status_code == 200 and "password is not right" in text(wrong) and not told()
    assert "Choose a court" in text(browser.post(END, {"current": PASSWORD}))
    asked = browser.post(END, {"courts": ["flsb"], "reason": "I retire.", "current": PASSWORD}, follow=True)
    assert "The courts that you chose are asked" in text(asked)
    assert (told()[0].to, told()[0].body["said"]) == ("flsb", {"reason": "I retire."})
    hear(sent(), "accepted")
    assert not mails()
    RegisteredCourt.objects.all().delete()
    assert "You file at no court" in text(browser.get(END))


def test_who_sends_changes_without_end_waits_an_hour(browser):
    for n in range(21):
        page = browser.post(PERSON, NAME | {"last_name": f"Name{chr(65 + n)}", "courts": ["flsb"]})
    assert "many times within an hour" in text(page) and len(told()) == 20
