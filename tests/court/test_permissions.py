"""Who may open what at a court: every URL of the map × every kind of caller, GET and POST.

A new URL fails here until somebody wrote down, in ``URLS``, whom it is for. Run again at a district and an appellate
court by ``tests/benches``.
"""

from __future__ import annotations

import html
import uuid
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from openecf.court.agents.models import Agency
from openecf.court.people.access import WORDS
from openecf.court.people.rules import Standing
from openecf.court.transition.models import CourtProfile
from openecf.platform.bus.access import operator_token
from tests.court import callers
from tests.court import world as invented
from tests.court.world import AT, main_document, pdfs

pytestmark = pytest.mark.django_db

IN, SIGN_ON, HIDDEN = "in", "sign on", "hidden"
TERMINAL = "192.0.2.17"
LEGACY, BILLING, MAY_NOT = Standing.LEGACY, Standing.BILLING_ONLY, Standing.MAY_NOT_SEARCH
NOT_LINKED, NOT_A_FILER = Standing.NOT_LINKED, Standing.NOT_A_FILER
NOT_COURT, NOT_CLERK = Standing.NOT_COURT, Standing.NOT_CLERK
SHARED, CHOOSE, NO_PRINCIPAL = Standing.SHARED, Standing.CHOOSE_PRINCIPAL, Standing.NO_PRINCIPAL
NOT_FOR_AGENTS, MAY_NOT_FILE_FOR = Standing.NOT_FOR_AGENTS, Standing.MAY_NOT_FILE_FOR
NOT_A_PRINCIPAL, NOT_AN_AGENT = Standing.NOT_A_PRINCIPAL, Standing.NOT_AN_AGENT

READERS = ("searcher", "program")
SHARED_ONES = ("shared", "shared and linked")
NO_SEARCH = "attorney who may not search"
FILERS = (
    "attorney", "stranger", "trustee", "us-trustee", "limited", "court-reporter", "auditor", "pro-se", "filing program",
    NO_SEARCH,
)  # fmt: skip
PRINCIPALS = ("attorney", "stranger", "trustee", "us-trustee", "filing program", NO_SEARCH)
ACTING = ("acting", "acting, may not file")
AGENTS = ("agent of nobody", "agent of two", *ACTING)
COURT = ("clerk", "judge", "chambers")
CALLERS = (
    *("nobody", "terminal", "legacy", "billing", "suspended"), *READERS, *SHARED_ONES, *FILERS, *AGENTS, *COURT
)  # fmt: skip


GROUPS = {
    "readers": (*READERS, "suspended"), "shared": SHARED_ONES, "filers": FILERS, "principals": PRINCIPALS, "agents": AGENTS,
    "acting": ACTING, "court": COURT,
}  # fmt: skip


def _table(nobody: str = SIGN_ON, **said: str) -> dict[str, str]:
    """What each kind of caller is told; groups of callers by the names above, ``rest`` for those not named.

    A public terminal is told what nobody is, unless ``terminal`` says otherwise.
    """
    terminal = said.pop("terminal", nobody)
    told = dict.fromkeys(CALLERS, said.pop("rest", IN)) | {"nobody": nobody, "terminal": terminal}
    for name, answer in said.items():
        told |= dict.fromkeys(GROUPS.get(name, (name,)), answer)
    return told


