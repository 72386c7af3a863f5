"""How much a caller may send who signs on: nothing of a sign-on is long, and who is nobody yet makes the site read little."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from openecf.platform.web import takes_little

LARGEST = 16 * 1024
"""Bytes."""
WITH_A_PASSKEY = 4 * LARGEST
"""A browser's answer about a passkey may have 16 KiB of its own, which a form writes with up to three letters for one."""


def _too_long_page(request: HttpRequest) -> HttpResponse:
    page = {
        "title": _("That is more than this page takes"),
        "what": _("What was sent is much longer than a user name, a password or a code. Nothing of it was read."),
        "then": _("Go back, and type it anew."),
    }
    return render(request, "shell/said.html", page, status=413)


def _too_long_call(request: HttpRequest) -> HttpResponse:
    answer = {"error": "invalid_request", "error_description": f"The request is longer than {LARGEST} bytes."}
    response = JsonResponse(answer, status=413)
    response.headers["Cache-Control"] = "no-store"
    return response


short_form = takes_little(LARGEST, _too_long_page)
"""A page whose form is short."""

short_form_with_passkey = takes_little(WITH_A_PASSKEY, _too_long_page)
"""A page whose form may hold what a browser says of a passkey."""

short_call = takes_little(LARGEST, _too_long_call)
"""An endpoint for programs whose request is short: the refusal is JSON (RFC 6749 5.2)."""
