"""Asking the inspector: a few processes kept warm, each ended when it takes too long over a file."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import select
import subprocess
import sys
import time

from openecf.platform.pdf.rules import Findings

SECONDS = 20
"""How long a file may take. An ordinary one takes milliseconds."""
AT_ONCE = 4
WAIT = 45
"""How many seconds a file waits for its turn."""


class _Inspector:
    def __init__(self) -> None:
        self.process = subprocess.Popen(  # noqa: S603  (our own module, no shell)
            [sys.executable, "-m", "openecf.platform.pdf.inspector"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={key: value for key, value in os.environ.items() if key in {"PATH", "PYTHONPATH", "LANG"}},
        )

    def ask(self, path: str) -> Findings:
        process = self.process
        assert process.stdin
        assert process.stdout
        process.stdin.write(path.encode() + b"\n")
        process.stdin.flush()
        answer, until = b"", time.monotonic() + SECONDS
        while not answer.endswith(b"\n"):
            left = until - time.monotonic()
            if left <= 0 or not select.select([process.stdout], [], [], left)[0]:
                raise TimeoutError
            piece = os.read(process.stdout.fileno(), 65536)
            if not piece:
                raise BrokenPipeError
            answer += piece
        return Findings(**json.loads(answer))

    def end(self) -> None:
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe:
                with contextlib.suppress(BrokenPipeError):
                    pipe.close()


_idle: queue.LifoQueue[_Inspector] = queue.LifoQueue()
_turns: queue.Queue[None] = queue.Queue(AT_ONCE)


def findings(path: str) -> Findings:
    """What an inspection of this file finds; ``too-complex`` when the inspector died of it or took too long.

    ``busy`` when no inspector came free for a while: a few hostile files must not hold every thread of the site.
    """
    try:
        _turns.put(None, timeout=WAIT)
    except queue.Full:
        return Findings(wrong="busy")
    try:
        return _ask(path)
    finally:
        _turns.get()


def _ask(path: str) -> Findings:
    for _attempt in range(2):
        try:
            inspector = _idle.get_nowait()
        except queue.Empty:
            inspector = _Inspector()
        fresh = inspector.process.poll() is None
        try:
            answer = inspector.ask(path) if fresh else None
        except TimeoutError:
            inspector.end()
            return Findings(wrong="too-complex")
        except (BrokenPipeError, ValueError):
            answer = None
        if answer is not None:
            _idle.put(inspector)
            return answer
        # It may have been ended from outside while idle: a second one decides whether the file was the reason.
        inspector.end()
    return Findings(wrong="too-complex")
