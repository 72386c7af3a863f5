"""Filing agents at the pages: filing for a principal, switching, being removed; and everything that must not work."""

from __future__ import annotations

import re
from dataclasses import replace
from uuid import uuid4

import pytest

from openecf.court.agents import services as agents
from openecf.court.agents.models import Agency
from openecf.court.cases import services as cases
from openecf.court.docket.models import Entry
from openecf.court.fees.models import MeterLine
from openecf.court.filing import services as filing
from openecf.court.filing.models import Draft
from openecf.court.notices.models import Recipient
from openecf.court.people.models import CourtUser
from openecf.kernel.restriction import Restriction
from openecf.platform.audit.models import AuditLine
from openecf.platform.config import this_site
from tests.court import agency as given
from tests.court import callers, pdfs
from tests.court import world as invented
from tests.court.agency import AtThePages, said
from tests.court.world import AT, main_document
from tests.together import at_once

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(this_site().id != "flsb", reason="walks the bankruptcy court's events"),
]
MOTION = "motion:dismiss-case"


@pytest.fixture
def world():
    return invented.make()


@pytest.fixture
def debtor(world):
    return world.case.parties.get(name="Juniper Alder")


@pytest.fixture
def sedgwick(world):
    """The agent of counsel and of the opponent."""
    user, who = given.agent()
    return user, AtThePages(who), given.let(world.counsel, user), given.let(world.opponent, user)


def owner(user: CourtUser) -> AtThePages:
    return AtThePages(callers.person(name=f"{user.first_name} {user.last_name}", account=user.account))


def test_a_filing_agent_files_and_the_docket_names_the_principal(world, debtor, sedgwick):
    user, pages, for_counsel, _other = sedgwick
    status, words = pages.reads("/")
    assert status == 200 and "Whom you act for" in words, "several principals: the choice comes first"
    pages.act_for(for_counsel)
    status, words = pages.reads("/filing/")
    assert "You act for Tobias Okafor" in words and "Change" in words
    draft = pages.begin(MOTION, world.case.id)
    pages.prepare(draft, debtor.id)
    assert "You file this for Tobias Okafor" in pages.reads(f"/filing/{draft.id}/final")[1]
    status, words = pages.submit(draft)
    assert status == 200 and "Submitted by Idris Sedgwick, filing agent, for Tobias Okafor" in words
    entry = Entry.objects.get()
    assert entry.text == "Motion to Dismiss Case Filed by Debtor Juniper Alder. (Okafor, Tobias)"
    assert (entry.filer, entry.entered_by) == (world.counsel, "Idris Sedgwick")
    notice = entry.notices.get()
    assert "Okafor, Tobias" in notice.text and "Sedgwick" not in notice.text + notice.html + entry.row
    line = AuditLine.objects.get(act="filing.submitted")
    assert (line.by, line.on_behalf_of) == (f"user:{user.id}", f"user:{world.counsel.id}")
    assert not Recipient.objects.filter(addresses__contains=["isedgwick@agents.example"]).exists()


def test_both_logs_tell_of_it(world, debtor, sedgwick):
    _user, pages, for_counsel, _other = sedgwick
    pages.act_for(for_counsel)
    draft = pages.begin(MOTION, world.case.id)
    pages.prepare(draft, debtor.id)
    pages.submit(draft)
    mine, theirs = pages.reads("/utilities/log")[1], owner(world.counsel).reads("/utilities/log")[1]
    assert "Filing submitted 24-10001 for Tobias Okafor" in mine
    assert "Filing submitted 24-10001 by Idris Sedgwick" in theirs
    assert "Filing submitted" not in owner(world.opponent).reads("/utilities/log")[1]


def test_the_court_and_the_filer_see_in_the_notice_who_submitted_it_and_nobody_else(world, debtor, sedgwick):
    _user, pages, for_counsel, _other = sedgwick
    pages.act_for(for_counsel)
    draft = pages.begin(MOTION, world.case.id)
    pages.prepare(draft, debtor.id)
    pages.submit(draft)
    address = f"/cgi-bin/DisplayReceipt.pl?{world.case.id},{Entry.objects.get().seq}"
    told = {
        user.login: "Idris Sedgwick" in owner(user).reads(address)[1]
        for user in (world.clerk, world.counsel, world.opponent)
    }
    assert told == {"idelgado": True, "tokafor": True, "pvandermeer": False}


