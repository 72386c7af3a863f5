"""The published juriscraper signs on and works at running courts as it does at the judiciary's, told by its environment.

Invented dockets of every shape are imported into courts of every kind, three of them made for the occasion. A motion
with an exhibit is filed in each kind of court, so that there are documents' bytes, a notice and its free looks.
"""

from __future__ import annotations

import json
import os
import random
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from select import select
from urllib.parse import parse_qs, urlsplit

import pikepdf
import pypdfium2
import pytest

from openecf.kernel import courts
from tests.journeys.courts import APPELLATE, BANKRUPTCY, DISTRICT, CourtStory
from tests.stand import Stand
from tests.wire import invent
from tests.wire.arrange import EXHIBIT, MAIN
from tests.wire.live import Juriscraper, as_asked, case_ids, create, same, several
from tests.wire.live_table import File, import_and_fetch
from tests.wire.table import ROOT, client_python, printed

VERSIONS = [v for v in ("3", "4") if Path(client_python(v)).exists()]
SHARED = ROOT.parent / "shared" / "dockets"
SEED = random.SystemRandom().randrange(1, 10**6)
MADE = ("cit", "txnb", "ca6")
"""Courts that are created for this test: a special one, a bankruptcy court with two columns, an appeals court that
answers at ``/n/beam``."""
SHAPES = {
    "civil": "flsd",
    "criminal": "flsd",
    "several-documents": "flsd",
    "government": "flsd",
    "without-entries": "flsd",
    "trade": "cit",
    "petition": "flsb",
    "office-first": "flsb",
    "adversary": "nysb",
    "several-papers": "nysb",
    "office-last": "nysb",
    "two-columns": "txnb",
    "appeal": "ca11",
    "appeal-with-choices": "ca6",
    "agency-appeal": "ca6",
    "unnumbered-appeal": "ca6",
}

pytestmark = pytest.mark.skipif(not VERSIONS, reason="no environment with juriscraper: make clients")
each_shape = pytest.mark.parametrize("shape", SHAPES)
each_trial_shape = pytest.mark.parametrize(
    "shape", [s for s, c in SHAPES.items() if courts.court(c).kind != "appellate"]
)
"""Appellate courts have a docket, documents and menus, but no query page, history or count."""
each_court = pytest.mark.parametrize("court", [BANKRUPTCY, DISTRICT, APPELLATE], ids=str)


@dataclass(frozen=True)
class Imported:
    """A docket that was imported: what went in, and where it is."""

    court: str
    kind: str
    docket: dict
    case: str

    @property
    def number(self) -> str:
        return self.docket["docket_number"]


@pytest.fixture(scope="module")
def imported(stand, tmp_path_factory) -> dict[str, Imported]:
    """Invented dockets of every shape, in courts of every kind."""
    create(stand, *MADE)
    folder = tmp_path_factory.mktemp("dockets")
    dockets = {}
    for shape, court in SHAPES.items():
        dockets[shape] = invent.SHAPES[shape][1](invent.Inventor(SEED + len(dockets), court))
        (folder / f"{shape}-{SEED}.json").write_text(json.dumps(dockets[shape]))
    stand.run("import", "dockets", str(folder))
    cases = {court: case_ids(stand, court) for court in set(SHAPES.values())}
    return {
        shape: Imported(court, courts.court(court).kind, dockets[shape], cases[court][f"{shape}-{SEED}"])
        for shape, court in SHAPES.items()
    }


@pytest.fixture(scope="module")
def filed(stand) -> dict[str, dict]:
    """A motion with an exhibit in each kind of court."""
    return {court.id: _filed(stand, court) for court in (BANKRUPTCY, DISTRICT, APPELLATE)}


