"""Report pages in a reader's own language: the frame speaks it, what programs read stays as it is."""

from __future__ import annotations

import re

import pytest
from django.conf import settings
from django.db import transaction
from django.utils import translation

from openecf.court.bench import bench
from openecf.court.docket import services
from openecf.court.notices.services import prepare
from openecf.court.people.letters import link_letters
from openecf.court.people.rules import act_in_words
from openecf.court.transition.queries import profile
from openecf.kernel.doc_ids import DocId
from openecf.platform.config import this_site
from tests.court import callers, pdfs, world
from tests.court.test_docket_entries import AT
from tests.court.test_docket_pages import HERE, REPORT, shown

LANGUAGES = ("es", "ht")


@pytest.fixture
def here(db):
    return world.make()


def reader_in(language: str):
    browser = callers.client(callers.person(account_type="search"))
    browser.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    return browser


def main_of(page: str) -> str:
    """What stands between the frame's head and foot, without the minute of the receipt."""
    return re.sub(r"\d\d/\d\d/\d{4} \d\d:\d\d:\d\d", "", page[page.index("<main") : page.index("</main>")])


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_docket_report_is_the_same_in_every_language_but_for_its_frame(here, language):
    with transaction.atomic():
        entry = services.enter(
            case_id=here.case.id, event="order", title="Order", text="ORDER number 1", at=AT, entered_by="user:1"
        )
        services.finish(entry)
    asked = {"all_case_ids": here.case.id, "case_num": " ", "list_of_parties_and_counsel": "on"}
    english, theirs = (shown(reader_in(each).post(REPORT, asked, **HERE)) for each in ("en", language))
    assert f'<html lang="{language}">' in theirs
    assert main_of(theirs) == main_of(english)


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "Case not found."), ("es", "No se encontró el caso."), ("ht", "Nou pa jwenn dosye a.")],
)
def test_what_a_program_looks_for_stands_beside_what_the_reader_understands(here, language, words):
    page = shown(reader_in(language).post(REPORT, {"all_case_ids": "987654", "case_num": " "}, **HERE))
    assert "<p>Case not found.</p>" in page
    assert page.count(f"<p>{words}</p>") == 1


@pytest.mark.parametrize("language", ["en", *LANGUAGES])
def test_a_receipt_is_read_in_every_language(here, language, juriscraper):
    entry = here.entry(files=[pdfs.plain(2)])
    path = f"/{bench().documents.path}/{world.main_document(entry).doc_id}"
    page = shown(reader_in(language).get(path))
    assert "Transaction Receipt" in page and " Cost: " in page
    assert len(re.findall('value="View Document"|>Accept Charges and Retrieve<', page)) == 1
    assert juriscraper("receipt", this_site().id, page)["cost"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_menu_of_documents_is_read_alike_in_every_language(here, language, juriscraper):
    entry = here.entry(files=[pdfs.plain(2), pdfs.plain(1)])
    path = f"/{bench().documents.path}/{DocId.parse(world.main_document(entry).doc_id).stored}"
    kind = "appellate-menu" if bench().documents.path == "docs1" else "menu"
    english, theirs = (juriscraper(kind, this_site().id, shown(reader_in(each).get(path))) for each in ("en", language))
    assert theirs == english and theirs["attachments"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_notice_is_in_the_records_language_whoever_files(here, language):
    def words(notice) -> str:
        return re.sub(r"\[STAMP.*?\]|[0-9a-f]{32,}|\d+", "", notice.text)

    with transaction.atomic():
        english = prepare(entry=here.entry(), at=AT)
        with translation.override(language):
            theirs = prepare(entry=here.entry(), at=AT)
    assert words(theirs) == words(english)


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "was linked to PACER"), ("es", "se vinculó con PACER"), ("ht", "lye ak PACER")],
)
def test_the_letter_of_a_link_is_in_the_language_of_who_linked(here, language, words):
    with translation.override(language):
        letters = link_letters(reader=callers.reader(callers.person()), user=here.counsel, profile=profile(), at=AT)
    assert {words in letter.subject for letter in letters} == {True}
    for letter in letters:
        assert here.counsel.login in letter.text and settings.COURT.full_name in letter.text
        assert "{" not in letter.text + letter.subject


@pytest.mark.parametrize(
    ("language", "words"), [("en", "Case edited"), ("es", "Caso modificado"), ("ht", "Dosye modifye")]
)
def test_the_log_names_acts_in_the_readers_language(language, words):
    with translation.override(language):
        assert act_in_words("case.edited") == words
    assert act_in_words("audit.opened-again") == "Audit: opened again"
