"""One code shown many times at the same instant opens one sign-on, whatever kind of code it is."""

from __future__ import annotations

import pytest
from django.db.models import F
from django.test import Client
from django.utils import timezone

from openecf.central.accounts.services import NotSignedOn
from openecf.central.factors import rules, services
from openecf.central.factors.models import AuthenticatorApp, Passkey, RecoveryCode, Waiting
from openecf.central.factors.rules import passkey_site
from openecf.central.factors.services import WaitingOver, WrongCode, enrolling
from openecf.central.signon.context import WAITING_COOKIE
from openecf.central.signon.models import SsoSession
from openecf.platform.throttle.models import Counter
from tests.central.phones import CODE_PAGE, app_of, is_signed_on, password_given, recovery_codes_of
from tests.central.registrants import at_once
from tests.central.relying import PASSWORD, account, session_of, signed_on
from tests.central.softkey import SoftKey
from tests.central.test_passkeys import OPTIONS, SIGN_ON, asked_by, begin, key_of
from tests.central.test_signon_api import credentials, told

pytestmark = pytest.mark.django_db(transaction=True)


def test_of_eight_uses_of_a_step_one_counts_forty_times_over() -> None:
    who = account()
    phone = app_of(who)
    for _ in range(40):
        AuthenticatorApp.objects.update(last_step=0)
        now = timezone.now()
        given = phone.at(now)
        proved = at_once([lambda given=given, now=now: services.prove(account=who, code=given, at=now)] * 8)
        assert sorted(proved, key=bool) == [None] * 7 + [rules.OTP], proved


def test_of_eight_uses_of_a_recovery_code_one_counts_forty_times_over() -> None:
    who = account()
    app_of(who)
    for n in range(40):
        if n % 10 == 0:
            codes = recovery_codes_of(who)
        proved = at_once([lambda given=codes[n % 10]: services.prove(account=who, code=given, at=timezone.now())] * 8)
        assert sorted(proved, key=bool) == [None] * 7 + [rules.RECOVERY], proved
    assert RecoveryCode.objects.filter(used_at=None).count() == 0


def test_of_eight_answers_to_a_challenge_one_opens_forty_times_over() -> None:
    key = key_of(account())
    for n in range(40):
        SsoSession.objects.filter(ended_at=None).update(ended_at=timezone.now())
        browser = Client(REMOTE_ADDR=f"198.51.{n}.7")
        answer = key.shown(browser.post(OPTIONS).json())
        browsers = [Client(REMOTE_ADDR=f"198.51.{n}.7") for _ in range(8)]
        at_once([lambda one=one, answer=answer: one.post(SIGN_ON, {"answer": answer}) for one in browsers])
        assert sum(is_signed_on(one) for one in browsers) == 1
        assert SsoSession.objects.filter(ended_at=None).count() == 1


def test_one_key_added_in_eight_tabs_at_once_is_added_once() -> None:
    ada = account()
    key, browser = SoftKey("https://testserver"), signed_on(ada)
    asked = [asked_by(browser.get(there).content.decode()) for there in [begin(browser, f"Tab {n}") for n in range(8)]]
    session, site = session_of(browser), passkey_site("https://testserver", public_hosts=("testserver",))

    def add(one: dict):
        try:
            return enrolling.add_passkey(
                account=ada, answer=key.made(one), session=session, site=site, at=timezone.now()
            )
        except (enrolling.PasskeyTaken, NotSignedOn) as refusal:
            return refusal.code

    added = at_once([lambda one=one: add(one) for one in asked])
    assert sum(isinstance(one, enrolling.Enrolled) for one in added) == 1, added
    assert Passkey.objects.count() == 1


def test_of_eight_browsers_with_one_code_one_is_signed_on_forty_times_over() -> None:
    who = account()
    phone = app_of(who)
    for _ in range(40):
        Counter.objects.all().delete()
        AuthenticatorApp.objects.update(last_step=0)
        browsers = [password_given(who) for _ in range(8)]
        given = phone.at(timezone.now())
        at_once([lambda one=one, given=given: one.post(CODE_PAGE, {"code": given}) for one in browsers])
        assert sum(is_signed_on(one) for one in browsers) == 1


