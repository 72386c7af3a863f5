"""What a docket sheet's reader chooses beside the entries: the court's line on copies, links to notices, several documents
at once. Each choice is followed through the pages to its end. Run at every kind of court by ``tests/benches``.
"""

from __future__ import annotations

import io
import re

import lxml.html
import pikepdf
import pypdfium2
import pytest

from openecf.court.bench import bench
from openecf.court.cases import services as cases
from openecf.court.cases.models import Case, Party
from openecf.court.docket import printed, queries
from openecf.court.docket import services as docket
from openecf.court.docket.rules import Selection
from openecf.court.fees.models import MeterLine
from openecf.court.notices import services as notices
from tests.court import callers, pdfs
from tests.court import world as invented
from tests.court.world import AT

pytestmark = pytest.mark.django_db
HERE = {"HTTP_SEC_FETCH_SITE": "same-origin"}
APPELLATE = bench().name == "appellate"
MAIN, EXHIBIT = pdfs.plain(1, "MOTION"), pdfs.plain(2, "EXHIBIT")


@pytest.fixture
def here():
    world = invented.make()
    world.motion = world.entry(files=[MAIN, EXHIBIT])
    world.order = world.entry(text="ORDER granting the motion", files=[], filer=world.judge)
    world.sealed = world.entry(text="SEALED LETTER", files=[pdfs.plain(1, "LETTER")], restriction=4, filer=world.clerk)
    world.case.next_seq = world.next_seq
    world.case.save(update_fields=["next_seq"])
    for entry in (world.motion, world.order, world.sealed):
        docket.finish(entry)
        notices.prepare(entry=entry, at=AT)
    return world


def content(response) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content


def sheet(browser, here, **asked) -> lxml.html.HtmlElement:
    asked = {"all_case_ids": here.case.id, "case_num": " ", **asked}
    return page(content(browser.post("/cgi-bin/DktRpt.pl?1-L_1_0-1", asked, **HERE)))


def page(body: bytes) -> lxml.html.HtmlElement:
    found = lxml.html.fromstring(body.decode())
    found.make_links_absolute("http://testserver/cgi-bin/page")
    return found


def rows(read: lxml.html.HtmlElement) -> list[lxml.html.HtmlElement]:
    return list(read.xpath("//tr[td[contains(@class, 'docket-number')]]"))


def followed(browser, form: lxml.html.HtmlElement, **more) -> bytes:
    """What the court answers to a form as a browser without script sends it."""
    return content(browser.post(form.action, dict_of(form) | more, **HERE))


def dict_of(form: lxml.html.HtmlElement) -> dict[str, list[str]]:
    sent: dict[str, list[str]] = {}
    for name, value in form.form_values():
        sent.setdefault(name, []).append(value)
    return sent


def confirm(read: lxml.html.HtmlElement) -> lxml.html.HtmlElement:
    """The form by which a page of cost is accepted."""
    return next(form for form in read.forms if {"got_receipt", "pacer"} & set(form.fields))


@pytest.mark.parametrize(("chosen", "as_filed"), [({"pdf_header": "1"}, False), ({"pdf_header": "2"}, True)])
def test_copies_bear_the_courts_line_or_not_as_the_sheet_was_asked_for(here, chosen, as_filed):
    browser = callers.client(callers.person(account_type="search"))
    menu = page(
        content(
            browser.get(sheet(browser, here, **chosen).xpath("//td[contains(@class, 'docket-number')]//a/@href")[0])
        )
    )
    links = menu.xpath("//table//a/@href")
    assert len(links) == 2
    copies = [followed(browser, confirm(page(content(browser.get(link))))) for link in links]
    assert [copy == filed for copy, filed in zip(copies, (MAIN, EXHIBIT), strict=True)] == [as_filed, as_filed]
    assert all(copy.startswith(b"%PDF") for copy in copies)


