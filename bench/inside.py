"""What a measurement does inside a process of a site, through the rooms' own services.

``python -m bench.inside FOLDER WHAT JSON`` prints what the function ``WHAT`` answers, as JSON.
"""

from __future__ import annotations

import importlib
import io
import json
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from openecf.cli.inside import enter

BY = "system"
COUNSEL_OF_A_PARTY = 5


def filing_cases(*, count: int, recipients: int, filer: str, serial: int) -> dict:
    """Open civil cases in which ``recipients`` people with accounts here are served, the filer among them.

    Answers, for each case, its id and the party that the filer speaks for.
    """
    cases = importlib.import_module("openecf.court.cases.services")
    user_model = importlib.import_module("openecf.court.people.models").CourtUser
    at = datetime.now(UTC)
    ours = user_model.objects.get(login=filer)
    others = [
        user_model.objects.get_or_create(
            login=f"counsel{n:02d}",
            defaults={
                "group": "attorney",
                "first_name": "Ada",
                "last_name": f"Counsel{n:02d}",
                "email": f"counsel{n:02d}@counsel.example",
                "firm": f"Counsel & Partners {n:02d} LLP",
                "address_lines": ["400 Heron Avenue", "Coral Harbor, FL 33199"],
            },
        )[0]
        for n in range(1, recipients)
    ]
    made = []
    for n in range(count):
        case = cases.open_case(
            number=f"1:24-cv-{serial + n:05d}", at=at, by=BY, filed=at.date(),
            short_title=f"Tamarind Supply, Inc. v. Kestrel Freight {n} LLC", caption=f"Tamarind v. Kestrel {n}",
        )  # fmt: skip
        for place in range(0, recipients, COUNSEL_OF_A_PARTY):
            kind = "Defendant" if place else "Plaintiff"
            party = cases.add_party(case_id=case.id, name=f"{kind} {place} of {n}, Inc.", type=kind, at=at, by=BY)
            for user in [ours, *others][place : place + COUNSEL_OF_A_PARTY]:
                cases.appear(case=case, user=user, party_ids=[party.id], roles=["LEAD ATTORNEY"], at=at, by=BY)
            if not place:
                made.append({"case": case.id, "party": party.id})
    return {"cases": made}


def edited_case(*, parties: int, serial: int) -> dict:
    """A civil case with so many parties and one docket entry."""
    cases = importlib.import_module("openecf.court.cases.services")
    docket = importlib.import_module("openecf.court.docket.services")
    transaction = importlib.import_module("django.db").transaction
    at = datetime.now(UTC)
    facts = {"caption": "Tamarind v. Kestrel", "short_title": "Tamarind v. Kestrel", "cause": "28:1332 Diversity"}
    case = cases.open_case(number=f"1:24-cv-{serial:05d}", at=at, by=BY, filed=at.date(), **facts)
    made = [
        cases.add_party(case_id=case.id, name=f"Party {n}, Inc.", type="Plaintiff", at=at, by=BY, lines="of Florida")
        for n in range(parties)
    ]
    with transaction.atomic():
        entry = docket.enter(case_id=case.id, event="", title="Letter", text="LETTER.", at=at, entered_by="clerk")
        docket.finish(entry)
    return {"case": case.id, "parties": [party.id for party in made], "seq": entry.seq}


