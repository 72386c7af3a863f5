"""Runs as a process of a court's site that is up: an attorney files a motion with an exhibit, through the services.

Usage: python -m tests.wire.arrange FOLDER CASE TITLE FILER, where FOLDER is the site's. Prints what was filed as JSON. How
a person files in a browser is told in ``tests/journeys``.
"""

from __future__ import annotations

import importlib
import io
import json
import sys
from datetime import UTC, datetime
from pathlib import Path

from openecf.cli.inside import enter
from tests.court import pdfs

COUNSEL = "tokafor"
MAIN, EXHIBIT = "MOTION of wire", "EXHIBIT of wire"


def file_motion(case_number: str, title: str, filer: str) -> dict:
    """File it; the documents' numbers, the entry's place, and the attorney's address for the notice."""
    drafts, filing = (importlib.import_module(f"openecf.court.filing.{room}") for room in ("drafts", "services"))
    events = importlib.import_module("openecf.court.events.queries")
    cases, people = (importlib.import_module(f"openecf.court.{room}.models") for room in ("cases", "people"))
    reader_type = importlib.import_module("openecf.court.people.rules").Reader
    user, case = people.CourtUser.objects.get(login=COUNSEL), cases.Case.objects.get(number=case_number)
    reader = reader_type(
        account=user.account, username=user.login, user=user.pk, group=user.group, may_search=True, upgraded=True,
        kind="browser", name="Tobias Okafor",
    )  # fmt: skip
    event = next(event for event in events.dictionary().events.values() if event.title == title)
    at = datetime.now(UTC)
    draft = drafts.start(reader=reader, event_code=event.code, case_id=case.id, at=at)

    def say(step: str, said: dict) -> None:
        drafts.answer(draft=draft, step=step, said=said, version=draft.version, at=at)

    for part, words in enumerate((MAIN, EXHIBIT)):
        more = {"category": "Exhibit", "description": "Survey"} if part else {"category": "", "description": ""}
        paper = io.BytesIO(pdfs.plain(2 + part, words))
        drafts.add_document(draft=draft, part=part, file=paper, filename=f"{part}.pdf", at=at, **more)
    say("parties", {"filers": [case.parties.get(name=filer).id], "against": []})
    say("documents", {"done": True})
    say("related", {"entries": [], "outcomes": {}})
    say("details", {})
    say("text", {"free": "as invented"})
    entry = filing.submit(draft_id=draft.id, reader=reader, at=at)
    return {
        "case": str(entry.case_id),
        "number": entry.number,
        "seq": str(entry.seq),
        "text": entry.text,
        "documents": list(entry.documents.order_by("part").values_list("doc_id", flat=True)),
        "mail": user.email,
    }


if __name__ == "__main__":
    enter(Path(sys.argv[1]))
    print(json.dumps(file_motion(*sys.argv[2:5])))
