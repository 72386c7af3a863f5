"""The gateway: lets programs written for the judiciary's own host names talk to the sites on this machine.

A CONNECT proxy on the loopback, with a throw-away certificate authority of its own. ``HTTPS_PROXY``,
``REQUESTS_CA_BUNDLE`` and ``SSL_CERT_FILE`` are all that a program needs. It reaches the hosts that ``sites.json``
names and nothing else; the authority's key stays under ``var/gateway``, readable by its owner only, and can sign for
``uscourts.gov`` alone.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import signal
import ssl
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from openecf.platform.config import write_private

DOMAIN = "uscourts.gov"
CHUNK = 64 * 1024
REFUSAL = (
    "HTTP/1.1 {status}\r\nContent-Type: text/plain; charset=utf-8\r\n"
    "Connection: close\r\nContent-Length: {size}\r\n\r\n"
)


class Authority:
    """A certificate authority for this machine's gateway, made once and kept in ``folder``."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.certificate_path = folder / "ca.pem"
        if not (folder / "ca.key").exists() or not self.certificate_path.exists():
            self._create()
        self._key = serialization.load_pem_private_key((folder / "ca.key").read_bytes(), None)
        self._certificate = x509.load_pem_x509_certificate(self.certificate_path.read_bytes())
        self._contexts: dict[str, ssl.SSLContext] = {}

    def _create(self) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "OpenECF gateway, this machine only")])
        only_here = x509.NameConstraints(permitted_subtrees=[x509.DNSName(DOMAIN)], excluded_subtrees=None)
        certificate = (
            _certificate(name, name, key.public_key(), days=3650)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(only_here, critical=True)
            .add_extension(_usage(sign_certificates=True), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .sign(key, hashes.SHA256())
        )
        write_private(self.folder / "ca.key", _pem(key))
        self.certificate_path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))

    def context_for(self, host: str) -> ssl.SSLContext:
        """A TLS server context that proves to be ``host``."""
        if host not in self._contexts:
            self._contexts[host] = self._make_context(host)
        return self._contexts[host]

    def _make_context(self, host: str) -> ssl.SSLContext:
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host[:64])])
        authority = x509.AuthorityKeyIdentifier.from_issuer_public_key(self._certificate.public_key())
        leaf = (
            _certificate(name, self._certificate.subject, key.public_key(), days=90)
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage(sign_certificates=False), critical=True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
            .add_extension(authority, critical=False)
            .sign(self._key, hashes.SHA256())
        )
        path = self.folder / "leaf.pem"
        write_private(path, leaf.public_bytes(serialization.Encoding.PEM) + _pem(key))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.set_alpn_protocols(["http/1.1"])
        context.load_cert_chain(path)
        path.unlink()
        return context


def _certificate(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, *, days: int
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=days))
    )


def _usage(*, sign_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not sign_certificates,
        key_cert_sign=sign_certificates,
        crl_sign=sign_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


class Addresses:
    """Public host name → local site, read from ``sites.json`` whenever it changes."""

    def __init__(self, sites_file: Path) -> None:
        self.file = sites_file
        self._read_at = 0
        self._by_host: dict[str, tuple[str, int]] = {}

    def find(self, host: str) -> tuple[str, int] | None:
        """The loopback address and port of the site that answers to ``host``."""
        with contextlib.suppress(FileNotFoundError):
            changed = self.file.stat().st_mtime_ns
            if changed != self._read_at:
                self._by_host = _hosts(json.loads(self.file.read_text("utf-8")))
                self._read_at = changed
        return self._by_host.get(host.lower())


def _hosts(sites: dict) -> dict[str, tuple[str, int]]:
    found = {}
    for site in sites["sites"]:
        local = urlsplit(site["base_url"])
        for host in site["hosts"]:
            found[host.lower()] = (local.hostname or "127.0.0.1", local.port or 80)
    return found


class Gateway:
    """The proxy itself: one task for each connection."""

    def __init__(self, var: Path) -> None:
        self.authority = Authority(var / "gateway")
        self.addresses = Addresses(var / "sites.json")
        self._running: set[asyncio.Task | None] = set()
        """The event loop holds its tasks weakly: one whose transport rests would be collected as garbage."""

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one CONNECT; whatever goes wrong ends this connection and no other, and is told in one line."""
        self._running.add(task := asyncio.current_task())
        try:
            await self._handle(reader, writer)
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError) as error:
            _tell_broken("a connection", error)
        finally:
            self._running.discard(task)
            with contextlib.suppress(OSError, ssl.SSLError):
                writer.close()

    async def _handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), timeout=30)
        method, _, rest = head.split(b"\r\n", 1)[0].decode("latin-1").partition(" ")
        host, _, port = rest.split(" ", 1)[0].rpartition(":")
        if method != "CONNECT" or port != "443":
            return await _refuse(writer, "405 Method Not Allowed", "This gateway carries https:// requests only.")
        site = self.addresses.find(host)
        if site is None:
            return await _refuse(
                writer, "403 Forbidden", f"No site on this machine answers to {host}; see var/sites.json."
            )
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        await writer.drain()
        await writer.start_tls(self.authority.context_for(host.lower()), ssl_handshake_timeout=30)
        site_reader, site_writer = await asyncio.open_connection(*site)
        try:
            await asyncio.gather(_pump(reader, site_writer, host), _pump(site_reader, writer, f"the site of {host}"))
        finally:
            site_writer.close()
        return None


async def _pump(source: asyncio.StreamReader, sink: asyncio.StreamWriter, name: str) -> None:
    """Carry one direction to its end. One that breaks leaves the other alone: the site may have answered already."""
    try:
        while data := await source.read(CHUNK):
            sink.write(data)
            await sink.drain()
    except OSError as error:
        _tell_broken(f"what came from {name}", error)
    finally:
        with contextlib.suppress(OSError, NotImplementedError, RuntimeError):
            sink.write_eof() if sink.can_write_eof() else sink.close()


def _tell_broken(what: str, error: Exception) -> None:
    print(f"{datetime.now(UTC):%H:%M:%S} {what} broke off: {error!r}", file=sys.stderr, flush=True)


async def _refuse(writer: asyncio.StreamWriter, status: str, why: str) -> None:
    body = f"{why}\n".encode()
    writer.write(REFUSAL.format(status=status, size=len(body)).encode() + body)
    await writer.drain()


async def serve(var: Path, port: int, *, started: Callable[[], Awaitable[None]] | None = None) -> None:
    """Serve until SIGINT or SIGTERM."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for signum in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(signum, stop.set)
    server = await asyncio.start_server(Gateway(var).handle, "127.0.0.1", port)
    if started:
        await started()
    await stop.wait()
    server.close()


def run(var: Path, port: int) -> None:
    """The ``openecf gateway`` command. Prints what a client program needs in its environment."""
    certificate = Authority(var / "gateway").certificate_path.resolve()
    print(
        f"HTTPS_PROXY=http://127.0.0.1:{port} REQUESTS_CA_BUNDLE={certificate} SSL_CERT_FILE={certificate}", flush=True
    )
    asyncio.run(serve(var, port))
