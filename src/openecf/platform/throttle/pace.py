"""A pace for pages that cost the site work and the caller nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse

from openecf.platform.shell.views import too_many
from openecf.platform.throttle import services

WINDOW = timedelta(minutes=1)


def paced(name: str, *, most: int) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """A view that answers each account (without one: each address) ``most`` times a minute."""

    def mark(view: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(view)
        def wrapped(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
            who = getattr(getattr(request, "reader", None), "account", None) or request.META.get("REMOTE_ADDR", "")
            done = services.count(key=f"pace:{name}:{who}"[:200], window=WINDOW, now=request.arrived)
            return too_many(request) if done > most else view(request, *args, **kwargs)

        return wrapped

    return mark
