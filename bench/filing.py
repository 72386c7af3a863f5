"""Filings a second against pgbench's TPC-B transactions a second on the same PostgreSQL, in turns.

A filing is what a filer waits for at the end: the PDF of ten pages is uploaded and checked, the submission enters it,
signs its stamp, writes the notice and queues it to twenty recipients. Everything is committed durably on both sides.
Told are the whole act over HTTP, each part of it, the whole act without pages (a transaction against a
transaction), and the processor time that each kind of process spends on one filing, which other work on the machine
disturbs less than it does a rate.
"""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from reportlab.lib.pagesizes import letter
from reportlab.pdfgen import canvas

from bench.client import Answer, Client, Form
from bench.inside import MARK, marked
from bench.load import Load, under_load
from bench.pgbench import TpcB
from bench.stand import HOME, Stand, say, stand
from bench.table import Row

CLIENTS = 10
PAGES = 10
RECIPIENTS = 20
EVENT = "motion:dismiss"
FILER, ACCOUNT = "tokafor", "tokafor-law"
COURT = "flsd"
SERIAL = 90_000
VERSION = re.compile(r'name="version" value="([0-9]+)"')
PHASES = ("file", "check", "submit")
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
        self.uploaded: list[str] = []
        self.seen: list[tuple[str, object]] = []

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
        return self.upload() and self.look() and self.submit()

    def upload(self) -> bool:
        """Bring the PDF of the next filing to the court, which checks and keeps it."""
        if not self.waiting:
            return False
        place = f"/filing/{self.waiting.pop()}"
        files = {"main": ("motion.pdf", marked(self.content))}
        self._on(self.http.post_parts(f"{place}/documents", {**self.token, "go": "on"}, files))
        self.uploaded.append(place)
        return True

    def look(self) -> bool:
        """The final page of the next one that is uploaded."""
        if not self.uploaded:
            return False
        place = self.uploaded.pop()
        page = self.http.get(f"{place}/final").text
        self.seen.append((place, VERSION.search(page)[1]))
        return True

    def submit(self) -> bool:
        """Submit the next one whose final page was seen."""
        if not self.seen:
            return False
        place, version = self.seen.pop()
        done = self._on(self.http.post(f"{place}/final", {**self.token, "version": version}))
        if not done.endswith("/done"):
            raise RuntimeError(f"after the submission came {done}")
        return True


def _words(page: str) -> str:
    page = page.partition("<main")[2] or page
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))[:400]


@dataclass(frozen=True)
class Part:
    """A part of the act under load, and the milliseconds of processor time that one filing took there of whom."""

    load: Load
    spent: dict[str, float]

    def told(self) -> str:
        whole = ", ".join(f"{who} {spent:.1f}" for who, spent in self.spent.items())
        return f"half within {self.load.within(0.5) * 1000:.0f} ms; CPU-ms: {whole}"


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
    alone: list[dict] = []
    with here.worker_resting(COURT):
        _round(filers, 2)
        for nth in range(rounds):
            for scale in SCALES:
                theirs[scale].append(tpcb.rate(scale=scale, clients=CLIENTS, seconds=seconds))
            ours.append(_round(filers, per_client))
            other = ", ".join(f"{theirs[scale][-1]:.0f} transactions/s at scale {scale}" for scale in SCALES)
            say(f"round {nth + 1} of {rounds}: {ours[-1].rate:.1f} filings/s, {other}")
        parts = _parts(here, filers, per_client)
        queued = waiting_notices(here)
        # Last, since it asks nobody whether a sign-on still holds: the court's word for that is a minute old by now.
        beside: dict[int, list[float]] = {scale: [] for scale in SCALES}
        for _ in range(rounds):
            for scale in SCALES:
                beside[scale].append(tpcb.rate(scale=scale, clients=CLIENTS, seconds=seconds))
            alone.append(by_services(here, cases, content, per_client=5 * per_client))  # seconds, not moments
            told = ", ".join(f"{alone[-1][what]:.1f} {what}" for what in PHASES)
            say(f"without pages, a second: {told}")
    settings = ", ".join(f"{name} {value}" for name, value in tpcb.settings.items())
    waits = f"half within {median(load.within(0.5) for load in ours) * 1000:.0f} ms"
    notes = {
        1: f"one branch, as one court; {waits}; {queued} notices queued, jobs resting meanwhile",
        10: f"a branch for each client; {settings}",
    }
    rows = [_against(ours, theirs[scale], scale, notes[scale]) for scale in SCALES]
    rows += [_alone(alone, beside[scale], scale) for scale in SCALES]
    return rows + [_part(name, part) for name, part in parts.items()]


