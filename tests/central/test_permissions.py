"""Who may open what at the central site: every URL of the map × every kind of account, GET and POST.

A new URL fails here until somebody wrote down, in ``URLS``, whom it is for. What a page lets an account do beyond
opening it is the business of its room's own tests.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from openecf.central import demo
from openecf.central.accounts.models import Account
from openecf.central.signon import services
from openecf.central.signon.models import SsoSession
from openecf.central.signon.rules import AAL2
from openecf.platform.demo_cast import ACCOUNTS
from tests.central.standing import standing

pytestmark = pytest.mark.django_db

IN, SIGN_ON, UPGRADE, HIDDEN = "in", "to the sign-on page", "to the upgrade", "hidden"
MANAGE, FIRM = "to the own account", "to the firm's members"
STAFF = {each.id: each.staff for each in ACCOUNTS if each.staff}
ACCOUNTS_OF = {
    "nobody": None,
    "legacy": lambda a: a.upgraded_at is None,
    "billing": lambda a: a.type == "paa",
    "searcher": lambda a: a.type == "search" and not a.shared and a.upgraded_at and a.id not in STAFF,
    "shared": lambda a: a.shared,
    "attorney": lambda a: a.type == "attorney" and a.upgraded_at,
    "non-attorney": lambda a: a.type == "non-attorney" and a.upgraded_at,
    "agent": lambda a: STAFF.get(a.id) == "agent",
    "supervisor": lambda a: STAFF.get(a.id) == "supervisor",
}
RULES = {
    "anyone": dict.fromkeys(ACCOUNTS_OF, IN),
    "machine": dict.fromkeys(ACCOUNTS_OF, IN),
    "operator": dict.fromkeys(ACCOUNTS_OF, HIDDEN),
    "desk": dict.fromkeys(ACCOUNTS_OF, HIDDEN),
    "desk-decides": dict.fromkeys(ACCOUNTS_OF, HIDDEN),
    "signed-on": dict.fromkeys(ACCOUNTS_OF, IN) | {"nobody": SIGN_ON},
    "account": dict.fromkeys(ACCOUNTS_OF, IN) | {"nobody": SIGN_ON},
    "upgraded": dict.fromkeys(ACCOUNTS_OF, IN) | {"nobody": SIGN_ON, "legacy": UPGRADE},
    "proved": dict.fromkeys(ACCOUNTS_OF, IN) | {"nobody": SIGN_ON, "legacy": UPGRADE},
    "firm": dict.fromkeys(ACCOUNTS_OF, MANAGE) | {"nobody": SIGN_ON, "legacy": UPGRADE, "billing": IN},
    "member": dict.fromkeys(ACCOUNTS_OF, IN) | {"nobody": SIGN_ON, "legacy": UPGRADE, "billing": FIRM},
    "staff": dict.fromkeys(ACCOUNTS_OF, HIDDEN) | {"nobody": SIGN_ON, "agent": IN, "supervisor": IN},
    "supervisor": dict.fromkeys(ACCOUNTS_OF, HIDDEN) | {"nobody": SIGN_ON, "supervisor": IN},
}
"""What a rule says to whom. A rule that is not here does not exist."""

URLS = {
    "healthz": "anyone",
    "readyz": "anyone",
    "metrics": "operator",
    "bus/inbox": "machine",
    "desk/messages": "desk",
    "desk/messages/several": "desk-decides",
    "desk/messages/<str:kind>/<str:key>": "desk-decides",
    "language": "anyone",
    "pscof/register": "anyone",
    "^pscof/register/(?P<step>person|address|security)$": "anyone",
    "pscof/register/sent": "anyone",
    "pscof/registration.jsf": "anyone",
    "pscof/regWizard.jsf": "anyone",
    "pscof/counties/<str:state>": "anyone",
    "pscof/confirm/<str:secret>": "anyone",
    "pscof/upgrade": "account",
    "^pscof/upgrade/(?P<step>person|address|security)$": "account",
    "pscof/forgot": "anyone",
    "pscof/reset/<str:secret>": "anyone",
    "pscof/not-me/<str:secret>": "anyone",
    "pscof/confirm-email/<str:secret>": "anyone",
    "pscof/confirm-second/<str:secret>": "anyone",
    "pscof/confirm-notices/<str:secret>": "anyone",
    "pscof/manage": "account",
    "pscof/login.xhtml": "anyone",
    "pscof/manage/username": "upgraded",
    "pscof/manage/password": "upgraded",
    "pscof/manage/email": "upgraded",
    "pscof/manage/second-email": "upgraded",
    "pscof/manage/factors": "proved",
    "pscof/manage/factors/add": "proved",
    "pscof/manage/factors/<uuid:app>/confirm": "proved",
    "pscof/manage/factors/<uuid:app>/remove": "proved",
    "pscof/manage/factors/recovery": "proved",
    "pscof/manage/factors/passkeys/add": "proved",
    "pscof/manage/factors/passkeys/<uuid:challenge>/create": "proved",
    "pscof/manage/factors/passkeys/<uuid:passkey>/remove": "proved",
    ".well-known/webauthn": "anyone",
    "openapi.json": "anyone",
    "csologin/client-code": "account",
    "csologin/passkey": "anyone",
    "csologin/passkey/options": "anyone",
    "pscof/manage/billing-preferences": "upgraded",
    "pscof/manage/activate": "upgraded",
    "pscof/manage/sessions": "account",
    "pscof/manage/maintenance": "account",
    "pscof/manage/person": "upgraded",
    "pscof/manage/address": "upgraded",
    "pscof/manage/history": "account",
    "pscof/manage/deactivate": "upgraded",
    "pscof/manage/courts": "account",
    "pscof/manage/payments": "account",
    "pscof/manage/billing-email": "upgraded",
    "pscof/manage/payments/new": "account",
    "pscof/manage/payments/<uuid:payment>": "account",
    "pscof/manage/payments/<uuid:payment>/receipt.pdf": "account",
    "pscof/manage/payments/<uuid:payment>/again": "account",
    "pscof/manage/payments/<uuid:payment>/continue": "account",
    "pscof/manage/payments/<uuid:payment>/give-up": "account",
    "pscof/manage/payments/back/<str:number>": "account",
    "pscof/manage/payments/cancelled/<str:number>": "account",
    "pscof/manage/credits": "account",
    "pscof/manage/credits/new": "account",
    "pscof/manage/credits/<uuid:which>/withdraw": "account",
    "pscof/manage/refunds/new": "account",
    "service-center/desk/money": "staff",
    "service-center/desk/bills": "staff",
    "service-center/desk/checks": "staff",
    "service-center/desk/checks/<uuid:which>": "staff",
    "service-center/desk/credits/<uuid:which>": "staff",
    "service-center/desk/credits/by-hand/<uuid:which>": "staff",
    "service-center/desk/exemptions/<uuid:which>": "staff",
    "service-center/desk/accounts/<str:number>/exemptions": "staff",
    "service-center/desk/refunds/<uuid:which>": "staff",
    "service-center/desk/payments/<str:number>": "staff",
    "service-center/desk/accounts/<str:number>/money": "staff",
    "pscof/manage/usage": "account",
    "pscof/manage/usage.csv": "account",
    "pscof/manage/statements": "account",
    "pscof/manage/statements/<str:quarter>": "account",
    "pscof/manage/statements/<str:quarter>/pdf": "account",
    "pscof/firm": "firm",
    "pscof/firm/requests": "firm",
    "pscof/firm/requests/<uuid:invitation>/withdraw": "firm",
    "pscof/firm/rules": "firm",
    "pscof/firm/report": "firm",
    "pscof/firm/report.csv": "firm",
    "pscof/firm/members/<int:membership>/remove": "firm",
    "pscof/firm/members/<int:membership>/cost-centre": "firm",
    "pscof/manage/firm": "member",
    "pscof/manage/firm/<uuid:invitation>": "member",
    "pscof/manage/firm/leave": "member",
    "pscof/manage/efile": "account",
    "pscof/manage/efile/email": "upgraded",
    "pscof/manage/efile/end": "upgraded",
    "pscof/manage/efile/<uuid:request_id>": "account",
    "pscof/manage/efile/<uuid:request_id>/withdraw": "account",
    "pscof/manage/efile/<uuid:request_id>/summary": "account",
    "pscof/manage/efile/<uuid:request_id>/papers/<slug:name>": "account",
    "pscof/manage/efile/<uuid:request_id>/<slug:step>": "account",
    "pscof/manage/efile/<slug:kind>": "account",
    "pscof/manage/efile/<slug:kind>/<slug:court>": "account",
    "service-center/desk": "staff",
    "service-center/desk/accounts/<str:number>": "staff",
    "service-center/desk/accounts/<str:number>/verify": "staff",
    "service-center/desk/accounts/<str:number>/acts/<str:key>": "staff",
    "service-center/desk/requests/<uuid:which>": "staff",
    "service-center/desk/requests/<uuid:which>/approve": "supervisor",
    "service-center/desk/requests/<uuid:which>/refuse": "staff",
    "service-center/desk/tickets": "staff",
    "service-center/desk/help": "staff",
    "service-center/desk/tickets/<uuid:which>": "staff",
    "service-center/desk/tickets/<uuid:which>/files/<int:attachment>": "staff",
    "service-center/desk/letters": "staff",
    "service-center/desk/banners": "staff",
    "service-center/desk/banners/<uuid:which>/withdraw": "staff",
    "service-center/contact": "anyone",
    "service-center/contact/sent": "anyone",
    "service-center/tickets": "account",
    "service-center/tickets/<uuid:which>": "account",
    "service-center/tickets/<uuid:which>/files/<int:attachment>": "account",
    "service-center/ticket/<uuid:which>/<str:secret>": "anyone",
    "service-center/ticket/<uuid:which>/<str:secret>/files/<int:attachment>": "anyone",
    "service-center/objection/<uuid:which>/<str:secret>": "anyone",
    "service-center/new-address/<uuid:which>/<str:secret>": "anyone",
    "csologin/login.jsf": "anyone",
    "csologin/code": "anyone",
    "csologin/new-password": "signed-on",
    "pscof/password-strength": "anyone",
    "csologin/told": "account",
    "csologin/logout": "anyone",
    "login": "anyone",
    ".well-known/openid-configuration": "anyone",
    "oauth2/authorize": "anyone",
    "oauth2/token": "machine",
    "oauth2/userinfo": "machine",
    "oauth2/jwks": "anyone",
    "oauth2/introspect": "machine",
    "oauth2/revoke": "machine",
    "oauth2/revocations": "machine",
    "oauth2/logout": "anyone",
    "services/cso-auth": "anyone",
    "services/cso-logout": "anyone",
    "": "anyone",
    "courts": "anyone",
    "courts/<slug:court>": "anyone",
    "file-case/court-cmecf-lookup": "anyone",
    "file-case/court-cmecf-lookup/data.json": "anyone",
    "nextgen": "anyone",
    "help": "anyone",
    "help/topics/<str:key>": "anyone",
    "help/guides/<str:key>": "anyone",
    "help/glossary": "anyone",
    "status": "anyone",
    "status.json": "anyone",
    "accessibility": "anyone",
    "developers": "anyone",
}
"""Every URL of the central site and the rule that it must name."""

WITHOUT_A_FORM_TOKEN = {
    "bus/inbox": "programs: the message's signature is the proof",
    "language": "changes one reader's own language, nothing else",
    "csologin/login.jsf": "has a token of its own, which programs may send back as ViewState (test_signon_form_token)",
    "oauth2/authorize": "OpenID Connect Core 3.1.2.1 asks for POST; it answers a registered court's address only",
    "oauth2/token": "courts: the client's own proof",
    "oauth2/userinfo": "courts: the access token",
    "oauth2/introspect": "courts: the client's own proof",
    "oauth2/revoke": "courts: the client's own proof",
    "oauth2/revocations": "courts: the client's own proof",
    "oauth2/logout": "RP-Initiated Logout 1.0 asks for POST; without a valid ID token it asks the person first",
    "services/cso-auth": "programs: user name and password; gives no cookie",
    "services/cso-logout": "programs: the token itself",
}
"""URLs that take a POST without Django's form token, and why that is safe. Every other one asks for the token."""


