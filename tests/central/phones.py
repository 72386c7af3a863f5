"""Accounts with authenticator apps, and browsers on their way through the second step."""

from __future__ import annotations

import re
import uuid
from urllib.parse import urlsplit

from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from openecf.central.accounts.models import Account
from openecf.central.factors import sealing
from openecf.central.factors.models import AuthenticatorApp
from openecf.central.factors.services import enrolling
from tests.central.relying import PASSWORD, session_of, sign_in
from tests.telephone import Phone

__all__ = ["Phone"]

CODE_PAGE = "/csologin/code"


def app_of(who: Account, name: str = "Telephone") -> Phone:
    """An app that counts, set up a while ago; the account's second factor is on."""
    now, app, secret = timezone.now(), uuid.uuid4(), sealing.new_secret()
    AuthenticatorApp.objects.create(
        id=app, account=who, name=name, sealed=sealing.seal(secret, app=app, account=who.id), session=uuid.uuid4(),
        begun_at=now, confirmed_at=now,
    )  # fmt: skip
    Account.objects.filter(id=who.id).update(second_factor_since=now)
    who.refresh_from_db()
    return Phone(secret)


def recovery_codes_of(who: Account) -> tuple[str, ...]:
    return enrolling.make_recovery_codes(account=who, password=PASSWORD, at=timezone.now())


def set_up(browser: Client, name: str = "Telephone", *, appurl: str = "") -> tuple[Phone, HttpResponse]:
    """Set an app up as a person does, page by page; the phone, and the last page."""
    first = browser.post("/pscof/manage/factors/add", {"name": name, "current": PASSWORD, "appurl": appurl})
    assert first.status_code == 302, first.content.decode()
    page = browser.get(first.headers["Location"]).content.decode()
    phone = Phone.reading(re.search(r'href="(otpauth://[^"]+)"', page)[1].replace("&amp;", "&"))
    path = urlsplit(first.headers["Location"]).path
    return phone, browser.post(path, {"code": phone.next(), "appurl": appurl})


def password_given(who: Account, **more: str) -> Client:
    """A browser that gave the right password and is asked for the code."""
    browser = Client()
    answer = sign_in(browser, who.username, **more)
    assert answer.status_code == 302 and urlsplit(answer.headers["Location"]).path == CODE_PAGE, answer.content
    return browser


def is_signed_on(browser: Client) -> bool:
    try:
        return session_of(browser) is not None
    except KeyError:
        return False
