"""Document pages: what they show, what they charge, what they refuse; read by the published juriscraper."""

from __future__ import annotations

import io
import re
import zipfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pikepdf
import pypdfium2
import pytest
from django.db import connection
from django.test import RequestFactory
from django.urls import resolve

from openecf.court.bench import bench
from openecf.court.documents import services
from openecf.court.documents.models import Document, Opening
from openecf.court.fees.models import MeterLine
from openecf.court.notices import services as notices
from openecf.court.notices.models import FreeLook
from openecf.court.people import services as people
from openecf.court.people.rules import NOBODY, Reader
from openecf.kernel.doc_ids import DocId
from openecf.platform.config import this_site
from openecf.platform.mail.models import OutgoingMail
from openecf.platform.store import services as store
from tests.court import world as invented
from tests.court.world import AT, main_document, pdfs

pytestmark = pytest.mark.django_db
COURT = this_site().id
APPELLATE = bench().documents.path == "docs1"


@pytest.fixture
def world():
    return invented.make()


def ask(path: str, reader: Reader = NOBODY, post: dict | None = None, at=AT, **headers):
    """A request as the view gets it, with the gate in front."""
    factory = RequestFactory()
    request = factory.get(path, **headers) if post is None else factory.post(path, post, **headers)
    request.reader, request.arrived = reader, at
    match = resolve(request.path_info)
    turned_away = match.func.access_rule.check(request)
    return turned_away or match.func(request, *match.args, **match.kwargs)


def said(response) -> str:
    return re.sub(r"\s+", " ", response.content.decode())


def bytes_of(response) -> bytes:
    return b"".join(response.streaming_content)


def straight(document: Document) -> str:
    return f"/{bench().documents.path}/{DocId.parse(document.doc_id).straight}"


def menu(document: Document) -> str:
    return f"/{bench().documents.path}/{DocId.parse(document.doc_id).stored}"


def buy(document: Document, reader: Reader, **fields):
    return ask(f"/doc1/{DocId.parse(document.doc_id).straight}", reader, {"got_receipt": "1", **fields})


def text_of(pdf: bytes, page: int = 0) -> str:
    return pypdfium2.PdfDocument(pdf)[page].get_textpage().get_text_range()


def test_the_cost_is_shown_before_anything_is_charged(world, juriscraper):
    document = main_document(world.entry(files=[pdfs.plain(3)]))
    response = ask(straight(document), world.reader())
    page = response.content.decode()
    assert MeterLine.objects.count() == 0
    read = juriscraper("receipt", COURT, page)
    assert (read["cost"], read["billable_pages"]) == ("0.30", "3")
    assert read["transaction_date"].endswith(":03:11")
    assert read["document_description"] == bench().documents.receipt_description(number="1", part=0, transcript=False)
    assert read["docket_number"].startswith(world.case.number)


def test_the_last_input_of_a_receipt_is_the_button(world):
    document = main_document(world.entry(files=[pdfs.plain()]))
    page = said(ask(straight(document), world.reader()))
    if APPELLATE:
        assert "document.AccCharge.submit()" in page
        assert re.search(r"Document: PDF Document \(Case: 24-10001, Document: 1\) ", page)
    else:
        assert re.findall(r"<input[^>]*>", page)[-1].endswith('value="View Document">')
        assert re.search(r"goDLS\('/doc1/\d+','\d+','1','1','1','1','','',''\);return\(false\);", page)


def test_the_document_bought_has_the_header_and_the_original_stays(world):
    content = pdfs.plain(2)
    document = main_document(world.entry(files=[content]))
    response = buy(document, world.reader(), caseid=str(world.case.pk), pdf_header="1")
    assert response["Content-Type"] == "application/pdf"
    pdf = bytes_of(response)
    assert text_of(pdf, 1).replace("\r\n", "\n").count("2 of 2") == 1
    assert world.case.number in text_of(pdf)
    with services.open_bytes(document=document, reader=world.reader(), at=AT) as file:
        assert file.read() == content
    again = bytes_of(buy(document, world.reader(), pdf_header="1"))
    assert again == pdf, "the stamped copy is cached"
    assert bytes_of(buy(document, world.reader(), pdf_header="2")) == content


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_the_header_stands_on_turned_pages(world, turn):
    content = pdfs.built(lambda pdf: pdf.pages[0].obj.__setitem__("/Rotate", turn))
    document = main_document(world.entry(files=[content]))
    pdf = pypdfium2.PdfDocument(bytes_of(buy(document, world.reader())))
    picture = pdf[0].render().to_pil().convert("RGB")
    pixels = picture.load()
    blue = [y for y in range(picture.height) for x in range(picture.width) if pixels[x, y][2] - pixels[x, y][0] > 100]
    assert blue, "there is blue text"
    assert max(blue) < 30, "and only at the top of the page as seen"


