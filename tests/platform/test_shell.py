"""The frame of every page."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from django.utils import translation
from django.utils.translation import gettext_lazy

from openecf.platform.shell.menu import MenuItem
from openecf.platform.shell.templatetags.menu_bar import menu_bar

pytestmark = [pytest.mark.django_db]


def test_a_missing_page_is_kind_and_complete() -> None:
    answer = Client(HTTP_HOST="testserver").get("/no/such/page")
    page = answer.content.decode()
    assert answer.status_code == 404
    assert "There is no such page" in page
    assert "This is a demonstration" in page
    assert "U.S. District Court, Southern District of Florida" in page


MENU = (
    MenuItem(gettext_lazy("Utilities"), "/utilities/"),
    MenuItem("Reports & more", children=(MenuItem("One", "/one"), MenuItem("Two <b>", "/two"))),
)


@pytest.mark.parametrize(
    ("path", "marked"),
    [("/two", "/two"), ("/utilities/", "/utilities/"), ("/elsewhere", None), ("", None), ("/one", "/one")],
)
def test_the_menu_bar_marks_where_the_reader_is(path, marked):
    bar = str(menu_bar(MENU, path))
    assert re.findall(r'href="([^"]*)" aria-current="page"', bar) == ([marked] if marked else [])
    assert "Reports &amp; more" in bar and "Two &lt;b&gt;" in bar


def test_the_menu_bar_is_in_the_language_of_each_page():
    bars = {}
    for language in ("en", "es", "ht", "en"):
        with translation.override(language):
            bars.setdefault(language, str(menu_bar(MENU, "/")))
            assert str(menu_bar(MENU, "/")) == bars[language]
            assert str(MENU[0].label) in bars[language]
    assert len(set(bars.values())) == 3


def test_what_has_the_keyboards_focus_is_outlined():
    styles = Path(finders.find("vendor/openecf.css")).read_text("utf-8")
    assert re.search(r"\*:focus-visible\{outline:3px solid #\w+", styles), "dropped as a rule that no template mentions"
