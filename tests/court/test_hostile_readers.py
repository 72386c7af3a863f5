"""Restriction levels everywhere they could leak: each level × each reader × each way to learn of a thing."""

from __future__ import annotations

import re
from contextlib import suppress
from types import SimpleNamespace

import pytest
from django.test import Client

from openecf.court.bench import bench
from openecf.court.calendar.models import Deadline, Hearing
from openecf.court.docket import services as docket
from openecf.court.docket.models import Entry
from openecf.court.documents import services as documents
from openecf.court.documents.models import Document, DocumentReader, Opening
from openecf.court.fees.models import MeterLine
from openecf.court.filing import queries as filing
from openecf.court.notices import services as notices
from openecf.court.notices.models import FreeLook, Recipient
from openecf.kernel.doc_ids import DocId
from openecf.kernel.restriction import Restriction
from openecf.platform.audit.models import AuditLine
from openecf.platform.bus.models import OutboxMessage
from openecf.platform.mail.models import OutgoingMail
from openecf.platform.store import services as store
from tests.court import callers
from tests.court import world as invented
from tests.court.world import AT, main_document, pdfs

pytestmark = pytest.mark.django_db

SECRET = "Zyxomma"
"""A word that stands in everything restricted and nowhere else."""

READERS = ("nobody", "stranger", "withdrawn", "selected", "participant", "filer", "clerk", "judge")
MAY = {
    # level: (who may see an entry or a document of that level), "selected" only for what the court selected them for
    0: READERS,
    1: ("participant", "filer", "clerk", "judge"),
    2: ("participant", "filer", "clerk", "judge"),
    3: ("selected", "filer", "clerk", "judge"),
    4: ("filer", "clerk", "judge"),
    5: ("clerk", "judge"),
    6: ("judge",),
    7: ("judge",),
}
"""The rule as the design has it; 7 is no level, and therefore the strictest. Nobody reads without signing on."""
CASE = {
    0: READERS, 1: ("participant", "filer", "clerk", "judge"), 2: ("participant", "filer", "clerk", "judge"),
    3: ("clerk", "judge"), 4: ("clerk", "judge"), 5: ("clerk", "judge"), 6: ("judge",), 7: ("judge",),
}  # fmt: skip
"""Of a sealed case itself. (A document that one filed in it can still be opened by its number.)"""


@pytest.fixture
def here():
    """A case with an open entry and one to be restricted; counsel filed it, the opponent is in the case too."""
    world = invented.make()
    world.withdrawn = callers.court_user("attorney", account=invented.account(41), account_number="7100041")
    world.selected = callers.court_user("attorney", account=invented.account(42), account_number="7100042")
    party = world.case.parties.get(position=2)
    party.representations.create(
        user=world.withdrawn, position=9, name="Wanda Withdrawn", terminated=invented.date(2024, 1, 1), roles=[]
    )
    world.open_entry = world.entry(text="NOTICE of Appearance", files=[pdfs.plain()])
    docket.finish(world.open_entry)
    return world


def browser(world, who: str) -> Client:
    """The reader's browser, on pages of this site."""
    if who == "nobody":
        account = None
    elif who == "searcher":
        account = callers.person(account_type="search", account=invented.account(99))
    else:
        user = {"participant": world.opponent, "filer": world.counsel}.get(who) or getattr(world, who)
        account = callers.person(account=user.account)
    client = callers.client(account)
    client.defaults["HTTP_SEC_FETCH_SITE"] = "same-origin"
    return client


