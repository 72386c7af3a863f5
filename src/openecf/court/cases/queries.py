"""Reading cases. What a reader may not know of is as if it were not there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_noop

from openecf.court.cases import claiming, kept
from openecf.court.cases.models import Case, Judge, Party, Representation
from openecf.court.cases.rules import (
    AttorneyFacts,
    CaseFacts,
    CaseMatch,
    CountFacts,
    Originating,
    PartyFacts,
    understand,
)
from openecf.court.cases.speaking import is_counsel as is_counsel
from openecf.court.cases.speaking import speaks as speaks
from openecf.court.cases.speaking import speaks_in as speaks_in
from openecf.court.cases.speaking import spoken_in as spoken_in
from openecf.court.documents.rules import may_read
from openecf.court.people.rules import Reader
from openecf.court.transition import queries as transition
from openecf.kernel.refusal import Refusal
from openecf.platform.postgres import prepared

MOST_MATCHES = 200


class NoSuchCase(Refusal):
    """There is no such case, or none that this reader may know of: the same words for both."""

    said = gettext_noop("Case not found.")
    code = "no-such-case"


def count() -> int:
    """How many cases this court has, sealed ones among them; for the court's own figures, never for a reader."""
    return Case.objects.count()


def chain_head(case_id: int) -> str:
    """The last link of a case's chain of entries and corrections; empty for a case without any."""
    return Case.objects.values_list("chain_head", flat=True).get(id=case_id)


def every_number() -> Iterator[tuple[int, str]]:
    """Id and number of every case of the court, sealed ones among them: for the operators' check of the record."""
    return Case.objects.order_by("id").values_list("id", "number").iterator()


def participates(reader: Reader, case_id: int) -> bool:
    """Whether the reader represents somebody in the case now, and sees what that opens."""
    if not reader.sees_as_filer:
        return False
    return Representation.objects.filter(party__case=case_id, user=reader.user, terminated=None).exists()


def visible(reader: Reader, case: Case) -> bool:
    """Whether the reader may know of the case."""
    return case.restriction == 0 or may_read(
        reader, restriction=case.restriction, participates=participates(reader, case.id), filed_by=None
    )


def case_for(*, reader: Reader, case_id: int, beside: str = "NULL") -> Case:
    """The case, for this reader. Raises NoSuchCase when it is not there or sealed from the reader.

    ``beside``: what else is asked in the same statement (``kept.case``).
    """
    case = kept.case(case_id, beside=beside)
    if case is None or not visible(reader, case):
        raise NoSuchCase
    return case


def case_numbered(*, reader: Reader, number: str) -> Case:
    """The one case that a written number names (``19-2244``); NoSuchCase when there is none or several."""
    found = list(_named(number).select_related("assigned_to", "referred_to", "lead")[:3])
    exact = [case for case in found if number in (case.number, case.number_as_written)]
    chosen = exact or found
    if len(chosen) != 1 or not visible(reader, chosen[0]):
        raise NoSuchCase
    return chosen[0]


def heading_number(case: Case) -> str:
    """The number with judges' initials and defendant, as the docket's heading prints it."""
    if case.number_as_written:
        return case.number_as_written
    parts = (case.number, case.judge_initials, case.referred_initials, case.defendant_number)
    return "-".join(part for part in parts if part)


def _named(typed: str) -> QuerySet[Case]:
    number = understand(typed)
    exact = Q(number__iexact=typed.strip()) | Q(number_as_written__iexact=typed.strip())
    if number is None:
        return Case.objects.filter(exact)
    wanted = Q(serial=number.serial)
    if number.year:
        wanted &= Q(year=number.year)
    if number.type == "mdl":
        wanted &= Q(type="md") | Q(type="mdl") | Q(number__istartswith="MDL")
    elif number.type:
        wanted &= Q(type__iexact=number.type)
    if number.office:
        wanted &= Q(office__iexact=number.office)
    if number.defendant:
        wanted &= Q(defendant_number=number.defendant)
    return Case.objects.filter(exact | wanted)


def match_of(case: Case) -> CaseMatch:
    """A case as lists of matches show it."""
    return CaseMatch(
        id=case.id,
        number=case.number,
        heading_number=heading_number(case),
        office=case.office,
        year=case.year,
        type=case.type,
        serial=case.serial,
        title=case.caption or case.short_title,
        filed=case.filed,
        terminated=case.terminated,
        chapter=case.chapter,
        defendant=case.defendant_number,
    )


