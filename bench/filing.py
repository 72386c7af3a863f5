"""Filings a second against pgbench's TPC-B transactions a second on the same PostgreSQL, in turns.

A filing is what a filer waits for at the end: the PDF of ten pages is uploaded and checked, the submission enters it,
signs its stamp, writes the notice and queues it to twenty recipients. Everything is committed durably on both sides.
"""

from __future__ import annotations

import io
import os
import re
from collections.abc import Callable
from statistics import median

from reportlab.lib.pagesizes import letter
from reportlab.pdfgen import canvas

from bench.client import Answer, Client, Form
from bench.inside import MARK, marked
from bench.load import Load, under_load
from bench.pgbench import TpcB
from bench.stand import Stand, say, stand
from bench.table import Row

CLIENTS = 10
PAGES = 10
RECIPIENTS = 20
EVENT = "motion:dismiss"
FILER, ACCOUNT = "tokafor", "tokafor-law"
COURT = "flsd"
SERIAL = 90_000
SCALES = (1, 10)
"""Of pgbench's database. Its default, 1, is one branch whose row every transaction changes; with 10 no client waits
for another's row."""


def paper(pages: int) -> bytes:
    """A motion of so many pages with a mark in its title, for ``marked`` to change."""
    out = io.BytesIO()
    page = canvas.Canvas(out, pagesize=letter, invariant=1)
    page.setTitle(MARK.decode())
    for nth in range(1, pages + 1):
        page.setFont("Times-Roman", 12)
        for line in range(26):
            page.drawString(
                72, 700 - 24 * line, f"{line + 1:>2}  The movant says in sentence {nth * 26 + line} what it says."
            )
        page.drawCentredString(306, 50, f"Page {nth} of {pages}")
        page.showPage()
    page.save()
    return out.getvalue()


class Filer:
    """A signed-on attorney who has prepared filings in one case up to the upload."""

    def __init__(self, address: str, cookies: dict[str, str], case: dict, content: bytes) -> None:
        self.http = Client(address, cookies=cookies)
        self.case, self.content = case, content
        self.token: dict[str, object] = {}
        self.waiting: list[str] = []

    def _on(self, answer: Answer) -> str:
        if answer.status != 302:
            raise RuntimeError(f"{answer.status}: {_words(answer.text)}")
        return answer.location

    def prepare(self, count: int) -> bool:
        """Everything before the upload: event, case, parties, related entries, text. False: once is enough."""
        menu = Form(self.http.get("/filing/?q=dismiss").text)
        self.token = {"csrfmiddlewaretoken": menu.fields["csrfmiddlewaretoken"]}
        asked = [("parties", {"filers": self.case["party"]}), ("related", {"go": "on"}), ("text", {})]
        for _ in range(count):
            begun = self.http.post("/filing/start", {**self.token, "event": EVENT, "case": self.case["case"]})
            draft = re.search(r"[0-9a-f-]{36}", self._on(begun))[0]
            for version, (step, said) in enumerate(asked):
                self._on(self.http.post(f"/filing/{draft}/{step}", {**self.token, "version": version, **said}))
            self.waiting.append(draft)
        return False

    def file(self) -> bool:
        """Upload one, look at its final page, submit it; False when none is left."""
        if not self.waiting:
            return False
        place = f"/filing/{self.waiting.pop()}"
        files = {"main": ("motion.pdf", marked(self.content))}
        self._on(self.http.post_parts(f"{place}/documents", {**self.token, "go": "on"}, files))
        final = Form(self.http.get(f"{place}/final").text)
        done = self._on(self.http.post(f"{place}/final", {**self.token, "version": final.fields["version"]}))
        if not done.endswith("/done"):
            raise RuntimeError(f"after the submission came {done}")
        return True


def _words(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))[:400]