@pytest.mark.parametrize(("chosen", "as_filed"), [({}, False), ({"pdf_header": "2"}, True)])
def test_documents_ticked_on_a_sheet_come_in_one_file_after_one_receipt(here, chosen, as_filed):
    browser = callers.client(callers.person(account_type="search"))
    read = sheet(browser, here, view_multi_docs="on", **chosen)
    form = next(one for one in read.forms if one.xpath(".//input[@value='View Selected']"))
    view, download = (one.get("formaction") for one in form.xpath(".//input[@type='submit']"))
    assert form.action in view and "zipit=0" in view and "zipit=1" in download
    assert len(form.xpath("//table[.//a]//tr[td[contains(@class, 'docket-number')]]")) == 2, "entries stand in a table"
    document = "s" if APPELLATE else "document_" if bench().name == "district" else "download_documents"
    box = form.xpath(f".//input[starts-with(@name, '{document}')]")[1]
    entry = form.xpath(".//input[@name='d' or @name='entries' or (@name='arr_de_seq_nums' and @type='checkbox')]")[0]
    assert b"No document was chosen" in content(browser.post(view, {}, **HERE))
    for ticked, pages in ((box, 2), (entry, 3)):
        sent = {ticked.name: ticked.get("value")}
        receipt = page(content(browser.post(view, sent, **HERE)))
        before = MeterLine.objects.count()
        got = followed(browser, confirm(receipt))
        assert MeterLine.objects.count() > before
        assert len(pikepdf.open(io.BytesIO(got)).pages) == pages
        assert (b"OpenEcfHeader" in got) is not as_filed


NOTICES = {"clerk": {1, 2, 3}, "counsel": {1, 2}, "opponent": {1, 2}, "stranger": set(), None: set()}
"""Of which entries each of them sees the notice."""


def test_a_notice_is_linked_for_those_who_may_see_it_and_for_nobody_else(here):
    for who, linked in NOTICES.items():
        user = getattr(here, who) if who else None
        facts = {"account": user.account} if user else {"account_type": "search"}
        browser = callers.client(callers.person(**facts))
        plain, read = sheet(browser, here), sheet(browser, here, nef_links="on")
        assert not plain.xpath("//a[@class='docket-notice']")
        links = read.xpath("//a[@class='docket-notice']")
        assert {int(link.get("href").rpartition(",")[2]) for link in links} == linked, who
        said = [[row.text_content().split() for row in rows(each)] for each in (plain, read)]
        assert said[0] == said[1], "programs read the same words"
        assert [browser.get(link.get("href")).status_code for link in links] == [200] * len(linked)
        form = content(browser.get(f"/cgi-bin/DktRpt.pl?{here.case.id}")).decode()
        assert ('name="nef_links"' in form) is (user is not None)


def words_of(pdf: bytes) -> str:
    return " ".join(" ".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(pdf)).split())


def test_a_sheet_comes_as_a_pdf_of_the_same_words_for_the_same_price(here, monkeypatch):
    counsel = callers.client(callers.person(account=here.counsel.account))
    asked = {"list_of_parties_and_counsel": "on", "nef_links": "on", "pdf_header": "2", "view_multi_docs": "on"}
    on_screen = sheet(counsel, here, **asked).get_element_by_id("main").text_content()
    answer = counsel.post(
        "/cgi-bin/DktRpt.pl?1", {"all_case_ids": here.case.id, "case_num": " ", "output_format": "pdf"} | asked, **HERE
    )
    paper = content(answer)
    assert answer["Content-Type"] == "application/pdf" and "_docket.pdf" in answer["Content-Disposition"]
    said = words_of(paper)
    for words in (
        "Juniper Alder",
        "Tobias Okafor",
        "Birch & Sons Lumber",
        "ORDER granting the motion",
        "Billable Pages",
    ):
        assert words in said and words in " ".join(on_screen.split()), words
    assert "LETTER" not in said and said.count("NEF") == 2
    count = len(pypdfium2.PdfDocument(paper))
    assert re.search(rf"Page {count} of ?{count}$", said), (
        "whoever has the sheet on paper sees whether all of it is there"
    )
    links = {str(note.A.URI) for page in pikepdf.open(io.BytesIO(paper)).pages for note in page.get("/Annots", [])}
    assert any(
        "/doc" in link and link.endswith("?pdf_header=2") and link.startswith("http://testserver/") for link in links
    )
    assert len({line.cents for line in MeterLine.objects.all()}) == 1 and MeterLine.objects.count() == 2
    monkeypatch.setattr(printed, "MOST_PRINTED", 1)
    refused = sheet(counsel, here, output_format="pdf", **asked).text_content()
    assert "A PDF holds 1 entries" in refused and "this selection takes 2" in refused
    assert MeterLine.objects.count() == 2, "nothing is charged for what is not handed out"


