"""Attacks on the sign-on as they come: the owner is kept out by nobody, nobody learns which accounts exist, one list of
stolen passwords opens little, and nothing planted in a browser makes it somebody else's."""

from __future__ import annotations

import json
import re
import time
from datetime import timedelta
from itertools import chain
from statistics import median

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from openecf.central.accounts import rules, services
from openecf.central.accounts.models import Account, AccountType
from openecf.central.accounts.services import signing_in
from openecf.central.signon.context import WAITING_COOKIE
from openecf.platform import passwords
from openecf.platform.throttle import services as throttle
from openecf.platform.throttle.models import Counter
from tests.central.phones import CODE_PAGE, app_of, is_signed_on, password_given
from tests.central.registrants import (
    ADDRESS,
    NEW_PASSWORD,
    PERSON,
    SECURITY,
    begin,
    legacy,
    link_in,
    mailed,
    walk,
    without_tokens,
)
from tests.central.relying import PASSWORD, SESSION_COOKIE, account, session_of, sign_in, signed_on
from tests.central.test_passkeys import OPTIONS, SIGN_ON, key_of

pytestmark = pytest.mark.django_db
FIFTY = [f"203.0.{n}.1" for n in range(50)]


def tried_from_everywhere(username: str = "ada-counsel", *, each: int = 3) -> None:
    """Fifty addresses of fifty networks try passwords for one name, by the page and by the API."""
    for address in FIFTY:
        for n in range(each):
            sign_in(Client(REMOTE_ADDR=address), username, f"guess number {n}")
        body = {"loginId": username, "password": "another guess", "redactFlag": "1"}
        Client(REMOTE_ADDR=address).post("/services/cso-auth", json.dumps(body), content_type="application/json")


class TestTheOwnerGetsInWhileFiftyAddressesTryToKeepHerOut:
    HOME = "192.0.2.77"

    @pytest.fixture
    def ada(self) -> Account:
        return account()

    def at_home(self) -> Client:
        """A browser that she signed on with some days ago."""
        browser = Client(REMOTE_ADDR=self.HOME)
        assert sign_in(browser).status_code == 302
        browser.get("/csologin/logout")
        browser.post("/csologin/logout")
        del browser.cookies[SESSION_COOKIE]
        return browser

    def test_at_the_computer_that_she_uses_at_the_first_try(self, ada) -> None:
        browser = self.at_home()
        tried_from_everywhere()
        assert not is_signed_on(Client()) and sign_in(Client(REMOTE_ADDR="192.0.2.200")).status_code == 200
        assert sign_in(browser).status_code == 302

    def test_at_a_new_computer_with_her_passkey(self, ada) -> None:
        key = key_of(ada)
        tried_from_everywhere()
        browser = Client(REMOTE_ADDR=self.HOME)
        assert browser.post(SIGN_ON, {"answer": key.shown(browser.post(OPTIONS).json())}).status_code == 302

    def test_at_a_new_computer_through_her_mailbox(self, ada) -> None:
        tried_from_everywhere()
        services.request_reset(username=ada.username, email=ada.email, address=self.HOME, at=timezone.now())
        browser = Client(REMOTE_ADDR=self.HOME)
        browser.post(link_in(mailed(ada.email)[-1]), {"password": NEW_PASSWORD, "password_again": NEW_PASSWORD})
        assert sign_in(browser, password=NEW_PASSWORD).status_code == 302

    def test_with_her_second_factor_at_the_computer_that_she_uses(self, ada) -> None:
        phone = app_of(ada)
        browser = password_given(ada)
        browser.post(CODE_PAGE, {"code": phone.next()})
        browser.post("/csologin/logout")
        tried_from_everywhere()
        assert sign_in(browser).headers["Location"] == CODE_PAGE
        assert browser.post(CODE_PAGE, {"code": phone.next()}).headers["Location"] == "/pscof/manage"

    def test_strangers_get_no_more_guesses_by_being_many(self, ada, monkeypatch) -> None:
        looked_at = []
        verify = passwords.Argon2id.verify
        monkeypatch.setattr(
            passwords.Argon2id, "verify", lambda self, word, kept: looked_at.append(word) or verify(self, word, kept)
        )
        tried_from_everywhere()
        assert len(looked_at) <= rules.STRANGERS_BUDGET + 1


