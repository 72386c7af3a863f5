"""A court's worker killed while the day's summaries are written: each address is told once, and nobody is forgotten."""

from __future__ import annotations

from tests.faults.machine import COURT, Machine
from tests.stand import until

READERS = 90
PEOPLE = """
INSERT INTO court_user (login, password, spent_password, "group", prefix, first_name, middle_name, last_name, generation,
  initials, bar_id, firm, address_lines, phone, fax, email, secondary_emails, wants_text, tells_agents, account_number, active)
SELECT 'daily-' || n, '', '', 'attorney', '', 'Ada', '', 'Daily', '', '', '', '', '{}', '', '',
  'daily-' || n || '@counsel.example', '{}', false, false, '', true FROM generate_series(1, 90) AS n
"""
WAYS = """
INSERT INTO notice_way (user_id, address, usual, tells_silence)
SELECT id, '', 'summary', true FROM court_user WHERE login LIKE 'daily-%'
"""
DUE_AGAIN = "DELETE FROM notice_summary_day"
NOW = """
INSERT INTO procrastinate_jobs (queue_name, task_name, priority, args, status)
VALUES ('mail', 'openecf.notices.summaries', 0, '{"timestamp": 0}', 'todo')
"""
WRITTEN = "SELECT count(*) FROM notice_summary s JOIN court_user u ON u.id = s.user_id WHERE u.login LIKE 'daily-%%'"
MAILS = """
SELECT count(*) FROM mail_outgoing WHERE reference LIKE 'summary:%%' AND bcc ->> 0 LIKE 'daily-%%'
"""
DAYS = "SELECT count(*) FROM notice_summary_day"


def test_a_worker_killed_again_and_again_while_it_writes_summaries_tells_each_address_once(machine: Machine):
    with machine.database(COURT) as database:
        for statement in (PEOPLE, WAYS, DUE_AGAIN, NOW):
            database.execute(statement)
    for already in (1, 31):
        with machine.database(COURT) as database:  # one connection to look and to lock: the worker waits for neither
            until(
                lambda least=already, at=database: at.execute(WRITTEN, ()).fetchone()[0] >= least,
                seconds=120, every=0.02, what="summaries",
            )  # fmt: skip
            with database.transaction():
                database.execute("LOCK TABLE notice_summary IN SHARE MODE")  # it waits in the middle of one
                assert machine.one(WRITTEN) < READERS, "it is killed before it has written all"
                machine.kill("work", COURT)
        machine.wait_until_whole()
    until(lambda: machine.one(WRITTEN) == READERS and machine.one(DAYS), seconds=120, what="the rest of the summaries")
    assert (machine.one(WRITTEN), machine.one(MAILS)) == (READERS, READERS)

    sent = f"{MAILS} AND sent_at IS NOT NULL"
    until(lambda: machine.one(sent) == READERS, seconds=120, every=1, what="the mail server to have every summary")
    for n in (1, READERS // 2, READERS):
        (subject,) = {each["subject"] for each in machine.mails(f"daily-{n}@counsel.example")}
        assert subject.startswith("No filings on ")
