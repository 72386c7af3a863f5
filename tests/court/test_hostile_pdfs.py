"""PDFs made to break a court: bombs, loops, files that are two things at once; and what the filer is told.

What each kind of forbidden content is called is tested in ``test_documents_check``.
"""

from __future__ import annotations

import base64
import io
import os
import resource
import signal
import struct
import subprocess
import tempfile
import time
import zipfile
import zlib
from pathlib import Path

import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from pikepdf import Array, Dictionary, Name, String

from openecf.court.docket.models import Entry
from openecf.court.documents import bundles, services, stamping
from openecf.court.documents.models import Document
from openecf.court.events import queries as events
from openecf.court.filing import drafts
from openecf.court.transition.models import CourtProfile
from openecf.platform.pdf import checking, printing
from openecf.platform.pdf.apart import Apart, _Worker
from openecf.platform.pdf.examining import BadPdf
from openecf.platform.pdf.rules import REASONS
from openecf.platform.store import services as store
from openecf.platform.store.backends import Folder
from tests.court import callers, pdfs
from tests.court import world as invented
from tests.court.world import AT


def archive() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr("payload.exe", b"MZ")
    return out.getvalue()


def archive_in_a_stream() -> bytes:
    """A PDF whose every reader sees a page, and whose every unpacker sees an archive."""
    built = bytearray(
        pdfs.built(lambda pdf: pdf.Root.__setitem__("/Z", pdf.make_stream(archive())), compress_streams=False)
    )
    end = built.rfind(b"PK\x05\x06")
    built[end + 20 : end + 22] = (len(built) - end - 22).to_bytes(2, "little")
    assert zipfile.is_zipfile(io.BytesIO(built))
    return bytes(built)


def blown_up(megabytes: int) -> bytes:
    packing = zlib.compressobj(9)
    return b"".join(packing.compress(b" " * 1_000_000) for _ in range(megabytes)) + packing.flush()


PAGES = (
    b"%PDF-1.5\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n"
    b"2 0 obj\n<< /Type /Pages /Kids [3 0 R] /Count 1 >>\nendobj\n"
    b"3 0 obj\n<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Resources 4 0 R >>\nendobj\n"
)


def _with_table(body: bytes, table: bytes, extra: bytes) -> bytes:
    head = b"6 0 obj\n<< /Type /XRef /Size 7 /W [1 4 1] /Root 1 0 R %s /Length %d >>\nstream\n" % (extra, len(table))
    return body + head + table + b"\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % len(body)


def bomb_of_objects(megabytes: int = 100) -> bytes:
    """An object stream that says what the page's resources are, after a hundred megabytes of nothing."""
    packed = blown_up(megabytes)
    body = PAGES + (
        b"5 0 obj\n<< /Type /ObjStm /N 1 /First 4 /Filter /FlateDecode /Length %d >>\nstream\n" % len(packed)
        + packed
        + b"\nendstream\nendobj\n"
    )
    places = [(0, 0, 0), (1, 9, 0), (1, PAGES.find(b"2 0 obj"), 0), (1, PAGES.find(b"3 0 obj"), 0), (2, 5, 0),
              (1, len(PAGES), 0), (1, len(body), 0)]  # fmt: skip
    return _with_table(body, b"".join(struct.pack(">BIB", *place) for place in places), b"")


def laughs(depth: int = 8) -> bytes:
    """A tree of pages that names the same ten branches at every level: ten to the power of ``depth`` pages."""
    parts, places = [b"%PDF-1.4\n"], []

    def add(number: int, body: bytes) -> None:
        places.append(sum(map(len, parts)))
        parts.append(b"%d 0 obj\n%s\nendobj\n" % (number, body))

    add(1, b"<< /Type /Catalog /Pages 2 0 R >>")
    for level in range(depth):
        add(2 + level, b"<< /Type /Pages /Count 1 /Kids [" + b"%d 0 R " % (3 + level) * 10 + b"] >>")
    add(2 + depth, b"<< /Type /Page /MediaBox [0 0 9 9] /Parent 2 0 R >>")
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size, start = len(places) + 1, sum(map(len, parts))
    return b"".join(parts) + b"xref\n0 %d\n0000000000 65535 f \n%strailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (
        size, table, size, start,
    )  # fmt: skip


