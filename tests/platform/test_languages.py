"""Languages: everything that people read is marked, translated, and shown in the language that they chose."""

from __future__ import annotations

import ast
import re
from collections import Counter
from datetime import date
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client, RequestFactory
from django.utils import translation
from django.utils.formats import date_format, sanitize_separators

from openecf.cli import catalogues
from openecf.platform.relying_party.provider import authorization_url
from openecf.platform.shell import languages

SOURCE = Path(catalogues.PACKAGE)
PAGES = sorted(
    path
    for path in SOURCE.rglob("templates/**/*.html")
    # What a notice says is the record's: English, in the words of the courts.
    if not (path.is_relative_to(SOURCE / "benches") and "notices" in path.parts)
)
MODULES = sorted(path for path in SOURCE.rglob("*.py") if "migrations" not in path.parts and "cli" not in path.parts)
SPOKEN = {"title", "aria-label", "placeholder", "alt", "label", "data-label"}
"""Attributes whose value people see or hear."""
LANGUAGES = sorted(catalogues.LANGUAGES)


@cache
def untranslated_by_design() -> frozenset[tuple[str, str]]:
    lines = (Path(__file__).parent / "words_programs_read.txt").read_text("utf-8").splitlines()
    return frozenset(tuple(line.split(" | ", 1)) for line in lines if line and not line.startswith("#"))


def allowed(path: Path, words: str) -> bool:
    return any(path.as_posix().endswith(end) and words == said for end, said in untranslated_by_design())


class Words(HTMLParser):
    """The words of a page that stand in it as they are: what Django fills in has become an ellipsis before."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.silent += tag in ("script", "style")
        button = tag == "input" and dict(attrs).get("type") in ("submit", "button", "reset")
        for name, value in attrs:
            if value and (name in SPOKEN or (name == "value" and button)):
                self._take(value, f"{name}=")

    def handle_endtag(self, tag: str) -> None:
        self.silent -= tag in ("script", "style")

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self._take(data)

    def _take(self, text: str, before: str = "") -> None:
        words = re.sub(r"…+", "…", " ".join(text.split()))
        if re.search(r"[A-Za-z]{2}", words):
            self.found.append(before + words)


def unmarked_in_page(source: str) -> list[str]:
    source = re.sub(r"{%\s*comment\b.*?endcomment\s*%}|{#.*?#}", "", source, flags=re.DOTALL)
    source = re.sub(r"{%\s*blocktrans(late)?\b.*?endblocktrans(late)?\s*%}", "", source, flags=re.DOTALL)
    defaults = re.findall(r'{{[^{}]*\|default(?:_if_none)?:"([^"]*[A-Za-z]{2}[^"]*)"', source)
    reader = Words()
    reader.feed(
        re.sub(
            r"{%\s*block (whole_title|body_class|main_class|main_lang) .*?endblock\s*%}|{%.*?%}|{{.*?}}", "…", source
        )
    )
    return reader.found + defaults


def at(path: Path) -> str:
    return path.relative_to(SOURCE).as_posix()


def test_every_page_marks_its_words():
    wrong = [
        f"{at(path)}: {words}"
        for path in PAGES
        for words in unmarked_in_page(path.read_text("utf-8"))
        if not allowed(path, words)
    ]
    assert not wrong, "mark with translate or blocktranslate:\n" + "\n".join(wrong)


def plain(node: ast.AST | None) -> str:
    """The words of a literal that is not marked; empty if it is marked, or no words at all."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and re.search(r"[A-Za-z]{3}", node.value):
        return node.value
    if isinstance(node, ast.JoinedStr) and any(plain(part) for part in node.values):
        return ast.unparse(node)
    return ""