def test_an_only_principal_is_chosen_by_itself_and_shown(world):
    user, who = given.agent()
    given.let(world.counsel, user)
    status, words = AtThePages(who).reads("/")
    assert status == 200 and "You act for Tobias Okafor" in words and "24-10001" in words, "the principal's cases"


def test_an_agent_of_nobody_has_the_pacer_menu_and_is_told_why(world):
    pages = AtThePages(given.agent()[1])
    menu = pages.browser.get("/").content.decode().split("<main")[0]
    assert "/cgi-bin/iquery.pl" in menu and "/filing/" not in menu
    status, words = pages.reads("/filing/")
    assert status == 403 and "You act for nobody at this court" in words
    assert pages.reads("/cgi-bin/iquery.pl")[0] == 200
    assert "Nobody has let you act for them" in pages.reads("/utilities/acting")[1]


def test_menus_and_events_are_the_principals(world):
    trustee = callers.court_user("trustee", account=uuid4(), last_name="Castellan")
    user, who = given.agent()
    for_trustee, for_counsel = given.let(trustee, user, role="trustee-staff"), given.let(world.counsel, user)
    pages = AtThePages(who)
    pages.act_for(for_trustee)
    assert "Trustee/US Trustee" in pages.reads("/filing/")[1]
    pages.act_for(for_counsel)
    assert "Trustee/US Trustee" not in pages.reads("/filing/")[1]
    pages.browser.post("/filing/start", {"event": "trustee:no-distribution", "case": world.case.id})
    assert not Draft.objects.exists(), "an event of the other principal's is refused"


def test_removed_before_the_last_page_nothing_is_filed_and_the_draft_is_the_principals(world, debtor, sedgwick):
    _user, pages, for_counsel, _other = sedgwick
    pages.act_for(for_counsel)
    draft = pages.begin(MOTION, world.case.id)
    pages.prepare(draft, debtor.id)
    agents.remove_agent(reader=world.reader(world.counsel), agency_id=for_counsel.id, at=AT)
    status, words = pages.submit(draft)
    assert status == 403 and "You may no longer file for Tobias Okafor. Nothing was filed. The draft is kept" in words
    assert "You act for Petra Vandermeer" in words, "the only one left, and the page says so"
    assert not Entry.objects.exists()
    principal = owner(world.counsel)
    assert "Begun by Idris Sedgwick, your filing agent" in principal.reads("/filing/drafts")[1]
    assert principal.submit(draft)[0] == 200
    assert Entry.objects.get().filer == world.counsel
    assert draft.id not in {row.id for row in Draft.objects.filter(submitted_at=None)}


@pytest.mark.parametrize("others", [0, 2], ids=["nobody else", "two others, none chosen"])
def test_at_a_draft_for_who_ended_it_that_is_said_first(world, others):
    user, who = given.agent()
    pages, mine = AtThePages(who), given.let(world.counsel, user)
    for each in (world.opponent, world.stranger)[:others]:
        given.let(each, user)
    pages.act_for(mine)
    draft = pages.begin(MOTION, world.case.id)
    agents.remove_agent(reader=world.reader(world.counsel), agency_id=mine.id, at=AT)
    for status, words in (pages.reads(f"/filing/{draft.id}/case"), pages.submit(draft)):
        assert status == 403 and "You may no longer file for Tobias Okafor" in words


def test_the_permission_taken_away_between_the_page_and_the_submission(world, debtor, sedgwick):
    """The page was let through with the permission; the transaction of the submission asks again."""
    _user, pages, for_counsel, _other = sedgwick
    pages.act_for(for_counsel)
    draft = pages.begin(MOTION, world.case.id)
    pages.prepare(draft, debtor.id)
    reader = agents.queries.as_chosen(callers.reader(pages.who), now=AT)
    for change in ({"may_file": False}, {"ends": "2024-01-01", "may_file": True}, {"ends": None, "ended_at": AT}):
        Agency.objects.filter(id=for_counsel.id).update(**change)
        with pytest.raises(agents.NoLongerAgent):
            filing.submit(draft_id=draft.id, reader=reader, at=AT)
    CourtUser.objects.filter(id=world.counsel.id).update(active=False)
    Agency.objects.filter(id=for_counsel.id).update(ended_at=None)
    with pytest.raises(agents.NoLongerAgent):
        filing.submit(draft_id=draft.id, reader=reader, at=AT)
    assert not Entry.objects.exists()


