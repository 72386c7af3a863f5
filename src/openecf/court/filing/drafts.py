"""Preparing a filing. Every answer is kept at once, and nothing of it is on the docket.

Each write names the version of the draft that its writer saw, so that two open windows cannot overwrite each other.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, BinaryIO

from django.db import transaction
from django.db.models import F, Max
from django.utils.translation import gettext_lazy as _

from openecf.court.cases import queries as cases
from openecf.court.documents import services as documents
from openecf.court.events import queries as events
from openecf.court.events.rules import Event, NoSuchEvent
from openecf.court.filing import queries, rules
from openecf.court.filing.models import Draft, DraftDocument
from openecf.court.filing.queries import NoSuchDraft, draft_for
from openecf.court.people.rules import Reader
from openecf.court.transition import queries as transition
from openecf.kernel.refusal import Refusal
from openecf.platform.audit.services import record
from openecf.platform.postgres import prepared
from openecf.platform.store.services import StoreFull

_MOVE_ON = """
UPDATE draft SET version = version + 1, changed_at = %(at)s, answers = coalesce(%(answers)s::jsonb, answers)
WHERE id = %(draft)s AND version = %(version)s AND submitted_at IS NULL
"""
_KEEP_DOCUMENT = """
INSERT INTO draft_document (draft_id, part, category, description, filename, sha256, bytes, pages)
VALUES (%(draft)s, %(part)s, %(category)s, %(description)s, %(filename)s, %(sha256)s, %(bytes)s, %(pages)s)
ON CONFLICT (draft_id, part) DO UPDATE SET category = excluded.category, description = excluded.description,
  filename = excluded.filename, sha256 = excluded.sha256, bytes = excluded.bytes, pages = excluded.pages
RETURNING id
"""


class DraftChanged(Refusal):
    """The draft was changed since the page was opened."""

    said = _(
        "This draft was changed in another window since you opened this page. What you entered here is still in the "
        "form: look it over, then save it again."
    )
    code = "draft-changed"


class AlreadyFiled(Refusal):
    """The draft is on the docket; nothing of it can change."""

    said = _("This filing is already on the docket.")
    code = "already-filed"


class NotInThisCase(Refusal):
    """The event does not go with the case: wrong chapter, or the case is closed."""

    code = "not-in-this-case"


class StoreFailed(Refusal):
    """The document store could not take or give the bytes."""

    said = _(
        "The court's document store did not work (it may be full). Nothing was filed and your draft is kept. Please "
        "try again later, or call the clerk's office."
    )
    code = "store-failed"


def start(*, reader: Reader, event_code: str, case_id: int | None, at: datetime) -> Draft:
    """Begin a filing. NoSuchEvent when the event is not for this person; NoSuchCase, NotYourCase, NotInThisCase for the
    case."""
    event = events.event(event_code)
    if not event.may_be_filed_by(reader.group):
        raise NoSuchEvent(event=event_code)
    case = cases.case_for(reader=reader, case_id=case_id) if case_id else None
    if case:
        queries.require_own_case(reader, case.id, event)
        check_case(event, case)
    with transaction.atomic():
        draft = Draft.objects.create(
            filer_id=reader.user, agent_id=reader.agent, event=event.code, case=case, created_at=at, changed_at=at
        )
        record(
            act="filing.begun",
            by=reader.ref,
            on_behalf_of=reader.on_behalf_of,
            at=at,
            subject=f"draft:{draft.id}",
            event=event.code,
        )
    return draft


def check_case(event: Event, case: Any) -> None:
    """Refuse a case that the event cannot be filed in."""
    if event.chapters and case.chapter and case.chapter not in event.chapters:
        raise NotInThisCase(
            _("“%(event)s” is for cases under chapter %(chapters)s; this case is under chapter %(chapter)s.")
            % {"event": event.title, "chapters": ", ".join(event.chapters), "chapter": case.chapter},
            case=case.id,
        )
    if event.closed == "refuse" and case.terminated:
        raise NotInThisCase(_("This case is closed, and this event can be filed in open cases only."), case=case.id)


def choose_case(*, draft: Draft, reader: Reader, event: Event, case_id: int, version: int, at: datetime) -> None:
    """File in that case. Another case than before makes parties and related entries void. NoSuchCase, NotYourCase,
    NotInThisCase."""
    case = cases.case_for(reader=reader, case_id=case_id)
    queries.require_own_case(reader, case.id, event)
    check_case(event, case)
    gone = rules.undone("case") if draft.case_id != case.id else frozenset()
    kept = {key: value for key, value in draft.answers.items() if key not in gone}
    _write(draft, version, at, case=case, answers=kept)


def answer(*, draft: Draft, step: str, said: Mapping[str, Any], version: int, at: datetime) -> None:
    """Keep a page's answers. Later pages that depend on a changed answer are asked again. DraftChanged."""
    changed = draft.answers.get(step) != dict(said)
    gone = rules.undone(step) if changed else frozenset()
    kept = {key: value for key, value in draft.answers.items() if key not in gone}
    _write(draft, version, at, answers=kept | {step: dict(said)})


