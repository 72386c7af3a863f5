"""The sign-on page speaks the language that the reader chose at the court (OpenID Connect Core, ui_locales)."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.test import Client

from tests.central.relying import Court, account, answered, court, signed_on  # noqa: F401  (a fixture)


@pytest.mark.parametrize(
    ("locales", "before", "language"),
    [
        ("es", "", "es"),
        ("fr es-US", "", "es"),
        ("ht", "en", "ht"),
        ("fr", "", "en"),
        ("fr", "es", "es"),
        (None, "ht", "ht"),
        (None, "", "en"),
    ],
)
def test_the_sign_on_page_speaks_it(court: Court, locales: str | None, before: str, language: str) -> None:  # noqa: F811
    browser = Client()
    if before:
        browser.cookies[settings.LANGUAGE_COOKIE_NAME] = before
    sent = court.ask(ui_locales=locales).by(browser)
    page = browser.get(sent.headers["Location"]).content.decode()
    assert f'<html lang="{language}">' in page and "loginForm:password" in page


def test_who_is_signed_on_already_only_passes_through(court: Court) -> None:  # noqa: F811
    back = court.ask(ui_locales="es").by(signed_on(account()))
    assert "code" in answered(back) and settings.LANGUAGE_COOKIE_NAME not in back.cookies
