"""A running OpenECF to measure: ``openecf up`` in a folder of its own, kept between measurements of one run."""

from __future__ import annotations

import atexit
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from functools import cache
from pathlib import Path

import httpx
import psycopg

from openecf.platform.demo_cast import ACCOUNTS

OPENECF = str(Path(sys.executable).parent / "openecf")
FIRST_PORT = 18400


class Stand:
    """The sites of one run, and ways to reach each."""

    def __init__(self) -> None:
        self.var = Path(tempfile.mkdtemp(prefix="openecf-bench-"))
        self.var.chmod(0o755)
        command = [OPENECF, "up", "--var", str(self.var), "--first-port", str(FIRST_PORT)]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, start_new_session=True)
        atexit.register(self.stop)
        self._wait()

    def _wait(self) -> None:
        deadline = time.monotonic() + 240
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise RuntimeError("openecf up ended before it was ready")
            try:
                if all(httpx.get(f"{site['base_url']}/readyz").status_code == 200 for site in self.sites.values()):
                    return
            except (OSError, httpx.HTTPError, json.JSONDecodeError, KeyError):
                pass
            time.sleep(0.5)
        raise RuntimeError("openecf up was not ready in four minutes")

    @property
    def sites(self) -> dict[str, dict]:
        return {site["id"]: site for site in json.loads((self.var / "sites.json").read_text())["sites"]}

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(30)
        shutil.rmtree(self.var, ignore_errors=True)

    def database(self, site: str) -> psycopg.Connection:
        """A connection to a site's own database."""
        url = json.loads((self.var / site / "site.json").read_text())["database_url"]
        return psycopg.connect(url, autocommit=True)

    def program(self, site: str, username: str = "hlindqvist") -> httpx.Client:
        """A client with a sign-on token, as a reading program has it."""
        person = next(a for a in ACCOUNTS if a.username == username)
        answer = httpx.post(
            f"{self.sites['central']['base_url']}/services/cso-auth",
            json={"loginId": person.username, "password": person.password, "redactFlag": "1"},
        ).json()
        cookies = {"NextGenCSO": answer["nextGenCSO"], "PacerSession": answer["nextGenCSO"]}
        return httpx.Client(
            base_url=self.sites[site]["base_url"], cookies=cookies, timeout=120, headers={"Referer": "https://external"}
        )

    def run(self, *args: str) -> subprocess.CompletedProcess:
        """An operator's command against these sites."""
        return subprocess.run([OPENECF, *args, "--var", str(self.var)], capture_output=True, text=True, check=True)

    def server_pid(self, site: str) -> int:
        """The worker process that answers for a site: the largest that has it in its environment."""
        best = (0, 0)
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                environment = (folder / "environ").read_bytes()
                command = (folder / "cmdline").read_bytes()
                memory = resident(int(folder.name))
            except (OSError, ValueError):
                continue
            if str(self.var / site).encode() in environment and b"granian" in command.lower() + environment.lower():
                best = max(best, (memory, int(folder.name)))
        return best[1]


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
    return int(re.search(r"id='(\d+)'", found)[1]), taken
