"""What is left in the open of a document that is sealed after it was filed: nothing, whenever that is and whoever died."""

from __future__ import annotations

import pytest

from openecf.court.documents import services, stamping
from openecf.platform.store import services as store
from tests.court import world as invented
from tests.court.test_documents_pages import buy, bytes_of
from tests.court.world import AT, main_document, pdfs

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return invented.make()


def test_sealing_a_document_later_removes_its_open_bytes(world, django_capture_on_commit_callbacks):
    document = main_document(world.entry(files=[pdfs.plain(1, "LATER SEALED")]))
    assert services.keep_fresh_by_level() == 1
    assert store.has(document.sha256)
    with django_capture_on_commit_callbacks(execute=True):
        services.restrict(document=document, restriction=5, by=world.reader(world.clerk), at=AT)
    assert not store.has(document.sha256)
    assert bytes_of(buy(main_document(document.entry), world.reader(world.clerk)))[:5] == b"%PDF-"


def test_open_bytes_of_a_sealed_document_go_also_if_the_process_died_right_after_the_sealing(
    world, django_capture_on_commit_callbacks
):
    document = main_document(world.entry(files=[pdfs.plain(1, "SEALED, THEN DARK")]))
    assert services.keep_fresh_by_level() == 1
    services.restrict(document=document, restriction=5, by=world.reader(world.clerk), at=AT)
    assert store.has(document.sha256), "what follows the commit was never done"
    for again in (1, 0):
        with django_capture_on_commit_callbacks(execute=True):
            assert services.keep_fresh_by_level() == again
        assert not store.has(document.sha256) and store.has(document.sha256, sealed=True)


def kept_copies(sha256) -> list:
    return list(stamping._cache().glob(f"{stamping._family(sha256)}*"))


def test_a_copy_with_the_courts_line_does_not_outlast_the_sealing_of_its_document(
    world, monkeypatch, django_capture_on_commit_callbacks
):
    """Neither beside equal bytes that stay public, nor if it is made at that very moment."""
    content = pdfs.plain(1, "FILED TWICE")
    first, second = (main_document(world.entry(files=[content])) for _ in range(2))
    assert services.keep_fresh_by_level() == 2
    bytes_of(buy(first, world.reader(world.clerk)))
    assert kept_copies(first.sha256)

    def seal():
        with django_capture_on_commit_callbacks(execute=True):
            services.restrict(document=second, restriction=5, by=world.reader(world.clerk), at=AT)

    def sealed_meanwhile(*given, **more):
        printed(*given, **more)
        seal()

    seal()
    assert store.has(first.sha256) and not kept_copies(first.sha256)
    services.restrict(document=second, restriction=0, by=world.reader(world.clerk), at=AT)
    printed = stamping.printing.stamp
    monkeypatch.setattr(stamping.printing, "stamp", sealed_meanwhile)
    bytes_of(buy(main_document(second.entry), world.reader(world.clerk)))
    assert not kept_copies(second.sha256)
