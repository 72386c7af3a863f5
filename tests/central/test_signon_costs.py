"""What a sign-on costs in statements, and what a stolen database would be worth."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from openecf.central.accounts import queries as accounts
from openecf.central.accounts.models import Account
from openecf.central.accounts.services import DEVICE_COOKIE
from openecf.central.signon import keys, queries, services
from openecf.platform.banners import queries as banners
from tests.central.relying import (
    BROWSER,
    PASSWORD,
    Court,
    account,
    appurl,
    court,
    other_court,
    sign_in,
    signed_on,
    userinfo,
)  # fmt: skip

__all__ = ["court", "other_court"]
IN_A_TRANSACTION = re.compile(r"^(SAVEPOINT|RELEASE|ROLLBACK|BEGIN|COMMIT)")


@pytest.fixture(autouse=True)
def what_a_process_knows_lasts(monkeypatch) -> None:
    """A process reads courts, keys and banners again now and then, whoever asks: not while we count."""
    for room, seconds in ((queries, "_READ_AGAIN_SECONDS"), (keys, "_READ_AGAIN_SECONDS"), (banners, "KEPT_SECONDS")):
        monkeypatch.setattr(room, seconds, 1e9)


def statements(act) -> tuple[int, object]:
    """How many statements the act sends (those that open and close a transaction left out), and what it gives."""
    with CaptureQueriesContext(connection) as caught:
        given = act()
    return len([one for one in caught.captured_queries if not IN_A_TRANSACTION.match(one["sql"])]), given


def test_the_second_court(court: Court, other_court: Court) -> None:
    browser = signed_on(account())
    court.ask().tokens(browser)
    other_court.ask().tokens(browser)
    asking = other_court.ask()
    authorize, answer = statements(lambda: asking.code(browser))
    token, answer = statements(lambda: Client().post("/oauth2/token", asking.form(answer)))
    told, answer = statements(lambda: userinfo(answer.json()["access_token"]))
    assert answer.status_code == 200
    assert {"authorize": authorize, "token": token, "userinfo": told} == {"authorize": 3, "token": 2, "userinfo": 1}


def test_a_whole_sign_on(court: Court) -> None:
    court.ask().tokens(signed_on(account("bob")))
    account()
    browser, asking = Client(headers=BROWSER), court.ask()
    sign_in(browser)
    known = browser.cookies[DEVICE_COOKIE].value
    browser.cookies.clear()
    browser.cookies[DEVICE_COOKIE] = known
    Client().get("/csologin/login.jsf")  # a process reads the banners twice a minute, whoever asks
    authorize, first = statements(lambda: asking.by(browser))
    page, _ = statements(lambda: browser.get(first.headers["Location"]))
    post, on = statements(lambda: sign_in(browser, appurl=appurl(first)))
    resume, back = statements(lambda: browser.get(on.headers["Location"]))
    code = re.search(r"code=(\w+)", back.headers["Location"])[1]
    token, answer = statements(lambda: Client().post("/oauth2/token", asking.form(code)))
    told, _ = statements(lambda: userinfo(answer.json()["access_token"]))
    counted = {
        "authorize": authorize,
        "page": page,
        "sign in": post,
        "resume": resume,
        "token": token,
        "userinfo": told,
    }
    assert counted == {"authorize": 0, "page": 0, "sign in": 5, "resume": 3, "token": 2, "userinfo": 1}
    assert sum(counted.values()) <= 14


def test_a_browser_that_the_account_does_not_know_costs_a_mail_more(court: Court) -> None:
    account()
    sign_in(Client(headers=BROWSER))
    assert statements(lambda: sign_in(Client(headers=BROWSER)))[0] <= 13


def test_live_sessions_cost_a_sign_on_nothing(court: Court) -> None:
    who = account()
    sign_in(Client())  # the first of a day writes down that the account is used
    few, _ = statements(lambda: sign_in(Client()))
    for _ in range(15):
        signed_on(who)
    many, _ = statements(lambda: sign_in(Client()))
    assert many == few


def everything_that_the_database_holds() -> set[str]:
    """Every value of every column of every table, and every string inside JSON, as text; no credential is shorter."""
    values: set[str] = set()
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename !~ '^(django|auth)_'")
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT to_jsonb(t)::text FROM "{table}" t')
            for (row,) in cursor.fetchall():
                values |= set(re.findall(r'"((?:[^"\\]|\\.)*)"', row))
                values |= set(re.findall(r"[0-9A-Za-z_-]{16,}", row))
    return {value for value in values if len(value) >= 8}


@pytest.mark.django_db
def test_no_column_holds_a_secret_that_opens_anything(court: Court) -> None:
    """Take the whole database, and try each value as every kind of credential."""
    who = account()
    browser = Client()
    sign_in(browser)
    asking = court.ask(scope="openid profile email offline_access")
    tokens = asking.tokens(browser)
    pending = court.ask()
    code = pending.code(browser)
    program = services.sign_on_program(
        username=who.username, password=PASSWORD, redaction_confirmed=True, address="192.0.2.1", at=timezone.now()
    ).secret
    held = everything_that_the_database_holds()
    assert len(held) > 100 and who.username in held
    secrets = {code, tokens["access_token"], tokens["refresh_token"], tokens["id_token"], program, program[22:],
               pending.verifier, PASSWORD, *(one.value for one in browser.cookies.values())}  # fmt: skip
    assert not secrets & held
    now, there = timezone.now(), {"court": "flsb", "redirect_uri": court.redirect_uri, "at": timezone.now()}
    challenge = pending.parameters["code_challenge"]
    for value in held:
        assert queries.by_cookie(cookie=value, now=now) is None, value
        assert queries.by_access_token(token=value, now=now) is None, value
        assert queries.by_api_token(token=value, court="flsb", now=now) is None, value
        assert services.redeem_code(code=value, challenge=challenge, **there) is None, value
        assert services.refresh(token=value, court="flsb", at=now) is None, value
    assert userinfo(tokens["access_token"]).status_code == 200, "the real ones still open what they opened"


def test_what_courts_are_told_is_read_in_the_order_of_the_model() -> None:
    """Django fills a row's values into fields in the model's order, whatever they are called."""
    order = [field.attname for field in Account._meta.concrete_fields]
    assert list(accounts.TOLD_TO_COURTS) == [name for name in order if name in accounts.TOLD_TO_COURTS]
