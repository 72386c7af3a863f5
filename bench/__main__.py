"""``make bench``: run every measurement, or the ones named, and print one table."""

from __future__ import annotations

import argparse
import importlib
import signal
import sys
import time
import traceback

from bench.table import print_table

MEASUREMENTS = (
    "docket",
    "pages",
    "editing",
    "filing",
    "mailing",
    "signon",
    "logout",
    "importing",
    "conversion",
    "statements",
    "startup",
)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"which ones: {', '.join(MEASUREMENTS)}")
    parser.add_argument(
        "--quick", action="store_true", help="smaller sizes, to see that the measurements themselves work"
    )
    args = parser.parse_args()
    unknown = set(args.names) - set(MEASUREMENTS)
    if unknown:
        parser.error(f"no such measurement: {', '.join(sorted(unknown))}")
    # A measurement that is asked to end takes its sites with it.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    rows, failed, began = [], [], time.monotonic()
    for name in args.names or MEASUREMENTS:
        print(f"… {name}, after {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
        try:
            measured = importlib.import_module(f"bench.{name}").measure(quick=args.quick)
        except Exception:  # noqa: BLE001  (whatever it was, the other figures are wanted)
            traceback.print_exc()
            failed.append(name)
            continue
        for row in measured:
            print(f"  {row.work}: {row.ours}, {row.theirs} {row.verdict}", file=sys.stderr, flush=True)
        rows += measured
    print_table(rows)
    print(f"\n{time.monotonic() - began:.0f} s in all", *(f"; {name} failed, see above" for name in failed), sep="")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
