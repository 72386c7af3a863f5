"""``openecf up``: everything on one machine, from nothing, with one command; and nothing of it left when it ends."""

from __future__ import annotations

import argparse
import contextlib
import errno
import fcntl
import os
import signal
import socket
import time
import urllib.error
import urllib.request
from types import FrameType
from typing import TextIO

from openecf.cli.databases import given_url
from openecf.cli.demo import print_table, wide_console
from openecf.cli.layout import DEMONSTRATION_COURTS, GATEWAY, MAILBOX_SMTP, MAILBOX_WEB, PAYGOV, Layout, layout_of
from openecf.cli.postgres import PrivatePostgres
from openecf.cli.prepare import Preparation
from openecf.cli.process import Child, openecf, stop_all
from openecf.cli.site_files import write_sites_file
from openecf.kernel.refusal import Refusal
from openecf.platform.config import Site

READY_WITHIN = 90.0
"""Seconds that a site may take until it answers ``/readyz``."""

WORKERS_APART = 1.0
"""Seconds between the starts of two workers: nearly what one takes to start on a machine with nothing else to do."""


class AlreadyUp(Refusal):
    """Another ``openecf up`` runs this installation."""


class PortTaken(Refusal):
    """Something else listens where a site wants to."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--var", help="the installation's folder (default: OPENECF_VAR, or ./var)")
    parser.add_argument("--first-port", type=int, default=8000, help="the central site's port; all others follow it")
    parser.add_argument(
        "--courts", help=f"courts to make at the first start (default: {', '.join(DEMONSTRATION_COURTS)})"
    )
    parser.add_argument(
        "--real",
        action="store_true",
        help="at the first start: no invented people or cases, no mailbox, no gateway, and no courts but --courts",
    )
    parser.add_argument("--once", action="store_true", help="prepare, start, see that every site answers, and end")


def run(args: argparse.Namespace) -> int:
    layout = layout_of(args.var)
    layout.var.mkdir(parents=True, exist_ok=True)
    with only_one(layout):
        demonstration = layout.is_demonstration(fresh=not args.real)
        courts = ",".join(DEMONSTRATION_COURTS) if args.courts is None and demonstration else args.courts or ""
        wanted = tuple(court for court in courts.split(",") if court)
        up = Up(layout, first_port=args.first_port, wanted=wanted, demonstration=demonstration)
        return up.run(once=args.once)


@contextlib.contextmanager
def only_one(layout: Layout):
    """Hold the installation's lock; the kernel gives it back however this process ends."""
    path = layout.var / "up.lock"
    with path.open("a+", encoding="utf-8") as lock:
        _take(lock, layout)
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


def _take(lock: TextIO, layout: Layout) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as trouble:
        if trouble.errno not in (errno.EAGAIN, errno.EACCES):
            raise
        lock.seek(0)
        raise AlreadyUp(f"openecf up already runs for {layout.var} (process {lock.read().strip()}).") from None


class Stop(Exception):
    """Someone asked this process to end."""


