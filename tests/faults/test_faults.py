"""What people see, and what is in the record, when parts of an installation are killed, stopped, or away.

Each story leaves the installation whole for the next; the last two end it.
"""

from __future__ import annotations

import contextlib
import os
import random
import signal
import threading
import time

import httpx
import pytest

from tests.faults.machine import CASE, COURT, Filer, Machine, words_of
from tests.stand import until

UNSENT = """
SELECT (SELECT count(*) FROM mail_outgoing WHERE sent_at IS NULL)
     + (SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'openecf.notices.mail')
"""
UNDELIVERED = "SELECT count(*) FROM bus_outbox WHERE delivered_at IS NULL AND type = 'usage.recorded'"
LISTENER = """
SELECT count(*) FROM procrastinate_jobs AS job JOIN procrastinate_workers AS worker ON worker.id = job.worker_id
WHERE job.task_name = 'relying_party.listen' AND job.status = 'doing' AND worker.last_heartbeat > now() - interval '6 s'
"""


@pytest.fixture(scope="module")
def filer(machine: Machine) -> Filer:
    return Filer(machine)


def entries(machine: Machine, words: str) -> int:
    """How many docket entries carry these words."""
    return machine.one("SELECT count(*) FROM entry WHERE text LIKE %s", f"%{words}%")


def all_sent_once(machine: Machine, words: str) -> None:
    """Everybody on the service list got the notice, and nobody got it twice."""
    until(lambda: machine.one(UNSENT) == 0, seconds=40, what="every mail to be sent")
    got = sorted(machine.letters(words))
    assert got and len(got) == len(set(got)), got


def test_a_killed_worker_loses_and_repeats_nothing_and_its_lasting_job_goes_on(machine, filer):
    until(lambda: machine.one(UNDELIVERED) == 0, seconds=40, what="the demonstration's own messages to be delivered")
    with machine.without("work", COURT):
        filer.file("Moved while the worker was dead")
        with machine.program(COURT) as searcher:
            case = machine.one('SELECT id FROM "case" WHERE number = %s', CASE)
            asked = {"all_case_ids": case, "list_of_parties_and_counsel": "on"}
            assert searcher.post("/cgi-bin/DktRpt.pl?1-L_1_0-1", data=asked).status_code == 200
        assert machine.one(UNDELIVERED) == 1
        before = machine.one("SELECT count(*) FROM usage_line", site="central")
    all_sent_once(machine, "Moved while the worker was dead")
    until(lambda: machine.one(UNDELIVERED) == 0, seconds=20, what="the usage to reach the central ledger")
    assert machine.one("SELECT count(*) FROM usage_line", site="central") == before + 1
    until(lambda: machine.one(LISTENER) == 1, seconds=30, what="the job that hears of ended sign-ons to go on")


def test_a_web_process_killed_while_people_file_leaves_each_filing_whole_or_a_draft(machine, filer):
    drafts = [filer.prepare(f"Killed amid {n}") for n in range(4)]
    clicks = [threading.Thread(target=_click, args=(filer, draft, 0.05 * n)) for n, draft in enumerate(drafts)]
    for click in clicks:
        click.start()
    time.sleep(random.uniform(0.1, 0.4))
    machine.kill("serve", COURT)
    for click in clicks:
        click.join()
    machine.wait_until_whole()
    halves = "SELECT count(*) FROM draft WHERE (submitted_at IS NULL) <> (entry_id IS NULL)"
    assert machine.one(halves) == 0, "a filing is a draft or it is on the docket"
    for draft in drafts:
        assert filer.submit(draft).url.path.endswith("/done")
    assert [entries(machine, f"Killed amid {n}") for n in range(4)] == [1, 1, 1, 1]
    gaps = """SELECT max(seq) - count(*) FROM entry JOIN "case" ON "case".id = case_id WHERE "case".number = %s"""
    assert machine.one(gaps, CASE) == 0, "no number was lost"
    for n in range(4):
        all_sent_once(machine, f"Killed amid {n}")


