"""Whoever rewrites the record with the database's own password leaves a trace that ``openecf record`` finds."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import connection

from openecf.cli import record
from openecf.court.cases.models import Case
from openecf.court.docket import queries, services
from openecf.court.docket.models import Entry, EntryRevision
from openecf.court.docket.rules import entry_link
from openecf.court.documents import services as documents
from openecf.court.documents.models import Document
from openecf.court.notices import queries as notice_queries
from openecf.court.notices import services as notices
from openecf.platform.store import services as store
from tests.court import world as invented
from tests.court.world import AT, pdfs

pytestmark = pytest.mark.django_db


@pytest.fixture
def here():
    """A case of four entries, the third corrected, each with a PDF and its stamp."""
    world = invented.make()
    for text in ("COMPLAINT", "ANSWER", "ORDER graning", "JUDGMENT"):
        entry = services.enter(
            case_id=world.case.pk, event="", title=text.title(), text=text, at=AT, entered_by="clerk"
        )
        content = pdfs.plain(1, text)
        documents.attach(entry=entry, documents=[world.document(0, content)], at=AT)
        services.finish(entry)
        notices.prepare(entry=entry, at=AT)
        if "graning" in text:
            services.correct_entry(entry_id=entry.pk, text="ORDER granting", reason="typing", by="u", version=0, at=AT)
    return world


def broken(world, **asked: bool) -> set[str]:
    return {each.what for each in record.breaks(world.case.pk, world.case.number, **({"with_bytes": False} | asked))}


def entry_of(world, seq: int) -> Entry:
    return world.case.entries.get(seq=seq)


def test_a_record_that_nobody_touched_holds(here):
    assert queries.chain_breaks(here.case.pk) == []
    assert notice_queries.stamp_breaks(here.case.pk) == []
    assert broken(here, with_bytes=True) == set()


def relinked(world, seq: int, **changed: object) -> None:
    """Rewrite an entry and make its own link anew, as somebody would who has read this program."""
    entry = entry_of(world, seq)
    for name, value in changed.items():
        setattr(entry, name, value)
    papers = queries.documents.facts_of([entry.pk]).get(entry.pk, ())
    entry.chain = entry_link(entry.previous, queries.facts(entry, papers))
    entry.save()


def test_words_rewritten_with_a_new_link_are_missed_by_the_entry_after(here):
    relinked(here, 2, text="ANSWER and COUNTERCLAIM")
    assert set(queries.chain_breaks(here.case.pk)) == {3, 4}
    assert notice_queries.stamp_breaks(here.case.pk) == [(2, 0)]


def test_a_history_relinked_to_its_end_still_lacks_the_courts_signature(here):
    """With every link and the head made anew the chain holds; the stamps, which need the court's key, do not."""
    EntryRevision.objects.all().delete()
    Entry.objects.filter(case=here.case, seq=3).update(text="ORDER graning")
    previous = entry_of(here, 1).chain
    for seq in (2, 3, 4):
        relinked(here, seq, previous=previous, **({"text": "ANSWER and COUNTERCLAIM"} if seq == 2 else {}))
        previous = entry_of(here, seq).chain
    Case.objects.filter(pk=here.case.pk).update(chain_head=previous)
    assert queries.chain_breaks(here.case.pk) == []
    assert broken(here) == {"entry 2, part 0: the court's stamp does not vouch for what is on record"}


def without(world, seq: int) -> None:
    """Take an entry out, and all that hangs on it."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        entry = entry_of(world, seq).pk
        cursor.execute(
            "DELETE FROM notice_recipient USING notice WHERE notice_id = notice.id AND entry_id = %s", [entry]
        )
        for table in ("notice", "document", "entry_revision", "entry_filer"):
            cursor.execute(f"DELETE FROM {table} WHERE entry_id = %s", [entry])
        cursor.execute("DELETE FROM entry WHERE id = %s", [entry])
        cursor.execute("SET session_replication_role = DEFAULT")


@pytest.mark.parametrize(("seq", "shows"), [(1, {2, 3, 4}), (2, {3, 4}), (4, {queries.LOST})])
def test_an_entry_taken_out_shows(here, seq, shows):
    without(here, seq)
    assert set(queries.chain_breaks(here.case.pk)) == shows


def test_an_entry_put_in_between_shows(here):
    first, second = entry_of(here, 1), entry_of(here, 2)
    new = Entry(case=here.case, seq=9, position=1, number="1", text="MOTION", previous=first.chain, entered=AT)
    new.chain = entry_link(new.previous, queries.facts(new, ()))
    new.save()
    assert {second.seq, 9} <= set(queries.chain_breaks(here.case.pk))


def test_a_correction_taken_back_in_silence_shows(here):
    EntryRevision.objects.all().delete()
    assert {3, 4} <= set(queries.chain_breaks(here.case.pk))


@pytest.mark.parametrize("changed", [{"sha256": "0" * 64}, {"part": 3}, {"stamp": "00" * 64}])
def test_a_document_exchanged_shows(here, changed):
    Document.objects.filter(entry__case=here.case, entry__seq=2).update(**changed)
    assert "entry 2, part" in " ".join(broken(here))


def test_bytes_exchanged_in_the_store_show(here):
    documents.keep_fresh_by_level()
    document = Document.objects.get(entry__case=here.case, entry__seq=2)
    place = Path(store._backend()._place(f"plain/{document.sha256}"))
    place.chmod(0o600)
    place.write_bytes(pdfs.plain(1, "ANOTHER ANSWER"))
    try:
        assert broken(here) == set()
        assert broken(here, with_bytes=True) == {"entry 2, part 0: the stored bytes are missing or altered"}
    finally:
        place.unlink()
