"""Notices: who gets them, what they say, what programs read in them, how they are mailed and verified."""

from __future__ import annotations

import argparse
import json
import random
import re
from dataclasses import replace
from email.message import EmailMessage

import pytest
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.urls import resolve

from openecf.cli import verify
from openecf.court.bench import bench
from openecf.court.cases.models import Representation
from openecf.court.documents import services as documents
from openecf.court.documents.models import Document
from openecf.court.notices import queries, services, stamping
from openecf.court.notices.models import FreeLook, Recipient
from openecf.court.notices.rules import Addressee, NoticeDocument, without
from openecf.kernel.doc_ids import DocId
from openecf.kernel.notice_parts import name_of, parts_of
from openecf.kernel.notice_stamps import TITLE, taken_off
from openecf.platform.config import public_pem, this_site
from openecf.platform.mail.models import OutgoingMail
from tests.court import world as invented
from tests.court.world import AT, main_document, pdfs

pytestmark = pytest.mark.django_db
COURT = this_site().id
PREFIX = bench().notice.stamp_kind
APPELLATE = bench().notice.title == "Notice of Docket Activity"
TEXT = "MOTION to Dismiss & for Costs <urgent> Filed by Juniper Alder (Okafor, Tobias)"


@pytest.fixture
def world():
    return invented.make()


def mails() -> dict[str, OutgoingMail]:
    return {mail.bcc[0]: mail for mail in OutgoingMail.objects.all()}


def sent(world, **entry):
    made = world.entry(**{"text": TEXT, "files": [pdfs.plain(2), pdfs.plain(1, "EXHIBIT")], **entry})
    notice = services.prepare(entry=made, at=AT)
    services.mail_notice(notice_id=notice.pk, at=AT)
    return made, notice


def as_eml(mail: OutgoingMail) -> str:
    message = EmailMessage()
    message["Subject"], message["From"], message["To"] = mail.subject, mail.sender, mail.recipients[0]
    if mail.html:
        message.set_content(mail.html, subtype="html", cte="quoted-printable")
    else:
        message.set_content(mail.text, cte="quoted-printable")
    return message.as_string()


def test_everyone_on_the_service_list_gets_one_mail_for_each_address(world):
    _entry, notice = sent(world)
    assert set(mails()) == {"tokafor@counsel.example", "docketing@counsel.example", "pvandermeer@counsel.example"}
    assert {mail.recipients[0] for mail in mails().values()} == {"pool@ecf.example"}
    assert mails()["pvandermeer@counsel.example"].html == "", "she asked for plain text"
    by_mail = Recipient.objects.get(notice=notice, by_mail=True)
    assert (by_mail.name, by_mail.postal_lines) == ("Rowan Sorrel", ["12 Quarry Road", "Port Ashgrove, FL 33101"])


def test_mailing_twice_mails_once(world):
    _entry, notice = sent(world)
    assert services.mail_notice(notice_id=notice.pk, at=AT) == 0
    assert OutgoingMail.objects.count() == 3


def test_counsel_without_an_address_is_served_otherwise(world):
    Representation.objects.filter(user=world.opponent).update(
        user=None, email="", contact="1 Elm St\nOrchard, FL 33102"
    )
    _entry, notice = sent(world)
    served = {row.name: row.postal_lines for row in Recipient.objects.filter(notice=notice, by_mail=True)}
    assert served["Petra Vandermeer"] == ["1 Elm St", "Orchard, FL 33102"]
    assert "pvandermeer@counsel.example" not in mails()


def test_a_filer_who_is_not_in_the_case_learns_too(world):
    sent(world, filer=world.stranger)
    assert "nstranger@counsel.example" in mails()


@pytest.mark.parametrize(("restriction", "told"), [
    (0, {"tokafor@counsel.example", "docketing@counsel.example", "pvandermeer@counsel.example"}),
    (2, {"tokafor@counsel.example", "docketing@counsel.example", "pvandermeer@counsel.example"}),
    (4, {"tokafor@counsel.example", "docketing@counsel.example"}),
    (5, set()),
])  # fmt: skip
def test_of_a_restricted_entry_only_those_learn_who_may_read_it(world, restriction, told):
    _entry, notice = sent(world, restriction=restriction)
    assert set(mails()) == told
    for row in Recipient.objects.filter(notice=notice):
        assert not restriction or not row.by_mail, "nor is it announced on paper to those who may not"


def recipients_read(read: dict) -> set[str]:
    return {address for row in read["email_recipients"] for address in row["email_addresses"]}


