"""A forgotten password: a link by mail, the same answer for everybody, every sign-on over."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from openecf.central.accounts import rules, services, tasks
from openecf.central.accounts.models import Account, KnownDevice, MailedLink, StrangerFailures
from openecf.central.accounts.services import remember_device
from openecf.central.factors.services.resetting import reset_factors
from openecf.central.signon.models import SsoSession
from tests.central.registrants import (
    NEW_PASSWORD,
    at_once,
    errors,
    legacy,
    link_in,
    mailed,
    without_tokens,
)
from tests.central.relying import PASSWORD, account, session_of, sign_in, signed_on

pytestmark = pytest.mark.django_db
ASKED = {"email": "ada@counsel.example", "username": "ada-counsel", "birth_date": ""}
NEW = {"password": NEW_PASSWORD, "password_again": NEW_PASSWORD}


def ask(**changed: str):
    """Ask for a link on the page, and let the job do what was asked for; the page."""
    page = Client().post("/pscof/forgot", ASKED | changed)
    for job in ProcrastinateJob.objects.filter(task_name=tasks.request_reset.name, status="todo").order_by("id"):
        tasks.request_reset(**job.args)
    ProcrastinateJob.objects.filter(task_name=tasks.request_reset.name).delete()
    return page


def link(**changed: str) -> str:
    ask(**changed)
    return link_in(mailed()[-1])


def owner(**facts: object) -> Account:
    return account(**({"birth_date": date(1980, 2, 3)} | facts))


def test_the_whole_road_from_forgetting_to_signing_in():
    who = owner()
    elsewhere = signed_on(who)
    remember_device(account=who, at=timezone.now())
    path = link()
    assert "ada-counsel" in Client().get(path).content.decode()
    assert "Your password is changed" in Client().post(path, NEW).content.decode()
    assert sign_in(Client(), "ada-counsel", PASSWORD).status_code == 200
    assert sign_in(Client(), "ada-counsel", NEW_PASSWORD).status_code == 302
    assert not session_of(elsewhere) and SsoSession.objects.exclude(ended_at=None).get().ended_why == "password-reset"
    assert not KnownDevice.objects.filter(made_at__lt=who.created_at).exists()
    assert "its password was changed" in mailed("ada@counsel.example")[-1].text


@pytest.mark.parametrize(
    ("typed", "mails", "because"),
    [
        ({}, 1, "user name and address"),
        ({"username": " ADA-Counsel ", "email": "ADA@counsel.example"}, 1, "letter case does not matter"),
        ({"username": "7100123"}, 1, "the account number does as well"),
        ({"username": "", "birth_date": "1980-02-03"}, 1, "and so does the birth date"),
        ({"username": "nobody", "birth_date": "1980-02-03"}, 1, "one of the two is enough"),
        ({"username": "somebody-else"}, 0, "another's name"),
        ({"username": "7100124"}, 0, "another's number"),
        ({"email": "else@counsel.example"}, 0, "another's address"),
        ({"username": "", "birth_date": "1980-02-04"}, 0, "another day"),
        ({"username": "nobody", "email": "nobody@counsel.example"}, 0, "nobody at all"),
    ],
)
def test_the_answer_is_the_same_and_only_the_owner_gets_mail(typed, mails, because):
    owner(number="7100123")
    account("somebody-else", number="7100124", email="other@counsel.example")
    expected = without_tokens(Client().post("/pscof/forgot", {"email": "x@y.example", "username": "x"}))
    assert without_tokens(ask(**typed)) == expected, because
    assert len(mailed()) == mails, because
    if mails:
        assert "User name: ada-counsel" in mailed()[0].text and mailed()[0].recipients == ["ada@counsel.example"]


def test_asking_costs_the_same_statements_for_everybody(django_assert_num_queries):
    owner()
    for username in ("ada-counsel", "nobody"):
        Client().post("/pscof/forgot", ASKED | {"username": username})
        with django_assert_num_queries(2):
            Client().post("/pscof/forgot", ASKED | {"username": username})


@pytest.mark.parametrize(
    ("typed", "field", "words"),
    [
        ({"email": ""}, "email", "Type your e-mail"),
        ({"email": "ada"}, "email", "no e-mail address"),
        ({"username": ""}, "username", "or your date of birth"),
        ({"birth_date": "soon"}, "birth_date", "1980-12-31"),
    ],
)
def test_what_the_page_needs_to_know(typed, field, words):
    assert words in errors(Client().post("/pscof/forgot", ASKED | typed))[field]
    assert not ProcrastinateJob.objects.filter(task_name=tasks.request_reset.name).exists()


def test_an_inactive_account_gets_no_link():
    owner(is_active=False)
    ask()
    assert not mailed()


def test_a_legacy_account_may_reset_its_password():
    legacy()
    path = link(username="oldone", email="walter@counsel.example")
    Client().post(path, NEW)
    assert sign_in(Client(), "oldone", NEW_PASSWORD).status_code == 302


def test_a_weak_password_is_refused_and_the_link_stays_good():
    owner()
    path = link()
    weak = Client().post(path, {"password": "counsel counsel counsel", "password_again": "counsel counsel counsel"})
    assert "contains your name" in errors(weak)["password"]
    assert "differ" in errors(Client().post(path, NEW | {"password_again": "x"}))["password_again"]
    assert "Your password is changed" in Client().post(path, NEW).content.decode()


def test_a_link_is_good_once_for_half_an_hour_and_for_its_purpose():
    owner()
    path = link()
    Client().post(path, NEW)
    again = Client().post(path, {"password": "another quiet meadow", "password_again": "another quiet meadow"})
    assert again.status_code == 410 and "Ask for a new link" in again.content.decode()
    assert sign_in(Client(), "ada-counsel", NEW_PASSWORD).status_code == 302
    late = link()
    MailedLink.objects.filter(used_at=None).update(expires_at=timezone.now() - timedelta(seconds=1))
    assert Client().get(late).status_code == 410 == Client().post(late, NEW).status_code
    other = link().replace("/reset/", "/confirm-email/")
    assert Client().post(other).status_code == 410, "a link of one kind opens no other door"


def test_links_end_after_thirty_minutes():
    owner()
    link()
    made = MailedLink.objects.get()
    assert timedelta(minutes=29) < made.expires_at - timezone.now() <= timedelta(minutes=30)
    assert made.digest not in mailed()[0].text, "the database alone makes no link"


def test_a_reset_ends_the_strangers_wait():
    who = owner()
    for n in range(rules.STRANGERS_BUDGET):
        with pytest.raises(services.NotSignedOn):
            services.check_password(username="ada-counsel", password="x", now=timezone.now(), address=f"203.0.{n}.1")
    assert StrangerFailures.objects.exists()
    Client().post(link(), NEW)
    assert not StrangerFailures.objects.exists()
    assert services.check_password(
        username="ada-counsel", password=NEW_PASSWORD, now=timezone.now(), address="192.0.2.77"
    ).id == who.id  # fmt: skip


def test_one_address_gets_three_mails_an_hour_and_one_network_asks_twenty_times():
    owner()
    for _ in range(5):
        ask()
    assert len(mailed()) == 3
    answers = [Client().post("/pscof/forgot", ASKED).status_code for _ in range(16)]
    assert answers == [200] * 15 + [429]


def test_the_page_behind_a_link_tells_no_other_site_where_it_is():
    owner()
    answer = Client().get(link())
    assert answer.headers["Referrer-Policy"] == "same-origin" and "no-store" in answer.headers["Cache-Control"]


@pytest.mark.django_db(transaction=True)
def test_of_eight_redemptions_of_a_reset_link_one_sets_the_password():
    owner()
    for round_ in range(3):
        path = link()
        passwords = [f"quiet meadow lantern {round_} {n}" for n in range(8)]
        answers = at_once([
            lambda path=path, word=word: Client().post(path, {"password": word, "password_again": word})
            for word in passwords
        ])  # fmt: skip
        assert sorted(one.status_code for one in answers) == [200] + [410] * 7
        won = passwords[[one.status_code for one in answers].index(200)]
        assert sign_in(Client(), "ada-counsel", won).status_code == 302


def asked_by_a_thief(who: Account) -> str:
    """Somebody who knows the password asked for another address; the path of the link in that mailbox."""
    services.ask_for_email(
        account=who, password=PASSWORD, email="thief@else.example", at=timezone.now(), address="203.0.113.9"
    )
    return link_in(mailed("thief@else.example")[-1])


def test_a_new_password_spoils_the_links_that_were_mailed_before():
    """A warned owner resets the password at once: the thief's link to another address must be worth nothing then."""
    who = owner()
    thief = asked_by_a_thief(who)
    before, after = link(), link()
    assert "Your password is changed" in Client().post(after, NEW).content.decode()
    assert Client().post(thief).status_code == 410 == Client().post(before, NEW).status_code
    who.refresh_from_db()
    assert who.email == "ada@counsel.example"


def test_so_does_a_change_of_the_password_and_the_reset_of_the_second_factors():
    who = owner()
    browser, thief = signed_on(who), asked_by_a_thief(who)
    changed = browser.post("/pscof/manage/password", NEW | {"current": PASSWORD})
    assert changed.status_code == 302, errors(changed)
    assert Client().post(thief).status_code == 410
    other = account("lost-phone", email="lost@counsel.example")
    thief = asked_by_a_thief(other)
    reset_factors(account=other.id, by="agent", approved_by="supervisor", at=timezone.now())
    assert Client().post(thief).status_code == 410
