"""Somebody without an attorney files in the own case and nowhere else, whichever way is tried; the clerk's office says where."""

from __future__ import annotations

import io

import psycopg
import pytest
from django.db import connection, transaction
from django.test import Client

from openecf.court.cases.models import Case, CaseChange, Party, Representation
from openecf.court.docket.models import Entry
from openecf.court.filing import drafts, queries, services
from openecf.court.filing.models import Draft
from openecf.court.notices.models import Recipient
from openecf.court.people import admitting, noticing, own_cases, standing
from openecf.court.people.models import CourtUser
from openecf.platform.audit.models import AuditLine
from openecf.platform.config import this_site
from openecf.platform.mail.models import OutgoingMail
from tests.court import callers, pdfs
from tests.court import world as invented
from tests.court.world import AT

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(this_site().id != "flsb", reason="files the bankruptcy court's events"),
]
EVENT = "motion:extend-time"


class Alone:
    """Rowan Sorrel, a creditor without an attorney, who may file in the world's case; ``other`` is another case."""

    def __init__(self, kind: str = "browser") -> None:
        self.world = invented.make()
        self.mine, self.party = self.world.case, Party.objects.get(name="Rowan Sorrel")
        self.other = Case.objects.create(year=2024, serial=10002, number="24-10002", caption="Ash Grove", chapter="7")
        Party.objects.create(case=self.other, position=1, name="Ash Grove", type="Debtor")
        self.who = callers.linked("pro-se", kind=kind)
        self.user = CourtUser.objects.get(account=self.who.account)
        own_cases.let_file_in(user_id=self.user.id, case_id=self.mine.id, party_id=self.party.id,
                              said="Order of 1/2/2024.", by="user:1", at=AT)  # fmt: skip
        self.browser = callers.client(self.who)
        self.clerk = callers.client(callers.linked("clerk"))
        self.page = f"/court/filers/{self.user.id}/cases"

    @property
    def reader(self):
        return callers.reader(self.who)

    def draft(self, **parties) -> Draft:
        """A motion of the own case that is ready to be submitted."""
        draft = drafts.start(reader=self.reader, event_code=EVENT, case_id=self.mine.id, at=AT)
        drafts.add_document(draft=draft, part=0, file=io.BytesIO(pdfs.plain(1)), filename="m.pdf", category="",
                            description="", at=AT)  # fmt: skip
        said = {"parties": parties or {"filers": [self.party.id]}, "documents": {"done": True},
                "related": {"entries": [], "outcomes": {}}, "details": {}, "text": {"free": "the plan"}}  # fmt: skip
        for step, answer in said.items():
            drafts.answer(draft=draft, step=step, said=answer, version=draft.version, at=AT)
        return draft


@pytest.fixture
def alone() -> Alone:
    return Alone()


def words(response) -> str:
    return response.content.decode()


def test_the_start_page_tells_of_the_own_cases_or_how_to_have_one_added():
    there = Alone()
    page = there.browser.get("/").content.decode()
    assert "You file without an attorney." in page and there.mine.number in page and "represent" not in page
    own_cases.end_filing_in(user_id=there.user.id, case_id=there.mine.id, said="Settled.", by="user:1", at=AT)
    page = there.browser.get("/").content.decode()
    assert "No case is added to your account yet." in page and there.mine.number not in page and "represent" not in page


def test_the_own_case_is_filed_in_under_the_own_name_and_its_notices_come_to_the_account(alone):
    draft = alone.draft()
    assert not queries.not_yet_counsel(draft, alone.reader, queries.event_of(draft, alone.reader)), (
        "nobody becomes counsel of oneself"
    )
    entry = services.submit(draft_id=draft.id, reader=alone.reader, at=AT)
    assert "Filed by Creditor Rowan Sorrel" in entry.text and "(Pro-Se, Lee)" in entry.text
    assert Recipient.objects.filter(notice__entry=entry, user=alone.user, by_mail=False).count() == 1
    assert alone.party.representations.get().roles == ["PRO SE"]


def by_the_wizard(alone: Alone, browser: Client) -> list:
    """Every address of the filing pages that takes a case, asked for the other one."""
    draft = drafts.start(reader=alone.reader, event_code=EVENT, case_id=None, at=AT)
    step = f"/filing/{draft.id}/case"
    return [
        browser.post("/filing/start", {"event": EVENT, "case": alone.other.id}),
        browser.post(step, {"number": "24-10002", "version": 0}),
        browser.post(step, {"number": alone.mine.number, "case_id": alone.other.id, "version": 0}),
    ]