_ACCOUNTS = {"legacy": LEGACY, "billing": BILLING}
_SEARCHING = _ACCOUNTS | {"suspended": MAY_NOT, NO_SEARCH: MAY_NOT}
"""Who has left the firm that paid, or waits for the Service Center, reads no case; who files goes on filing."""
RULES = {
    "anyone": _table(nobody=IN),
    "machine": _table(nobody=IN),
    "operator": _table(nobody=HIDDEN, rest=HIDDEN),
    "signed-on": _table(),
    "reader": _table(**_SEARCHING, terminal=IN),
    "reader-xml": _table(**_SEARCHING, terminal=IN),
    "reader-or-free-look": _table(**_SEARCHING, terminal=IN),
    "person": _table(**_ACCOUNTS),
    "linked": _table(**_ACCOUNTS, readers=NOT_LINKED, shared=SHARED),
    "own": _table(**_ACCOUNTS, readers=NOT_LINKED, shared=SHARED, acting=NOT_FOR_AGENTS),
    "filer": _table(**_ACCOUNTS, readers=NOT_LINKED, shared=SHARED, agents=NO_PRINCIPAL, acting=IN)
    | {"agent of two": CHOOSE, "acting, may not file": MAY_NOT_FILE_FOR},
    "principal": _table(
        **_ACCOUNTS, rest=NOT_A_PRINCIPAL, principals=IN, readers=NOT_LINKED, shared=SHARED, acting=NOT_FOR_AGENTS
    ),
    "agent": _table(**_ACCOUNTS, rest=NOT_AN_AGENT, agents=IN, readers=NOT_LINKED, shared=SHARED),
    "court": _table(**_ACCOUNTS, rest=NOT_COURT, court=IN),
    "desk": _table(**_ACCOUNTS, rest=NOT_COURT, court=IN),
    "desk-decides": _table(**_ACCOUNTS, rest=NOT_COURT, judge=NOT_CLERK, chambers=NOT_CLERK, clerk=IN),
    "clerk": _table(**_ACCOUNTS, rest=NOT_COURT, clerk=IN, judge=NOT_CLERK, chambers=NOT_CLERK),
}
"""What a rule says to whom. A rule that is not here does not exist."""
RULES["payer"] = RULES["filer"]  # and whoever filed until the court ended it: test_filing_fees_stopped

