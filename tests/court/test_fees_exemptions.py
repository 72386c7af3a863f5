"""Exemptions: per court, purpose and case; chosen anew in each sign-on; listed with their purpose and charged nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from openecf.court.fees import exempting, queries, services
from openecf.court.fees.models import Exemption, MeterLine
from openecf.court.fees.rules import exempt_for
from openecf.court.people.rules import Acting, Reader
from openecf.kernel.tokens import digest
from openecf.platform.audit.models import AuditLine
from openecf.platform.bus.messages import ExemptionChanged
from openecf.platform.bus.models import OutboxMessage
from openecf.platform.relying_party import provider
from openecf.platform.relying_party import services as sessions
from openecf.platform.relying_party.models import Feed, RpSession
from tests.court import agency
from tests.court import world as invented
from tests.court.central_stand_in import FACTS, SUBJECT
from tests.court.world import AT

pytestmark = pytest.mark.django_db
PAGE = "/utilities/exemption"


@pytest.mark.parametrize(
    ("purpose", "bound_to", "case", "takes_part", "free"),
    [
        ("cja", "", "24-10101", False, True),
        ("cja", "", "", False, True),
        ("cja", "24-10101", "24-10101", False, True),
        ("cja", "24-10101", "24-10102", False, False),
        ("cja", "24-10101", "", False, False),
        ("trustee", "", "24-10101", True, True),
        ("trustee", "", "24-10101", False, False),
        ("trustee", "", "", False, False),
        ("trustee", "24-10101", "24-10102", True, False),
        ("researcher", "", "24-10101", False, True),
    ],
)
def test_what_an_exemption_covers(purpose, bound_to, case, takes_part, free):
    reader = Reader(account=uuid4(), exempt=True, exempt_for=purpose, exempt_case=bound_to)
    assert exempt_for(reader, case=case, takes_part=takes_part) == (purpose if free else "")
    assert exempt_for(replace(reader, exempt=False), case=case, takes_part=takes_part) == ""


def told(*, ended: bool = False, after: int = 0, exemption: UUID | None = None, **facts: object) -> ExemptionChanged:
    base = {"account": SUBJECT, "purpose": "cja", "case": "", "since": date(2020, 1, 1), "until": None}
    message = ExemptionChanged(
        exemption=exemption or uuid4(), ended=ended, at=AT + timedelta(minutes=after), **(base | facts)
    )
    exempting.keep(told=message, sender="central", at=message.at)
    return message


def browser(name: str = "one", **facts: object) -> Client:
    """A browser that signed on just now."""
    now = timezone.now()
    RpSession.objects.create(
        digest=digest(name), sid=f"sid-{name}", facts=FACTS | {"auth_time": now.timestamp()} | facts, id_token="", created_at=now,
        seen_at=now, expires_at=now + timedelta(hours=1),
    )  # fmt: skip
    Feed.objects.update_or_create(id=1, defaults={"heard_at": now})
    found = Client()
    found.cookies[settings.SESSION_COOKIE_NAME] = name
    return found


def reads(who: Client) -> str:
    """A charged search; what the meter says of it: "paid", or the purpose."""
    MeterLine.objects.all().delete()
    who.post("/cgi-bin/iquery.pl?1", {"all_case_ids": "0", "last_name": "Juniper"},
             headers={"Referer": "http://testserver/cgi-bin/iquery.pl"})  # fmt: skip
    line = MeterLine.objects.get()
    assert bool(line.cents) is not line.exempt and line.exempt is bool(line.exempt_for)
    return line.exempt_for or "paid"


@pytest.fixture
def world() -> invented.World:
    return invented.make()


def test_it_is_chosen_in_each_sign_on_anew(world):
    message, first = told(), browser()
    assert reads(first) == "paid", "every sign-on begins without it"
    assert "You are not exempt in this sign-on" in first.get("/cgi-bin/iquery.pl").content.decode()
    assert first.post(PAGE, {"use": str(message.exemption)}).status_code == 302
    assert reads(first) == "cja"
    assert "You read as exempt from fees." in first.get("/cgi-bin/iquery.pl").content.decode()
    assert reads(browser("two")) == "paid"
    assert first.post(PAGE, {"use": "pay"}).status_code == 302
    assert reads(first) == "paid"
    acts = AuditLine.objects.filter(act__startswith="exemption.").order_by("id").values_list("act", flat=True)
    assert list(acts) == ["exemption.granted", "exemption.used", "exemption.left"]


@pytest.mark.parametrize(
    ("granted", "reads_as", "becomes"),
    [
        ([{}], "cja", "cja"),
        ([{}], "", "paid"),
        ([{}], "trustee", "paid"),
        ([], "cja", "paid"),
        ([{"until": date(2021, 1, 1)}], "cja", "paid"),
        ([{"account": uuid4()}], "cja", "paid"),
        ([{"case": "26-10001"}, {}], "cja", "cja"),
        ([{"case": "26-10001"}, {"case": "26-10002"}], "cja", "paid"),
    ],
    ids=["chosen", "not chosen", "another purpose", "none here", "over", "another's", "for all cases", "which case?"],
)
def test_what_was_chosen_at_the_sign_on_is_used_from_the_first_page(world, granted, reads_as, becomes):
    for facts in granted:
        told(**facts)
    who = browser(reads_as=reads_as)
    assert reads(who) == becomes and reads(who) == becomes
    assert "reads_as" not in RpSession.objects.get().facts or not reads_as, "acted on once"
    assert AuditLine.objects.filter(act__in=("exemption.used", "exemption.left")).count() == bool(reads_as)


def begun_anew(who: Client, sid: str, **facts: object) -> None:
    """The court forgets its session, as when the client code changes; the browser comes back with what the provider says."""
    sessions.end_named(
        sids=list(RpSession.objects.values_list("sid", flat=True)), why="back-channel", at=timezone.now()
    )
    now = timezone.now()
    proof = provider.Proof(sid=sid, facts=FACTS | {"auth_time": now.timestamp()} | facts, id_token="")
    cookie = who.cookies[settings.SESSION_COOKIE_NAME].value
    who.cookies[settings.SESSION_COOKIE_NAME] = sessions.begin(proof=proof, replaces=cookie, at=now)


def test_what_is_switched_off_or_on_here_stays_so_through_a_new_client_code_until_the_next_sign_on(world):
    message, who = told(), browser(reads_as="cja", sign_on="first")
    assert reads(who) == "cja"
    for chosen, becomes in (("pay", "paid"), (str(message.exemption), "cja"), ("pay", "paid")):
        who.post(PAGE, {"use": chosen})
        for _again in range(2):
            begun_anew(who, uuid4().hex, reads_as="cja", sign_on="first", client_code="lantern")
            assert reads(who) == becomes, "the same sign-on: what was chosen here counts, not what began it"
    begun_anew(who, "sid-next", reads_as="cja", sign_on="second")
    assert reads(who) == "cja", "another sign-on begins with what was chosen at it"
    begun_anew(who, "sid-other", reads_as="", sign_on="third")
    assert reads(who) == "paid"


def test_an_exemption_that_ends_while_no_session_is_open_does_not_come_back(world):
    message, who = told(), browser(sign_on="first")
    who.post(PAGE, {"use": str(message.exemption)})
    sessions.end_named(sids=["sid-one"], why="back-channel", at=timezone.now())
    told(ended=True, after=1, exemption=message.exemption)
    begun_anew(who, "sid-again", sign_on="first")
    assert reads(who) == "paid"


def test_an_exempt_access_is_told_to_the_ledger_with_its_purpose_and_costs_nothing(world):
    message, who = told(), browser()
    who.post(PAGE, {"use": str(message.exemption)})
    OutboxMessage.objects.all().delete()
    reads(who)
    body = OutboxMessage.objects.get().body
    assert (body["cents"], body["exempt"], body["exempt_for"]) == (0, True, "cja") and body["pages"] > 0
    assert "exempt: CJA panel attorney" in who.get("/utilities/billing-history").content.decode()


def test_when_the_service_center_ends_it_the_session_pays_at_once(world):
    message, who = told(), browser()
    who.post(PAGE, {"use": str(message.exemption)})
    assert reads(who) == "cja"
    told(ended=True, after=1, exemption=message.exemption)
    assert reads(who) == "paid"
    assert "You have no exemption at this court." in who.get(PAGE).content.decode()


@pytest.mark.parametrize("order", [(0, 1), (1, 0), (0, 1, 0), (1, 0, 1, 1)])
def test_messages_may_come_late_twice_and_in_any_order(order):
    one = uuid4()
    for ended in order:
        told(ended=bool(ended), after=ended, exemption=one)
    assert Exemption.objects.get().ended
    assert AuditLine.objects.filter(act="exemption.ended").count() == 1


@pytest.mark.parametrize(
    ("facts", "usable"),
    [
        ({}, True),
        ({"account": uuid4()}, False),
        ({"since": date(2999, 1, 1)}, False),
        ({"until": date(2021, 1, 1)}, False),
        ({"until": date(2999, 1, 1)}, True),
        ({"ended": True}, False),
    ],
    ids=["mine", "another's", "not yet", "over", "still", "ended"],
)
def test_only_ones_own_of_today_can_be_chosen(world, facts, usable):
    message, who = told(**facts), browser()
    answer = who.post(PAGE, {"use": str(message.exemption)})
    assert (answer.status_code == 302) is usable and reads(who) == ("cja" if usable else "paid")


@pytest.mark.parametrize("use", ["", "nonsense", str(uuid4()), "' OR 1=1"])
def test_what_is_not_offered_is_refused(world, use):
    told()
    who = browser()
    assert who.post(PAGE, {"use": use}).status_code == 200 and reads(who) == "paid"


def test_a_trustee_reads_the_own_cases_free_and_pays_for_others(world):
    def cost(user) -> int:
        reader = replace(world.reader(user), exempt=True, exempt_for="trustee")
        return services.quote(
            reader=reader, description="Docket Report", criteria="x", pages=3, case=world.case, at=AT
        ).cost.cents

    assert (cost(world.counsel), cost(world.stranger)) == (0, 30)


def test_free_things_stay_free_and_leave_no_line_for_the_exempt_either(world):
    reader = replace(world.reader(), exempt=True, exempt_for="cja")
    receipt = services.charge(reader=reader, description="Opinion", criteria="x", pages=3, free=True, at=AT)
    assert receipt.free and not MeterLine.objects.exists()


def test_a_purpose_that_this_version_does_not_know_is_shown_as_it_is():
    assert queries.purpose_words("moon") == "moon" and queries.purpose_words("cja") == "CJA panel attorney"


def test_nobody_who_is_not_signed_on_sees_the_page(world):
    assert "Change PACER Exemption Status" not in Client().get(PAGE).content.decode()
    assert queries.exemptions(reader=Reader(), at=datetime.now(AT.tzinfo)) == []


def test_a_trustees_agent_reads_the_trustees_cases_free_while_acting_for_that_trustee_alone(world):
    trustee, other = world.counsel, world.opponent
    agent, who = agency.agent()
    told(account=trustee.account, purpose="trustee")
    told(account=other.account, purpose="cja")

    def acting(for_user) -> Reader:
        facts = Acting(agency=1, agent=agent.id, agent_name="Sedgwick, Idris", principal_name="", role="trustee-office",
                       may_file=True, sees_restricted=True)  # fmt: skip
        return replace(world.reader(for_user), account=who.account, acting=facts)

    def cost(reader: Reader) -> int:
        reader = replace(reader, exempt=True, exempt_for="trustee")
        return services.quote(
            reader=reader, description="Docket Report", criteria="x", pages=3, case=world.case, at=AT
        ).cost.cents

    assert [one.purpose for one in queries.exemptions(reader=acting(trustee), at=AT)] == ["trustee"]
    assert queries.exemptions(reader=acting(other), at=AT) == [], "an attorney's own exemption is no agent's"
    assert cost(acting(trustee)) == 0
    assert cost(acting(other)) == 30, "chosen for one principal, it does not reach another's cases"
    told(account=other.account, purpose="trustee", case="24-99999")
    assert cost(acting(other)) == 30, "nor does that of another case"
    alone = Reader(account=who.account, user=agent.id, group="filing-agent", may_search=True, upgraded=True)
    assert cost(alone) == 30 and queries.exemptions(reader=alone, at=AT) == []
