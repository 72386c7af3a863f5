"""The published juriscraper against running courts: unmodified, told by its environment alone where they are."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import httpx

from openecf.kernel import courts
from tests.stand import Stand, person, until
from tests.wire.compare import differences, spelled
from tests.wire.table import HERE, client_python

LIVES = 60
"""Seconds after which a client that does not end is given up."""
APPELLATE_PARTS = (
    *("docket_entries", "orig_docket", "prior_cases", "associated_cases", "panel_info", "party_atty_info"),
    "caption",
)


class ClientFailed(AssertionError):
    """The client raised; its traceback is the message."""


class Juriscraper:
    """One process of the client, which is one session: it signs on once and asks many courts."""

    def __init__(self, stand: Stand, version: str, username: str = "hlindqvist") -> None:
        who, gateway = person(username), stand.facts["gateway"]
        environment = {
            "HTTPS_PROXY": gateway["proxy"],
            "REQUESTS_CA_BUNDLE": gateway["ca"],
            "SSL_CERT_FILE": gateway["ca"],
            "PATH": os.environ["PATH"],
            "HOME": str(stand.var),
        }
        command = [client_python(version), "-W", "ignore", str(HERE / "drive.py"), who.username, who.password]
        self.stand = stand
        self.version = version
        self.sign_ons_before = requests(stand, "central", "services/cso-auth")
        self.process = subprocess.Popen(
            command,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def ask(self, act: str, court: str = "", *args: object, **facts: object) -> Any:
        """One question; ClientFailed when the client raises."""
        answer = self.try_to(act, court, *args, **facts)
        if "error" in answer:
            raise ClientFailed(f"{act} {court} {args} {facts}\n{answer['error']}")
        return answer["answer"]

    def try_to(self, act: str, court: str = "", *args: object, **facts: object) -> dict[str, Any]:
        """One question, and whatever came of it: ``answer`` or ``error``."""
        self.process.stdin.write(json.dumps({"act": act, "court": court, "args": args, **facts}) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise ClientFailed(f"the client ended with {self.process.wait(LIVES)}")
        return json.loads(line)

    def docket(self, court: str, *, case: str, number: str, choice: bool = False) -> dict[str, Any]:
        """The whole docket of a case, with parties and whatever else a program can ask for."""
        if courts.court(court).kind == "appellate":
            return self.ask("appellate-docket", court, number, options={f"show_{p}": True for p in APPELLATE_PARTS})
        asked = {"show_parties_and_counsel": True, "show_terminated_parties": True, "show_multiple_docs": choice}
        return self.ask("docket", court, case, options=asked)

    @property
    def sign_ons(self) -> int:
        """How often this session asked the central site for a token."""
        return requests(self.stand, "central", "services/cso-auth") - self.sign_ons_before

    def end(self) -> None:
        """Close its input, and wait for its end."""
        self.process.stdin.close()
        self.process.wait(LIVES)


def several(docket: dict[str, Any]) -> bool:
    """Whether a docket was asked with a choice of documents: sizes show then, and a bankruptcy court's numbers."""
    entries = docket["docket_entries"]
    sizes = any(entry.get("attachments") or entry.get("page_count") for entry in entries)
    return sizes or (docket["court_id"].endswith("b") and any(entry["pacer_seq_no"] for entry in entries))


def as_asked(docket: dict[str, Any]) -> dict[str, Any]:
    """What the client can see of a docket: it has no way to ask an appellate court for a choice of documents."""
    if courts.court(docket["court_id"]).kind != "appellate":
        return docket
    entries = [{k: v for k, v in entry.items() if k != "attachments"} for entry in docket["docket_entries"]]
    return docket | {"docket_entries": entries}


def create(stand: Stand, *wanted: str) -> None:
    """Make courts that are not there yet; ``openecf up`` starts them without being asked. Returns when they answer."""
    missing = [court for court in wanted if court not in stand.sites]
    if missing:
        stand.run("court", "create", *missing)
        until(lambda: all(_answers(stand, court) for court in missing), seconds=90, what=f"{missing} to answer")


def _answers(stand: Stand, court: str) -> bool:
    try:
        return httpx.get(stand.url(court, "/readyz"), timeout=5).status_code == 200
    except (httpx.HTTPError, KeyError):
        return False


def requests(stand: Stand, site: str, route: str) -> int:
    """How many requests a site has answered at an address, as its own log tells."""
    wanted = f'"route": "{route}"'
    with (stand.var / site / "log" / "web.out").open(encoding="utf-8", errors="replace") as log:
        return sum(wanted in line for line in log)


def same(expected: Any, found: Any) -> list[str]:
    """The places where they differ; empty when they are equal."""
    return [f"{spelled(at)}: {want!r} came back as {got!r}" for at, want, got in differences(expected, found)[1]]


def case_ids(stand: Stand, court: str) -> dict[str, str]:
    """The case id of each imported file's case, by the file's name."""
    with stand.database(court) as database:
        rows = database.execute("SELECT imported_from, id FROM \"case\" WHERE imported_from <> ''").fetchall()
    return {Path(name).stem: str(case_id) for name, case_id in rows}