def many_pages(number: int) -> bytes:
    def change(pdf: pikepdf.Pdf) -> None:
        page = pdf.make_indirect(Dictionary(Type=Name.Page, MediaBox=Array([0, 0, 9, 9]), Parent=pdf.Root.Pages))
        pdf.Root.Pages.Kids = Array([page] * number)
        pdf.Root.Pages.Count = number

    return pdfs.built(change, pages=0)


def looping_table() -> bytes:
    plain = pdfs.plain()
    own = plain.rfind(b"xref\n", 0, plain.rfind(b"startxref"))
    return plain.replace(b"trailer <<", b"trailer << /Prev %d " % own)


def _set(**entries: object):
    return lambda pdf: [pdf.pages[0].obj.__setitem__(f"/{key}", value) for key, value in entries.items()]


HOSTILE = {
    "an archive behind the end": (pdfs.plain() + archive(), "embedded"),
    "an archive inside": (archive_in_a_stream(), "embedded"),
    "a web page behind the end": (pdfs.plain() + b"<html><script>x()</script>", "embedded"),
    "a web page before the beginning": (b"<html>" + pdfs.plain(), "not-pdf"),
    "an archive before the beginning": (archive() + pdfs.plain(), "not-pdf"),
    "objects that unpack without end": (bomb_of_objects(), "too-complex"),
    "a table that unpacks without end": (
        _with_table(PAGES, blown_up(50), b"/Filter /FlateDecode"), "malformed"),
    "a table that refers to itself": (looping_table(), "malformed"),
    "a hundred million pages in a few bytes": (laughs(), "malformed"),
    "a page tree that holds itself": (pdfs.built(lambda pdf: pdf.Root.Pages.Kids.append(pdf.Root.Pages)), "malformed"),
    "a hundred thousand pages": (many_pages(100_000), "too-many-pages"),
    "an action when a page opens": (
        pdfs.built(_set(AA=Dictionary(O=Dictionary(S=Name.Launch, F=String("x"))))), "action"),
    "JavaScript in an outline": (
        pdfs.built(lambda pdf: pdf.Root.__setitem__("/Outlines", Dictionary(A=Dictionary(S=Name.JavaScript)))), "script"),
    "nothing but spaces": (b" " * 3000, "not-pdf"),
}  # fmt: skip


def check(content: bytes, **rules):
    return services.check_pdf(file=io.BytesIO(content), filename="motion.pdf", profile=CourtProfile(**rules))


