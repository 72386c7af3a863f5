"""A caller who signed on to search, for pages asked in the test's own process (sign-on itself is tested elsewhere)."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

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


class Searcher:
    """Middleware."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.signed_on = SEARCHER
        return self.get_response(request)
