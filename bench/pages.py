"""Small docket sheets under load, and the weight of the public pages."""

from __future__ import annotations

import gzip
import re
from statistics import median
from urllib.parse import urljoin

import httpx

from bench.client import Client
from bench.docket import fetch
from bench.load import under_load
from bench.stand import Stand, imported_case, say, stand
from bench.table import Row

CLIENTS = 10


def weight(url: str) -> int:
    """Compressed bytes of a page with its style sheets, scripts and icons."""
    with httpx.Client(headers={"Accept-Encoding": "gzip"}, follow_redirects=True) as http:
        page = http.get(url)
        total = len(gzip.compress(page.content))
        for link in sorted(set(re.findall(r'(?:<link[^>]+href|<script[^>]+src|<img[^>]+src)="([^"]+)"', page.text))):
            if not link.startswith("data:"):
                total += len(gzip.compress(http.get(urljoin(str(page.url), link)).content))
    return total


def measure(*, quick: bool) -> list[Row]:
    here = stand()
    return [_under_load(here, rounds=2 if quick else 4, seconds=2 if quick else 5), *_weights(here)]


def _under_load(here: Stand, *, rounds: int, seconds: float) -> Row:
    """Ten readers of a small docket, and ten callers of a view that says ``ok``, in turns.

    The empty view passes the same middleware as every page, called without a sign-on: the fastest answer there is.
    """
    case, _ = imported_case(101, 107)
    address, cookies = here.sites["flsd"]["base_url"], here.reader("flsd").cookies
    readers = [Client(address, cookies=cookies, referer="https://external") for _ in range(CLIENTS)]
    callers = [Client(address) for _ in range(CLIENTS)]
    sheets = [lambda one=one: bool(fetch(one, case)) for one in readers]
    empty = [lambda one=one: one.get("/healthz").status == 200 for one in callers]
    under_load(sheets, seconds=1), under_load(empty, seconds=1)
    ours, theirs = [], []
    for nth in range(rounds):
        theirs.append(under_load(empty, seconds=seconds))
        ours.append(under_load(sheets, seconds=seconds))
        say(f"round {nth + 1} of {rounds}: {ours[-1].rate:.0f} sheets/s, {theirs[-1].rate:.0f} empty pages/s")
    return Row(
        f"docket sheet of 107 entries, {CLIENTS} clients",
        f"{median(load.rate for load in ours):.0f} requests/s",
        "an empty view on the same server, not signed on",
        f"{median(load.rate for load in theirs):.0f} requests/s",
        median(mine.rate / other.rate for mine, other in zip(ours, theirs, strict=True)),
        0.5,
        "above",
        note=f"half of the sheets within {median(load.within(0.5) for load in ours) * 1000:.0f} ms",
    )


def _weights(here: Stand) -> list[Row]:
    central, court = here.sites["central"]["base_url"], here.sites["flsd"]["base_url"]
    pages = {
        "central front page": central,
        "court front page": court,
        "sign-on page": f"{central}/csologin/login.jsf",
        "court information": f"{court}/cgi-bin/CourtInfo.pl",
    }
    sizes = {name: weight(url) for name, url in pages.items()}
    return [
        Row(
            f"{name}, compressed, all parts",
            f"{size / 1024:.1f} KiB",
            "a budget of 50 KB",
            "50 KB",
            size / 50_000,
            1,
        )
        for name, size in sizes.items()
    ]
