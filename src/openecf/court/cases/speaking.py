"""Appearances that the clerk's office ties to an account, or takes off it: of parties who speak for themselves, marked PRO
SE, and of attorneys who are admitted for that case alone, marked PRO HAC VICE.

While one is tied, notices of the case come to the account, what is closed to others opens, and filing in this case is
allowed (``people.own_cases``). Taken off, it stays on the docket as it was, and papers are served otherwise again.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from openecf.court.cases import claiming
from openecf.court.cases.merging import Change
from openecf.court.cases.models import Case, CaseChange, Party, Representation
from openecf.kernel.refusal import Refusal
from openecf.platform.audit.services import record

if TYPE_CHECKING:
    from openecf.court.people.models import CourtUser

PRO_SE = "PRO SE"
PRO_HAC_VICE = "PRO HAC VICE"


class NotInThisCase(Refusal):
    """A party or an appearance that is not part of the case."""

    said = _("This party is not in the case.")
    code = "not-in-this-case"


class HasCounsel(Refusal):
    """Somebody else speaks for the party."""

    said = _(
        "Somebody else appears for this party on the docket: an attorney, or another account. End that appearance first."
    )
    code = "has-counsel"


def contact_of(user: CourtUser) -> str:
    """An attorney's contact lines as dockets print them under the name."""
    lines = [user.firm, *user.address_lines, user.phone]
    lines += [f"Fax: {user.fax}"] if user.fax else []
    lines += [f"Email: {user.email}"] if user.email else []
    return "\n".join(line for line in lines if line)


def name_of(user: CourtUser) -> str:
    """``Ada B. Counsel, Jr.``"""
    name = " ".join(part for part in (user.first_name, user.middle_name, user.last_name) if part)
    return f"{name}, {user.generation}" if user.generation else name


def is_pro_se(row: Representation) -> bool:
    """Whether an appearance is a party's own, as dockets mark it."""
    return any(role.strip().upper().startswith(PRO_SE) for role in row.roles)


def speak_for_oneself(*, case_id: int, party_id: int, user: CourtUser, at: datetime, by: str) -> Case | None:
    """The party is that person, without an attorney: the case, or None where that was so before. NotInThisCase, HasCounsel.

    A line that the docket has for it already, without an account, becomes the account's; else one is added.
    """
    with transaction.atomic():
        case, party, standing = _standing(case_id, party_id)
        if any(row.user_id == user.id for row in standing):
            return None
        own = next((row for row in standing if row.user_id is None and is_pro_se(row)), None)
        if any(row is not own for row in standing):
            raise HasCounsel(case=case_id, party=party_id)
        _tie(own or _line(party, user, PRO_SE, at), user, case, at=at, by=by)
        record(act="case.party-connected", by=by, at=at, subject=f"case:{case.id}", user=user.id, party=party.id)
    return case


def speak_for(*, case_id: int, party_id: int, user: CourtUser, at: datetime, by: str) -> Case | None:
    """That attorney, admitted for the case, is the party's counsel, beside others: the case, or None where that was so before.
    NotInThisCase.

    A line that the docket has for the attorney already, without an account, becomes the account's; else one is added.
    """
    with transaction.atomic():
        case, party, standing = _standing(case_id, party_id)
        if any(row.user_id == user.id for row in standing):
            return None
        mine = claiming.unclaimed(email=user.email, last_name=user.last_name).filter(party=party).first()
        row = mine or _line(party, user, PRO_HAC_VICE, at)
        if PRO_HAC_VICE not in row.roles:
            row.roles = [*row.roles, PRO_HAC_VICE]
        _tie(row, user, case, at=at, by=by)
        record(act="case.attorney-connected", by=by, at=at, subject=f"case:{case.id}", user=user.id, party=party.id)
    return case


def _standing(case_id: int, party_id: int) -> tuple[Case, Party, list[Representation]]:
    """The locked case, the party that is still in it, and who appears for it now. NotInThisCase."""
    case = Case.objects.select_for_update().get(id=case_id)
    party = case.parties.filter(id=party_id, terminated=None).first()
    if party is None:
        raise NotInThisCase(case=case_id)
    return case, party, list(party.representations.filter(terminated=None).order_by("position", "id"))


def _line(party: Party, user: CourtUser, role: str, at: datetime) -> Representation:
    """A new line of the docket for the person, not saved yet."""
    last = party.representations.aggregate(last=models.Max("position"))["last"] or 0
    row = Representation(party=party, position=last + 1, name=name_of(user), roles=[role])
    row.contact, row.appeared_at = contact_of(user), at
    return row


def _tie(row: Representation, user: CourtUser, case: Case, *, at: datetime, by: str) -> None:
    row.user, row.email = user, user.email
    row.save()
    _write(case, [row.id], Change("user", None, user.id), at=at, by=by)


def speak_no_more(*, case_id: int, user: CourtUser, at: datetime, by: str) -> str:
    """The case is not in the person's account any more; the docket goes on naming the party. The case's number; empty if it
    was not there, and nothing happened."""
    with transaction.atomic():
        case = Case.objects.select_for_update().filter(id=case_id).first()
        mine = list(_own(user.id).filter(party__case=case).values_list("id", flat=True)) if case is not None else []
        if case is not None and mine:
            Representation.objects.filter(id__in=mine).update(user=None)
            _write(case, mine, Change("user", user.id, None), at=at, by=by)
            record(act="case.party-disconnected", by=by, at=at, subject=f"case:{case.id}", user=user.id)
    return case.number if case is not None and mine else ""


def speaks(*, user_id: int | None, case_id: int) -> bool:
    """Whether a court user speaks now for somebody who is still in the case."""
    return user_id is not None and _own(user_id).filter(party__case=case_id, party__terminated=None).exists()


def speaks_in(user_id: int) -> set[int]:
    """The cases in which a court user speaks now for somebody who is still in them."""
    return set(_own(user_id).filter(party__terminated=None).values_list("party__case", flat=True))


def is_counsel(user_id: int) -> bool:
    """Whether a court user appears for others on some docket now, and not as a party without an attorney."""
    return not all(is_pro_se(row) for row in _own(user_id))


def spoken_in(user_id: int, *, limit: int = 200) -> list[tuple[int, str, str, date | None, list[str]]]:
    """The cases in which a court user speaks for somebody now, for the clerk's office and the person: id, number, title,
    the day on which it was closed, and the names of the parties."""
    found: dict[int, tuple[int, str, str, date | None, list[str]]] = {}
    for row in _own(user_id).select_related("party__case").order_by("-party__case_id", "id")[:limit]:
        case = row.party.case
        title = case.caption or case.short_title
        found.setdefault(case.id, (case.id, case.number, title, case.terminated, []))[4].append(row.party.name)
    return list(found.values())


def _own(user_id: int) -> models.QuerySet[Representation]:
    return Representation.objects.filter(user=user_id, terminated=None)


def _write(case: Case, rows: list[int], change: Change, *, at: datetime, by: str) -> None:
    case.version += 1
    case.save(update_fields=["version"])
    CaseChange.objects.bulk_create(
        CaseChange(
            case=case, version=case.version, subject=f"representation:{row}", field=change.field,
            before=change.before, after=change.after, at=at, by=by,
        )
        for row in rows
    )  # fmt: skip
