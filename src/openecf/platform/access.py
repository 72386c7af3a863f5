"""Deny by default: every URL names the rule that lets a caller in.

A view carries its rule (``@access.rule(READER)``); the gate middleware refuses a view without one. ``tests/house``
walks every URL of each kind of site and fails when a rule is missing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from django.http import HttpRequest, HttpResponse

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True)
class Rule:
    """Who may call. ``check`` answers None to let the caller in, or the response that turns the caller away."""

    name: str
    check: Callable[[HttpRequest], HttpResponse | None]


def _everyone(_request: HttpRequest) -> None:
    return None


ANYONE = Rule("anyone", _everyone)
"""People and programs without any sign-on: public pages, health checks, feeds, links that carry their own secret."""

MACHINE = Rule("machine", _everyone)
"""A caller that the view itself authenticates by a signature or a client assertion (bus, OpenID back channel)."""


def rule(to: Rule) -> Callable[[View], View]:
    """Name a view's access rule."""

    def mark(view: View) -> View:
        view.access_rule = to  # type: ignore[attr-defined]
        return view

    return mark


class Gate:
    """Middleware: asks the view's rule before the view runs."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: tuple, kwargs: dict
    ) -> HttpResponse | None:
        to = getattr(view, "access_rule", None)
        if to is None:
            raise RuntimeError(f"{view.__module__}.{view.__qualname__} names no access rule")
        return to.check(request)