def stored() -> set[str]:
    folder = Path(services.store._backend().root)
    return {path.name for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_made_to_break_us_is_refused_and_leaves_nothing_behind(name):
    content, code = HOSTILE[name]
    before = stored()
    with pytest.raises(BadPdf) as refused:
        check(content)
    assert (refused.value.code, refused.value.said) == (code, str(REASONS[code]))
    assert stored() == before


@pytest.mark.parametrize(("name", "content"), [
    ("a page tree that lies about its number", pdfs.built(lambda pdf: pdf.Root.Pages.__setitem__("/Count", 7))),
    ("a parent that is oneself", pdfs.built(lambda pdf: pdf.pages[0].obj.__setitem__("/Parent", pdf.pages[0].obj))),
    ("a turn that is no number", pdfs.built(_set(Rotate=Name.Sideways))),
    ("a box without corners", pdfs.built(_set(CropBox=Array([0, 0, 1])))),
    ("a box without end", pdfs.built(_set(MediaBox=Array([0, 0, 10**15, 10**15])))),
    ("resources that are text", pdfs.built(_set(Resources=String("x")))),
])  # fmt: skip
def test_nonsense_that_a_reader_can_show_is_taken_counted_and_handed_out(name, content):
    checked = check(content)
    assert checked.pages == 1, name
    out = stamping.stamped(io.BytesIO(content), sha256=checked.sha256, header="Case 1", suffix="", keep=False)
    assert out.read(5) == b"%PDF-", "stamped, or as it was filed"


def test_the_inspector_is_a_process_with_limits_of_its_own():
    checking.findings(__file__)
    inspector = checking.inspectors.idle.get_nowait()
    limits = Path(f"/proc/{inspector.process.pid}/limits").read_text()
    environment = Path(f"/proc/{inspector.process.pid}/environ").read_bytes()
    checking.inspectors.idle.put(inspector)
    assert inspector.process.pid != os.getpid()
    assert "1500000000" in next(line for line in limits.splitlines() if line.startswith("Max address space"))
    assert b"OPENECF" not in environment, "it does not know where the site's secrets are"


def test_a_file_that_no_inspector_has_time_for_is_refused_kindly(monkeypatch):
    monkeypatch.setattr(checking.inspectors, "wait", 0.05)
    for _turn in range(checking.AT_ONCE):
        checking.inspectors.turns.put_nowait(None)
    try:
        with pytest.raises(BadPdf) as refused:
            check(pdfs.plain())
    finally:
        for _turn in range(checking.AT_ONCE):
            checking.inspectors.turns.get_nowait()
    assert refused.value.code == "busy"
    assert "Try again in a minute" in refused.value.said


def gigabyte_in_a_megabyte() -> bytes:
    """A page whose content is packed twice, so that a library that packs it better unpacks a gigabyte of it first."""
    packed = base64.a85encode(blown_up(1000)) + b"~>"

    def fill(pdf):
        content = pdf.make_stream(packed)
        content.Filter = Array([Name.ASCII85Decode, Name.FlateDecode])
        pdf.pages[0].obj.Contents = content

    return pdfs.built(fill, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.none)


def copied(content: bytes, *, keep: bool = False) -> bytes:
    with stamping.stamped(io.BytesIO(content), sha256=SHA, header="Case 1", suffix=" of {pages}", keep=keep) as copy:
        return copy.read()


SHA = "0" * 64


@pytest.fixture
def nothing_kept():
    stamping.forget(SHA)
    yield
    stamping.forget(SHA)


def test_the_press_is_a_process_with_limits_of_its_own():
    assert copied(pdfs.plain()) != pdfs.plain()
    press = printing.presses.idle.get_nowait()
    limits = Path(f"/proc/{press.process.pid}/limits").read_text().splitlines()
    environment = Path(f"/proc/{press.process.pid}/environ").read_bytes()
    printing.presses.idle.put(press)
    assert press.process.pid != os.getpid()
    assert "2000000000" in next(line for line in limits if line.startswith("Max address space"))
    assert "1000000000" in next(line for line in limits if line.startswith("Max file size"))
    assert b"OPENECF" not in environment, "it does not know where the site's secrets are"


def test_files_are_looked_at_however_many_others_the_site_has_open(monkeypatch):
    """A busy site has thousands of connections, and a process started then has a high number for its line."""
    crowd, begun = 1100, Apart("openecf.platform.pdf.inspector", seconds=60, at_once=1, wait=60)
    monkeypatch.setattr(checking, "inspectors", begun)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < 2 * crowd:
        pytest.skip("this machine lets no process open so many files")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, 2 * crowd), hard))
    opened = [os.open(os.devnull, os.O_RDONLY) for _ in range(crowd)]
    try:
        assert check(pdfs.plain()).pages == 1
    finally:
        for one in opened:
            os.close(one)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        begun.idle.get_nowait().end()


def test_stamping_and_joining_unpack_nothing():
    content = gigabyte_in_a_megabyte()
    assert check(content).pages == 1
    one = copied(content)
    with bundles.joined([io.BytesIO(one), io.BytesIO(content)]) as both:
        assert abs(len(both.read()) - 2 * len(content)) < 10_000, "as it was filed, and a line"


def test_a_copy_that_takes_too_long_is_handed_out_as_it_was_filed_and_tried_again_tomorrow(monkeypatch, nothing_kept):
    content, asked = pdfs.plain(3), []
    monkeypatch.setattr(printing.presses, "seconds", 0)
    assert copied(content, keep=True) == content
    monkeypatch.setattr(printing.presses, "seconds", 20)
    monkeypatch.setattr(printing, "_print", lambda request, do=printing._print: asked.append(request) or do(request))
    assert copied(content, keep=True) == content and not asked, "nobody waits for it again"
    (mark,) = stamping._cache().glob(f"{stamping._family(SHA)}*")
    os.utime(mark, (yesterday := time.time() - 24 * 3600 - 1, yesterday))
    assert copied(content, keep=True) != content and len(asked) == 1


