"""What courts tell the central site, a day late, in any order, many times over: nothing lost, nothing twice."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.utils import timezone

from openecf.central import demo
from openecf.central.billing.models import UsageLine
from openecf.central.courts import services as courts
from openecf.central.courts.models import CourtSite, RegisteredCourt
from openecf.central.registration.models import EfileRequest, RequestNews
from openecf.kernel.money import Money
from openecf.platform.bus.envelopes import seal, seal_many
from openecf.platform.bus.messages import AccountLinked, CourtStatus, Message, RegistrationAnswered, UsageRecorded
from openecf.platform.bus.models import InboxMessage
from openecf.platform.config import public_pem
from openecf.platform.demo_cast import ACCOUNTS
from openecf.platform.mail.models import OutgoingMail
from tests.central.standing import standing
from tests.platform.couriers import KEY, US, bring

pytestmark = pytest.mark.django_db
COURT = "flsb"
YESTERDAY = datetime.now(UTC) - timedelta(days=1)
MARISOL, TOBIAS = (next(one.id for one in ACCOUNTS if one.username == name) for name in ("mquimby-law", "tokafor-law"))
ASKED = uuid4()
"""Tobias's request to file there, which the court receives, approves, is paid for and lets in on that day."""
Told = tuple[UUID, Message]


def court() -> None:
    demo.load(at=YESTERDAY)
    courts.admit_court(court_id=COURT, base_url="http://flsb.test", hosts=[], public_key=public_pem(KEY), at=YESTERDAY)
    RegisteredCourt.objects.all().delete()
    EfileRequest.objects.create(
        id=ASKED, account_id=TOBIAS, court=COURT, kind="attorney", role="admission", status="submitted", version=1,
        begun_at=YESTERDAY, changed_at=YESTERDAY, sent_at=YESTERDAY,
    )  # fmt: skip


stands, begins = standing(court)


def a_day() -> list[Told]:
    """What a court has to tell of a day on which the central site was away, in the order in which it happened."""
    at = [YESTERDAY + timedelta(minutes=n) for n in range(30)]
    told: list[Message] = [
        UsageRecorded(
            account=(MARISOL, TOBIAS)[n % 2], court=COURT, at=at[n], client_code=f"c-{n % 3}", description="Docket Report",
            criteria="24-10001", pages=n + 1, cents=10 * (n + 1),
        )
        for n in range(20)
    ]  # fmt: skip
    told[3:3] = [AccountLinked(account=MARISOL, court=COURT, role="attorney", at=at[3])]
    told[9:9] = [AccountLinked(account=TOBIAS, court=COURT, role="attorney", at=at[9])]
    told[15:15] = [AccountLinked(account=MARISOL, court=COURT, role="trustee", at=at[15])]
    for n, era in ((2, "announced"), (12, "filing-closed"), (18, "nextgen")):
        told[n:n] = [
            CourtStatus(court=COURT, at=at[n], era=era, live_on=date(2027, 4, n), cases=n, software="openecf 1")
        ]
    for n, (status, facts) in enumerate(
        (("received", {}), ("fee-due", {"fee_cents": 20000}), ("fee-paid", {}), ("approved", LET_IN)), start=1
    ):
        told[5 * n : 5 * n] = [
            RegistrationAnswered(request=ASKED, version=1, step=n, at=at[5 * n], court=COURT, status=status, **facts)
        ]
    return [(uuid4(), one) for one in told]


LET_IN = {"login": "tokafor", "group": "attorney", "fee_cents": 20000, "fee_paid": True}


def letters(told: list[Told]) -> str:
    """One message in an envelope of its own, several in one: signed now, as the court does at each try."""
    facts = {"key": KEY, "sender": COURT, "to": US, "at": timezone.now()}
    if len(told) == 1:
        ((message_id, one),) = told
        return seal(**facts, id=message_id, type=one.type, body=one.model_dump(mode="json"))
    return seal_many(**facts, messages=[(key, one.type, one.model_dump(mode="json")) for key, one in told])


def delivered(told: list[Told], luck: random.Random) -> None:
    """Every message arrives at least once and up to four times, in envelopes of one to seven, in no order."""
    many = [one for one in told for _time in range(luck.randint(1, 4))]
    luck.shuffle(many)
    while many:
        some, many = many[: (size := luck.randint(1, 7))], many[size:]
        assert bring(letters(some)).status_code in (200, 202)


def as_known() -> dict:
    """What the central site has of the day."""
    site = CourtSite.objects.get(id=COURT)
    own = UsageLine.objects.filter(court=COURT, criteria="24-10001")
    return {
        "usage": sorted(own.values_list("message", "account_id", "at", "client_code", "pages", "cents")),
        "links": sorted(RegisteredCourt.objects.values_list("account_id", "court", "role", "linked_at")),
        "request": EfileRequest.objects.values_list("status", "login", "group", "fee_cents", "fee_paid").get(id=ASKED),
        "history": sorted(RequestNews.objects.filter(request=ASKED).values_list("step", "what", "at")),
        "mails": OutgoingMail.objects.filter(reference=f"registration:{ASKED}").count(),
        "court": (site.era, site.live_on, site.cases, site.seen_at),
    }


@pytest.mark.parametrize("seed", range(8))
def test_a_day_late_shuffled_and_many_times_over_it_is_the_same_day(seed):
    told = a_day()
    delivered(told, random.Random(seed))  # noqa: S311
    got = as_known()
    assert len(got["usage"]) == 20 and Money(sum(cents for *_facts, cents in got["usage"])) == Money(2100)
    assert {(account, role) for account, _court, role, _at in got["links"]} == {
        (MARISOL, "trustee"), (TOBIAS, "attorney"),
    }  # fmt: skip
    assert got["court"] == ("nextgen", date(2027, 4, 18), 18, YESTERDAY + timedelta(minutes=18))
    assert got["request"] == ("approved", "tokafor", "attorney", 20000, True)
    assert [(step, what) for step, what, _at in got["history"]] == [
        (1, "received"), (2, "fee-due"), (3, "fee-paid"), (4, "approved"),
    ]  # fmt: skip
    assert got["mails"] == 3, "one of each answer but the receipt"
    assert InboxMessage.objects.filter(sender=COURT).count() == len(told)
    delivered(told, random.Random(seed + 100))  # noqa: S311
    assert as_known() == got, "all of it once more changes nothing"


def test_an_envelope_that_was_kept_for_a_day_and_is_posted_again_changes_nothing():
    told = a_day()
    delivered(told, random.Random(0))  # noqa: S311
    got = as_known()
    facts = {"key": KEY, "sender": COURT, "to": US, "at": timezone.now() - timedelta(days=1)}
    stale = seal_many(**facts, messages=[(uuid4(), one.type, one.model_dump(mode="json")) for _key, one in told])
    assert bring(stale).status_code == 401, "who holds an old envelope cannot bring it as a new one"
    assert as_known() == got
