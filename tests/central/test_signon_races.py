"""One credential shown many times at the same instant: one wins at most, and nobody is told of a fault of ours."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections, transaction
from django.test import Client
from django.utils import timezone

from openecf.central.accounts import rules
from openecf.central.accounts.services import signing_in
from openecf.central.signon import services
from openecf.central.signon.models import LogoutDelivery, Revocation, SsoSession
from tests.central.relying import PASSWORD, Court, account, court, session_of, sign_in, signed_on, userinfo
from tests.stand import until
from tests.together import at_once

__all__ = ["court"]
pytestmark = pytest.mark.django_db(transaction=True)


def posted(forms: list[dict]) -> list:
    return at_once([lambda form=form: Client().post("/oauth2/token", form) for form in forms])


def test_of_eight_redemptions_of_a_code_one_wins_forty_times_over(court: Court) -> None:
    browser = signed_on(account())
    for _ in range(40):
        asking = court.ask()
        code = asking.code(browser)
        answers = posted([asking.form(code) for _ in range(8)])
        won = [one.json() for one in answers if one.status_code == 200]
        assert len(won) == 1, [one.status_code for one in answers]
        assert {one.json()["error"] for one in answers if one.status_code != 200} == {"invalid_grant"}
        assert userinfo(won[0]["access_token"]).status_code == 401, "the others' attempts are replays: it is dead"


def test_of_eight_refreshes_with_a_token_one_wins_forty_times_over(court: Court) -> None:
    browser = signed_on(account())
    for _ in range(40):
        token = court.ask(scope="openid offline_access").tokens(browser)["refresh_token"]
        forms = [{"grant_type": "refresh_token", "refresh_token": token} | court.proof() for _ in range(8)]
        answers = posted(forms)
        won = [one.json() for one in answers if one.status_code == 200]
        assert len(won) == 1, [one.status_code for one in answers]
        assert userinfo(won[0]["access_token"]).status_code == 401, "two held the token: the family is dead"
        last = {"grant_type": "refresh_token", "refresh_token": won[0]["refresh_token"]} | court.proof()
        assert Client().post("/oauth2/token", last).status_code == 400


def test_of_two_hundred_guesses_at_once_no_more_are_looked_at_than_the_budget_and_the_places_for_hashing(monkeypatch):
    """From one network; what comes beyond the budget is answered like a wrong password, and never compared with the right one."""
    ada = account()
    compared: list[str] = []
    verify = signing_in.verify_password

    def counted(password: str, encoded: str) -> tuple[bool, bool]:
        if encoded == ada.password:
            compared.append(password)
        return verify(password, encoded)

    monkeypatch.setattr(signing_in, "verify_password", counted)

    def guess(n: int) -> str:
        try:
            signing_in.check_password(
                username=ada.username, password=f"guess {n}", now=timezone.now(), address="203.0.113.9"
            )
        except signing_in.NotSignedOn as refusal:
            return type(refusal).__name__
        finally:
            connections.close_all()
        return "signed on"

    with ThreadPoolExecutor(20) as pool:
        answers = set(pool.map(guess, range(200)))
    assert answers <= {"NotSignedOn", "SignOnBusy"}
    places = max(2, os.cpu_count() or 2)
    assert rules.NETWORK_ACCOUNT_BUDGET <= len(compared) < rules.NETWORK_ACCOUNT_BUDGET + places


def waits_for_a_lock() -> bool:
    """Whether another connection to this database waits for a row."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock')"
        )
        return cursor.fetchone()[0]


def test_revoking_a_token_while_it_is_refreshed_ends_what_the_refresh_gave(court: Court) -> None:
    given = court.ask(scope="openid offline_access").tokens(signed_on(account()))
    now = timezone.now()

    def revoke() -> bool:
        try:
            return services.revoke_token(token=given["refresh_token"], court=court.id, at=now)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            following = services.refresh(token=given["refresh_token"], court=court.id, at=now)
            revoked = pool.submit(revoke)
            until(waits_for_a_lock, seconds=60, what="the revocation to meet the refresh")
        assert revoked.result()
    assert userinfo(following.access_token).status_code == 401
    assert services.refresh(token=following.refresh_token, court=court.id, at=now) is None


def test_of_eight_uses_of_a_courts_proof_one_wins_forty_times_over(court: Court) -> None:
    browser = signed_on(account())
    for _ in range(40):
        proof, askings = court.proof(), [court.ask() for _ in range(8)]
        answers = posted([asking.form(asking.code(browser)) | proof for asking in askings])
        assert sorted(one.status_code for one in answers) == [200] + [400] * 7


def test_signing_off_while_codes_are_redeemed_leaves_nothing_alive(court: Court) -> None:
    who = account()
    for _ in range(10):
        browser = signed_on(who)
        session = session_of(browser)
        askings = [court.ask() for _ in range(5)]
        forms = [asking.form(asking.code(browser)) for asking in askings]
        answers = at_once(
            [lambda form=form: Client().post("/oauth2/token", form) for form in forms]
            + [lambda one=session: services.sign_off(session=one, at=timezone.now())]
        )[:5]
        for one in answers:
            assert one.status_code in (200, 400)
            if one.status_code == 200:
                assert userinfo(one.json()["access_token"]).status_code == 401


def test_signing_off_six_times_at_once_tells_each_court_once(court: Court) -> None:
    browser = signed_on(account())
    court.ask().tokens(browser)
    session = session_of(browser)
    assert at_once([lambda: services.sign_off(session=session, at=timezone.now())] * 6) == [None] * 6
    assert Revocation.objects.count() == LogoutDelivery.objects.count() == 1


def test_signing_in_again_in_two_tabs_at_once_leaves_one_session(court: Court) -> None:
    who, browser = account(), Client()
    sign_in(browser)
    before = session_of(browser)  # as each tab's request finds it by the cookie, before one of them changes it

    def again() -> services.Begun:
        return services.sign_on(
            username=who.username, password=PASSWORD, address="203.0.113.9", replaces=before, at=timezone.now()
        )

    given = at_once([again] * 4)
    assert not any(isinstance(one, Exception) for one in given), given
    assert SsoSession.objects.filter(ended_at=None).count() == 1
