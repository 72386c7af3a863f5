"""Who may call the firms room's pages."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from openecf.central.signon.access import UPGRADED
from openecf.platform.access import Rule


def _firm(request: HttpRequest) -> HttpResponse | None:
    refused = UPGRADED.check(request)
    if refused is not None:
        return refused
    return None if request.account.is_administrative else redirect("manage")


FIRM = Rule("firm", _firm)
"""A PACER Administrative Account; people are led to their own account."""


def _member(request: HttpRequest) -> HttpResponse | None:
    refused = UPGRADED.check(request)
    if refused is not None:
        return refused
    return redirect("firm") if request.account.is_administrative else None


MEMBER = Rule("member", _member)
"""A person's own upgraded account; a firm is led to its members."""
