"""A running OpenECF to test against: ``openecf up`` in a folder of its own, with real servers, workers and mail.

A folder of tests shares one: ``from tests.stand import stand`` in its ``conftest.py`` gives the session fixture. Set
``OPENECF_STAND`` to the ``var`` folder of an installation that runs already, and the tests use that one and leave it.
"""

from __future__ import annotations

import fcntl
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

import httpx
import psycopg
import pytest

from openecf.platform.demo_cast import ACCOUNTS, CastAccount

OPENECF = str(Path(sys.executable).parent / "openecf")
PATIENCE = 8
"""How many times the seconds that a quiet machine needs are waited for: what comes, comes at once, and other tests run."""
READY_WITHIN = 120.0
"""Seconds; the first start makes databases and demonstration data."""
PORTS = range(18_000, 30_000, 100)
"""Where an installation's hundred ports may begin: below what the kernel hands out by itself."""
USED_PORTS = (*range(12), 90, 91, 92, 93)
COURTS = ("flsb", "flsd", "ca11")
"""A bankruptcy, a district and an appellate court, for stories that all three must tell."""


class Stand:
    """One installation: where its sites are, its mail, its databases, its commands."""

    def __init__(self, var: Path | None = None, *, courts: str = "flsb,nysb,flsd,ca11") -> None:
        self.own = var is None
        self.var = var or Path(tempfile.mkdtemp(prefix="openecf-stand-"))
        self.process: subprocess.Popen | None = None
        self.ports: IO[str] | None = None
        if self.own:
            self.var.chmod(0o755)  # PostgreSQL may run as somebody else
            try:
                self.start(courts)
            except BaseException:  # a test that is broken off must not leave servers behind, either
                self.discard()
                raise

    def start(self, courts: str = "flsb,nysb,flsd,ca11") -> None:
        """Start everything and wait until each site answers."""
        command = [OPENECF, "up", "--var", str(self.var), "--first-port", str(self._first_port()), "--courts", courts]
        with (self.var / "up.out").open("ab") as said:
            self.process = subprocess.Popen(command, stdout=said, stderr=said, start_new_session=True)
        until(self._answers, seconds=READY_WITHIN, every=0.3, what="openecf up to be ready")

    def _first_port(self) -> int:
        """The ports of an earlier start of the same folder, else a hundred that nobody listens on."""
        if (self.var / "sites.json").exists():
            return json.loads((self.var / "sites.json").read_text())["first_port"]
        tries = random.sample(PORTS, k=len(PORTS))  # noqa: S311  (parallel runs should not all try the same)
        return next(
            port for port in tries if self._reserves(port) and all(_is_free(port + offset) for offset in USED_PORTS)
        )

    def _reserves(self, port: int) -> bool:
        """Whether this hundred is nobody's: of two lanes that start at the same moment, both find all ports free."""
        folder = Path(tempfile.gettempdir()) / f"openecf-ports-{os.getuid()}"
        folder.mkdir(exist_ok=True)
        self.ports = (folder / str(port)).open("w")
        try:
            fcntl.flock(self.ports, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self.ports.close()
            return False
        return True

    def _answers(self) -> bool:
        if self.process and self.process.poll() is not None:
            raise RuntimeError(f"openecf up ended before it was ready:\n{(self.var / 'up.out').read_text()}")
        try:
            answers = [httpx.get(f"{site['base_url']}/readyz", timeout=20) for site in self.sites.values()]
        except (OSError, httpx.HTTPError, ValueError, KeyError):
            return False
        return all(answer.status_code == 200 for answer in answers)

    def stop(self) -> None:
        """Ctrl-C, and wait; kill what does not go. An installation that was only borrowed stays."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(40)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)

    def discard(self) -> None:
        """Stop, and remove the folder."""
        self.stop()
        if self.ports:
            self.ports.close()
        if self.own:
            shutil.rmtree(self.var, ignore_errors=True)

    @property
    def facts(self) -> dict:
        """What ``sites.json`` says."""
        return json.loads((self.var / "sites.json").read_text())

    @property
    def sites(self) -> dict[str, dict]:
        """The rows of ``sites.json`` by site id."""
        return {site["id"]: site for site in self.facts["sites"]}

    def url(self, site: str, path: str = "") -> str:
        """The address of a page of a site."""
        return f"{self.sites[site]['base_url']}{path}"

    def database(self, site: str) -> psycopg.Connection:
        """A connection to a site's own database: for looking, and for arranging what no page can arrange."""
        url = json.loads((self.var / site / "site.json").read_text())["database_url"]
        return psycopg.connect(url, autocommit=True)

    def run(self, *args: str, check: bool = True) -> subprocess.CompletedProcess:
        """An operator's command against this installation."""
        return subprocess.run([OPENECF, *args, "--var", str(self.var)], capture_output=True, text=True, check=check)

    def mails(self, to: str = "") -> list[dict]:
        """The mailbox's mails to an address, newest first: name, from, to, subject, text, html, links."""
        return httpx.get(f"{self.facts['mailbox']['url']}/mails.json", params={"to": to}, timeout=60).json()

    def mail(self, to: str, holding: str, *, seconds: float = 20) -> dict:
        """The newest mail to an address that has ``holding`` in subject or text; waits for it."""

        def arrived() -> dict | None:
            fitting = (m for m in self.mails(to) if holding in m["subject"] or holding in (m["text"] or m["html"]))
            return next(fitting, None)

        return until(arrived, seconds=seconds, what=f"a mail to {to} about {holding!r}")

    def program(self, site: str, username: str = "hlindqvist") -> httpx.Client:
        """A client with a sign-on token, as a reading program has it."""
        who = person(username)
        answer = httpx.post(
            self.url("central", "/services/cso-auth"),
            json={"loginId": who.username, "password": who.password, "redactFlag": "1"},
            timeout=60,
        ).json()
        cookies = {"NextGenCSO": answer["nextGenCSO"], "PacerSession": answer["nextGenCSO"]}
        return httpx.Client(
            base_url=self.url(site), cookies=cookies, timeout=60, headers={"Referer": "https://external"}
        )


def person(username: str) -> CastAccount:
    """One of the demonstration's accounts by user name."""
    return next(each for each in ACCOUNTS if each.username == username)


def until(found: Callable[[], object], *, seconds: float, what: str, every: float = 0.15):  # noqa: ANN201
    """Ask until the answer is truthy, and give it; AssertionError says what did not come.

    ``seconds`` is what it may take on a quiet machine, and no promise: no test asserts how long something took.
    """
    seconds *= PATIENCE
    deadline = time.monotonic() + seconds
    while not (answer := found()):
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {seconds:.0f} s for {what}")
        time.sleep(every)
    return answer


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


@pytest.fixture(scope="session")
def stand() -> Iterator[Stand]:
    """The installation that one folder of tests shares."""
    borrowed = os.environ.get("OPENECF_STAND")
    here = Stand(Path(borrowed) if borrowed else None)
    yield here
    here.discard()
