"""Notices a second to an SMTP receiver against a bare ``smtplib`` loop with the same messages to the same receiver.

Ours is what happens to a notice once it is promised: a job for each mail, done by the court's worker, which takes the
mail's row, composes the message, hands it over on a connection of its own and writes down that it is sent, durably. The
loop does nothing but hand over, on one connection; told beside it, on a connection for each mail.
"""

from __future__ import annotations

import smtplib
import time
from email.message import EmailMessage
from email.policy import SMTP
from statistics import median
from uuid import uuid4

from bench.stand import Stand, say, stand
from bench.table import Row
from openecf.cli.layout import MAILBOX_SMTP

COURT = "flsd"
TEXT = "".join(f"Line {n} of a notice of electronic filing, as long as such lines are.\n" for n in range(40))
HTML = f"<html><body><p>{TEXT.replace(chr(10), '<br>' + chr(10))}</p></body></html>"
FROM, TO = "flsd@ecf.example", "counsel@counsel.example"
PATIENCE = 120
"""Seconds until mails that are not sent are given up."""


def measure(*, quick: bool) -> list[Row]:
    here, count = stand(), 60 if quick else 300
    kept, anew, ours = [], [], []
    for nth in range(3):
        kept.append(_loop(here, count, one_line=True))
        anew.append(_loop(here, count, one_line=False))
        ours.append(_by_worker(here, count))
        say(f"round {nth + 1} of 3: {ours[-1]:.0f} mails/s by the worker, {kept[-1]:.0f} and {anew[-1]:.0f} by a loop")
    return [
        Row(
            f"notices to an SMTP receiver, {count} at once",
            f"{median(ours):.0f} mails/s",
            "a bare smtplib loop, one connection",
            f"{median(kept):.0f} mails/s",
            median(mine / other for mine, other in zip(ours, kept, strict=True)),
            better="above",
            note=f"the loop with a connection for each mail: {median(anew):.0f} mails/s",
        )
    ]


def _by_worker(here: Stand, count: int) -> float:
    reference = f"bench:{uuid4().hex}"
    with here.worker_resting(COURT):
        here.inside(COURT, "promise_mails", count=count, reference=reference, to=TO, text=TEXT, html=HTML)
    began = time.perf_counter()
    asked = "SELECT count(*) FROM mail_outgoing WHERE reference = %s AND sent_at IS NULL"
    with here.database(COURT) as database:
        while database.execute(asked, [reference]).fetchone()[0]:
            if time.perf_counter() - began > PATIENCE:
                raise RuntimeError("the worker did not send its mails")
            time.sleep(0.02)
    return count / (time.perf_counter() - began)


def _loop(here: Stand, count: int, *, one_line: bool) -> float:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = FROM, TO, "Activity in Case 1:24-cv-00001 Motion to Dismiss"
    message.set_content(TEXT)
    message.add_alternative(HTML, subtype="html")
    content, place = message.as_bytes(policy=SMTP), ("127.0.0.1", here.first_port + MAILBOX_SMTP)
    began = time.perf_counter()
    if one_line:
        with smtplib.SMTP(*place) as smtp:
            for _ in range(count):
                smtp.sendmail(FROM, [TO], content)
    else:
        for _ in range(count):
            with smtplib.SMTP(*place) as smtp:
                smtp.sendmail(FROM, [TO], content)
    return count / (time.perf_counter() - began)
