"""Who may see a case, an entry or a document."""

from __future__ import annotations

from enum import IntEnum


class Restriction(IntEnum):
    """The levels, from open to closed. An unknown level is treated as the highest."""

    PUBLIC = 0
    PARTICIPANTS_AND_TERMINAL = 1
    PARTICIPANTS = 2
    SELECTED = 3
    FILER_AND_COURT = 4
    COURT = 5
    CHAMBERS = 6

    @classmethod
    def of(cls, value: int) -> Restriction:
        """Fail closed: what is not a level is chambers only."""
        return cls(value) if value in cls._value2member_map_ else cls.CHAMBERS
