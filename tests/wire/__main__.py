"""``python -m tests.wire --dir DIR``: how a folder of docket JSON comes back from the published clients."""

from __future__ import annotations

import argparse
import random
import tempfile
from pathlib import Path

from tests.wire import mutate
from tests.wire.live_table import live_round_trip
from tests.wire.table import printed, round_trip


def main() -> None:
    parser = argparse.ArgumentParser(prog="tests.wire", description=__doc__)
    parser.add_argument("--dir", type=Path, required=True, help="folder of docket JSON files")
    parser.add_argument(
        "--seed", type=int, default=None, help="seed of the mutation and edit runs (drawn if not given)"
    )
    parser.add_argument("--clients", default="3,4", help="versions of juriscraper, 3 and 4")
    parser.add_argument("--only", choices=["plain", "mutated", "edited"], help="one run instead of all three")
    parser.add_argument(
        "--live", action="store_true", help="plain and mutated runs against running courts, through the gateway"
    )
    given = parser.parse_args()
    clients = tuple(given.clients.split(","))
    seed = given.seed if given.seed is not None else random.SystemRandom().randrange(1, 1_000_000)
    # A clerk edits in the court's own process, so the edited run is not live.
    every = ["plain", "mutated"] if given.live else ["plain", "mutated", "edited"]
    runs = [given.only] if given.only else every
    for run in runs:
        folder, edits = given.dir, 0
        if run != "plain":
            folder = Path(tempfile.mkdtemp(prefix="openecf-mutated-"))
            mutate.folder(given.dir, folder, seed=seed)
        if run == "edited":
            edits = seed
        trip = (
            live_round_trip(folder, clients=clients) if given.live else round_trip(folder, clients=clients, edits=edits)
        )
        for version, outcomes in trip.items():
            said = "" if run == "plain" else f", seed {seed}"
            print(
                printed(outcomes, f"\njuriscraper {version}{', live' if given.live else ''}: {run}{said}"), flush=True
            )


if __name__ == "__main__":
    main()