def measure(*, quick: bool) -> list[Row]:
    here = stand()
    rounds, seconds, per_client = (2, 3, 6) if quick else (3, 5, 10)
    facts = {"count": CLIENTS, "recipients": RECIPIENTS, "filer": FILER, "serial": SERIAL}
    cases = here.inside(COURT, "filing_cases", **facts)["cases"]
    tpcb = TpcB(here.database_url(COURT))
    content = paper(PAGES)
    cookies = dict(here.browser(COURT, ACCOUNT).cookies)
    address = here.served(COURT, processes=os.cpu_count() or 1)
    filers = [Filer(address, cookies, case, content) for case in cases]
    theirs: dict[int, list[float]] = {scale: [] for scale in SCALES}
    ours: list[Load] = []
    with here.worker_resting(COURT):
        _round(filers, 2)
        for nth in range(rounds):
            for scale in SCALES:
                theirs[scale].append(tpcb.rate(scale=scale, clients=CLIENTS, seconds=seconds))
            ours.append(_round(filers, per_client))
            other = ", ".join(f"{theirs[scale][-1]:.0f} transactions/s at scale {scale}" for scale in SCALES)
            say(f"round {nth + 1} of {rounds}: {ours[-1].rate:.1f} filings/s, {other}")
        queued = waiting_notices(here)
        alone = by_services(here, cases, content, per_client=per_client)
    settings = ", ".join(f"{name} {value}" for name, value in tpcb.settings.items())
    waits = f"half within {median(load.within(0.5) for load in ours) * 1000:.0f} ms"
    notes = {
        1: f"one branch, as one court; {waits}; {queued} notices queued, jobs resting meanwhile",
        10: f"a branch for each client; {settings}",
    }
    rows = [_against(ours, theirs[scale], scale, notes[scale]) for scale in SCALES]
    return [*rows, _by_services(alone, median(theirs[1]))]


def _against(ours: list[Load], theirs: list[float], scale: int, note: str) -> Row:
    return Row(
        f"filings, {PAGES} pages checked and stamped, {RECIPIENTS} recipients, {CLIENTS} clients",
        f"{median(load.rate for load in ours):.1f} filings/s",
        f"pgbench TPC-B, same clients, scale {scale}",
        f"{median(theirs):.0f} transactions/s",
        median(load.rate / other for load, other in zip(ours, theirs, strict=True)),
        0.05,
        "above",
        note,
    )


def _by_services(alone: dict, tps: float) -> Row:
    rate = alone["filings"] / alone["seconds"]
    return Row(
        "the same without pages, one process",
        f"{rate:.1f} filings/s",
        "pgbench TPC-B, same clients, scale 1",
        f"{tps:.0f} transactions/s",
        rate / tps,
        note=f"one client alone waits {alone['one_check'] * 1000:.1f} ms for the check, "
        f"{alone['one_submit'] * 1000:.1f} ms for the submission",
    )


def _round(filers: list[Filer], per_client: int) -> Load:
    under_load([lambda filer=filer: filer.prepare(per_client) for filer in filers])
    acts: list[Callable[[], bool]] = [filer.file for filer in filers]
    return under_load(acts)


def waiting_notices(here: Stand) -> int:
    """Notices whose mailing is queued and not begun."""
    with here.database(COURT) as database:
        row = database.execute(
            "SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'openecf.notices.mail' AND status = 'todo'"
        ).fetchone()
    return row[0]


def by_services(here: Stand, cases: list[dict], content: bytes, *, per_client: int) -> dict:
    """The check and the submission without pages: ten clients at once, then one alone."""
    path = here.var / "paper.pdf"
    path.write_bytes(content)
    facts = {"filer": FILER, "event": EVENT, "pdf": str(path)}
    together = here.inside(COURT, "file_by_services", cases=cases, per_client=per_client, **facts)
    alone = here.inside(COURT, "file_by_services", cases=cases[:1], per_client=max(10, per_client), **facts)
    return together | {"one_check": median(alone["check"]), "one_submit": median(alone["submit"])}