def test_of_eight_programs_with_one_code_one_is_signed_on_forty_times_over() -> None:
    who = account()
    phone = app_of(who)
    for _ in range(40):
        Counter.objects.all().delete()
        AuthenticatorApp.objects.update(last_step=0)
        given = phone.at(timezone.now())
        answers = at_once([lambda given=given: told(credentials(otpCode=given))] * 8)
        assert sorted(one["loginResult"] for one in answers) == ["0"] + ["13"] * 7


def test_two_right_codes_at_once_make_one_sign_on_of_one_password() -> None:
    who = account()
    phones = [app_of(who, f"App {n}") for n in range(8)]
    browser = password_given(who)
    secret = browser.cookies[WAITING_COOKIE].value
    acts = [lambda given=one.next(): services.try_code(secret=secret, code=given, device="", at=timezone.now())
            for one in phones]  # fmt: skip
    proved = at_once(acts)
    assert sum(isinstance(one, services.Proved) for one in proved) == 1, proved
    assert all(isinstance(one, services.Proved | WaitingOver) for one in proved)
    assert SsoSession.objects.count() == 0


def test_parallel_guesses_get_ten_tries_of_a_password_and_no_more() -> None:
    who = account()
    phone = app_of(who)
    browser = password_given(who)
    secret = browser.cookies[WAITING_COOKIE].value
    wrong = phone.wrong()
    tried = at_once([lambda: services.try_code(secret=secret, code=wrong, device="", at=timezone.now())] * 24)
    assert sum(isinstance(one, WrongCode) for one in tried) <= 9
    assert all(isinstance(one, WrongCode | WaitingOver) for one in tried), tried
    assert Waiting.objects.get().tries == rules.CODES_PER_PASSWORD


def test_apps_confirmed_at_once_do_not_get_past_ten() -> None:
    who = account()
    for n in range(8):
        app_of(who, f"App {n}")
    pending = []
    for n in range(6):
        phone = app_of(who, f"New {n}")
        app = AuthenticatorApp.objects.get(name=f"New {n}")
        session = session_of(signed_on_anyway(who))
        AuthenticatorApp.objects.filter(id=app.id).update(confirmed_at=None, session=session.id)
        pending.append((app.id, phone, session))
    done = at_once([
        lambda app=app, phone=phone, session=session: enrolling.confirm_app(
            account=who, app=app, code=phone.next(), session=session, at=timezone.now()
        )
        for app, phone, session in pending
    ])  # fmt: skip
    assert sum(isinstance(one, enrolling.Enrolled) for one in done) == 2, done
    assert AuthenticatorApp.objects.exclude(confirmed_at=None).count() == 10


def signed_on_anyway(who) -> Client:
    since = who.second_factor_since
    type(who).objects.filter(id=who.id).update(second_factor_since=None)
    browser = signed_on(who)
    type(who).objects.filter(id=who.id).update(second_factor_since=since)
    return browser


@pytest.mark.parametrize("n", range(6))
def test_a_sign_on_that_begins_while_the_first_app_is_added_does_not_survive_with_the_password_alone(n) -> None:
    who = account(f"racer-{n}")
    browser = signed_on(who)
    session = session_of(browser)
    app = enrolling.begin_app(account=who, password=PASSWORD, name="T", session=session.id, at=timezone.now())
    row = AuthenticatorApp.objects.get(id=app)
    given = rules.code_of(enrolling.sealing.unseal(row.sealed, app=app, account=who.id), rules.step_at(timezone.now()))
    at_once([
        lambda: enrolling.confirm_app(account=who, app=app, code=given, session=session, at=timezone.now()),
        *[lambda: signed_on(who)] * 4,
    ])  # fmt: skip
    alive = SsoSession.objects.filter(account=who, ended_at=None)
    assert [(one.id, one.acr) for one in alive] == [(session.id, "urn:openecf:aal2")]
    assert not alive.filter(created_at__gt=F("auth_time")).exists()
