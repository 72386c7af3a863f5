"""The national directory: every federal court, its kind, its document-number prefix and its time zone."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Literal

Kind = Literal["appellate", "district", "bankruptcy"]

JAVA_SERVLET_ROOT = frozenset({"ca5", "ca7", "ca11"})
NATIONAL = frozenset({"cit", "cofc", "jpml"})
"""Trial courts and panels that sit for no one state."""


@dataclass(frozen=True)
class Court:
    """A federal court. ``id`` is the second label of its host name (``flsb`` in ``ecf.flsb.uscourts.gov``).

    ``within``: the court of appeals that the panel belongs to, of a bankruptcy appellate panel (28 U.S.C. § 158(b)),
    which has no site of its own; empty for everybody else.
    """

    id: str
    kind: Kind
    name: str
    zone: str
    prefixes: tuple[str, ...]
    within: str = ""

    @property
    def prefix(self) -> str:
        """The three digits before each new document number of this court."""
        return self.prefixes[0]

    @property
    def host(self) -> str:
        """The public host name that clients know."""
        return f"ecf.{self.within or self.id}.uscourts.gov"

    @property
    def state(self) -> str:
        """``FL``; empty for the courts of appeals and the national courts. The Northern Mariana Islands are ``MP``."""
        if self.kind == "appellate" or self.id in NATIONAL:
            return ""
        return "MP" if self.id.startswith("nmi") else self.id[:2].upper()

    @property
    def title(self) -> str:
        """``U.S. Bankruptcy Court``, ``U.S. District Court``, ``United States Court of Appeals``."""
        if self.within:
            return "U.S. Bankruptcy Appellate Panel"
        return {
            "appellate": "United States Court of Appeals",
            "district": "U.S. District Court",
            "bankruptcy": "U.S. Bankruptcy Court",
        }[self.kind]

    @property
    def full_name(self) -> str:
        """``U.S. Bankruptcy Court, Southern District of Florida``."""
        if self.within:
            return f"{self.title} of the {self.name}"
        if self.kind == "appellate":
            return f"{self.title} for {'' if self.id == 'cavc' else 'the '}{self.name}"
        if self.id in NATIONAL:
            return f"United States {self.name}"
        return f"{self.title}, {self.name}"

    @property
    def sign_on_id(self) -> str:
        """The id that Central Sign-On and the Case Locator use: ``FLSBK``, ``FLSDC``, ``11CA``, ``09BAP``."""
        if numbered := re.fullmatch(r"(ca|bap)(\d+)", self.id):
            return f"{int(numbered[2]):02d}{numbered[1].upper()}"
        if self.kind == "bankruptcy":
            return f"{self.id}k".upper()
        if self.id.endswith("d"):
            return f"{self.id}c".upper()
        return self.id.upper()


class NoSuchCourt(LookupError):
    """No federal court has this id."""


@cache
def directory() -> dict[str, Court]:
    """Every court that has a site, by its id."""
    return {court_id: court for court_id, court in listed().items() if not court.within}


@cache
def listed() -> dict[str, Court]:
    """Every court that people look for, by its id: those that have a site, and the panels that sit on another's."""
    rows = tomllib.loads(resources.files("openecf.kernel").joinpath("courts.toml").read_text("utf-8"))
    return {
        court_id: Court(
            court_id, row["kind"], row["name"], row["zone"], tuple(row["prefixes"]), within=row.get("within", "")
        )
        for court_id, row in rows.items()
    }


def court(court_id: str) -> Court:
    """The court of that id; NoSuchCourt if there is none."""
    try:
        return directory()[court_id.lower()]
    except KeyError:
        raise NoSuchCourt(court_id) from None
