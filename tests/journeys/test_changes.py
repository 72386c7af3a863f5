"""A new name, a new address and the end of filing: sent to courts in Manage My Account, decided by each clerk's office."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.looking import Looker
from tests.journeys.pages import main_of, page_that_says, press, whole
from tests.journeys.people import Visitors
from tests.stand import Stand, person

COURT, NAME = "flsd", "U.S. District Court, Southern District of Florida"
RUFUS = person("rcastellan")
KINDS = ("Change of name", "Change of address", "End of filing")
NOT_THE_FORM = "Send Form 7 with the new address."


@pytest.fixture
def rufus(stand: Stand, visitors: Visitors) -> Iterator[Page]:
    """A trustee, who is afterwards who he was and files as he did."""
    before = {"central": ("account", "middle_name, phone"), COURT: ("court_user", "middle_name, phone")}
    key = {"central": ("id", RUFUS.id), COURT: ("account", RUFUS.id)}
    held = {}
    for site, (table, columns) in before.items():
        with stand.database(site) as database:
            held[site] = database.execute(
                f"SELECT {columns} FROM {table} WHERE {key[site][0]} = %s",  # noqa: S608
                [key[site][1]],
            ).fetchone()
    yield visitors.signed_on(RUFUS.username).new_page()
    for site, (table, columns) in before.items():
        with stand.database(site) as database:
            database.execute(
                f"UPDATE {table} SET ({columns}) = (%s, %s) WHERE {key[site][0]} = %s",  # noqa: S608
                [*held[site], key[site][1]],
            )
    with stand.database(COURT) as database:
        database.execute(
            "UPDATE court_user SET active = true, suspended_at = NULL, suspended_why = '' WHERE account = %s",
            [RUFUS.id],
        )
    with stand.database("central") as database:
        database.execute("UPDATE registered_court SET suspended = false WHERE account_id = %s", [RUFUS.id])


def maintenance(page: Page, stand: Stand, task: str) -> None:
    page.goto(stand.url("central", "/pscof/manage/maintenance"))
    page.get_by_role("link", name=task).click()


def only_at(page: Page) -> None:
    """Leave the tick at this court alone."""
    for label in whole(page).locator("label:has-text('Court')").all():
        box = page.locator(f"[id='{label.get_attribute('for')}'][name=courts]")
        if box.count() and box.is_checked() is not (label.inner_text().strip() == NAME):
            label.click()


def decide(clerk: Page, stand: Stand, kind: str, looker: Looker, reason: str = "") -> None:
    """Open the change of that kind from the desk, and accept it, or reject it with a reason."""
    page_that_says(clerk, stand.url(COURT, "/court/registrations/changes"), kind)
    looker.look(clerk)
    clerk.get_by_role("row", name=kind).get_by_role("link").first.click()
    looker.look(clerk)
    if reason:
        clerk.get_by_text("Reject", exact=True).click()
        press(clerk, "Reject the change")
        expect(clerk.locator("main")).to_contain_text("There is a problem")
        clerk.get_by_label("Reason").fill(reason)
        press(clerk, "Reject the change")
    else:
        press(clerk, "Accept the change")
    expect(clerk.get_by_role("status")).to_contain_text("Rejected." if reason else "Accepted.")
    looker.look(clerk)


def test_changes_go_to_the_courts_that_are_chosen_and_each_is_decided(rufus, stand, visitors):
    looker = Looker()
    maintenance(rufus, stand, "Update personal information")
    rufus.get_by_label("Middle name").fill("Ellery")
    only_at(rufus)
    looker.look(rufus)
    press(rufus, "Save")
    expect(rufus.get_by_role("status")).to_contain_text("sent to the courts that you chose")
    maintenance(rufus, stand, "Update address information")
    rufus.locator("[name=phone]").fill("305-555-0188")
    only_at(rufus)
    looker.look(rufus)
    press(rufus, "Save")
    maintenance(rufus, stand, "Deactivate ECF account")
    only_at(rufus)
    rufus.get_by_label("Reason").fill("I retire.")
    for password in ("not-his-password", RUFUS.password):
        rufus.get_by_label("Current password").fill(password)
        looker.look(rufus)
        press(rufus, "Ask these courts")
    rufus.goto(stand.url("central", "/pscof/manage/efile"))
    assert all(kind in main_of(rufus) for kind in KINDS)
    looker.look(rufus)

    clerk = visitors.at(COURT, "clerk-delgado")
    clerk.goto(stand.url(COURT, "/court/registrations"))
    looker.look(clerk)
    for kind, reason in zip(KINDS, ("", NOT_THE_FORM, ""), strict=True):
        decide(clerk, stand, kind, looker, reason)

    page_that_says(rufus, stand.url("central", "/pscof/manage/efile"), NOT_THE_FORM)
    looker.look(rufus)
    assert NOT_THE_FORM in stand.mail(RUFUS.email, NOT_THE_FORM)["text"]
    here = visitors.at(COURT, RUFUS.username)
    here.goto(stand.url(COURT, "/filing/"))
    assert "suspended" in main_of(here)
    clerk.goto(stand.url(COURT, "/court/logins?who=rcastellan"))
    clerk.get_by_role("link", name="Castellan, Rufus").click()
    clerk.get_by_role("link", name="Filing at this court").click()
    assert "Suspended since" in main_of(clerk) and "I retire." in main_of(clerk)
    assert not looker.wrong, looker.say()
