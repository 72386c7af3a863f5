"""Linking a court-issued account to a PACER account."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import connections
from django.utils import timezone

from openecf.court.people import services
from openecf.court.people.models import CourtUser, LinkOffer
from openecf.court.transition import queries as transition
from openecf.court.transition.models import CourtProfile
from openecf.platform.audit.models import AuditLine
from openecf.platform.bus.models import OutboxMessage
from openecf.platform.mail.models import OutgoingMail
from tests.court.callers import client, court_user, person, reader

PASSWORD = "Court-issued-2022"
HASH: list[str] = []


def live(at: datetime | None) -> None:
    CourtProfile.objects.update_or_create(
        id=1, defaults={"court": "flsb", "doc_prefix": "114", "from_address": "c@flsb.example", "live_at": at}
    )
    transition.forget()


def issued(**facts: object) -> CourtUser:
    if not HASH:
        HASH.append(make_password(PASSWORD))
    facts = {"login": "acounsel", "last_name": "Counsel", "first_name": "Ada", "password": HASH[0]} | facts
    return court_user(**facts)


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture
def court(db: None, now: datetime) -> None:
    live(now - timedelta(days=1))


def prove(who, now, login="acounsel", password=PASSWORD):
    return services.prove_login(reader=reader(who), login=login, password=password, now=now)


@pytest.mark.django_db
def test_the_whole_way(court, now):
    user, who = issued(bar_id="FL0044021", email="ada@office.example"), person()
    browser = client(who)
    assert "/filing/" not in browser.get("/").content.decode().split("<main")[0], "before: the PACER menu only"
    page = browser.post("/utilities/link", {"login": "ACounsel", "password": PASSWORD})
    assert page.status_code == 302
    shown = browser.get(page.url).content.decode()
    assert who.name in shown and "acounsel" in shown
    assert "FL0044021" not in shown and "021" in shown, "the bar id is masked"
    done = browser.post(page.url, follow=True)
    assert "Your accounts are linked" in done.content.decode()
    user.refresh_from_db()
    assert user.account == who.account
    assert user.password == "", "the old login is dead"
    assert {mail.recipients[0] for mail in OutgoingMail.objects.all()} == {"ada@office.example", who.email}
    assert OutboxMessage.objects.get(type="account.linked").body["account"] == str(who.account)
    assert AuditLine.objects.filter(act="account.linked").count() == 1


REFUSALS = [
    ("wrong password", {}, {}, {"password": "wrong"}, services.WrongPassword),
    ("unknown login", {}, {}, {"login": "nobody"}, services.WrongPassword),
    (
        "empty password at a dead login",
        {"password": "", "spent_password": ""},
        {},
        {"password": ""},
        services.WrongPassword,
    ),
    ("legacy account", {}, {"upgraded": False}, {}, services.LegacyAccount),
    ("billing account", {}, {"account_type": "paa"}, {}, services.BillingAccount),
    ("shared account", {}, {"shared": True}, {}, services.SharedAccount),
    ("inactive user", {"active": False}, {}, {}, services.InactiveLogin),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("case", "user", "account", "typed", "refusal"), REFUSALS, ids=[row[0] for row in REFUSALS])
def test_refused_with_the_right_words(court, now, case, user, account, typed, refusal):
    issued(**user)
    with pytest.raises(refusal) as caught:
        prove(person(**account), now, **typed)
    assert str(caught.value.said) == str(refusal.said)
    assert not LinkOffer.objects.exists()


@pytest.mark.django_db
def test_a_login_linked_already_says_so_only_to_who_knows_its_password(court, now):
    issued(account=uuid4(), password="", spent_password=make_password(PASSWORD))
    with pytest.raises(services.LoginAlreadyLinked):
        prove(person(), now)
    with pytest.raises(services.WrongPassword):
        prove(person(), now, password="guess")


@pytest.mark.django_db
def test_an_account_linked_already_takes_no_second_login(court, now):
    who = person()
    issued(login="first", account=who.account)
    issued()
    with pytest.raises(services.AccountAlreadyLinked):
        prove(who, now)


@pytest.mark.django_db
def test_a_court_not_live_yet_says_when(db, now):
    live(now + timedelta(days=30))
    issued()
    with pytest.raises(services.NotLiveYet):
        prove(person(), now)
    page = client(person()).get("/utilities/link").content.decode()
    day = (now + timedelta(days=30)).astimezone(ZoneInfo(settings.COURT.zone)).strftime("%B %-d, %Y")
    assert day in page


@pytest.mark.django_db
def test_guessing_is_slow_and_a_stranger_does_not_lock_the_filer_out(court, now):
    issued()
    for nth in range(services.TRIES_AT_A_LOGIN):
        with pytest.raises(services.WrongPassword):
            prove(person(name=f"Stranger Number{nth}"), now, password=f"guess {nth}")
    last = person(name="Last Stranger")
    with pytest.raises(services.WrongPassword):
        prove(last, now, password="guess")
    with pytest.raises(services.TooManyTries):
        prove(last, now, password=PASSWORD)
    ada = person(name="Ada Counsel")
    for _ in range(services.TRIES_OF_A_PAIR - 1):
        with pytest.raises(services.WrongPassword):
            prove(ada, now, password="mistyped")
    assert prove(ada, now).user.login == "acounsel"


@pytest.mark.django_db
def test_a_pair_that_used_up_its_tries_waits(court, now):
    issued()
    ada = person()
    for _ in range(services.TRIES_OF_A_PAIR):
        with pytest.raises(services.WrongPassword):
            prove(ada, now, password="mistyped")
    with pytest.raises(services.TooManyTries):
        prove(ada, now)
    assert prove(ada, now + services.WINDOW)


@pytest.mark.django_db
def test_an_offer_is_good_once_for_one_person_for_a_while(court, now):
    issued()
    ada, other = person(), person(name="Eve Else")
    offer = prove(ada, now)
    with pytest.raises(services.OfferGone):
        services.confirm_link(reader=reader(other), offer_id=offer.id, now=now)
    with pytest.raises(services.OfferGone):
        services.confirm_link(reader=reader(ada), offer_id=offer.id, now=now + services.OFFER_LASTS)
    first = services.confirm_link(reader=reader(ada), offer_id=offer.id, now=now)
    again = services.confirm_link(reader=reader(ada), offer_id=offer.id, now=now)
    assert first.id == again.id
    assert AuditLine.objects.filter(act="account.linked").count() == 1
    assert OutboxMessage.objects.count() == 1


@pytest.mark.django_db
def test_an_old_sign_on_proves_itself_again_first(court, now):
    who = person(auth_time=now - timedelta(minutes=16))
    answer = client(who).get("/utilities/link")
    assert answer.status_code == 302
    assert answer.url.startswith("/login?")


def _at_once(*acts):
    barrier, results = threading.Barrier(len(acts)), []

    def run(act):
        barrier.wait()
        try:
            results.append(act())
        except services.CannotLink as refusal:
            results.append(refusal)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


@pytest.mark.django_db(transaction=True)
def test_of_two_accounts_that_race_for_one_login_exactly_one_wins():
    now = timezone.now()
    live(now - timedelta(days=1))
    user = issued()
    racers = [person(name=f"Racer {nth}") for nth in range(4)]
    offers = [
        LinkOffer.objects.create(account=r.account, user=user, created_at=now, expires_at=now + timedelta(minutes=5))
        for r in racers
    ]
    results = _at_once(
        *(
            lambda r=r, o=o: services.confirm_link(reader=reader(r), offer_id=o.id, now=now)
            for r, o in zip(racers, offers, strict=True)
        )
    )
    won = [result for result in results if isinstance(result, CourtUser)]
    assert len(won) == 1
    assert all(isinstance(result, services.LoginAlreadyLinked) for result in results if result not in won)
    assert AuditLine.objects.filter(act="account.linked").count() == 1


@pytest.mark.django_db(transaction=True)
def test_one_account_that_confirms_two_logins_at_once_gets_one():
    now = timezone.now()
    live(now - timedelta(days=1))
    who = person()
    users = [issued(login="one"), issued(login="two")]
    offers = [
        LinkOffer.objects.create(account=who.account, user=u, created_at=now, expires_at=now + timedelta(minutes=5))
        for u in users
    ]
    results = _at_once(*(lambda o=o: services.confirm_link(reader=reader(who), offer_id=o.id, now=now) for o in offers))
    assert sorted(type(result).__name__ for result in results) == ["AccountAlreadyLinked", "CourtUser"]
    assert CourtUser.objects.filter(account=who.account).count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_double_click_links_once():
    now = timezone.now()
    live(now - timedelta(days=1))
    who, user = person(), issued()
    offer = LinkOffer.objects.create(
        account=who.account, user=user, created_at=now, expires_at=now + timedelta(minutes=5)
    )
    results = _at_once(*[lambda: services.confirm_link(reader=reader(who), offer_id=offer.id, now=now)] * 3)
    assert [result.id for result in results] == [user.id] * 3
    assert OutgoingMail.objects.count() == 2