def test_a_reader_pays_by_the_page_and_the_ledger_hears_of_it(world):
    from openecf.platform.bus.models import OutboxMessage

    document = main_document(world.entry(files=[pdfs.plain(45)]))
    buy(document, world.reader(client_code="matter 7"))
    line = MeterLine.objects.get()
    assert (line.pages, line.cents, line.client_code, line.exempt) == (30, 300, "matter 7", False)
    message = OutboxMessage.objects.get(type="usage.recorded")
    assert (message.to, message.body["cents"], message.body["court"]) == ("central", 300, COURT)


@pytest.mark.parametrize(("kind", "lines", "cents"), [
    ("searcher", 1, 4500), ("exempt", 1, 0), ("clerk", 0, 0), ("opinion", 0, 0),
])  # fmt: skip
def test_who_pays_what_for_a_transcript(world, kind, lines, cents):
    entry = world.entry(files=[pdfs.plain(450)])
    Document.objects.filter(entry=entry).update(transcript=kind != "opinion", opinion=kind == "opinion")
    reader = world.reader(world.clerk) if kind == "clerk" else world.reader(exempt=kind == "exempt")
    assert buy(main_document(entry), reader)["Content-Type"] == "application/pdf"
    assert [line.cents for line in MeterLine.objects.all()] == [cents] * lines


def test_a_client_code_is_asked_for_and_nothing_is_charged_without(world):
    document = main_document(world.entry(files=[pdfs.plain()]))
    response = buy(document, world.reader(client_code_required=True))
    assert "A Client Code is required for PACER search" in said(response)
    assert not MeterLine.objects.exists()


def test_a_post_from_another_site_only_shows_the_cost(world):
    document = main_document(world.entry(files=[pdfs.plain()]))
    reader = replace(world.reader(), kind="browser")
    response = ask(straight(document), reader, {"got_receipt": "1"}, HTTP_ORIGIN="https://evil.example")
    assert "Transaction Receipt" in said(response)
    assert not MeterLine.objects.exists()


def test_the_menu_of_an_entry_with_attachments(world, juriscraper):
    entry = world.entry(files=[pdfs.plain(2), pdfs.plain(1, "EXHIBIT"), pdfs.plain(4, "MORE")])
    page = ask(menu(main_document(entry)), world.reader()).content.decode()
    read = juriscraper("appellate-menu" if APPELLATE else "menu", COURT, page)
    parts = list(Document.objects.filter(entry=entry).order_by("part"))
    assert read["pacer_case_id"] == str(world.case.pk)
    assert read["pacer_seq_no"] == "1"
    assert read["pacer_doc_id"] == parts[0].doc_id
    rows = read["attachments"]
    if not APPELLATE:
        assert read["page_count"] == 2
        assert read["file_size_bytes"] == parts[0].bytes
        parts = parts[1:]
    else:
        assert rows[0]["attachment_number"] == 1
    assert [(row["pacer_doc_id"], row["page_count"], row["description"]) for row in rows] == [
        (part.doc_id, part.pages, part.description) for part in parts
    ]
    if not APPELLATE:
        assert [row["attachment_number"] for row in rows] == [1, 2]


def test_without_attachments_the_menu_address_leads_to_the_receipt(world):
    document = main_document(world.entry(files=[pdfs.plain()]))
    assert "Transaction Receipt" in said(ask(menu(document), world.reader()))


