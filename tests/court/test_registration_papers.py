"""The PDFs of requests to file: in pieces over the bus, whole in the store, opened by clerks."""

from __future__ import annotations

import base64
import hashlib
import random
import threading
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connections

from openecf.court.registration import services
from openecf.court.registration.models import PaperPiece, ReceivedPaper
from openecf.platform.audit.models import AuditLine
from openecf.platform.bus.handlers import CannotApply
from openecf.platform.bus.messages import RegistrationPaper
from openecf.platform.store import services as store
from tests.court.callers import client, linked
from tests.court.pdfs import plain
from tests.court.test_registration_desk import court, now, set_court, taken  # noqa: F401  (fixtures among them)
from tests.registering import application

pytestmark = pytest.mark.django_db


def pieces(content: bytes, size: int = 3000) -> list[RegistrationPaper]:
    sha256, parts = hashlib.sha256(content).hexdigest(), -(-len(content) // size)
    return [
        RegistrationPaper(
            request=uuid4(), sha256=sha256, part=n, parts=parts,
            data=base64.b64encode(content[n * size : (n + 1) * size]).decode(),
        )
        for n in range(parts)
    ]  # fmt: skip


@pytest.mark.parametrize("seed", range(4))
def test_a_paper_comes_in_pieces_in_any_order_and_many_times(now, seed):
    content = plain(pages=20, words="GOOD STANDING " + "abcdefghij" * 40)
    sent = pieces(content) * 3
    assert len(sent) > 6
    random.Random(seed).shuffle(sent)
    for one in sent:
        services.take_paper(message=one, sender="central", at=now)
    paper = ReceivedPaper.objects.get()
    assert (paper.bytes, paper.wrong) == (len(content), "")
    assert not PaperPiece.objects.exists()


def test_two_pieces_at_the_same_moment_make_the_whole(transactional_db, now):
    set_court(live_at=now - timedelta(days=1))
    sent = pieces(plain(pages=2), size=600)
    threads = [threading.Thread(target=_take_and_close, args=(one, now)) for one in sent[:8]]
    for one in sent[8:]:
        services.take_paper(message=one, sender="central", at=now)
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ReceivedPaper.objects.count() == 1


def _take_and_close(one: RegistrationPaper, now: datetime) -> None:
    services.take_paper(message=one, sender="central", at=now)
    connections.close_all()


def test_pieces_that_make_another_document_than_was_announced_take_none_away_that_the_court_has(now):
    """The store keeps equal bytes once: a document of a case was dropped with the paper that was none."""
    content = plain(pages=1)
    kept = store.put(iter([content]), sealed=True)
    [piece] = pieces(content, size=len(content))
    with pytest.raises(CannotApply):
        services.take_paper(message=piece.model_copy(update={"sha256": "0" * 64}), sender="central", at=now)
    assert store.open(kept.sha256, sealed=True).read() == content


def test_a_paper_that_no_court_opens_is_kept_closed(now):
    for one in pieces(b"%PDF-1.4 this is none"):
        services.take_paper(message=one, sender="central", at=now)
    paper = ReceivedPaper.objects.get()
    assert paper.wrong == "malformed"


def test_pieces_that_make_another_document_are_refused(now):
    one = pieces(plain())[0].model_copy(update={"sha256": "0" * 64, "parts": 1})
    with pytest.raises(CannotApply):
        services.take_paper(message=one, sender="central", at=now)
    assert not ReceivedPaper.objects.exists()


def test_a_paper_is_opened_by_clerks_and_only_of_its_request(now):
    content = plain()
    for one in pieces(content):
        services.take_paper(message=one, sender="central", at=now)
    sha256 = hashlib.sha256(content).hexdigest()
    paper = {"name": "good-standing", "label": "Certificate", "filename": "c.pdf", "sha256": sha256,
             "bytes": len(content), "pages": 1}  # fmt: skip
    row = taken(now, said=application(papers=[paper]))
    other = taken(now, account=uuid4())
    clerk = client(linked("clerk"))
    assert b"".join(clerk.get(f"/court/registrations/{row.id}/papers/{sha256}").streaming_content) == content
    opened = AuditLine.objects.get(act="registration.paper-opened")
    assert opened.subject == f"request:{row.id}" and opened.by.startswith("user:"), "what is sealed is opened on record"
    assert clerk.get(f"/court/registrations/{other.id}/papers/{sha256}").status_code == 404
    assert client(linked("judge")).get(f"/court/registrations/{row.id}/papers/{sha256}").status_code == 403
