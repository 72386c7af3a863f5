"""Which PDFs the court takes, and with what words it refuses the others."""

from __future__ import annotations

import io
import time

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from openecf.court.documents import services
from openecf.court.transition.models import CourtProfile
from openecf.platform.pdf import checking
from openecf.platform.pdf.addresses import opens_only_the_web
from openecf.platform.pdf.examining import BadPdf
from openecf.platform.pdf.rules import REASONS
from openecf.platform.store import services as store
from tests.court import callers, pdfs


def check(content: bytes, filename: str = "motion.pdf", **rules):
    return services.check_pdf(file=io.BytesIO(content), filename=filename, profile=CourtProfile(**rules))


@pytest.mark.parametrize("name", pdfs.HOSTILE)
def test_what_the_court_does_not_take(name):
    content, code = pdfs.HOSTILE[name]
    with pytest.raises(BadPdf) as refused:
        check(content)
    assert (refused.value.code, refused.value.said) == (code, str(REASONS[code]))


@pytest.mark.parametrize("name", pdfs.GOOD)
def test_what_the_court_takes(name):
    content, pages = pdfs.GOOD[name]
    checked = check(content)
    assert (checked.pages, checked.bytes) == (pages, len(content))
    assert store.has(checked.sha256, sealed=True)
    assert not store.has(checked.sha256, sealed=False)


@pytest.mark.parametrize(("content", "rules", "code"), [
    (pdfs.WITH_FORM, {"pdf_forms": True}, None),
    (pdfs.WITH_FORM, {"pdf_forms": False}, "form"),
    (pdfs.WITH_LINK, {"pdf_external_links": True}, None),
    (pdfs.WITH_LINK, {"pdf_external_links": False}, "links"),
    (pdfs.GOOD["a link to a file beside it"][0], {"pdf_external_links": False}, "links"),
    (pdfs.GOOD["an article of its own"][0], {"pdf_external_links": False}, None),
])  # fmt: skip
def test_a_court_decides_on_forms_and_links(content, rules, code):
    if code is None:
        assert check(content, **rules).pages == 1
        return
    with pytest.raises(BadPdf) as refused:
        check(content, **rules)
    assert refused.value.code == code


@pytest.mark.django_db
@pytest.mark.parametrize(("pages", "said"), [(1, "It has 1 page."), (2, "It has 2 pages.")])
def test_a_page_is_counted_in_plain_english(pages, said):
    upload = SimpleUploadedFile("motion.pdf", pdfs.plain(pages), "application/pdf")
    page = callers.client(callers.linked("attorney")).post("/utilities/check-pdf", {"document": upload})
    assert said in page.content.decode()


@pytest.mark.parametrize("address", [
    "https://example.org/a:b", "HTTP://example.org", "mailto:a@b.example", "example.org:8080", "#page=2", "rules/x.pdf", "",
])  # fmt: skip
def test_addresses_that_a_link_may_open(address):
    assert opens_only_the_web(address)


@pytest.mark.parametrize("address", [
    "file:///C:/x", "JavaScript:x", "java\tscript:x", "\0javascript:x", "javascript:80", "data:text/html,x", "vbscript:x",
    "//server/share", "\\\\server\\share", "/\\server", "C:/x.exe", "ms-msdt:/id", "ftp://x.example", "localhost:80/x",
])  # fmt: skip
def test_addresses_that_a_link_may_not_open(address):
    assert not opens_only_the_web(address)


def test_a_file_over_the_limit_is_not_read_to_its_end():
    class Endless(io.RawIOBase):
        given = 0

        def read(self, size=-1):
            self.given += size
            return b"%PDF-1.7" + b" " * (size - 8)

    upload = Endless()
    with pytest.raises(BadPdf) as refused:
        services.check_pdf(file=upload, filename="a.pdf", profile=CourtProfile(pdf_megabytes=2))
    assert refused.value.code == "too-large"
    assert upload.given < 3_000_000


def test_the_name_must_end_in_pdf():
    with pytest.raises(BadPdf) as refused:
        check(pdfs.plain(), filename="motion.docx")
    assert refused.value.code == "not-pdf"


def test_a_file_that_takes_too_long_is_given_up_and_the_next_is_checked(monkeypatch, tmp_path):
    slow = tmp_path / "slow.pdf"
    os_fifo = tmp_path / "fifo.pdf"
    slow.write_bytes(pdfs.plain())
    import os

    os.mkfifo(os_fifo)  # opening it for reading waits for ever
    monkeypatch.setattr(checking.inspectors, "seconds", 0.5)
    started = time.monotonic()
    assert checking.findings(str(os_fifo)).wrong == "too-complex"
    assert time.monotonic() - started < 5
    monkeypatch.setattr(checking.inspectors, "seconds", 20)
    assert checking.findings(str(slow)).pages == 1
