"""The central site killed while an account is linked, and while a quarter's statements are made."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime

import httpx
import pytest

from openecf.platform.demo_cast import COURT_PASSWORD
from tests.faults.machine import COURT, Filer, Machine, action_of, hidden, words_of
from tests.stand import PATIENCE, person, until

MARISOL = "mquimby-law"
LINKED_HERE = "SELECT count(*) FROM court_user WHERE login = 'mquimby' AND account IS NOT NULL"
LINKED_THERE = "SELECT count(*) FROM registered_court WHERE account_id = %s AND court = %s"
TOLD = "SELECT count(*) FROM bus_outbox WHERE type = 'account.linked'"
ISSUED_AGAIN = """
UPDATE court_user SET account = NULL, account_number = '', linked_at = NULL,
  password = CASE WHEN password = '' THEN spent_password ELSE password END, spent_password = '' WHERE login = 'mquimby'
"""


@pytest.fixture
def unlinked(machine: Machine) -> None:
    """Marisol's court login as the court issued it; the central site does not know of a link."""
    with machine.database(COURT) as database:
        database.execute(ISSUED_AGAIN)
    with machine.database("central") as database:
        database.execute(
            "DELETE FROM registered_court WHERE account_id = %s AND court = %s", [person(MARISOL).id, COURT]
        )


def proved(her: Filer) -> httpx.Response:
    """The page with both identities, after the court's login and password."""
    page = her.http.get("/utilities/link")
    typed = {"login": "mquimby", "password": COURT_PASSWORD}
    page = her.http.post(action_of(page), data=hidden(page) | typed)
    assert "Are these both you?" in page.text, words_of(page)
    return page


def confirm(her: Filer, page: httpx.Response) -> httpx.Response:
    return her.http.post(action_of(page), data=hidden(page))


def letters_since(machine: Machine, at: datetime) -> list[tuple[str, ...]]:
    """To whom the mailbox got letters about the link."""
    mails = [mail for mail in machine.mails() if "was linked to PACER" in mail["subject"]]
    return sorted(tuple(mail["to"]) for mail in mails if datetime.fromisoformat(mail["received"]) > at)


def test_a_link_that_is_made_while_the_central_site_is_dead_is_made_once_and_told_when_it_lives(machine, unlinked):
    her, began = Filer(machine, MARISOL), datetime.now(UTC)
    told = machine.one(TOLD)
    page = proved(her)
    with machine.without("serve", "central"):
        assert "Your accounts are linked" in confirm(her, page).text
        assert machine.one(LINKED_HERE) == 1
        assert machine.one(LINKED_THERE, person(MARISOL).id, COURT, site="central") == 0
        again = confirm(her, page)
        assert again.status_code < 500 and machine.one(TOLD) == told + 1, words_of(again)
    until(
        lambda: machine.one(LINKED_THERE, person(MARISOL).id, COURT, site="central") == 1,
        seconds=60, what="the central site to hear of the link",
    )  # fmt: skip
    expected = [("mquimby-law@counsel.example",), ("mquimby@office.example",)]
    until(lambda: letters_since(machine, began) == expected, seconds=40, what="one letter to each address")


def test_a_court_killed_at_the_moment_of_linking_has_linked_or_not_and_the_next_try_ends_it(machine, unlinked):
    her, began = Filer(machine, MARISOL), datetime.now(UTC)
    told = machine.one(TOLD)
    page = proved(her)

    def press() -> None:
        with contextlib.suppress(httpx.HTTPError):
            confirm(her, page)

    click = threading.Thread(target=press)
    click.start()
    time.sleep(random.uniform(0.0, 0.08))
    machine.kill("serve", COURT)
    click.join()
    machine.wait_until_whole()
    assert machine.one(TOLD) - told == machine.one(LINKED_HERE), "the link and its message: both or neither"
    if not machine.one(LINKED_HERE):
        confirm(her, proved(her))
    assert machine.one(LINKED_HERE) == 1 and machine.one(TOLD) == told + 1
    until(
        lambda: machine.one(LINKED_THERE, person(MARISOL).id, COURT, site="central") == 1,
        seconds=60, what="the central site to hear of the link",
    )  # fmt: skip
    until(lambda: len(letters_since(machine, began)) == 2, seconds=40, what="both letters")
    assert "/filing/" in her.http.get("/").text, "the filing menus are there"