@pytest.mark.parametrize("files", [[], [pdfs.plain(2)], [pdfs.plain(2), pdfs.plain(1, "EXHIBIT")]], ids=len)
@pytest.mark.parametrize("form", ["html", "text"])
def test_programs_read_the_notice(world, juriscraper, files, form):
    if form == "text" and APPELLATE:
        pytest.skip("the client reads these notices as HTML only")
    words = TEXT if form == "html" else TEXT.replace("<urgent>", "[urgent]")  # the client takes plain text for HTML
    entry, _notice = sent(world, files=files, text=words)
    mail = mails()["pvandermeer@counsel.example" if form == "text" else "tokafor@counsel.example"]
    read = juriscraper("email", COURT, as_eml(mail))
    (docket,) = read["dockets"]
    (row,) = docket["docket_entries"]
    assert (read["appellate"], read["acms"]) == (APPELLATE, False)
    assert docket["case_name"] == "Juniper Alder"
    assert docket["docket_number"].startswith(world.case.number)
    assert (row["date_filed"], row["description"]) == ("2024-01-02", words)
    assert row["short_description"] == "Motion to Dismiss"
    assert row["pacer_case_id"] == str(world.case.pk)
    if form == "html":
        assert read["contains_attachments"] == (len(files) > 1 and not APPELLATE)
        assert recipients_read(read) == {
            "tokafor@counsel.example", "docketing@counsel.example", "pvandermeer@counsel.example"
        }  # fmt: skip
    if files:
        assert row["pacer_doc_id"] == main_document(entry).doc_id
        assert services.look_digest(row["pacer_magic_num"], main_document(entry).pk) in set(
            FreeLook.objects.values_list("digest", flat=True)
        )
    else:
        assert row["pacer_doc_id"] is None
    if not APPELLATE and form == "html":
        assert row["document_number"] == "1"
        assert row["pacer_seq_no"] == ("1" if files else None)


@pytest.mark.skipif(APPELLATE, reason="its notices list each document by name")
def test_documents_of_an_entry_without_a_number_are_called_doc_as_programs_know_them(world, juriscraper):
    entry = world.entry(text=TEXT, files=[pdfs.plain(2)])
    entry.number = ""
    notice = services.prepare(entry=entry, at=AT)
    services.mail_notice(notice_id=notice.pk, at=AT)
    mail = mails()["tokafor@counsel.example"]
    (link,) = re.findall(r"Document Number:</strong></td><td><a [^>]*>(.*?)</a>", mail.html)
    assert link == "doc" and "Document Number: doc\n" in mail.text, "a link without words is none to whoever hears it"
    assert not told(as_held(mail.html, mail.subject))[False]
    ((row,),) = [docket["docket_entries"] for docket in juriscraper("email", COURT, as_eml(mail))["dockets"]]
    assert row["document_number"] is None and row["pacer_doc_id"] == main_document(entry).doc_id


def test_an_appeals_notice_has_no_list_of_those_on_paper_when_there_are_none_and_is_read_all_the_same(
    world, juriscraper
):
    world.case.parties.filter(name="Rowan Sorrel").update(terminated="2024-01-01")
    _entry, notice = sent(world)
    assert not Recipient.objects.filter(notice=notice, by_mail=True)
    assert not (APPELLATE and "by other means" in notice.html + notice.text)
    read = juriscraper("email", COURT, as_eml(mails()["tokafor@counsel.example"]))
    assert recipients_read(read) == {
        "tokafor@counsel.example", "docketing@counsel.example", "pvandermeer@counsel.example"
    }  # fmt: skip


def test_the_notice_shown_to_the_filer_carries_no_free_look(world):
    _entry, notice = sent(world)
    assert bench().documents.look_parameter + "=" not in notice.html + notice.text


def test_words_from_people_cannot_become_markup(world):
    _entry, notice = sent(world, text='<script>alert(1)</script> & <b onclick="x">')
    assert "<script" not in notice.html
    assert "&lt;script&gt;" in notice.html


def test_each_document_is_stamped_and_the_facts_are_kept(world):
    entry, notice = sent(world)
    for document in Document.objects.filter(entry=entry):
        assert re.fullmatch(r"[0-9a-f]{128}", document.stamp)
        assert document.stamped_facts["sha256"] == document.sha256
        assert document.stamped_facts["entry_seq"] == entry.seq
    assert notice.text.count(f"[STAMP {PREFIX}ecfStamp_ID=") == 2


