"""The gateway carries hard-wired host names to this machine's sites, and nothing anywhere else."""

from __future__ import annotations

import json
import os
import signal
import socket
import ssl
import stat
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest

from tests.stand import until


class Echo(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def _answer(self) -> None:
        sent = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        body = json.dumps({"host": self.headers["Host"], "path": self.path, "sent": sent.decode()}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = _answer

    def log_message(self, *args: object) -> None:
        pass


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def answers(port: int) -> bool:
    with socket.socket() as s:
        return s.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture(scope="module")
def gateway(tmp_path_factory):
    var = tmp_path_factory.mktemp("var")
    site = ThreadingHTTPServer(("127.0.0.1", 0), Echo)
    threading.Thread(target=site.serve_forever, daemon=True).start()
    sites = {
        "sites": [
            {"id": "flsb", "base_url": f"http://127.0.0.1:{site.server_port}", "hosts": ["ecf.flsb.uscourts.gov"]}
        ]
    }
    (var / "sites.json").write_text(json.dumps(sites))
    port = free_port()
    code = f"from pathlib import Path; from openecf.cli.gateway import run; run(Path({str(var)!r}), {port})"
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert "HTTPS_PROXY" in process.stdout.readline()
    until(lambda: answers(port), seconds=20, what="the gateway to listen")
    yield var, port, process
    process.send_signal(signal.SIGTERM)
    assert process.wait(60) == 0
    site.shutdown()


def client(var, port) -> httpx.Client:
    return httpx.Client(
        proxy=f"http://127.0.0.1:{port}",
        verify=ssl.create_default_context(cafile=str(var / "gateway" / "ca.pem")),
        trust_env=False,
    )


def test_a_public_name_reaches_the_local_site_with_its_host(gateway):
    var, port, _ = gateway
    with client(var, port) as http:
        answer = http.get("https://ecf.flsb.uscourts.gov/cgi-bin/DktRpt.pl?7").json()
    assert answer == {"host": "ecf.flsb.uscourts.gov", "path": "/cgi-bin/DktRpt.pl?7", "sent": ""}


def test_a_connection_carries_several_requests_and_large_bodies(gateway):
    var, port, _ = gateway
    large = "x" * 3_000_000
    with client(var, port) as http:
        assert http.post("https://ecf.flsb.uscourts.gov/a", content=large).json()["sent"] == large
        assert http.get("https://ecf.flsb.uscourts.gov/b").json()["path"] == "/b"


@pytest.mark.parametrize("url", ["https://ecf.nysd.uscourts.gov/", "https://example.org/"])
def test_other_hosts_are_refused_with_a_reason(gateway, url):
    var, port, _ = gateway
    with client(var, port) as http, pytest.raises(httpx.ProxyError, match="403"):
        http.get(url)


def test_plain_http_is_refused(gateway):
    var, port, _ = gateway
    with client(var, port) as http:
        assert http.get("http://ecf.flsb.uscourts.gov/").status_code == 405


def test_a_court_that_appears_later_is_found(gateway):
    var, port, _ = gateway
    sites = json.loads((var / "sites.json").read_text())
    sites["sites"].append({**sites["sites"][0], "id": "akd", "hosts": ["ecf.akd.uscourts.gov"]})
    (var / "sites.json").write_text(json.dumps(sites))
    with client(var, port) as http:
        assert http.get("https://ecf.akd.uscourts.gov/").json()["host"] == "ecf.akd.uscourts.gov"


def test_the_authoritys_key_is_its_owners_alone_and_signs_for_courts_only(gateway):
    var, _, _ = gateway
    assert stat.S_IMODE(os.stat(var / "gateway" / "ca.key").st_mode) == 0o600
    text = ssl._ssl._test_decode_cert(str(var / "gateway" / "ca.pem"))
    assert text["subject"] == text["issuer"]
