"""What the stories of the courts' notices share: a court's hours, a person without an account of their own."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from playwright.sync_api import Page

from tests.journeys.pages import press, whole
from tests.stand import Stand, until

DAY = timedelta(days=1)
HOURS = ("announced_at", "resets_end_at", "filing_closes_at", "live_at")
LONG_AGO = (datetime.now(UTC) - 400 * DAY).date().isoformat()
OWN_PASSWORD = "gravel tulip seventh moor"  # noqa: S105
ODALYS = {
    "type": "attorney",
    "person": {
        "first_name": "Odalys", "last_name": "Frimpong", "birth_date": "1983-09-14", "email": "{}@counsel.example",
        "email_again": "{}@counsel.example", "user_type": "INDIVIDUAL",
    },
    "address": {
        "firm": "Frimpong PA", "country": "US", "address1": "9 Pier Street", "city": "Miami", "state": "FL",
        "county": "Miami-Dade", "zip": "33101", "phone": "305-555-0177",
    },
}  # fmt: skip
"""The court issued a login to her (nopacer); until now she searched with the office's shared account."""


def set_hours(stand: Stand, court: str, **hours: datetime | None) -> None:
    """Set the hours of a court's move as its operator does; those that are not named are unset."""
    words = {name: hours.get(name) for name in HOURS}
    typed = [f"{name}={hour.isoformat(timespec='minutes') if hour else ''}" for name, hour in words.items()]
    stand.run("court", "profile", court, *typed)


def live_again(stand: Stand, court: str) -> None:
    """The court as the demonstration has it: live since long ago."""
    stand.run("court", "profile", court, *(f"{name}=" for name in HOURS[:-1]), f"live_at={LONG_AGO}")


def run_job(stand: Stand, court: str, name: str, *, queue: str = "default") -> None:
    """Have the court's worker do a job now that it does by itself every few minutes. It may keep the court's profile for
    three seconds more: tell it again until what it does is there."""
    with stand.database(court) as database:
        database.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, priority, args, status)"
            """ VALUES (%s, %s, 0, '{"timestamp": 0}', 'todo')""",
            [queue, name],
        )


def issue_again(stand: Stand, court: str, login: str) -> None:
    """A court login as the court issued it, also when an earlier story linked it."""
    with stand.database(court) as database:
        database.execute(
            """UPDATE court_user SET account = NULL, account_number = '', linked_at = NULL,
               password = CASE WHEN password = '' THEN spent_password ELSE password END, spent_password = ''
               WHERE login = %s""",
            [login],
        )
        database.execute("DELETE FROM throttle_counter WHERE key LIKE 'link%%' OR key LIKE 'own%%'")


def register(page: Page, stand: Stand, username: str, *, who: Mapping[str, object] = ODALYS) -> None:
    """Register somebody, Odalys unless said otherwise, by the wizard, from the page that lists the kinds of account to the
    mailed link. ``who``: the kind of account, and what is typed about the person and the address."""
    kind = page.locator(f"input[name=type][value={who['type']}]").get_attribute("id")
    page.locator(f"label[for={kind}]").click()
    _next(page)
    for step in ("person", "address"):
        _fill(page, who[step], username)
        _next(page)
        twin = page.get_by_role("button", name="Continue")
        if twin.count() and "/person" in page.url:
            twin.first.click()
    _fill(page, {"username": username, "password": OWN_PASSWORD, "password_again": OWN_PASSWORD}, username)
    _next(page)
    letter = stand.mail(who["person"]["email"].format(username), "/pscof/confirm/", seconds=60)
    page.goto(next(link for link in letter["links"] if "/pscof/confirm/" in link))
    press(page, "Make my account")


WALTER = ODALYS["person"] | {
    "first_name": "Walter", "last_name": "Brandywine", "birth_date": "1965-05-11",
    "email": "{}@pacer.example", "email_again": "{}@pacer.example",
}  # fmt: skip


def upgrade_to_security(page: Page) -> None:
    """Walter's upgrade, from the page that explains it to where he chooses his name and password."""
    page.get_by_role("link", name="Begin").click()
    for typed in (WALTER, ODALYS["address"]):
        _fill(page, typed, "oldone")
        _next(page)
        twin = page.get_by_role("button", name="Continue")
        if "/person" in page.url and twin.count():
            twin.first.click()


def upgrade_security(page: Page, username: str, current: str) -> None:
    """The last step: a name, a password, and the one so far."""
    new = {"username": username, "password": OWN_PASSWORD, "password_again": OWN_PASSWORD, "current": current}
    _fill(page, new, username)
    _next(page)


def _next(page: Page) -> None:
    with page.expect_navigation(wait_until="domcontentloaded"):
        page.locator("main form button:not([tabindex='-1']):not([type=button])").last.click()


def _fill(page: Page, typed: dict[str, str], username: str) -> None:
    whole(page)
    for name, value in typed.items():
        field = page.locator(f"main [name={name}]")
        if not field.count() or not field.is_editable():
            continue  # an upgrade keeps what the account has for good
        if field.evaluate("each => each.tagName") == "SELECT":
            until(
                lambda field=field, value=value: field.locator(f"option[value='{value}']").count(),
                seconds=10,
                what=f"{name} to offer {value}",
            )
            field.select_option(value)
        else:
            field.fill(value.format(username))
