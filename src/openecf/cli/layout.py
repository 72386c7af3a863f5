"""Where an installation keeps its things: ``var/`` and what lies in it."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from openecf.kernel.refusal import Refusal
from openecf.platform.config import Site

DEMONSTRATION_COURTS = ("flsb", "nysb", "flsd", "ca11")
CENTRAL_HOSTS = ("pacer.uscourts.gov", "pacer.login.uscourts.gov", "pacer.psc.uscourts.gov", "pcl.uscourts.gov")
# Offsets from the first port: the central site is 0, courts follow, and these lie above them.
MAILBOX_WEB, GATEWAY, MAILBOX_SMTP, PAYGOV = 90, 91, 92, 93
MOST_COURTS = MAILBOX_WEB - 1


class NoSuchSite(Refusal):
    """The installation has no such site."""


@dataclass(frozen=True)
class Layout:
    """One installation's folder."""

    var: Path

    def site_folder(self, site_id: str) -> Path:
        return self.var / site_id

    def site(self, site_id: str) -> Site:
        """The site; NoSuchSite if it was never created."""
        folder = self.site_folder(site_id)
        if not (folder / "site.json").exists():
            there = ", ".join(site.id for site in self.sites()) or "none yet: openecf up makes them"
            raise NoSuchSite(f"There is no site {site_id!r} in {self.var} (sites: {there}).")
        return Site(folder)

    def sites(self) -> Iterator[Site]:
        """Every site of the installation, the central one first, courts by port."""
        found = [Site(path.parent) for path in self.var.glob("[a-z]*/site.json")]
        return iter(sorted(found, key=lambda site: (site.config.kind != "central", site.config.port)))

    def is_demonstration(self, *, fresh: bool = True) -> bool:
        """Whether its sites show invented people and keep all mail to themselves; ``fresh`` before the first start."""
        central = self.site_folder("central")
        return Site(central).config.demonstration if (central / "site.json").exists() else fresh

    @property
    def sites_file(self) -> Path:
        return self.var / "sites.json"

    @property
    def facts(self) -> dict:
        """What ``sites.json`` says; empty before the first start."""
        with contextlib.suppress(FileNotFoundError, json.JSONDecodeError):
            return json.loads(self.sites_file.read_text("utf-8"))
        return {}


def default_var() -> Path:
    """``OPENECF_VAR``, or ``var`` in the current folder."""
    return Path(os.environ.get("OPENECF_VAR") or "var")


def layout_of(var: str | Path | None) -> Layout:
    return Layout(Path(var or default_var()).resolve())


def write_public(path: Path, content: str) -> None:
    """Write a file that anyone on the machine may read, replacing it whole."""
    temporary = path.with_name(path.name + ".new")
    temporary.write_text(content, "utf-8")
    temporary.replace(path)