class Up:
    """One run: prepare, start, watch, stop."""

    def __init__(self, layout: Layout, *, first_port: int, wanted: tuple[str, ...], demonstration: bool) -> None:
        self.layout = layout
        self.demonstration = demonstration
        self.first_port = first_port
        self.wanted = wanted
        self.console = wide_console()
        self.postgres = PrivatePostgres(layout.var / "pg", layout.var / "log" / "postgres.log")
        self.children: list[Child] = []
        self.served: set[str] = set()
        self.workless: list[Site] = []
        self.worker_started = 0.0
        self.began = time.monotonic()

    def say(self, line: str) -> None:
        """One line of progress, with the seconds since the start."""
        self.console.print(f"[dim]{time.monotonic() - self.began:6.1f} s[/]  {line}", soft_wrap=True)

    def run(self, *, once: bool) -> int:
        for signum in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
            signal.signal(signum, _ask_to_stop)
        try:
            troubles = self._prepare()
            self._start_sites()
            down = self._wait_until_ready()
            # Only now, so that people wait for the sites alone; what is queued meanwhile is done a moment later.
            self.workless = list(self.layout.sites())
            self._put_to_work()
            print_table(self.console, self.layout)
            for line in [*troubles, *down]:
                self.console.print(f"[bold red]{line}[/]", soft_wrap=True)
            self.say(self._outcome(len(troubles), len(down)))
            if once:
                return 1 if troubles or down else 0
            self._watch()
        except Stop:
            pass
        finally:
            self._stop()
        return 0

    def _outcome(self, troubles: int, down: int) -> str:
        """The last line of a start. "Ready" is said only of an installation of which every part is."""
        took = f"{time.monotonic() - self.began:.1f} s. Ctrl-C stops everything."
        if down:
            count = "One site does" if down == 1 else f"{down} sites do"
            return f"[bold red]not ready[/]: {count} not answer (see above); the others run, after {took}"
        if troubles:
            return f"[bold red]not ready[/]: a part could not be prepared (see above); the others run, after {took}"
        return f"[bold]ready[/] in {took}"

    def _prepare(self) -> list[str]:
        if not all(given_url(site) for site in ("central", *self.wanted)):
            self.say("starting PostgreSQL" if self.postgres.folder.exists() else "making a private PostgreSQL")
            self.postgres.start()
        preparation = Preparation(self.layout, url_for=self._database_url, first_port=self.first_port, say=self.say)
        sites = preparation.lay_out(self.wanted, demonstration=self.demonstration)
        self._check_ports(sites)
        troubles = preparation.prepare(sites)
        write_sites_file(self.layout, first_port=self.first_port)
        return troubles

    def _database_url(self, site_id: str) -> str:
        return given_url(site_id) or self.postgres.url(f"openecf_{site_id}")

    def _check_ports(self, sites: list[Site]) -> None:
        """Refuse while nothing is started. Ports of an earlier start that was killed are given some time."""
        wanted = {site.config.port: site.id for site in sites}
        if self.demonstration:
            wanted |= {self.first_port + MAILBOX_WEB: "mailbox", self.first_port + MAILBOX_SMTP: "mailbox (SMTP)"}
            wanted |= {self.first_port + GATEWAY: "gateway", self.first_port + PAYGOV: "paygov-sandbox"}
        deadline = time.monotonic() + 5
        while taken := [port for port in wanted if not _is_free(port)]:
            if time.monotonic() > deadline:
                names = ", ".join(f"{port} ({wanted[port]})" for port in taken)
                raise PortTaken(
                    f"Another program listens on port {names}. Stop it, or start with --first-port and another number."
                )
            time.sleep(0.2)

    def _start_sites(self) -> None:
        self.say("starting the sites")
        log, var = self.layout.var / "log", ("--var", str(self.layout.var))
        for site in self.layout.sites():
            self._serve(site)
        if self.demonstration:
            self._keep(Child("mailbox", openecf("mailbox", *var), log / "mailbox.log"))
            self._keep(Child("gateway", openecf("gateway", *var), log / "gateway.log"))
            self._keep(Child("paygov-sandbox", openecf("paygov-sandbox", *var), log / "paygov-sandbox.log"))

    def _keep(self, child: Child) -> None:
        child.start()
        self.children.append(child)

    def _serve(self, site: Site) -> None:
        command = openecf("serve", site.id, "--var", str(self.layout.var))
        self._keep(Child(f"{site.id} web", command, site.folder / "log" / "web.out"))
        self.served.add(site.id)

    def _work(self, site: Site) -> None:
        command = openecf("work", site.id, "--var", str(self.layout.var))
        self._keep(Child(f"{site.id} worker", command, site.folder / "log" / "worker.out"))

    def _wait_until_ready(self) -> list[str]:
        """Ask every site until it answers. Answers a line for each that does not."""
        waiting = {site.id: site for site in self.layout.sites()}
        deadline = time.monotonic() + READY_WITHIN
        while waiting and time.monotonic() < deadline:
            for site_id, site in list(waiting.items()):
                if _is_ready(site.config.base_url):
                    del waiting[site_id]
            self._tend()
            if all(child.given_up for child in self.children if child.name.removesuffix(" web") in waiting):
                break
            time.sleep(0.1)
        return [f"{s.id} does not answer {s.config.base_url}/readyz; see {s.folder / 'log'}" for s in waiting.values()]

    def _watch(self) -> None:
        while True:
            self._tend()
            self._put_to_work()
            self._welcome_new_courts()
            time.sleep(0.5)

    def _put_to_work(self) -> None:
        """Start the workers one after the other, the central site's first: who signs off in these seconds waits for it,
        and all at once they would keep it from starting."""
        if self.workless and time.monotonic() - self.worker_started > WORKERS_APART:
            self._work(self.workless.pop(0))
            self.worker_started = time.monotonic()

    def _tend(self) -> None:
        if self.postgres.fell():
            self.say("PostgreSQL ended; starting it again (see log/postgres.log)")
            self.postgres.start()
        for child in self.children:
            if line := child.tend(time.monotonic()):
                self.say(line)

    def _welcome_new_courts(self) -> None:
        """A folder appears, whole, when ``openecf court create`` is done with it."""
        if {path.parent.name for path in self.layout.var.glob("[a-z]*/site.json")} <= self.served:
            return
        for site in self.layout.sites():
            if site.id not in self.served:
                self._serve(site)
                self._work(site)
                write_sites_file(self.layout, first_port=self.first_port)
                self.say(f"{site.id} is new: {site.config.base_url}")

    def _stop(self) -> None:
        for signum in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
            signal.signal(signum, signal.SIG_IGN)
        self.say("stopping")
        stop_all(self.children, patience=10)
        self.postgres.stop()
        self.say("stopped")


def _ask_to_stop(_signum: int, _frame: FrameType | None) -> None:
    raise Stop


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _is_ready(base_url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{base_url}/readyz", timeout=5) as answer:  # noqa: S310  (our own address)
            return answer.status == 200
    except (urllib.error.URLError, OSError):
        return False