@pytest.mark.parametrize(("level_of", "phrase"), [
    ("document", "You do not have permission to view this document."),
    ("entry", "could not retrieve dktentry for dlsid"),
    ("case", "could not retrieve dktentry for dlsid"),
])  # fmt: skip
@pytest.mark.parametrize("got_receipt", ["0", "1"])
def test_what_may_not_be_seen_is_refused_in_the_words_programs_know(world, level_of, phrase, got_receipt):
    entry = world.entry(files=[pdfs.plain()], restriction=5 if level_of == "entry" else 0,
                        levels=[5] if level_of == "document" else [])  # fmt: skip
    if level_of == "case":
        world.case.restriction = 5
        world.case.save()
    document = main_document(entry)
    page = said(buy(document, world.reader(), got_receipt=got_receipt))
    assert phrase in page
    assert "MOTION" not in page
    assert not MeterLine.objects.exists()
    clerk = buy(document, world.reader(world.clerk))
    assert clerk["Content-Type"] == "application/pdf"


def test_a_sealed_document_reads_like_one_that_does_not_exist_when_its_entry_is_sealed(world):
    document = main_document(world.entry(files=[pdfs.plain()], restriction=5))
    hidden = said(ask(straight(document), world.reader()))
    missing = said(ask(straight(document)[:-1] + "9", world.reader()))
    number = DocId.parse(document.doc_id).straight
    assert hidden.replace(number, "#") == missing.replace(number[:-1] + "9", "#")


def test_sealed_bytes_are_encrypted_and_each_opening_is_recorded(world):
    document = main_document(world.entry(files=[pdfs.plain()], levels=[3]))
    assert document.sealed
    assert buy(document, world.reader(world.opponent))["Content-Type"].startswith("text/html")
    assert not Opening.objects.exists()
    assert bytes_of(buy(document, world.reader(world.judge)))[:5] == b"%PDF-"
    assert Opening.objects.get().by == f"user:{world.judge.pk}"


@pytest.mark.parametrize(("restriction", "sealed"), [(0, False), (2, False), (3, True)])
def test_what_was_filed_lies_as_it_was_uploaded_until_a_job_stores_it_as_its_level_asks(
    world, restriction, sealed, django_capture_on_commit_callbacks
):
    document = main_document(world.entry(files=[pdfs.plain(1, f"FRESH {restriction}")], levels=[restriction]))
    assert document.fresh and document.sealed and not store.has(document.sha256)
    if not sealed:
        assert bytes_of(buy(document, world.reader(world.counsel)))[:5] == b"%PDF-", "it can be read at once"
        assert not Opening.objects.exists(), "which is not the opening of a sealed document"
    with django_capture_on_commit_callbacks(execute=True):
        assert services.keep_fresh_by_level() == 1
    document.refresh_from_db()
    assert (document.fresh, document.sealed, store.has(document.sha256)) == (False, sealed, not sealed)
    assert store.has(document.sha256, sealed=True) == sealed, "nothing is stored twice"
    assert services.keep_fresh_by_level() == 0, "done once"
    assert bytes_of(buy(document, world.reader(world.judge)))[:5] == b"%PDF-"


def test_the_wrong_case_is_named_and_without_a_case_it_works(world):
    document = main_document(world.entry(files=[pdfs.plain()]))
    assert "Cannot locate the case with caseid" in said(buy(document, world.reader(), caseid="999999"))
    assert "Cannot locate the case with caseid" in said(buy(document, world.reader(), caseid="x"))
    assert buy(document, world.reader())["Content-Type"] == "application/pdf"


def test_a_document_that_is_not_held_here(world):
    entry = world.entry(files=[pdfs.plain(2)])
    Document.objects.filter(entry=entry).update(sha256="")
    document = main_document(entry)
    assert "Transaction Receipt" in said(ask(straight(document), world.reader()))
    assert "document is not available" in said(buy(document, world.reader()))
    assert not MeterLine.objects.exists()


def test_who_is_not_signed_on_is_sent_to_sign_on(world):
    document = main_document(world.entry(files=[pdfs.plain()]))
    page = said(ask(straight(document)))
    assert "Transaction Receipt" not in page
    assert "logout" not in page


# Free looks


