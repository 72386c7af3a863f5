"""Reading drafts, and what their pages offer to choose from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from openecf.court.agents import queries as agents
from openecf.court.agents import services as agent_services
from openecf.court.calendar import services as calendar
from openecf.court.cases import queries as cases
from openecf.court.docket import queries as docket
from openecf.court.events import queries as events
from openecf.court.events.rules import Event, NoSuchEvent, SetDeadline, StartClock
from openecf.court.filing import rules
from openecf.court.filing.models import Draft, DraftDocument
from openecf.court.people.rules import PRO_HAC_VICE, Reader
from openecf.kernel.days import legal_day
from openecf.kernel.refusal import Refusal
from openecf.platform.postgres import prepared

MOST_ENTRIES = 1000
NEW_PARTY = "new"


_DRAFT = prepared.Query(
    lambda draft, filer: Draft.objects.select_related("case", "filer").filter(id=draft, filer=filer), "draft", "filer"
)
_DOCUMENTS = prepared.Query(lambda draft: DraftDocument.objects.filter(draft=draft).order_by("part"), "draft")


class NoSuchDraft(Refusal):
    """The draft is not there (any more), or somebody else's."""

    said = _("This draft is not there any more. It was discarded, or it is somebody else's.")
    code = "no-such-draft"


class OfAnotherPrincipal(NoSuchDraft):
    """The agent began it, for somebody else than whom the agent acts for now. ``facts["still"]``: may still choose them."""

    code = "of-another-principal"


class NotYourCase(Refusal):
    """The person files without an attorney, and is no party in this case."""

    said = _(
        "You file without an attorney, and so only in a case in which you are a party yourself. This is none of those in "
        "which the court lets you file on line; nothing was filed. If you are a party in it, ask the court there for "
        "permission to file on line, then ask the clerk's office to add the case to your account. Until then, bring or "
        "mail your papers to the clerk's office: they count from the day on which they arrive."
    )
    code = "not-your-case"


class NotAdmittedThere(NotYourCase):
    """The attorney is admitted for single cases, and not for this one."""

    said = _(
        "An attorney admitted pro hac vice files only in the cases for which the court admitted the attorney. This is none of "
        "them; nothing was filed. Move the court for admission in that case, or have counsel who is admitted here move it. Once "
        "the motion is granted, ask the clerk's office to add the case to the account."
    )
    code = "not-admitted-there"


def draft_for(*, reader: Reader, draft_id: object, now: datetime | None = None) -> Draft:
    """A person's own draft, of a filing agent one that the agent began for the principal; NoSuchDraft for others.

    OfAnotherPrincipal, when it is the agent's but not for this principal: nothing is filed under another's name.
    """
    if reader.agent is None:
        found = _DRAFT.first(draft=draft_id, filer=reader.user) if reader.user else None
        if found is None:
            raise NoSuchDraft(draft=draft_id)
        return found
    found = Draft.objects.select_related("case", "filer").filter(id=draft_id, agent=reader.agent).first()
    if found is None:
        raise NoSuchDraft(draft=draft_id)
    if reader.acting is None or found.filer_id != reader.user:
        raise _of_another(found, reader.agent, now or timezone.now())
    return found


def _of_another(draft: Draft, agent: int, now: datetime) -> OfAnotherPrincipal:
    name = " ".join(part for part in (draft.filer.first_name, draft.filer.last_name) if part)
    if not agents.standing_between(principal=draft.filer_id, agent=agent, now=now):
        return OfAnotherPrincipal(agent_services.no_longer(name), draft=draft.id, still=False)
    said = _("This draft is for %(name)s, and you act for somebody else now. Choose %(name)s to go on with it.")
    return OfAnotherPrincipal(said % {"name": name}, draft=draft.id, still=True)


def _own_drafts(reader: Reader) -> QuerySet[Draft]:
    """A person's drafts: those that agents began for the person are among them; an agent's own for this principal."""
    mine = Draft.objects.filter(filer=reader.user)
    return mine.filter(agent=reader.agent) if reader.agent is not None else mine


def check_visible(draft: Draft, reader: Reader) -> None:
    """Raise NoSuchCase when the draft's case was sealed from the person since it was chosen."""
    if draft.case is not None and not cases.visible(reader, draft.case):
        raise cases.NoSuchCase(draft=draft.id)


