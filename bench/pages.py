"""Small docket sheets under load, and the weight of the public pages."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import process_time
from urllib.parse import urljoin

import httpx

from bench.client import Client
from bench.docket import fetch
from bench.load import Load, under_load
from bench.stand import Stand, imported_case, say, stand
from bench.table import Row

CLIENTS = 10


def weight(url: str) -> int:
    """Bytes of a page with its style sheets, scripts and icons, as they are sent to a browser that takes gzip."""
    with httpx.Client(headers={"Accept-Encoding": "gzip"}, follow_redirects=True) as http:
        page = http.get(url)
        total = page.num_bytes_downloaded
        for link in sorted(set(re.findall(r'(?:<link[^>]+href|<script[^>]+src|<img[^>]+src)="([^"]+)"', page.text))):
            if not link.startswith("data:"):
                total += http.get(urljoin(str(page.url), link)).num_bytes_downloaded
    return total


def measure(*, quick: bool) -> list[Row]:
    here = stand()
    return [*_under_load(here, rounds=3 if quick else 8, seconds=1.5 if quick else 3), *_weights(here)]


@dataclass(frozen=True)
class Turn:
    """One kind of request for a while: what came of it, and the CPU that the court's server process and we took."""

    load: Load
    server: float
    ours: float

    @property
    def each(self) -> float:
        """Milliseconds of the server's CPU for one request."""
        return self.server / self.load.done * 1000


def _under_load(here: Stand, *, rounds: int, seconds: float) -> list[Row]:
    """Ten readers of a small docket, and ten callers of a view that says ``ok``, in turns.

    The empty view passes the same middleware as every page. It is asked with the readers' own sign-on, which every page
    looks up, and once more without one: the fastest answer that there is, and no page that a reader could get.
    """
    case, _ = imported_case(101, 107)
    address, cookies = here.sites["flsd"]["base_url"], here.reader("flsd").cookies
    acts = {
        "sheet": [
            lambda one=Client(address, cookies=cookies, referer=address): bool(fetch(one, case)) for _ in range(CLIENTS)
        ],
        "signed on": [lambda one=Client(address, cookies=cookies): _is_empty(one) for _ in range(CLIENTS)],
        "nobody": [lambda one=Client(address): _is_empty(one) for _ in range(CLIENTS)],
    }
    server = here.server_pid("flsd")
    for each in acts.values():
        under_load(each, seconds=1)
    turns: dict[str, list[Turn]] = {name: [] for name in acts}
    for nth in range(rounds):
        for name, each in acts.items():
            turns[name].append(_turn(each, seconds=seconds, server=server))
        told = ", ".join(f"{name} {of[-1].load.rate:.0f}/s at {of[-1].each:.2f} ms CPU" for name, of in turns.items())
        say(f"round {nth + 1} of {rounds}: {told}")
    return _rows(turns)


def _is_empty(one: Client) -> bool:
    return one.get("/healthz").status == 200


def cpu(pid: int) -> float:
    """Seconds of CPU that a process has taken so far."""
    after_name = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(after_name[11]) + int(after_name[12])) / os.sysconf("SC_CLK_TCK")


def _turn(acts: Sequence[Callable[[], bool]], *, seconds: float, server: int) -> Turn:
    before, began = cpu(server), process_time()
    load = under_load(acts, seconds=seconds)
    return Turn(load, cpu(server) - before, process_time() - began)


def _rows(turns: Mapping[str, Sequence[Turn]]) -> list[Row]:
    sheets, empty, nobody = turns["sheet"], turns["signed on"], turns["nobody"]

    def rate(of: Sequence[Turn]) -> str:
        return f"{median(turn.load.rate for turn in of):.0f} requests/s"

    def each(of: Sequence[Turn]) -> str:
        return f"{median(turn.each for turn in of):.2f} ms"

    def over(of: Sequence[Turn], other: Sequence[Turn]) -> float:
        return median(mine.load.rate / their.load.rate for mine, their in zip(of, other, strict=True))

    work = f"docket sheet of 107 entries, {CLIENTS} clients"
    half = median(turn.load.within(0.5) for turn in sheets) * 1000
    loader = median(turn.ours / turn.load.done for turn in sheets) * 1000
    return [
        Row(
            work,
            rate(sheets),
            "an empty view on the same server, same sign-on",
            rate(empty),
            over(sheets, empty),
            0.5,
            "above",
            note=f"half of the sheets within {half:.0f} ms; {loader:.2f} ms of the clients' own CPU a sheet",
        ),
        Row(work, rate(sheets), "the empty view, not signed on", rate(nobody), over(sheets, nobody)),
        Row(
            "its CPU in the court's server process",
            each(sheets),
            "the empty view's, same sign-on",
            each(empty),
            median(mine.each / their.each for mine, their in zip(sheets, empty, strict=True)),
            note=f"the empty view, not signed on: {each(nobody)}",
        ),
    ]


def _weights(here: Stand) -> list[Row]:
    central, court = here.sites["central"]["base_url"], here.sites["flsd"]["base_url"]
    pages = {
        "central front page": central,
        "list of courts": f"{central}/courts",
        "court front page": court,
        "sign-on page": f"{central}/csologin/login.jsf",
        "court information": f"{court}/cgi-bin/CourtInfo.pl",
    }
    sizes = {name: weight(url) for name, url in pages.items()}
    return [
        Row(
            f"{name}, as sent, all parts",
            f"{size / 1024:.1f} KiB",
            "a budget of 50 KB",
            "50 KB",
            size / 50_000,
            1,
        )
        for name, size in sizes.items()
    ]