@pytest.mark.parametrize("files", [[], [pdfs.plain(2), pdfs.plain(1, "EXHIBIT")]], ids=["words only", "documents"])
@pytest.mark.parametrize("touched", ["", "pdf", "text"])
def test_what_was_mailed_verifies_offline(world, tmp_path, capsys, files, touched):
    if touched == "pdf" and not files:
        pytest.skip("no PDF to touch")
    entry, _notice = sent(world, files=files)
    (tmp_path / "sites.json").write_text(json.dumps([{"id": COURT, "public_key": public_pem(this_site().signing_key)}]))
    notice = tmp_path / "notice.eml"
    content = as_eml(mails()["tokafor@counsel.example"])
    notice.write_text(content.replace("to Dismiss &", "to Deny &") if touched == "text" else content)
    paths = []
    for document in Document.objects.filter(entry=entry):
        with documents.open_bytes(document=document, reader=world.reader(), at=AT) as file:
            paths.append(tmp_path / document.filename)
            paths[-1].write_bytes(file.read() + (b" " if touched == "pdf" else b""))
    args = argparse.Namespace(notice=notice, pdfs=paths, keys=tmp_path / "sites.json")
    assert verify.run(args) == (verify.ALTERED if touched else verify.INTACT), capsys.readouterr().out


DOCUMENT = "Description, file name and stamp of document"
TOUCHED = [
    ("Words above the transaction", "Judicial Conference", "Judicial Council"),
    ("Who entered it", r"(following transaction was .*)Tobias", r"\1Thomas"),
    ("Time of entry", "at 2:03 PM", "at 2:04 PM"),
    ("Day of filing", "and filed on 1/2/2024", "and filed on 1/3/2024"),
    ("Case name", r"(Case Name:[^J]*)Juniper", r"\1Jupiter"),
    ("Case number", r"(Case Number:.*?)(</a>| https?:)", r"\1X\2"),
    ("Link to the docket", r"(DktRpt.pl\?|caseId=)(?=\d+(\"|\n))", r"\g<1>1"),
    ("Filer", "Bramble", "Bristle"),
    ("Warning that the case is closed", r"CLOSED on 0", "CLOSED on 1"),
    ("Document number", r'(Document Number:(?:</strong></td><td>(?:<a href="[^"]*">)?| ))1', r"\g<1>2"),
    ("Link to the documents", r"(/docs?1/\d+)", r"\g<1>9"),
    ("Docket text", "to Dismiss &", "to Deny &"),
    ("People told by e-mail", "docketing@counsel", "docketing@council"),
    ("People served by other means", "12 Quarry Road", "13 Quarry Road"),
    ("Words above the documents", "associated with this transaction:", "associated with this transaction: all of"),
    (f"{DOCUMENT} 1", "part0.pdf", "part2.pdf"),
    (f"{DOCUMENT} 2", "Exhibit", "Schedule"),
    ("Stamp of the entry", "Electronic entry Stamp:", "Electronic entry Stamp: void"),
    ("Words after the stamp of the notice", r"\]\](?=[^\]]*\Z)", "]] Please reply."),
]  # fmt: skip
"""What each part is called, and how it is touched where a bench's notice has it."""


def told(face: verify.Face) -> dict[bool | None, list[str]]:
    """What ``openecf verify`` finds in a face of a notice, but for the documents: none are given."""
    found: dict[bool | None, list[str]] = {True: [], False: [], None: []}
    for finding in verify.verify(face, {}, {COURT: this_site().signing_key.public_key()}):
        if not finding.said.startswith("Part missing"):
            found[finding.good].append(finding.said)
    return found


def as_held(said: str, subject: str) -> verify.Face:
    held = verify.of_html(said) if "<html" in said[:20] else verify.Face(said, said)
    return replace(held, subject=subject)


@pytest.fixture(params=["words only", "documents"])
def held(request, world) -> tuple[str, str, str]:
    """Subject, text and HTML of a mail of a closed case."""
    files = [] if request.param == "words only" else [pdfs.plain(2), pdfs.plain(1, "EXHIBIT")]
    world.case.terminated = AT.date()
    world.case.save()
    entry = world.entry(text=TEXT, files=files)
    notice = services.prepare(entry=entry, at=AT, filers=["Juniper Alder", "Bramble & Sons"])
    services.mail_notice(notice_id=notice.pk, at=AT)
    mail = mails()["tokafor@counsel.example"]
    return mail.subject, mail.text, mail.html


def test_each_part_of_a_notice_that_was_touched_is_named_and_no_other(held):
    subject, *both = held
    for said in both:
        untouched = told(as_held(said, subject))
        assert not untouched[False] and not untouched[None], untouched
        parts = parts_of(taken_off(as_held(said, subject).text)[0])
        (other,) = told(as_held(said, f"{subject}!"))[False]
        assert other.startswith("Subject of the mail: altered")
        named = set()
        for name, was, becomes in TOUCHED:
            touched = re.sub(was, becomes, said, count=1)
            if touched == said:
                continue
            assert [each.split(":")[0] for each in told(as_held(touched, subject))[False]] == [name], touched
            named.add(name)
        assert named == {name_of(part) for part in [*parts, "AfterStamp"]}, "every part has its row"