URLS = {
    "healthz": "anyone",
    "readyz": "anyone",
    "metrics": "operator",
    "bus/inbox": "machine",
    "desk/messages": "desk",
    "desk/messages/several": "desk-decides",
    "desk/messages/<str:kind>/<str:key>": "desk-decides",
    "language": "anyone",
    "login": "anyone",
    "logout": "anyone",
    "signed-out": "anyone",
    "oidc/callback": "anyone",
    "oidc/backchannel": "machine",
    "cgi-bin/login.pl": "anyone",
    "": "anyone",
    "nextgen": "anyone",
    "login/court": "anyone",
    "cgi-bin/ShowLogin": "anyone",
    "login/court/out": "anyone",
    "login/court/reset": "anyone",
    "login/court/reset/<str:secret>": "anyone",
    "nextgen/calendar.ics": "anyone",
    "nextgen/guides/<slug:key>": "anyone",
    "nextgen/preparation-sheet": "anyone",
    "nextgen/notices/<int:number>": "anyone",
    "nextgen/notices/new": "clerk",
    "utilities/": "person",
    "utilities/link": "signed-on",
    "utilities/link/done": "linked",
    "utilities/link/<uuid:offer_id>": "signed-on",
    "utilities/client-code": "signed-on",
    "utilities/email": "own",
    "utilities/email/<slug:key>": "own",
    "utilities/email/<slug:key>/cases": "own",
    "utilities/log": "person",
    "utilities/transcripts": "linked",
    "utilities/transcripts/<int:document_id>": "linked",
    "utilities/mailings": "linked",
    "utilities/mailings/<int:case_id>": "linked",
    "utilities/mailings/<int:case_id>/labels": "linked",
    "utilities/agents": "principal",
    "utilities/agents/<int:agency_id>": "principal",
    "utilities/agents/<int:agency_id>/remove": "principal",
    "utilities/acting": "agent",
    "utilities/acting/<int:agency_id>/leave": "agent",
    "court/": "court",
    "court/filers/<int:user_id>": "clerk",
    "court/filers/<int:user_id>/cases": "clerk",
    "court/announcements": "clerk",
    "court/announcements/<int:announcement_id>": "clerk",
    "court/conversion": "clerk",
    "court/conversion/<int:finding_id>": "clerk",
    "court/logins": "clerk",
    "court/logins/<int:user_id>": "clerk",
    "cases/": "clerk",
    "cases/<int:case_id>/edit": "clerk",
    "cases/<int:case_id>/edit/heading": "clerk",
    "cases/<int:case_id>/edit/status": "clerk",
    "cases/<int:case_id>/edit/restriction": "clerk",
    "cases/<int:case_id>/edit/party/new": "clerk",
    "cases/<int:case_id>/edit/party/<int:party_id>": "clerk",
    "cases/<int:case_id>/edit/party/<int:party_id>/attorney": "clerk",
    "cases/<int:case_id>/edit/attorney/<int:representation_id>": "clerk",
    "cases/<int:case_id>/edit/as-it-came": "clerk",
    "cases/<int:case_id>/edit/as-it-came/<int:line_id>": "clerk",
    "cases/<int:case_id>/edit/entries": "clerk",
    "cases/<int:case_id>/edit/entries/<int:seq>": "clerk",
    "cases/<int:case_id>/edit/entries/<int:seq>/restriction": "clerk",
    "cgi-bin/iquery.pl": "reader",
    "cgi-bin/iqquerymenu.pl": "reader",
    "cgi-bin/possible_case_numbers.pl": "reader-xml",
    "cgi-bin/mobile_query.pl": "reader",
    "cgi-bin/DktRpt.pl": "reader",
    "cgi-bin/HistDocQry.pl": "reader",
    r"^docs?1/(?P<doc_id>\d{5,20})/?$": "reader-or-free-look",
    r"^cgi-bin/show_case_doc(?:\.pl)?$": "reader",
    r"^cgi-bin/show_multidocs\.pl$": "reader",
    r"^cgi-bin/DocVerify\.pl$": "reader",
    r"^utilities/check-pdf$": "linked",
    "filing/": "filer",
    "filing/search": "filer",
    "filing/drafts": "filer",
    "filing/start": "filer",
    "filing/<uuid:draft_id>/": "filer",
    "filing/<uuid:draft_id>/discard": "filer",
    "filing/<uuid:draft_id>/done": "filer",
    "filing/<uuid:draft_id>/<slug:step>": "filer",
    "cgi-bin/DisplayReceipt.pl": "linked",
    "cgi-bin/SchedQry.pl": "reader",
    "calendar/": "anyone",
    "court/registrations": "clerk",
    "court/registrations/<uuid:request_id>": "clerk",
    "court/registrations/<uuid:request_id>/<slug:act>": "clerk",
    "court/registrations/<uuid:request_id>/papers/<str:sha256>": "clerk",
    "court/registrations/<uuid:request_id>/fee/payment": "clerk",
    "court/registrations/changes": "clerk",
    "court/registrations/changes/<uuid:change_id>": "clerk",
    "court/registrations/changes/<uuid:change_id>/<slug:act>": "clerk",
    "registration/fee/<uuid:request_id>": "signed-on",
    "registration/fee/<uuid:request_id>/<slug:act>": "signed-on",
    "registration/fee/back/<str:number>": "signed-on",
    "registration/fee/cancelled/<str:number>": "signed-on",
    "utilities/billing-history": "signed-on",
    "utilities/exemption": "signed-on",
    "utilities/fees": "payer",
    "utilities/fees/<slug:act>": "payer",
    "utilities/fees/back/<str:number>": "payer",
    "utilities/fees/cancelled/<str:number>": "payer",
    "court/fees": "clerk",
    "court/fees/<int:fee_id>": "clerk",
    "court/fees/stuck/<str:number>": "clerk",
    "cgi-bin/CourtInfo.pl": "anyone",
}
"""Every URL of a court and the rule that it must name."""

OF_THE_BENCH = {"n/beam/servlet/TransportRoom": "reader", "cmecf/servlet/TransportRoom": "reader"}
"""URLs that only one bench has."""

