"""Files of tickets: which are taken, what is kept of them, who gets them, and how they leave."""

from __future__ import annotations

import io
import struct
import zlib
from datetime import timedelta

import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from PIL import Image

from openecf.central.registration.models import EfileRequest, RequestPaper
from openecf.central.service_center.models import Attachment, Post, Ticket
from openecf.central.service_center.services import attaching, removing, tickets
from openecf.platform.audit.models import AuditLine
from openecf.platform.config import this_site
from openecf.platform.store import services as store
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


# Files are not kept for ever.


def stored(sha256: str) -> bool:
    return store.has(sha256, sealed=True)


def closed_with(files: dict[str, bytes], number: int, *, days_ago: int) -> Ticket:
    """A ticket with these files that was closed so many days ago."""
    who = account(f"asker-{number}", email=f"asker{number}@counsel.example")
    at = NOW() - timedelta(days=days_ago)
    ticket = tickets.ask(account=who, name="", email="", topic="billing", court="", address=f"192.0.2.{number}", at=at,
                         text="Look.")  # fmt: skip
    tickets.add(ticket=ticket, text="Here.", by=str(who.id), at=at, files=[sent(*file) for file in files.items()])
    tickets.close(ticket=ticket, by=str(who.id), at=at)
    return Ticket.objects.get(id=ticket.id)


def test_files_are_removed_when_their_ticket_was_closed_long_enough_and_its_page_says_so(desk):  # noqa: F811
    days = this_site().config.service_center.files_kept_days
    one, other = picture(), picture()
    old = closed_with({"a.png": one, "b.png": other}, 1, days_ago=days + 1)
    young = closed_with({"same.png": one}, 2, days_ago=days - 1)
    same, alone = Attachment.objects.filter(post__ticket=old)
    before = desk.get(f"{DESK}{young.id}").content.decode()
    assert "files of this ticket are removed on" in before
    assert removing.remove_due(at=NOW()) == 2 and removing.remove_due(at=NOW()) == 0
    assert (stored(same.sha256), stored(alone.sha256)) == (True, False), "a younger ticket has the same bytes"
    assert AuditLine.objects.get(act="service.ticket-files-removed").subject == f"ticket:{old.number}"
    page = desk.get(f"{DESK}{old.id}").content.decode()
    assert "a.png" in page and "removed on" in page and f"files/{alone.id}" not in page
    for row in (same, alone):
        assert desk.get(f"{DESK}{old.id}/files/{row.id}").status_code == 404
    assert body(desk.get(f"{DESK}{young.id}/files/{young.posts.last().attachments.get().id}")).startswith(b"\x89PNG")
    Ticket.objects.filter(id=young.id).update(closed_at=NOW() - timedelta(days=days + 1))
    assert removing.remove_due(at=NOW()) == 1 and not stored(same.sha256)
    assert not Attachment.objects.filter(is_gone=False).exists() and Attachment.objects.count() == 3


def test_a_paper_that_went_to_a_court_keeps_its_bytes(monkeypatch):
    old = closed_with({"a.png": picture()}, 1, days_ago=400)
    row = Attachment.objects.get(post__ticket=old)
    request = EfileRequest.objects.create(
        account=old.account, court="flsb", kind="attorney", begun_at=NOW(), changed_at=NOW()
    )
    RequestPaper.objects.create(request=request, name="x", filename="x.pdf", sha256=row.sha256, bytes=1, pages=1)
    assert removing.remove_due(at=NOW()) == 1 and stored(row.sha256)


def test_what_is_open_keeps_its_files_and_a_killed_job_goes_on(monkeypatch):
    days = this_site().config.service_center.files_kept_days
    old = closed_with({"a.png": picture()}, 1, days_ago=days + 1)
    answered = closed_with({"b.png": picture()}, 2, days_ago=days + 1)
    Ticket.objects.filter(id=answered.id).update(state="answered", closed_at=None)
    row = Attachment.objects.get(post__ticket=old)

    def killed(*_args: object, **_more: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(store, "drop", killed)
        with pytest.raises(KeyboardInterrupt):
            removing.remove_due(at=NOW())
    row.refresh_from_db()
    assert row.removed_at and not row.is_gone and stored(row.sha256)
    assert removing.remove_due(at=NOW()) == 0 and not stored(row.sha256)
    assert stored(Attachment.objects.get(post__ticket=answered).sha256)


def test_bytes_that_were_dropped_between_looking_and_writing_are_asked_for_again():
    kept = attaching.keep([sent("a.png", picture())], whose="x", at=NOW())
    old = closed_with({}, 1, days_ago=0)
    store.drop(kept[0].sha256, sealed=True)
    with pytest.raises(attaching.NotTaken, match="once more"), transaction.atomic():
        attaching.attach(old.posts.first(), kept)
