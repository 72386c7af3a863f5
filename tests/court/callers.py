"""Callers of a court's pages: a test client for each kind of person, and readers for services."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.test.client import ClientHandler
from django.utils import timezone

from openecf.court.people import queries
from openecf.court.people.models import CourtUser
from openecf.court.people.rules import Reader
from openecf.platform.relying_party.rules import SignedOn


def person(*, name: str = "Ada Counsel", now: datetime | None = None, **facts: object) -> SignedOn:
    """Somebody who signed on a minute ago with an upgraded account of the own."""
    now = now or timezone.now()
    account = facts.pop("account", None) or uuid4()
    base = SignedOn(
        account=account,
        number=f"{account.int % 10_000_000:07d}",
        username=name.split()[0].lower(),
        name=name,
        email=f"{name.split()[0].lower()}@counsel.example",
        account_type="attorney",
        upgraded=True,
        shared=False,
        may_search=True,
        sid="test",
        kind="browser",
        auth_time=now - timedelta(minutes=1),
    )
    return replace(base, **facts)


def kinds_of_person() -> dict[str, SignedOn | None]:
    """One of each kind of caller, by name; the linked ones have a court user."""
    return {
        "nobody": None,
        "legacy": person(upgraded=False, may_search=False),
        "billing": person(account_type="paa", may_search=False),
        "searcher": person(account_type="search"),
        "attorney": linked("attorney"),
        "trustee": linked("trustee"),
        "clerk": linked("clerk"),
        "judge": linked("judge"),
    }


def linked(group: str, **facts: object) -> SignedOn:
    """Somebody whose account is linked to a court user of that group."""
    who = person(name=f"Lee {group.title()}", **facts)
    court_user(group, account=who.account, account_number=who.number)
    return who


def court_user(group: str = "attorney", *, account: UUID | None = None, **facts: object) -> CourtUser:
    """A court-issued account."""
    defaults = {
        "login": f"u{uuid4().hex[:10]}",
        "first_name": "Lee",
        "last_name": group.title(),
        "email": "lee@office.example",
    }
    return CourtUser.objects.create(group=group, account=account, **(defaults | facts))


def reader(who: SignedOn | None) -> Reader:
    """The caller as services see it."""
    return queries.reader_of(who)


class _Handler(ClientHandler):
    """Puts the person where the relying party's middleware would."""

    def __init__(self, who: SignedOn | None) -> None:
        super().__init__(enforce_csrf_checks=False)
        self.who = who

    def load_middleware(self, is_async: bool = False) -> None:
        rest = [name for name in settings.MIDDLEWARE if "relying_party" not in name]
        with override_settings(MIDDLEWARE=rest):
            super().load_middleware(is_async)

    def get_response(self, request: HttpRequest) -> HttpResponse:
        request.signed_on = self.who
        return super().get_response(request)


def client(who: SignedOn | None) -> Client:
    """A browser of that person."""
    browser = Client(raise_request_exception=True)
    browser.handler = _Handler(who)
    return browser