def restricted(world, level: int, of: str) -> Entry:
    """An entry whose words and file bear the secret, restricted as a whole or in its documents."""
    world.next_seq = 2
    on_entry, on_document = (level, 0) if of == "entry" else (0, level)
    entry = world.entry(
        text=f"SEALED MOTION {SECRET}" if of == "entry" else "SEALED MOTION",
        files=[pdfs.plain(2, SECRET), pdfs.plain(1, SECRET)], restriction=on_entry, levels=[on_document, on_document],
    )  # fmt: skip
    Document.objects.filter(entry=entry).update(description=f"{SECRET} part", filename=f"{SECRET}.pdf")
    for document in entry.documents.all():
        DocumentReader.objects.create(document=document, user=world.selected)
    word = SECRET if of == "entry" else "Public"
    Deadline.objects.create(case=world.case, kind=f"{word} response", due=AT.date(), set_by=entry)
    Hearing.objects.create(case=world.case, kind=f"{word} hearing", at=AT, place=f"{word} room", set_by=entry)
    docket.finish(entry)
    type(world.case).objects.filter(pk=world.case.pk).update(next_seq=3, next_number=3, ordered_by="date_filed")
    return entry


def body_of(response) -> str:
    raw = b"".join(response.streaming_content) if response.streaming else response.content
    return raw.decode(errors="replace")


def ways(world, entry: Entry, client: Client) -> dict[str, str]:
    """Every page that could tell of an entry or its documents, as this reader gets it."""
    case, document = world.case.pk, main_document(entry)
    straight, menu = DocId.parse(document.doc_id).straight, DocId.parse(document.doc_id).stored
    path, number = bench().documents.path, entry.number
    report = {"all_case_ids": str(case), "list_of_parties_and_counsel": "on", "terminated_parties": "on"}
    found = {
        "sheet": client.post("/cgi-bin/DktRpt.pl", report),
        "sheet of several documents": client.post("/cgi-bin/DktRpt.pl", report | {"view_multi_docs": "on"}),
        "history": client.post("/cgi-bin/HistDocQry.pl", {"all_case_ids": str(case), "DisplayDktText": "on"}),
        "documents": client.post("/cgi-bin/HistDocQry.pl", {"all_case_ids": str(case), "QueryType": "Documents"}),
        "schedule": client.get("/cgi-bin/SchedQry.pl", QUERY_STRING=str(case)),
        "notice": client.get("/cgi-bin/DisplayReceipt.pl", QUERY_STRING=f"{case},{entry.seq}"),
        "menu": client.get(f"/{path}/{menu}"),
        "receipt": client.get(f"/{path}/{straight}"),
        "document": client.post(f"/{path}/{straight}", {"got_receipt": "1", "pdf_header": "2"}),
        "attachment": client.get(f"/{path}/{DocId.parse(main_document(entry, 1).doc_id).straight}"),
        "several": client.post("/cgi-bin/show_multidocs.pl", {"caseid": str(case), "arr_de_seq_nums": str(entry.seq)}),
        "several bought": client.post("/cgi-bin/show_multidocs.pl", {
            "caseid": str(case), "arr_de_seq_nums": f"1,{entry.seq}", "got_receipt": "1", "zipit": "1"}),
        "by number": client.get("/cgi-bin/show_case_doc", QUERY_STRING=f"{number},{case},,,"),
        "verify": client.get("/cgi-bin/DocVerify.pl", {"document": document.doc_id}),
        "calendar": client.get("/calendar/"),
        "edit": client.get(f"/cases/{case}/edit/entries"),
        "edit one": client.get(f"/cases/{case}/edit/entries/{entry.seq}"),
        "log": client.get("/utilities/log"),
        "history of billing": client.get("/utilities/billing-history"),
        "start": client.get("/"),
    }  # fmt: skip
    if bench().documents.path == "docs1":
        room = "/n/beam/servlet/TransportRoom"
        found |= {
            "appellate sheet": client.get(room, {"servlet": "CaseSummary.jsp", "caseNum": world.case.number,
                                                 "fullDocketReport": "Y", "incDktEntries": "Y"}),
            "appellate document": client.get(room, {"servlet": "ShowDoc", "dls_id": straight, "pacer": "t"}),
        }  # fmt: skip
    return {where: body_of(response) for where, response in found.items()}


