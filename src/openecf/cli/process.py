"""Child processes that never outlive the one that started them."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

PARENT = "OPENECF_PARENT"
_PR_SET_PDEATHSIG = 1


def die_with_parent(signum: int = signal.SIGTERM) -> None:
    """Ask the kernel to send this process ``signum`` when its parent dies (Linux; elsewhere nothing happens)."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, int(signum), 0, 0, 0)


def follow_parent() -> None:
    """In a process that ``openecf up`` started: end when it ends, however it ends."""
    parent = os.environ.pop(PARENT, "")
    if parent:
        die_with_parent()
        if os.getppid() != int(parent):
            # It died before the kernel was asked.
            sys.exit(1)


def openecf(*words: str) -> list[str]:
    """The command line that runs this very installation's ``openecf``."""
    return [sys.executable, "-W", "ignore::DeprecationWarning", "-m", "openecf.cli.main", *words]


def child_environment(**more: str) -> dict[str, str]:
    """This process's environment, with what makes a child follow it."""
    return {**os.environ, "PYTHONUNBUFFERED": "1", PARENT: str(os.getpid()), **more}


@dataclass
class Child:
    """One process that is kept running. A crash is answered by a restart, later each time, at last not at all."""

    name: str
    command: list[str]
    log: Path
    environment: dict[str, str] = field(default_factory=dict)
    restarts_allowed: int = 5
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    restarts: int = 0
    retry_at: float | None = None
    given_up: bool = False

    def start(self) -> None:
        """Start in a process group of its own, so that a Ctrl-C reaches it through us only."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as out:
            self.process = subprocess.Popen(  # noqa: S603  (our own command)
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                env=child_environment(**self.environment),
                start_new_session=True,
            )
        self.started = time.monotonic()
        self.retry_at = None

    @property
    def running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def tend(self, now: float) -> str:
        """Restart if it crashed and it is time. Answers a line to show, or nothing. ``now`` is monotonic seconds."""
        if self.running or self.given_up or self.process is None:
            if self.running and self.restarts and now - self.started > 60:
                self.restarts = 0
            return ""
        if self.retry_at is None:
            self.kill()  # whatever it left behind in its group
            code = self.process.returncode
            if self.restarts >= self.restarts_allowed:
                self.given_up = True
                return f"{self.name} ended {self.restarts + 1} times (exit code {code}) and stays down; see {self.log}"
            wait = min(30, 2**self.restarts)
            self.restarts += 1
            self.retry_at = now + wait
            return f"{self.name} ended with exit code {code}; starting it again in {wait} s (see {self.log})"
        if now >= self.retry_at:
            self.start()
            return f"{self.name} started again"
        return ""

    def signal(self, signum: int) -> None:
        """Signal the whole group."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signum)

    def terminate(self) -> None:
        """Ask it to end. Only the leader is asked: it ends its own workers in good order."""
        if self.running and self.process is not None:
            self.process.terminate()

    def kill(self) -> None:
        self.signal(signal.SIGKILL)


def stop_all(children: list[Child], *, patience: float) -> None:
    """Ask all to end, wait up to ``patience`` seconds, then kill what is left, with every process of their groups."""
    for child in children:
        child.terminate()
    deadline = time.monotonic() + patience
    for child in children:
        if child.process is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.process.wait(max(0.05, deadline - time.monotonic()))
    for child in children:
        child.kill()
        if child.process is not None:
            child.process.wait()
