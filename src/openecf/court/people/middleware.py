"""Knowing the caller of each request as this court knows people."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from openecf.court.people import queries
from openecf.court.people.rules import NOBODY
from openecf.court.transition import queries as transition
from openecf.kernel.networks import lies_within

PROBES = frozenset({"/healthz", "/readyz"})
"""Whether a process lives, and what it lacks, is answered without the database."""


class Readers:
    """Middleware: ``request.reader``, from who signed on (``request.signed_on``). Runs after the relying party's.

    A request from one of the networks that the court's profile names comes from a public terminal at the courthouse.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path in PROBES:
            request.reader = NOBODY
            return self.get_response(request)
        networks = transition.profile().terminal_networks
        at_terminal = bool(networks) and lies_within(request.META.get("REMOTE_ADDR", ""), networks)
        request.reader = queries.reader_of(getattr(request, "signed_on", None), terminal=at_terminal)
        return self.get_response(request)
