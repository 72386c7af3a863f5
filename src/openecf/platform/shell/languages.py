"""The language that a reader chose: kept by the browser, and handed on from a court to Central Sign-On."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse

YEAR = 365 * 24 * 3600


def chosen(request: HttpRequest) -> str:
    """What the reader chose at this site by its switch; empty when the browser's setting decides."""
    language = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    return language if language in dict(settings.LANGUAGES) else ""


def asked_for(locales: str) -> str:
    """The first of ours among the language tags of ``ui_locales`` (``es-US fr``); empty when there is none."""
    ours = dict(settings.LANGUAGES)
    return next((main for tag in locales.split() if (main := tag.partition("-")[0].lower()) in ours), "")


def remember(response: HttpResponse, language: str) -> None:
    """Keep the choice for a year; one that is no language of ours is forgotten."""
    if language not in dict(settings.LANGUAGES):
        return
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=YEAR,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        samesite=settings.LANGUAGE_COOKIE_SAMESITE,
    )
