"""Notices verified offline: what was touched is named, and nothing untouched is suspected."""

from __future__ import annotations

import argparse
import hashlib
import json
from email.message import EmailMessage
from html import escape

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from openecf.cli import verify
from openecf.kernel import stamps
from openecf.kernel.stamp_lines import StampLine, docket_text_of, key_number, plain_text_of, read_stamps, text_digest
from openecf.kernel.stamps import Stamped
from openecf.platform.config import public_pem

KEY, OTHER = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
TEXT = "MOTION to Dismiss & for <Costs> Filed by Debtor Juniper Alder. (Attachments: # 1 Exhibit A) (Okafor, Tobias)"
FILES = {"main.pdf": b"%PDF main", "exhibit.pdf": b"%PDF exhibit"}


def line(part: int, content: bytes | None, *, key=KEY, **changed) -> StampLine:
    facts = Stamped(**{
        "court": "flsb", "case": "24-10001", "case_id": 7, "entry_seq": 5, "part": part,
        "sha256": hashlib.sha256(content).hexdigest() if content is not None else "",
        "filed_at": "2024-01-02T19:03:11Z", "text_sha256": text_digest(TEXT), **changed,
    })  # fmt: skip
    return StampLine("bk", key_number(b"k"), "1/2/2024", "20000001" if content else "", facts, stamps.sign(facts, key))


def text_notice(text=TEXT, lines=None) -> str:
    shown = lines if lines is not None else [line(part, content) for part, content in enumerate(FILES.values())]
    body = "\n".join("Electronic document Stamp:\n" + "\n".join(each.lines()) for each in shown)
    return (
        f"Case Number: 24-10001\nDocket Text:\n{text}\n\n"
        f"The following document(s) are associated with this transaction:\n{body}\n\n"
        "24-10001 Notice will be electronically mailed to:\nTobias Okafor\n"
    )


def html_notice(text=TEXT) -> str:
    notice = escape(text_notice(text)).replace("\n", "<br>\n").replace("Docket Text:", "<strong>Docket Text:</strong>")
    return f"<html><head><title>x</title></head><body>{notice}</body></html>"


@pytest.fixture
def desk(tmp_path):
    """``desk(notice, files)``: the command's exit code and what it printed."""
    keys = tmp_path / "sites.json"
    keys.write_text(json.dumps({"sites": [{"id": "flsb", "public_key": public_pem(KEY)}]}))

    def work(notice: bytes | str, files=FILES, *, suffix=".txt", keys=keys):
        path = tmp_path / f"notice{suffix}"
        path.write_bytes(notice if isinstance(notice, bytes) else notice.encode())
        for name, content in files.items():
            (tmp_path / name).write_bytes(content)
        args = argparse.Namespace(notice=path, pdfs=[tmp_path / name for name in files], keys=keys)
        return verify.run(args)

    return work


def mail(*, html: bool) -> bytes:
    message = EmailMessage()
    message["Subject"] = "24-10001 Motion"
    message.set_content(html_notice() if html else text_notice(), subtype="html" if html else "plain")
    return message.as_bytes()


@pytest.mark.parametrize(("notice", "suffix"), [
    (text_notice(), ".txt"), (html_notice(), ".html"), (mail(html=False), ".eml"), (mail(html=True), ".eml"),
], ids=["text", "html", "text mail", "html mail"])  # fmt: skip
def test_an_untouched_notice_and_its_documents_are_intact(desk, capsys, notice, suffix):
    assert desk(notice, suffix=suffix) == verify.INTACT
    out = capsys.readouterr().out
    assert out.count("intact ") == 5
    assert "court flsb, case 24-10001, entry 5, filed 2024-01-02T19:03:11Z" in out