class TestKnownAndUnknownReadAlike:
    """To the byte, in status and headers; what differs by itself (form tokens, request ids) is left out."""

    @pytest.fixture(autouse=True)
    def people(self) -> None:
        account()
        account("bea-closed", is_active=False, email="bea@counsel.example")
        legacy(username="cy-old", email="cy@counsel.example")
        app_of(account("dee-twostep", email="dee@counsel.example"))

    NAMES = ("ada-counsel", "bea-closed", "cy-old", "dee-twostep", "nobody-here", "7100001", "' OR 1=1 --")

    @staticmethod
    def answer(response) -> tuple:
        left_out = {"x-request-id", "date", "expires", "set-cookie"}
        headers = {name.lower(): value for name, value in response.headers.items() if name.lower() not in left_out}
        cookies = sorted(response.cookies)
        return response.status_code, without_tokens(response), tuple(sorted(headers.items())), tuple(cookies)

    def all_alike(self, ask) -> None:
        said = set()
        for n, name in enumerate(self.NAMES):
            Counter.objects.all().delete()
            status, body, headers, cookies = self.answer(ask(Client(REMOTE_ADDR=f"198.51.{n}.1"), name))
            body = body.replace(name.encode(), b"NAME").replace(b"&#x27; OR 1=1 --", b"NAME")
            headers = tuple((key, value) for key, value in headers if key != "content-length")
            said.add((status, body, headers, cookies))
        first, *others = said
        assert not others, [pair for pair in zip(first, others[0], strict=True) if pair[0] != pair[1]]

    def test_on_the_sign_on_page(self) -> None:
        self.all_alike(lambda browser, name: sign_in(browser, name, "a wrong password"))

    def test_on_the_sign_on_page_when_guessed_too_often(self) -> None:
        def ask(browser: Client, name: str):
            for _ in range(12):
                last = sign_in(browser, name, "a wrong password")
            return last

        self.all_alike(ask)

    @pytest.mark.parametrize("kind", ["json", "xml"])
    def test_in_the_authentication_api(self, kind) -> None:
        def ask(browser: Client, name: str):
            fields = {"loginId": name, "password": "wrong", "redactFlag": "1", "otpCode": "123456"}
            if kind == "json":
                return browser.post("/services/cso-auth", json.dumps(fields), content_type="application/json")
            inner = "".join(f"<{key}>{value}</{key}>" for key, value in fields.items())
            return browser.post("/services/cso-auth", f"<CsoAuth>{inner}</CsoAuth>", content_type="application/xml")

        self.all_alike(ask)

    def test_when_a_password_is_forgotten(self) -> None:
        self.all_alike(
            lambda browser, name: browser.post("/pscof/forgot", {"username": name, "email": "ada@counsel.example"})
        )

    def test_when_somebody_registers_with_the_name(self) -> None:
        def ask(browser: Client, name: str):
            browser.post("/pscof/register", {"type": "search"})
            browser.post("/pscof/register/person", PERSON)
            browser.post("/pscof/register/address", ADDRESS)
            plain = name if re.fullmatch(r"[\w-]{8,}", name) else "someone-new"
            return browser.post("/pscof/register/security", SECURITY | {"username": plain})

        Counter.objects.all().delete()
        said = {self.answer(ask(Client(), name))[:2] for name in self.NAMES[:5]}
        assert len(said) == 1

    def test_a_passkeys_challenge_names_nobody(self) -> None:
        told = Client().post(OPTIONS).json()
        assert not told.get("allowCredentials") and set(told) <= {"challenge", "rpId", "userVerification", "timeout",
                                                                  "allowCredentials", "extensions", "hints"}  # fmt: skip

    def test_the_upgrade_is_behind_the_sign_on(self) -> None:
        for path in ("/pscof/upgrade", "/pscof/upgrade/person", "/pscof/upgrade/security"):
            assert Client().get(path).headers["Location"].startswith("/csologin/login.jsf?")


