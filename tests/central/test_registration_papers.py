"""Papers that are uploaded with a registration at the central site, and travel to the court."""

from __future__ import annotations

import hashlib
import io

import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from openecf.central.registration.models import EfileRequest
from openecf.central.registration.services import asking
from openecf.platform.bus.models import OutboxMessage
from openecf.platform.store import services as store
from tests.central.test_registration import ROLE, STEPS, begins, browser_of, filled, hear, sent, stands, text

__all__ = ["begins", "stands"]
pytestmark = pytest.mark.django_db
ADMISSION = ROLE | {"role": "admission"}


def pdf(pages: int = 1) -> bytes:
    out, made = io.BytesIO(), pikepdf.new()
    for _n in range(pages):
        made.add_blank_page()
    made.save(out)
    return out.getvalue()


def upload(content: bytes, name: str = "certificate.pdf") -> dict:
    return {"good-standing": SimpleUploadedFile(name, content, "application/pdf")}


@pytest.mark.parametrize(
    ("content", "name", "says"),
    [
        (b"", "certificate.pdf", "The file is empty"),
        (b"not a pdf at all", "certificate.pdf", "The file is not a PDF"),
        (pdf(), "certificate.docx", "The file is not a PDF"),
        (b"%PDF-1.4 broken", "certificate.pdf", "not well formed"),
        (pdf() + b"x" * 5_000_001, "certificate.pdf", "larger than this court accepts"),
    ],
)
def test_a_paper_that_no_court_takes_is_refused_at_once(content, name, says):
    browser = browser_of()
    request = filled(browser, role=ADMISSION, papers=upload(pdf()))
    answer = browser.post(f"/pscof/manage/efile/{request.id}/papers", upload(content, name))
    assert answer.status_code == 200 and says in text(answer)
    assert request.papers.get().bytes == len(pdf())


def test_an_account_does_not_fill_the_store_with_papers(monkeypatch):
    """Each upload is kept, also the one that another replaces at once; and an account costs nothing."""
    monkeypatch.setattr(asking, "PAPERS_PER_HOUR", 3)
    browser = browser_of()
    request = filled(browser, role=ADMISSION, papers=upload(pdf()))
    for n in (2, 3):
        assert browser.post(f"/pscof/manage/efile/{request.id}/papers", upload(pdf(n))).status_code == 302
    answer = browser.post(f"/pscof/manage/efile/{request.id}/papers", upload(pdf(4)))
    assert "many documents within an hour" in text(answer)
    assert request.papers.get().pages == 3


def test_a_paper_whose_bytes_are_dropped_with_an_old_tickets_at_that_moment_is_asked_for_once_more(monkeypatch):
    browser = browser_of()
    request = filled(browser, role=ADMISSION, papers=upload(pdf()))
    put = store.put

    def put_and_lost(*given: object, **named: object) -> store.Stored:
        stored = put(*given, **named)
        store.drop(stored.sha256, sealed=True)
        return stored

    monkeypatch.setattr(store, "put", put_and_lost)
    answer = browser.post(f"/pscof/manage/efile/{request.id}/papers", upload(pdf(2)))
    assert "lost on its way" in text(answer) and request.papers.get().pages == 1


def test_a_paper_travels_in_pieces_and_only_once(monkeypatch):
    monkeypatch.setattr("openecf.central.registration.services.asking.PIECE", 300)
    content = pdf(7)
    browser = browser_of()
    request = sent(browser, role=ADMISSION, papers=upload(content))
    pieces = [row.body for row in OutboxMessage.objects.filter(type="registration.paper")]
    assert {piece["parts"] for piece in pieces} == {len(pieces)} and len(pieces) == -(-len(content) // 300)
    assert {piece["sha256"] for piece in pieces} == {hashlib.sha256(content).hexdigest()}
    hear(request, "more", 2)
    browser.post(f"/pscof/manage/efile/{request.id}/summary")
    assert OutboxMessage.objects.filter(type="registration.paper").count() == len(pieces)
    said = OutboxMessage.objects.filter(type="registration.requested").latest("body__version").body
    assert (said["version"], said["application"]["papers"][0]["filename"]) == (2, "certificate.pdf")


def test_a_required_paper_is_missing_until_it_is_uploaded():
    browser = browser_of()
    begun = browser.post("/pscof/manage/efile/attorney/flsb").url
    request = EfileRequest.objects.get()
    for step in ("role", "filer", "bars", "notices"):
        browser.post(begun.replace("/role", f"/{step}"), (STEPS | {"role": ADMISSION})[step])
    answer = browser.post(f"/pscof/manage/efile/{request.id}/papers", {})
    assert "Choose the PDF." in text(answer)
    assert browser.post(f"/pscof/manage/efile/{request.id}/summary").url.endswith("/papers")