@pytest.mark.parametrize(("signum", "marked"), [("SIGTERM", False), ("SIGKILL", True)])
def test_a_press_that_ends_at_a_restart_says_nothing_of_the_document(monkeypatch, nothing_kept, signum, marked):
    """Both presses that have it end while they work; one that dies of a file, dies in another way."""
    content = pdfs.plain(3)

    def ask(worker, request, *, seconds, do=_Worker.ask):
        worker.process.send_signal(getattr(signal, signum))
        worker.process.wait(60)
        return do(worker, request, seconds=seconds)

    with monkeypatch.context() as at_once:
        at_once.setattr(_Worker, "ask", ask)
        assert copied(content, keep=True) == content, "handed out as it was filed"
        with pytest.raises(BadPdf) as refused:
            check(content)
    assert refused.value.code == ("too-complex" if marked else "busy")
    assert bool(list(stamping._cache().glob(f"{stamping._family(SHA)}*"))) is marked
    assert (copied(content, keep=True) == content) is marked


def test_presses_that_were_ended_while_they_waited_cost_nobody_a_copy(nothing_kept):
    waiting = [_Worker(printing.presses.module) for _n in range(printing.AT_ONCE)]
    for one in waiting:
        one.process.kill()
        one.process.wait(60)
        printing.presses.idle.put(one)
    assert copied(pdfs.plain(3), keep=True) != pdfs.plain(3)