def require_own_case(reader: Reader, case_id: int | None, event: Event) -> None:
    """Raise NotYourCase when somebody who files in own cases alone has nothing to do with this one (any more), unless it is
    admission in it that the event asks for."""
    if case_id is None or not reader.files_in_own_cases or moves_for_admission(reader, event):
        return
    if not cases.speaks(user_id=reader.user, case_id=case_id):
        raise (NotYourCase if reader.files_for_oneself else NotAdmittedThere)(case=case_id)


def moves_for_admission(reader: Reader, event: Event) -> bool:
    """Whether somebody who is admitted for single cases asks by the event to be admitted in the one where it is filed."""
    return reader.group == PRO_HAC_VICE and event.asks_admission


def admission_events(reader: Reader) -> list[Event]:
    """By which filings somebody who is admitted for single cases asks to be admitted in another; nothing for others."""
    if reader.group != PRO_HAC_VICE:
        return []
    return [each for shelf in events.menu(group=reader.group) for each in shelf.events if each.asks_admission]


def own_cases(reader: Reader) -> list[cases.CaseMatch] | None:
    """The cases in which somebody files who files in own cases alone; None for everybody else."""
    if reader.user is None or not reader.files_in_own_cases:
        return None
    now = cases.speaks_in(reader.user)
    return [one for one in cases.of_reader(reader, limit=50) if one.id in now]


@dataclass(frozen=True)
class DraftRow:
    """A draft as the list shows it."""

    id: object
    title: str
    case: str
    changed_at: datetime
    begun_by: str = ""


def drafts_of(reader: Reader) -> list[DraftRow]:
    """A person's unfinished filings, latest first."""
    drafts = _own_drafts(reader).select_related("case", "agent").filter(submitted_at=None)
    return [row_of(draft, reader) for draft in drafts.order_by("-changed_at")[:100]]


def row_of(draft: Draft, reader: Reader) -> DraftRow:
    """A draft of the reader's, in the words of the list."""
    known = events.dictionary().events
    return DraftRow(
        id=draft.id,
        title=known[draft.event].title if draft.event in known else draft.event,
        case=_named(draft.case, reader),
        changed_at=draft.changed_at,
        begun_by=_begun_by(draft) if reader.agent is None else "",
    )


def _begun_by(draft: Draft) -> str:
    """The agent who began a draft, by name; empty when the filer did."""
    return " ".join(part for part in (draft.agent.first_name, draft.agent.last_name) if part) if draft.agent else ""


def submitted_by_agent(entry_id: int) -> str:
    """The filing agent who submitted an entry, by name; empty when the filer did. For the court and for the filer."""
    draft = Draft.objects.select_related("agent").filter(entry=entry_id, agent__isnull=False).first()
    return _begun_by(draft) if draft else ""


def _named(case: Any, reader: Reader) -> str:
    """A draft's case; nothing of one that was sealed from the person since."""
    return f"{case.number} {case.caption or case.short_title}" if case and cases.visible(reader, case) else ""


def last_case_number(reader: Reader) -> str:
    """The case number that this person filed in last: what the case page starts with."""
    found = _own_drafts(reader).filter(case__isnull=False).order_by("-changed_at").first()
    return found.case.number if found and cases.visible(reader, found.case) else ""


def picked(draft: Draft, key: str) -> list[int]:
    """The ids of parties picked at the parties page (``filers`` or ``against``)."""
    return [int(each) for each in draft.answers.get("parties", {}).get(key, [])]


def new_party(draft: Draft) -> tuple[str, str] | None:
    """Name and role of a party that the filing adds to the case; None when it adds none."""
    answer = draft.answers.get("parties", {})
    return (answer["new_name"], answer.get("new_role", "")) if answer.get("new_name") else None


def not_yet_counsel(draft: Draft, reader: Reader, event: Event) -> list[tuple[str, str]]:
    """Parties that the person files for without being their counsel of record: key and name. Who asks to be admitted in the
    case becomes counsel once the court admits her, and not by asking."""
    if reader.group not in rules.ASSOCIATING_GROUPS or draft.case is None or moves_for_admission(reader, event):
        return []
    filers = picked(draft, "filers")
    others = [party for party in _parties(draft) if party.id in filers and not party.spoken_for] if filers else []
    found = [(str(party.id), f"{party.name} ({party.type})") for party in others]
    added = new_party(draft)
    return [*found, (NEW_PARTY, f"{added[0]} ({added[1]})")] if added else found