def test_both_faces_of_a_mail_are_verified(desk, capsys):
    message = EmailMessage()
    message.set_content(text_notice())
    message.add_alternative(html_notice(TEXT.replace("Dismiss", "Compel")), subtype="html")
    assert desk(message.as_bytes(), suffix=".eml") == verify.ALTERED
    assert capsys.readouterr().out.count("Docket text: altered") == 1


def test_line_breaks_of_mail_programs_change_nothing(desk):
    wrapped = text_notice(TEXT.replace(" Filed by", "\n   Filed by"))
    assert desk(wrapped.replace("[SHA256=", "[SHA256=\n ")) == verify.INTACT


def test_an_altered_pdf_is_named_with_both_hashes(desk, capsys):
    changed = b"%PDF main."
    assert desk(text_notice(), {**FILES, "main.pdf": changed}) == verify.ALTERED
    out = capsys.readouterr().out
    assert "main.pdf: PDF altered" in out
    assert hashlib.sha256(changed).hexdigest() in out
    assert hashlib.sha256(FILES["main.pdf"]).hexdigest() in out
    assert "exhibit.pdf: the bytes that the court stamped" in out


def test_altered_docket_text_is_told_apart_from_altered_documents(desk, capsys):
    assert desk(text_notice(TEXT.replace("Dismiss", "Compel"))) == verify.ALTERED
    out = capsys.readouterr().out
    assert "Docket text: altered" in out
    assert out.count("ALTERED  ") == 1


@pytest.mark.parametrize(("was", "becomes", "said"), [
    ("Case Number: 24-10001\n", "Case Number: 24-10002\n", "Case number: the notice shows 24-10002, signed is 24-10001"),
    ("2:03 PM", "1:03 PM", "Time of entry: the notice shows 1/2/2024 1:03 PM, signed is 1/2/2024 2:03 PM"),
])  # fmt: skip
def test_what_is_shown_above_the_text_is_compared_with_what_was_signed(desk, capsys, was, becomes, said):
    above = "The following transaction was entered by A on 1/2/2024 at 2:03 PM EST and filed on 1/2/2024\n"
    assert desk(above + text_notice()) == verify.INTACT
    assert capsys.readouterr().out.startswith("INTACT: what the court signed")
    assert desk((above + text_notice()).replace(was, becomes)) == verify.ALTERED
    out = capsys.readouterr().out
    assert said in out and out.startswith("ALTERED: ")


def test_what_nobody_signed_is_said_so(desk, capsys):
    desk(text_notice())
    assert "Shown, but not vouched for by the court's signature: case name, filer," in capsys.readouterr().out


def test_a_part_that_was_not_given_is_missing_not_altered(desk, capsys):
    assert desk(text_notice(), {"main.pdf": FILES["main.pdf"]}) == verify.UNKNOWN
    assert "Part missing: the attachment 1" in capsys.readouterr().out


@pytest.mark.parametrize("facts", [
    {"case": "24-10002"}, {"case_id": 8}, {"entry_seq": 6}, {"filed_at": "2024-01-01T19:03:11Z"},
    {"text_sha256": "0" * 64}, {"sha256": "0" * 64},
], ids=str)  # fmt: skip
def test_no_fact_of_a_stamp_can_be_changed(desk, capsys, facts):
    good = line(0, FILES["main.pdf"])
    forged = StampLine(good.kind, good.key_number, good.date, good.file_number,
                       Stamped(**{**vars(good.facts), **facts}), good.stamp)  # fmt: skip
    assert desk(text_notice(lines=[forged]), {"main.pdf": FILES["main.pdf"]}) == verify.ALTERED
    assert "not a stamp of this court, or its facts were changed" in capsys.readouterr().out


def test_a_stamp_signed_by_somebody_else_is_no_stamp_of_this_court(desk, capsys):
    lines = [line(0, FILES["main.pdf"], key=OTHER)]
    assert desk(text_notice(lines=lines), {"main.pdf": FILES["main.pdf"]}) == verify.ALTERED
    assert "not a stamp of this court" in capsys.readouterr().out


