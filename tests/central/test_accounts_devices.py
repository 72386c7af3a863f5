"""Browsers that several people use, the language in which each is written to, and what is forgotten in time."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from openecf.central.accounts import rules, services
from openecf.central.accounts.models import Account, Draft, KnownDevice, MailedLink, StrangerFailures
from openecf.central.accounts.services import DEVICE_COOKIE, known_device, remember_device
from openecf.central.accounts.services.links import Purpose, make_link
from openecf.central.accounts.services.signing_in import MOST_PEOPLE
from openecf.kernel.tokens import digest
from openecf.platform.throttle import services as throttle
from openecf.platform.throttle.models import Counter
from tests.central.registrants import NEW_PASSWORD, begin, link_in, mailed, walk
from tests.central.relying import account, sign_in, signed_on

pytestmark = pytest.mark.django_db


def known(who: Account, browser: Client) -> bool:
    return bool(known_device(account=who.id, device=browser.cookies[DEVICE_COOKIE].value, now=timezone.now()))


class TestASharedBrowser:
    def test_is_known_to_everybody_who_signed_in_there(self) -> None:
        ada, bea = account(), account("bea-other", email="bea@counsel.example")
        browser = Client()
        for name in ("ada-counsel", "bea-other", "ada-counsel"):
            sign_in(browser, name)
        assert known(ada, browser) and known(bea, browser)
        assert KnownDevice.objects.count() == 2, "who is known there already gets nothing new"

    def test_one_persons_guesses_are_not_the_others(self) -> None:
        account()
        account("bea-other", email="bea@counsel.example")
        browser = Client(REMOTE_ADDR="192.0.2.9")
        for name in ("ada-counsel", "bea-other"):
            sign_in(browser, name)
        for _ in range(rules.KNOWN_DEVICE_BUDGET):
            sign_in(browser, "bea-other", "wrong")
        assert sign_in(browser, "bea-other").status_code == 200
        assert sign_in(browser, "ada-counsel").status_code == 302

    def test_one_persons_new_password_leaves_the_other_known(self) -> None:
        ada, bea = account(), account("bea-other", email="bea@counsel.example")
        browser = Client()
        for name in ("ada-counsel", "bea-other"):
            sign_in(browser, name)
        link = make_link(purpose=Purpose.RESET, email=bea.email, at=timezone.now(), account=bea)
        Client().post(
            link.removeprefix("http://central.test"), {"password": NEW_PASSWORD, "password_again": NEW_PASSWORD}
        )
        assert known(ada, browser) and not known(bea, browser)

    def test_keeps_the_last_five(self) -> None:
        people = [account(f"person-{n:03d}", email=f"p{n}@counsel.example") for n in range(MOST_PEOPLE + 1)]
        browser = Client()
        for one in people:
            sign_in(browser, one.username)
        assert [known(one, browser) for one in people] == [False] + [True] * MOST_PEOPLE

    @pytest.mark.parametrize("planted", ["x" * 43, "a.b", "." * 9, "nonsense", "x" * 4000, "é.ü"])
    def test_what_was_planted_there_becomes_nobodys_device(self, planted) -> None:
        ada = account()
        browser = Client()
        browser.cookies[DEVICE_COOKIE] = planted
        assert sign_in(browser).status_code == 302
        assert known(ada, browser)
        assert not known_device(account=ada.id, device=planted, now=timezone.now())
        assert len(browser.cookies[DEVICE_COOKIE].value) <= 44 * MOST_PEOPLE


class TestLanguages:
    def test_mails_are_in_the_language_of_who_reads_them(self) -> None:
        ada = account()
        browser = Client(headers={"Accept-Language": "es"})
        sign_in(browser)
        ada.refresh_from_db()
        assert ada.language == "es"
        services.request_reset(username=ada.username, email=ada.email, address="192.0.2.1", at=timezone.now())
        text = mailed(ada.email)[-1].text
        assert "User name:" not in text and "ada-counsel" in text

    def test_whoever_acts(self) -> None:
        ada = account(language="ht")
        browser = Client(headers={"Accept-Language": "en"})
        link = make_link(purpose=Purpose.RESET, email=ada.email, at=timezone.now(), account=ada)
        browser.post(
            link.removeprefix("http://central.test"), {"password": NEW_PASSWORD, "password_again": NEW_PASSWORD}
        )
        assert "its password was changed" not in mailed(ada.email)[-1].text

    def test_who_registers_in_a_language_is_written_to_in_it(self) -> None:
        browser = begin("search")
        walk(browser)
        Client(headers={"Accept-Language": "es"}).post(link_in(mailed()[0]))
        assert Account.objects.get().language == "es"

    def test_a_sign_on_in_the_same_language_writes_nothing(self) -> None:
        account()
        signed_on(Account.objects.get())
        sign_in(Client())
        assert Account.objects.get().language == "" and settings.LANGUAGE_CODE == "en"


class TestWhatIsForgotten:
    def test_drafts_links_and_devices_that_are_over(self) -> None:
        now = timezone.now()
        walk(begin("search"))
        ada = account()
        remember_device(account=ada, at=now - timedelta(days=181))
        remember_device(account=ada, at=now)
        services.sweep(at=now)
        assert Draft.objects.count() == MailedLink.objects.count() == KnownDevice.objects.count() == 1
        services.sweep(at=now + timedelta(days=3))
        assert Draft.objects.count() == MailedLink.objects.count() == 0 and KnownDevice.objects.count() == 1

    @pytest.mark.parametrize(("n", "days", "stays"), [(5, 10, True), (5, 91, False), (100, 400, True)])
    def test_wrong_guesses_of_long_ago_but_for_the_hundred(self, n, days, stays) -> None:
        now = timezone.now()
        StrangerFailures.objects.create(key=digest("x"), n=n, last_at=now - timedelta(days=days))
        services.sweep(at=now)
        assert StrangerFailures.objects.exists() is stays

    def test_counters_whose_window_is_over(self) -> None:
        now = timezone.now()
        throttle.count(key="old", window=timedelta(minutes=15), now=now - timedelta(days=2))
        throttle.count(key="new", window=timedelta(minutes=15), now=now)
        assert throttle.sweep(at=now) == 1
        assert list(Counter.objects.values_list("key", flat=True)) == ["new"]
