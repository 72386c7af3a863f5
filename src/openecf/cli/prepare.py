"""Getting an installation's databases ready: created, migrated, filled; nothing twice, nothing half."""

from __future__ import annotations

import contextlib
import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from openecf.cli.databases import Database, schema_digest
from openecf.cli.layout import DEMONSTRATION_COURTS, Layout
from openecf.cli.process import child_environment, openecf
from openecf.cli.site_files import lay_out_central, lay_out_court, next_port, peers_digest, peers_of
from openecf.kernel.refusal import Refusal
from openecf.platform.config import CentralConfig, Site, SiteConfig, create_site_folder

Say = Callable[[str], None]
AT_A_TIME = 2


class NotPrepared(Refusal):
    """A site's database could not be prepared; the log says why."""


_settling: set[subprocess.Popen[bytes]] = set()


def settle(site: Site, *words: str, log: Path | None = None) -> None:
    """Run ``openecf settle`` for one site and wait for it."""
    log = log or site.folder / "log" / "settle.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as out:
        process = subprocess.Popen(  # noqa: S603  (our own command)
            openecf("settle", str(site.folder), *words),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            env=child_environment(),
            start_new_session=True,
        )
    _settling.add(process)
    code = process.wait()
    _settling.discard(process)
    if code:
        raise NotPrepared(f"{site.id} could not be prepared ({' '.join(words)}). The end of {log}:\n{_tail(log)}")


def _tail(log: Path, lines: int = 12) -> str:
    return "\n".join(log.read_text("utf-8", errors="replace").splitlines()[-lines:])


@contextlib.contextmanager
def _pool() -> Iterator[ThreadPoolExecutor]:
    """Threads for the work; when it is broken off, nothing more is begun and what runs is ended."""
    pool = ThreadPoolExecutor(AT_A_TIME)
    try:
        yield pool
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        for process in list(_settling):
            process.kill()
        raise
    finally:
        pool.shutdown()


class Preparation:
    """One run over the sites of an installation. ``url_for`` gives a site's database address."""

    def __init__(self, layout: Layout, *, url_for: Callable[[str], str], first_port: int, say: Say) -> None:
        self.layout = layout
        self.url_for = url_for
        self.first_port = first_port
        self.say = say
        self.digest = schema_digest()

    def lay_out(self, wanted: tuple[str, ...], *, demonstration: bool) -> list[Site]:
        """Every site's folder: the central one, the wanted courts, and courts that were created before."""
        known = {site.id: site for site in self.layout.sites()}
        first = known.get("central")
        central = lay_out_central(
            self.layout,
            first_port=self.first_port,
            database_url=self.url_for("central"),
            demonstration=demonstration,
        )
        moved = self.first_port - first.config.port if first else 0
        for court_id in dict.fromkeys([*wanted, *(site_id for site_id in known if site_id != "central")]):
            before = known.get(court_id)
            port = before.config.port + moved if before else next_port(self.layout, self.first_port)
            lay_out_court(
                self.layout.site_folder(court_id),
                court_id,
                port=port,
                first_port=self.first_port,
                database_url=self.url_for(court_id),
                demonstration=demonstration,
                central=central,
            )
        return list(self.layout.sites())

    def prepare(self, sites: list[Site]) -> list[str]:
        """Bring every site's database up. Answers what could not be done, one line each."""
        facts = {site.id: Database(site.config.database_url).facts() for site in sites}
        # What courts told a central site that begins anew nobody knows any more: they count it as delivered.
        anew = any(site.id == "central" and site.config.demonstration and _unfinished(facts[site.id]) for site in sites)
        fresh_court = any(site.config.kind == "court" and _unfinished(facts[site.id]) for site in sites)
        troubles: list[str] = []
        with _pool() as pool:
            # Submitted first, so the courts' jobs never wait for a template that no thread is left to make.
            template = pool.submit(self.court_template) if fresh_court else None
            jobs = {
                site.id: pool.submit(self._prepare, site, facts[site.id], peers_of(site, sites), template, tells=anew)
                for site in sites
            }
            for site_id, job in jobs.items():
                try:
                    job.result()
                except Refusal as refusal:
                    troubles.append(f"{site_id}: {refusal.said}")
        return troubles

    def _prepare(
        self, site: Site, facts: dict | None, peers: list[Site], template: Future[Database] | None, *, tells: bool
    ) -> None:
        database = Database(site.config.database_url)
        fresh = _unfinished(facts)
        migrated = (facts or {}).get("migrations")
        if fresh:
            if facts is not None:
                self.say(f"{site.id}: an earlier start was cut short; beginning its database again")
                database.drop()
            copied = template.result() if template and site.config.kind == "court" else None
            database.create(template=copied)
            migrated = self.digest if copied else None
        words = [word for peer in peers for word in ("--peer", str(peer.folder))]
        peers_now = peers_digest(site, peers)
        tells = tells and not fresh and site.config.kind == "court"
        if not fresh and not tells and migrated == self.digest and facts and facts.get("peers") == peers_now:
            return
        if migrated != self.digest:
            self.say(f"{site.id}: migrations")
            words.append("--migrate")
        if tells:
            words.append("--tell-again")
        if fresh and site.config.demonstration:
            self.say(f"{site.id}: demonstration data")
            words.append("--demonstration")
        elif fresh and site.config.kind == "court":
            words.append("--establish")
        settle(site, *words)
        database.note(state="ready", migrations=self.digest, peers=peers_now)

    def court_template(self) -> Database:
        """An empty court's database with today's schema, from which courts are copied."""
        database = Database(self.url_for("court_template"))
        facts = database.facts()
        if facts and facts.get("state") == "ready" and facts.get("migrations") == self.digest:
            return database
        self.say("the template of a court's database: migrations")
        database.drop()
        database.create()
        folder = self.layout.var / ".template"
        # Which court it says it is does not matter: nothing of it is written into the schema.
        config = SiteConfig(
            id=DEMONSTRATION_COURTS[0],
            kind="court",
            base_url="http://127.0.0.1",
            port=0,
            database_url=database.url,
            central=CentralConfig(base_url="http://127.0.0.1"),
        )
        settle(create_site_folder(folder, config), "--migrate", log=self.layout.var / "log" / "template.log")
        database.note(state="ready", migrations=self.digest)
        return database


def _unfinished(facts: dict | None) -> bool:
    """There is no such database, or the start that made it was cut short. One that an operator made has no facts."""
    return facts is None or facts.get("state") == "filling"
