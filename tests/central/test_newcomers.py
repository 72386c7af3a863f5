"""A browser or program that the account did not know signs on: its owner is told, and may say that it was somebody else.
Then everybody is out, and the owner begins at the mailbox."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from openecf.central.accounts import rules, services
from openecf.central.accounts.models import Account, Closed, KnownDevice, KnownProgram, MailedLink
from openecf.central.accounts.services import DEVICE_COOKIE, DEVICE_LIFE, LinkSpent, closing, disowning, securing
from openecf.central.accounts.services.links import LIFE, Purpose, make_link
from openecf.central.factors.models import AuthenticatorApp, Passkey, RecoveryCode
from openecf.central.signon import services as signing
from openecf.central.signon.models import SsoSession
from openecf.platform.audit.models import AuditLine
from tests.central.phones import app_of
from tests.central.registrants import NEW_PASSWORD, at_once, link_in, mailed
from tests.central.relying import (
    BROWSER,
    PASSWORD,
    SESSION_COOKIE,
    Court,
    account,
    court,
    session_of,
    sign_in,
    signed_on,
)
from tests.central.test_passkeys import key_of

__all__ = ["court"]
pytestmark = pytest.mark.django_db
NEWS = "A new sign-in to your PACER account"
DAY = timedelta(days=1)
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
AT = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)


@pytest.fixture
def ada() -> Account:
    """Her account was in use long before."""
    return account(last_used_at=timezone.now() - 90 * DAY, created_at=timezone.now() - 400 * DAY)


def news(who: Account) -> list[str]:
    return [one.text for one in mailed(who.email) if one.subject == NEWS]


def newcomer(**more: str) -> Client:
    browser = Client(headers={"User-Agent": FIREFOX} | BROWSER, REMOTE_ADDR="203.0.113.7", **more)
    assert sign_in(browser).status_code == 302
    return browser


def program(*, user_agent: str = "juriscraper/3.0.40", address: str = "203.0.113.7", at: datetime | None = None):
    return signing.sign_on_program(
        username="ada-counsel", password=PASSWORD, redaction_confirmed=True, address=address, user_agent=user_agent,
        at=at or timezone.now(),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "others", "told", "news", "because"),
    [
        (None, True, 0, True, "a browser that the account does not know"),
        (None, False, 0, True, "an account that nobody used for long knows no browser: all the more"),
        (timedelta(hours=1), False, 0, False, "who chose a new password comes back with it"),
        (timedelta(hours=1), True, 0, True, "and is back already: this is somewhere else"),
        (DAY, False, 0, True, "a day later nobody expects it"),
        (None, True, 4, True, "the fifth of a day"),
        (None, True, 5, False, "a flood is no news"),
    ],
)
def test_what_is_news(changed, others, told, news, because) -> None:
    changed_at = AT - changed if changed else None
    said = rules.is_news(password_changed_at=changed_at, knows_others=others, told_today=told, at=AT)
    assert said is news, because


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        (FIREFOX, "Firefox, Windows"),
        ("juriscraper/3.0.40 (+https://free.law)", "juriscraper"),
        ("", ""),
        ("http://evil.example/reset now", "http"),
        ("call.1-800-555-0100.now", "call1-800-555-0100now"),
        ("<b>x</b>", "bx"),
        ("\N{CYRILLIC SMALL LETTER ER}acer", "acer"),
    ],
)
def test_a_strangers_name_for_itself_puts_no_words_and_no_address_into_the_mail(user_agent, name) -> None:
    assert rules.told_name(user_agent) == name


class TestABrowser:
    def test_of_a_new_account_is_no_news_and_the_next_one_is(self) -> None:
        who = account()
        newcomer()
        assert news(who) == []
        newcomer()
        (text,) = news(who)
        assert "Firefox, Windows" in text and "203.0.113.7" in text and who.number in text

    def test_that_is_known_is_no_news(self, ada) -> None:
        browser = newcomer()
        browser.get("/csologin/logout")
        browser.post("/csologin/logout")
        sign_in(browser)
        assert len(news(ada)) == 1

    def test_that_is_signed_on_and_proves_itself_again_is_no_news(self, ada) -> None:
        browser = newcomer()
        del browser.cookies[DEVICE_COOKIE]
        sign_in(browser)
        assert len(news(ada)) == 1 and KnownDevice.objects.count() == 2

    def test_that_is_used_stays_known(self, ada) -> None:
        browser = newcomer()
        device, now = browser.cookies[DEVICE_COOKIE].value, timezone.now()
        for days in (100, 250, 400):
            assert services.remember_device(account=ada, had=device, at=now + days * DAY) == device
        assert KnownDevice.objects.get().expires_at == now + 400 * DAY + DEVICE_LIFE
        assert browser.cookies[DEVICE_COOKIE]["max-age"] == DEVICE_LIFE.total_seconds()

    def test_is_told_in_the_language_that_the_owner_read_before(self, ada) -> None:
        Account.objects.update(language="en")
        newcomer(HTTP_ACCEPT_LANGUAGE="es")
        assert len(news(ada)) == 1

    def test_of_a_second_step_and_of_a_passkey_are_news_too(self, ada) -> None:
        key = key_of(ada)
        browser = Client(REMOTE_ADDR="203.0.113.9", headers=BROWSER)
        options = browser.post("/csologin/passkey/options").json()
        assert browser.post("/csologin/passkey", {"answer": key.shown(options)}).status_code == 302
        assert len(news(ada)) == 1 and "a browser without a name" in news(ada)[0]

    def test_a_wrong_password_tells_nobody_anything(self, ada) -> None:
        sign_in(Client(), password="wrong")
        assert mailed() == []

    def test_a_flood_of_them_is_told_of_five_times(self, ada) -> None:
        for _ in range(7):
            newcomer()
        assert len(news(ada)) == 5

    def test_after_a_new_password_the_first_is_no_news(self, ada) -> None:
        newcomer()
        link = make_link(purpose=Purpose.RESET, email=ada.email, at=timezone.now(), account=ada)
        secret = link.rsplit("/", 1)[1]
        securing.reset_password(secret=secret, new=NEW_PASSWORD, at=timezone.now(), address="203.0.113.7")
        for count in (1, 2):
            assert sign_in(Client(headers=BROWSER), password=NEW_PASSWORD).status_code == 302
            assert len(news(ada)) == count, "the second is"


def test_an_owner_forgets_every_browser_and_program_and_each_is_news_again(ada) -> None:
    browser = newcomer()
    program()
    page = browser.get("/pscof/manage/sessions").content.decode()
    assert "Your account knows 1 browser and 1 program." in " ".join(page.split())
    assert browser.post("/pscof/manage/sessions", {"forget": "1"}).status_code == 302
    page = browser.get("/pscof/manage/sessions?forgotten=1").content.decode()
    assert "knows 0 browsers and 0 programs." in " ".join(page.split()), "and it is signed on still"
    before = len(news(ada))
    browser.post("/csologin/logout")
    sign_in(browser)
    program()
    assert len(news(ada)) == before + 2
    assert "programs were forgotten" in browser.get("/pscof/manage/history").content.decode()


class TestAProgram:
    def test_is_told_of_once_for_each_network_and_each_program(self, ada) -> None:
        for version in ("3.0.40", "3.0.40", "4.0.1"):
            program(user_agent=f"juriscraper/{version}")
        program(address="203.0.113.99")
        assert len(news(ada)) == 1 and "a program signed in" in news(ada)[0] and "juriscraper" in news(ada)[0]
        program(address="198.51.100.1")
        program(user_agent="pacer-cli/0.1")
        assert len(news(ada)) == 3

    def test_that_fills_in_the_page_every_day_and_keeps_no_cookie_is_told_of_once(self, ada) -> None:
        for _ in range(3):
            browser = Client(headers={"User-Agent": FIREFOX}, REMOTE_ADDR="203.0.113.7")
            assert sign_in(browser).status_code == 302
        (text,) = news(ada)
        assert "a program signed in" in text

    def test_of_a_new_account_is_no_news(self) -> None:
        who = account()
        program()
        assert news(who) == [] and KnownProgram.objects.count() == 1

    def test_that_is_not_used_for_half_a_year_is_forgotten(self, ada) -> None:
        now = timezone.now()
        program(at=now)
        program(at=now + 100 * DAY)
        services.sweep(at=now + 200 * DAY)
        assert KnownProgram.objects.count() == 1
        services.sweep(at=now + 281 * DAY)
        assert KnownProgram.objects.count() == 0


class TestItWasNotMe:
    @pytest.fixture(autouse=True)
    def taken(self, ada) -> None:
        """A thief knows her password; she is signed on, too."""
        self.ada, self.hers = ada, signed_on(ada)
        self.thief = newcomer()
        self.link = link_in(mailed(ada.email)[-1])

    def secret(self) -> str:
        return self.link.rsplit("/", 1)[1]

    def test_opening_the_link_says_what_the_button_does_and_does_nothing(self) -> None:
        for method in ("get", "head", "get"):
            page = getattr(Client(), method)(self.link)
            assert page.status_code == 200 and page.headers["Referrer-Policy"] == "same-origin"
            assert "no-store" in page.headers["Cache-Control"]
        assert self.ada.number in page.content.decode() and "sign everybody out" in page.content.decode()
        assert session_of(self.thief) and len(mailed()) == 1
        assert AuditLine.objects.filter(act="account.disowned").count() == 0

    def test_the_button_wants_its_form_token(self) -> None:
        assert Client(enforce_csrf_checks=True).post(self.link).status_code == 403
        assert session_of(self.thief)

    def test_the_button_ends_every_sign_on_everywhere_and_the_password(self, court: Court) -> None:
        token = program().secret
        opened = court.ask().tokens(self.thief)
        self.thief.defaults["REMOTE_ADDR"] = "192.0.2.44"
        page = self.thief.post(self.link)
        assert page.cookies[SESSION_COOKIE].value == ""
        assert page.status_code == 200 and "opens nothing any more" in page.content.decode()
        assert SsoSession.objects.filter(ended_at=None).count() == 0
        assert set(SsoSession.objects.values_list("ended_why", flat=True)) == {"disowned"}
        assert (
            Client().get("/oauth2/userinfo", headers={"Authorization": f"Bearer {opened['access_token']}"}).status_code
            == 401
        )
        assert not signing.sign_off_program(token=token, at=timezone.now())
        assert sign_in(self.thief).status_code == 200, "the known browser and the right password"
        assert KnownDevice.objects.count() == KnownProgram.objects.count() == 0
        line = AuditLine.objects.get(act="account.disowned")
        assert (line.subject, line.by, line.address) == (str(self.ada.id), "link", "192.0.2.44")
        assert line.facts["ended"] == 3

    def test_the_confirmation_brings_the_way_back(self) -> None:
        Client().post(self.link)
        told = mailed(self.ada.email)[-1]
        assert told.subject == "Everybody is signed out of your PACER account" and "ada-counsel" in told.text
        Client().post(link_in(told), {"password": NEW_PASSWORD, "password_again": NEW_PASSWORD})
        assert sign_in(Client(), password=NEW_PASSWORD).status_code == 302
        history = self.hers
        sign_in(history, password=NEW_PASSWORD)
        assert "everybody was signed out" in history.get("/pscof/manage/history").content.decode()

    def test_it_is_good_once(self) -> None:
        assert [Client().post(self.link).status_code for _ in range(3)] == [200, 410, 410]
        assert Client().get(self.link).status_code == 410
        assert AuditLine.objects.filter(act="account.disowned").count() == 1

    def test_it_is_good_for_ten_days(self) -> None:
        MailedLink.objects.filter(purpose=Purpose.DISOWN).update(expires_at=timezone.now() + timedelta(minutes=1))
        assert Client().get(self.link).status_code == 200
        MailedLink.objects.filter(purpose=Purpose.DISOWN).update(expires_at=timezone.now() - timedelta(minutes=1))
        assert Client().get(self.link).status_code == Client().post(self.link).status_code == 410
        assert LIFE[Purpose.DISOWN] == 10 * DAY and session_of(self.thief)

    @pytest.mark.parametrize("purpose", [Purpose.RESET, Purpose.EMAIL, Purpose.REGISTER])
    def test_it_is_good_for_nothing_else_and_no_other_link_for_it(self, purpose) -> None:
        other = make_link(purpose=purpose, email=self.ada.email, at=timezone.now(), account=self.ada)
        assert Client().post(f"/pscof/not-me/{other.rsplit('/', 1)[1]}").status_code == 410
        assert Client().get(f"/pscof/reset/{self.secret()}").status_code == 410
        assert session_of(self.thief)

    def test_a_link_that_never_was_is_answered_as_one_that_was_used(self) -> None:
        Client().post(self.link)
        used, never = (Client().get(one) for one in (self.link, "/pscof/not-me/" + "x" * 43))
        assert used.status_code == never.status_code == 410
        assert re.sub(rb'value="\w+"', b"", used.content) == re.sub(rb'value="\w+"', b"", never.content)

    def test_a_thief_who_changes_the_password_does_not_take_the_answer_away(self) -> None:
        self.thief.post(
            "/pscof/manage/password", {"current": PASSWORD, "password": NEW_PASSWORD, "password_again": NEW_PASSWORD}
        )
        assert session_of(self.hers) is None, "she is out already"
        assert Client().post(self.link).status_code == 200
        assert session_of(self.thief) is None
        assert sign_in(Client(), password=NEW_PASSWORD).status_code == 200

    def test_a_thief_who_asked_for_another_address_gets_no_way_back_by_it(self) -> None:
        self.thief.post(
            "/pscof/manage/email", {"current": PASSWORD, "email": "eve@evil.example", "email_again": "eve@evil.example"}
        )
        asked = link_in(mailed("eve@evil.example")[-1])
        Client().post(self.link)
        assert Client().post(asked).status_code == 410
        self.ada.refresh_from_db()
        assert self.ada.email == "ada@counsel.example" and self.ada.is_active

    def test_whose_mailbox_it_is_people_decide_once_the_address_was_changed(self) -> None:
        change = make_link(purpose=Purpose.EMAIL, email="eve@evil.example", at=timezone.now(), account=self.ada)
        securing.confirm_email(secret=change.rsplit("/", 1)[1], at=timezone.now())
        assert "Service Center knows its owner" in Client().get(self.link).content.decode()
        assert "is closed until" in Client().post(self.link).content.decode()
        self.ada.refresh_from_db()
        assert (self.ada.email, self.ada.is_active, self.ada.closed_why) == (
            "ada@counsel.example", False, Closed.DISPUTED,
        )  # fmt: skip
        for address in ("ada@counsel.example", "eve@evil.example"):
            assert "is closed until the PACER Service Center" in mailed(address)[-1].text
        services.request_reset(username="ada-counsel", email="eve@evil.example", address="", at=timezone.now())
        assert mailed("eve@evil.example")[-1].subject == "Your PACER account is closed for now", "and no more"
        services.request_reset(username="ada-counsel", email=self.ada.email, address="", at=timezone.now())
        assert "/pscof/reset/" not in mailed(self.ada.email)[-1].text
        closing.reopen(account=self.ada.id, by="staff", at=timezone.now())
        services.request_reset(username="ada-counsel", email=self.ada.email, address="", at=timezone.now())
        assert "/pscof/reset/" in mailed(self.ada.email)[-1].text

    def test_second_factors_that_were_added_since_go_and_older_ones_stay(self) -> None:
        """Whoever knows the password may add an app and a passkey, and would get in by them."""
        at = timezone.now()
        for name, added in (("Her key", at - 30 * DAY), ("The thief's key", at)):
            Passkey.objects.create(
                account=self.ada, name=name, rp_id="central.test", credential_id=name.encode(), credential=b"",
                added_at=added,
            )  # fmt: skip
        app_of(self.ada)
        for n, made in enumerate((at - 30 * DAY, at)):
            RecoveryCode.objects.create(digest=f"code {n}", account=self.ada, made_at=made)
        Client().post(self.link)
        assert [one.name for one in Passkey.objects.all()] == ["Her key"]
        assert [one.digest for one in RecoveryCode.objects.all()] == [
            "code 0"
        ] and not AuthenticatorApp.objects.exists()
        assert AuditLine.objects.get(act="account.disowned").facts["factors"] == 3
        self.ada.refresh_from_db()
        assert self.ada.second_factor_since is not None, "hers is asked for as before"

    def test_without_an_older_one_none_is_asked_for(self) -> None:
        app_of(self.ada)
        RecoveryCode.objects.create(digest="code", account=self.ada, made_at=timezone.now() - 30 * DAY)
        Client().post(self.link)
        self.ada.refresh_from_db()
        assert self.ada.second_factor_since is None and not RecoveryCode.objects.exists()

    def test_it_ends_with_the_account(self) -> None:
        closing.close(account=self.ada.id, why=Closed.OWNER, by=str(self.ada.id), at=timezone.now())
        assert Client().get(self.link).status_code == Client().post(self.link).status_code == 410

    def test_a_browser_that_was_signed_on_to_it_is_signed_out_and_another_persons_is_not(self) -> None:
        bea = signed_on(account("bea-other", email="bea@counsel.example"))
        other = make_link(purpose=Purpose.DISOWN, email=self.ada.email, at=timezone.now(), account=self.ada)
        assert SESSION_COOKIE not in bea.post(other.removeprefix("http://central.test")).cookies and session_of(bea)
        sign_out = self.thief.post(self.link).cookies
        assert SESSION_COOKIE not in sign_out, "its sign-on had ended"
        assert self.thief.get("/pscof/manage").status_code == 302


@pytest.mark.django_db(transaction=True)
def test_of_many_who_press_the_button_at_once_one_does_it() -> None:
    who = account(last_used_at=timezone.now() - DAY)
    newcomer()
    secret = link_in(mailed(who.email)[-1]).rsplit("/", 1)[1]
    done = at_once([lambda: disowning.disown(secret=secret, at=timezone.now(), address="")] * 6)
    assert sum(isinstance(one, disowning.Stranger) for one in done) == 1
    assert sum(isinstance(one, LinkSpent) for one in done) == 5
    assert len([one for one in mailed(who.email) if one.subject.startswith("Everybody")]) == 1
