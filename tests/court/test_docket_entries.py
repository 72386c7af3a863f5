"""Entries: numbered in order, chained, corrected in the open, struck but kept, and unseen where they are restricted."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime

import pytest
from django.db import connection, transaction

from openecf.court.cases.models import Case
from openecf.court.docket import queries, services
from openecf.court.docket.models import Entry, EntryRevision
from openecf.court.docket.rules import FAILURES, LABELS, plain, safe
from openecf.kernel.restriction import Restriction
from openecf.platform.audit.models import AuditLine
from tests.court import world

AT = datetime(2024, 5, 2, 3, 30, tzinfo=UTC)
"""Late in the evening of May 1 at a court in Florida."""


@pytest.fixture
def here(db):
    return world.make()


def entered(case: Case, text: str = "ORDER granting", **more) -> Entry:
    with transaction.atomic():
        entry = services.enter(
            case_id=case.id, event="order:grant", title="Order", text=text, at=AT, entered_by="user:1", **more
        )
        return services.finish(entry)


def test_numbers_follow_the_order_and_text_only_entries_take_none(here):
    numbers = [entered(here.case, numbered=numbered).number for numbered in (True, False, True)]
    assert numbers == ["1", "", "2"]
    assert list(here.case.entries.order_by("position").values_list("seq", flat=True)) == [1, 2, 3]


def test_an_entry_is_filed_on_the_courts_day_and_says_when_it_was_entered(here):
    entry = entered(here.case)
    assert entry.filed == date(2024, 5, 1)
    assert entry.entered_note == "(Entered: 05/01/2024)"
    assert "05/01/2024" in entry.row and "ORDER granting (Entered: 05/01/2024)" in entry.row


def test_entering_needs_the_filings_own_transaction(here):
    if connection.in_atomic_block:
        connection.in_atomic_block, before = False, True
    try:
        with pytest.raises(RuntimeError):
            services.enter(case_id=here.case.id, event="x", title="", text="x", at=AT, entered_by="user:1")
    finally:
        connection.in_atomic_block = before


def test_each_entry_is_chained_to_the_one_before(here):
    first, second = entered(here.case), entered(here.case, "another")
    assert first.previous == "" and second.previous == first.chain
    assert Case.objects.get(id=here.case.id).chain_head == second.chain
    assert queries.chain_breaks(here.case.id) == []


@pytest.mark.parametrize(
    "tampered", [{"text": "ORDER denying"}, {"number": "7"}, {"filed": date(2024, 4, 1)}, {"entered_note": ""}]
)
def test_a_rewritten_entry_breaks_the_chain(here, tampered):
    entered(here.case)
    second = entered(here.case)
    Entry.objects.filter(id=second.id).update(**tampered)
    assert queries.chain_breaks(here.case.id) == [second.seq]


def test_a_correction_keeps_what_was_said_before_and_is_itself_chained(here):
    entry = entered(here.case, "ORDER graning")
    services.correct_entry(entry_id=entry.id, text="ORDER granting", reason="typing", by="user:3", version=0, at=AT)
    entry.refresh_from_db()
    assert "ORDER granting" in entry.row and "graning" not in entry.row
    assert EntryRevision.objects.get(entry=entry).before["text"] == "ORDER graning"
    assert AuditLine.objects.filter(act="docket.corrected", by="user:3").count() == 1
    assert queries.chain_breaks(here.case.id) == []
    later = entered(here.case)
    assert queries.chain_breaks(here.case.id) == []
    assert later.previous == EntryRevision.objects.get(entry=entry).before["chain"]


def test_a_rewritten_correction_breaks_the_chain(here):
    entry = entered(here.case, "ORDER graning")
    services.correct_entry(entry_id=entry.id, text="ORDER granting", reason="typing", by="user:3", version=0, at=AT)
    Entry.objects.filter(id=entry.id).update(text="ORDER denying")
    assert queries.chain_breaks(here.case.id) == [entry.seq]


@pytest.mark.parametrize(
    ("text", "version", "refusal"),
    [
        ("other words", 1, services.EntryChanged),
        ("ORDER granting", 0, services.NothingToCorrect),
        ("  ", 0, services.NothingToCorrect),
    ],
)
def test_a_correction_is_refused(here, text, version, refusal):
    entry = entered(here.case)
    with pytest.raises(refusal):
        services.correct_entry(entry_id=entry.id, text=text, reason="", by="user:3", version=version, at=AT)
    assert not EntryRevision.objects.exists()


def test_a_struck_entry_keeps_its_number_and_its_words_with_the_mark(here):
    entry = entered(here.case)
    services.strike_entry(entry_id=entry.id, reason="wrong case", by="user:3", version=0, at=AT)
    entry.refresh_from_db()
    assert "<s>ORDER granting" in entry.row and "(STRICKEN)" in entry.row
    assert entered(here.case).number == "2"
    with pytest.raises(services.NothingToCorrect):
        services.strike_entry(entry_id=entry.id, reason="again", by="user:3", version=1, at=AT)


@pytest.mark.parametrize(
    ("level", "who"),
    [
        (Restriction.PUBLIC, {"counsel", "opponent", "clerk", "judge", "stranger", "searcher"}),
        (Restriction.PARTICIPANTS, {"counsel", "opponent", "clerk", "judge"}),
        (Restriction.FILER_AND_COURT, {"counsel", "clerk", "judge"}),
        (Restriction.COURT, {"clerk", "judge"}),
        (Restriction.CHAMBERS, {"judge"}),
    ],
)
def test_a_restricted_entry_is_seen_only_by_those_it_is_open_to_and_counts_for_nobody_else(here, level, who):
    entered(here.case, "public entry")
    entry = entered(here.case, "sealed entry", restriction=int(level), filer=here.counsel)
    assert (entry.row == "") is (level > Restriction.PUBLIC)
    readers = {name: here.reader(getattr(here, name)) for name in ("counsel", "opponent", "clerk", "judge", "stranger")}
    readers["searcher"] = here.reader()
    selection = queries.Selection()
    saw, sizes = set(), {}
    for name, reader in readers.items():
        rows = queries.Rows(case=here.case, selection=selection, reader=reader)
        body = b"".join(rows).decode()
        sizes[name] = (rows.count, rows.bytes)
        if "sealed entry" in body:
            saw.add(name)
        assert "public entry" in body
        assert (queries.entry_for(reader, case_id=here.case.id, seq=entry.seq) is not None) is (name in saw)
    assert saw == who
    unseeing = {sizes[name] for name in readers if name not in who}
    assert unseeing <= {(1, queries.Rows(case=here.case, selection=queries.Selection(number_to=1),
                                         reader=readers["searcher"]).bytes)}  # fmt: skip


@pytest.mark.parametrize("phrase", FAILURES)
def test_docket_text_never_reads_as_a_failed_report(phrase):
    for write in (plain, safe):
        assert phrase.lower() not in write(f"x {phrase.upper()} y").lower()


@pytest.mark.parametrize("phrase", LABELS)
def test_docket_text_never_reads_as_a_label_of_the_page(phrase):
    assert phrase not in safe(f"x {phrase} y")


@pytest.mark.django_db(transaction=True)
def test_ten_people_entering_at_once_get_ten_numbers_and_one_chain():
    here = world.make()

    def one(n: int) -> str:
        try:
            return entered(here.case, f"entry {n}").number
        finally:
            connection.close()

    with ThreadPoolExecutor(5) as pool:
        numbers = sorted(map(int, pool.map(one, range(10))))
    assert numbers == list(range(1, 11))
    assert queries.chain_breaks(here.case.id) == []
    links = dict(Entry.objects.filter(case=here.case).values_list("previous", "chain"))
    head, length = "", 0
    while head in links:
        head, length = links[head], length + 1
    assert length == 10 and head == Case.objects.get(id=here.case.id).chain_head
