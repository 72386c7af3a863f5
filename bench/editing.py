"""Ten people edit one case at once through the clerk's pages: each edit is kept, or its author is told of a conflict.

Some edit parties of their own, some different fields of the heading, some the very same field or entry. Each opens
the page, changes one thing to words never used before, and saves what the page holds, as a browser does. Afterwards
the case's own record is read: an edit that was said to be saved and is not there is lost; a value that came after
another without its author having seen that one was written over it.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import uuid4

import psycopg

from bench.client import Client, Form
from bench.load import under_load
from bench.stand import Stand, say, stand
from bench.table import Row

CLIENTS = 10
COURT, CLERK = "flsd", "clerk-delgado"
SERIAL = 80_000
OWN_FIELDS = ("cause", "demand", "jurisdiction", "nature_of_suit")
SHARED_FIELD = "short_title"
CHANGED = "Somebody else"
"""How both kinds of conflict begin: a field's and an entry's."""


@dataclass
class Editor:
    """Somebody at the page of one thing, who changes one field of it. ``kept``: words that were said to be saved."""

    http: Client
    path: str
    what: str
    kept: list[str] = field(default_factory=list)
    seen: dict[str, str] = field(default_factory=dict)
    outcomes: Counter = field(default_factory=Counter)

    def edit(self) -> None:
        page = self.http.get(self.path).text
        words = f"{self.what} {uuid4().hex}"
        self.save(Form(page), words)

    def save(self, form: Form, words: str, *, tries: int = 20) -> None:
        """Save; where it collides, look at both versions and save again, as the page offers."""
        said: Mapping[str, object] = {**form.fields, self.what: words}
        if "reason" in form.fields:
            said = {**said, "reason": "a measurement"}
        self.seen[words] = str(form.fields[self.what])
        answer = self.http.post(self.path, said)
        if answer.status == 302:
            self.kept.append(words)
            self.outcomes["kept"] += 1
        elif CHANGED in answer.text and tries:
            self.outcomes["conflict"] += 1
            if answer.status == 409:
                # The page holds this editor's version, at the version of the case that it shows beside it.
                self.save(Form(answer.text), words, tries=tries - 1)
        else:
            self.outcomes["refused"] += 1
            self.outcomes[f"status {answer.status}"] += 1


def measure(*, quick: bool) -> list[Row]:
    here = stand()
    seconds = 5 if quick else 15
    serial = SERIAL + random.randrange(9_000)  # noqa: S311
    case = here.inside(COURT, "edited_case", parties=4, serial=serial)
    cookies = dict(here.browser(COURT, CLERK).cookies)
    editors = [
        Editor(Client(here.sites[COURT]["base_url"], cookies=cookies), path, what) for path, what in _places(case)
    ]
    load = under_load([editor.edit for editor in editors], seconds=seconds)
    outcomes: Counter = sum((editor.outcomes for editor in editors), Counter())
    lost = lost_edits(here, case["case"], editors)
    say(f"{dict(outcomes)}; lost {lost}")
    return [
        Row(
            f"{CLIENTS} people edit one case",
            f"{outcomes['kept'] / load.seconds:.1f} edits/s kept",
            "edits refused or lost",
            f"{outcomes['refused']} + {lost} of {outcomes.total()}",
            outcomes["refused"] + lost,
            0,
            note=f"{outcomes['kept']} kept, {outcomes['conflict']} conflicts shown to their authors; half within "
            f"{load.within(0.5) * 1000:.0f} ms, page and saving",
        )
    ]


def _places(case: dict) -> list[tuple[str, str]]:
    """The page and the field of each of the ten."""
    at = f"/cases/{case['case']}/edit"
    return [
        *((f"{at}/party/{party}", "lines") for party in case["parties"][:3]),
        *((f"{at}/heading", name) for name in OWN_FIELDS[:3]),
        *[(f"{at}/heading", SHARED_FIELD)] * 2,
        *[(f"{at}/entries/{case['seq']}", "text")] * 2,
    ]


def lost_edits(here: Stand, case_id: int, editors: list[Editor]) -> int:
    """Kept edits that the record does not hold, or that were written over by somebody who had not seen them."""
    with here.database(COURT) as database:
        histories = _histories(database, case_id)
    held = Counter(after for history in histories for _before, after in history)
    missing = sum(held[words] != 1 for editor in editors for words in editor.kept)
    torn = sum(
        later[0] != earlier[1] for history in histories for earlier, later in zip(history, history[1:], strict=False)
    )
    return missing + torn


def _histories(database: psycopg.Connection, case_id: int) -> list[list[tuple[str, str]]]:
    """For each field that was edited, what it said before and after each change, the oldest first."""
    fields: dict[tuple[str, str], list[tuple[str, str]]] = {}
    rows = database.execute(
        "SELECT subject, field, before #>> '{}', after #>> '{}' FROM case_change WHERE case_id = %s AND before IS NOT NULL "
        "ORDER BY version, id",
        [case_id],
    )
    for subject, name, before, after in rows:
        fields.setdefault((subject, name), []).append((before, after))
    texts = database.execute(
        "SELECT r.before ->> 'text', coalesce(lead(r.before ->> 'text') OVER w, e.text) FROM entry_revision r "
        "JOIN entry e ON e.id = r.entry_id WHERE e.case_id = %s WINDOW w AS (PARTITION BY r.entry_id ORDER BY r.id)",
        [case_id],
    ).fetchall()
    return [*fields.values(), texts]
