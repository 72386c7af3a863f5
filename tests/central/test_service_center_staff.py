"""Who works at the Service Center: appointed by an operator, with two factors, and nobody else sees that there is a desk."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.utils import timezone

from openecf.central import demo
from openecf.central.service_center import queries, services
from openecf.central.service_center.models import Agent
from openecf.central.signon.models import SsoSession
from openecf.cli.demo import NoSuchApp, code_now, codes_now
from openecf.platform.audit.models import AuditLine
from openecf.platform.demo_cast import ACCOUNTS
from tests.central.phones import CODE_PAGE, app_of
from tests.central.registrants import legacy, mailed
from tests.central.relying import account, sign_in, signed_on

pytestmark = pytest.mark.django_db
DESK = "/service-center/desk"


def appoint(who, role="agent"):
    services.appoint(username=who.username, role=role, by="operator", at=timezone.now())


def at_desk(who) -> Client:
    """A browser of that person who signed on with password and code."""
    phone, browser = app_of(who), Client()
    sign_in(browser, who.username)
    assert browser.post(CODE_PAGE, {"code": phone.next()}).status_code == 302
    return browser


def test_an_agent_with_two_factors_opens_the_desk():
    who = account()
    appoint(who)
    assert at_desk(who).get(DESK).status_code == 200


def test_nobody_without_a_sign_on_is_told_more_than_to_sign_on():
    answer = Client().get(DESK)
    assert urlsplit(answer.headers["Location"]).path == "/csologin/login.jsf"


def test_everybody_else_is_told_that_there_is_no_such_page():
    assert signed_on(account()).get(DESK).status_code == 404


def test_a_password_alone_opens_no_desk_it_leads_to_the_first_app():
    who = account()
    appoint(who)
    assert signed_on(who).get(DESK).headers["Location"] == "/pscof/manage/factors/add"


def test_an_agent_who_signed_on_before_the_first_app_is_asked_for_its_code_and_comes_back():
    who = account()
    appoint(who)
    browser = signed_on(who)
    phone = app_of(who)
    asked = browser.get(f"{DESK}?q=1")
    parts = urlsplit(asked.headers["Location"])
    assert parts.path == CODE_PAGE and parse_qs(parts.query)["appurl"] == [f"{DESK}?q=1"]
    back = browser.post(CODE_PAGE, {"code": phone.next(), "appurl": f"{DESK}?q=1"})
    assert back.headers["Location"] == f"{DESK}?q=1"
    assert browser.get(DESK).status_code == 200


def test_who_is_dismissed_is_out_at_once():
    who = account()
    appoint(who)
    browser = at_desk(who)
    services.dismiss(username=who.username.upper(), by="operator", at=timezone.now())
    assert browser.get(DESK).status_code == 302
    assert not SsoSession.objects.filter(account=who, ended_at=None).exists()
    assert signed_on_again(who).get(DESK).status_code == 404
    with pytest.raises(services.NoSuchAgent):
        services.dismiss(username=who.username, by="operator", at=timezone.now())


def signed_on_again(who) -> Client:
    type(who).objects.filter(id=who.id).update(second_factor_since=None)
    return signed_on(who)


@pytest.mark.parametrize("facts", [
    {"type": "paa"}, {"shared": True}, {"is_active": False}, {"upgraded_at": None},
])  # fmt: skip
def test_only_one_persons_upgraded_account_can_be_staff(facts):
    who = legacy() if "upgraded_at" in facts else account(**facts)
    with pytest.raises(services.NotForStaff):
        appoint(who)
    assert not Agent.objects.exists()


@pytest.mark.parametrize("facts", [{"is_active": False}, {"shared": True}])
def test_an_agents_account_that_is_closed_or_shared_later_opens_no_desk(facts):
    who = account()
    appoint(who)
    type(who).objects.filter(id=who.id).update(**facts)
    assert queries.staff(who.id) is None


def test_an_unknown_name_is_refused():
    with pytest.raises(services.NoSuchAgent):
        services.appoint(username="nobody-here", role="agent", by="operator", at=timezone.now())


def test_an_agent_becomes_a_supervisor_and_is_mailed_and_recorded_each_time():
    who = account()
    appoint(who)
    appoint(who, "supervisor")
    assert queries.staff(who.id).is_supervisor and len(queries.all_staff()) == 1
    assert len(mailed(who.email)) == 2
    acts = AuditLine.objects.filter(subject=str(who.id), act="service.agent-appointed").order_by("id")
    assert [line.facts["role"] for line in acts] == ["agent", "supervisor"] and {line.by for line in acts} == {
        "operator"
    }


def test_the_demonstrations_staff_open_the_desk_with_the_code_that_the_command_prints():
    demo.load(at=timezone.now())
    agent = next(one for one in ACCOUNTS if one.staff == "agent")
    browser = Client()
    sign_in(browser, agent.username, agent.password)
    now = timezone.now()
    shown = code_now(agent.username, at=now)
    assert f"{agent.username}  {shown}" in codes_now(at=now), "as the table of sign-ins and the README name it"
    browser.post(CODE_PAGE, {"code": shown})
    page = browser.get(f"{DESK}/tickets").content.decode()
    assert "Casimir Oyelaran" in page and "Hana Lindqvist" in page
    with pytest.raises(NoSuchApp):
        code_now("hlindqvist", at=timezone.now())