@pytest.mark.parametrize("held", ["documents"], indirect=True)
def test_a_document_that_was_left_out_of_a_notice_is_not_called_altered(held):
    subject, *both = held
    serial = DocId.parse(Document.objects.get(part=1).doc_id).serial
    for said in both:
        found = told(as_held(without(said, [(serial, 1)]), subject))
        assert (found[False], [each.split(".")[0] for each in found[None]]) == ([], [f"{DOCUMENT} 2: left out"])


@pytest.mark.parametrize("held", ["documents"], indirect=True)
def test_no_word_of_a_notice_can_be_changed_unseen(held):
    subject, *both = held
    for said in both:
        secret = re.search(rf"{bench().documents.look_parameter}=(\d+)", said)[1]
        # Of a word that comes several times its last place, and none of the markup.
        words = re.finditer(r"\b\w+(?![^<>]*>)", said[: said.rindex(TITLE)])
        for word in {each[0]: each for each in words}.values():
            touched = f"{said[: word.start()]}{'7' if word[0][0] != '7' else '8'}{said[word.start() + 1 :]}"
            assert word[0] == secret or told(as_held(touched, subject))[False], touched[word.start() - 40 : word.end()]


BAD_WORDS = [
    "Filer:", "Docket Text:", "Case Name:", "Document description:", "Document Number:", "Document(s)", "WARNING: CASE CLOSED on",
    "Notice will be electronically mailed to:", "Notice will be delivered by other means to:", "Electronic notice Stamp:",
    "The following document(s) are associated with this transaction:", "The following transaction was", "[STAMP x]]", "--",
    "Copy the URL address from the line below", "[NOTICE STAMP 2 [Court=x] [A=0] [00]]", "https://x.example/?uid=5", "</p>",
    "<b>x</b>", "<a href=", "&amp;", "&lt;i&gt;", "&nbsp;", "\u200b", "\x1f", "a&b", "'\"",
]  # fmt: skip


def test_whatever_people_are_called_a_notices_text_and_html_have_the_same_parts(world):
    entry, chance = world.entry(), random.Random(1)
    facts = services.facts_of(entry, [], people=[])
    layout = f"notices/{bench().notice.folder}/notice"

    def words() -> str:
        return " ".join(chance.choices(BAD_WORDS, k=chance.randint(1, 3)))

    for _once_more in range(100):
        people = [Addressee(words(), (words(),), ("a@b.example",), (words(), words())) for _ in range(3)]
        hostile = replace(
            facts, entered_by=words(), case_name=words(), filers=(words(), words()), docket_text=words(), mailed=people,
            otherwise=people, documents=(NoticeDocument(words(), words(), None),) * 2, closed=chance.choice(["", "1/2/2024"]),
        )  # fmt: skip
        said = {"facts": vars(hostile) | {"entered_at": hostile.entered_at}}
        text, html = render_to_string(f"{layout}.txt", said), render_to_string(f"{layout}.html", said)
        text, html = stamping.stamped(text=text, html=html, subject="Motion")
        for held in (as_held(text, "Motion"), as_held(html, "Motion")):
            assert not told(held)[False] and not told(held)[None], (text, html, told(held))


def test_how_each_person_was_reached(world):
    _entry, notice = sent(world)
    OutgoingMail.objects.filter(bcc=["pvandermeer@counsel.example"]).update(dead_at=AT)
    OutgoingMail.objects.exclude(bcc=["pvandermeer@counsel.example"]).update(sent_at=AT)
    assert {one.name: one.state for one in queries.deliveries(notice)} == {
        "Tobias Okafor": "mailed", "Petra Vandermeer": "failed", "Rowan Sorrel": "otherwise",
    }  # fmt: skip


@pytest.mark.parametrize(("who", "status"), [
    ("counsel", 200), ("opponent", 200), ("clerk", 200), ("stranger", 404),
])  # fmt: skip
def test_who_may_see_a_notice_again(world, who, status):
    from django.http import Http404

    entry, _notice = sent(world)
    request = RequestFactory().get(f"/cgi-bin/DisplayReceipt.pl?{world.case.pk},{entry.seq}")
    request.reader, request.arrived = world.reader(getattr(world, who)), AT
    match = resolve(request.path_info)
    assert match.func.access_rule.check(request) is None
    if status == 404:
        with pytest.raises(Http404):
            match.func(request)
    else:
        page = match.func(request).content.decode()
        assert "Docket Text:" in page
        assert "<html lang" not in page[20:].split("<main")[1]
