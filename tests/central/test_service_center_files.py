"""Files of tickets: which are taken, what is kept of them, who gets them, and how they leave."""

from __future__ import annotations

import io
import struct
import zlib
from datetime import timedelta

import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from openecf.central.service_center.models import Attachment, Post, Ticket
from openecf.central.service_center.services import attaching, tickets
from openecf.platform.audit.models import AuditLine
from openecf.platform.throttle.models import Counter
from tests.central.relying import account, signed_on
from tests.central.test_service_center_tickets import CONTACT, NOW, ask_as_guest, desk  # noqa: F401  (a fixture)

pytestmark = pytest.mark.django_db
DESK = "/service-center/desk/tickets/"


def picture(kind: str = "PNG", size: tuple[int, int] = (40, 30), **more: object) -> bytes:
    out = io.BytesIO()
    Image.effect_noise(size, 80).convert("RGB").save(out, kind, **more)
    return out.getvalue()


def paper(script: bool = False) -> bytes:
    pdf, out = pikepdf.new(), io.BytesIO()
    pdf.add_blank_page()
    if script:
        pdf.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")
    pdf.save(out)
    return out.getvalue()


def claiming(width: int, height: int) -> bytes:
    """A PNG of a few bytes that claims to be large."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b"")
    )


def sent(name: str, content: bytes, kind: str = "application/octet-stream") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, kind)


def asked(browser: Client) -> str:
    """A ticket of an account; the path of its page."""
    where = browser.post(CONTACT, {"topic": "billing", "text": "Look at this."}).headers["Location"]
    return where.partition("?")[0]


def body(answer) -> bytes:
    return b"".join(answer.streaming_content)


@pytest.mark.parametrize(
    ("name", "content", "kept", "begins"),
    [
        ("screen.png", picture(), "screen.png", b"\x89PNG"),
        ("IMG 1.JPG", picture("JPEG"), "IMG 1.jpg", b"\xff\xd8"),
        ("a.jpeg", picture("JPEG"), "a.jpg", b"\xff\xd8"),
        ("photo.png", picture("JPEG"), "photo.jpg", b"\xff\xd8"),
        ("Letter.PDF", paper(), "Letter.pdf", b"%PDF-"),
        ("../../etc/a<b>\"'.pdf", paper(), "a_b_.pdf", b"%PDF-"),
        ("C:\\Users\\x\\é ñ.pdf", paper(), "é ñ.pdf", b"%PDF-"),
        (".pdf", paper(), None, b""),
        ("x" * 240 + ".pdf", paper(), "x" * 100 + ".pdf", b"%PDF-"),
    ],
)
def test_a_file_that_is_taken_comes_back_as_a_download_under_a_plain_name(name, content, kept, begins):
    browser = signed_on(account())
    page = asked(browser)
    answer = browser.post(page, {"text": "Here.", "files": [sent(name, content)]})
    if kept is None:
        assert answer.status_code == 200 and not Attachment.objects.exists()
        return
    assert answer.status_code == 302, answer.content.decode()[-3000:]
    row = Attachment.objects.get()
    assert row.name == kept
    assert "There is a problem" not in browser.get(page).content.decode()
    assert f'href="{page}/files/{row.id}"' in browser.get(page).content.decode()
    got = browser.get(f"{page}/files/{row.id}")
    assert got.headers["Content-Disposition"].startswith("attachment; filename")
    assert got.headers["X-Content-Type-Options"] == "nosniff"
    assert got.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert "no-store" in got.headers["Cache-Control"]
    assert body(got).startswith(begins)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("page.html", b"<script>alert(1)</script>", "Only PDF, PNG and JPEG"),
        ("run.exe", b"MZ", "Only PDF, PNG and JPEG"),
        ("picture.svg", b"<svg onload='alert(1)'/>", "Only PDF, PNG and JPEG"),
        ("noend", picture(), "Only PDF, PNG and JPEG"),
        ("a.pdf.html", paper(), "Only PDF, PNG and JPEG"),
        ("page.png", b"<script>alert(1)</script>", "no PNG or JPEG picture"),
        ("anim.png", picture("GIF"), "no PNG or JPEG picture"),
        ("cut.jpg", picture("JPEG", (900, 900))[:4000], "cannot be opened"),
        ("cut.png", picture("PNG", (300, 300))[:4000], "cannot be opened"),
        ("bomb.png", claiming(60_000, 60_000), "too many pixels"),
        ("empty.png", b"", "no PNG or JPEG picture"),
        ("big.png", b"\x89PNG" + b"\0" * 5_000_001, "larger than 5 MB"),
        ("big.pdf", b"%PDF-1.7\n" + b"\0" * 5_000_001, "larger than 5 MB"),
        ("empty.pdf", b"", "empty"),
        ("not.pdf", picture(), "not a PDF"),
        ("script.pdf", paper(script=True), "JavaScript"),
        ("both.pdf", picture() + paper(), "not a PDF"),
    ],
)
def test_what_is_not_taken_says_why_and_nothing_is_written(name, content, said):
    browser = signed_on(account())
    page = asked(browser)
    answer = browser.post(page, {"text": "Here.", "files": [sent("good.png", picture()), sent(name, content)]})
    assert answer.status_code == 200 and said in answer.content.decode()
    assert Post.objects.count() == 1 and not Attachment.objects.exists()


def test_nothing_of_a_picture_is_kept_but_what_can_be_seen():
    exif = Image.Exif()
    exif[0x010E] = "taken at home <script>"
    exif[0x0112] = 6  # the camera was held upright
    content = picture("JPEG", (40, 30), exif=exif, comment=b"secret words") + b"PK\x03\x04 hidden archive"
    browser = signed_on(account())
    page = asked(browser)
    browser.post(page, {"files": [sent("a.jpg", content)], "text": ""})
    got = body(browser.get(f"{page}/files/{Attachment.objects.get().id}"))
    for gone in (b"taken at home", b"secret words", b"hidden archive", b"Exif"):
        assert gone in content and gone not in got, gone
    assert Image.open(io.BytesIO(got)).size == (30, 40), "turned as it was meant to be seen"


def test_only_the_owner_and_the_desk_get_a_file_and_the_desks_look_is_in_the_record(desk):  # noqa: F811
    browser = signed_on(account())
    page = asked(browser)
    browser.post(page, {"text": "Here.", "files": [sent("a.png", picture())]})
    ticket, row = Ticket.objects.get(), Attachment.objects.get()
    stranger = signed_on(account("stranger"))
    other = asked(stranger)
    for wrong in (f"{page}/files/{row.id}", f"{other}/files/{row.id}", f"{DESK}{ticket.id}/files/{row.id}"):
        assert stranger.get(wrong).status_code == 404, wrong
    assert Client().get(f"{page}/files/{row.id}").status_code == 302
    for wrong in (f"{page}/files/{row.id + 1}", f"{page}/files/0", f"{page}/files/{10**30}", f"{other}/files/{row.id}"):
        assert browser.get(wrong).status_code == 404, wrong
    assert desk.get(f"{DESK}{ticket.id}/files/{row.id}").status_code == 200
    assert f'href="{DESK}{ticket.id}/files/{row.id}"' in desk.get(f"{DESK}{ticket.id}").content.decode()
    assert AuditLine.objects.filter(act="service.ticket-file-opened").count() == 1


def test_a_guest_attaches_when_the_mailbox_is_proved_and_gets_it_by_the_mailed_link_alone(desk):  # noqa: F811
    path, guest = ask_as_guest(), Client()
    assert guest.post(path, {"text": "", "files": [sent("a.png", picture())]}).status_code == 302
    row = Attachment.objects.get()
    assert body(guest.get(f"{path}/files/{row.id}")).startswith(b"\x89PNG")
    forged = path[:-1] + ("a" if path[-1] != "a" else "b")
    assert guest.get(f"{forged}/files/{row.id}").status_code == 404
    assert guest.post(path, {"text": "x", "files": [sent("b.pdf", b"%PDF-" + b"\0" * 3_100_000)]}).status_code == 413


def test_the_desk_attaches_to_answers_and_a_notes_file_is_the_staffs_own(desk):  # noqa: F811
    browser = signed_on(account())
    page = asked(browser)
    ticket = Ticket.objects.get()
    desk.post(f"{DESK}{ticket.id}", {"text": "See this.", "to": "answer", "files": [sent("a.pdf", paper())]})
    desk.post(f"{DESK}{ticket.id}", {"text": "Odd.", "to": "note", "files": [sent("note.png", picture())]})
    answer, note = Attachment.objects.order_by("id")
    assert browser.get(f"{page}/files/{answer.id}").status_code == 200
    assert browser.get(f"{page}/files/{note.id}").status_code == 404
    assert "note.png" not in browser.get(page).content.decode()
    assert desk.get(f"{DESK}{ticket.id}/files/{note.id}").status_code == 200


def test_so_many_files_at_once_to_a_ticket_and_in_an_hour_and_no_more():
    browser = signed_on(account())
    page = asked(browser)
    four = [sent(f"{n}.png", picture()) for n in range(4)]
    assert "at most three files at once" in browser.post(page, {"text": "x", "files": four}).content.decode()
    ticket = Ticket.objects.get()
    post = Post.objects.get()
    Attachment.objects.bulk_create(
        [Attachment(post=post, name="x.png", kind="png", sha256="0" * 64, bytes=1) for _ in range(attaching.PER_TICKET)]
    )
    assert (
        "twelve to a ticket" in browser.post(page, {"text": "x", "files": [sent("a.png", picture())]}).content.decode()
    )
    Attachment.objects.all().delete()
    Counter.objects.all().delete()
    for _ in range(attaching._PER_HOUR):
        attaching.keep([sent("a.pdf", paper())], whose=str(ticket.account_id), at=NOW())
    assert "in an hour" in browser.post(page, {"text": "x", "files": [sent("a.png", picture())]}).content.decode()
    tickets.add(ticket=ticket, text="x", by="owner", at=NOW() + timedelta(hours=2), files=[sent("a.pdf", paper())])


def test_a_closed_ticket_takes_none():
    browser = signed_on(account())
    page = asked(browser)
    browser.post(page, {"close": "1"})
    assert "is closed" in browser.post(page, {"text": "x", "files": [sent("a.png", picture())]}).content.decode()
    assert not Attachment.objects.exists()


def test_a_file_is_looked_for_so_often_a_minute():
    browser = signed_on(account())
    page = asked(browser)
    assert [browser.get(f"{page}/files/1").status_code for _ in range(31)] == [404] * 30 + [429]
