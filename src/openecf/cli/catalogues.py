"""`openecf catalogues`: the words of the pages, and the catalogues of their translations.

Words are marked where they stand: ``gettext`` in Python, ``translate`` in templates, a question's ``label`` in the
events' TOML. They are collected from there, merged into one ``django.po`` for each language, which translators edit,
and compiled into the ``django.mo`` that a site loads. Compiling is a step of ``openecf assets``; collecting is the
developer's (``make messages``). A phrase that nothing says any more leaves its catalogue; history keeps it.
"""

from __future__ import annotations

import argparse
import os
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from babel.messages import Catalog, mofile, pofile
from babel.messages.extract import extract_python
from django.conf import settings
from django.utils.translation.template import templatize

import openecf

PACKAGE = Path(openecf.__file__).parent
LOCALE = PACKAGE / "locale"
LANGUAGES = {"es": "Spanish", "ht": "Haitian Creole"}
"""What is translated; English is what the code says itself."""
_UNSTEADY = (
    b'"POT-Creation-Date',
    b'"PO-Revision-Date',
    b'"Last-Translator',
    b'"Language-Team',
    b'"Report-Msgid',
    b'"Generated',
)
FUNCTIONS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
TOML_KEYS = frozenset({"label", "help", "free"})
"""What an event of the dictionary asks people in its own words. Its title and text are the docket's, in English; its
category is a place in a menu."""


@dataclass(frozen=True)
class Phrase:
    """Something that a page says: ``id`` is the text, or the pair of singular and plural; ``place`` the file."""

    id: str | tuple[str, str]
    place: str
    context: str | None = None
    comments: tuple[str, ...] = ()


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """``--check`` only tells."""
    parser.add_argument("--check", action="store_true", help="change nothing; exit code 1 if something is missing")


def run(args: argparse.Namespace) -> int:
    """Merge what the code says into each catalogue and list what is still to be translated. 1 if ``--check`` misses."""
    settings.configure()  # Django's reader of templates asks for the encoding of files
    found = template()
    missing = 0
    for language in LANGUAGES:
        catalogue = read(language)
        before = {key(message) for message in catalogue if message.id}
        merge(catalogue, found)
        after = {key(message) for message in catalogue if message.id}
        empty = [message for message in catalogue if message.id and not translated(message)]
        new, gone = len(after - before), len(before - after)
        missing += len(empty) + gone
        print(f"{language}: {len(after)} phrases, {new} new, {gone} gone, {len(empty)} to translate")
        for message in empty:
            print(f"  {key(message)[1]!r}  ({message.locations[0][0]})")
        if not args.check:
            write(language, catalogue)
    return 1 if args.check and missing else 0


def build() -> None:
    """Compile every catalogue to the form that sites load. A site that starts meanwhile reads the old or the new one."""
    for language in LANGUAGES:
        target = _po(language).with_suffix(".mo")
        out = BytesIO()
        mofile.write_mo(out, read(language))
        fresh = target.with_suffix(f".{os.getpid()}")
        fresh.write_bytes(out.getvalue())
        fresh.replace(target)


def read(language: str) -> Catalog:
    """The catalogue of a language as its file has it; an empty one if there is no file yet."""
    path = _po(language)
    if not path.exists():
        return Catalog(locale=language, domain="django", fuzzy=False)
    with path.open("rb") as file:
        return pofile.read_po(file, locale=language, domain="django", abort_invalid=True)


def write(language: str, catalogue: Catalog) -> None:
    """Write the catalogue: sorted by its words, without dates and line numbers, so that only words make a difference."""
    catalogue.project, catalogue.version, catalogue.copyright_holder = "OpenECF", "", "the OpenECF authors"
    catalogue.header_comment = f"# The words of OpenECF in {LANGUAGES[language]}. See `openecf catalogues`.\n#"
    out = BytesIO()
    pofile.write_po(out, catalogue, width=120, sort_output=True, include_lineno=False)
    path = _po(language)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"".join(line for line in out.getvalue().splitlines(True) if not line.startswith(_UNSTEADY)))


def template() -> Catalog:
    """Everything that the code and the pages say, as a catalogue without translations."""
    found = Catalog(domain="django", fuzzy=False, charset="utf-8")
    for phrase in phrases():
        found.add(phrase.id, locations=[(phrase.place, 0)], context=phrase.context, auto_comments=list(phrase.comments))
    return found


def merge(catalogue: Catalog, found: Catalog) -> None:
    """Bring the catalogue up to what was found: nothing guessed from similar phrases, nothing kept that is gone."""
    catalogue.update(found, no_fuzzy_matching=True)
    catalogue.obsolete.clear()


def key(message: object) -> tuple[str | None, str]:
    """What a message is found by: its context and its (singular) text."""
    return message.context, message.id if isinstance(message.id, str) else message.id[0]


def translated(message: object) -> bool:
    """Whether every form of the message has its words."""
    forms = (message.string,) if isinstance(message.string, str) else message.string
    return bool(forms) and all(forms) and not message.fuzzy


def phrases() -> Iterator[Phrase]:
    """Every marked phrase of the package."""
    for path in sorted(PACKAGE.rglob("*")):
        if "migrations" in path.parts or not path.is_file():
            continue
        place = path.relative_to(PACKAGE.parent).as_posix()
        if path.suffix == ".py":
            yield from _of_python(path.read_bytes(), place)
        elif path.suffix in {".html", ".txt"} and "templates" in path.parts:
            yield from _of_template(path.read_text("utf-8"), place)
        elif path.suffix == ".toml" and path.parent.name == "events":
            yield from _of_events(path.read_text("utf-8"), place)


def _of_python(source: bytes, place: str) -> Iterator[Phrase]:
    found = extract_python(BytesIO(source), FUNCTIONS, ["Translators:"], {"encoding": "utf-8"})
    for _line, function, said, comments in found:
        words = said if isinstance(said, tuple) else (said,)
        places = FUNCTIONS[function]
        if places is None:
            context, ids = None, words[:1]
        elif function.startswith(("pgettext", "npgettext")):
            context, ids = words[0], words[1 : len(places)]
        else:
            context, ids = None, words[:2]
        # A call with a variable marks nothing: its words are marked where they are written.
        if all(isinstance(each, str) and each for each in ids):
            yield Phrase(ids[0] if len(ids) == 1 else (ids[0], ids[1]), place, context, tuple(comments))


def _of_template(source: str, place: str) -> Iterator[Phrase]:
    """Django turns a template into the calls that it makes; what is left of it is noise on unindented lines."""
    calls = "\n".join(line.lstrip() for line in templatize(source, origin=place).splitlines())
    yield from _of_python(calls.encode(), place)


def _of_events(source: str, place: str) -> Iterator[Phrase]:
    told = tomllib.loads(source)
    yield Phrase(told["category"]["title"], place)
    for name, said in _leaves(told):
        if name in TOML_KEYS and said.strip():
            yield Phrase(said, place)


def _leaves(node: object, name: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(node, dict):
        for inner, value in node.items():
            yield from _leaves(value, inner)
    elif isinstance(node, list):
        for value in node:
            yield from _leaves(value, name)
    elif isinstance(node, str):
        yield name, node


def _po(language: str) -> Path:
    return LOCALE / language / "LC_MESSAGES" / "django.po"
