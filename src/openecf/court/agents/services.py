"""Letting filing agents act, ending it, and choosing whom one acts for.

Whoever is removed is removed at once: pages ask at each request (``queries.as_chosen``), and a submission asks again in
its own transaction (``confirm``), where a removal at the same moment waits for it or is seen by it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext_lazy as _

from openecf.court.agents import queries
from openecf.court.agents.letters import what_changed
from openecf.court.agents.models import ActingChoice, Agency
from openecf.court.people import queries as people
from openecf.court.people import services as accounts
from openecf.court.people.rules import PRINCIPAL_GROUPS, Reader
from openecf.kernel.days import legal_day
from openecf.kernel.refusal import Refusal
from openecf.platform.audit.services import record
from openecf.platform.mail import services as mail
from openecf.platform.throttle import services as throttle

WINDOW = timedelta(minutes=15)
TRIES = 20
CHOICES_KEPT_FOR = timedelta(days=2)
"""Longer than any session at a court."""


class CannotLet(Refusal):
    """The agent is not let to act for this principal, or not so."""

    said = _("This person could not be made your filing agent.")
    code = "cannot-let"


class NoSuchAgent(CannotLet):
    """Nobody fits; one wording, so that nobody learns by asking who has which account here."""

    said = _(
        "This court has no filing agent with that login or PACER account number and that last name. The person needs "
        "an account of the own with this court as filing agent, linked to the own PACER account: they register under "
        "Non-Attorney E-File Registration in Manage My Account."
    )
    code = "no-such-agent"


class TooManyTries(CannotLet):
    """Guessing is slow."""

    said = _("That was tried too often. Wait 15 minutes, then try again.")
    code = "too-many-tries"


class AgentAlready(CannotLet):
    """The person acts for this principal, or will."""

    said = _("This person is your filing agent already. You can change what they may do in the list.")
    code = "agent-already"


class BadDays(CannotLet):
    """The last day is before the first, or before today."""

    said = _("The last day must not be before the first, nor before today.")
    code = "bad-days"


class NoSuchAgency(Refusal):
    """The agency is not there, has ended, or is somebody else's."""

    said = _("That is no filing agent of yours, or no longer.")
    code = "no-such-agency"


class NotYourPrincipal(Refusal):
    """The agent may not act for this person: never linked, removed, or on other days."""

    said = _("You may not act for this person now. Only they can let you, under Utilities, “Filing agents”.")
    code = "not-your-principal"


class NoLongerAgent(Refusal):
    """The principal ended it between the first page of a filing and its submission."""

    code = "no-longer-agent"


@dataclass(frozen=True)
class Terms:
    """What an agent may do for a principal, and when. ``ends`` None: until somebody ends it."""

    role: str
    may_file: bool
    sees_restricted: bool
    gets_notices: bool
    starts: date
    ends: date | None = None
    may_pay: bool = False


def let_act(*, reader: Reader, who: str, last_name: str, terms: Terms, at: datetime) -> Agency:
    """The reader, a principal, lets a filing agent act: found by court login or PACER account number and last name.

    Both are told by mail. CannotLet.
    """
    _require_principal(reader)
    if throttle.count(key=f"let-act:{reader.user}", window=WINDOW, now=at) > TRIES:
        raise TooManyTries
    _check_days(terms, at)
    agent = people.agent_called(who, last_name=last_name)
    if agent is None or agent.id == reader.user:
        raise NoSuchAgent
    try:
        with transaction.atomic():
            agency = Agency.objects.create(principal_id=reader.user, agent=agent, made_at=at, **vars(terms))
            _said(agency, "added", reader.ref, at)
    except IntegrityError:
        raise AgentAlready from None
    return agency


def change_terms(*, reader: Reader, agency_id: int, terms: Terms, at: datetime) -> Agency:
    """Change what an agent of the reader's may do, from now on. Both are told. NoSuchAgency, BadDays."""
    _require_principal(reader)
    _check_days(terms, at)
    with transaction.atomic():
        agency = _own(agency_id, principal=reader.user)
        for name, value in vars(terms).items():
            setattr(agency, name, value)
        agency.save(update_fields=list(vars(terms)))
        _said(agency, "changed", reader.ref, at)
    return agency


def remove_agent(*, reader: Reader, agency_id: int, at: datetime) -> None:
    """The principal ends it, at once. Both are told. NoSuchAgency."""
    _require_principal(reader)
    with transaction.atomic():
        _end(_own(agency_id, principal=reader.user), "removed", reader.ref, at)


def leave(*, reader: Reader, agency_id: int, at: datetime) -> None:
    """The agent ends it, at once. Both are told. NoSuchAgency."""
    if reader.agent is None:
        raise NoSuchAgency
    with transaction.atomic():
        _end(_own(agency_id, agent=reader.agent), "left", reader.ref, at)


