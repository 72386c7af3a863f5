"""Whether the password hash of this installation works on this machine, and what one costs.

``python -m openecf.cli.hashing`` says it; ``make run`` asks after it built the hash for this very processor.
"""

from __future__ import annotations

import os
import signal
import sys
import time

from argon2.low_level import Type, hash_secret_raw

from openecf.kernel.refusal import Refusal

KNOWN = bytes.fromhex("f6d8a98ca7cc21ecc7832606c97cde058125abc558534e9411e06ba27d710a3f")
"""Argon2id of "walnut" with the salt "openecf-known-01", 19 MiB, two passes, one lane: what every right build answers."""

MEND = "Run make published-hash, or install argon2-cffi-bindings anew."


TRIES = 3
"""Of which the quickest is told: the first loads what it needs, and the machine has other things to do."""


class HashBroken(Refusal):
    """The hash ends its process here (built for another processor), or answers something else than Argon2id."""


def cost() -> float:
    """Processor milliseconds of one password hash; HashBroken.

    Tried in a process of its own: a build for a processor with more than this one has ends whoever calls it.
    """
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        right = False
        try:
            answers, taken = zip(*(_timed() for _ in range(TRIES)), strict=True)
            right = set(answers) == {KNOWN}
            os.write(writing, f"{min(taken) * 1000}".encode())
        finally:
            os._exit(0 if right else 1)
    os.close(writing)
    with os.fdopen(reading) as said:
        milliseconds = said.read()
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if code:
        elsewhere = code == -signal.SIGILL
        why = "was built for another processor than this" if elsewhere else "does not answer what Argon2id answers"
        raise HashBroken(f"The password hash {why}. {MEND}", why=why)
    return float(milliseconds)


def _timed() -> tuple[bytes, float]:
    """What the hash answers, and the processor seconds that it took."""
    begun = time.process_time()
    answer = hash_secret_raw(
        b"walnut", b"openecf-known-01", time_cost=2, memory_cost=19 * 1024, parallelism=1, hash_len=32, type=Type.ID
    )
    return answer, time.process_time() - begun


def main() -> int:
    try:
        print(f"{cost():.1f} ms of the processor for each password hash")
    except HashBroken as broken:
        print(broken, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
