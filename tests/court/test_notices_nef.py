"""Notices: who gets them, what they say, what programs read in them, how they are mailed and verified."""

from __future__ import annotations

import argparse
import json
import re
from email.message import EmailMessage

import pytest
from django.test import RequestFactory
from django.urls import resolve

from openecf.cli import verify
from openecf.court.bench import bench
from openecf.court.cases.models import Representation
from openecf.court.documents import services as documents
from openecf.court.documents.models import Document
from openecf.court.notices import queries, services
from openecf.court.notices.models import FreeLook, Recipient
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
