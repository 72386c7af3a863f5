"""The pages of one's own e-mail: all cases at once, and the question before a free look."""

from __future__ import annotations

import pytest

from openecf.court.bench import bench
from openecf.court.cases.models import Case, Party, Representation
from openecf.court.notices import summarising
from openecf.court.notices.models import FreeLook
from openecf.court.people import services as people
from openecf.court.people.models import CaseWay, CourtUser
from tests.court import callers
from tests.court import world as invented
from tests.court.agency import AtThePages, said
from tests.court.test_notices_summaries import AFTER, DAY, DOCKETING, PRIMARY, filed, to
from tests.court.world import AT

pytestmark = pytest.mark.django_db
CASES = "/utilities/email/primary/cases"


@pytest.fixture
def world():
    return invented.make()


class Noticing(AtThePages):
    """Somebody who looks after the own notices."""

    def __init__(self, user: CourtUser) -> None:
        super().__init__(callers.person(name=f"{user.first_name} {user.last_name}", account=user.account))

    def sends(self, path: str, answers: dict) -> tuple[int, str]:
        return said(self.browser.post(path, answers, follow=True))


def test_all_own_cases_are_shown_and_several_are_told_in_another_way_at_once(world):
    other = Case.objects.create(number="24-77777", year=2024, serial=77777, short_title="Sorrel Quarry", filed=DAY)
    Representation.objects.create(
        party=Party.objects.create(case=other, position=1, name="Sorrel Quarry", type="Debtor"), user=world.counsel,
        position=1, name="Tobias Okafor",
    )  # fmt: skip
    pages, path = Noticing(world.counsel), CASES
    _status, words = pages.reads(path)
    assert "Sorrel Quarry" in words and "Juniper Alder" in words and words.count("as is usual for this address") == 2
    assert "Juniper Alder" not in pages.reads(f"{path}?find=sorrel")[1]
    both = [str(world.case.pk), str(other.pk)]
    pages.sends(path, {"case": both, "how": "summary"})
    assert pages.reads(path)[1].count("Once a day, a summary of all filings") == 3, "both cases, and the choice below"
    filed(world)
    assert not to(PRIMARY) and len(to(DOCKETING)) == 1, "each address for itself"
    pages.sends(path, {"case": both, "how": "usual"})
    assert pages.reads(path)[1].count("as is usual for this address") == 2
    assert not CaseWay.objects.exists()


@pytest.mark.parametrize(("sent", "because"), [
    ({"how": "summary"}, "Tick the cases"),
    ({"case": ["999999"], "how": "summary"}, "999999"),
    ({"case": ["x"], "how": "summary"}, "There is a problem"),
    ({"case": "own", "how": "none"}, "There is a problem"),
    ({"case": "foreign", "how": "summary"}, "There is a problem"),
    ({"case": "own"}, "There is a problem"),
])  # fmt: skip
def test_what_the_page_of_own_cases_refuses(world, sent, because):
    foreign = Case.objects.create(number="24-88888", year=2024, serial=88888, short_title="Not Theirs", filed=DAY)
    named = {"own": str(world.case.pk), "foreign": str(foreign.pk)}
    pages, path = Noticing(world.counsel), CASES
    assert "Not Theirs" not in pages.reads(path)[1]
    answers = sent | ({"case": named[sent["case"]]} if isinstance(sent.get("case"), str) else {})
    status, words = pages.sends(path, answers)
    assert status == 200 and because in words and not CaseWay.objects.exists()


def test_the_question_before_a_free_look_is_chosen_for_each_address_and_kept_when_the_person_moves(world):
    pages, path = Noticing(world.counsel), "/utilities/email/primary"
    asked = bench().documents.confirms_free_look
    assert ("Ask me once more before" in pages.reads(path)[1]) is asked
    pages.sends(path, {"act": "way", "usual": "summary", "form": "html"})
    people.set_contact(
        account=world.counsel.account, email="new@counsel.example", wants_text=True, summary=True, tells_silence=False,
        language="", at=AT,
    )  # fmt: skip
    filed(world)
    summarising.make_due(now=AFTER)
    looks = {look.address: look.asks_first for look in FreeLook.objects.all()}
    assert looks["new@counsel.example"] is not asked, "what was not ticked"
    assert looks[DOCKETING] is True