def _filed(stand: Stand, court: CourtStory) -> dict:
    command = [sys.executable, "-W", "ignore", "-m", "tests.wire.arrange", stand.sites[court.id]["folder"]]
    run = subprocess.run(
        [*command, court.case, court.motion.title, court.filer],
        cwd=ROOT, capture_output=True, text=True, env=os.environ | {"PYTHONPATH": f"{ROOT}:{os.environ.get('PYTHONPATH', '')}"}, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr[-3000:]
    return json.loads(run.stdout.splitlines()[-1])


@pytest.fixture(scope="module", params=VERSIONS, ids=lambda v: f"juriscraper{v}")
def client(request, stand) -> Iterator[Juriscraper]:
    session = Juriscraper(stand, request.param)
    yield session
    session.end()


# Cases that were imported


@each_shape
def test_a_case_is_found_by_its_number(client, imported, shape):
    one = imported[shape]
    if one.kind == "appellate":
        assert client.docket(one.court, case=one.case, number=one.number)["docket_number"] == one.number
        return
    found = client.ask("numbers", one.court, number=one.number.lower(), options={"case_name": one.docket["case_name"]})
    assert found["pacer_case_id"] == one.case
    assert one.docket["case_name"].split(" v. ")[0].removesuffix(" - Adversary Proceeding") in found["title"]


@each_shape
def test_its_docket_comes_back_equal(client, imported, shape):
    one = imported[shape]
    found = client.docket(one.court, case=one.case, number=one.number, choice=several(one.docket))
    assert same(as_asked(one.docket), found) == []


@each_trial_shape
def test_its_history_names_the_same_entries(client, imported, shape):
    one = imported[shape]
    found = client.ask("history", one.court, one.case, options={"show_de_descriptions": True})
    assert found["docket_number"] == one.docket["docket_number"]
    assert found["date_filed"] == one.docket["date_filed"]
    keys = ("document_number", "pacer_doc_id", "date_filed", "date_entered", "description")
    wanted = [{key: entry[key] for key in keys} for entry in one.docket["docket_entries"]]
    assert same(wanted, [{key: entry[key] for key in keys} for entry in found["docket_entries"]]) == []


@each_trial_shape
def test_its_query_page_says_who_and_when(client, imported, shape):
    one = imported[shape]
    found = client.ask("query", one.court, one.case)
    assert (found["docket_number"], found["date_filed"]) == (one.docket["docket_number"], one.docket["date_filed"])
    # This page of the client's takes a judge's name as it stands.
    assert found["assigned_to_str"] == one.docket["assigned_to_str"].replace(" a. ", " A ")
    assert found["case_name"] == one.docket["case_name"].removesuffix(" - Adversary Proceeding")


@each_trial_shape
def test_its_entries_are_counted_for_nothing(client, imported, shape):
    one = imported[shape]
    assert client.ask("mobile", one.court, one.case) == {
        "court_id": one.court, "entry_count": len(one.docket["docket_entries"]), "cost": "",
    }  # fmt: skip


@pytest.mark.parametrize("shape", sorted(SHAPES.keys() - {"without-entries"}))
def test_its_documents_are_said_to_be_unavailable_since_only_the_record_was_imported(client, imported, shape):
    one = imported[shape]
    entry = next(entry for entry in one.docket["docket_entries"] if entry["pacer_doc_id"])
    if one.kind == "appellate":
        found = client.ask("pdf", one.court, servlet=True, document=entry["pacer_doc_id"], case=one.case)
        assert found["error"] == "Unable to download PDF."
    found = client.ask("pdf", one.court, document=entry["pacer_doc_id"], case=one.case)
    assert "Document not available" in found["error"]


@pytest.mark.parametrize("shape", ["several-documents", "several-papers"])
def test_the_menu_of_attachments_comes_back(client, imported, shape):
    one = imported[shape]
    entry = next(entry for entry in one.docket["docket_entries"] if entry.get("attachments"))
    menu = client.ask("menu", one.court, entry["pacer_doc_id"])
    keys = ("pacer_doc_id", "pacer_seq_no", "page_count", "file_size_str", "file_size_bytes")
    assert same({key: entry[key] for key in keys}, {key: menu[key] for key in keys}) == []
    # A bankruptcy court's menu does not say the number.
    assert menu["document_number"] == (None if one.kind == "bankruptcy" else int(entry["document_number"]))
    assert menu["pacer_case_id"] == one.case
    assert same(entry["attachments"], menu["attachments"]) == []


def test_the_menu_of_an_appeals_documents_comes_back(client, imported):
    one = imported["appeal-with-choices"]
    entry = next(entry for entry in one.docket["docket_entries"] if entry.get("attachments"))
    menu = client.ask("appellate-menu", one.court, entry["pacer_doc_id"])
    assert (menu["pacer_case_id"], menu["pacer_seq_no"]) == (one.case, entry["pacer_seq_no"])
    keys = ("attachment_number", "description", "page_count", "pacer_doc_id")
    wanted = [{key: row[key] for key in keys} for row in entry["attachments"]]
    assert same(wanted, [{key: row[key] for key in keys} for row in menu["attachments"]]) == []


@pytest.mark.parametrize("shape", ["civil", "criminal", "trade", "several-documents"])
def test_a_place_on_the_docket_leads_to_its_document(client, imported, shape):
    one = imported[shape]
    for entry in [e for e in one.docket["docket_entries"] if e["pacer_doc_id"]][:4]:
        found = client.ask("place", one.court, one.case, entry["document_number"])
        assert found == entry["pacer_doc_id"]
        for row in entry.get("attachments", []):
            number = str(row["attachment_number"])
            assert client.ask("place", one.court, one.case, entry["document_number"], number) == row["pacer_doc_id"]


def test_a_docket_can_be_asked_in_part_and_in_any_order(client, imported):
    one = imported["civil"]
    numbered = [entry for entry in one.docket["docket_entries"] if entry["document_number"]]
    low, high = numbered[2]["document_number"], numbered[5]["document_number"]
    part = client.ask("docket", one.court, one.case, options={"doc_num_start": low, "doc_num_end": high})
    assert [entry["document_number"] for entry in part["docket_entries"]] == [
        str(n) for n in range(int(low), int(high) + 1)
    ]
    assert part["parties"] == [], "nobody asked for parties"
    newest = client.ask("docket", one.court, one.case, options={"order_by": "-date"})
    assert same(one.docket["docket_entries"][::-1], newest["docket_entries"]) == []


def test_real_dockets_come_back_from_running_courts(stand, tmp_path):
    if not SHARED.is_dir():
        pytest.skip("no shared dockets beside the project")
    create(stand, *MADE)
    found = [File(path, json.loads(path.read_bytes())) for path in sorted(SHARED.glob("[!a]*/*.json"))]
    found += [File(path, json.loads(path.read_bytes())) for path in sorted(SHARED.glob("appellate/*.json"))]
    here = [file for file in found if file.court in SHAPES.values()]
    random.Random(SEED).shuffle(here)
    distinct = list({(file.court, file.case): file for file in here}.values())[:10]
    for version, outcomes in import_and_fetch(stand, distinct, tuple(VERSIONS), tmp_path).items():
        table = printed(outcomes, f"juriscraper {version}, live, seed {SEED}")
        assert len(outcomes) == len(distinct) and all(one.exact for one in outcomes), table


# Documents that were filed here


@each_court
def test_a_receipt_comes_before_a_document(client, filed, court):
    motion = filed[court.id]
    receipt = client.ask("receipt", court.id, motion["documents"][0])
    assert (receipt["billable_pages"], receipt["cost"]) == ("2", "0.20")
    number = receipt["docket_number"] or ""
    assert number.startswith(court.case), receipt
    if court is APPELLATE:
        assert receipt["document_number"] == f"{motion['number']}-1"
    else:
        part = 1 if court is BANKRUPTCY else 0
        assert re.search(rf"Image:?{motion['number']}-[0{part}]$", receipt["document_description"])


@each_court
def test_a_document_is_handed_out_as_a_pdf_with_its_header_line(client, filed, court, tmp_path):
    motion = filed[court.id]
    for document, words, pages in zip(motion["documents"], (MAIN, EXHIBIT), (2, 3), strict=True):
        kept = tmp_path / f"{document}.pdf"
        found = client.ask("pdf", court.id, document=document, case=motion["case"], keep=str(kept))
        assert (found["error"], found["type"]) == ("", "application/pdf")
        assert len(pikepdf.open(kept).pages) == pages
        text = pypdfium2.PdfDocument(kept)[0].get_textpage().get_text_range()
        assert words in text and court.paper in text, text


def test_an_appellate_servlet_hands_out_the_document_too(client, filed):
    motion = filed[APPELLATE.id]
    found = client.ask("pdf", APPELLATE.id, servlet=True, document=motion["documents"][0], case=motion["case"])
    assert found["type"] == "application/pdf"


@each_court
def test_the_menu_lists_the_motion_and_its_exhibit(client, filed, court):
    motion = filed[court.id]
    menu = client.ask("appellate-menu" if court is APPELLATE else "menu", court.id, motion["documents"][0])
    assert (menu["pacer_case_id"], menu["pacer_seq_no"]) == (motion["case"], motion["seq"])
    rows = menu["attachments"]
    assert rows[-1]["pacer_doc_id"] == motion["documents"][1] and rows[-1]["page_count"] == 3
    assert "Survey" in rows[-1]["description"]


@each_court
def test_the_free_look_of_a_notice_works_once_for_a_program_too(client, stand, filed, court):
    motion = filed[court.id]
    mail = stand.mail(motion["mail"], " ".join(motion["text"].split())[:30])
    query = _free_look(mail["links"], motion, client.version)
    asked = {
        "document": motion["documents"][0] if client.version == "3" else motion["documents"][1],
        "case": motion["case"], "magic": query, "seq": motion["seq"], "appellate": court is APPELLATE,
    }  # fmt: skip
    first = client.ask("pdf", court.id, **asked)
    assert (first["error"], first["type"]) == ("", "application/pdf")
    assert "not available via magic link" in client.ask("pdf", court.id, **asked)["error"]


def _free_look(links: list[str], motion: dict, version: str) -> str:
    """The secret of the notice's link: one look at each document, whichever link brought it."""
    for link in links:
        query = parse_qs(urlsplit(link).query)
        if secret := query.get("magic_num") or query.get("uid"):
            return secret[0]
    raise AssertionError(links)


# What is sealed


@each_court
def test_a_sealed_case_is_not_there_for_a_program(client, stand, court):
    with stand.database(court.id) as database:
        case, seq = database.execute(
            'SELECT c.id, min(e.seq) FROM "case" c JOIN entry e ON e.case_id = c.id WHERE c.number = %s GROUP BY 1',
            [court.sealed_case],
        ).fetchone()
        document = database.execute(
            "SELECT doc_id FROM document d JOIN entry e ON e.id = d.entry_id WHERE e.case_id = %s", [case]
        ).fetchone()[0]
    assert client.docket(court.id, case=str(case), number=court.sealed_case) == {}
    assert client.ask("entry-sealed", court.id, case=str(case), document=document) is True
    assert "Failed to get docket entry" in client.ask("pdf", court.id, case=str(case), document=document)["error"]
    if court is APPELLATE:
        return
    assert client.ask("numbers", court.id, number=court.sealed_case) is None
    assert client.ask("query", court.id, str(case)) == {}
    assert client.ask("history", court.id, str(case)) == {}
    if court is DISTRICT:
        assert "doc1" not in str(client.try_to("place", court.id, str(case), "1").get("answer"))


def test_a_sealed_document_says_so_in_the_words_that_programs_look_for(client, stand):
    with stand.database("ca11") as database:
        case, document = database.execute(
            "SELECT e.case_id, d.doc_id FROM document d JOIN entry e ON e.id = d.entry_id "
            'JOIN "case" c ON c.id = e.case_id WHERE d.restriction >= 2 AND e.restriction + c.restriction = 0'
        ).fetchone()
    assert "Permission denied" in client.ask("pdf", "ca11", case=str(case), document=document)["error"]
    # Both versions compare text with bytes there and fail at every court; what they look for is on the page.
    assert (
        "a bytes-like object is required" in client.try_to("sealed", "ca11", case=str(case), document=document)["error"]
    )


# The session


def test_all_of_this_took_one_sign_on(client):
    assert client.ask("mobile", "flsd", "1")["entry_count"] > 0
    assert client.sign_ons == 1


@each_court
def test_an_answer_waits_for_the_end_of_what_is_asked(stand, court: CourtStory):
    """Whoever has not signed on is turned away unread. Answered while the form was still on its way, the connection was
    closed under it, and with both processors busy half of the answers were lost."""
    form = b"all_case_ids=1&sort1=oldest+date+first"
    connection = HTTPConnection(urlsplit(stand.url(court.id)).netloc, timeout=60)
    for _again in range(2):  # on one connection
        connection.putrequest("POST", "/cgi-bin/DktRpt.pl?1-L_1_0-1")
        connection.putheader("Content-Type", "application/x-www-form-urlencoded")
        connection.putheader("Content-Length", str(len(form)))
        connection.endheaders()
        assert not select([connection.sock], [], [], 0.3)[0], "answered, or closed, before the form had come"
        connection.send(form)
        answer = connection.getresponse()
        assert answer.status == 200 and b"Please log in" in answer.read()
        assert not answer.will_close
    connection.close()
