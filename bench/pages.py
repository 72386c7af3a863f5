"""Small docket sheets under load, and the weight of the public pages."""

from __future__ import annotations

import gzip
import re
import threading
import time
from collections.abc import Callable
from urllib.parse import urljoin

import httpx

from bench.docket import fetch
from bench.stand import imported_case, stand
from bench.table import Row

CLIENTS = 10


def rate(make: Callable[[], Callable[[], object]], seconds: float) -> float:
    """Requests a second by ten clients that never wait."""
    done = [0] * CLIENTS
    until = time.perf_counter() + seconds

    def client(place: int) -> None:
        act = make()
        while time.perf_counter() < until:
            act()
            done[place] += 1

    threads = [threading.Thread(target=client, args=(n,)) for n in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(done) / seconds


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
    seconds = 3 if quick else 8
    case, _ = imported_case(101, 107)
    base = here.sites["flsd"]["base_url"]
    token = here.program("flsd")

    def sheet() -> Callable[[], object]:
        http = httpx.Client(base_url=base, cookies=token.cookies, headers=token.headers, timeout=60)
        return lambda: fetch(http, case)

    def empty() -> Callable[[], object]:
        http = httpx.Client(base_url=base, timeout=60)
        return lambda: http.get("/healthz")

    rate(empty, 1)
    rate(sheet, 1)
    theirs, ours = rate(empty, seconds), rate(sheet, seconds)
    rows = [
        Row(
            "docket sheet of 107 entries, 10 clients",
            f"{ours:.0f} requests/s",
            "an empty view on the same server",
            f"{theirs:.0f} requests/s",
            ours / theirs,
            0.5,
            "above",
        )
    ]
    central = here.sites["central"]["base_url"]
    for name, url in (
        ("central front page", central),
        ("court front page", base),
        ("sign-on page", f"{central}/csologin/login.jsf"),
    ):
        size = weight(url)
        rows.append(
            Row(
                f"{name}, compressed, all parts",
                f"{size / 1024:.1f} KiB",
                "a budget of 50 KiB",
                "50 KiB",
                size / 51200,
                1,
            )
        )
    return rows
