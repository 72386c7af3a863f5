"""Filing agents of the old system go on acting for their principals from the switch on, and go again with a roll-back."""

from __future__ import annotations

from pathlib import Path

import pytest

from openecf.court.agents import queries as agents
from openecf.court.agents.models import Agency
from openecf.court.conversion import rules, services
from openecf.court.conversion.inventing import Export
from openecf.court.conversion.models import Conversion, ConvertedAgency, Finding
from openecf.court.people.models import CourtUser
from openecf.court.transition import queries as transition
from openecf.court.transition import services as transitions
from openecf.platform.audit.models import AuditLine
from tests.court.old_records import BEFORE, CLOSED, DURING, LIVE, checked, load, silent, spoil, verified

pytestmark = pytest.mark.django_db
USERS, AGENT = 10, "filer7"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    transitions.set_up(at=BEFORE, filing_closes_at=CLOSED, live_at=LIVE)
    transition.forget()
    return Export(tmp_path, court="flsb", cases=1, users=USERS, passwords=0, findings=2, agents=1).write()


def switched(folder: Path) -> None:
    assert not verified(folder).problems
    services.switch(folder, at=DURING, despite_findings=True)


def acts_for() -> list[str]:
    agent = CourtUser.objects.get(login=AGENT)
    return sorted(
        CourtUser.objects.get(id=one.user).login
        for one in agents.principals_of(agent=agent.id, sid="session", now=DURING)
    )


def test_agents_act_from_the_switch_on_as_they_did(folder):
    load(folder)
    assert ConvertedAgency.objects.count() == 3 and not Agency.objects.exists()
    switched(folder)
    assert acts_for() == ["filer1", "filer2", "filer3"]
    first, second, third = Agency.objects.order_by("principal__login")
    assert [(one.sees_restricted, one.gets_notices) for one in (first, second, third)] == [
        (True, False),
        (False, True),
        (False, False),
    ]
    assert AuditLine.objects.get(act="conversion.switched").facts["agents"] == 3


def test_a_load_that_goes_on_and_a_second_switch_double_nobody(folder):
    load(folder)
    Conversion.objects.update(loaded_at=None)
    load(folder)
    switched(folder)
    services.switch(folder, at=DURING)
    assert (ConvertedAgency.objects.count(), Agency.objects.count()) == (3, 3)


def test_a_roll_back_takes_agents_out_unless_somebody_changed_them(folder):
    load(folder)
    switched(folder)
    agency = Agency.objects.order_by("id").first()
    Agency.objects.filter(id=agency.id).update(ended_at=DURING)
    with pytest.raises(services.CannotConvert, match="Work was done"):
        services.roll_back(at=DURING, progress=silent)
    Agency.objects.filter(id=agency.id).update(ended_at=None)
    services.roll_back(at=DURING, progress=silent)
    assert not Agency.objects.exists() and not ConvertedAgency.objects.exists()
    assert not CourtUser.objects.filter(login=AGENT).exists()


def test_an_agent_of_somebody_who_was_there_twice_acts_for_the_account_that_stays(folder):
    spoil(folder, "agents.csv", 2, "principal", "P4")
    load(folder)
    twice = next(one for one in Finding.objects.filter(kind="twice") if one.people.filter(person="P4").exists())
    other = twice.people.exclude(person="P4").get()
    services.decide(finding_id=twice.id, outcome=rules.SAME, kept=other.id, by="user:1", at=DURING)
    switched(folder)
    assert acts_for() == ["filer2", CourtUser.objects.get(id=other.user_id).login]
    assert not Agency.objects.get(principal=other.user_id).sees_restricted, (
        "one of the two let the agent see it, one not"
    )


WRONG = {
    "an agent with an attorney's login": (
        "agent",
        "P5",
        "agents.csv:2: agent: users.csv has no login of the group filing",
    ),
    "nobody of that name": ("agent", "P999", "agents.csv:2: agent: users.csv has no login of the group filing"),
    "an agent's agent": ("principal", "P7", "agents.csv:2: principal: users.csv has no login of an attorney"),
    "the same pair twice": ("principal", "P2", "agents.csv:3: agent: P7 is there for this principal already"),
    "no yes or no": ("gets_notices", "maybe", "agents.csv:2: gets_notices:"),
}


@pytest.mark.parametrize(("column", "value", "said"), WRONG.values(), ids=WRONG)
def test_what_does_not_fit_is_told(folder, column, value, said):
    spoil(folder, "agents.csv", 2, column, value)
    told = [str(problem) for problem in checked(folder).problems if problem.grave]
    assert any(one.startswith(said) for one in told), told


def test_what_differs_here_is_told_by_the_verification(folder):
    load(folder)
    ConvertedAgency.objects.filter(sees_restricted=True).update(sees_restricted=False)
    assert [str(one) for one in verified(folder).problems] == [
        "agents.csv:2: here it is otherwise: 'False' instead of 'True'"
    ]
