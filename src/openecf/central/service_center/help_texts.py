"""The help of the Service Center: questions, guides, glossary; data in ``help/``, one file for each language.

Text is paragraphs with ``- `` points, ``**bold**`` and ``[words](place)``; ``{page}``, ``{cap}``, ``{waiver}`` and
``{returned}`` are today's prices, without their dollar sign. Nothing else is marked up, and everything
else is escaped: a file cannot bring a tag or a link elsewhere into a page.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape, strip_tags
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from openecf.central.billing import rules as billing
from openecf.kernel.billing import schedule_on
from openecf.kernel.days import legal_day

LANGUAGES = ("en", "es", "ht")
PLACES = {
    "register": "register", "manage": "manage", "forgot": "forgot", "factors": "factors", "courts": "courts",
    "nextgen": "nextgen", "contact": "service-contact", "activate": "activate", "payments": "manage-payments", "pay": "pay",
}  # fmt: skip
"""What a text may link to besides ``guide:KEY``, and the names of those pages."""
_LINK = re.compile(r"\[([^\]]+)\]\(([a-z:-]+)\)")
_PRICE = re.compile(r"\{(page|cap|waiver|returned)\}")
_BOLD = re.compile(r"\*\*([^*]+)\*\*")


class BadHelp(ValueError):
    """A file says something that cannot be shown."""


@dataclass(frozen=True)
class Question:
    """A frequent question. ``answer`` as it is written, ``shown`` as a page shows it."""

    key: str
    topic: str
    question: str
    answer: str

    @property
    def shown(self) -> SafeString:
        return shown(self.answer)


@dataclass(frozen=True)
class Step:
    """A step of a guide; of some, the name of a picture and what it shows, for who does not see it."""

    title: str
    text: str
    picture: str = ""
    shows: str = ""

    @property
    def shown(self) -> SafeString:
        return _inline(self.text)

    @property
    def picture_url(self) -> str:
        return static(f"service_center/guides/{self.picture}.png")


@dataclass(frozen=True)
class Guide:
    """Something done step by step."""

    key: str
    title: str
    intro: str
    steps: Sequence[Step]


@dataclass(frozen=True)
class Help:
    """The help in one language, in the order of its file."""

    language: str
    topics: Mapping[str, str]
    questions: Sequence[Question]
    guides: Mapping[str, Guide]
    glossary: Sequence[tuple[str, str]]


@cache
def in_language(language: str) -> Help:
    """The help in that language."""
    text = resources.files(__package__).joinpath("help", f"{language}.toml").read_text("utf-8")
    read = tomllib.loads(text)
    guides = [
        Guide(one["key"], one["title"], one["intro"], [Step(*step) for step in one["steps"]]) for one in read["guide"]
    ]
    return Help(
        language=language,
        topics=read["topics"],
        questions=[Question(**one) for one in read["faq"]],
        guides={one.key: one for one in guides},
        glossary=sorted(read["glossary"].items(), key=lambda pair: pair[0].casefold()),
    )


def here() -> Help:
    """The help in the reader's language; in English where there is none."""
    language = (get_language() or "en")[:2]
    return in_language(language if language in LANGUAGES else "en")


def shown(text: str) -> SafeString:
    """Paragraphs and points as HTML."""
    parts = []
    for block in re.split(r"\n\s*\n", text.strip()):
        lines = block.splitlines()
        if all(line.startswith("- ") for line in lines):
            points = "".join(f"<li>{_inline(line[2:])}</li>" for line in lines)
            parts.append(f'<ul class="usa-list">{points}</ul>')
        else:
            parts.append(f"<p>{_inline(' '.join(lines))}</p>")
    return mark_safe("\n".join(parts))  # noqa: S308  (escaped piece by piece)


def plain(text: str) -> str:
    """The words alone, for the search."""
    return strip_tags(_BOLD.sub(r"\1", _LINK.sub(r"\1", _priced(text))))


def _priced(text: str) -> str:
    """With today's prices in the places that a text leaves for them."""
    today = schedule_on(legal_day(timezone.now(), billing.ZONE))
    prices = {
        "page": today.per_page,
        "cap": today.cap,
        "waiver": today.quarterly_waiver,
        "returned": today.returned_payment,
    }
    return _PRICE.sub(lambda found: str(prices[found[1]]), text)


def _inline(text: str) -> SafeString:
    linked = _LINK.sub(lambda found: f'<a href="{_address(found[2])}">{found[1]}</a>', str(escape(_priced(text))))
    return mark_safe(_BOLD.sub(r"<strong>\1</strong>", linked))  # noqa: S308  (escaped above)


def _address(place: str) -> str:
    kind, _, key = place.partition(":")
    if kind == "guide" and key:
        return reverse("help-guide", args=[key])
    if place not in PLACES:
        raise BadHelp(place)
    return reverse(PLACES[place])
