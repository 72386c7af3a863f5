"""Setting up authenticator apps, removing them, recovery codes: what it takes, what it ends, who is told."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from openecf.central.accounts.models import Account
from openecf.central.accounts.services import maintaining
from openecf.central.factors import rules, sealing, services
from openecf.central.factors.models import AuthenticatorApp, RecoveryCode
from openecf.central.factors.services import enrolling
from openecf.central.signon import rules as sign_on_rules
from openecf.central.signon.models import SsoSession
from openecf.platform.audit.models import AuditLine
from tests.central.phones import Phone, app_of, recovery_codes_of, set_up
from tests.central.registrants import NEW_PASSWORD, errors, mailed
from tests.central.relying import PASSWORD, SESSION_COOKIE, account, session_of, signed_on

pytestmark = pytest.mark.django_db
OVERVIEW, ADD = "/pscof/manage/factors", "/pscof/manage/factors/add"


def apps(who: Account) -> list[AuthenticatorApp]:
    return list(AuthenticatorApp.objects.filter(account=who).exclude(confirmed_at=None).order_by("confirmed_at"))


def is_on(who: Account) -> bool:
    who.refresh_from_db()
    return who.second_factor_since is not None


def proving(who: Account) -> Client:
    """A browser whose sign-on proved the second factor."""
    browser = signed_on_with_code(who)
    assert session_of(browser).acr == sign_on_rules.AAL2
    return browser


def signed_on_with_code(who: Account) -> Client:
    Account.objects.filter(id=who.id).update(second_factor_since=None)
    browser = signed_on(Account.objects.get(id=who.id))
    Account.objects.filter(id=who.id).update(second_factor_since=who.second_factor_since)
    SsoSession.objects.filter(id=session_of(browser).id).update(acr=sign_on_rules.AAL2, amr=["pwd", "otp", "mfa"])
    return browser


def test_the_first_app_turns_it_on_and_gives_ten_recovery_codes_once() -> None:
    who = account()
    browser, elsewhere = signed_on(who), signed_on(who)
    before = browser.cookies[SESSION_COOKIE].value
    phone, page = set_up(browser)
    codes = re.findall(r"<code>([0-9A-Z-]{29})</code>", page.content.decode())
    assert page.status_code == 200 and len(set(codes)) == 10 and "no-store" in page.headers["Cache-Control"]
    assert is_on(who) and [app.name for app in apps(who)] == ["Telephone"]
    assert browser.cookies[SESSION_COOKIE].value != before, "a proof gives a new cookie (ASVS 7.2.4)"
    stolen = Client()
    stolen.cookies[SESSION_COOKIE] = before
    assert stolen.get(OVERVIEW).status_code == 302
    assert (session_of(browser).acr, session_of(browser).amr) == (sign_on_rules.AAL2, ["pwd", "otp", "mfa"])
    assert elsewhere.get(OVERVIEW).status_code == 302, "whoever was signed on elsewhere with the password alone is out"
    assert codes[0] not in browser.get(OVERVIEW).content.decode()
    assert "was added" in mailed(who.email)[-1].text
    assert AuditLine.objects.filter(act="factors.app-added", by=str(who.id)).count() == 1
    assert services.prove(account=who, code=codes[3], at=timezone.now()) == rules.RECOVERY
    assert services.prove(account=who, code=phone.next(), at=timezone.now()) == rules.OTP


def test_nothing_counts_before_a_code_was_shown() -> None:
    who = account()
    browser = signed_on(who)
    asked = browser.post(ADD, {"name": "Office", "current": PASSWORD})
    assert not apps(who) and not is_on(who) and not mailed(who.email)
    page = browser.get(asked.headers["Location"]).content.decode()
    phone = Phone.reading(re.search(r'href="(otpauth://[^"]+)"', page)[1].replace("&amp;", "&"))
    assert Phone.typing(re.search(r'ecf-secret"><code[^>]*>([A-Z2-7 ]+)<', page)[1]).secret == phone.secret
    assert "<svg" in page and "style=" not in page
    refused = browser.post(asked.headers["Location"], {"code": phone.wrong()})
    assert "not right" in errors(refused)["code"] and not is_on(who)
    assert (
        phone.secret
        == Phone.reading(
            re.search(r'href="(otpauth://[^"]+)"', refused.content.decode())[1].replace("&amp;", "&")
        ).secret
    ), "a typing error does not cost the picture"


def test_the_code_that_set_the_app_up_opens_nothing_more() -> None:
    who = account()
    phone, _page = set_up(signed_on(who))
    given = phone.at(timezone.now(), steps=-1)
    assert services.prove(account=who, code=given, at=timezone.now()) is None


def test_a_telephone_whose_clock_is_wrong_is_set_up_and_known_for_it_afterwards() -> None:
    """Behind for good: its codes count, as do those of the day on which somebody sets it right."""
    who, now = account(), timezone.now()
    session = session_of(signed_on(who))
    app = enrolling.begin_app(account=who, password=PASSWORD, name="Old one", session=session.id, at=now)
    kept = AuthenticatorApp.objects.get()
    phone = Phone(sealing.unseal(kept.sealed, app=app, account=who.id))
    with pytest.raises(services.WrongCode):
        enrolling.confirm_app(account=who, app=app, code=phone.at(now, steps=-4), session=session, at=now)
    enrolling.confirm_app(account=who, app=app, code=phone.at(now, steps=-3), session=session, at=now)

    def counts(minutes: int, off: int) -> bool:
        at = now + timedelta(minutes=minutes)
        return services.prove(account=who, code=phone.at(at, steps=off), at=at) is not None

    assert not counts(10, 2), "nobody saw it ahead"
    assert [counts(20, -3), counts(30, -2), counts(40, -4), counts(50, 0)] == [True, True, False, True]
    assert AuthenticatorApp.objects.get().drift == 0 and not counts(60, -2), "it was set right"


def test_a_tenth_wrong_code_ends_the_setting_up() -> None:
    who = account()
    browser = signed_on(who)
    there = browser.post(ADD, {"name": "Office", "current": PASSWORD}).headers["Location"]
    app = AuthenticatorApp.objects.get(account=who)
    secret = Phone(enrolling.sealing.unseal(app.sealed, app=app.id, account=who.id))
    for _ in range(10):
        browser.post(there, {"code": secret.wrong()})
    assert browser.post(there, {"code": secret.next()}).status_code == 200
    assert not is_on(who)


def test_another_sign_on_of_the_same_person_does_not_see_the_secret() -> None:
    who = account()
    browser, thief = signed_on(who), signed_on(who)
    there = browser.post(ADD, {"name": "Office", "current": PASSWORD}).headers["Location"]
    assert browser.get(there).status_code == 200
    assert thief.get(there).headers["Location"] == ADD
    assert signed_on(account("somebody")).get(there).headers["Location"] == ADD


def test_half_an_hour_later_it_begins_anew() -> None:
    who = account()
    browser = signed_on(who)
    there = browser.post(ADD, {"name": "Office", "current": PASSWORD}).headers["Location"]
    late = timezone.now() - rules.ENROLMENT_LIFE - timedelta(seconds=1)
    AuthenticatorApp.objects.update(begun_at=late)
    assert browser.get(there).headers["Location"] == ADD
    services.sweep(at=timezone.now())
    assert not AuthenticatorApp.objects.exists()


@pytest.mark.parametrize(
    ("typed", "field"),
    [({"name": "Office", "current": "wrong"}, "current"), ({"name": "", "current": PASSWORD}, "name"),
     ({"name": "x" * 41, "current": PASSWORD}, "name"), ({"name": "TELEPHONE", "current": PASSWORD}, "name")],
)  # fmt: skip
def test_what_is_not_taken_is_said_beside_its_field(typed, field) -> None:
    who = account()
    app_of(who, "Telephone")
    answer = proving(who).post(ADD, typed)
    assert answer.status_code == 200 and field in errors(answer)
    assert AuthenticatorApp.objects.filter(account=who).count() == 1


def test_ten_apps_and_no_more() -> None:
    who = account()
    for n in range(10):
        app_of(who, f"App {n}")
    browser = proving(who)
    assert "as many as an account can have" in browser.get(OVERVIEW).content.decode()
    answer = browser.post(ADD, {"name": "Eleventh", "current": PASSWORD})
    assert "You have ten apps" in errors(answer)["__all__"]


def test_every_app_of_an_account_counts_by_itself() -> None:
    who = account()
    phones = [app_of(who, f"App {n}") for n in range(10)]
    assert [services.prove(account=who, code=one.next(), at=timezone.now()) for one in phones] == [rules.OTP] * 10


def test_a_second_app_leaves_the_recovery_codes_and_the_sign_ons() -> None:
    who = account()
    browser = signed_on(who)
    set_up(browser)
    other, made = proving(who), set(RecoveryCode.objects.values_list("digest", flat=True))
    _phone, answer = set_up(browser, "Office")
    assert answer.headers["Location"] == f"{OVERVIEW}?done=added" and len(apps(who)) == 2
    assert set(RecoveryCode.objects.values_list("digest", flat=True)) == made
    assert other.get(OVERVIEW).status_code == 200


def test_removing_one_of_two_ends_its_codes_and_the_other_sign_ons() -> None:
    who = account()
    lost, kept = app_of(who, "Lost"), app_of(who, "Kept")
    browser, other = proving(who), proving(who)
    there = f"{OVERVIEW}/{apps(who)[0].id}/remove"
    assert "end_second_factor" not in browser.get(there).content.decode()
    assert "current" in errors(browser.post(there, {"current": "wrong"})) and len(apps(who)) == 2
    assert browser.post(there, {"current": PASSWORD}).headers["Location"] == f"{OVERVIEW}?done=removed"
    assert [app.name for app in apps(who)] == ["Kept"] and is_on(who)
    assert services.prove(account=who, code=lost.next(), at=timezone.now()) is None
    assert services.prove(account=who, code=kept.next(), at=timezone.now()) == rules.OTP
    assert browser.get(OVERVIEW).status_code == 200 and other.get(OVERVIEW).status_code == 302
    assert "“Lost” was removed" in mailed(who.email)[-1].text


def test_the_last_app_goes_only_when_its_owner_says_so() -> None:
    who = account()
    app_of(who)
    recovery_codes_of(who)
    browser, there = proving(who), f"{OVERVIEW}/{apps(who)[0].id}/remove"
    assert "This is your last one" in browser.get(there).content.decode()
    refused = browser.post(there, {"current": PASSWORD})
    assert "Check the box" in errors(refused)["end_second_factor"] and is_on(who)
    gone = browser.post(there, {"current": PASSWORD, "end_second_factor": "on"})
    assert gone.headers["Location"] == f"{OVERVIEW}?done=off"
    assert not is_on(who) and not apps(who) and not RecoveryCode.objects.filter(account=who).exists()
    assert "asks for the password only" in mailed(who.email)[-1].text


def test_with_a_second_factor_twelve_characters_are_enough_but_not_without_it_again() -> None:
    who, short = account(), "gravel tulip"
    page = {"current": PASSWORD, "password": short, "password_again": short}
    browser = signed_on(who)
    assert "at least 15" in errors(browser.post("/pscof/manage/password", page))["password"]
    app_of(who)
    browser = proving(who)
    assert "At least 12 characters" in browser.get("/pscof/manage/password").content.decode()
    assert browser.post("/pscof/manage/password", page).status_code == 302
    path = f"{OVERVIEW}/{apps(who)[0].id}/remove"
    refused = browser.post(path, {"current": short, "end_second_factor": "on"})
    assert "too short" in errors(refused)["__all__"] and is_on(who)
    page |= {"current": short, "password": NEW_PASSWORD, "password_again": NEW_PASSWORD}
    assert browser.post("/pscof/manage/password", page).status_code == 302
    assert browser.post(path, {"current": NEW_PASSWORD, "end_second_factor": "on"}).status_code == 302 and not is_on(
        who
    )


def test_a_new_batch_ends_the_old_one() -> None:
    who = account()
    app_of(who)
    old = recovery_codes_of(who)
    page = proving(who).post(f"{OVERVIEW}/recovery", {"current": PASSWORD}).content.decode()
    new = re.findall(r"<code>([0-9A-Z-]{29})</code>", page)
    assert len(new) == 10 and not set(new) & set(old)
    now = timezone.now()
    assert [services.prove(account=who, code=code, at=now) for code in old] == [None] * 10
    assert [services.prove(account=who, code=code, at=now) for code in new] == [rules.RECOVERY] * 10
    assert [services.prove(account=who, code=code, at=now) for code in new] == [None] * 10, "each works once"


def test_recovery_codes_stand_in_for_an_app_and_are_not_made_without_one() -> None:
    browser = signed_on(account())
    assert "Add an authenticator app or a passkey first" in browser.get(f"{OVERVIEW}/recovery").content.decode()
    assert errors(browser.post(f"{OVERVIEW}/recovery", {"current": PASSWORD}))["__all__"]


@pytest.mark.parametrize(("used", "warned"), [(6, False), (7, True), (9, True), (10, True)])
def test_a_warning_at_three_left(used, warned) -> None:
    who = account()
    app_of(who)
    for code in recovery_codes_of(who)[:used]:
        assert services.prove(account=who, code=code, at=timezone.now())
    page = proving(who).get(OVERVIEW).content.decode()
    assert ("usa-alert--warning" in page) is warned
    assert mailed(who.email)[-1].text.count(f"{10 - used} are left") == 1, "each use is told by mail"


def test_the_settings_tab_says_whether_it_is_on() -> None:
    who = account()
    browser = signed_on(who)
    assert "Off: your password alone" in browser.get("/pscof/manage").content.decode()
    set_up(browser)
    assert "On since" in browser.get("/pscof/manage").content.decode()


def test_legacy_accounts_upgrade_first() -> None:
    browser = signed_on(account("old", upgraded_at=None))
    assert browser.get(ADD).headers["Location"] == "/pscof/upgrade"
    with pytest.raises(maintaining.NotUpgraded):
        enrolling.begin_app(
            account=Account.objects.get(),
            password=PASSWORD,
            name="x",
            session=session_of(browser).id,
            at=timezone.now(),
        )


def test_a_sign_on_without_the_code_changes_nothing_of_an_account_that_has_one() -> None:
    who = account()
    browser = signed_on(who)
    app_of(who)
    for path in (OVERVIEW, ADD, f"{OVERVIEW}/recovery", f"{OVERVIEW}/{apps(who)[0].id}/remove"):
        for answer in (browser.get(path), browser.post(path, {"current": PASSWORD})):
            assert answer.headers["Location"].startswith("/csologin/code?"), path
    assert is_on(who)


def test_nobody_reaches_anothers_apps() -> None:
    mine, theirs = account("mine"), account("theirs")
    app_of(mine)
    app_of(theirs)
    browser, there = proving(mine), f"{OVERVIEW}/{apps(theirs)[0].id}/remove"
    assert browser.get(there).status_code == 404
    assert browser.post(there, {"current": PASSWORD, "end_second_factor": "on"}).status_code == 404
    assert is_on(theirs)
