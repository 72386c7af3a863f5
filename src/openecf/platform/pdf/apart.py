"""Work on PDFs in processes apart: a few kept warm, each ended when it takes too long, none able to take a site down.

Such a process reads a JSON request a line and answers a JSON object a line; ``hold_to`` gives it its limits.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import resource
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any


class Busy(Exception):
    """Nobody came free for a while: a few hostile files must not hold every thread of the site."""


class Lost(Exception):
    """Over this request the process died, or took too long, or it answered nonsense."""


class Ended(Lost):
    """Somebody ended the process while it worked, as a restart does: that says nothing of the request."""


_ASKED_TO_GO = frozenset({-signal.SIGTERM, -signal.SIGINT, -signal.SIGHUP})
"""How a process ends that was told to, not by what it worked on. ``SIGKILL`` is what a lack of memory ends it with."""
_DYING = 2
"""How many seconds a process that closed its line has to be gone."""


class _Worker:
    def __init__(self, module: str) -> None:
        self.process = subprocess.Popen(  # noqa: S603  (our own module, no shell)
            [sys.executable, "-m", module],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={key: value for key, value in os.environ.items() if key in {"PATH", "PYTHONPATH", "LANG"}},
        )

    def ask(self, request: object, *, seconds: float) -> dict[str, Any]:
        process = self.process
        assert process.stdin
        assert process.stdout
        process.stdin.write(json.dumps(request).encode() + b"\n")
        process.stdin.flush()
        answer, until = b"", time.monotonic() + seconds
        said = select.poll()  # not select(), which knows no file beyond a process's first 1,024
        said.register(process.stdout, select.POLLIN)
        while not answer.endswith(b"\n"):
            left = until - time.monotonic()
            if left <= 0 or not said.poll(left * 1000):
                raise TimeoutError
            piece = os.read(process.stdout.fileno(), 65536)
            if not piece:
                raise BrokenPipeError
            answer += piece
        return json.loads(answer)

    def was_told_to_go(self) -> bool:
        """Whether a process that closed its line was ended from outside."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(_DYING)
        return self.process.returncode in _ASKED_TO_GO

    def end(self) -> None:
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe:
                with contextlib.suppress(BrokenPipeError):
                    pipe.close()


class Apart:
    """The processes that run ``python -m module``: at most ``at_once`` work, a request waits ``wait`` seconds for one."""

    def __init__(self, module: str, *, seconds: float, at_once: int, wait: float) -> None:
        self.module, self.seconds, self.wait = module, seconds, wait
        self.idle: queue.LifoQueue[_Worker] = queue.LifoQueue()
        self.turns: queue.Queue[None] = queue.Queue(at_once)

    def ask(self, request: object) -> dict[str, Any]:
        """What a process answers. Raises Busy, Lost, Ended."""
        try:
            self.turns.put(None, timeout=self.wait)
        except queue.Full:
            raise Busy from None
        try:
            return self._ask(request)
        finally:
            self.turns.get()

    def _ask(self, request: object) -> dict[str, Any]:
        told_to_go = False
        for _attempt in range(2):
            worker = self._living()
            try:
                answer = worker.ask(request, seconds=self.seconds)
            except TimeoutError:
                worker.end()
                raise Lost from None
            except BrokenPipeError:
                told_to_go = worker.was_told_to_go()
            except ValueError:
                told_to_go = False
            else:
                self.idle.put(worker)
                return answer
            # It may have been ended from outside: a second one decides whether the file was the reason.
            worker.end()
        raise Ended if told_to_go else Lost

    def _living(self) -> _Worker:
        """A process that waits for work, or a new one. Those that were ended while they waited are cleared away."""
        while True:
            try:
                worker = self.idle.get_nowait()
            except queue.Empty:
                return _Worker(self.module)
            if worker.process.poll() is None:
                return worker
            worker.end()


def answer_all(act: Callable[[Any], dict[str, object]], *, memory: int, writes: int = 0) -> None:
    """The whole life of such a process: hold itself to its limits (bytes), then answer until nobody asks any more."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (writes, writes))
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # a terminal's Ctrl-C reaches it too: it ends of that, and says so
    for line in sys.stdin:
        sys.stdout.write(json.dumps(act(json.loads(line))) + "\n")
        sys.stdout.flush()