def test_an_entry_without_documents_carries_a_stamp_for_its_words(desk):
    notice = text_notice(lines=[line(0, None)])
    assert desk(notice, {}) == verify.INTACT
    assert desk(notice.replace("Juniper", "Jupiter"), {}) == verify.ALTERED


@pytest.mark.parametrize(("notice", "keys", "said"), [
    ("Nothing to see", None, "carries no electronic document stamp"),
    (text_notice(lines=[line(0, b"x", court="nysb")]), None, "no key of court nysb is at hand"),
    (text_notice(), "not there", "Cannot verify: there is no"),
    (text_notice(), "empty", "Cannot verify"),
], ids=["no stamp", "another court", "no keys", "empty keys"])  # fmt: skip
def test_what_cannot_be_verified_is_said_so(desk, capsys, tmp_path, notice, keys, said):
    if keys:
        path = tmp_path / "keys.json"
        if keys == "empty":
            path.write_text("{}")
        assert desk(notice, {}, keys=path) == verify.UNKNOWN
    else:
        assert desk(notice, {}) == verify.UNKNOWN
    captured = capsys.readouterr()
    assert said in captured.out + captured.err


ODD = "[STAMP bkecfStamp_ID={0} [Date=1/2/2024] [FileNumber=1-{1}] [Court=flsb] [CaseID={2}] [Entry=3] [%s]]" % (
    "a" * 128
)


@pytest.mark.parametrize("notice", [
    ODD.format("9" * 5000, 0, 1), ODD.format(1, "9" * 5000, 1), ODD.format(1, 0, "9" * 5000), ODD.format(1, 0, "\u00b2"),
    b"Content-Type: text/plain; charset=klingon\r\n\r\n\xff", b"", b"\xff\xfe\x00",
], ids=["key", "part", "case", "figure", "charset", "nothing", "bytes"])  # fmt: skip
@pytest.mark.parametrize("suffix", [".txt", ".eml", ".html"])
def test_an_odd_notice_has_a_verdict_and_is_never_intact(desk, capsys, notice, suffix):
    assert desk(notice, {}, suffix=suffix) in (verify.ALTERED, verify.UNKNOWN)
    said = capsys.readouterr()
    assert said.out.startswith(("ALTERED:", "NOT PROVED:")) or said.err.startswith("Cannot verify:")


@pytest.mark.parametrize("keys", [
    b"\xff\xfe\x00", b"5", b'"x"', b"[1, 2]", b'{"sites": null}', b'{"flsb": {"public_key": 5}}', b"[" * 100_000,
])  # fmt: skip
def test_odd_keys_are_no_verdict_on_a_notice(desk, capsys, tmp_path, keys):
    (odd := tmp_path / "keys").write_bytes(keys)
    assert desk(text_notice(), keys=odd) == verify.UNKNOWN
    assert capsys.readouterr().err.startswith("Cannot verify:")


def test_nothing_in_a_notice_steers_the_terminal_that_shows_the_verdict(desk, capsys):
    steered = text_notice().replace("Case Number: 24-10001", "Case Number: 24-1\x1b[1;1HINTACT:\u202e")
    assert desk(steered) == verify.ALTERED
    out = capsys.readouterr().out
    assert "24-1\ufffd[1;1HINTACT:\ufffd" in out and not {"\x1b", "\u202e"} & set(out)


def test_one_pem_file_is_enough(desk, tmp_path):
    pem = tmp_path / "court.pem"
    pem.write_text(public_pem(KEY))
    assert desk(text_notice(), keys=pem) == verify.INTACT


def test_stamps_read_back_as_they_were_printed():
    printed = line(3, b"exhibit")
    assert read_stamps(text_notice(lines=[printed])) == [printed]
    assert read_stamps(plain_text_of(html_notice()))[0] == line(0, FILES["main.pdf"])
    assert docket_text_of(plain_text_of(html_notice())) == TEXT
