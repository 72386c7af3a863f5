"""Where each state's tile lies on the map of courts."""

from __future__ import annotations

from dataclasses import dataclass

# A tile grid: every state the same size, roughly where it is. One line a row, two letters a tile.
_GRID = """
AK .. .. .. .. .. .. .. .. .. ME
.. .. .. .. .. .. .. .. .. VT NH
WA ID MT ND MN IL WI MI NY RI MA
OR NV WY SD IA IN OH PA NJ CT ..
CA UT CO NE MO KY WV VA MD DE ..
.. AZ NM KS AR TN NC SC DC .. ..
.. .. .. OK LA MS AL GA .. .. VI
HI GU MP TX .. .. .. .. FL .. PR
"""
SIZE = 44


@dataclass(frozen=True)
class Place:
    """A state's tile: its letters and the corner of its square, in the drawing's own units."""

    state: str
    x: int
    y: int

    @property
    def middle(self) -> tuple[int, int]:
        return self.x + SIZE // 2, self.y + SIZE // 2 + 5


def places() -> tuple[Place, ...]:
    """Every tile, row by row."""
    found = []
    for row, line in enumerate(_GRID.strip().splitlines()):
        for column, state in enumerate(line.split()):
            if state != "..":
                found.append(Place(state, column * (SIZE + 4), row * (SIZE + 4)))
    return tuple(found)
