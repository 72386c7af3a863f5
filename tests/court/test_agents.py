"""Who may act for whom: letting, changing, ending, choosing; and what acting gives and does not give."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connections
from django.utils import timezone

from openecf.court.agents import queries, rules, services
from openecf.court.agents.models import ActingChoice, Agency
from openecf.court.agents.rules import Principal
from openecf.court.people.models import CourtUser
from openecf.court.people.rules import Reader
from openecf.platform.audit.models import AuditLine
from openecf.platform.mail.models import OutgoingMail
from tests.court import agency as given
from tests.court import callers
from tests.court import world as invented

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return invented.make()


@pytest.fixture
def now():
    return timezone.now()


def principal(user: int, *, chosen: bool = False) -> Principal:
    return Principal(user * 10, user, "attorney", f"P{user}", "filing-agent", True, False, chosen)


@pytest.mark.parametrize(
    ("principals", "acts_for", "because"),
    [
        ((), None, "nobody lets this agent act"),
        ((principal(1),), 1, "an only principal needs no choice"),
        ((principal(1), principal(2)), None, "of several, none is taken for the agent"),
        ((principal(1), principal(2, chosen=True)), 2, "the one chosen in this session"),
    ],
)
def test_whom_an_agent_acts_for(principals, acts_for, because):
    found = rules.acted_for(principals)
    assert (found and found.user) == acts_for, because


@pytest.mark.parametrize(
    ("starts", "ends", "today", "state", "because"),
    [
        (date(2026, 3, 2), None, date(2026, 3, 1), "later", "the day before the first"),
        (date(2026, 3, 2), None, date(2026, 3, 2), "now", "the first day counts"),
        (date(2026, 3, 2), date(2026, 3, 9), date(2026, 3, 9), "now", "the last day counts"),
        (date(2026, 3, 2), date(2026, 3, 9), date(2026, 3, 10), "past", "the day after the last"),
    ],
)
def test_the_days_of_an_agency(starts, ends, today, state, because):
    assert rules.state_of(starts=starts, ends=ends, today=today) == state, because


def test_acting_takes_the_place_of_the_principal_and_keeps_the_account():
    reader = Reader(account=invented.account(7), number="7100007", user=70, group="filing-agent", client_code="own")
    acts = rules.acting(reader, agent_name="Idris Sedgwick", principals=[principal(1)])
    assert (acts.user, acts.group) == (1, "attorney"), "the menus and the cases are the principal's"
    assert (acts.account, acts.number, acts.client_code) == (reader.account, "7100007", "own"), (
        "what is read, the agent pays"
    )
    assert (acts.ref, acts.on_behalf_of) == ("user:70", "user:1"), "the log names the agent"
    assert (acts.agent, acts.own_user) == (70, 70)


def test_the_days_are_the_courts_own():
    """Five hours behind Greenwich: at four in the morning there it is still yesterday at the court."""
    world, (agent, _who) = invented.make(), given.agent()
    given.let(world.counsel, agent, starts=date(2026, 3, 2))
    asked = [
        queries.standing_between(
            principal=world.counsel.id, agent=agent.id, now=datetime(2026, 3, 2, hour, 0, tzinfo=UTC)
        )
        for hour in (4, 6)
    ]
    assert asked == [False, True]


def test_a_principal_lets_an_agent_act_and_both_are_told(world, now):
    agent, _who = given.agent()
    made = services.let_act(
        reader=world.reader(world.counsel),
        who="ISEDGWICK",
        last_name="sedgwick",
        terms=given.terms(gets_notices=True),
        at=now,
    )
    assert (made.principal_id, made.agent_id) == (world.counsel.id, agent.id)
    assert sorted(mail.recipients[0] for mail in OutgoingMail.objects.all()) == [
        "isedgwick@agents.example",
        "tokafor@counsel.example",
    ]
    line = AuditLine.objects.get(act="agent.added")
    assert (line.by, line.subject) == (f"user:{world.counsel.id}", f"agency:{made.id}")
    assert CourtUser.objects.get(id=world.counsel.id).tells_agents


def test_an_agent_is_found_by_the_number_of_the_pacer_account(world, now):
    agent, who = given.agent()
    made = services.let_act(
        reader=world.reader(world.counsel), who=who.number, last_name="Sedgwick", terms=given.terms(), at=now
    )
    assert made.agent_id == agent.id


NOBODY_FITS = [
    ("another last name", {"last_name": "Sedgwic"}, {}),
    ("an unknown login", {"who": "nobody"}, {}),
    ("an attorney", {}, {"group": "attorney"}),
    ("a clerk", {}, {"group": "clerk"}),
    ("an agent who has linked nothing", {}, {"account": None}),
    ("an inactive agent", {}, {"active": False}),
    ("an empty login", {"who": " "}, {"login": ""}),
]


@pytest.mark.parametrize(("who", "typed", "user"), NOBODY_FITS, ids=[row[0] for row in NOBODY_FITS])
def test_who_cannot_be_an_agent_sounds_like_who_is_not_there(world, now, who, typed, user):
    agent, _who = given.agent()
    CourtUser.objects.filter(id=agent.id).update(**user)
    with pytest.raises(services.NoSuchAgent) as refused:
        services.let_act(
            reader=world.reader(world.counsel),
            **({"who": "isedgwick", "last_name": "Sedgwick"} | typed),
            terms=given.terms(),
            at=now,
        )
    assert str(refused.value.said) == str(services.NoSuchAgent.said)
    assert not Agency.objects.exists()


@pytest.mark.parametrize("group", ["limited", "pro-se", "clerk", "judge", "chambers", "filing-agent"])
def test_only_attorneys_and_trustees_have_agents(world, now, group):
    given.agent()
    user = callers.court_user(group, account=invented.account(50))
    with pytest.raises(services.NoSuchAgency):
        services.let_act(reader=world.reader(user), who="isedgwick", last_name="Sedgwick", terms=given.terms(), at=now)


def test_an_agent_adds_no_agent_for_the_principal(world, now):
    agent, who = given.agent()
    given.let(world.counsel, agent)
    given.agent("Tansy")
    acts = queries.as_chosen(callers.reader(who), now=now)
    for act in (
        lambda: services.let_act(reader=acts, who="itansy", last_name="Tansy", terms=given.terms(), at=now),
        lambda: services.change_terms(reader=acts, agency_id=Agency.objects.get().id, terms=given.terms(), at=now),
        lambda: services.remove_agent(reader=acts, agency_id=Agency.objects.get().id, at=now),
    ):
        with pytest.raises(services.NoSuchAgency):
            act()


def test_nobody_is_an_agent_twice_for_one_principal(world, now):
    agent, _who = given.agent()
    given.let(world.counsel, agent)
    with pytest.raises(services.AgentAlready):
        services.let_act(
            reader=world.reader(world.counsel), who="isedgwick", last_name="Sedgwick", terms=given.terms(), at=now
        )


@pytest.mark.parametrize(
    ("starts", "ends"),
    [(date(2099, 1, 2), date(2099, 1, 1)), (date(2020, 1, 1), date(2020, 2, 1))],
    ids=["the last day before the first", "over already"],
)
def test_days_that_make_no_sense(world, now, starts, ends):
    given.agent()
    with pytest.raises(services.BadDays):
        services.let_act(
            reader=world.reader(world.counsel),
            who="isedgwick",
            last_name="Sedgwick",
            terms=given.terms(starts=starts, ends=ends),
            at=now,
        )


def test_guessing_whom_the_court_knows_is_slow(world, now):
    reader = world.reader(world.counsel)
    for _n in range(services.TRIES):
        with pytest.raises(services.NoSuchAgent):
            services.let_act(reader=reader, who="guess", last_name="Guess", terms=given.terms(), at=now)
    given.agent()
    with pytest.raises(services.TooManyTries):
        services.let_act(reader=reader, who="isedgwick", last_name="Sedgwick", terms=given.terms(), at=now)


@pytest.mark.parametrize("who_ends", ["principal", "agent"])
def test_either_side_ends_it_at_once_and_both_are_told(world, now, who_ends):
    agent, who = given.agent()
    agency = given.let(world.counsel, agent, gets_notices=True)
    reader = callers.reader(who)
    assert queries.as_chosen(reader, now=now).user == world.counsel.id
    if who_ends == "principal":
        services.remove_agent(reader=world.reader(world.counsel), agency_id=agency.id, at=now)
    else:
        services.leave(reader=queries.as_chosen(reader, now=now), agency_id=agency.id, at=now)
    assert queries.as_chosen(reader, now=now).acting is None
    assert OutgoingMail.objects.count() == 2
    assert not CourtUser.objects.get(id=world.counsel.id).tells_agents
    agency.refresh_from_db()
    assert agency.ended_by == f"user:{world.counsel.id if who_ends == 'principal' else agent.id}"


def test_nobody_ends_or_changes_the_agency_of_others(world, now):
    agent, _who = given.agent()
    other, stranger = given.agent("Tansy")
    agency = given.let(world.counsel, agent)
    given.let(world.stranger, other)
    for act in (
        lambda: services.remove_agent(reader=world.reader(world.opponent), agency_id=agency.id, at=now),
        lambda: services.change_terms(
            reader=world.reader(world.opponent), agency_id=agency.id, terms=given.terms(), at=now
        ),
        lambda: services.leave(
            reader=queries.as_chosen(callers.reader(stranger), now=now), agency_id=agency.id, at=now
        ),
        lambda: services.leave(reader=world.reader(world.opponent), agency_id=agency.id, at=now),
    ):
        with pytest.raises(services.NoSuchAgency):
            act()
    agency.refresh_from_db()
    assert agency.ended_at is None


CANNOT_BE_CHOSEN = {
    "a stranger's agency": lambda world, mine, theirs: theirs,
    "an agency that ended": lambda world, mine, theirs: Agency.objects.filter(id=mine.id).update(ended_at=timezone.now()) and mine,
    "one that begins later": lambda world, mine, theirs: Agency.objects.filter(id=mine.id).update(starts="2099-01-01") and mine,
    "one whose days are over": lambda world, mine, theirs: Agency.objects.filter(id=mine.id).update(ends="2024-02-01") and mine,
    "a principal made inactive": lambda world, mine, theirs: CourtUser.objects.filter(id=world.counsel.id).update(active=False) and mine,
    "a principal who became a clerk": lambda world, mine, theirs: CourtUser.objects.filter(id=world.counsel.id).update(group="clerk") and mine,
}  # fmt: skip


@pytest.mark.parametrize("what", CANNOT_BE_CHOSEN)
def test_whom_an_agent_cannot_choose(world, now, what):
    agent, who = given.agent()
    other, _other = given.agent("Tansy")
    mine, theirs = given.let(world.counsel, agent), given.let(world.opponent, other)
    given.let(world.stranger, agent)
    wanted = CANNOT_BE_CHOSEN[what](world, mine, theirs)
    with pytest.raises(services.NotYourPrincipal):
        services.choose(reader=callers.reader(who), agency_id=wanted.id, at=now)
    assert not ActingChoice.objects.exists()


def test_a_choice_holds_for_the_session_it_was_made_in(world, now):
    agent, who = given.agent(sid="first")
    mine, other = given.let(world.counsel, agent), given.let(world.opponent, agent)
    first, second = callers.reader(who), callers.reader(callers.replace(who, sid="second"))
    assert queries.as_chosen(first, now=now).acting is None
    services.choose(reader=first, agency_id=mine.id, at=now)
    assert queries.as_chosen(first, now=now).user == world.counsel.id
    assert queries.as_chosen(second, now=now).acting is None, "another session asks anew"
    services.choose(reader=queries.as_chosen(first, now=now), agency_id=other.id, at=now)
    assert queries.as_chosen(first, now=now).user == world.opponent.id
    assert AuditLine.objects.filter(act="agent.chose", by=f"user:{agent.id}").count() == 2


def test_a_removed_principal_does_not_leave_the_agent_with_another_by_surprise(world, now):
    """Of two principals the chosen one is removed: what is left is one, and the pages say so; drafts are kept apart."""
    agent, who = given.agent()
    mine, _other = given.let(world.counsel, agent), given.let(world.opponent, agent)
    services.choose(reader=callers.reader(who), agency_id=mine.id, at=now)
    services.remove_agent(reader=world.reader(world.counsel), agency_id=mine.id, at=now)
    acts = queries.as_chosen(callers.reader(who), now=now)
    assert (acts.user, acts.principals) == (world.opponent.id, 1)


def test_an_account_that_several_people_use_acts_for_nobody(world, now):
    agent, who = given.agent()
    given.let(world.counsel, agent)
    reader = queries.as_chosen(callers.reader(callers.replace(who, shared=True)), now=now)
    assert (reader.user, reader.acting) == (None, None)


@pytest.mark.parametrize(("closed", "sees", "copied"), [(False, False, True), (True, False, False), (True, True, True)])
def test_which_agents_get_copies(world, now, closed, sees, copied):
    agent, _who = given.agent()
    given.let(world.counsel, agent, gets_notices=True, sees_restricted=sees)
    expected = {world.counsel.id: ["isedgwick@agents.example"]} if copied else {}
    assert queries.copies_for([world.counsel.id, world.opponent.id], closed=closed, now=now) == expected


@pytest.mark.parametrize(
    "why",
    [{"gets_notices": False}, {"ends": "2024-02-01"}, {"starts": "2099-01-01"}, {"ended_at": "2024-02-01T00:00Z"}],
)
def test_who_gets_no_copies(world, now, why):
    agent, _who = given.agent()
    given.let(world.counsel, agent, **({"gets_notices": True} | why))
    assert queries.copies_for([world.counsel.id], closed=False, now=now) == {}


@pytest.mark.django_db(transaction=True)
def test_of_two_principals_who_add_at_once_and_twice_each_has_one(now):
    """Eight requests at once, four from each of two principals: one agency each, the others are told."""
    world = invented.make()
    given.agent()
    said = []

    def add(user):
        try:
            services.let_act(
                reader=world.reader(user), who="isedgwick", last_name="Sedgwick", terms=given.terms(), at=now
            )
            said.append("added")
        except services.AgentAlready:
            said.append("already")
        finally:
            connections.close_all()

    people = [threading.Thread(target=add, args=(user,)) for user in (world.counsel, world.opponent) * 4]
    for each in people:
        each.start()
    for each in people:
        each.join()
    assert sorted(said) == ["added"] * 2 + ["already"] * 6
    assert Agency.objects.count() == 2


def test_old_choices_are_forgotten(world, now):
    agent, who = given.agent()
    mine, _other = given.let(world.counsel, agent), given.let(world.opponent, agent)
    ActingChoice.objects.create(sid="old", agency=mine, chosen_at=now - timedelta(days=3))
    services.choose(reader=callers.reader(who), agency_id=mine.id, at=now)
    assert list(ActingChoice.objects.values_list("sid", flat=True)) == ["test"]


@pytest.mark.django_db(transaction=True)
def test_copies_go_on_to_an_agent_who_comes_while_another_leaves(now):
    """Whether anybody gets copies is kept with the principal; counted too early it said nobody, and the new one got none."""
    invented.make()
    principal = callers.court_user("attorney", account=uuid4())
    reader = Reader(account=principal.account, user=principal.id, group="attorney", upgraded=True, may_search=True)
    for n in range(25):
        old, _who = given.agent(f"Old{n}")
        new, _who = given.agent(f"New{n}")
        leaving = given.let(principal, old, gets_notices=True)
        CourtUser.objects.filter(id=principal.id).update(tells_agents=True)
        copies = given.terms(gets_notices=True)
        acts = [
            lambda leaving=leaving: services.remove_agent(reader=reader, agency_id=leaving.id, at=now),
            lambda new=new, copies=copies, n=n: services.let_act(
                reader=reader, who=new.login, last_name=f"New{n}", terms=copies, at=now + timedelta(hours=n)
            ),
        ]
        people = [threading.Thread(target=_with_a_connection, args=(act,)) for act in acts]
        for each in people:
            each.start()
        for each in people:
            each.join()
        assert Agency.objects.get(agent=new).ended_at is None and CourtUser.objects.get(id=principal.id).tells_agents
        Agency.objects.all().delete()


def _with_a_connection(act) -> None:
    try:
        act()
    finally:
        connections.close_all()
