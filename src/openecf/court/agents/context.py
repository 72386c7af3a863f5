"""What every page tells a filing agent: whom they act for."""

from __future__ import annotations

from django.http import HttpRequest

from openecf.court.people.rules import NOBODY


def agents(request: HttpRequest) -> dict[str, object]:
    """Template context: ``acting`` (None for everybody but an acting agent), ``chooses_principal``."""
    reader = getattr(request, "reader", NOBODY)
    return {"acting": reader.acting, "chooses_principal": bool(reader.principals) and reader.acting is None}