WITHOUT_A_FORM_TOKEN = {
    "bus/inbox": "programs: the message's signature is the proof",
    "oidc/backchannel": "the provider: the logout token's signature is the proof",
    "language": "changes one reader's own language, nothing else",
    "cgi-bin/iquery.pl": "programs post to it; a browser's post from another site is refused (asked_here)",
    "cgi-bin/DktRpt.pl": "as above",
    "cgi-bin/HistDocQry.pl": "as above",
    "cgi-bin/mobile_query.pl": "free, and changes nothing",
    r"^docs?1/(?P<doc_id>\d{5,20})/?$": "programs post to it; a browser's post from another site only shows the cost",
    r"^cgi-bin/show_multidocs\.pl$": "as above",
    "n/beam/servlet/TransportRoom": "programs post to it; a browser's post from another site is refused (asked_here)",
    "cmecf/servlet/TransportRoom": "as above",
}
"""URLs that take a POST without Django's form token, and why that is safe. Every other one asks for the token."""


def urls(patterns: list | None = None, before: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every URL of this court's map, written as the map writes it."""
    for each in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(each, URLResolver):
            yield from urls(each.url_patterns, before + str(each.pattern))
        else:
            yield before + str(each.pattern), each


HERE = dict(urls())


def test_every_url_of_the_map_is_in_the_table_with_its_rule():
    named = {url: pattern.callback.access_rule.name for url, pattern in HERE.items()}
    wanted = URLS | {url: rule for url, rule in OF_THE_BENCH.items() if url in named}
    assert named == wanted, "a new URL must be written into URLS before anybody can open it"


def test_only_these_urls_take_a_post_without_the_form_token():
    exempt = {url for url, pattern in HERE.items() if getattr(pattern.callback, "csrf_exempt", False)}
    assert exempt == {url for url in WITHOUT_A_FORM_TOKEN if url in HERE}


def sample_of(world, entry) -> dict:
    """What stands for each parameter of an address: of the invented court where it has one, else nobody's."""
    party = world.case.parties.get(position=1)
    return {
        "doc_id": main_document(entry).doc_id, "case_id": world.case.pk, "party_id": party.pk, "seq": entry.seq,
        "representation_id": party.representations.get().pk, "draft_id": uuid.uuid4(), "offer_id": uuid.uuid4(),
        "request_id": uuid.uuid4(), "change_id": uuid.uuid4(), "agency_id": 1_000_000, "document_id": 1_000_000, "announcement_id": 1_000_000, "finding_id": 1_000_000, "fee_id": 1_000_000, "line_id": 1_000_000, "user_id": 1, "number": 1,
        "kind": "mail", "key": "1", "step": "case", "act": "approve", "sha256": "0" * 64,
    }  # fmt: skip


@pytest.fixture
def here():
    """The invented court, one of each kind of caller, and an address for every URL of the map."""
    world = invented.make()
    CourtProfile.objects.update(terminal_networks=[f"{TERMINAL}/32"])
    entry = world.entry(files=[pdfs.plain()])
    return world, sample_of(world, entry)


def address(url: str, sample: dict) -> str:
    """A path that the URL answers to."""
    if "doc_id" in url:
        return f"/doc1/{sample['doc_id']}"
    path = url.removeprefix("^").removesuffix("$").replace(r"(?:\.pl)?", "").replace("\\", "")
    for name, value in sample.items():
        for kind in ("int", "str", "uuid", "slug"):
            path = path.replace(f"<{kind}:{name}>", str(value))
    return f"/{path}"


def people(world) -> dict[str, callers.SignedOn | None]:
    """One of each kind of caller."""
    of_the_case = callers.person(account=world.counsel.account)
    return {
        "nobody": None,
        "legacy": callers.person(upgraded=False, may_search=False),
        "billing": callers.person(account_type="paa", may_search=False),
        "suspended": callers.person(account_type="search", may_search=False),
        NO_SEARCH: callers.linked("attorney", may_search=False),
        "searcher": callers.person(account_type="search"),
        "shared": callers.person(account_type="search", shared=True),
        "shared and linked": callers.linked("attorney", shared=True),
        "terminal": None,
        "agent of nobody": callers.linked("filing-agent"),
        "agent of two": _agent_of(world.counsel, world.stranger),
        "acting": _agent_of(world.counsel),
        "acting, may not file": _agent_of(world.counsel, may_file=False),
        "program": callers.person(account_type="search", kind="api"),
        "attorney": of_the_case,
        "filing program": callers.linked("attorney", kind="api"),
        "stranger": callers.person(account=world.stranger.account),
        **{
            group: callers.linked(group)
            for group in ("trustee", "us-trustee", "limited", "court-reporter", "auditor", "pro-se", *COURT)
        },
    }


def _agent_of(*principals, **terms) -> callers.SignedOn:
    """A filing agent whom these let act."""
    who = callers.linked("filing-agent")
    agent = type(principals[0]).objects.get(account=who.account)
    for principal in principals:
        Agency.objects.create(principal=principal, agent=agent, starts=date(2024, 1, 1), made_at=AT, **terms)
    return who


def told(response) -> str:
    """What the caller was told: in, to sign on, or which refusal."""
    page = b"".join(response.streaming_content) if response.streaming else response.content
    words = html.unescape(page.decode(errors="replace"))
    if "Not logged in" in words or "Please log in again" in words:
        return SIGN_ON
    for standing, (title, _text) in WORDS.items():
        as_page = response.status_code == 403 and f"<h1>{title}" in words
        if as_page or (response["Content-Type"] == "text/xml" and f"'{title}'" in words):
            return standing
    return HIDDEN if response.status_code == 404 else IN


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("who", CALLERS)
def test_who_is_let_in_where(here, who, method):
    world, sample = here
    browser = callers.client(people(world)[who])
    browser.raise_request_exception = False
    wrong = {}
    for url, pattern in HERE.items():
        rule = pattern.callback.access_rule.name
        expected = RULES[rule][who]
        path, here_from = address(url, sample), TERMINAL if who == "terminal" else "203.0.113.9"
        response = getattr(browser, method)(path, REMOTE_ADDR=here_from)
        if expected == CHOOSE and method == "get":
            # Instead of a refusal: the page where the agent chooses, which leads back.
            met = response.status_code == 302 and response.url.startswith("/utilities/acting?next=%2F")
            wrong |= {} if met else {url: (response.status_code, CHOOSE)}
            continue
        answer = told(response)
        # A page that lets the caller in may still say that there is no such thing.
        met = answer in (IN, HIDDEN) if expected == IN else answer == expected
        if not met:
            wrong[url] = (str(answer), str(expected))
    assert not wrong


def test_the_operators_token_opens_from_this_machine_only(here):
    browser = callers.client(None)
    token = {"HTTP_AUTHORIZATION": f"Bearer {operator_token()}"}
    assert browser.get("/metrics", REMOTE_ADDR="127.0.0.1", **token).status_code == 200
    assert browser.get("/metrics", REMOTE_ADDR="203.0.113.9", **token).status_code == 404
    assert browser.get("/metrics", REMOTE_ADDR="127.0.0.1", HTTP_X_FORWARDED_FOR="1.2.3.4", **token).status_code == 404
    assert browser.get("/metrics", REMOTE_ADDR="127.0.0.1").status_code == 404


def test_an_inactive_court_account_reads_like_any_other_pacer_account(here):
    world, sample = here
    type(world.clerk).objects.filter(pk=world.clerk.pk).update(active=False)
    browser = callers.client(callers.person(account=world.clerk.account))
    assert told(browser.get("/cgi-bin/iquery.pl")) == IN
    assert told(browser.get("/filing/")) == NOT_LINKED
    assert told(browser.get(f"/cases/{sample['case_id']}/edit")) == NOT_COURT


def test_a_sign_on_that_the_court_has_not_heard_of_for_a_minute_reads_and_does_not_file(here):
    world, sample = here
    stale = callers.person(account=world.counsel.account, fresh=False, auth_time=AT - timedelta(hours=3))
    browser = callers.client(stale)
    assert told(browser.get("/cgi-bin/iquery.pl")) == IN
    assert told(browser.get("/filing/")) == IN, (
        "drafts may be prepared; test_filing_submit shows that submitting is not"
    )