def progress_of(draft: Draft, event: Event, reader: Reader) -> rules.Progress:
    """How far the draft is."""
    return rules.Progress(
        event=event,
        case=draft.case_id is not None,
        answered=frozenset(draft.answers),
        must_associate=event.filers != "none" and bool(not_yet_counsel(draft, reader, event)),
        by_court=reader.is_court,
        main_document=any(document.part == 0 for document in documents_of(draft)),
    )


def candidates(*, case_id: int, reader: Reader, event: Event) -> list[rules.Candidate]:
    """The entries that this event may refer to, newest first, of those that the reader may see."""
    categories = {each.code: each.category for each in events.dictionary().events.values()}
    kinds = event.related.kinds if event.related else ()
    found = [
        rules.Candidate(
            id=row.id,
            number=row.number,
            day=row.first_date,
            title=row.title,
            text=row.text,
            event=row.event,
            restriction=row.restriction,
            open_motion=waits,
        )
        for row, waits in docket.referable_for(reader, case_id=case_id, limit=MOST_ENTRIES)
    ]
    return [each for each in found if rules.may_relate(each, kinds=kinds, categories=categories)]


def judges() -> list[tuple[str, str]]:
    """The judges of this court: id and name with title."""
    return [(str(judge.id), f"{judge.title} {judge.name}".strip()) for judge in cases.judges()]


def own_judge(reader: Reader) -> str:
    """The id of the judge that this person is; empty for everybody else."""
    judge = cases.judge_of(reader.user)
    return str(judge.id) if judge else ""


def party_roles() -> list[str]:
    """Party roles in use at this court, to choose from for a new party."""
    return cases.party_types()


def filed_day(draft: Draft, reader: Reader, at: datetime) -> date:
    """The day the filing counts for: the court's day, unless the court's own people date it back."""
    given = draft.answers.get("details", {}).get("filed") if reader.is_court else None
    return date.fromisoformat(given) if given else legal_day(at, settings.COURT.zone)


def received(draft: Draft, reader: Reader) -> datetime | None:
    """When it reached the court another way, in the court's time, if the court's own people say so."""
    said = draft.answers.get("details", {}) if reader.is_court else {}
    if not said.get("received_on"):
        return None
    return rules.instant(day=said["received_on"], at=said["received_at"], zone=settings.COURT.zone)


def restriction_of(draft: Draft, event: Event) -> int:
    """The level of the entry: what the filer chose of what the event offers, else the event's own."""
    chosen = draft.answers.get("details", {}).get("restriction")
    return int(chosen) if chosen not in (None, "") and int(chosen) in event.restrictions else event.restriction


def line_restriction_of(draft: Draft, event: Event) -> int:
    """The level of the line on the docket: that of the documents, unless the event leaves the line open."""
    return 0 if event.line_open else restriction_of(draft, event)


def documents_of(draft: Draft) -> list[DraftDocument]:
    """The PDFs of a draft, main document first; read once until the draft is read again."""
    if "papers" not in draft.__dict__:
        draft.papers = _DOCUMENTS.all(draft=draft.id)  # type: ignore[attr-defined]
    return list(draft.papers)  # type: ignore[attr-defined]


def forget_documents(draft: Draft, *, now: DraftDocument | None = None) -> None:
    """Read the draft's PDFs anew next time: they were just changed. ``now``: only by this one, so what was read holds."""
    papers = draft.__dict__.pop("papers", None)
    if now is not None and papers is not None:
        others = [row for row in papers if row.part != now.part]
        draft.papers = sorted([*others, now], key=lambda row: row.part)  # type: ignore[attr-defined]


def _parties(draft: Draft) -> list[cases.PartyLine]:
    """The parties of the draft's case, in order; read once until the draft is read again, or its case is another."""
    if draft.__dict__.get("party_lines", (None,))[0] != draft.case_id:
        lines = cases.party_lines(case_id=draft.case_id, user_id=draft.filer_id)
        draft.party_lines = (draft.case_id, lines)  # type: ignore[attr-defined]
    return draft.party_lines[1]  # type: ignore[attr-defined]


def name_of_part(document: DraftDocument) -> str:
    """``Exhibit A``: category and description, without saying one word twice."""
    category, description = document.category.strip(), document.description.strip()
    if description.casefold().startswith(category.casefold()):
        return description
    return f"{category} {description}".strip()