def matching(*, typed: str, reader: Reader) -> list[CaseMatch]:
    """The cases that fit what somebody typed as a case number, of those that the reader may know of."""
    found = _named(typed).order_by("office", "year", "type", "serial", "defendant_number", "id")[:MOST_MATCHES]
    return [match_of(case) for case in found if visible(reader, case)]


def only_sealed(*, typed: str, reader: Reader) -> bool:
    """Whether what was typed names exactly a case that is sealed from the reader, and nothing else.

    The service of possible case numbers says "Case Under Seal" then, as the courts' own does: the person who types
    the number knows that it exists, and is told nothing more.
    """
    number = understand(typed)
    if number is None or not number.year or not number.type:
        return False
    found = list(_named(typed)[:2])
    return bool(found) and not any(visible(reader, case) for case in found)


def of_reader(reader: Reader, *, limit: int) -> list[CaseMatch]:
    """Cases in which the reader represents somebody now and which are not sealed from the reader, the latest first."""
    mine = Representation.objects.filter(user=reader.user, terminated=None).values("party__case")
    found = Case.objects.filter(id__in=mine).order_by("-last_filing", "-id")[:MOST_MATCHES]
    return [match_of(case) for case in found if visible(reader, case)][:limit]


def of_user(reader: Reader, *, user_id: int, limit: int) -> list[CaseMatch]:
    """Cases in which a court user represents somebody now, of those that the reader may know of, the newest first."""
    mine = Representation.objects.filter(user=user_id, terminated=None).values("party__case")
    found = Case.objects.filter(id__in=mine).order_by("-year", "-serial", "-id")[:limit]
    return [match_of(case) for case in found if visible(reader, case)]


def own_page(reader: Reader, *, words: str, start: int, most: int) -> tuple[list[CaseMatch], bool]:
    """``most`` of the cases in which the reader represents somebody now, the newest first, without the first ``start``,
    and whether there are more. ``words``: part of the number or the title; empty: all of them."""
    mine = Representation.objects.filter(user=reader.user, terminated=None).values("party__case")
    found = Case.objects.filter(id__in=mine)
    if words:
        found = found.filter(Q(number__icontains=words) | Q(caption__icontains=words) | Q(short_title__icontains=words))
    rows = list(found.order_by("-year", "-serial", "-id")[start : start + most + 1])
    return [match_of(case) for case in rows[:most] if visible(reader, case)], len(rows) > most


def own_of(reader: Reader, case_ids: Iterable[int]) -> set[int]:
    """Those of these cases in which the reader represents somebody now and which are not sealed from the reader."""
    mine = Representation.objects.filter(user=reader.user, terminated=None, party__case__in=list(case_ids))
    return {case.pk for case in Case.objects.filter(id__in=mine.values("party__case")) if visible(reader, case)}


def visible_of(reader: Reader, case_ids: Iterable[int]) -> set[int]:
    """Those of these cases of which the reader may know."""
    return {case.pk for case in Case.objects.filter(id__in=list(case_ids)) if visible(reader, case)}


def appearances(*, party_ids: Iterable[int], user_id: int | None = None) -> list[int]:
    """The appearances for these parties that have not ended, of everybody or of one court user: their ids."""
    rows = Representation.objects.filter(party__in=list(party_ids), terminated=None).order_by("id")
    if user_id is not None:
        rows = rows.filter(user=user_id)
    return list(rows.values_list("id", flat=True))


def cases_of_user(user_id: int) -> list[tuple[int, bool]]:
    """Every case in which a court user represents somebody now, sealed ones too, and whether it is open: for the court's
    own acts, never for a reader. By id."""
    mine = Representation.objects.filter(user=user_id, terminated=None).values("party__case")
    rows = Case.objects.filter(id__in=mine).order_by("id").values_list("id", "terminated")
    return [(case, closed is None) for case, closed in rows]


def printed_of_user(*, user_id: int, case_id: int) -> list[tuple[int, str, str, str]]:
    """What a case's docket prints of a court user who stands in it now: appearance, party's name, name, contact lines."""
    rows = Representation.objects.filter(user=user_id, party__case=case_id, terminated=None).order_by("id")
    return list(rows.values_list("id", "party__name", "name", "contact"))


def case_of_party(party_id: int) -> int | None:
    """The case of a party; None if there is no such party."""
    return Party.objects.filter(id=party_id).values_list("case_id", flat=True).first()