def test_what_is_sealed_lies_in_no_folder_while_it_is_inspected_stamped_or_joined(monkeypatch, tmp_path, nothing_kept):
    """A process that is killed at any moment leaves nothing behind: neither the original nor the copy has a name."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    content, asked = pdfs.plain(3), []

    def ask(self, request, do=Apart.ask):
        answer = do(self, request)
        asked.append([list(tmp_path.iterdir()), list(stamping._cache().glob("*.new"))])
        return answer

    monkeypatch.setattr(Apart, "ask", ask)
    kept = store.put(store.pieces(io.BytesIO(content)), sealed=True)
    assert check(content).pages == 3
    with stamping.stamped(
        store.open(kept.sha256, sealed=True), sha256=SHA, header="Case 1", suffix="", keep=False
    ) as copy, bundles.joined([copy, store.open(kept.sha256, sealed=True)]) as whole, pikepdf.open(whole) as pdf:  # fmt: skip
        assert len(pdf.pages) == 6
    assert asked == [[[], []]] * 3


def test_what_cannot_be_joined_is_refused_and_the_process_works_on():
    with pytest.raises(bundles.CannotJoin) as refused:
        bundles.joined([io.BytesIO(pdfs.plain()), io.BytesIO(b"%PDF-1.7 and nothing")])
    assert "Nothing was charged" in str(refused.value.said)
    with bundles.joined([io.BytesIO(pdfs.plain(2)), io.BytesIO(pdfs.plain(3))]) as whole, pikepdf.open(whole) as pdf:
        assert len(pdf.pages) == 5


def test_a_copy_that_no_press_has_time_for_is_refused_kindly(monkeypatch):
    monkeypatch.setattr(printing.presses, "wait", 0.05)
    for _turn in range(printing.AT_ONCE):
        printing.presses.turns.put_nowait(None)
    try:
        with pytest.raises(printing.PressesBusy) as refused:
            copied(pdfs.plain())
    finally:
        for _turn in range(printing.AT_ONCE):
            printing.presses.turns.get_nowait()
    assert "Nothing was charged" in str(refused.value.said)


# On the pages


@pytest.fixture
def here():
    world = invented.make()
    event = next(
        event.code for event in events.dictionary().events.values()
        if event.document == "required" and event.may_be_filed_by("clerk") and not event.chapters
    )  # fmt: skip
    draft = drafts.start(reader=world.reader(world.clerk), event_code=event, case_id=world.case.pk, at=AT)
    return world, draft, callers.client(callers.person(account=world.clerk.account))


@pytest.mark.django_db
@pytest.mark.parametrize("name", [*HOSTILE, *pdfs.HOSTILE])
def test_the_filer_reads_why_and_nothing_is_kept(here, name):
    _world, draft, browser = here
    content, code = (HOSTILE | pdfs.HOSTILE)[name]
    upload = SimpleUploadedFile("motion.pdf", content, "application/pdf")
    response = browser.post(f"/filing/{draft.id}/documents", {"main": upload, "version": draft.version, "go": "on"})
    assert response.status_code == 422
    assert str(REASONS[code]).replace("'", "&#x27;") in response.content.decode()
    assert not draft.documents.exists()
    assert not Entry.objects.exists()
    assert not Document.objects.exists()


@pytest.mark.django_db
def test_one_bad_attachment_takes_no_good_one_with_it(here):
    _world, draft, browser = here
    response = browser.post(f"/filing/{draft.id}/documents", {
        "main": SimpleUploadedFile("main.pdf", pdfs.plain()), "version": draft.version, "go": "on",
        "attachment_1": SimpleUploadedFile("bad.pdf", b"PK"), "attachment_1_category": "Exhibit",
        "attachment_2": SimpleUploadedFile("good.pdf", pdfs.plain()), "attachment_2_category": "Exhibit",
    })  # fmt: skip
    assert response.status_code == 422
    assert [row.filename for row in draft.documents.order_by("part")] == ["main.pdf", "good.pdf"]


# A disk of one megabyte


@pytest.fixture
def small_disk(tmp_path, monkeypatch):
    """A real file system of 1 MB as the document store; skipped where one may not be mounted."""
    place = tmp_path / "store"
    place.mkdir()
    mount = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", place], capture_output=True, check=False)
    if mount.returncode:
        pytest.skip("file systems may not be mounted here")
    monkeypatch.setattr(store, "_backend", lambda: Folder(place))
    yield place
    subprocess.run(["umount", place], check=True)


def heavy(kilobytes: int) -> bytes:
    return pdfs.built(
        lambda pdf: pdf.Root.__setitem__("/Ballast", pdf.make_stream(os.urandom(kilobytes * 1000))),
        compress_streams=False,
    )


@pytest.mark.django_db
def test_a_full_disk_is_said_kindly_and_the_draft_is_kept(here, small_disk):
    _world, draft, browser = here
    first = {"main": SimpleUploadedFile("small.pdf", heavy(400)), "version": draft.version, "go": "off"}
    assert browser.post(f"/filing/{draft.id}/documents", first).status_code == 302
    second = {"attachment_1": SimpleUploadedFile("large.pdf", heavy(900)), "attachment_1_category": "Exhibit"}
    response = browser.post(f"/filing/{draft.id}/documents", second | {"version": draft.version, "go": "on"})
    assert response.status_code == 422
    assert (
        "document store did not work (it may be full). Nothing was filed and your draft is kept"
        in response.content.decode()
    )
    assert [row.filename for row in draft.documents.all()] == ["small.pdf"]
    assert not list((small_disk / "incoming").iterdir()), "no half file stays behind"
    assert not Entry.objects.exists()


@pytest.mark.django_db
def test_a_disk_that_fills_before_the_submission_stops_no_filing_whose_bytes_are_held(here, small_disk):
    from openecf.court.filing import services as filing

    world, draft, browser = here
    browser.post(f"/filing/{draft.id}/documents", {
        "main": SimpleUploadedFile("a.pdf", heavy(500)), "version": draft.version, "go": "on"})  # fmt: skip
    (small_disk / "ballast").write_bytes(b"x" * 400_000)
    draft.refresh_from_db()
    answers = {step: {"done": True} for step in ("documents", "related", "details", "text", "association")}
    parties = [party.pk for party in world.case.parties.all()[:1]]
    type(draft).objects.filter(pk=draft.pk).update(
        answers=answers | {"parties": {"filers": parties, "against": parties}}
    )
    entry = filing.submit(draft_id=draft.id, reader=world.reader(world.clerk), at=AT)
    assert entry.documents.count() == 1