def file_by_services(
    *, cases: list[dict], filer: str, event: str, pdf: str, per_client: int, begin: float = 0
) -> dict[str, float]:
    """Filings without pages, one thread for each case: whole ones, each checked and then submitted; then again, all
    checked first and all submitted after, so that the time of each is known.

    Answers how many of each, and of every phase the seconds and those of the processor (without PostgreSQL's). Starts at
    ``begin``, seconds of the clock, so that several processes can work together.
    """
    rooms = "openecf.court.filing"
    drafts, services = (importlib.import_module(f"{rooms}.{name}") for name in ("drafts", "services"))
    models = importlib.import_module(f"{rooms}.models")
    django_db = importlib.import_module("django.db")
    reader = _reader(filer)
    content = Path(pdf).read_bytes()

    def prepared(case: dict) -> object:
        draft = drafts.start(reader=reader, event_code=event, case_id=case["case"], at=datetime.now(UTC))
        answers = {"parties": {"filers": [str(case["party"])]}, "documents": {"done": True}, "related": {}, "text": {}}
        models.Draft.objects.filter(id=draft.id).update(answers=answers)
        draft.refresh_from_db()
        return draft

    def check(draft: object) -> None:
        drafts.add_document(
            draft=draft, part=0, file=io.BytesIO(marked(content)), filename="motion.pdf", category="",
            description="", at=datetime.now(UTC),
        )  # fmt: skip

    def submit(draft: object) -> None:
        services.submit(draft_id=draft.id, reader=reader, at=datetime.now(UTC))

    def working(waiting: list, *acts: Callable[[object], None]) -> Callable[[], None]:
        def work() -> None:
            for draft in waiting:
                for act in acts:
                    act(draft)
            django_db.connection.close()

        return work

    whole, apart = ([[prepared(case) for _ in range(per_client)] for case in cases] for _ in range(2))
    # What is done once: a connection for each thread, the inspectors, the dictionary.
    _at_once([working([prepared(case)], check, submit) for case in cases])
    time.sleep(max(0.0, begin - time.time()))
    told = {"filings": float(len(cases) * per_client)}
    for name, work, acts in (
        ("file", whole, (check, submit)),
        ("check", apart, (check,)),
        ("submit", apart, (submit,)),
    ):
        before = time.process_time()
        told[name] = _at_once([working(waiting, *acts) for waiting in work])
        told[f"{name}_cpu"] = time.process_time() - before
    return told


def promise_mails(*, count: int, reference: str, to: str, text: str, html: str) -> dict:
    """So many mails of the size of a notice, each promised with its job, all at once."""
    mail = importlib.import_module("openecf.platform.mail.services")
    transaction = importlib.import_module("django.db").transaction
    with transaction.atomic():
        for n in range(count):
            mail.send(
                to=[to], subject=f"Activity in Case 1:24-cv-{n:05d}", text=text, html=html, at=datetime.now(UTC),
                reference=reference,
            )  # fmt: skip
    return {"promised": count}


def readers(*, count: int) -> dict:
    """People with accounts who only search; their numbers begin with B."""
    model = importlib.import_module("openecf.central.accounts.models").Account
    at = datetime.now(UTC)
    model.objects.bulk_create(
        (
            model(number=f"B{n:06d}", username=f"bench-{n}", type="search", last_name=f"Counsel{n}", first_name="Ada",
                  email=f"ada{n}@counsel.example", created_at=at, upgraded_at=at, password="!")
            for n in range(count)
        ),
        batch_size=2000,
    )  # fmt: skip
    return {"readers": count}


def statements(*, day: str) -> dict:
    """Open and compute the statements of the quarter of ``day``, then compute them again to compare."""
    services = importlib.import_module("openecf.central.billing.services")
    models = importlib.import_module("openecf.central.billing.models")
    at = datetime.now(UTC)
    began = time.perf_counter()
    run = services.open_run(day=datetime.fromisoformat(day).date(), at=at)
    count = services.compute(run=run.pk, at=at)
    seconds, began = time.perf_counter() - began, time.perf_counter()
    differing = services.differing(run=run.pk)
    again = time.perf_counter() - began
    items = models.StatementItem.objects.filter(statement__run=run).count()
    return {"seconds": seconds, "again": again, "statements": count, "items": items, "differing": len(differing)}


def _reader(login: str) -> object:
    user_model = importlib.import_module("openecf.court.people.models").CourtUser
    reader_type = importlib.import_module("openecf.court.people.rules").Reader
    user = user_model.objects.get(login=login)
    return reader_type(
        account=user.account, username=login, user=user.id, group=user.group, may_search=True, upgraded=True,
        kind="browser",
    )  # fmt: skip


def _at_once(acts: list[Callable[[], None]]) -> float:
    threads = [threading.Thread(target=act) for act in acts]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return time.perf_counter() - began


MARK = b"0" * 32


def marked(pdf: bytes) -> bytes:
    """The PDF as a document that nobody filed before: another mark of the same length in its title."""
    return pdf.replace(MARK, uuid4().hex.encode(), 1)


if __name__ == "__main__":
    enter(Path(sys.argv[1]))
    print(json.dumps(globals()[sys.argv[2]](**json.loads(sys.argv[3]))))
