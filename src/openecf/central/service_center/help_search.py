"""Searching the help: PostgreSQL's full text in the reader's language. Some fifty texts need no table of their own."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection
from django.urls import reverse

from openecf.central.service_center.help_texts import Help, plain

_CONFIGURATION = {"en": "english", "es": "spanish", "ht": "simple"}
"""PostgreSQL has no stemmer for Haitian Creole: there words are compared as they are."""

# First what has all that was asked, in the words' forms; then what has any of it, or begins so.
_SEARCH = """
WITH texts AS (
  SELECT n, setweight(to_tsvector(%(in)s::regconfig, title), 'A') || setweight(to_tsvector(%(in)s::regconfig, body), 'B') AS v
  FROM unnest(%(titles)s::text[], %(bodies)s::text[]) WITH ORDINALITY AS t (title, body, n)
), asked AS (
  SELECT websearch_to_tsquery(%(in)s::regconfig, %(typed)s) AS whole, to_tsquery(%(in)s::regconfig, %(any)s) AS any_of
)
SELECT n FROM texts, asked WHERE v @@ whole OR v @@ any_of
ORDER BY (v @@ whole) DESC, ts_rank(v, any_of) DESC, n LIMIT 20
"""


@dataclass(frozen=True)
class Hit:
    """What a search found: a question, a guide or a word of the glossary."""

    title: str
    url: str
    begins: str


def search(typed: str, *, within: Help) -> Sequence[Hit]:
    """What the help says to these words, the best first; accents and capitals do not count."""
    sought = _bare(typed)
    words = ["".join(c for c in word if c.isalnum()) for word in sought.split()]
    words = [word for word in words if word]
    if not words:
        return []
    found = list(_all(within))
    with connection.cursor() as cursor:
        cursor.execute(_SEARCH, {
            "in": _CONFIGURATION[within.language], "typed": sought, "any": " | ".join(f"{word}:*" for word in words[:12]),
            "titles": [_bare(hit.title) for hit, _body in found], "bodies": [_bare(body) for _hit, body in found],
        })  # fmt: skip
        return [found[n - 1][0] for (n,) in cursor.fetchall()]


def _all(within: Help) -> Sequence[tuple[Hit, str]]:
    hits = []
    for one in within.questions:
        body = plain(one.answer)
        url = f"{reverse('help-topic', args=[one.topic])}#{one.key}"
        hits.append((Hit(one.question, url, _beginning(body)), body))
    for guide in within.guides.values():
        body = " ".join([guide.intro, *(f"{step.title} {plain(step.text)}" for step in guide.steps)])
        hits.append((Hit(guide.title, reverse("help-guide", args=[guide.key]), guide.intro), body))
    for term, meaning in within.glossary:
        hits.append((Hit(term, reverse("help-glossary"), meaning), meaning))
    return hits


def _beginning(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= 160 else words[:160].rsplit(" ", 1)[0] + " …"


def _bare(text: str) -> str:
    """Lower case, without accents: people type both."""
    return "".join(c for c in unicodedata.normalize("NFD", text.lower()) if not unicodedata.combining(c))