@pytest.mark.parametrize("kind", ["browser", "api"])
def test_no_page_lets_a_case_of_somebody_else_be_chosen_by_a_browser_or_a_program(kind):
    alone = Alone(kind)
    for answer in by_the_wizard(alone, alone.browser):
        assert answer.status_code in (403, 409), answer
        said = words(answer)
        assert "only in a case in which you are a party yourself" in said and "clerk&#x27;s office" in said
        assert "24-10001" in said, "where one can file"
    assert not Draft.objects.filter(case=alone.other).exists()


def test_a_draft_that_names_a_case_of_somebody_else_is_opened_and_submitted_by_nobody(alone):
    """As if it had been begun before the rule, or written into the database."""
    draft = alone.draft()
    Draft.objects.filter(id=draft.id).update(case=alone.other)
    for path in ("", "parties", "documents", "final"):
        assert alone.browser.get(f"/filing/{draft.id}/{path}").status_code == 403
    assert alone.browser.post(f"/filing/{draft.id}/final", {"version": draft.version}).status_code == 403
    with pytest.raises(queries.NotYourCase):
        services.submit(draft_id=draft.id, reader=alone.reader, at=AT)
    chosen = alone.browser.get(f"/filing/{draft.id}/case")
    assert chosen.status_code == 200 and f'value="{alone.mine.id}"' in words(chosen), "and another case can be chosen"
    assert not Entry.objects.filter(case=alone.other).exists()


@pytest.mark.parametrize("how", ["taken off", "withdrawn", "suspended"])
def test_a_permission_that_ended_meanwhile_ends_the_filing(alone, how):
    draft = alone.draft()
    if how == "taken off":
        own_cases.end_filing_in(user_id=alone.user.id, case_id=alone.mine.id, said="x", by="user:1", at=AT)
    elif how == "withdrawn":
        Representation.objects.filter(user=alone.user).update(terminated=AT.date())
    else:
        CourtUser.objects.filter(id=alone.user.id).update(active=False, suspended_at=AT)
    answer = alone.browser.post(f"/filing/{draft.id}/final", {"version": draft.version})
    assert answer.status_code == 403 and not Entry.objects.exists()
    assert Draft.objects.filter(id=draft.id, submitted_at=None).exists(), "the draft is kept"


@pytest.mark.parametrize("parties", ["of another", "of a new one"])
def test_nobody_without_an_attorney_files_for_somebody_else(alone, parties):
    debtor = Party.objects.get(name="Juniper Alder")
    draft = alone.draft()
    page = words(alone.browser.get(f"/filing/{draft.id}/parties"))
    assert "Rowan Sorrel" in page and 'name="new_name"' not in page
    assert f'name="filers" value="{debtor.id}"' not in page
    forged = (
        {"filers": [debtor.id]} if parties == "of another" else {"filers": [], "new_name": "X", "new_role": "Creditor"}
    )
    with pytest.raises(services.NotComplete) as refusal:
        services.submit(draft_id=alone.draft(**forged).id, reader=alone.reader, at=AT)
    assert refusal.value.said == queries.NOT_FOR_OTHERS


def test_without_a_case_the_filing_page_says_what_to_do(alone):
    Representation.objects.filter(user=alone.user).update(user=None)
    page = words(alone.browser.get("/filing/"))
    assert "No case is added to your account yet" in page
    assert "No case is added" not in words(callers.client(callers.linked("limited")).get("/filing/"))


@pytest.mark.parametrize(("group", "may"), [("attorney", True), ("trustee", True), ("limited", False), ("clerk", True)])
def test_others_are_bound_by_their_groups_events_and_not_to_cases(alone, group, may):
    browser = callers.client(callers.linked(group))
    answer = browser.post("/filing/start", {"event": EVENT, "case": alone.other.id})
    assert (answer.status_code == 302) is may, "a limited filer has claims and notices, and no motions"
    claim = browser.post("/filing/start", {"event": "notice:request-for-notice", "case": alone.other.id})
    assert claim.status_code == 302, "a creditor may turn up in any case"


def test_nobody_files_for_a_pro_se_filer_as_an_agent(alone):
    assert "For attorneys and trustees" in words(alone.browser.get("/utilities/agents"))


# The clerk's page.


