"""Authenticator apps in tests: what an independent program makes of the secret, as a telephone would."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import struct
import uuid
from datetime import datetime
from urllib.parse import parse_qs, unquote, urlsplit

from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from openecf.central.accounts.models import Account
from openecf.central.factors import sealing
from openecf.central.factors.models import AuthenticatorApp
from openecf.central.factors.services import enrolling
from tests.central.relying import PASSWORD, session_of, sign_in

CODE_PAGE = "/csologin/code"


class Phone:
    """Knows a secret and the time. Written from RFC 6238 alone, with none of the site's own code."""

    def __init__(self, secret: bytes) -> None:
        self.secret = secret
        self._given: set[int] = set()

    @classmethod
    def reading(cls, address: str) -> Phone:
        """The app that read this ``otpauth`` address."""
        parts = urlsplit(address)
        asked = parse_qs(parts.query)
        assert (parts.scheme, parts.netloc) == ("otpauth", "totp") and unquote(parts.path).count(":") == 1
        assert (asked["digits"], asked["period"], asked["algorithm"]) == (["6"], ["30"], ["SHA1"])
        return cls.typing(asked["secret"][0])

    @classmethod
    def typing(cls, text: str) -> Phone:
        """The app into which this text was typed by hand."""
        bare = text.replace(" ", "")
        return cls(base64.b32decode(bare + "=" * (-len(bare) % 8)))

    def at(self, moment: datetime | float, *, steps: int = 0) -> str:
        """The code at a moment."""
        seconds = moment if isinstance(moment, int | float) else moment.timestamp()
        mac = hmac.new(self.secret, struct.pack(">Q", int(seconds) // 30 + steps), hashlib.sha1).digest()
        start = mac[19] & 0xF
        return f"{(struct.unpack('>I', mac[start : start + 4])[0] & 0x7FFFFFFF) % 1_000_000:06d}"

    def next(self) -> str:
        """A code that counts now and was not given before: there are up to three of them."""
        now = int(timezone.now().timestamp()) // 30
        step = next(step for step in (now - 1, now, now + 1) if step > max(self._given, default=0))
        self._given.add(step)
        return self.at(step * 30)

    def wrong(self) -> str:
        """Six digits that are right at no moment near now."""
        near = {self.at(timezone.now(), steps=n) for n in range(-4, 5)}
        return next(code for n in range(100) if (code := f"{n:06d}") not in near)


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
