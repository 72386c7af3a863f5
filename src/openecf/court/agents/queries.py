"""Reading who acts for whom."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.db import connection
from django.db.models import Q, QuerySet

from openecf.court.agents import rules
from openecf.court.agents.models import Agency
from openecf.court.agents.rules import Principal
from openecf.court.people.rules import AGENT_GROUP, PRINCIPAL_GROUPS, Reader
from openecf.kernel.days import legal_day

# With each request of an agent, hence by hand.
_PRINCIPALS = """
SELECT a.id, p.id, p."group", concat_ws(' ', nullif(p.first_name, ''), p.last_name), a.role, a.may_file,
  a.sees_restricted, EXISTS (SELECT FROM acting_choice c WHERE c.sid = %(sid)s AND c.agency_id = a.id), a.may_pay
FROM agency a JOIN court_user p ON p.id = a.principal_id
WHERE a.agent_id = %(agent)s AND a.ended_at IS NULL AND a.starts <= %(today)s AND (a.ends IS NULL OR a.ends >= %(today)s)
  AND p.active AND p."group" = ANY(%(groups)s)
ORDER BY p.last_name, p.first_name, a.id
"""


def principals_of(*, agent: int, sid: str, now: datetime) -> list[Principal]:
    """The people whom an agent may act for now, by name; ``sid`` names the session in which one may be chosen."""
    today = legal_day(now, settings.COURT.zone)
    values = {"agent": agent, "sid": sid, "today": today, "groups": sorted(PRINCIPAL_GROUPS)}
    with connection.cursor() as cursor:
        cursor.execute(_PRINCIPALS, values)
        return [Principal(*row) for row in cursor.fetchall()]


def as_chosen(reader: Reader, *, now: datetime) -> Reader:
    """The reader as whoever an agent acts for; everybody else as they are. One statement for an agent."""
    if reader.group != AGENT_GROUP or reader.user is None:
        return reader
    found = principals_of(agent=reader.user, sid=reader.sid, now=now)
    return rules.acting(reader, agent_name=reader.name or reader.username, principals=found)


@dataclass(frozen=True)
class AgencyRow:
    """An agency as either side's list shows it; ``name``, ``firm`` and ``email`` are the other side's."""

    id: int
    name: str
    firm: str
    email: str
    login: str
    role: str
    may_file: bool
    sees_restricted: bool
    gets_notices: bool
    may_pay: bool
    starts: date
    ends: date | None
    state: str


def _rows(agencies: QuerySet[Agency], other: str, now: datetime) -> list[AgencyRow]:
    today = legal_day(now, settings.COURT.zone)
    found = agencies.filter(ended_at=None).select_related(other).order_by(f"{other}__last_name", "id")
    rows = []
    for each in found:
        user = getattr(each, other)
        rows.append(
            AgencyRow(
                id=each.id,
                name=" ".join(part for part in (user.first_name, user.last_name) if part),
                firm=user.firm,
                email=user.email,
                login=user.login,
                role=each.get_role_display(),
                may_file=each.may_file,
                sees_restricted=each.sees_restricted,
                gets_notices=each.gets_notices,
                may_pay=each.may_pay,
                starts=each.starts,
                ends=each.ends,
                state=rules.state_of(starts=each.starts, ends=each.ends, today=today) if user.active else "past",
            )
        )
    return rows


def agents_of(principal: int, *, now: datetime) -> list[AgencyRow]:
    """A principal's agents, by name: those of now, of later and those whose days are over."""
    return _rows(Agency.objects.filter(principal=principal), "agent", now)


def held_by(agent: int, *, now: datetime) -> list[AgencyRow]:
    """Whom an agent is linked to, by name, in the same order and states."""
    return _rows(Agency.objects.filter(agent=agent), "principal", now)


def agency_of(principal: int, agency_id: int) -> Agency | None:
    """A principal's own agency that has not ended, with its agent; None for anybody else's."""
    return Agency.objects.select_related("agent").filter(id=agency_id, principal=principal, ended_at=None).first()


def standing_between(*, principal: int, agent: int, now: datetime) -> bool:
    """Whether the agent may act for the principal now, chosen or not."""
    return any(each.user == principal for each in principals_of(agent=agent, sid="", now=now))


def copies_for(principals: Iterable[int], *, closed: bool, now: datetime) -> dict[int, list[str]]:
    """By principal, the addresses of agents that get copies of notices. Of what is ``closed`` to others only those of
    agents that may see it."""
    today = legal_day(now, settings.COURT.zone)
    rows = Agency.objects.filter(
        Q(ends=None) | Q(ends__gte=today),
        principal__in=list(principals),
        ended_at=None,
        starts__lte=today,
        gets_notices=True,
        agent__active=True,
        agent__group=AGENT_GROUP,
    ).exclude(agent__email="")
    if closed:
        rows = rows.filter(sees_restricted=True)
    copies: dict[int, list[str]] = {}
    for principal, address in rows.order_by("id").values_list("principal", "agent__email"):
        copies.setdefault(principal, []).append(address)
    return copies