def mailed(world, **entry):
    """The entry, and the secret that each address got in its link."""
    made = world.entry(files=[pdfs.plain(2), pdfs.plain(1, "EXHIBIT")], **entry)
    notice = notices.prepare(entry=made, at=AT)
    notices.mail_notice(notice_id=notice.pk, at=AT)
    name = bench().documents.look_parameter
    found = {}
    for mail in OutgoingMail.objects.all():
        secret = re.search(rf"{name}=(\d+)", mail.text)
        found[mail.bcc[0]] = secret[1] if secret else ""
    return made, found


def look(document: Document, secret: str, at=AT, **more):
    query = bench().documents.look_query(case_id=document.entry.case_id, seq=document.entry.seq, secret=secret)
    extra = "".join(f"&{key}={value}" for key, value in more.items())
    return ask(f"{straight(document)}?{query}{extra}", at=at)


def test_a_free_look_opens_once_for_each_address(world):
    entry, secrets = mailed(world)
    document = main_document(entry)
    assert len(set(secrets.values())) == len(secrets) == 3
    for secret in secrets.values():
        assert look(document, secret, use_magic=1)["Content-Type"] == "application/pdf"
        again = look(document, secret, use_magic=1)
        assert again["Content-Type"].startswith("text/html")
        assert "iframe" not in said(again)
    assert not MeterLine.objects.exists()


def test_the_link_to_several_documents_shows_their_menu_and_uses_nothing_up(world):
    entry, secrets = mailed(world)
    secret = secrets["docketing@counsel.example"]
    document = main_document(entry)
    query = bench().documents.look_query(case_id=entry.case_id, seq=entry.seq, secret=secret)
    page = said(ask(f"{menu(document)}?{query}"))
    assert page.count(f"{bench().documents.look_parameter}={secret}") == 2
    assert not FreeLook.objects.exclude(used_at=None).exists()
    assert look(main_document(entry, 1), secret, use_magic=1)["Content-Type"] == "application/pdf"
    assert look(document, secret, use_magic=1)["Content-Type"] == "application/pdf"


@pytest.mark.skipif(APPELLATE, reason="these notices' links open at once")
def test_a_program_that_opens_links_in_mail_uses_nothing_up(world):
    entry, secrets = mailed(world)
    secret = secrets["tokafor@counsel.example"]
    document = main_document(entry)
    assert "View your free copy" in said(look(document, secret))
    assert not FreeLook.objects.exclude(used_at=None).exists()
    bought = ask(straight(document), post={"magic_num": secret, "use_magic": "1", "caseid": str(world.case.pk)})
    assert bought["Content-Type"] == "application/pdf"
    assert "has been used or has expired" in said(look(document, secret))


@pytest.mark.skipif(APPELLATE, reason="these notices' links open at once")
def test_whose_address_wants_no_question_opens_the_copy_at_once_and_the_others_are_asked(world):
    people.set_way(
        user_id=world.counsel.pk, address="docketing@counsel.example", usual="filing", tells_silence=False,
        wants_text=False, verifies_look=False, by="user:1", at=AT,
    )  # fmt: skip
    entry, secrets = mailed(world)
    document = main_document(entry)
    assert look(document, secrets["docketing@counsel.example"])["Content-Type"] == "application/pdf"
    assert "has been used or has expired" in said(look(document, secrets["docketing@counsel.example"]))
    assert "View your free copy" in said(look(document, secrets["tokafor@counsel.example"]))


@pytest.mark.parametrize("why", ["expired", "invented", "of another document"])
def test_a_link_that_opens_nothing(world, why):
    entry, secrets = mailed(world)
    secret = secrets["tokafor@counsel.example"]
    document = main_document(entry)
    at = AT + timedelta(days=16) if why == "expired" else AT
    if why == "of another document":
        document = main_document(world.entry(files=[pdfs.plain()]))
    response = look(document, "1234567890" if why == "invented" else secret, at=at, use_magic=1)
    assert response["Content-Type"].startswith("text/html")
    assert "iframe" not in said(response)


def test_a_document_restricted_after_the_mail_went_out_does_not_open(world):
    entry, secrets = mailed(world)
    Document.objects.filter(entry=entry, part=0).update(restriction=2)
    response = look(main_document(entry), secrets["tokafor@counsel.example"], use_magic=1)
    assert "You do not have permission to view this document." in said(response)