def urls(patterns: list | None = None, before: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every URL of the site's map, written as the map writes it."""
    for each in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(each, URLResolver):
            yield from urls(each.url_patterns, before + str(each.pattern))
        else:
            yield before + str(each.pattern), each


HERE = dict(urls())
SAMPLE = {"<uuid:request_id>": str(uuid.uuid4()), "<slug:kind>": "attorney", "<slug:court>": "flsb",
          "<slug:step>": "role", "<slug:name>": "oath", "<str:kind>": "mail", "<str:key>": "1", "<str:state>": "FL", "<str:secret>": "x" * 43,
          "<uuid:app>": str(uuid.uuid4()), "<uuid:challenge>": str(uuid.uuid4()), "<uuid:passkey>": str(uuid.uuid4()), "<uuid:which>": str(uuid.uuid4()), "<uuid:payment>": str(uuid.uuid4()), "<str:number>": "7100001",
          "<uuid:invitation>": str(uuid.uuid4()), "<int:membership>": "7", "<int:attachment>": "7", "<str:quarter>": "2026-Q1"}  # fmt: skip
LAST = ("csologin/logout", "oauth2/logout", "pscof/manage/sessions")
"""What may end the caller's session."""


def test_every_url_of_the_map_is_in_the_table_with_its_rule():
    named = {url: pattern.callback.access_rule.name for url, pattern in HERE.items()}
    assert named == URLS, "a new URL must be written into URLS before anybody can open it"


def test_only_these_urls_take_a_post_without_the_form_token():
    assert {url for url, p in HERE.items() if getattr(p.callback, "csrf_exempt", False)} == set(WITHOUT_A_FORM_TOKEN)


def address(url: str) -> str:
    """A path that the URL answers to."""
    path = url.removeprefix("^").removesuffix("$").replace("(?P<step>person|address|security)", "person")
    for name, value in SAMPLE.items():
        path = path.replace(name, value)
    return f"/{path}"


stands, begins = standing(lambda: demo.load(at=timezone.now()))


def browser_of(who: str) -> Client:
    """A browser that this kind of account signed on with."""
    browser = Client(raise_request_exception=False)
    if who == "nobody":
        return browser
    if who == "non-attorney":
        Account.objects.filter(pk=ACCOUNTS[0].id).update(type=who)
    account = next(each for each in Account.objects.all() if ACCOUNTS_OF[who](each))
    cast = next(each for each in ACCOUNTS if each.id == account.id)
    Account.objects.filter(pk=account.pk).update(second_factor_since=None)
    begun = services.sign_on(
        username=cast.username, password=cast.password, client_code="", address="203.0.113.9", user_agent="",
        known_device="", replaces=None, at=timezone.now() - timedelta(seconds=1),
    )  # fmt: skip
    if who in ("agent", "supervisor"):
        SsoSession.objects.filter(id=begun.session.id).update(acr=AAL2)
    browser.cookies[settings.SESSION_COOKIE_NAME] = begun.secret
    return browser


def told(response) -> str:
    """What the caller was told."""
    where = response.headers.get("Location", "")
    if where.startswith("/csologin/login.jsf?appurl="):
        return SIGN_ON
    if where in (places := {"/pscof/upgrade": UPGRADE, "/pscof/manage": MANAGE, "/pscof/firm": FIRM}):
        return places[where]
    return HIDDEN if response.status_code == 404 else IN


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("who", ACCOUNTS_OF)
def test_who_is_let_in_where(who, method):
    browser, wrong = browser_of(who), {}
    for url in sorted(URLS, key=lambda each: each in LAST):
        rule = URLS[url]
        response = getattr(browser, method)(address(url), REMOTE_ADDR="203.0.113.9")
        answer, expected = told(response), RULES[rule][who]
        # A page that lets the caller in may lead on by itself, or say that there is no such thing.
        if response.status_code >= 500 or (expected != IN and answer != expected):
            wrong[url] = (answer, expected, response.status_code)
        if expected == IN and rule in ("signed-on", "account", "upgraded") and answer == SIGN_ON:
            wrong[url] = (answer, expected, response.status_code)
    assert not wrong


def test_a_post_without_the_form_token_changes_nothing():
    browser = browser_of("attorney")
    browser.handler.enforce_csrf_checks = True
    before = list(Account.objects.order_by("pk").values())
    for url in URLS:
        if url in WITHOUT_A_FORM_TOKEN or URLS[url] in ("operator", "desk"):
            continue
        assert browser.post(address(url), {"last_name": "Changed"}).status_code in (403, 405), url
    assert list(Account.objects.order_by("pk").values()) == before


@pytest.mark.parametrize("target", [
    "https://evil.example/", "//evil.example", "/\\evil.example", "https://ecf.flsb.uscourts.gov.evil.example/",
    "https://user@evil.example/", "javascript:alert(1)", "https:evil.example", "http://central.test\\@evil.example/",
    "http://central.test@evil.example/", "/\t/evil.example", "data:text/html,x", str(uuid.uuid4()),
])  # fmt: skip
def test_nobody_is_sent_elsewhere_after_signing_on(rf, target):
    from openecf.central.signon.views import back_address

    assert back_address(rf.get("/"), target) in ("/pscof/manage", "/")


def test_every_page_carries_the_headers_that_bind_a_browser():
    browser = browser_of("attorney")
    for url in sorted(URLS, key=lambda each: each in LAST):
        headers = browser.get(address(url)).headers
        assert "unsafe" not in headers["Content-Security-Policy"], url
        assert "frame-ancestors 'self'" in headers["Content-Security-Policy"], url
        assert headers["X-Content-Type-Options"] == "nosniff", url
        assert headers["X-Frame-Options"] == "SAMEORIGIN", url
        assert "Cache-Control" in headers, url
        if URLS[url] in ("signed-on", "account", "upgraded"):
            assert "public" not in headers["Cache-Control"], url
