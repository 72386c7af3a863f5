"""Notices stamped as a whole, verified offline: whatever was done to one is said, and nothing else is suspected."""

from __future__ import annotations

import argparse
import json
import re
from email.message import EmailMessage
from html import escape

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from openecf.cli import verify
from openecf.kernel import notice_stamps, stamps
from openecf.kernel.notice_html import said_by
from openecf.kernel.notice_parts import CLOSED_SINCE, parts_of
from openecf.kernel.stamp_lines import StampLine, text_digest
from openecf.kernel.stamps import OF_STAMPED_NOTICE, Stamped
from openecf.platform.config import public_pem

KEY, OTHER = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
SUBJECT = "24-10001 Motion to Dismiss, für Juniper Alder, in the matter of a name that is longer than a line of mail is"
TEXT = "MOTION to Dismiss & for <Costs> Filed by Debtor Juniper Alder. Filer: nobody [NOTICE STAMP 2 [Court=flsb] [A=0] [0]]"


def entry_stamp(version: int) -> StampLine:
    facts = Stamped(
        court="flsb", case="24-10001", case_id=7, entry_seq=5, part=0, sha256="", filed_at="2024-01-02T19:03:11Z",
        text_sha256=text_digest(TEXT), version=version,
    )  # fmt: skip
    return StampLine("bk", 1, "1/2/2024", "", facts, stamps.sign(facts, KEY))


ENTRY = "\n".join(entry_stamp(OF_STAMPED_NOTICE).lines())


SECTIONS = [
    "U.S. Bankruptcy Court\nNotice of Electronic Filing",
    "The following transaction was received from A entered on 1/2/2024 at 2:03 PM EST and filed on 1/2/2024",
    "Case Name: Juniper Alder",
    "Case Number: 24-10001",
    f"Docket Text:\n{TEXT}",
    "The following document(s) are associated with this transaction:",
    "Document description: Exhibit A\nOriginal filename: a.pdf",
    f"Electronic entry Stamp:\n{ENTRY}",
    "24-10001 Notice will be electronically mailed to:\nTobias Okafor",
]


def ended(parts=SECTIONS, *, key=KEY, court="flsb") -> str:
    text = "\n\n".join(parts)
    stamp = notice_stamps.sign(court=court, parts={**parts_of(text), "Subject": SUBJECT}, key=key)
    return "\n".join([text, "", notice_stamps.TITLE, *stamp.lines(), ""])


def in_html(text: str) -> str:
    said = escape(text).replace("\n", "<br>\n").replace("Case Name: Juniper", "Case Name:</strong>Juniper")
    return (
        f'<html lang="en"><head><meta charset="utf-8"></head><body><p><strong>{said}</p><table border="0" '
        'cellspacing="0"><tr><td></td></tr></table></body></html>'
    )


NOTICE = ended()
HTML = in_html(NOTICE)


def mail(text=NOTICE, html=HTML, subject=SUBJECT, *, more: str = "") -> bytes:
    message = EmailMessage()
    message["Subject"] = subject
    message.set_content(text)
    if html:
        message.add_alternative(html, subtype="html")
    if more:
        message.add_attachment(more)
    return message.as_bytes()


@pytest.fixture
def verified(tmp_path, capsys):
    """``verified(notice, suffix)``: the command's exit code, and what it says."""
    (keys := tmp_path / "sites.json").write_text(json.dumps([{"id": "flsb", "public_key": public_pem(KEY)}]))

    def work(notice: bytes | str, suffix: str = ".eml") -> tuple[int, str]:
        (path := tmp_path / f"notice{suffix}").write_bytes(notice if isinstance(notice, bytes) else notice.encode())
        return verify.run(argparse.Namespace(notice=path, pdfs=[], keys=keys)), capsys.readouterr().out

    return work


@pytest.mark.parametrize(("notice", "suffix"), [
    (mail(), ".eml"), (mail(html=""), ".eml"), (NOTICE, ".txt"), (HTML, ".html"),
    (NOTICE.replace(" Filed by", "\n  Filed by").replace("was received", "was\nreceived"), ".txt"),
    (re.sub(r"(\[\w+=\w{20}|\[\w{20})", r"\1\n ", NOTICE), ".txt"),
], ids=["mail", "text mail", "text", "html", "lines broken anew", "stamps broken anew"])  # fmt: skip
def test_what_the_court_sent_is_intact(verified, notice, suffix):
    code, said = verified(notice, suffix)
    assert code == verify.INTACT, said
    assert said.startswith("INTACT") and "ALTERED" not in said and "unknown" not in said
    assert "sender, recipients and date of the mail" in said, "and what nobody signed is said"


OLD = "\n".join([*SECTIONS[:7], "Electronic entry Stamp:", *entry_stamp(1).lines()])
CUT = NOTICE[: NOTICE.rindex(notice_stamps.TITLE)]
LAST = NOTICE.rstrip()[-8:-2]
ELSE = ended(SECTIONS[:7] + SECTIONS[7:][::-1])