@pytest.mark.parametrize("of", ["entry", "document"])
@pytest.mark.parametrize("level", MAY)
def test_who_learns_of_a_restricted_thing(here, level, of):
    entry = restricted(here, level, of)
    pdf = "%PDF-"
    for who in READERS[level not in (0, 5) :]:
        said = ways(here, entry, browser(here, who))
        allowed = who in MAY[level] and who != "nobody"
        if not allowed:
            told = {where for where, words in said.items() if SECRET in words}
            assert not told, (who, told)
            assert pdf not in said["document"], who
            if of == "entry":
                assert "SEALED MOTION" not in "".join(said.values()), who
            continue
        assert said["document"].startswith(pdf), who
        assert (SECRET if of == "entry" else DocId.parse(main_document(entry).doc_id).serial) in said["sheet"], who


@pytest.mark.parametrize("level", CASE)
def test_who_learns_of_a_sealed_case(here, level):
    entry = restricted(here, 0, "entry")
    here.case.restriction = level
    here.case.caption = here.case.short_title = f"{SECRET} caption"
    here.case.save()
    for who in READERS[level not in (0, 5) :]:
        client = browser(here, who)
        said = ways(here, entry, client) | {
            "query": body_of(client.post("/cgi-bin/iquery.pl", {"case_num": here.case.number})),
            "by id": body_of(client.post("/cgi-bin/iquery.pl", {"all_case_ids": str(here.case.pk)})),
            "by name": body_of(client.post("/cgi-bin/iquery.pl", {"last_name": "Alder"})),
            "by dates": body_of(client.post("/cgi-bin/iquery.pl", {"filed_from": "1/1/2024", "filed_to": "1/31/2024"})),
            "menu of the case": body_of(client.get("/cgi-bin/iqquerymenu.pl", QUERY_STRING=str(here.case.pk))),
            "counts": body_of(client.get("/cgi-bin/mobile_query.pl", QUERY_STRING=f"search=caseInfo&caseid={here.case.pk}")),
            "suggestions": body_of(client.get("/cgi-bin/possible_case_numbers.pl", QUERY_STRING=here.case.number)),
            "form": body_of(client.get("/cgi-bin/DktRpt.pl", QUERY_STRING=str(here.case.pk))),
            "edit the case": body_of(client.get(f"/cases/{here.case.pk}/edit")),
        }  # fmt: skip
        allowed = who in CASE[level] and who != "nobody"
        told = {where for where, words in said.items() if SECRET in words}
        if allowed:
            assert {"by id", "menu of the case", "suggestions"} <= told, who
        elif (who == "filer" and level in (3, 4)) or (who == "selected" and level == 3):
            # One's own filings stay readable by their number, and what the court opened to one; the case does not.
            assert told <= {
                "menu",
                "receipt",
                "document",
                "attachment",
                "verify",
                "notice",
                "several",
                "several bought",
            }
        else:
            assert not told, (who, told)


def test_counts_and_prices_do_not_tell_of_what_is_hidden(here):
    searcher = browser(here, "searcher")
    query = f"search=caseInfo&caseid={here.case.pk}"

    def counted() -> str:
        return body_of(searcher.get("/cgi-bin/mobile_query.pl", QUERY_STRING=query))

    type(here.case).objects.filter(pk=here.case.pk).update(ordered_by="date_filed")
    before, form = counted(), body_of(searcher.get("/cgi-bin/DktRpt.pl", QUERY_STRING=str(here.case.pk)))
    restricted(here, 5, "entry")
    assert counted() == before
    after = body_of(searcher.get("/cgi-bin/DktRpt.pl", QUERY_STRING=str(here.case.pk)))
    nonce = re.compile(r"\d{15}-L_")
    assert nonce.sub("", after) == nonce.sub("", form)


