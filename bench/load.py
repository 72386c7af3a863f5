"""Clients that never wait: how many acts a second several of them get done."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Load:
    """What came of a load: acts done, seconds, and the seconds that each act took, sorted."""

    done: int
    seconds: float
    each: tuple[float, ...]

    @property
    def rate(self) -> float:
        return self.done / self.seconds

    def within(self, share: float) -> float:
        """The seconds within which that share of the acts was done."""
        return self.each[min(len(self.each) - 1, int(share * len(self.each)))] if self.each else 0.0


def under_load(acts: Sequence[Callable[[], bool | None]], *, seconds: float = 0) -> Load:
    """Each act again and again by a client of its own: for so many seconds, or (0) until it answers False.

    A failure of one client ends the measurement.
    """
    taken: list[list[float]] = [[] for _ in acts]
    failures: list[BaseException] = []
    began = time.perf_counter()

    def client(place: int) -> None:
        try:
            while not failures and (not seconds or time.perf_counter() - began < seconds):
                started = time.perf_counter()
                if acts[place]() is False:
                    return
                taken[place].append(time.perf_counter() - started)
        except BaseException as failure:  # noqa: BLE001  (told to the one who measures, below)
            failures.append(failure)

    threads = [threading.Thread(target=client, args=(place,), daemon=True) for place in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    whole = time.perf_counter() - began
    if failures:
        raise failures[0]
    each = sorted(one for client_times in taken for one in client_times)
    return Load(len(each), whole, tuple(each))