def _click(filer: Filer, draft: str, later: float) -> None:
    time.sleep(later)
    with contextlib.suppress(httpx.HTTPError, KeyError):  # the line breaks; the person will look again
        filer.submit(draft)


def test_while_the_central_site_is_away_people_read_and_after_a_minute_nobody_files(machine, filer):
    draft = filer.prepare("Waited for the sign-on")
    with machine.without("serve", "central"):
        case = machine.one('SELECT id FROM "case" WHERE number = %s', CASE)
        page = filer.http.get(f"/cgi-bin/iqquerymenu.pl?{case}")
        assert page.status_code == 200 and "Lowenthal" in page.text, "who was signed on goes on reading"
        stranger = httpx.Client(base_url=machine.url(COURT), timeout=120)
        assert stranger.get("/").status_code == 200
        stranger.cookies.set("NextGenCSO", "x" * 128)
        refused = stranger.get(f"/cgi-bin/iqquerymenu.pl?{case}")
        assert "Lowenthal" not in refused.text and "Log in" in refused.text and "Traceback" not in refused.text
        with machine.database(COURT) as database:  # a minute later
            database.execute(
                "UPDATE rp_feed SET heard_at = heard_at - interval '61 s', asked_at = asked_at - interval '61 s'"
            )
        answer = filer.submit(draft)
        assert "Central Sign-On cannot be reached" in answer.text and "Your draft is kept" in answer.text
        assert entries(machine, "Waited for the sign-on") == 0
        assert filer.http.get(f"/cgi-bin/iqquerymenu.pl?{case}").status_code == 200
    # The court asks the provider every two seconds.
    until(
        lambda: filer.submit(draft).url.path.endswith("/done"), seconds=10, what="the court to hear it again", every=1
    )
    assert entries(machine, "Waited for the sign-on") == 1


def test_while_the_mail_server_is_away_filing_goes_on_and_afterwards_every_notice_goes_once(machine, filer):
    with machine.without("mailbox"):
        filer.file("Filed without mail")
        until(
            lambda: machine.one("SELECT count(*) FROM mail_outgoing WHERE last_error LIKE 'away: %%'") > 0,
            seconds=20, what="the worker to have tried",
        )  # fmt: skip
        assert machine.one("SELECT count(*) FROM mail_outgoing WHERE dead_at IS NOT NULL") == 0
    all_sent_once(machine, "Filed without mail")


def test_a_restart_of_postgresql_is_survived_by_every_process(machine, filer):
    draft = filer.prepare("Before the restart")
    before = machine.processes("serve", COURT)
    old = machine.postmaster()
    os.kill(old, signal.SIGINT)
    until(lambda: machine.postmaster() != old, seconds=20, every=0.02, what="PostgreSQL to end")
    during = filer.http.get("/filing/drafts")
    assert during.status_code in (200, 500, 503) and "Traceback" not in during.text, words_of(during)
    machine.wait_until_whole()
    assert machine.processes("serve", COURT) == before, "the web processes need no restart"
    for _again in range(12):
        assert filer.http.get("/filing/drafts").status_code == 200, "no stale connection is left in the pool"
    assert filer.submit(draft).url.path.endswith("/done")
    assert entries(machine, "Before the restart") == 1
    all_sent_once(machine, "Before the restart")


def test_a_killed_openecf_up_takes_everything_with_it_and_its_next_start_goes_on(machine, filer):
    on_the_docket = machine.one("SELECT count(*) FROM entry")
    machine.process.kill()
    machine.process.wait()
    until(lambda: not machine.everything(), seconds=30, what="every process to follow the one that was killed")
    machine.start("flsb")
    assert machine.one("SELECT count(*) FROM entry") == on_the_docket
    filer.file("After the start")
    all_sent_once(machine, "After the start")


def test_ctrl_c_leaves_no_process_behind(machine):
    assert len(machine.everything()) > 6
    machine.process.send_signal(signal.SIGINT)
    assert machine.process.wait(120) == 0
    assert machine.everything() == []