def test_what_is_sealed_costs_as_many_statements_as_what_is_not_there(here, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    entry = restricted(here, 5, "entry")
    searcher, number = browser(here, "searcher"), DocId.parse(main_document(entry).doc_id).straight
    path = bench().documents.path
    asked = []
    for doc_id in (number, number[:-1] + "9"):
        with CaptureQueriesContext(
            connection,
        ) as statements:
            searcher.get(f"/{path}/{doc_id}")
        asked.append(len(statements))
    assert asked[0] - asked[1] <= 1, "one more: who was selected to read it"


# Notices


@pytest.mark.parametrize("level", [1, 2, 3, 4, 5, 6])
def test_notices_go_to_those_who_may_read(here, level):
    entry = restricted(here, level, "entry")
    notice = notices.prepare(entry=entry, at=AT)
    notices.mail_notice(notice_id=notice.pk, at=AT)
    may = {
        1: {"tokafor", "pvandermeer"},
        2: {"tokafor", "pvandermeer"},
        3: {"tokafor"},
        4: {"tokafor"},
        5: set(),
        6: set(),
    }
    told = {row.user.login for row in Recipient.objects.filter(notice=notice) if row.user}
    assert told == may[level]
    assert not Recipient.objects.filter(notice=notice, user=None).exists()
    assert not FreeLook.objects.exists()
    addressed = {address.partition("@")[0] for mail in OutgoingMail.objects.all() for address in mail.bcc}
    assert addressed <= may[level] | {"docketing"}


def test_a_notice_is_closed_to_who_left_the_case_since_and_to_who_is_no_longer_active(here):
    entry = restricted(here, 0, "entry")
    notice = notices.prepare(entry=entry, at=AT)
    opponent, query = browser(here, "participant"), f"{here.case.pk},{entry.seq}"
    assert SECRET in body_of(opponent.get("/cgi-bin/DisplayReceipt.pl", QUERY_STRING=query))
    Entry.objects.filter(pk=entry.pk).update(restriction=2)
    assert SECRET in body_of(opponent.get("/cgi-bin/DisplayReceipt.pl", QUERY_STRING=query))
    here.case.parties.get(position=2).representations.filter(user=here.opponent).update(terminated=AT.date())
    assert SECRET not in body_of(opponent.get("/cgi-bin/DisplayReceipt.pl", QUERY_STRING=query))
    type(here.counsel).objects.filter(pk=here.counsel.pk).update(active=False)
    later = notices.prepare(entry=Entry.objects.get(pk=entry.pk), at=AT)
    assert notice.pk != later.pk
    assert not Recipient.objects.filter(notice=later).exists()


# What stays behind: drafts, references, the store, the ledger


def test_a_draft_forgets_a_case_that_was_sealed_since(here):
    from openecf.court.filing import drafts
    from tests.court.test_hostile_web import event_with_document

    draft = drafts.start(
        reader=here.reader(here.counsel), event_code=event_with_document_for("attorney"), case_id=here.case.pk, at=AT
    )
    assert event_with_document()
    here.case.restriction, here.case.caption, here.case.short_title = 5, SECRET, SECRET
    here.case.save()
    client = browser(here, "filer")
    for page in ("/", "/filing/", "/filing/drafts", f"/filing/{draft.id}/", *(
        f"/filing/{draft.id}/{step}" for step in ("case", "parties", "documents", "related", "details", "text", "final", "done")
    )):  # fmt: skip
        said = body_of(client.get(page))
        assert SECRET not in said, page
        assert "Juniper Alder" not in said, page


def event_with_document_for(group: str) -> str:
    from openecf.court.events import queries

    return next(
        event.code for event in queries.dictionary().events.values()
        if event.document == "required" and event.may_be_filed_by(group) and not event.chapters
    )  # fmt: skip


@pytest.mark.parametrize(("told_at", "words"), [(0, "Restricted Entry"), (4, f"SEALED MOTION {SECRET}")])
def test_an_open_filing_that_refers_to_a_sealed_entry_does_not_say_what_it_is(here, told_at, words):
    from openecf.court.filing import rules

    entry = restricted(here, 4, "entry")
    event = SimpleNamespace(related=SimpleNamespace(kinds=()))
    offered = filing.candidates(case_id=here.case.pk, reader=here.reader(here.counsel), event=event)
    sealed = next(each for each in offered if each.id == entry.id)
    assert rules.short_reference(sealed, told_at=told_at) == words
    nobody = filing.candidates(case_id=here.case.pk, reader=here.reader(here.opponent), event=event)
    assert entry.id not in {each.id for each in nobody}


def test_sealing_a_case_seals_its_bytes_and_what_was_kept_of_them(here, django_capture_on_commit_callbacks):
    from openecf.court.cases import services as cases
    from openecf.court.documents import stamping

    documents.keep_fresh_by_level()
    document = main_document(here.open_entry)
    with suppress(AttributeError):
        services_copy = documents.buy(document=document, reader=here.reader(), with_header=True, at=AT)
        services_copy.file.close()
    kept = list(stamping._cache().glob(f"{stamping._family(document.sha256)}*"))
    assert store.has(document.sha256)
    assert kept
    with django_capture_on_commit_callbacks(execute=True):
        cases.set_restriction(case_id=here.case.pk, level=Restriction.COURT, reason="order", at=AT, by="user:1")
        assert documents.keep_case_by_level(case_id=here.case.pk) == 1
    document.refresh_from_db()
    assert document.sealed
    assert store.has(document.sha256, sealed=True)
    assert not store.has(document.sha256, sealed=False)
    assert not [copy for copy in kept if copy.exists()]
    assert documents.keep_case_by_level(case_id=here.case.pk) == 0, "done once"
    cases.set_restriction(case_id=here.case.pk, level=Restriction.PUBLIC, reason="order", at=AT, by="user:1")
    assert documents.keep_case_by_level(case_id=here.case.pk) == 1
    document.refresh_from_db()
    assert not document.sealed
    assert store.has(document.sha256, sealed=False)


def test_an_opening_is_recorded_from_the_moment_that_the_case_is_sealed(here):
    """Before the job has come to the document, it is still open in the store: the record does not wait for that."""
    documents.keep_fresh_by_level()
    here.case.restriction = 5
    here.case.save()
    document = Document.objects.select_related("entry__case").get(pk=main_document(here.open_entry).pk)
    assert not document.sealed
    with documents.open_bytes(document=document, reader=here.reader(here.clerk), at=AT) as file:
        assert file.read(5) == b"%PDF-"
    assert Opening.objects.get().by == f"user:{here.clerk.pk}"
    assert AuditLine.objects.filter(act="documents.open_sealed").count() == 1


@pytest.mark.parametrize("way", ["document", "several", "appellate"])
def test_each_opening_of_a_sealed_document_is_recorded(here, way):
    entry = restricted(here, 4, "entry")
    filer, document = browser(here, "filer"), main_document(entry)
    straight = DocId.parse(document.doc_id).straight
    if way == "document":
        body_of(filer.post(f"/{bench().documents.path}/{straight}", {"got_receipt": "1"}))
        assert Opening.objects.count() == 1
    elif way == "several":
        asked = {"caseid": str(here.case.pk), "arr_de_seq_nums": str(entry.seq), "got_receipt": "1"}
        body_of(filer.post("/cgi-bin/show_multidocs.pl", asked))
        assert Opening.objects.count() == 2
    elif bench().documents.path == "docs1":
        body_of(filer.post("/n/beam/servlet/TransportRoom", {"servlet": "ShowDoc", "dls_id": straight, "pacer": "t"}))
        assert Opening.objects.count() == 1
    assert {row.by for row in Opening.objects.all()} <= {f"user:{here.counsel.pk}"}


def test_the_central_ledger_does_not_hear_the_number_of_a_sealed_case(here):
    here.case.restriction = 2
    here.case.save()
    body_of(browser(here, "participant").post("/cgi-bin/DktRpt.pl", {"all_case_ids": str(here.case.pk)}))
    line, message = MeterLine.objects.get(), OutboxMessage.objects.get(type="usage.recorded")
    assert here.case.number in line.criteria
    assert message.body["criteria"] == "Case Under Seal"
    assert here.case.number not in str(message.body)
