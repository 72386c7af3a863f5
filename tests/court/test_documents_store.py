"""The store: what goes in comes out, sealed bytes are unreadable without the key, a full disk loses nothing."""

from __future__ import annotations

import http.server
import io
import os
import subprocess
import sys
import threading
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from openecf.platform.config import StoreConfig, this_site
from openecf.platform.store import services as store
from openecf.platform.store.bucket import Bucket

SIZES = (0, 1, 65_535, 65_536, 65_537, 200_000)


def body(size: int) -> bytes:
    return (b"MOTION to Dismiss. " * (size // 19 + 1))[:size]


def files() -> list[Path]:
    return [path for path in this_site().documents_folder.rglob("*") if path.is_file()]


@pytest.mark.parametrize("sealed", [False, True], ids=["open", "sealed"])
@pytest.mark.parametrize("size", SIZES)
def test_what_goes_in_comes_out(size, sealed):
    stored = store.put(store.pieces(io.BytesIO(body(size))), sealed=sealed)
    assert stored.bytes == size
    assert store.has(stored.sha256, sealed=sealed)
    with store.open(stored.sha256, sealed=sealed) as file:
        assert file.read() == body(size)
        file.seek(size // 2)
        assert file.read(100) == body(size)[size // 2 :][:100]


def test_sealed_bytes_tell_nothing_on_disk():
    stored = store.put([body(5000), b"the secret settlement"], sealed=True)
    assert not store.has(stored.sha256)
    for path in files():
        if "sealed" in path.parts:
            assert b"secret settlement" not in path.read_bytes()
            assert stored.sha256 not in str(path)


@pytest.mark.parametrize("change", ["a byte", "cut short", "chunks swapped", "something added"])
def test_altered_sealed_bytes_are_noticed(change):
    stored = store.put([os.urandom(16), body(150_000), change.encode()], sealed=True)
    path = max((p for p in files() if "sealed" in p.parts), key=lambda p: p.stat().st_mtime_ns)
    kept = bytearray(path.read_bytes())
    head, chunk = 17 + 32, 65_536 + 16
    if change == "a byte":
        kept[head + 10] ^= 1
    elif change == "cut short":
        del kept[head + chunk :]
    elif change == "chunks swapped":
        first, second = kept[head : head + chunk], kept[head + chunk : head + 2 * chunk]
        kept[head : head + 2 * chunk] = second + first
    else:
        kept += b"x" * 40
    path.write_bytes(kept)
    with pytest.raises(store.Tampered), store.open(stored.sha256, sealed=True) as file:
        file.read()


def test_bytes_that_are_not_here():
    with pytest.raises(store.NotStored):
        store.open("0" * 64)


FULL = """
import os, resource, signal, sys
import django
django.setup()
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
from openecf.platform.config import this_site
from openecf.platform.store import services as store
before = sorted(p for p in this_site().documents_folder.rglob("*") if p.is_file())
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
try:
    store.put(iter([b"x" * 60_000, b"y" * 60_000]))
except store.StoreFull as refusal:
    after = sorted(p for p in this_site().documents_folder.rglob("*") if p.is_file())
    print("REFUSED" if after == before else "LEFTOVERS", refusal.said)
"""


def test_a_full_disk_refuses_and_leaves_nothing_behind():
    run = subprocess.run(
        [sys.executable, "-c", FULL],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parents[2],
    )
    assert run.stdout.startswith("REFUSED The court's document store is full."), run.stdout + run.stderr


class Shelf(http.server.BaseHTTPRequestHandler):
    """As much of an S3-compatible service as keeping and fetching objects needs."""

    protocol_version = "HTTP/1.1"
    objects: dict[str, bytes] = {}

    def _name(self) -> str:
        return unquote(urlsplit(self.path).path)

    def _answer(self, status: int, content: bytes = b"") -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("ETag", '"x"')
        self.send_header("Last-Modified", "Tue, 02 Jan 2024 00:00:00 GMT")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def do_PUT(self) -> None:  # noqa: N802
        if "chunked" in self.headers.get("Transfer-Encoding", "") or "aws-chunked" in self.headers.get(
            "Content-Encoding", ""
        ):
            content = self._chunked()
        else:
            content = self.rfile.read(int(self.headers["Content-Length"]))
        self.objects[self._name()] = content
        self._answer(200)

    def _chunked(self) -> bytes:
        raw = self.rfile.read(int(self.headers["Content-Length"])) if "Content-Length" in self.headers else b""
        content, rest = b"", raw
        while rest:
            line, _, rest = rest.partition(b"\r\n")
            size = int(line.split(b";")[0], 16)
            if not size:
                break
            content, rest = content + rest[:size], rest[size + 2 :]
        return content

    def do_HEAD(self) -> None:  # noqa: N802
        self.do_GET()

    def do_GET(self) -> None:  # noqa: N802
        found = self.objects.get(self._name())
        if found is None:
            self._answer(404)
        else:
            self._answer(200, found)

    def do_DELETE(self) -> None:  # noqa: N802
        self.objects.pop(self._name(), None)
        self._answer(204)

    def log_message(self, *_args) -> None:
        """Quiet."""


def test_a_bucket_keeps_and_gives_back(monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Shelf)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        bucket = Bucket(
            StoreConfig(
                kind="s3", bucket="court", endpoint_url=f"http://127.0.0.1:{server.server_port}", region="us-east-1"
            )
        )
        with bucket.temporary() as out:
            out.write(b"the complaint")
            bucket.keep(out, "plain/abc")
        assert Shelf.objects == {"/court/plain/abc": b"the complaint"}
        assert bucket.has("plain/abc")
        with bucket.open("plain/abc") as file:
            assert file.read() == b"the complaint"
        with pytest.raises(FileNotFoundError):
            bucket.open("plain/nothing").read()
        bucket.drop("plain/abc")
        assert not bucket.has("plain/abc")
    finally:
        server.shutdown()
        server.server_close()