def end_given(*, principal: int, by: str, at: datetime) -> None:
    """Nobody acts for this principal any more: who let them act may have been somebody else. Both sides of each are told.
    Inside the transaction of the act that says why."""
    for agency in (
        Agency.objects.select_for_update(of=("self",)).filter(principal=principal, ended_at=None).order_by("id")
    ):
        _end(agency, "ended", by, at)


def choose(*, reader: Reader, agency_id: int, at: datetime) -> str:
    """Act for that principal in this session; the principal's name. NotYourPrincipal."""
    if reader.agent is None or not reader.sid:
        raise NotYourPrincipal
    mine = queries.principals_of(agent=reader.agent, sid=reader.sid, now=at)
    found = next((each for each in mine if each.agency == agency_id), None)
    if found is None:
        raise NotYourPrincipal
    with transaction.atomic():
        ActingChoice.objects.filter(chosen_at__lt=at - CHOICES_KEPT_FOR).delete()
        ActingChoice.objects.update_or_create(sid=reader.sid, defaults={"agency_id": found.agency, "chosen_at": at})
        record(
            act="agent.chose",
            by=f"user:{reader.agent}",
            at=at,
            subject=f"agency:{found.agency}",
            on_behalf_of=f"user:{found.user}",
        )
    return found.name


_STANDS = """
SELECT 1 FROM agency a JOIN court_user p ON p.id = a.principal_id JOIN court_user g ON g.id = a.agent_id
WHERE a.id = %(agency)s AND a.principal_id = %(principal)s AND a.agent_id = %(agent)s AND a.ended_at IS NULL AND a.may_file
  AND a.starts <= %(today)s AND (a.ends IS NULL OR a.ends >= %(today)s) AND p.active AND g.active FOR SHARE OF a
"""


def confirm(*, reader: Reader, at: datetime) -> None:
    """Ask again, in the transaction of a submission, whether the agent may file for the principal. NoLongerAgent.

    Nobody can remove the agent until that transaction ends. Nothing is asked of people who act for themselves.
    """
    if reader.acting is None:
        return
    values = {
        "agency": reader.acting.agency,
        "principal": reader.user,
        "agent": reader.acting.agent,
        "today": legal_day(at, settings.COURT.zone),
    }
    with connection.cursor() as cursor:
        cursor.execute(_STANDS, values)
        if cursor.fetchone() is None:
            raise NoLongerAgent(no_longer(reader.acting.principal_name))


def no_longer(principal_name: str) -> str:
    """What an agent is told who can go on no more with a draft."""
    return _(
        "You may no longer file for %(name)s. Nothing was filed. The draft is kept: %(name)s can go on with it, or let "
        "you act again."
    ) % {"name": principal_name}


def _require_principal(reader: Reader) -> None:
    """An agent adds no agents, for nobody; the pages say so before (``access.PRINCIPAL``)."""
    if reader.acting or reader.user is None or reader.group not in PRINCIPAL_GROUPS:
        raise NoSuchAgency


def _check_days(terms: Terms, at: datetime) -> None:
    today = legal_day(at, settings.COURT.zone)
    if terms.ends is not None and (terms.ends < terms.starts or terms.ends < today):
        raise BadDays


def _own(agency_id: int, **whose: int | None) -> Agency:
    row = Agency.objects.select_for_update(of=("self",)).select_related("principal", "agent")
    agency = row.filter(id=agency_id, ended_at=None, **whose).first()
    if agency is None:
        raise NoSuchAgency
    return agency


def _end(agency: Agency, what: str, by: str, at: datetime) -> None:
    agency.ended_at, agency.ended_by = at, by
    agency.save(update_fields=["ended_at", "ended_by"])
    ActingChoice.objects.filter(agency=agency).delete()
    _said(agency, what, by, at)


def _said(agency: Agency, what: str, by: str, at: datetime) -> None:
    """Note it, tell both sides, and keep the mark by which notices know that an agent gets copies."""
    accounts.hold(user_id=agency.principal_id)
    copies = Agency.objects.filter(principal=agency.principal_id, ended_at=None, gets_notices=True).exists()
    accounts.note_agents_told(user_id=agency.principal_id, told=copies)
    record(
        act=f"agent.{what}",
        by=by,
        at=at,
        subject=f"agency:{agency.id}",
        principal=agency.principal_id,
        agent=agency.agent_id,
        may_file=agency.may_file,
        sees_restricted=agency.sees_restricted,
        may_pay=agency.may_pay,
        gets_notices=agency.gets_notices,
        starts=agency.starts.isoformat(),
        ends=agency.ends.isoformat() if agency.ends else None,
    )
    for reader in {each.email: each for each in (agency.agent, agency.principal) if each.email}.values():
        with people.in_words_of(reader):
            subject, text = what_changed(agency, what)
        mail.send(to=[reader.email], subject=subject, text=text, at=at, reference=f"agency:{agency.id}")