@pytest.mark.parametrize(("notice", "code", "says"), [
    (CUT, verify.ALTERED, "Stamp of the notice: missing"),
    (CUT.replace(" [Version=2]", ""), verify.ALTERED, "Stamp of the entry: not a stamp of this court"),
    (OLD, verify.INTACT, "Shown, but not vouched for by the court's signature: case name"),
    (OLD.replace("Juniper Alder\n", "Jupiter Alder\n", 1), verify.INTACT, "not vouched for by the court's signature: case"),
    (NOTICE.replace(LAST, "000000"), verify.ALTERED, "Stamp of the notice: not a stamp of this court"),
    (ended( key=OTHER), verify.ALTERED, "Stamp of the notice: not a stamp of this court"),
    (ended( court="nysb"), verify.UNKNOWN, "Stamp of the notice: no key of court nysb is at hand"),
    (NOTICE.replace("Case Name: Juniper Alder\n\n", ""), verify.ALTERED, "Case name: missing"),
    (NOTICE.replace("Case Name:", "Filer: Somebody\nCase Name:"), verify.ALTERED, "Filer: not of the court, and added"),
    ("\n\n".join([*SECTIONS[:2], SECTIONS[3], SECTIONS[2], NOTICE[NOTICE.index("Docket Text:"):]]),
     verify.ALTERED, "do not stand in the order"),
    (NOTICE.replace("Tobias Okafor\n", "Tobias Okafor\nCase Name: Juniper Alder\n"), verify.ALTERED,
     "People told by e-mail: altered: 24-10001 Notice will be electronically mailed to: Tobias Okafor Case Name:"),
    (NOTICE.replace("Exhibit A\nOriginal filename: a.pdf", CLOSED_SINCE), verify.UNKNOWN, "document 1: left out."),
    (NOTICE + NOTICE, verify.ALTERED, "People told by e-mail: altered"),
], ids=lambda value: value if isinstance(value, str) and len(value) < 90 else "")  # fmt: skip
def test_whatever_was_done_to_a_notice_is_said(verified, notice, code, says):
    found, said = verified(notice, ".txt")
    assert (found, says in said) == (code, True), said


@pytest.mark.parametrize(("notice", "says"), [
    (mail(subject=f"{SUBJECT}!"), "Subject of the mail: altered"),
    (mail(html=HTML.replace("to Dismiss", "to Deny")), "Docket text: altered in the HTML: MOTION to Deny"),
    (mail(text=NOTICE.replace("to Dismiss", "to Deny")), "Docket text: altered in the mail's text: MOTION to Deny"),
    (mail(html=in_html(ELSE)), "The mail's text and its HTML are not of one notice"),
    (mail(text=OLD), "The mail's text and its HTML are not of one notice"),
    (mail(more="The hearing is off."), "The mail has parts (1) that the court did not send"),
], ids=lambda value: value if isinstance(value, str) else "")  # fmt: skip
def test_whatever_was_done_to_a_mail_is_said(verified, notice, says):
    code, said = verified(notice)
    assert (code, says in said) == (verify.ALTERED, True), said


@pytest.mark.parametrize(("was", "becomes", "foreign"), [
    ("MOTION", "<span hidden>MOTION</span>", "<span hidden>, </span>"),
    ("<p>", '<p style="display:none">', '<p style="display:none">'),
    ("</head>", "<style>p { display: none }</style></head>", "<head>"),
    ("<body>", "<body><script>write()</script>", "<script>"),
    ("<body>", "<body><!-- not seen -->", "<!-- not seen -->"),
    ("</strong>", '</strong x=">">', '</strong x=">'),
    ("<td></td>", '<td></td><a href="javascript:x">', '<a href="javascript:x">'),
    ("Filed by", "<table>Filed by</table>", "</table>"),
    ("Filed by", "<table><tr><td></tbody>Filed by</table>", "</tbody>"),
    ("</table>", "", "<table> without end"),
    ("<body>", '<body><h1>Filed</h1><section class="ecf-notice" lang="en">', "a page around the notice"),
])  # fmt: skip
def test_markup_that_may_hide_or_move_words_is_named_and_nothing_is_proved(verified, was, becomes, foreign):
    touched = HTML.replace(was, becomes, 1)
    assert touched != HTML
    code, said = verified(touched, ".html")
    assert (code != verify.INTACT, f"it has {foreign}" in said) == (True, True), said


def test_of_a_saved_page_the_frame_is_read_to_its_end_and_no_further():
    framed = '<nav>Menu</nav><div class="ecf-notice" lang="en"><div>A</div>B</div><div>Delivery</div>'
    assert said_by(framed).text.split() == ["A", "B"]
    assert said_by(framed.partition("</div>")[0]).text.split() == ["A"], "nor without an end"


def test_no_fact_of_a_stamp_of_a_stamped_notice_makes_it_an_old_one():
    facts = entry_stamp(OF_STAMPED_NOTICE).facts
    older = Stamped(**{**vars(facts), "version": 1})
    assert stamps.holds(older, stamps.sign(facts, KEY), KEY.public_key()) is False
    assert Stamped(**{name: value for name, value in vars(facts).items() if name != "version"}) == older