def add_document(
    *,
    draft: Draft,
    part: int | None,
    file: BinaryIO,
    filename: str,
    category: str,
    description: str,
    at: datetime,
    last: bool = False,
) -> DraftDocument:
    """Check a PDF and keep it with the draft: as main document (``part`` 0) or, without a part, as next attachment.

    ``last``: it answers the page of documents, unless somebody else changed the draft meanwhile. Raises pdf.examining.BadPdf; StoreFailed. What was uploaded before stays.
    """
    try:
        checked = documents.check_pdf(file=file, filename=filename, profile=transition.profile())
    except (StoreFull, OSError) as error:
        raise StoreFailed(draft=draft.id, error=type(error).__name__) from error
    facts = {
        "category": category[:60],
        "description": description[:200],
        "filename": filename[:255],
        "sha256": checked.sha256,
        "bytes": checked.bytes,
        "pages": checked.pages,
    }
    with transaction.atomic():
        ours = _touch(draft, at, **({"answers": draft.answers | {"documents": {"done": True}}} if last else {}))
        if part is None:
            part = (draft.documents.aggregate(last=Max("part"))["last"] or 0) + 1
        row = DraftDocument(draft=draft, part=part, **facts)
        (row.id,) = prepared.row(_KEEP_DOCUMENT, facts | {"draft": draft.id, "part": part})
    queries.forget_documents(draft, now=row if ours else None)
    return row


def remove_document(*, draft: Draft, part: int, at: datetime) -> None:
    """Take a PDF out of the draft; the attachments after it move up."""
    with transaction.atomic():
        _touch(draft, at)
        draft.documents.filter(part=part).delete()
        if part:
            for row in draft.documents.filter(part__gt=part).order_by("part"):
                DraftDocument.objects.filter(id=row.id).update(part=F("part") - 1)
    queries.forget_documents(draft)


def discard(*, draft_id: object, reader: Reader, at: datetime) -> None:
    """Throw a draft away. NoSuchDraft; AlreadyFiled when it is on the docket."""
    with transaction.atomic():
        draft = draft_for(reader=reader, draft_id=draft_id)
        _lock(draft)
        draft.delete()
        record(
            act="filing.discarded",
            by=reader.ref,
            on_behalf_of=reader.on_behalf_of,
            at=at,
            subject=f"draft:{draft_id}",
        )


def _touch(draft: Draft, at: datetime, **columns: Any) -> bool:
    """Lock the draft until the transaction ends, and make it another one: a final text seen before names other documents.

    Whatever its version is; ``columns`` are written, and the answer is True, if it is the one that was read. NoSuchDraft,
    AlreadyFiled.
    """
    version = draft.version
    if _moved_on(draft, version, at, **columns):
        _follow(draft, version, changed_at=at, **columns)
        return True
    version = _lock(draft)
    Draft.objects.filter(id=draft.id).update(changed_at=at, version=version + 1)
    _follow(draft, version, changed_at=at)
    return False


def _moved_on(draft: Draft, version: int, at: datetime, **columns: Any) -> bool:
    """One conditional UPDATE: it does nothing when someone was faster."""
    if columns.keys() <= {"answers"}:  # on every page, hence by hand
        answers = json.dumps(columns["answers"]) if columns else None
        return bool(prepared.run(_MOVE_ON, {"answers": answers, "at": at, "draft": draft.id, "version": version}))
    mine = Draft.objects.filter(id=draft.id, version=version, submitted_at=None)
    return bool(mine.update(version=version + 1, changed_at=at, **columns))


def _follow(draft: Draft, version: int, **columns: Any) -> None:
    """Bring the object to what the row at ``version`` was just changed to; read again only what may differ."""
    if draft.version != version:
        draft.refresh_from_db()
        return
    draft.version = version + 1
    for name, value in columns.items():
        setattr(draft, name, value)


def _lock(draft: Draft) -> int:
    """Lock the draft's row until the transaction ends; its version. NoSuchDraft, AlreadyFiled."""
    row = Draft.objects.select_for_update().filter(id=draft.id).values_list("submitted_at", "version").first()
    if row is None:
        raise NoSuchDraft(draft=draft.id)
    if row[0] is not None:
        raise AlreadyFiled(draft=draft.id)
    return row[1]


def _write(draft: Draft, version: int, at: datetime, **columns: Any) -> None:
    """Write what the draft at ``version`` says now. DraftChanged when someone was faster."""
    if _moved_on(draft, version, at, **columns):
        _follow(draft, version, changed_at=at, **columns)
        return
    _lock_free_check(draft)
    raise DraftChanged(draft=draft.id)


def _lock_free_check(draft: Draft) -> None:
    found = Draft.objects.filter(id=draft.id).values_list("submitted_at", flat=True).first()
    if found is not None:
        raise AlreadyFiled(draft=draft.id)
    if not Draft.objects.filter(id=draft.id).exists():
        raise NoSuchDraft(draft=draft.id)
