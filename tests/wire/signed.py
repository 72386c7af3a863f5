"""Callers who signed on, for pages asked in the test's own process (sign-on itself is tested elsewhere)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

from django.test import Client

from openecf.platform.relying_party.rules import SignedOn

SEARCHER = SignedOn(
    account=UUID("0ecf0000-0000-4000-8000-000000000004"),
    number="7100004",
    username="hlindqvist",
    name="Hana Lindqvist",
    email="hlindqvist@pacer.example",
    account_type="search",
    upgraded=True,
    shared=False,
    may_search=True,
    sid="wire",
    kind="api",
    auth_time=datetime(2026, 1, 1, tzinfo=UTC),
)
CLERK = replace(
    SEARCHER,
    account=UUID("0ecf0000-0000-4000-8000-0000000000c1"),
    number="7100091",
    username="clerk-wire",
    name="Ines Delgado",
    email="clerk@pacer.example",
    account_type="attorney",
    kind="browser",
)
WHO = "openecf.test.signed_on"
"""Where a test client's environment says who calls; no request from outside can set it."""


def client_of(who: SignedOn) -> Client:
    """A program or a browser of that person; forged posts are refused as they are in service."""
    return Client(enforce_csrf_checks=True, **{WHO: who})


class Callers:
    """Middleware: puts the caller where the relying party's would."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.signed_on = request.META.get(WHO)
        return self.get_response(request)