def test_a_draft_for_one_principal_is_not_filed_while_acting_for_another(world, debtor, sedgwick):
    """Two windows: in one a draft for Okafor, in the other the agent switches to Vandermeer."""
    _user, pages, for_counsel, for_opponent = sedgwick
    pages.act_for(for_counsel)
    draft = pages.begin(MOTION, world.case.id)
    pages.prepare(draft, debtor.id)
    pages.act_for(for_opponent)
    status, words = pages.submit(draft)
    assert status == 403 and "This draft is for Tobias Okafor, and you act for somebody else now" in words
    assert not Entry.objects.exists()
    assert str(draft.id) not in pages.browser.get("/filing/drafts").content.decode()
    pages.act_for(for_counsel)
    assert pages.submit(draft)[0] == 200


def test_two_agents_of_one_principal_do_not_see_each_others_drafts(world, sedgwick):
    _user, pages, for_counsel, _other = sedgwick
    pages.act_for(for_counsel)
    draft = pages.begin(MOTION, world.case.id)
    other, who = given.agent("Tansy")
    given.let(world.counsel, other)
    tansy = AtThePages(who)
    assert tansy.reads(f"/filing/{draft.id}/case")[0] == 404
    assert tansy.browser.post(f"/filing/{draft.id}/discard").status_code == 404
    assert str(draft.id) not in tansy.browser.get("/filing/drafts").content.decode()
    assert Draft.objects.filter(id=draft.id).exists()


def test_an_agent_does_not_see_what_the_principal_began_alone(world, sedgwick):
    _user, pages, for_counsel, _other = sedgwick
    draft = owner(world.counsel).begin(MOTION, world.case.id)
    pages.act_for(for_counsel)
    assert pages.reads(f"/filing/{draft.id}/case")[0] == 404


FORGED = {
    "a form field": lambda pages, agency: pages.browser.post("/filing/start?", {"event": MOTION, "acting_for": agency.principal_id, "agency": agency.id}),
    "an address": lambda pages, agency: pages.browser.post(f"/filing/start?acting_for={agency.principal_id}&agency={agency.id}", {"event": MOTION}),
    "a cookie": lambda pages, agency: (pages.browser.cookies.load({"acting_for": str(agency.principal_id), "agency": str(agency.id)}), pages.browser.post("/filing/start", {"event": MOTION}))[1],
    "the choice page": lambda pages, agency: pages.browser.post("/utilities/acting", {"agency": agency.id}),
    "a header": lambda pages, agency: pages.browser.post("/filing/start", {"event": MOTION}, HTTP_X_ACTING_FOR=str(agency.principal_id)),
}  # fmt: skip


@pytest.mark.parametrize("how", FORGED)
def test_nobody_acts_for_who_did_not_let_them(world, how):
    """A stranger's agency named in a form, an address, a cookie, a header, or at the choice itself."""
    linked, _who = given.agent("Tansy")
    theirs = given.let(world.counsel, linked)
    user, who = given.agent()
    given.let(world.stranger, user)
    given.let(world.opponent, user)
    pages = AtThePages(who)
    FORGED[how](pages, theirs)
    assert not Draft.objects.exists()
    assert agents.queries.as_chosen(callers.reader(who), now=AT).acting is None
    assert pages.reads(f"/cgi-bin/iqquerymenu.pl?{world.case.id}")[0] == 200


def test_the_choice_of_another_session_is_no_choice_here(world, sedgwick):
    _user, pages, for_counsel, _other = sedgwick
    pages.act_for(for_counsel)
    elsewhere = AtThePages(replace(pages.who, sid="another"))
    assert "Whom you act for" in elsewhere.reads("/filing/")[1]


@pytest.mark.parametrize("next_", ["//evil.example/", "https://evil.example/", "/\\evil.example"])
def test_the_choice_leads_nowhere_else(sedgwick, next_):
    _user, pages, for_counsel, _other = sedgwick
    answer = pages.browser.post("/utilities/acting", {"agency": for_counsel.id, "next": next_})
    assert (answer.status_code, answer.url) == (302, "/")


def test_the_addresses_of_the_principal_are_the_principals(world, sedgwick):
    _user, pages, for_counsel, _other = sedgwick
    pages.act_for(for_counsel)
    status, words = said(pages.browser.post("/utilities/email", {"secondary": "thief@evil.example", "form": "html"}))
    assert status == 403 and "Only the account's owner can do this" in words
    world.counsel.refresh_from_db()
    assert world.counsel.secondary_emails == ["docketing@counsel.example"]


