"""The table of ``tests.wire.table`` with running courts: each docket imported into its own court and asked for over HTTP.

A court is made for every court of the folder, some at a time, each batch in an installation of its own. A second copy
of one case would extend the first, so it waits for a later batch.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from openecf.kernel import courts
from tests.stand import Stand
from tests.wire.compare import differences
from tests.wire.live import Juriscraper, as_asked, case_ids, create, several
from tests.wire.table import Outcome, files_by_kind

AT_ONCE = 8
"""Courts in one batch: each is two processes."""


@dataclass(frozen=True)
class File:
    """One docket of a folder."""

    path: Path
    docket: dict

    @property
    def court(self) -> str:
        return self.docket["court_id"]

    @property
    def case(self) -> tuple[str, str]:
        return str(self.docket.get("docket_number")), str(self.docket.get("federal_defendant_number"))


def live_round_trip(folder: Path, *, clients: tuple[str, ...] = ("3",)) -> dict[str, list[Outcome]]:
    """Import every docket of a folder, fetch it through the gateway with each client, and compare."""
    by_kind, refused = files_by_kind(folder)
    files = [File(path, json.loads(path.read_bytes())) for found in by_kind.values() for path, _court in found]
    outcomes = {version: list(refused) for version in clients}
    for batch in batches(files):
        for version, some in _one_batch(batch, clients).items():
            outcomes[version] += some
    return outcomes


def batches(files: list[File]) -> Iterator[list[File]]:
    """Files that fit into one installation: of a few courts, and no case twice."""
    waiting = list(files)
    while waiting:
        chosen = sorted({file.court for file in waiting})[:AT_ONCE]
        taken: dict[tuple, File] = {}
        for file in waiting:
            if file.court in chosen:
                taken.setdefault((file.court, file.case), file)
        yield list(taken.values())
        waiting = [file for file in waiting if all(file is not one for one in taken.values())]


def _one_batch(files: list[File], clients: tuple[str, ...]) -> dict[str, list[Outcome]]:
    stand = Stand(courts="")
    work = Path(tempfile.mkdtemp(prefix="openecf-live-"))
    try:
        create(stand, *sorted({file.court for file in files}))
        return import_and_fetch(stand, files, clients, work)
    finally:
        stand.discard()
        shutil.rmtree(work, ignore_errors=True)


def import_and_fetch(stand: Stand, files: list[File], clients: tuple[str, ...], work: Path) -> dict[str, list[Outcome]]:
    """Import files into the courts of a running installation and fetch each case with each client."""
    named = {f"{work.name}-{n}": file for n, file in enumerate(files)}
    for name, file in named.items():
        shutil.copy(file.path, work / f"{name}.json")
    told = stand.run("import", "dockets", str(work), check=False).stderr
    cases = {court: case_ids(stand, court) for court in {file.court for file in files}}
    found: dict[str, list[Outcome]] = defaultdict(list)
    for version in clients:
        client = Juriscraper(stand, version)
        for name, file in named.items():
            outcome = Outcome(file.path, courts.court(file.court).kind)
            if case := cases[file.court].get(name):
                _fetch(client, file, case, outcome)
            else:
                outcome.failure = next((line for line in told.splitlines() if f"{name}.json" in line), "not imported")
            found[version].append(outcome)
        sign_ons = client.sign_ons
        client.end()
        if sign_ons != 1:
            raise AssertionError(f"juriscraper {version} signed on {sign_ons} times in one session")
    return found


def _fetch(client: Juriscraper, file: File, case: str, outcome: Outcome) -> None:
    try:
        number = file.docket["docket_number"]
        docket = client.docket(file.court, case=case, number=number, choice=several(file.docket))
    except AssertionError as failed:
        outcome.failure = str(failed)
    else:
        outcome.fields, outcome.wrong = differences(as_asked(file.docket), docket)