def test_the_clerk_adds_a_case_and_takes_it_off_each_with_a_reason_that_is_mailed(alone):
    found = words(alone.clerk.get(f"{alone.page}?number=24-10002"))
    party = alone.other.parties.get()
    assert "Ash Grove (Debtor)" in found and "24-10001" in found
    add = f"{alone.page}?case={alone.other.id}"
    assert "Give the reason" in words(alone.clerk.post(add, {"act": "add", "add-party": party.id}))
    assert "Choose the party" in words(alone.clerk.post(add, {"act": "add", "add-said": "x", "add-party": 1_000_000}))
    told = {"act": "add", "add-party": party.id, "add-said": "Order of 2/2."}
    assert alone.clerk.post(add, told).headers["Location"] == f"{alone.page}?done=add"
    assert alone.clerk.post(add, told).status_code == 409, "twice changes nothing, and mails nothing"
    assert alone.browser.post("/filing/start", {"event": EVENT, "case": alone.other.id}).status_code == 302
    gone = {"act": "remove", "remove-case": alone.other.id, "remove-said": "Order of 3/3."}
    assert alone.clerk.post(alone.page, gone | {"remove-said": ""}).status_code == 200
    assert alone.clerk.post(alone.page, gone).status_code == 302
    assert alone.clerk.post(alone.page, gone).status_code == 409
    assert alone.browser.post("/filing/start", {"event": EVENT, "case": alone.other.id}).status_code == 403
    mails = [mail.text for mail in OutgoingMail.objects.order_by("id")]
    assert len(mails) == 3 and "Order of 2/2." in mails[1] and "Order of 3/3." in mails[2]
    acts = AuditLine.objects.filter(act__startswith="people.case-").order_by("id").values_list("act", flat=True)
    assert list(acts) == ["people.case-added", "people.case-added", "people.case-removed"]
    assert CaseChange.objects.filter(case=alone.other, field="user").count() == 2


def test_a_line_that_the_docket_has_for_the_party_becomes_the_accounts_and_counsel_stays_counsel(alone):
    party = alone.other.parties.get()
    line = Representation.objects.create(party=party, position=1, name="Ash Grove", contact="1 Road", roles=["PRO SE"])
    own_cases.let_file_in(
        user_id=alone.user.id, case_id=alone.other.id, party_id=party.id, said="x", by="user:1", at=AT
    )
    line.refresh_from_db()
    assert (line.user, line.name, line.contact) == (alone.user, "Ash Grove", "1 Road"), "no second line"
    debtor = Party.objects.get(name="Juniper Alder")
    refused = alone.clerk.post(f"{alone.page}?case={alone.mine.id}",
                               {"act": "add", "add-party": debtor.id, "add-said": "x"})  # fmt: skip
    assert refused.status_code == 409 and "Somebody else appears for this party" in words(refused)


def test_a_case_that_nobody_has_is_taken_off_nobody(alone):
    sent = {"act": "remove", "remove-case": "987654321", "remove-said": "Order"}
    assert alone.clerk.post(alone.page, sent).status_code == 404
    with pytest.raises(standing.CannotChange):
        own_cases.end_filing_in(user_id=alone.user.id, case_id=987654321, said="Order", by="user:1", at=AT)


def test_the_clerk_learns_of_no_case_that_is_open_to_chambers_alone(alone):
    assert alone.mine.number in words(alone.clerk.get(alone.page))
    Case.objects.filter(id=alone.mine.id).update(restriction=6)
    assert alone.mine.number not in words(alone.clerk.get(alone.page))
    sent = {"act": "remove", "remove-case": str(alone.mine.id), "remove-said": "Order"}
    assert alone.clerk.post(alone.page, sent).status_code == 404
    assert Representation.objects.filter(user=alone.user).exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("hold", [
    lambda user: standing.locked(user.id),
    lambda user: noticing._owner(user.id, ""),
    lambda user: admitting._free(user.id),
], ids=["standing", "noticing", "admitting"])  # fmt: skip
def test_who_holds_a_filer_keeps_no_filing_waiting_that_holds_the_case_which_is_wanted_next(hold):
    """A filing holds its case and names its filer; who holds the filer first and then a case would wait in a circle."""
    user = invented.make().counsel
    CourtUser.objects.filter(id=user.id).update(account=None)
    words = {"dbname": connection.settings_dict["NAME"]}
    with transaction.atomic(), psycopg.connect(this_site().config.database_url, **words) as filing:
        hold(user)
        filing.execute("SELECT 1 FROM court_user WHERE id = %s FOR KEY SHARE NOWAIT", [user.id])


def test_the_page_is_for_pro_se_filers_alone(alone):
    other = callers.court_user("attorney")
    assert alone.clerk.get(f"/court/filers/{other.id}/cases").status_code == 404
    with pytest.raises(own_cases.NotBoundToCases):
        own_cases.let_file_in(user_id=other.id, case_id=alone.mine.id, party_id=1, said="x", by="user:1", at=AT)
    assert "Cases to file in" in words(alone.clerk.get(f"/court/filers/{alone.user.id}"))
    assert alone.clerk.get(f"{alone.page}?number=99-99999").status_code == 200
    assert alone.clerk.get(f"{alone.page}?case=999999").status_code == 404