class TestKnownAndUnknownCostAlike:
    """In statements, in hashes, and in the processor time that both add up to."""

    NAMES = ("ada-counsel", "nobody-here")

    @pytest.fixture(autouse=True)
    def owner(self, full_cost) -> None:
        account()

    @staticmethod
    def by_page(name: str, n: int) -> None:
        sign_in(Client(REMOTE_ADDR=f"198.18.{n % 250}.1"), name, "a wrong password")

    @staticmethod
    def by_api(name: str, n: int) -> None:
        body = json.dumps({"loginId": name, "password": "wrong", "redactFlag": "1"})
        Client(REMOTE_ADDR=f"198.18.{n % 250}.1").post("/services/cso-auth", body, content_type="application/json")

    @pytest.mark.parametrize("ask", ["by_page", "by_api"])
    def test_in_statements_and_hashes(self, ask, monkeypatch) -> None:
        hashed = []
        verify = passwords.Argon2id.verify
        monkeypatch.setattr(
            passwords.Argon2id, "verify", lambda self, word, kept: hashed.append(kept) or verify(self, word, kept)
        )

        def counted(name: str) -> tuple[list[str], int, set[str]]:
            getattr(self, ask)(name, 1)
            hashed.clear()
            with CaptureQueriesContext(connection) as asked:
                getattr(self, ask)(name, 1)
            words = [re.sub(r"'[^']*'|\d+", "?", one["sql"]) for one in asked.captured_queries]
            return words, len(hashed), {kept.split("$")[2] + kept.split("$")[3] for kept in hashed}

        # What tells the two apart shows every time; what a process reads anew every few seconds, once in a while.
        for _try in range(3):
            known, unknown = (counted(name) for name in self.NAMES)
            if known == unknown:
                break
        assert known == unknown and known[1] == 1

    @pytest.mark.parametrize("ask", ["by_page", "by_api"])
    def test_in_processor_time(self, ask) -> None:
        # What tells the two apart shows every time; what a loaded machine does shows once in a while.
        assert any(self.is_alike(*self.spent(ask)) for _ in range(3)), "an order between the two, three times over"

    @classmethod
    def spent(cls, ask: str) -> list[list[float]]:
        """The processor's seconds of forty sign-ons each, in turn."""
        spent: dict[str, list[float]] = {name: [] for name in cls.NAMES}
        for n in range(40):
            for name in cls.NAMES if n % 2 else reversed(cls.NAMES):
                Counter.objects.all().delete()
                connection.cursor().execute("DELETE FROM account_stranger_failures")
                before = time.thread_time()
                getattr(cls, ask)(name, n)
                spent[name].append(time.thread_time() - before)
        return list(spent.values())

    @staticmethod
    def is_alike(known: list[float], unknown: list[float]) -> bool:
        """One hash is more than half of what is spent: who skipped it would be told apart by far; and by Mann and Whitney
        there is no order between the two."""
        far = abs(median(known) - median(unknown)) >= 0.2 * median(known + unknown)
        return not far and abs(z_of(known, unknown)) < 4


def z_of(one: list[float], two: list[float]) -> float:
    """The standard score of Mann and Whitney's U for two samples of one distribution."""
    ranked = sorted(chain(((x, 0) for x in one), ((x, 1) for x in two)))
    ranks = sum(rank for rank, (_, side) in enumerate(ranked, 1) if side == 0)
    n, m = len(one), len(two)
    u = ranks - n * (n + 1) / 2
    return (u - n * m / 2) / (n * m * (n + m + 1) / 12) ** 0.5


class TestAListOfStolenPasswords:
    @staticmethod
    def failed_before(n: int) -> None:
        """So many names of the list were wrong, from the network 203.0.113.0/24, within the last minutes."""
        for _ in range(n):
            throttle.count(key="network:203.0.113.0/24", window=signing_in.WINDOW, now=timezone.now())

    def people(self, n: int) -> list[str]:
        names = [f"person-{k:03d}" for k in range(n)]
        for name in names:
            account(name, email=f"{name}@counsel.example")
        return names

    def test_is_of_little_use_from_one_network(self) -> None:
        names = self.people(3)
        self.failed_before(rules.NETWORK_BUDGET - 3)
        for k in range(3):
            sign_in(Client(REMOTE_ADDR=f"203.0.113.{k}"), f"leaked-{k}", "from the list")
        assert sign_in(Client(REMOTE_ADDR="203.0.113.251"), names[0]).status_code == 200, "even the right ones fail now"
        assert sign_in(Client(REMOTE_ADDR="198.51.100.1"), names[0]).status_code == 302, "other networks go on"

    def test_does_not_shut_a_known_device_out_of_that_network(self) -> None:
        [name] = self.people(1)
        browser = Client(REMOTE_ADDR="203.0.113.9")
        sign_in(browser, name)
        browser.post("/csologin/logout")
        self.failed_before(rules.NETWORK_BUDGET + 5)
        assert sign_in(browser, name).status_code == 302

    def test_one_right_password_does_not_begin_the_count_anew(self) -> None:
        [name] = self.people(1)
        self.failed_before(rules.NETWORK_BUDGET - 1)
        assert sign_in(Client(REMOTE_ADDR="203.0.113.5"), name).status_code == 302
        sign_in(Client(REMOTE_ADDR="203.0.113.5"), "leaked-last", "from the list")
        assert sign_in(Client(REMOTE_ADDR="203.0.113.5"), name).status_code == 200

    def test_an_empty_second_factor_is_worth_no_password(self) -> None:
        app_of(account())
        browser = password_given(Account.objects.get())
        for _ in range(3):
            browser.post(CODE_PAGE, {"code": ""})
        assert not is_signed_on(browser)