def unmarked_in_module(tree: ast.Module) -> list[str]:
    """Labels and help of forms, items of menus, reasons of refusals and of form errors that are plain literals."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            for line in node.body:
                named = isinstance(line, ast.Assign) and getattr(line.targets[0], "id", "")
                if named == "said" or (isinstance(line, ast.AnnAssign) and getattr(line.target, "id", "") == "said"):
                    found.append(plain(line.value))
        if not isinstance(node, ast.Call):
            continue
        called = ast.unparse(node.func)
        if called.startswith("forms."):
            found += [plain(each.value) for each in node.keywords if each.arg in {"label", "help_text", "empty_label"}]
        if called.split(".")[-1] in {"MenuItem", "ValidationError", "BadSelection"}:
            found += [plain(each) for each in node.args[:1]]
        if called.endswith(".add_error"):
            found += [plain(each) for each in node.args[1:]]
        if called in {"said", "_said", "_page"}:
            values = [*node.args[1:], *(each.value for each in node.keywords)]
            found += [words for words in map(plain, values) if " " in words]
    return [words for words in found if words]


def test_every_module_marks_what_it_says_to_people():
    wrong = [
        f"{at(path)}: {words}"
        for path in MODULES
        for words in unmarked_in_module(ast.parse(path.read_text("utf-8")))
        if not allowed(path, words)
    ]
    assert not wrong, "mark with gettext or gettext_lazy:\n" + "\n".join(wrong)


def said_at_import(node: ast.AST, eager: set[str]) -> list[str]:
    calls = []
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        if isinstance(child, ast.Call) and getattr(child.func, "id", "") in eager:
            calls.append(ast.unparse(child))
        calls += said_at_import(child, eager)
    return calls


def test_what_is_said_at_import_waits_for_the_reader():
    """gettext at import answers in the language of the process, for ever; gettext_lazy asks the reader."""
    wrong = []
    for path in MODULES:
        tree = ast.parse(path.read_text("utf-8"))
        eager = {
            alias.asname or alias.name
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation"
            for alias in node.names
            if alias.name in {"gettext", "ngettext", "pgettext", "npgettext"}
        }
        wrong += [f"{at(path)}: {call}" for call in said_at_import(tree, eager)]
    assert not wrong, "\n".join(wrong)


@cache
def said_by_the_code() -> dict:
    return {catalogues.key(message): message for message in catalogues.template() if message.id}


@pytest.fixture(scope="module", params=LANGUAGES)
def catalogue(request):
    return {catalogues.key(message): message for message in catalogues.read(request.param) if message.id}


def test_a_catalogue_has_what_the_code_says_and_nothing_else(catalogue):
    fresh = [text for _context, text in said_by_the_code().keys() - catalogue.keys()]
    stale = [text for _context, text in catalogue.keys() - said_by_the_code().keys()]
    assert not fresh, "run `make messages`, then translate:\n" + "\n".join(fresh)
    assert not stale, "run `make messages`; nothing says any more:\n" + "\n".join(stale)


def test_every_phrase_is_translated_and_none_is_a_guess(catalogue):
    wrong = [text for (_context, text), message in catalogue.items() if not catalogues.translated(message)]
    assert not wrong, "\n".join(wrong)


def marks(text: str) -> Counter:
    """Placeholders of both kinds and tags: what a translation must hand on as it is."""
    return Counter(re.findall(r"%\(\w+\)[sd]|\{\w*\}|</?\w+[^>]*>|&\w+;", text))


def test_translations_keep_placeholders_tags_and_lines(catalogue):
    wrong = []
    for (_context, _text), message in catalogue.items():
        ids = [message.id] if isinstance(message.id, str) else list(message.id)
        said = [message.string] if isinstance(message.string, str) else list(message.string)
        if len(ids) != len(said):
            wrong.append(f"{ids[0]!r}: {len(said)} forms")
        for source, words in zip(ids, said, strict=False):
            # A singular may leave its number out, as English does ("One case fits").
            same = marks(source) == marks(words) or (
                len(ids) > 1 and source is ids[0] and marks(words) <= marks(ids[1])
            )
            edges = re.match(r"\s*", source)[0] == re.match(r"\s*", words)[0] and source.endswith(
                "\n"
            ) == words.endswith("\n")
            if words and not (same and edges and source.count("\n") == words.count("\n")):
                wrong.append(f"{source!r}: {words!r}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("language", ["en", *LANGUAGES])
def test_dates_and_numbers_keep_the_forms_of_the_country(language):
    with translation.override(language):
        assert date_format(date(2026, 3, 4), "SHORT_DATE_FORMAT") == "03/04/2026"
        assert sanitize_separators("1.50") == "1.50"


@pytest.mark.parametrize(
    ("language", "day"),
    [("en", "March 4, 2026"), ("es", "4 de marzo de 2026"), ("ht", "4 mas 2026")],
)
def test_dates_in_sentences_are_in_the_readers_language(language, day):
    with translation.override(language):
        assert date_format(date(2026, 3, 4)) == day


def page(language: str = "", accepts: str = "") -> str:
    browser = Client(HTTP_HOST="testserver", headers={"accept-language": accepts} if accepts else {})
    if language:
        browser.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    return browser.get("/no/such/page").content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "accepts", "tag", "words"),
    [
        ("", "", "en", "There is no such page"),
        ("es", "", "es", "No existe esa página"),
        ("ht", "", "ht", "Paj sa a pa egziste"),
        ("", "es-MX,es;q=0.9,en;q=0.5", "es", "No existe esa página"),
        ("", "ht,fr;q=0.8", "ht", "Paj sa a pa egziste"),
        ("en", "es", "en", "There is no such page"),
        ("xx", "", "en", "There is no such page"),
    ],
)
def test_a_page_speaks_the_chosen_language_else_the_browsers(language, accepts, tag, words):
    said = page(language, accepts)
    assert f'<html lang="{tag}">' in said
    assert words in said


@pytest.mark.django_db
def test_the_switch_is_kept_for_a_year_and_leads_back():
    browser = Client(HTTP_HOST="testserver")
    back = browser.post("/language", {"language": "ht"}, headers={"referer": "https://testserver/nextgen?a=1"})
    assert (back.status_code, back["Location"]) == (302, "/nextgen?a=1")
    kept = browser.cookies[settings.LANGUAGE_COOKIE_NAME]
    assert (kept.value, kept["max-age"]) == ("ht", 365 * 24 * 3600)


def test_the_collector_reads_modules_pages_and_the_dictionary(tmp_path, monkeypatch):
    package = tmp_path / "openecf"
    (package / "room" / "templates").mkdir(parents=True)
    (package / "events").mkdir()
    (package / "room" / "views.py").write_text(
        '_("One " "sentence.")\n_(variable)\nngettext("a case", "{n} cases", n)\npgettext("verb", "Open")\n'
    )
    (package / "room" / "templates" / "page.html").write_text(
        "{% load i18n %}\n  {% translate 'Don\"t' %}\n{{ x|default:_('Nothing') }} it's\n"
        "    {% blocktranslate count n=n %}{{ n }} page{% plural %}{{ n }} pages{% endblocktranslate %}\n"
    )
    (package / "events" / "10-motions.toml").write_text(
        '[category]\ntitle = "Motions"\n[[event]]\ntitle = "Motion"\nfree = "Why"\nrelated = { label = "To what?" }\n'
    )
    monkeypatch.setattr(catalogues, "PACKAGE", package)
    assert {(phrase.id, phrase.context) for phrase in catalogues.phrases()} == {
        ("One sentence.", None),
        (("a case", "{n} cases"), None),
        ("Open", "verb"),
        ('Don"t', None),
        ("Nothing", None),
        (("%(n)s page", "%(n)s pages"), None),
        ("Motions", None),
        ("Why", None),
        ("To what?", None),
    }


def test_merging_drops_what_is_gone_and_guesses_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(catalogues, "LOCALE", tmp_path)
    old = catalogues.read("es")
    old.add("Log in", "Iniciar sesión")
    old.add("Log me out", "Cerrar sesión")
    catalogues.write("es", old)
    found = catalogues.Catalog(domain="django")
    found.add("Log in")
    found.add("Log me in")
    merged = catalogues.read("es")
    catalogues.merge(merged, found)
    catalogues.write("es", merged)
    again = {message.id: (message.string, message.fuzzy) for message in catalogues.read("es") if message.id}
    assert again == {"Log in": ("Iniciar sesión", False), "Log me in": ("", False)}


@pytest.mark.parametrize(
    ("locales", "language"),
    [("es", "es"), ("es-US en", "es"), ("fr HT-ht en", "ht"), ("fr de", ""), ("", ""), ("xx\r\nSet-Cookie:a", "")],
)
def test_the_first_of_our_languages_that_is_asked_for_counts(locales, language):
    assert languages.asked_for(locales) == language


@pytest.mark.parametrize(("cookie", "asked"), [("ht", "ui_locales=ht"), ("", ""), ("xx", "")])
def test_a_court_tells_central_sign_on_which_language_its_reader_chose(cookie, asked):
    request = RequestFactory().get("/login")
    request.COOKIES = {settings.LANGUAGE_COOKIE_NAME: cookie} if cookie else {}
    address = authorization_url(request, state="s", nonce="n", challenge="c", fresh=False)
    assert (asked in address) if asked else ("ui_locales" not in address)