def _parts(here: Stand, filers: list[Filer], per_client: int) -> dict[str, Part]:
    """The act again, each part by itself, so that processor time can be told of each."""
    under_load([lambda filer=filer: filer.prepare(per_client) for filer in filers])
    parts = {}
    for name, act in (
        ("upload, checked and kept", Filer.upload),
        ("final page", Filer.look),
        ("submission", Filer.submit),
    ):
        before = spent(here, COURT)
        load = under_load([lambda filer=filer, act=act: act(filer) for filer in filers])
        after = spent(here, COURT)
        parts[name] = Part(load, {who: (after[who] - before[who]) / load.done for who in after})
    return parts


def _part(name: str, part: Part) -> Row:
    whole = sum(each for who, each in part.spent.items() if who != "client")
    return Row(f"of it: {name}", f"{part.load.rate:.1f} /s", "", f"{whole:.1f} CPU-ms each", None, note=part.told())


def spent(here: Stand, site: str) -> dict[str, float]:
    """Milliseconds of processor time that each kind of process that files at a site has spent so far."""
    told = {"web": 0.0, "inspector": 0.0, "PostgreSQL": 0.0, "client": time.process_time() * 1000}
    for pid in here.serving():
        words = Path(f"/proc/{pid}/cmdline").read_bytes()
        told["inspector" if b"pdf.inspector" in words else "web"] += _milliseconds(pid)
    for pid in here.backends(site):
        told["PostgreSQL"] += _milliseconds(pid)
    return told


def _milliseconds(pid: int) -> float:
    """User and system time of a process and of its children that have ended."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return sum(int(each) for each in fields[11:15]) * 1000 / os.sysconf("SC_CLK_TCK")


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


def _alone(alone: list[dict], theirs: list[float], scale: int) -> Row:
    """The same act, a transaction against a transaction: without the pages on which a filer asks for it."""
    rate = {what: median(each[what] for each in alone) for what in PHASES}
    spent = {what: median(each[f"{what}_cpu"] for each in alone) for what in PHASES}
    return Row(
        f"the same without pages, {CLIENTS} clients",
        f"{rate['file']:.1f} filings/s",
        f"pgbench TPC-B, same clients, scale {scale}",
        f"{median(theirs):.0f} transactions/s",
        median(each["file"] / other for each, other in zip(alone, theirs, strict=True)),
        0.05,
        "above",
        f"{spent['file']:.1f} CPU-ms each beside PostgreSQL's; of it the check {rate['check']:.1f} /s, "
        f"{spent['check']:.1f} CPU-ms, the submission {rate['submit']:.1f} /s, {spent['submit']:.1f} CPU-ms",
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


def by_services(here: Stand, cases: list[dict], content: bytes, *, per_client: int) -> dict[str, float]:
    """Filings, checks and submissions a second without pages, and the CPU-ms of one; a process for each processor."""
    path = here.var / "paper.pdf"
    path.write_bytes(content)
    count = min(os.cpu_count() or 1, len(cases))
    facts = {"filer": FILER, "event": EVENT, "pdf": str(path), "per_client": per_client, "begin": time.time() + 12}
    running = []
    for nth in range(count):
        words = [sys.executable, "-m", "bench.inside", str(here.var / COURT), "file_by_services"]
        said = json.dumps(facts | {"cases": cases[nth::count]})
        running.append(subprocess.Popen([*words, said], stdout=subprocess.PIPE, cwd=HOME))
    told = [json.loads(process.communicate()[0]) for process in running]
    done = sum(each["filings"] for each in told)
    rates = {what: done / max(each[what] for each in told) for what in PHASES}
    return rates | {f"{what}_cpu": sum(each[f"{what}_cpu"] for each in told) * 1000 / done for what in rates}
