"""A document that was sealed by itself, while its entry stays open: what notices that were written before say of it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.core import mail as post
from django.db import connection
from django.template import Context, Template
from django.test.utils import CaptureQueriesContext

import openecf
from openecf.court.docket import services as docket
from openecf.court.documents.models import Document
from openecf.court.notices import services, withholding
from openecf.court.notices.models import Recipient
from openecf.court.notices.rules import CLOSED_SINCE, without
from openecf.platform.audit.models import AuditLine
from openecf.platform.mail import services as outgoing
from openecf.platform.mail.models import OutgoingMail
from tests.court import callers, pdfs
from tests.court import world as invented
from tests.court.test_notices_summaries import AFTER, filed, way
from tests.court.world import AT

pytestmark = pytest.mark.django_db
SECRET = "the name of the witness"


@pytest.fixture
def world():
    return invented.make()


def sealed_alone(world, *, level: int = 4, mailed: bool = True):
    """An entry with an exhibit that the clerk's office seals after the notice was written."""
    entry = world.entry(files=[pdfs.plain(2), pdfs.plain(1, "EXHIBIT")])
    Document.objects.filter(entry=entry, part=1).update(description=SECRET, filename=f"{SECRET}.pdf")
    notice = services.prepare(entry=entry, at=AT)
    if mailed:
        services.mail_notice(notice_id=notice.pk, at=AT)
    docket.restrict_entry(
        entry_id=entry.pk, level=0, parts={1: level}, reason="order", by=world.reader(world.clerk), version=0, at=AT
    )
    return entry, notice


def sent_to(user) -> list[str]:
    """What the mail server is handed for an address, text and HTML."""
    for _once_more in range(3):  # what is written anew waits for the next time
        outgoing.deliver_due(now=lambda: AFTER)
    mails = [mail for mail in post.outbox if mail.bcc == [user.email]]
    return [mail.body + "".join(one.content for one in mail.alternatives) for mail in mails]


@pytest.mark.parametrize(("level", "who", "named", "mailed"), [
    (4, "opponent", False, True), (4, "opponent", False, False), (4, "counsel", True, True), (2, "opponent", True, True),
    (6, "counsel", False, True),
])  # fmt: skip
def test_a_mail_that_waited_tells_of_the_filing_and_not_of_a_document_that_was_sealed_since(
    world, level, who, named, mailed
):
    entry, notice = sealed_alone(world, level=level, mailed=mailed)
    if not mailed:
        services.mail_notice(notice_id=notice.pk, at=AT)
    user = getattr(world, who)
    (said,) = sent_to(user)
    assert (SECRET in said, CLOSED_SINCE in said) == (named, not named)
    main, exhibit = entry.documents.order_by("part")
    assert said.count(main.sha256) == 2 - user.wants_text
    assert said.count(exhibit.sha256) == (said.count(main.sha256) if named else 0)
    assert entry.text[:20] in said and len(set(re.findall(r"(?:magic_num|uid)=(\d{19})", said))) == 1
    kept = AuditLine.objects.filter(act="mail.withheld", facts__reference=f"notice:{notice.pk}")
    assert kept.exists() is (mailed and level > 2), "on record, once"
    assert not OutgoingMail.objects.filter(sent_at=None).exists(), "what was written anew is asked about once, too"


def test_the_notices_page_and_what_was_closed_from_the_beginning(world):
    entry, _notice = sealed_alone(world)
    page = f"/cgi-bin/DisplayReceipt.pl?{entry.case_id},{entry.seq}"
    for user, named in ((world.opponent, False), (world.counsel, True), (world.clerk, True)):
        said = callers.client(callers.person(account=user.account)).get(page).content.decode()
        assert (SECRET in said, CLOSED_SINCE in said) == (named, not named), user
    files = [pdfs.plain(1), pdfs.plain(1, "EXHIBIT")]
    made = world.entry(files=files)
    Document.objects.filter(entry=made, part=1).update(restriction=4, description="Declaration")
    notice = services.prepare(entry=made, at=AT)
    services.mail_notice(notice_id=notice.pk, at=AT)
    assert any("Declaration" in said for said in sent_to(world.opponent)), (
        "filed so: the filer knew what the notice says"
    )


def test_a_summary_names_no_document_and_one_to_an_address_of_two_people_comes_as_often_as_before(world):
    way(world.opponent)
    _entry, notice = sealed_alone(world, mailed=False)
    Recipient.objects.filter(notice=notice, user=world.counsel).update(addresses=[world.opponent.email])
    services.mail_notice(notice_id=notice.pk, at=AT)
    (said,) = sent_to(world.opponent)
    assert SECRET in said, "the filer hears of it at that address"


def test_of_an_open_filing_a_mail_is_asked_about_with_one_statement(world):
    _entry, notice = filed(world)
    with CaptureQueriesContext(connection) as asked:
        assert withholding.OF_NOTICES.may_leave(notice.pk, [world.opponent.email], notice.text, AFTER)
    assert len(asked) == 1


BENCHES = Path(openecf.__file__).parent / "benches"


@pytest.mark.parametrize("path", sorted(BENCHES.glob("*/templates/notices/*/notice.*")), ids=lambda path: path.name)
def test_every_layout_of_a_notice_is_cut_where_the_document_is_told_of(path):
    lines = ["[STAMP x [Date=1] [FileNumber={}-0]", "[signature", "of it]]"]
    documents = [
        {"description": f"D{n}", "filename": f"f{n}", "stamp": {"lines": [line.format(n) for line in lines]}}
        for n in (1, 2, 3)
    ]
    said = Template(path.read_text()).render(Context({"facts": {"documents": documents, "docket_text": "MOTION"}}))
    left = without(said, [("2", 0)])
    assert all(word in left for word in ("MOTION", "D1", "f1", "=1-0]", "D3", "f3", "=3-0]", CLOSED_SINCE))
    assert not any(word in left for word in ("D2", "f2", "=2-0]")) and left.count("[signature") == 2


def test_only_the_document_that_is_meant_is_left_out():
    stamp = "Electronic document Stamp:\n[STAMP x [Date=1] [FileNumber={}-{}]\n[abc\ndef]]\n"
    blocks = [f"Document description: D{n}\nOriginal filename: f{n}.pdf\n{stamp.format(n, n % 2)}" for n in (1, 2, 12)]
    said = "Document description: is how the docket text begins\n" + "".join(blocks)
    assert without(said, []) == said
    left = without(said, [("2", 0)])
    assert "D1\n" in left and "D12" in left and "f2.pdf" not in left and "docket text begins" in left
