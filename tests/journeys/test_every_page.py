"""axe-core finds nothing on any page that links lead to, whoever reads it and in whichever language; no page scrolls
sideways.

Every page is looked at here, but not for every reader at every court in every language: that takes half an hour more, and
``OPENECF_THOROUGH=1`` does it, for the court's own people as for filers. ``test_service_center`` has the desk.
"""

from __future__ import annotations

import os
from urllib.parse import urlsplit

import pytest

from tests.journeys.courts import APPELLATE, BANKRUPTCY, DISTRICT, CourtStory
from tests.journeys.filing import Filing, motion
from tests.journeys.looking import Looker, kind_of, walk
from tests.journeys.people import speak
from tests.journeys.reading import Shelf
from tests.stand import Stand

PEOPLE = ("nobody", "hlindqvist", "mquimby-law", "tokafor-law", "clerk-delgado", "judge-ashgrove")
LANGUAGES = ("en", "es", "ht")
THOROUGH = bool(os.environ.get("OPENECF_THOROUGH"))
READERS = [
    (court, who)
    for court in (BANKRUPTCY, DISTRICT, APPELLATE)
    for who in PEOPLE
    if THOROUGH or court is BANKRUPTCY or who == "tokafor-law"
]
TRANSLATED = [
    (court, who, language)
    for court in (BANKRUPTCY, DISTRICT, APPELLATE)
    for who in ("tokafor-law", "clerk-delgado", "judge-ashgrove")
    for language in LANGUAGES[1:]
    if THOROUGH or (court, who, language) in ((BANKRUPTCY, "tokafor-law", "es"), (DISTRICT, "tokafor-law", "ht"))
]
OWNERS = [
    (who, language)
    for who in ("nobody", "hlindqvist", "tokafor-law", "oldone", "quimby-billing")
    for language in LANGUAGES
    if THOROUGH or (language == "en" and who in ("nobody", "hlindqvist")) or who == "tokafor-law"
]
STEPS = [
    (court, language)
    for court in (BANKRUPTCY, DISTRICT, APPELLATE)
    for language in LANGUAGES
    if THOROUGH or language == "en" or court is DISTRICT
]


ALIKE = ("/help", "/status", "/courts", "/developers", "/accessibility", "/nextgen/guides/")
"""Pages whose content is the same for everybody: looked at once in a language, whoever comes by first."""
_looked: set[tuple[str, str, str]] = set()


def looked_at(page: object, stand: Stand, site: str, language: str, starts: list[str]) -> Looker:
    looker = Looker()
    speak(page, stand, site, language)
    Shelf(page)
    for address in walk(page, starts):
        here = (site, language, kind_of(address))
        if here in _looked:
            continue
        if urlsplit(address).path.startswith(ALIKE):
            _looked.add(here)
        # Colours are the same in every language: they are looked at once.
        looker.look(page, colours=language == "en")
        if page.locator("html").get_attribute("lang") != language:
            looker.wrong.append(f"{page.url}\n    is not in {language}")
    return looker


@pytest.mark.parametrize(("court", "who"), READERS, ids=str)
def test_every_page_of_a_court(court, who, stand, visitors):
    if who == "nobody":
        page, paths = visitors.stranger().new_page(), ["/", "/nextgen", "/login/court", "/cgi-bin/CourtInfo.pl"]
    else:
        page = visitors.at(court.id, who)
        paths = [
            "/",
            "/nextgen",
            "/utilities/",
            *(f"/cgi-bin/iqquerymenu.pl?{case}" for case in case_ids(stand, court)),
        ]
    starts = [stand.url(court.id, path) for path in paths]
    looker = looked_at(page, stand, court.id, "en", starts)
    assert looker.seen >= len(starts)
    assert not looker.wrong, looker.say()


@pytest.mark.parametrize(("court", "who", "language"), TRANSLATED, ids=str)
def test_every_page_of_a_court_in_other_languages(court, who, language, stand, visitors):
    page = visitors.at(court.id, who)
    starts = [stand.url(court.id, path) for path in ("/", "/nextgen", "/utilities/", "/filing/")]
    starts += [stand.url(court.id, f"/cgi-bin/iqquerymenu.pl?{case}") for case in case_ids(stand, court)]
    looker = looked_at(page, stand, court.id, language, starts)
    assert not looker.wrong, looker.say()


@pytest.mark.parametrize(("who", "language"), OWNERS)
def test_every_page_of_the_central_site(who, language, stand, visitors):
    page = (visitors.stranger() if who == "nobody" else visitors.signed_on(who)).new_page()
    starts = [
        stand.url("central", path)
        for path in ("/", "/csologin/login.jsf", "/pscof/register", "/pscof/manage", "/courts/flsb")
    ]
    looker = looked_at(page, stand, "central", language, starts)
    assert not looker.wrong, looker.say()


def case_ids(stand: Stand, court: CourtStory) -> list[int]:
    """The story's case and the closed one."""
    with stand.database(court.id) as database:
        rows = database.execute('SELECT id FROM "case" WHERE number = ANY(%s)', [[court.case, court.closed_case]])
        return [row[0] for row in rows]


@pytest.mark.parametrize(("court", "language"), STEPS, ids=str)
def test_every_step_of_a_filing(court, language, stand, visitors):
    filing = Filing(visitors.at(court.id, "tokafor-law"), stand, court)
    looker = Looker()
    paper = court.motion
    filing.begin(paper.typed, paper.title)
    draft = filing.page.url.rpartition("/")[0]
    filing.case(court.typed)
    filing.parties(court.filer)
    filing.documents(motion(), [])
    filing.text(free=paper.free)
    speak(filing.page, stand, court.id, language)
    for step in ("case", "parties", "documents", "text", "final"):
        filing.page.goto(f"{draft}/{step}")
        looker.look(filing.page, colours=language == "en")
    filing.page.goto(f"{draft}/text")
    filing.page.locator("main form button[type=submit]").first.click()
    looker.look(filing.page, colours=False)
    speak(filing.page, stand, court.id, "en")
    filing.page.goto(f"{draft}/final")
    filing.page.get_by_role("link", name="Discard the draft").click()
    looker.look(filing.page, colours=language == "en")
    filing.press("Discard the draft")
    assert not looker.wrong, looker.say()