_PARTY_LINES = """
SELECT id, name, type, terminated, EXISTS (
  SELECT FROM representation WHERE party_id = party.id AND user_id = %(user)s AND terminated IS NULL
) FROM party WHERE case_id = %(case)s ORDER BY position, id
"""


@dataclass(frozen=True)
class PartyLine:
    """A party as a filing names it. ``spoken_for``: the person who files is its counsel now."""

    id: int
    name: str
    type: str
    terminated: date | None
    spoken_for: bool


def party_lines(*, case_id: int, user_id: int | None) -> list[PartyLine]:
    """The parties of a case in order, and for which of them a court user speaks: asked at each page of a filing."""
    return [PartyLine(*row) for row in prepared.rows(_PARTY_LINES, {"case": case_id, "user": user_id})]


_STANDING = prepared.Query(
    lambda case: Party.objects.filter(case=case, terminated=None).order_by("position", "id"), "case"
)
_COUNSEL = prepared.Query(
    lambda case: (
        Representation.objects.filter(party__case=case, terminated=None)
        .select_related("user")
        .order_by("position", "id")
    ),
    "case",
)


def standing(case_id: int) -> list[tuple[Party, list[Representation]]]:
    """The parties that are still in a case, each with the appearances that have not ended, with their people."""
    counsel: dict[int, list[Representation]] = {}
    for one in _COUNSEL.all(case=case_id):
        counsel.setdefault(one.party_id, []).append(one)
    return [(party, counsel.get(party.id, [])) for party in _STANDING.all(case=case_id)]


def judges() -> list[Judge]:
    """The judicial officers of this court, by name."""
    return list(Judge.objects.order_by("name"))


def judge_of(user_id: int | None) -> Judge | None:
    """The judicial officer that a court user is; None for everybody else."""
    return Judge.objects.filter(user=user_id).first() if user_id is not None else None


def party_types(*, limit: int = 60) -> list[str]:
    """The party roles in use at this court."""
    return sorted(Party.objects.order_by().values_list("type", flat=True).distinct()[:limit])


def numbers_of(case_ids: Iterable[int]) -> dict[int, str]:
    """Numbers of cases as dockets print them, for a person's own log."""
    return dict(Case.objects.filter(id__in=set(case_ids)).values_list("id", "number"))


def searching(
    *,
    reader: Reader,
    last_name: str = "",
    first_name: str = "",
    middle_name: str = "",
    filed: tuple[date | None, date | None] = (None, None),
    last_entry: tuple[date | None, date | None] = (None, None),
    status: str = "",
    nature_of_suit: str = "",
    cause: str = "",
) -> list[tuple[CaseMatch, str, str]]:
    """Cases by party and dates: the match, the person found and the person's role (both empty without a name).

    ``*`` stands for any letters. At most 200, newest first.
    """
    cases = Case.objects.all()
    for column, (start, end) in (("filed", filed), ("last_filing", last_entry)):
        if start:
            cases = cases.filter(**{f"{column}__gte": start})
        if end:
            cases = cases.filter(**{f"{column}__lte": end})
    if status == "open":
        cases = cases.filter(terminated=None)
    elif status == "closed":
        cases = cases.exclude(terminated=None)
    if nature_of_suit:
        cases = cases.filter(nature_of_suit__istartswith=nature_of_suit)
    if cause:
        cases = cases.filter(cause__istartswith=cause)
    if not last_name:
        found = cases.order_by("-filed", "-id")[:MOST_MATCHES]
        return [(match_of(case), "", "") for case in found if visible(reader, case)]
    parties = Party.objects.filter(_named_party(last_name, first_name, middle_name), case__in=cases)
    rows = parties.select_related("case").order_by("name", "-case__filed", "-case_id")[:MOST_MATCHES]
    return [(match_of(party.case), party.name, party.type) for party in rows if visible(reader, party.case)]


def _named_party(last: str, first: str, middle: str) -> Q:
    """Names are kept as dockets print them, ``First Middle Last``; a business's name starts with what was typed."""
    pattern = last.strip().replace("*", "")
    wanted = Q(name__istartswith=pattern) | Q(name__icontains=f" {pattern}")
    for given in (first, middle):
        if given.strip():
            wanted &= Q(name__icontains=given.strip().replace("*", ""))
    return wanted