class TestWhatIsPlantedInABrowser:
    """Session fixation and its kin: a cookie of the attacker's choice, before the person signs on."""

    def test_a_made_up_session_is_not_what_signing_on_uses(self) -> None:
        account()
        victim = Client()
        victim.cookies[SESSION_COOKIE] = "planted" * 6
        sign_in(victim)
        assert victim.cookies[SESSION_COOKIE].value != "planted" * 6
        attacker = Client()
        attacker.cookies[SESSION_COOKIE] = "planted" * 6
        assert not is_signed_on(attacker)

    def test_the_attackers_own_session_does_not_become_the_victims(self) -> None:
        account()
        attacker = signed_on(account("mal-attacker", email="mal@attacker.example"))
        planted = attacker.cookies[SESSION_COOKIE].value
        victim = Client()
        victim.cookies[SESSION_COOKIE] = planted
        sign_in(victim)
        assert session_of(victim).account.username == "ada-counsel"
        assert not is_signed_on(attacker), "the session that was there before is over"

    @pytest.mark.parametrize("step", ["code", "app"])
    def test_each_proof_more_brings_another_cookie(self, step) -> None:
        who = account()
        phone = app_of(who)
        browser = password_given(who)
        browser.post(CODE_PAGE, {"code": phone.next()})
        first = browser.cookies[SESSION_COOKIE].value
        sign_in(browser)
        browser.post(CODE_PAGE, {"code": phone.next()})
        assert browser.cookies[SESSION_COOKIE].value != first
        thief = Client()
        thief.cookies[SESSION_COOKIE] = first
        assert not is_signed_on(thief), "who held the cookie of before holds nothing"

    def test_a_sign_on_that_the_attacker_began_takes_no_code_of_the_victim(self) -> None:
        who = account()
        phone = app_of(who)
        mallory = account("mal-attacker", email="mal@attacker.example")
        app_of(mallory)
        victim = Client()
        victim.cookies[WAITING_COOKIE] = password_given(mallory).cookies[WAITING_COOKIE].value
        answer = victim.post(CODE_PAGE, {"code": phone.next()})
        assert answer.status_code == 200 and not is_signed_on(victim)

    def test_the_attackers_device_is_not_the_victims(self) -> None:
        who = account()
        mallory = signed_on(account("mal-attacker", email="mal@attacker.example"))
        secret = services.remember_device(account=session_of(mallory).account, at=timezone.now())
        assert not services.known_device(account=who.id, device=secret, now=timezone.now())

    def test_another_site_cannot_sign_a_browser_on_as_somebody_else(self) -> None:
        account()
        victim = Client(enforce_csrf_checks=True)
        answer = victim.post(
            "/csologin/login.jsf",
            {"loginForm:loginName": "ada-counsel", "loginForm:password": PASSWORD},
            headers={"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"},
        )
        assert answer.status_code == 403 and SESSION_COOKIE not in answer.cookies

    def test_cookies_are_kept_from_scripts_and_from_other_sites(self) -> None:
        account()
        browser = Client()
        sign_in(browser)
        for name, cookie in browser.cookies.items():
            if name != settings.CSRF_COOKIE_NAME:
                assert cookie["httponly"] and cookie["samesite"] == "Lax", name
            assert bool(cookie["secure"]) == settings.SESSION_COOKIE_SECURE and not cookie["domain"], name


class TestWhoIsThere:
    """Enumeration through registration and reset, by what happens rather than by what is said."""

    def test_a_taken_name_costs_the_same_statements_as_a_free_one(self) -> None:
        account("nhalloran-law", email="old@counsel.example")
        counts = []
        for username in ("nhalloran-law", "nobody-has-this"):
            browser = begin("search")
            browser.post("/pscof/register/person", PERSON)
            browser.post("/pscof/register/address", ADDRESS)
            with CaptureQueriesContext(connection) as asked:
                browser.post("/pscof/register/security", SECURITY | {"username": username})
            counts.append(len(asked))
        assert counts[0] == counts[1]

    def test_a_mailbox_that_has_an_account_gets_the_same_mail_as_one_that_has_none(self) -> None:
        account("someone-else", email=PERSON["email"], mailbox=PERSON["email"])
        walk(begin("search"))
        other = {"email": "new@counsel.example", "email_again": "new@counsel.example"}
        walk(begin("search"), person=other, security={"username": "somebody-new"})
        texts = {re.sub(r"/pscof/confirm/\w+", "LINK", mail.text) for mail in mailed()}
        assert len(mailed()) == 2 and len(texts) == 1

    def test_nobody_is_locked_out_by_asking_for_resets(self) -> None:
        who = account(type=AccountType.ATTORNEY)
        for n in range(30):
            services.request_reset(
                username=who.username, email=who.email, address=f"203.0.{n}.1", at=timezone.now() + timedelta(minutes=n)
            )
        assert sign_in(Client()).status_code == 302 and len(mailed(who.email)) == 3