def test_what_is_closed_needs_the_permission(world, sedgwick):
    _user, pages, for_counsel, _other = sedgwick
    pages.act_for(for_counsel)
    levels = (
        Restriction.PARTICIPANTS_AND_TERMINAL,
        Restriction.PARTICIPANTS,
        Restriction.SELECTED,
        Restriction.FILER_AND_COURT,
    )
    papers = [main_document(world.entry(files=[pdfs.plain()], levels=[level])) for level in levels]
    lines = [world.entry(text=f"Secret {level}", restriction=level) for level in levels]
    addresses = [f"/doc1/{paper.doc_id}" for paper in papers]

    def opens() -> list[bool]:
        return ["do not have permission" not in pages.reads(address)[1] for address in addresses]

    assert opens() == [False] * 4
    assert not re.search(r"Secret \d", pages.reads(f"/cgi-bin/HistDocQry.pl?{world.case.id}")[1])
    for_counsel.sees_restricted = True
    for_counsel.save()
    assert opens() == [True] * 4, "counsel filed them all"
    courts = main_document(world.entry(files=[pdfs.plain()], levels=[Restriction.COURT]))
    assert "do not have permission" in pages.reads(f"/doc1/{courts.doc_id}")[1], "and no more than counsel"
    assert len(lines) == 4


def test_a_sealed_case_of_the_principals_is_not_there_without_the_permission(world, sedgwick):
    _user, pages, for_counsel, _other = sedgwick
    pages.act_for(for_counsel)
    cases.set_restriction(case_id=world.case.id, level=Restriction.PARTICIPANTS, reason="test", at=AT, by="system")
    assert "24-10001" not in pages.reads("/")[1]
    assert "Case not found" in pages.reads(f"/cgi-bin/iqquerymenu.pl?{world.case.id}")[1]
    for_counsel.sees_restricted = True
    for_counsel.save()
    assert "24-10001" in pages.reads("/")[1]


def test_what_an_agent_reads_is_charged_to_the_agents_own_account(world, sedgwick):
    _user, pages, for_counsel, _other = sedgwick
    pages.act_for(for_counsel)
    paper = main_document(world.entry(files=[pdfs.plain(3)]))
    receipt = pages.browser.get(f"/doc1/{paper.doc_id}").content.decode()
    assert "idris" in receipt and "tokafor" not in receipt.split("<main")[1]
    pages.browser.post(f"/doc1/{paper.doc_id}", {"got_receipt": "1"}, HTTP_SEC_FETCH_SITE="same-origin")
    line = MeterLine.objects.get()
    assert (line.account, line.login, line.cents) == (pages.who.account, "idris", 30)


def test_copies_of_notices_go_to_the_agent_who_gets_them(world, debtor, sedgwick):
    _user, pages, for_counsel, _other = sedgwick
    agents.change_terms(
        reader=world.reader(world.counsel), agency_id=for_counsel.id, terms=given.terms(gets_notices=True), at=AT
    )
    pages.act_for(for_counsel)
    draft = pages.begin(MOTION, world.case.id)
    pages.prepare(draft, debtor.id)
    pages.submit(draft)
    assert "Filing agents who get copies: isedgwick@agents.example" in owner(world.counsel).reads("/utilities/email")[1]
    counsel = Recipient.objects.get(user=world.counsel)
    assert counsel.addresses == ["tokafor@counsel.example", "docketing@counsel.example", "isedgwick@agents.example"]
    assert Recipient.objects.get(user=world.opponent).addresses == ["pvandermeer@counsel.example"]


def test_the_principals_page_adds_changes_and_removes(world):
    _user, who = given.agent()
    pages = owner(world.counsel)
    form = {"who": "isedgwick", "last_name": "Sedgwick", "role": "firm-staff", "may_file": "on", "starts": "2024-01-01"}
    status, words = said(pages.browser.post("/utilities/agents", form, follow=True))
    assert status == 200 and "The filing agent was added" in words and "Law firm staff" in words and "May file" in words
    made = Agency.objects.get()
    status, words = said(pages.browser.post("/utilities/agents", form | {"last_name": "Sedgwic"}))
    assert status == 422 and "This court has no filing agent with that login" in words
    status, words = said(
        pages.browser.post(f"/utilities/agents/{made.id}", form | {"sees_restricted": "on", "ends": "2023-01-01"})
    )
    assert status == 422 and "must not be before the first" in words
    status, words = said(
        pages.browser.post(f"/utilities/agents/{made.id}", form | {"sees_restricted": "on"}, follow=True)
    )
    assert "Sees restricted documents" in words
    assert "Tobias Okafor" in AtThePages(who).reads("/utilities/acting")[1]
    assert owner(world.opponent).browser.post(f"/utilities/agents/{made.id}/remove").status_code == 404
    status, words = said(pages.browser.post(f"/utilities/agents/{made.id}/remove", follow=True))
    assert "Nobody may act for you" in words


