"""A running OpenECF to measure: ``openecf up`` in a folder of its own, kept between measurements of one run."""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from functools import cache
from html import unescape
from pathlib import Path

import httpx
import psycopg

from bench.client import Client
from openecf.cli.layout import GATEWAY, MAILBOX_SMTP, MAILBOX_WEB
from openecf.platform.demo_cast import ACCOUNTS

OPENECF = str(Path(sys.executable).parent / "openecf")
HOME = Path(__file__).parents[1]
PORTS = range(18_400, 20_400, 100)
"""First ports to choose from, so that two runs do not meet."""
NEEDED = (*range(12), MAILBOX_WEB, GATEWAY, MAILBOX_SMTP)
READY_WITHIN = 600
"""Seconds: generous, because a first start on a loaded machine is no failure of what is measured."""


def say(line: str) -> None:
    """A line of progress, beside the table."""
    print(f"  {line}", file=sys.stderr, flush=True)


def free_port() -> int:
    """A first port of which nothing that ``openecf up`` needs is taken."""
    for port in random.sample(PORTS, len(PORTS)):
        if all(_is_free(port + offset) for offset in NEEDED):
            return port
    raise RuntimeError(f"No free ports between {PORTS.start} and {PORTS.stop}.")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


class Stand:
    """The sites of one run, and ways to reach each."""

    def __init__(self) -> None:
        self.var = Path(tempfile.mkdtemp(prefix="openecf-bench-"))
        self.var.chmod(0o755)
        self.extra: list[subprocess.Popen[bytes]] = []
        self.process: subprocess.Popen[bytes] | None = None
        atexit.register(self.remove)
        self.first_port = free_port()
        self.started_in = self.start()

    def start(self) -> float:
        """Start the sites; the seconds until every one of them answered."""
        command = [OPENECF, "up", "--var", str(self.var), "--first-port", str(self.first_port)]
        began = time.perf_counter()
        with (self.var / "up.out").open("ab") as out:
            self.process = subprocess.Popen(command, stdout=out, stderr=out, start_new_session=True)
        self._wait(began)
        return time.perf_counter() - began

    def _wait(self, began: float) -> None:
        while time.perf_counter() - began < READY_WITHIN:
            if self.process is None or self.process.poll() is not None:
                raise RuntimeError(f"openecf up ended before it was ready:\n{(self.var / 'up.out').read_text()}")
            with contextlib.suppress(OSError, httpx.HTTPError, json.JSONDecodeError, KeyError, StopIteration):
                here = json.loads((self.var / "sites.json").read_text())
                answers = [httpx.get(f"{site['base_url']}/readyz").status_code for site in here["sites"]]
                if here["first_port"] == self.first_port and set(answers) == {200}:
                    return
            time.sleep(0.1)
        raise RuntimeError(f"openecf up was not ready in ten minutes:\n{(self.var / 'up.out').read_text()[-2000:]}")

    @property
    def sites(self) -> dict[str, dict]:
        return {site["id"]: site for site in json.loads((self.var / "sites.json").read_text())["sites"]}

    def stop(self) -> None:
        """Stop everything; the data stay."""
        for process in self.extra:
            process.terminate()
            process.wait(30)
        self.extra.clear()
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(60)

    def remove(self) -> None:
        """The end of the run."""
        self.stop()
        shutil.rmtree(self.var, ignore_errors=True)

    def database_url(self, site: str) -> str:
        return json.loads((self.var / site / "site.json").read_text())["database_url"]

    def database(self, site: str) -> psycopg.Connection:
        """A connection to a site's own database."""
        return psycopg.connect(self.database_url(site), autocommit=True)

    def served(self, site: str, *, processes: int) -> str:
        """The address of a second front of a site, with that many server processes, for measurements under load."""
        port = next(port for port in range(self.first_port + 40, self.first_port + 80) if _is_free(port))
        words = ["serve", site, "--var", str(self.var), "--port", str(port), "--processes", str(processes)]
        with (self.var / "up.out").open("ab") as out:
            self.extra.append(subprocess.Popen([OPENECF, *words], stdout=out, stderr=out, start_new_session=True))
        address = f"http://127.0.0.1:{port}"
        for _ in range(300):
            with contextlib.suppress(httpx.HTTPError):
                if httpx.get(f"{address}/readyz").status_code == 200:
                    return address
            time.sleep(0.1)
        raise RuntimeError(f"a second front of {site} was not ready in half a minute")

    def program(self, site: str, username: str = "hlindqvist") -> httpx.Client:
        """A client with a sign-on token, as a reading program has it."""
        return httpx.Client(
            base_url=self.sites[site]["base_url"],
            cookies=self._token(username),
            timeout=120,
            headers={"Referer": "https://external"},
        )

    def reader(self, site: str, username: str = "hlindqvist") -> Client:
        """The same, as light as can be."""
        return Client(self.sites[site]["base_url"], cookies=self._token(username), referer="https://external")

    def _token(self, username: str) -> dict[str, str]:
        person = next(a for a in ACCOUNTS if a.username == username)
        answer = httpx.post(
            f"{self.sites['central']['base_url']}/services/cso-auth",
            json={"loginId": person.username, "password": person.password, "redactFlag": "1"},
        ).json()
        return {"NextGenCSO": answer["nextGenCSO"], "PacerSession": answer["nextGenCSO"]}

    def browser(self, site: str, username: str) -> httpx.Client:
        """A client signed on through Central Sign-On's own pages, as a person at a browser is."""
        person = next(a for a in ACCOUNTS if a.username == username)
        http = httpx.Client(base_url=self.sites[site]["base_url"], timeout=120, follow_redirects=True)
        page = http.get("/login?next=/")
        typed = {"loginForm:loginName": person.username, "loginForm:password": person.password}
        page = http.post(action_of(page), data=hidden_fields(page.text) | typed)
        if page.url.path == "/csologin/told":
            page = http.post(action_of(page), data=hidden_fields(page.text) | {"redaction": "1"})
        if page.url.path != "/" or page.status_code != 200:
            raise RuntimeError(f"{username} could not sign on: {page.url}")
        return http

    def run(self, *args: str) -> subprocess.CompletedProcess:
        """An operator's command against these sites."""
        return subprocess.run([OPENECF, *args, "--var", str(self.var)], capture_output=True, text=True, check=True)

    def inside(self, site: str, what: str, **facts: object) -> dict:
        """What a function of ``bench.inside`` answers in a process of that site."""
        words = [sys.executable, "-m", "bench.inside", str(self.var / site), what, json.dumps(facts)]
        done = subprocess.run(words, capture_output=True, text=True, check=False, cwd=HOME)
        if done.returncode:
            raise RuntimeError(f"{what} at {site}: {done.stderr[-2000:]}")
        return json.loads(done.stdout)

    @contextlib.contextmanager
    def worker_resting(self, site: str) -> Iterator[None]:
        """Meanwhile the site's jobs are queued and not done: the processors belong to what is measured."""
        pids = self._pids("work", site)
        for pid in pids:
            os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            for pid in pids:
                os.kill(pid, signal.SIGCONT)

    def server_pid(self, site: str) -> int:
        """The process that answers for a site: the child of the one that was started to serve it."""
        pids = self._pids("serve", site)
        return next(pid for pid in pids if _parent(pid) in pids)

    def serving(self) -> list[int]:
        """The processes of the second fronts, with all that they started."""
        found, pending = [], [process.pid for process in self.extra]
        while pending:
            found.append(pending.pop())
            for children in Path(f"/proc/{found[-1]}/task").glob("*/children"):
                pending += [int(pid) for pid in children.read_text().split()]
        return found

    def backends(self, site: str) -> list[int]:
        """PostgreSQL's processes that work for a site, where it runs on this machine."""
        with self.database(site) as database:
            rows = database.execute(
                "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            ).fetchall()
        return [pid for (pid,) in rows if Path(f"/proc/{pid}/stat").exists()]

    def _pids(self, command: str, site: str) -> list[int]:
        wanted = {command.encode(), site.encode(), str(self.var).encode()}
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                if wanted <= set((folder / "cmdline").read_bytes().split(b"\0")):
                    found.append(int(folder.name))
        return found


def hidden_fields(page: str) -> dict[str, str]:
    """The hidden fields of the main form of a page."""
    form = re.search(r'(?s)<form(?![^>]*ecf-languages)[^>]*method="post".*?</form>', page)
    inputs = re.findall(r"<input[^>]*>", form[0] if form else "")
    facts = [dict(re.findall(r'([a-z]+)="([^"]*)"', one)) for one in inputs if 'type="hidden"' in one]
    return {one["name"]: unescape(one.get("value", "")) for one in facts}


def action_of(page: httpx.Response) -> str:
    """Where the main form of a page goes."""
    form = re.search(r'<form(?![^>]*ecf-languages)[^>]*method="post"[^>]*>', page.text)
    named = re.search(r'action="([^"]*)"', form[0]) if form else None
    return str(page.url.join(unescape(named[1]))) if named else str(page.url)


def _parent(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def resident(pid: int) -> int:
    """Resident memory of a process, in bytes."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


@cache
def stand() -> Stand:
    """The one stand of this run."""
    return Stand()


def docket(serial: int, entries: int, *, court: str = "flsd") -> dict:
    """An invented civil docket in the shape that docket JSON has."""
    rng = random.Random(serial)  # noqa: S311  (invented text, no secret)
    words = "motion response reply notice order exhibit hearing stipulation letter brief extension discovery".split()
    rows = []
    for n in range(1, entries + 1):
        day = f"{2015 + n * 9 // entries}-{rng.randint(1, 12):02d}-{rng.randint(1, 28):02d}"
        text = f"{rng.choice(words).upper()} re {n // 2 + 1} " + " ".join(rng.choices(words, k=rng.randint(8, 40)))
        month, date = day[5:7], day[8:10]
        rows.append(
            {
                "date_entered": day,
                "date_filed": day,
                "description": f"{text}. (Counsel, Ada) (Entered: {month}/{date}/{day[:4]})",
                "document_number": str(n),
                "pacer_doc_id": f"0510{40_000_000 + serial * 1_000_000 + n}",
                "pacer_seq_no": str(n + 3),
            }
        )
    return {
        "assigned_to_str": "Lenora Ashgrove",
        "case_name": "Tamarind Supply, Inc. v. Kestrel Freight LLC",
        "cause": "28:1332 Diversity",
        "court_id": court,
        "date_converted": None,
        "date_discharged": None,
        "date_filed": "2015-01-05",
        "date_terminated": None,
        "demand": "",
        "docket_entries": rows,
        "docket_number": f"1:15-cv-{serial:05d}",
        "federal_defendant_number": None,
        "federal_dn_case_type": "cv",
        "federal_dn_judge_initials_assigned": "LA",
        "federal_dn_judge_initials_referred": None,
        "federal_dn_office_code": "1",
        "jurisdiction": "Diversity",
        "jury_demand": "None",
        "mdl_status": "",
        "nature_of_suit": "190 Contract: Other",
        "ordered_by": "date_filed",
        "parties": [
            {
                "attorneys": [],
                "date_terminated": None,
                "extra_info": "",
                "name": "Tamarind Supply, Inc.",
                "type": "Plaintiff",
            },
            {
                "attorneys": [],
                "date_terminated": None,
                "extra_info": "",
                "name": "Kestrel Freight LLC",
                "type": "Defendant",
            },
        ],
        "referred_to_str": "",
    }


@cache
def imported_case(serial: int, entries: int) -> tuple[int, float]:
    """A docket of so many entries at ``flsd``: its case id, and the seconds its import took."""
    here = stand()
    path = here.var / f"docket-{serial}.json"
    path.write_text(json.dumps(docket(serial, entries)))
    started = time.perf_counter()
    here.run("import", "dockets", str(path), "--court", "flsd")
    taken = time.perf_counter() - started
    with here.program("flsd") as http:
        found = http.get(f"/cgi-bin/possible_case_numbers.pl?1:15-cv-{serial:05d}").text
    return int(re.search(r"id=[\"'](\d+)", found)[1]), taken
