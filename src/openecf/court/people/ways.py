"""Pure decisions about where notices of a case go and when: what each person chose for each address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

FILING, SUMMARY, NONE = "filing", "summary", "none"
"""At once; with the day's summary; not at all (secondary addresses only)."""
PRIMARY = ""
"""Stands for a person's primary address, whatever it is."""


@dataclass(frozen=True)
class Way:
    """How notices of one case go to one address. ``wants_text``: None is as the person's notices are.

    ``case_chosen``: said for this very case. ``verifies_look``: links ask once more before a free look is used up.
    """

    how: str = FILING
    wants_text: bool | None = None
    case_chosen: bool = False
    verifies_look: bool = True


USUAL = Way()


@dataclass(frozen=True)
class Ways:
    """How notices of one case reach the addresses of people, where they chose anything. Addresses in small letters."""

    chosen: Mapping[tuple[int, str], Way] = field(default_factory=dict)

    def to(self, user: int | None, address: str) -> Way:
        """The way to an address of a person; the usual one where nothing was chosen."""
        return USUAL if user is None else self.chosen.get((user, address.lower()), USUAL)

    def asked_by(self) -> dict[int, list[str]]:
        """Who said for this very case that notices should come, and to which addresses."""
        found: dict[int, list[str]] = {}
        for (user, address), way in self.chosen.items():
            if way.case_chosen and way.how != NONE and address:
                found.setdefault(user, []).append(address)
        return found


def offered(*, is_primary: bool, own_case: bool = True) -> tuple[str, ...]:
    """What may be chosen for an address: the primary one serves documents on the person, so it is always told; a case
    that is not the person's own is told of, or is not chosen."""
    return (FILING, SUMMARY) if is_primary or not own_case else (FILING, SUMMARY, NONE)
