"""Signing off while two hundred courts are signed on: how long until each court that is up has heard.

The central site is the one of ``openecf up`` with its own worker; the courts are stubs on one socket each kind: 170 that
answer, 10 that answer after five seconds, 10 that take the connection and never answer, 10 where nothing listens. The
time runs from the press of the button to the arrival of the logout token. What a court that is down misses it learns
from the feed when it is back (``tests/central/test_signon_logout.py``).
"""

from __future__ import annotations

import contextlib
import json
import socket
import threading
import time
from collections.abc import Iterator, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from statistics import median
from uuid import uuid4

from bench.client import Client, Form
from bench.stand import Stand, say, stand
from bench.table import Row
from openecf.kernel.tokens import base62, digest
from openecf.platform.demo_cast import ACCOUNTS

COURTS, SLOW, SILENT, GONE = 200, 10, 10, 10
SECONDS_OF_SLOW = 5.0
BAR = 3.0
_OWNER = next(one for one in ACCOUNTS if one.username == "hlindqvist")


class Stubs:
    """The courts' back channels; ``heard`` is when each of them was told."""

    def __init__(self) -> None:
        self.heard: dict[str, float] = {}
        self.all_up = threading.Event()
        self.quick = COURTS - SLOW - SILENT - GONE
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                self.rfile.read(int(self.headers.get("Content-Length") or 0))
                kind, court = self.path.strip("/").split("/")
                outer.note(court, kind)
                if kind == "slow":
                    time.sleep(SECONDS_OF_SLOW)
                if kind == "silent":
                    time.sleep(30)
                    return
                with contextlib.suppress(OSError):
                    self.send_response(200)
                    self.send_header("Content-Length", "0")
                    self.end_headers()

            def log_message(self, *_args: object) -> None:
                """Quiet."""

        ThreadingHTTPServer.request_queue_size = 256
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        with socket.socket() as unused:
            unused.bind(("127.0.0.1", 0))
            self.nobody = unused.getsockname()[1]

    def note(self, court: str, kind: str) -> None:
        self.heard.setdefault(court, time.monotonic())
        if sum(name.startswith("q") for name in self.heard) >= self.quick:
            self.all_up.set()

    def courts(self) -> list[tuple[str, str]]:
        """Id and back channel of each; those that are trouble come between the others."""
        kinds = ["slow"] * SLOW + ["silent"] * SILENT + ["gone"] * GONE
        found = []
        for n in range(COURTS):
            kind = kinds[n // 6] if n % 6 == 0 and n // 6 < len(kinds) else "quick"
            port = self.nobody if kind == "gone" else self.server.server_port
            court = f"{kind[0]}{n:03d}"
            found.append((court, f"http://127.0.0.1:{port}/{kind}/{court}"))
        return found


@contextlib.contextmanager
def registered(here: Stand, courts: Sequence[tuple[str, str]]) -> Iterator[None]:
    """The stubs as relying parties of the central site."""
    names, uris = [court for court, _ in courts], [uri for _, uri in courts]
    with here.database("central") as database:
        database.execute(
            """INSERT INTO court_site SELECT (jsonb_populate_record(c, jsonb_build_object('id', name))).*
               FROM court_site c, unnest(%s::text[]) AS name WHERE c.id = 'flsb'""",
            [names],
        )
        database.execute(
            """INSERT INTO signon_client SELECT (jsonb_populate_record(
                 c, jsonb_build_object('court_id', name, 'backchannel_logout_uri', uri))).*
               FROM signon_client c, unnest(%s::text[], %s::text[]) AS stub (name, uri) WHERE c.court_id = 'flsb'""",
            [names, uris],
        )
    try:
        yield
    finally:
        with here.database("central") as database:
            for table in ("signon_logout_delivery", "signon_revocation", "signon_court_session", "signon_client"):
                database.execute(f"DELETE FROM {table} WHERE court_id = ANY(%s)", [names])  # noqa: S608
            database.execute("DELETE FROM court_site WHERE id = ANY(%s)", [names])


def signed_on_everywhere(here: Stand, courts: Sequence[tuple[str, str]]) -> Client:
    """A browser whose sign-on has opened every court."""
    secret, session = base62(43), uuid4()
    with here.database("central") as database, database.cursor() as cursor:
        database.execute(
            """INSERT INTO signon_session (id, account_id, kind, digest, auth_time, acr, amr, client_code, device,
               created_at, last_seen_at, expires_at, ended_why, reads_as)
               VALUES (%s, %s, 'browser', %s, now(), 'urn:openecf:aal1', %s, '', '', now(), now(), now() + interval '12 hours', '', '')""",
            [session, _OWNER.id, digest(secret), json.dumps(["pwd"])],
        )
        cursor.executemany(
            """INSERT INTO signon_court_session (sso_id, court_id, rp_sid, first_used_at, last_used_at)
               VALUES (%s, %s, %s, now(), now())""",
            [(session, court, base62(32)) for court, _ in courts],
        )
    return Client(here.sites["central"]["base_url"], cookies={"openecf_central_session": secret})


def once(here: Stand, stubs: Stubs, courts: Sequence[tuple[str, str]]) -> list[float]:
    """Press the button; seconds until each court that is up had heard, in order."""
    stubs.heard.clear()
    stubs.all_up.clear()
    browser = signed_on_everywhere(here, courts)
    form = Form(browser.get("/csologin/logout").text)
    began = time.monotonic()
    answer = browser.post("/csologin/logout", form.fields)
    if answer.status != 200:
        raise RuntimeError(f"signing off: {answer.status} {answer.text[:300]}")
    if not stubs.all_up.wait(30):
        raise RuntimeError(f"only {len(stubs.heard)} courts have heard within half a minute")
    return sorted(at - began for court, at in stubs.heard.items() if court.startswith("q"))


def measure(*, quick: bool) -> list[Row]:
    here, stubs = stand(), Stubs()
    courts = stubs.courts()
    last, middle = [], []
    with registered(here, courts):
        for nth in range(2 if quick else 5):
            heard = once(here, stubs, courts)
            say(
                f"{len(heard)} courts heard: half of them after {median(heard):.2f} s, the last after {heard[-1]:.2f} s"
            )
            if nth:
                last.append(heard[-1])
                middle.append(median(heard))
            time.sleep(4)  # the tries of the others end
    return [
        Row(
            f"signing off at {COURTS} courts, {SILENT + GONE} down, {SLOW} slow: the last that is up",
            f"{max(last):.2f} s",
            "what the issue allows",
            f"{BAR:.0f} s",
            max(last) / BAR,
            1.0,
            note=f"half of them after {median(middle):.2f} s; worst of {len(last)} rounds",
        )
    ]