def facts(case: Case, *, parties: bool = False, terminated: bool = True, members: bool = False) -> CaseFacts:
    """A case as headings and sheets show it; ``parties`` with counsel, ``terminated`` ones among them."""
    assigned, referred = case.assigned_to, case.referred_to
    return CaseFacts(
        id=case.id,
        court=settings.COURT,
        number=case.number,
        heading_number=heading_number(case),
        year=case.year,
        type=case.type,
        caption=case.caption,
        short_title=case.short_title,
        filed=case.filed,
        terminated=case.terminated,
        converted=case.converted,
        discharged=case.discharged,
        dismissed=case.dismissed,
        plan_confirmed=case.plan_confirmed,
        last_filing=case.last_filing,
        assigned_to=assigned.name if assigned else "",
        assigned_title=assigned.title if assigned else "",
        referred_to=referred.name if referred else "",
        referred_title=referred.title if referred else "",
        office_name=transition.profile().offices.get(case.office, ""),
        chapter=case.chapter,
        previous_chapter=case.previous_chapter,
        voluntary=case.voluntary,
        asset=case.asset,
        cause=case.cause,
        nature_of_suit=case.nature_of_suit,
        jury_demand=case.jury_demand,
        demand=case.demand,
        jurisdiction=case.jurisdiction,
        mdl_status=case.mdl_status,
        flags=tuple(case.flags),
        appeal_from=case.appeal_from,
        fee_status=case.fee_status,
        case_type_information=case.case_type_information,
        panel=tuple(case.panel),
        originating=Originating.read(case.originating),
        lead=(case.lead.id, heading_number(case.lead), case.lead.caption)
        if case.lead and not case.lead.restriction
        else None,
        lead_note=case.lead_note or {},
        header_lines=tuple((label, text) for label, text in case.header_lines),
        members=members_of(case) if members else (),
        ordered_by=case.ordered_by,
        parties=party_facts(case.id, terminated=terminated) if parties else (),
    )


def facts_now(case: Case, *, parties: bool, terminated: bool, members: bool) -> CaseFacts:
    """As ``facts``, of a case as ``case_for`` gave it. Who is in it is not read again while nobody changed it."""

    def read() -> CaseFacts:
        return facts(case, parties=parties, terminated=terminated, members=members)

    if members:
        return read()
    office = transition.profile().offices.get(case.office, "")
    return kept.facts(case, (parties, terminated, office), read)


def members_of(case: Case) -> tuple[tuple[int, str, str], ...]:
    """Open member cases of a lead case: id, number, caption."""
    rows = Case.objects.filter(lead=case, restriction=0).order_by("year", "serial")
    return tuple((member.id, heading_number(member), member.caption or member.short_title) for member in rows)


def charged(case_id: int) -> dict[int, str]:
    """The defendants of a criminal case, those who are charged with something: names by the party's id, in order."""
    rows = Party.objects.filter(Q(has_criminal_data=True) | Q(counts__isnull=False), case=case_id)
    return dict(rows.order_by("position", "id").distinct().values_list("id", "name"))


def party_facts(case_id: int, *, terminated: bool = True) -> tuple[PartyFacts, ...]:
    """The parties of a case with counsel and counts, in three statements."""
    rows = Party.objects.filter(case=case_id).order_by("position", "id")
    if not terminated:
        rows = rows.filter(terminated=None)
    return tuple(_party_facts(party) for party in rows.prefetch_related("representations", "counts"))


def _party_facts(party: Party) -> PartyFacts:
    return PartyFacts(
        name=party.name,
        type=party.type,
        lines=party.lines,
        terminated=party.terminated,
        no_attorney_column=party.no_attorney_column,
        attorneys=tuple(_attorneys(party.representations.all())),
        has_criminal_data=party.has_criminal_data,
        offense_opening=party.offense_opening,
        offense_terminated=party.offense_terminated,
        counts=tuple(CountFacts(count.kind, count.name, count.disposition) for count in party.counts.all()),
    )


def _attorneys(representations: Iterable[Representation]) -> Iterable[AttorneyFacts]:
    for one in representations:
        yield AttorneyFacts(one.name, one.contact, tuple(one.roles), one.terminated)


def unclaimed_appearances(*, email: str, last_name: str) -> int:
    """In how many cases an attorney of that address and last name stands on the docket without an account."""
    rows = claiming.unclaimed(email=email, last_name=last_name).order_by()
    return rows.values("party__case_id").distinct().count()
