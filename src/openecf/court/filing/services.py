"""Filing: a draft becomes an entry, whole or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from openecf.court.agents import services as agents
from openecf.court.cases import services as cases
from openecf.court.docket import services as docket
from openecf.court.documents import queries as document_queries
from openecf.court.documents import services as documents
from openecf.court.documents.rules import NewDocument
from openecf.court.events.rules import Event
from openecf.court.fees import services as fees
from openecf.court.filing import drafts, effects, queries, rules
from openecf.court.filing.models import Draft
from openecf.court.notices import services as notices
from openecf.court.people.rules import Reader
from openecf.kernel.days import legal_day
from openecf.kernel.refusal import Refusal
from openecf.platform.audit.services import record
from openecf.platform.postgres import prepared
from openecf.platform.store import services as store

_CLAIM = "UPDATE draft SET submitted_at = %s WHERE id = %s AND version = %s AND submitted_at IS NULL"
_FILED = "UPDATE draft SET entry_id = %s WHERE id = %s"


class NotComplete(Refusal):
    """A page still needs an answer, or an answer no longer fits the case. ``facts['step']`` names the page."""

    said = _("Something is missing, or changed since you entered it. Please look at this page again.")
    code = "not-complete"


class SignOnNotFresh(Refusal):
    """The central site has not confirmed this sign-on lately: it may have ended."""

    said = _(
        "Central Sign-On cannot be reached at the moment, so nothing can be filed. Your draft is kept: try again in a "
        "few minutes. If a deadline is near, call the clerk's office."
    )
    code = "sign-on-not-fresh"


def submit(*, draft_id: object, reader: Reader, at: datetime, fresh: bool = True, version: int | None = None) -> Any:
    """Put a draft on the docket and return its entry. A draft that is filed already gives its entry again.

    Everything happens in one transaction: number, entry, documents, effects, notice, audit line. A filing agent's filing
    is the principal's, on the docket and in the notice; the log and ``entered_by`` name the agent. Raises NoSuchDraft,
    NoLongerAgent (the principal removed the agent meanwhile; agents.services), NoSuchEvent, NoSuchCase, NotYourCase, NotInThisCase, NotComplete, SignOnNotFresh, StoreFailed, DraftChanged (the draft is not at
    ``version``, the one whose text the filer saw); whatever is raised, the draft stays as it was.
    """
    if not fresh:
        raise SignOnNotFresh(draft=draft_id)
    try:
        return _submit(draft_id, reader, at, version)
    except (store.StoreFull, store.NotStored, OSError) as error:
        raise drafts.StoreFailed(draft=draft_id, error=type(error).__name__) from error


def _submit(draft_id: object, reader: Reader, at: datetime, version: int | None) -> Any:
    draft = queries.draft_for(reader=reader, draft_id=draft_id)
    with transaction.atomic():
        agents.confirm(reader=reader, at=at)
        if not _claim(draft, at, version):
            return _filed_before(draft_id, reader, version)
        event = queries.event_of(draft, reader)
        _check(draft, event, reader, at)
        act_filers, associate = _parties(draft, event, reader, at)
        text = queries.text_facts(draft, event, reader, at)
        related = [int(each) for each in draft.answers.get("related", {}).get("entries", [])]
        case = cases.locked(draft.case_id)
        queries.require_own_case(reader, draft.case_id, event)  # again: who takes the case off an account holds it, too
        restriction = queries.line_restriction_of(draft, event)
        papers = documents.numbered(documents=_new_documents(draft, event))
        with prepared.together():
            entry = _enter(draft, event, reader, case, at, text, act_filers, related, restriction, papers)
            act = _act(draft, event, reader, entry, act_filers, related, text)
            if associate and not event.appears:
                effects.appear(act, associate)
            effects.run(act)
            if not reader.is_court:
                fees.charge_filing(entry=entry, user=draft.filer, group=reader.group, what=event.fee, at=at)
            if event.notice:
                if effects.changes_the_case(event):
                    entry.case.refresh_from_db()
                notices.prepare(entry=entry, at=at, documents=papers, filers=[party.name for party in text.filers])
            prepared.send(_FILED, [entry.id, draft.id])
            record(
                act="filing.submitted",
                by=reader.ref,
                on_behalf_of=reader.on_behalf_of,
                at=at,
                subject=f"entry:{entry.id}",
                case=entry.case_id,
                seq=entry.seq,
                event=event.code,
                draft=str(draft.id),
                **({"received": text.received.isoformat()} if text.received else {}),
            )
    return entry


def _enter(
    draft: Draft,
    event: Event,
    reader: Reader,
    case: Any,
    at: datetime,
    text: rules.TextFacts,
    filers: list[int],
    related: list[int],
    restriction: int,
    papers: Sequence[Any],
) -> Any:
    """The entry with its documents, each stamped."""
    user = draft.filer
    signed = reader.acting.agent_name if reader.acting else f"{user.last_name}, {user.first_name}".strip(", ")
    entry = docket.enter(
        case_id=draft.case_id,
        event=event.code,
        title=event.title,
        text=rules.docket_text(text),
        at=at,
        filer=None if reader.is_court else user,
        entered_by=signed[:80],
        party_ids=filers,
        relates_to=related,
        restriction=restriction,
        numbered=event.numbered,
        filed=text.filed,
        case=case,
        papers=[document_queries.facts(paper) for paper in papers],
    )
    if event.notice:
        for paper in papers:
            notices.stamp(entry=entry, document=paper)
    documents.keep(entry=entry, documents=papers)
    return entry


def _claim(draft: Draft, at: datetime, version: int | None) -> bool:
    """One conditional UPDATE: of two submissions at once the second waits here, then finds the entry of the first.

    It holds the draft to the version that was read, so that what was read of it holds as well.
    """
    if version not in (None, draft.version):
        return False
    return bool(prepared.run(_CLAIM, [at, draft.id, draft.version]))


def _filed_before(draft_id: object, reader: Reader, version: int | None) -> Any:
    """The entry that the draft became; DraftChanged when it is none, so that another version of it waits."""
    draft = queries.draft_for(reader=reader, draft_id=draft_id)
    if draft.entry is None:
        raise drafts.DraftChanged(draft=draft_id, version=version)
    return draft.entry


def _check(draft: Draft, event: Event, reader: Reader, at: datetime) -> None:
    """Look at everything again: between the first page and the last, days may have passed."""
    if draft.case_id is None:
        raise NotComplete(step="case")
    queries.check_visible(draft, reader)
    queries.require_own_case(reader, draft.case_id, event)
    case = draft.case
    drafts.check_case(event, case)
    progress = queries.progress_of(draft, event, reader)
    if missing := next((s.key for s in rules.flow(progress) if s.key != "final" and not progress.has(s.key)), ""):
        raise NotComplete(step=missing)
    open_parties = {key for key, _name in queries.open_parties(draft)}
    picked = {str(each) for each in (*queries.picked(draft, "filers"), *queries.picked(draft, "against"))}
    if picked - open_parties:
        raise NotComplete(_("A party that you picked is no longer in the case."), step="parties")
    own = {key for key, _name in queries.own_parties(draft, event, reader)}
    for_others = queries.new_party(draft) or {str(each) for each in queries.picked(draft, "filers")} - own
    if for_others and event.spoken_for:
        raise NotComplete(queries.not_spoken_for(event), step="parties")
    if for_others and reader.files_for_oneself:
        raise NotComplete(queries.NOT_FOR_OTHERS, step="parties")
    chosen = {int(each) for each in draft.answers.get("related", {}).get("entries", [])}
    offered = {c.id for c in queries.candidates(case_id=case.id, reader=reader, event=event)} if chosen else set()
    if chosen - offered:
        raise NotComplete(_("An entry that you referred to can no longer be referred to."), step="related")
    if queries.filed_day(draft, reader, at) > legal_day(at, settings.COURT.zone):
        raise NotComplete(_("The date filed cannot be in the future."), step="details")
    if (received := queries.received(draft, reader)) is not None and received > at:
        raise NotComplete(_("It cannot have been received in the future."), step="details")
    if lost := [d.filename for d in queries.documents_of(draft) if not store.held(d.sha256)]:
        raise NotComplete(_("Please upload %(files)s again.") % {"files": ", ".join(lost)}, step="documents")


def _parties(draft: Draft, event: Event, reader: Reader, at: datetime) -> tuple[list[int], list[int]]:
    """The parties filed for (a new one is added to the case), and those whose counsel the filer becomes."""
    filers = queries.picked(draft, "filers")
    # What was answered before the person's group, or the case, changed makes nobody counsel.
    offered = {key for key, _name in queries.not_yet_counsel(draft, reader, event)}
    association = offered & {str(each) for each in draft.answers.get("association", {}).get("parties", [])}
    associate = sorted(int(each) for each in association if each != queries.NEW_PARTY)
    if added := queries.new_party(draft):
        name, role = added
        party = cases.add_party(case_id=draft.case_id, name=name, type=role, at=at, by=reader.ref)
        filers.append(party.id)
        if queries.NEW_PARTY in association:
            associate.append(party.id)
    return filers, associate


def _new_documents(draft: Draft, event: Event) -> list[NewDocument]:
    restriction = queries.restriction_of(draft, event)
    return [
        NewDocument(
            part=row.part,
            description=queries.name_of_part(row),
            filename=row.filename,
            sha256=row.sha256,
            bytes=row.bytes,
            pages=row.pages,
            restriction=restriction,
            transcript=event.transcript,
        )
        for row in queries.documents_of(draft)
    ]


def _act(
    draft: Draft,
    event: Event,
    reader: Reader,
    entry: Any,
    filers: list[int],
    related: list[int],
    text: rules.TextFacts,
) -> effects.Act:
    outcomes = draft.answers.get("related", {}).get("outcomes", {})
    return effects.Act(
        entry=entry,
        event=event,
        user=draft.filer,
        by=reader.ref,
        by_court=reader.is_court,
        filed=text.filed or legal_day(entry.entered, settings.COURT.zone),
        at=entry.entered,
        filers=filers,
        roles=draft.answers.get("association", {}).get("roles", []),
        related=related,
        outcomes={int(key): value for key, value in outcomes.items()},
        answers=text.answers,
    )
