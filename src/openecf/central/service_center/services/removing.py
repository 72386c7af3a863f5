"""Files of tickets that were closed long ago are removed: the help is given, and they hold more about people than it needs.

Two steps, so that a job which is killed loses nothing and leaves nothing: first the files are marked, with a line in the
record, and nobody gets them any more; then their bytes are dropped, unless a younger ticket, or a paper that went to a court,
is of the same bytes: the store keeps equal bytes once.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef

from openecf.central.registration import queries as registration
from openecf.central.service_center.models import Attachment, Ticket
from openecf.platform.audit import services as audit
from openecf.platform.config import this_site
from openecf.platform.store import services as store
from openecf.platform.store.holding import one_at_a_time

_AT_ONCE = 500


def remove_due(*, at: datetime) -> int:
    """Remove the files of tickets that were closed longer ago than the installation keeps them; how many."""
    before = at - timedelta(days=this_site().config.service_center.files_kept_days)
    closed = Ticket.objects.filter(state=Ticket.State.CLOSED, closed_at__lt=before)
    marked = 0
    with_files = closed.filter(Exists(Attachment.objects.filter(post__ticket=OuterRef("pk"), removed_at=None)))
    while due := list(with_files.order_by("closed_at")[:_AT_ONCE]):
        marked += sum(_mark(ticket, at) for ticket in due)
    _drop_marked()
    return marked


def _mark(ticket: Ticket, at: datetime) -> int:
    with transaction.atomic():
        rows = Attachment.objects.select_for_update().filter(post__ticket=ticket, removed_at=None)
        ids = [row.id for row in rows]
        Attachment.objects.filter(id__in=ids).update(removed_at=at)
        audit.record(act="service.ticket-files-removed", by="system", at=at, subject=f"ticket:{ticket.number}",
                     attachments=ids)  # fmt: skip
    return len(ids)


def _drop_marked() -> None:
    while due := list(Attachment.objects.filter(removed_at__isnull=False, is_gone=False)[:_AT_ONCE]):
        for sha256 in dict.fromkeys(row.sha256 for row in due):
            with transaction.atomic():
                one_at_a_time(sha256)
                if not _is_needed(sha256):
                    store.drop(sha256, sealed=True)
                Attachment.objects.filter(sha256=sha256, removed_at__isnull=False).update(is_gone=True)


def _is_needed(sha256: str) -> bool:
    return Attachment.objects.filter(sha256=sha256, removed_at=None).exists() or registration.has_paper(sha256)