def text_facts(draft: Draft, event: Event, reader: Reader, at: datetime) -> rules.TextFacts:
    """Everything that the draft's docket text says."""
    details, words = draft.answers.get("details", {}), draft.answers.get("text", {})
    user = draft.filer
    filed = filed_day(draft, reader, at)
    named = {party.id: rules.NamedParty(party.name, party.type) for party in _parties(draft)}
    filers = [named[each] for each in picked(draft, "filers") if each in named]
    if added := new_party(draft):
        filers.append(rules.NamedParty(*added))
    return rules.TextFacts(
        event=event,
        case_number=draft.case.number,
        filers=filers,
        against=[named[each] for each in picked(draft, "against") if each in named],
        related=_related(draft, reader, event),
        attachments=[name_of_part(document) for document in documents_of(draft) if document.part],
        prefix=words.get("prefix", ""),
        free=words.get("free", ""),
        answers={name: str(value) for name, value in details.items()},
        judge=dict(judges()).get(str(details.get("judge", "")), "") if event.signed else "",
        submitter=" ".join(part for part in (user.first_name, user.last_name) if part),
        signature=initials_of(user) if reader.is_court else f"{user.last_name}, {user.first_name}".strip(", "),
        initials=initials_of(user).upper(),
        filed=filed,
        due=_due(event, filed, details),
        received=received(draft, reader),
        received_how=details.get("received_how", ""),
    )


def initials_of(user: Any) -> str:
    """``jbh``: how staff sign an entry."""
    made = "".join(part[:1] for part in (user.first_name, user.middle_name, user.last_name))
    return user.initials if user.initials else made.lower()


def _related(draft: Draft, reader: Reader, event: Event) -> Sequence[rules.RelatedEntry]:
    answer = draft.answers.get("related", {})
    chosen = [int(each) for each in answer.get("entries", [])]
    outcomes = answer.get("outcomes", {})
    offered = (
        {each.id: each for each in candidates(case_id=draft.case_id, reader=reader, event=event)} if chosen else {}
    )
    level = line_restriction_of(draft, event)
    return [
        rules.RelatedEntry(
            offered[each].number,
            rules.short_reference(offered[each], told_at=level),
            outcomes.get(str(each), "") if event.rules_on else "",
        )
        for each in sorted(chosen)
        if each in offered
    ]


def _due(event: Event, filed: date, details: dict) -> date | None:
    for effect in event.effects:
        if isinstance(effect, StartClock):
            return calendar.due_day(trigger=filed, days=effect.days)
        if isinstance(effect, SetDeadline) and details.get(effect.answer):
            return date.fromisoformat(details[effect.answer])
    return None


def open_parties(draft: Draft) -> list[tuple[str, str]]:
    """The parties of the draft's case that are still in it: id and name with role."""
    return [(str(party.id), f"{party.name} ({party.type})") for party in _parties(draft) if party.terminated is None]


def own_parties(draft: Draft, event: Event, reader: Reader) -> list[tuple[str, str]]:
    """The parties for which the event may be filed: all, or for an event that only some have the right to, those of the
    roles for which the filer stands on the docket. The clerk's office dockets for any of them what came on paper.
    Somebody without an attorney files for nobody else."""
    if not event.spoken_for:
        mine = {party.id for party in _parties(draft) if party.spoken_for}
        everybody = open_parties(draft)
        return [one for one in everybody if int(one[0]) in mine] if reader.files_for_oneself else everybody
    mine = [one for one in _parties(draft) if one.terminated is None and one.type in event.spoken_for]
    return [(str(one.id), f"{one.name} ({one.type})") for one in mine if one.spoken_for or reader.is_court]


def not_spoken_for(event: Event) -> str:
    """Why somebody who speaks for nobody of those roles cannot file the event."""
    return gettext(
        "Only who represents one of these parties on this docket already may file this: {roles}. If you do, enter your "
        "appearance first, or ask the clerk's office to connect you. Everybody else moves the court for it."
    ).format(roles=", ".join(event.spoken_for))


NOT_FOR_OTHERS = _("You file without an attorney: you can file for yourself, and for nobody else.")


def event_of(draft: Draft, reader: Reader) -> Event:
    """The draft's event; NoSuchEvent when the court took it off the menu, or it is not for this person's group."""
    event = events.event(draft.event)
    if not event.may_be_filed_by(reader.group):
        raise NoSuchEvent(event=draft.event)
    return event