READERS, LINES = 24, 400
PEOPLE = """
INSERT INTO account SELECT (jsonb_populate_record(a, jsonb_build_object('id', gen_random_uuid(),
  'number', (7600000 + n)::text, 'username', 'reader-' || n, 'email', 'reader-' || n || '@counsel.example',
  'mailbox', 'reader-' || n || '@counsel.example'))).*
FROM account a, generate_series(1, %s) n WHERE a.username = 'hlindqvist'
"""
USED = """
INSERT INTO usage_line (message, account_id, court, at, client_code, description, criteria, pages, cents, exempt,
  exempt_for)
SELECT gen_random_uuid(), id, 'flsb', %s + (k || ' minutes')::interval, '', 'Docket Report', '', 1, 10, false, ''
FROM account, generate_series(1, %s) k WHERE username LIKE 'reader-%%'
"""
MAKE = """
import sys
from datetime import datetime
import django
django.setup()
from openecf.central.billing import services
at = datetime.fromisoformat(sys.argv[1])
print("GO", flush=True)
print("DONE", services.make_due(at=at), services.check(), flush=True)
"""
TWICE = """
SELECT (SELECT count(*) FROM (SELECT 1 FROM statement GROUP BY run_id, payer_id HAVING count(*) > 1) x)
     + (SELECT count(*) FROM (SELECT 1 FROM statement_paper GROUP BY statement_id HAVING count(*) > 1) y)
     + (SELECT count(*) FROM (SELECT 1 FROM ledger_line WHERE kind = 'charge' GROUP BY statement_id
        HAVING count(*) > 1) z)
     + (SELECT count(*) FROM (SELECT 1 FROM mail_outgoing WHERE reference LIKE 'statement:%%' GROUP BY reference
        HAVING count(*) > 1) w)
"""
OURS = "FROM statement s JOIN account a ON a.id = s.payer_id WHERE a.username LIKE 'reader-%%'"


def test_a_statement_run_killed_again_and_again_bills_and_mails_every_payer_once(machine):
    with machine.database("central") as database:
        database.execute(PEOPLE, [READERS])
        database.execute(USED, [datetime(2026, 11, 2, 15, tzinfo=UTC), LINES])
    killed, ended = 0, False
    while not ended:
        with making(machine) as run:
            assert run.stdout.readline().strip() == "GO", "the program starts"
            if killed < 8:
                # The first two before it can be done, however fast the machine.
                time.sleep(random.uniform(0.0, 0.05 if killed < 2 else 0.4))
                run.send_signal(signal.SIGKILL)
                killed += 1
            said = run.communicate(timeout=60 * PATIENCE)[0]
        ended = "DONE" in said
    assert killed >= 2 and said.split()[-1] == "0", "computed again from the ledgers, nothing differs"
    assert machine.one(TWICE, site="central") == 0
    assert machine.one(f"SELECT count(*) {OURS}", site="central") == READERS
    assert machine.one(f"SELECT min(s.due_cents) {OURS}", site="central") == LINES * 10
    assert machine.one("SELECT count(*) FROM statement_run WHERE finished_at IS NULL", site="central") == 0
    unpapered = "SELECT count(*) FROM statement s LEFT JOIN statement_paper p ON p.statement_id = s.id WHERE p IS NULL"
    assert machine.one(unpapered, site="central") == 0

    # They are January's mails; the mail's own sweep takes them up within a minute once their time has come.
    with machine.database("central") as database:
        database.execute(
            "UPDATE mail_outgoing SET next_at = now() WHERE reference LIKE 'statement:%%' AND sent_at IS NULL"
        )

    def letters() -> list[str]:
        mails = [mail for mail in machine.mails() if mail["to"] and mail["to"][0].startswith("reader-")]
        return sorted(mail["to"][0] for mail in mails)

    until(lambda: len(letters()) >= READERS, seconds=90, every=1, what="an invoice in every mailbox")
    assert letters() == sorted(f"reader-{n}@counsel.example" for n in range(1, READERS + 1))


@contextlib.contextmanager
def making(machine: Machine):  # noqa: ANN201
    """A process that makes the statements, in January, of everything up to December."""
    run = subprocess.Popen(
        [sys.executable, "-c", MAKE, datetime(2027, 1, 10, 16, tzinfo=UTC).isoformat()],
        stdout=subprocess.PIPE, text=True,
        env={
            **os.environ, "OPENECF_SITE": str(machine.var / "central"),
            "DJANGO_SETTINGS_MODULE": "openecf.sites.central",
        },
    )  # fmt: skip
    try:
        yield run
    finally:
        run.kill()
        run.wait()