def test_a_restricted_entry_gives_no_free_looks(world):
    _entry, secrets = mailed(world, restriction=2)
    assert set(secrets.values()) == {""}
    assert not FreeLook.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_parallel_openings_use_a_free_look_once():
    world = invented.make()
    entry, secrets = mailed(world)
    document, secret = main_document(entry), secrets["tokafor@counsel.example"]

    def take(_n) -> bool:
        try:
            return notices.use_free_look(secret=secret, document_id=document.pk, at=AT)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(take, range(24))) == 1


# Several documents at once


def test_several_documents_come_zipped_or_joined_after_a_receipt_for_all(world):
    entry = world.entry(files=[pdfs.plain(2), pdfs.plain(1, "EXHIBIT"), pdfs.plain(40, "MORE")])
    chosen = [main_document(entry, part) for part in (0, 2)]
    ticked = {f"document_1_{d.part}": f"{DocId.parse(d.doc_id).serial}-{d.bytes}-{d.pages}" for d in chosen}
    path = f"/cgi-bin/show_multidocs.pl?caseid={world.case.pk}&arr_de_seq_nums=1&magic_num="
    page = said(ask(path + "&zipit=1", world.reader(), ticked))
    assert "3.20" in page
    assert not MeterLine.objects.exists()
    response = ask(path + "&zipit=1", world.reader(), {"got_receipt": "1", **ticked})
    names = zipfile.ZipFile(io.BytesIO(bytes_of(response))).namelist()
    assert [line.cents for line in MeterLine.objects.order_by("id")] == [20, 300]
    stem = world.case.number.replace(":", "-")
    assert names == [f"{stem}_1.pdf", f"{stem}_1-2.pdf"]
    joined = bytes_of(ask(path + "&zipit=0", world.reader(), {"got_receipt": "1", **ticked}))
    assert len(pikepdf.open(io.BytesIO(joined)).pages) == 42


def test_several_documents_never_include_what_the_reader_may_not_open(world):
    world.entry(files=[pdfs.plain(2), pdfs.plain(1, "SECRET")], levels=[0, 4])
    path = f"/cgi-bin/show_multidocs.pl?caseid={world.case.pk}&arr_de_seq_nums=1&zipit=0"
    joined = bytes_of(ask(path, world.reader(), {"got_receipt": "1"}))
    assert len(pikepdf.open(io.BytesIO(joined)).pages) == 2


# Other ways in


def test_a_docket_number_leads_to_its_document(world):
    entry = world.entry(files=[pdfs.plain(), pdfs.plain(1, "EXHIBIT")])
    response = ask(f"/cgi-bin/show_case_doc?1,{world.case.pk},,,", world.reader())
    assert response.status_code == 302
    assert response["Location"].endswith(f"/{main_document(entry).doc_id}?caseid={world.case.pk}&pdf_header=2")
    assert "could not retrieve dktentry" in said(ask(f"/cgi-bin/show_case_doc?77,{world.case.pk},,,", world.reader()))


def test_anyone_may_compare_a_document_with_what_was_filed(world):
    document = main_document(world.entry(files=[pdfs.plain()]))
    page = said(ask(f"/cgi-bin/DocVerify.pl?document={document.doc_id}", world.reader()))
    assert page.count(document.sha256) == 2
    assert "byte for byte" in page


def test_numbers_are_taken_from_the_courts_counter_in_order(world):
    first = main_document(world.entry(files=[pdfs.plain(), pdfs.plain(1, "B")]), 1)
    second = main_document(world.entry(files=[pdfs.plain()]))
    assert DocId.parse(first.doc_id).prefix == DocId.parse(second.doc_id).prefix
    assert int(second.doc_id) == int(first.doc_id) + 1


def test_no_file_of_a_zip_hides_another_that_is_called_the_same(world):
    """Old dockets use a number twice."""
    papers = [main_document(world.entry(files=[pdfs.plain(1, words)])) for words in ("ONE", "TWO")]
    for one in papers:
        one.entry.number = "7"
    copy = services.buy_several(
        documents=papers, reader=world.reader(world.clerk), with_header=False, zipped=True, at=AT
    )
    with zipfile.ZipFile(copy.file) as archive:
        assert len({archive.read(name) for name in set(archive.namelist())}) == 2
