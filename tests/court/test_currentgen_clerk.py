"""A forgotten court password after the last day for resets: the clerk's office gives a new one, in any era."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.contrib.auth.hashers import check_password
from django.test import Client
from django.utils import timezone

from openecf.court.currentgen import services
from openecf.court.people import services as people
from openecf.court.people.models import CourtUser
from openecf.court.transition import queries, rules
from openecf.court.transition.models import CourtProfile
from openecf.platform.audit.models import AuditLine
from openecf.platform.mail.models import OutgoingMail
from tests.court import callers
from tests.court.test_currentgen import ERAS, PASSWORD, court_in, issued, signed_on

pytestmark = pytest.mark.django_db
NEW = "three-herons-on-a-pier"
WHO = {"checked": "called back at the number on file"}


@pytest.fixture
def clerk() -> Client:
    return callers.client(callers.linked("clerk"))


def becomes(era) -> None:
    CourtProfile.objects.update(announced_at=None, resets_end_at=None, filing_closes_at=None)
    CourtProfile.objects.update(**ERAS[era])
    queries.forget()


def said(response) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def mailed_link() -> str:
    return re.search(r"/login/court/reset/\w+", OutgoingMail.objects.latest("id").text)[0]


@pytest.mark.parametrize("era", ERAS)
def test_a_mailed_link_sets_a_password_in_every_era(clerk, era):
    court_in(era)
    user = issued()
    page = said(clerk.post(f"/court/logins/{user.id}", {**WHO, "how": "mail"}))
    assert f"on its way to {user.email}" in page
    done = Client().post(mailed_link(), {"password": NEW, "again": NEW})
    assert "Your new password is set" in said(done)
    user.refresh_from_db()
    assert check_password(NEW, user.password)
    assert "no longer good" in said(Client().post(mailed_link(), {"password": NEW, "again": NEW}))


def test_a_persons_own_link_still_ends_with_the_last_day():
    court_in(rules.Era.ANNOUNCED)
    issued()
    Client().post("/login/court/reset", {"login": "aquill"})
    link = mailed_link()
    becomes(rules.Era.RESETS_OVER)
    assert "Ask the clerk's office" in said(Client().post(link, {"password": NEW, "again": NEW})).replace("&#x27;", "'")


def test_a_password_shown_once_links_and_the_old_one_and_its_sessions_are_dead(clerk):
    court_in(rules.Era.RESETS_OVER)
    user = issued()
    browser = signed_on()
    page = clerk.post(f"/court/logins/{user.id}", {**WHO, "how": "show"})
    password = re.search(r'class="ecf-secret">(\w+)<', page.content.decode())[1]
    assert page.headers["Cache-Control"].count("no-store")
    assert password not in clerk.get(f"/court/logins/{user.id}").content.decode()
    assert "Court login" in said(browser.get("/filing/", follow=True)), "the session of the old password is over"
    assert "do not fit" in said(Client().post("/login/court", {"login": "aquill", "password": PASSWORD}))
    becomes(rules.Era.NEXTGEN)
    now = timezone.now()
    offer = people.prove_login(reader=callers.reader(callers.person()), login="aquill", password=password, now=now)
    assert offer.user_id == user.id
    told = OutgoingMail.objects.latest("id")
    assert told.recipients == [user.email] and password not in told.text


def test_links_on_their_way_are_over_when_a_password_is_handed_out(clerk):
    court_in(rules.Era.RESETS_OVER)
    user = issued()
    services.mail_link(user_id=user.id, by="clerk", at=timezone.now(), **WHO)
    link = mailed_link()
    services.hand_out_password(user_id=user.id, by="clerk", at=timezone.now(), **WHO)
    assert "no longer good" in said(Client().post(link, {"password": NEW, "again": NEW}))


def test_the_link_is_good_for_two_days():
    court_in(rules.Era.RESETS_OVER)
    user = issued()
    services.mail_link(user_id=user.id, by="clerk", at=timezone.now() - timedelta(days=2, minutes=1), **WHO)
    assert "no longer good" in said(Client().get(mailed_link()))


@pytest.mark.parametrize("how", ["mail", "show"])
def test_how_the_person_was_known_is_asked_and_kept(clerk, how):
    court_in(rules.Era.NEXTGEN)
    user = issued()
    assert "required" in said(clerk.post(f"/court/logins/{user.id}", {"checked": " ", "how": how}))
    assert not AuditLine.objects.filter(act__in=("own-login.link-sent", "own-login.handed-out")).exists()
    clerk.post(f"/court/logins/{user.id}", {**WHO, "how": how})
    line = AuditLine.objects.get(act__in=("own-login.link-sent", "own-login.handed-out"))
    assert line.facts["checked"] == WHO["checked"] and line.subject == f"user:{user.id}"


@pytest.mark.parametrize("how", ["mail", "show"])
@pytest.mark.parametrize("state", [{"account": "linked"}, {"active": False}])
def test_an_account_without_a_court_password_gets_none(clerk, state, how):
    court_in(rules.Era.NEXTGEN)
    user = issued()
    facts = {"account": callers.person().account} if "account" in state else state
    CourtUser.objects.filter(id=user.id).update(password="", **facts)
    assert "has no court password" in said(clerk.post(f"/court/logins/{user.id}", {**WHO, "how": how}))
    assert CourtUser.objects.get(id=user.id).password == "" and not OutgoingMail.objects.exists()


def test_without_an_address_the_password_can_only_be_handed_out(clerk):
    court_in(rules.Era.NEXTGEN)
    user = issued()
    CourtUser.objects.filter(id=user.id).update(email="")
    assert "holds no e-mail address" in said(clerk.post(f"/court/logins/{user.id}", {**WHO, "how": "mail"}))
    assert "shown once" in said(clerk.post(f"/court/logins/{user.id}", {**WHO, "how": "show"}))


@pytest.mark.parametrize("typed", ["quill", "QUILL", "aquill", "FL-77", "aquill@coun"])
def test_an_account_is_found_by_what_people_say_on_the_telephone(clerk, typed):
    court_in(rules.Era.NEXTGEN)
    user = issued()
    CourtUser.objects.filter(id=user.id).update(last_name="Quill", bar_id="FL-77")
    page = clerk.get("/court/logins", {"who": typed}).content.decode()
    assert f"/court/logins/{user.id}" in page and "not linked yet" in page


def test_nobody_is_found_by_nothing(clerk):
    court_in(rules.Era.NEXTGEN)
    issued()
    assert "Accounts found" not in clerk.get("/court/logins").content.decode()
    assert "no account like that" in said(clerk.get("/court/logins", {"who": "zz"}))
    assert clerk.get("/court/logins/999999").status_code == 404


def test_a_link_that_was_proved_by_the_old_password_is_not_confirmed_any_more(clerk):
    """The clerk's office gives a new password because somebody else may know the old one."""
    court_in(rules.Era.NEXTGEN)
    user, somebody, now = issued(), callers.reader(callers.person()), timezone.now()
    offer = people.prove_login(reader=somebody, login="aquill", password=PASSWORD, now=now)
    clerk.post(f"/court/logins/{user.id}", {**WHO, "how": "show"})
    with pytest.raises(people.OfferGone):
        people.confirm_link(reader=somebody, offer_id=offer.id, now=now)
    user.refresh_from_db()
    assert user.account is None