@pytest.mark.skipif(bench().name != "district", reason="criminal cases are at district courts")
def test_a_sheet_of_some_defendants_leaves_out_what_names_the_others_alone(here):
    ada, bo, _other = Party.objects.filter(case=here.case).order_by("position")
    for party, name in ((ada, "Ada Rook"), (bo, "Bo March")):
        Party.objects.filter(id=party.id).update(name=name, type="Defendant")
        cases.add_count(party_id=party.id, kind="pending", name=f"Count of {name}", at=AT, by="user:1")
    for text in (
        "INDICTMENT as to Ada Rook (1), Bo March (2)",
        "PLEA as to BO MARCH",
        "ORDER as to Ada Rook",
        "LETTER",
    ):
        docket.finish(here.entry(text=text))
    Case.objects.filter(id=here.case.id).update(next_seq=here.next_seq)
    browser = callers.client(callers.person(account_type="search"))
    form = page(content(browser.get(f"/cgi-bin/DktRpt.pl?{here.case.id}")))
    assert form.xpath("//input[@name='defendants']/@value") == [str(ada.id), str(bo.id)]

    def said(*chosen) -> set[str]:
        text = sheet(browser, here, defendants=list(chosen), list_of_parties_and_counsel="on").text_content()
        words = (
            "INDICTMENT",
            "PLEA",
            "ORDER as to",
            "LETTER",
            "Count of Ada Rook",
            "Count of Bo March",
            "Rowan Sorrel",
        )
        return {word for word in words if word in text}

    everything = said()
    assert len(everything) == 7 == len(said(ada.id, bo.id)) == len(said("0", "x"))
    assert everything - said(ada.id) == {"PLEA", "Count of Bo March"}
    assert everything - said(bo.id) == {"ORDER as to", "Count of Ada Rook"}
    Party.objects.create(case=here.case, position=9, name="Ada Rook", type="Defendant", has_criminal_data=True)
    assert everything - said(ada.id) == {"PLEA", "Count of Bo March"}, "nobody tells one Ada Rook from the other"


def test_a_text_names_a_defendant_by_the_whole_name(here):
    is_shown = {
        "ORDER as to Ann Lee": False,
        "ANN LEE's LETTER": False,
        "MOTION by “Ann Lee”—granted": False,
        "ORDER as to Joann Leeds": True,
        "ORDER as to Ann Leeé": True,
        "ORDER as to ЖAnn Lee": True,
        "ORDER as to Ann Lee2": True,
        "ORDER as to D.J. (Doe)+": False,
        "ORDER as to DxJ. (Doe)": True,
        "ORDER as to D.J. (Doe), Bo March": True,
        "ORDER as to D.J. (Doe), Bo Marchand": False,
    }
    entries = {here.entry(text=text).id for text in is_shown}
    selection = Selection(defendants=("Bo March",), others=("Ann Lee", "D.J. (Doe)"))
    shown = queries.chosen(here.case.id, selection).filter(id__in=entries).values_list("text", flat=True)
    assert set(shown) == {text for text, is_so in is_shown.items() if is_so}
