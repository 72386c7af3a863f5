"""How long the demonstration takes to start: with nothing made yet, and again with everything there.

What ``make run`` does before the first start on a fresh machine (packages, web assets) hangs on the network and is not
in these figures.
"""

from __future__ import annotations

from statistics import median

from bench.stand import say, stand
from bench.table import Row

FIRST, LATER = 240, 10


def measure(*, quick: bool) -> list[Row]:
    here = stand()
    later = []
    for _ in range(1 if quick else 3):
        here.stop()
        later.append(here.start())
        say(f"started again in {later[-1]:.1f} s")
    return [
        _row("first start: databases and demonstration made", here.started_in, FIRST),
        _row("later start: every site answers", median(later), LATER),
    ]


def _row(work: str, seconds: float, budget: int) -> Row:
    return Row(work, f"{seconds:.1f} s", f"a budget of {budget} s", f"{budget} s", seconds / budget, 1)