def test_an_agent_leaves_at_the_page(world, sedgwick):
    _user, pages, for_counsel, _other = sedgwick
    pages.act_for(for_counsel)
    status, words = said(pages.browser.post(f"/utilities/acting/{for_counsel.id}/leave", follow=True))
    assert status == 200 and "You have left" in words and "Okafor" not in words.split("Petra")[1]


@pytest.mark.parametrize(
    "path", ["/utilities/agents/1", "/utilities/agents/99999999999999999999", "/utilities/agents/0"]
)
def test_an_agency_that_is_not_there(world, path):
    assert owner(world.counsel).browser.get(path).status_code == 404


@pytest.mark.parametrize("chosen", ["", "x", "-1", "99999999999999999999999", "1.5", "²"])
def test_a_choice_of_nonsense(sedgwick, chosen):
    _user, pages, _mine, _other = sedgwick
    status, words = said(pages.browser.post("/utilities/acting", {"agency": chosen}))
    assert status == 403 and "You may not act for this person now" in words


SHARED = {
    "the page of events": ("get", "/filing/"),
    "beginning a filing": ("post", "/filing/start"),
    "a draft's page": ("post", "/filing/00000000-0000-4000-8000-000000000000/final"),
    "the notices' page": ("get", "/utilities/email"),
    "the agents' page": ("get", "/utilities/agents"),
    "the choice of whom to act for": ("post", "/utilities/acting"),
}


@pytest.mark.parametrize("kind", ["browser", "api"])
@pytest.mark.parametrize("what", SHARED)
def test_an_account_that_several_people_use_files_nothing_however_it_comes(world, what, kind):
    """Linked before it became known as shared: it searches, and is told the way to an own account."""
    method, path = SHARED[what]
    who = callers.person(account=world.counsel.account, shared=True, kind=kind)
    status, words = said(getattr(callers.client(who), method)(path, {"event": MOTION}))
    assert (
        status == 403
        and "Several people use this PACER account" in words
        and "Register an account of your own" in words
    )
    assert said(callers.client(who).get("/cgi-bin/iquery.pl"))[0] == 200
    assert not Draft.objects.exists()


def test_a_shared_account_sees_nothing_that_is_closed_to_others(world):
    who = callers.person(account=world.counsel.account, shared=True)
    paper = main_document(world.entry(files=[pdfs.plain()], levels=[Restriction.PARTICIPANTS]))
    assert "do not have permission" in said(callers.client(who).get(f"/doc1/{paper.doc_id}"))[1]


def test_a_shared_account_is_not_linked(world):
    browser = callers.client(callers.person(shared=True))
    assert "shared by several people" in said(browser.get("/utilities/link"))[1]
    assert "shared by several people" in said(browser.post("/utilities/link", {"login": "nobody", "password": "x"}))[1]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("round_", range(4))
def test_a_removal_and_a_submission_at_the_same_moment(round_):
    """One waits for the other: either it was filed before the removal, or it was refused and nothing is there."""
    world = invented.make()
    user, who = given.agent()
    mine, pages = given.let(world.counsel, user), AtThePages(who)
    draft = pages.begin(MOTION, world.case.id)
    pages.prepare(draft, world.case.parties.get(name="Juniper Alder").id)
    reader = agents.queries.as_chosen(callers.reader(who), now=AT)

    def file() -> str:
        try:
            filing.submit(draft_id=draft.id, reader=reader, at=AT)
        except agents.NoLongerAgent:
            return "refused"
        return "filed"

    def remove() -> None:
        agents.remove_agent(reader=world.reader(world.counsel), agency_id=mine.id, at=AT)

    said_of_filing, _removed = at_once([file, remove] if round_ % 2 else [remove, file])[:: 1 if round_ % 2 else -1]
    assert said_of_filing in ("filed", "refused"), said_of_filing
    assert Entry.objects.count() == (said_of_filing == "filed")
    mine.refresh_from_db()
    assert mine.ended_at == AT
