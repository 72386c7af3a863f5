"""A site's configuration: one folder, ``site.json`` for facts, ``secrets.json`` and ``keys/`` readable by the owner only.

The folder is named by the environment variable ``OPENECF_SITE``.
"""

from __future__ import annotations

import json
import os
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pydantic import BaseModel, ConfigDict, Field


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class StoreConfig(_Strict):
    """Where document bytes live: a folder, or a bucket of an S3-compatible store."""

    kind: Literal["folder", "s3"] = "folder"
    folder: str = "documents"
    bucket: str = ""
    endpoint_url: str = ""
    region: str = ""


class SmtpConfig(_Strict):
    """The mail server that takes this site's mail."""

    host: str = "127.0.0.1"
    port: int = 25
    username: str = ""
    password: str = ""
    starttls: bool = False


class PaymentsConfig(_Strict):
    """The payment gateway: Pay.gov's hosted collection. ``url`` takes the calls, ``pages_url`` the payers.

    The caller proves itself with an access token, or with a certificate (PEM files; ``key`` if it is in another file).
    """

    url: str
    pages_url: str
    app_id: str
    access_token: str = ""
    certificate: str = ""
    key: str = ""


_Dollars = Annotated[Decimal, Field(ge=0, decimal_places=2)]


class FeeScheduleConfig(_Strict):
    """The prices of the Electronic Public Access Fee Schedule from a day on, in dollars: ``"0.10"``."""

    since: date
    per_page: _Dollars
    page_cap: int = Field(ge=1)
    audio_file: _Dollars
    quarterly_waiver: _Dollars
    returned_payment: _Dollars


class ServiceCenterConfig(_Strict):
    """How people reach the Service Center besides its pages. ``hours`` in three languages; what is empty is not shown.

    ``alone_in_a_day`` and ``alone_in_a_quarter`` are whole dollars: what one person of the desk gives in credits and
    refunds without a second person's word, to all payers together. ``files_kept_days``: for how long the files of a
    ticket are kept after it was closed. ``checks_to``: the lines of the address to which checks are mailed; empty: none
    are asked for.
    """

    phone: str = ""
    email: str = ""
    hours: dict[Literal["en", "es", "ht"], str] = {}
    alone_in_a_day: int = Field(default=250, ge=0)
    alone_in_a_quarter: int = Field(default=2500, ge=0)
    files_kept_days: int = Field(default=365, ge=1)
    checks_to: tuple[str, ...] = ()


class CentralConfig(_Strict):
    """How a court reaches the central site. ``public_key`` is PEM; it verifies bus messages from there."""

    base_url: str
    public_hosts: tuple[str, ...] = ()
    public_key: str = ""


class SiteConfig(_Strict):
    """Facts of one site. ``base_url`` is its own address; ``hosts`` are public names that it also answers to.

    ``trusted_proxy_secret`` is what the proxy in front shows in ``X-OpenECF-Proxy``; its ``X-Forwarded-Proto`` and
    ``X-Forwarded-For`` are believed only with it. Empty: those of a proxy on this machine are. ``prepared_statements``:
    off where a pooler stands before the database that gives a connection to another client after each transaction and
    does not know of statements that are kept ready. ``breached_passwords``: a file of SHA-1 in order, of passwords that
    nobody may choose. ``fee_schedules``: prices that come after those that this version knows; the same at every site.
    """

    id: str
    kind: Literal["central", "court"]
    base_url: str
    port: int
    hosts: tuple[str, ...] = ()
    database_url: str
    demonstration: bool = False
    debug: bool = False
    trusted_proxy_secret: str = ""
    smtp: SmtpConfig = SmtpConfig()
    store: StoreConfig = StoreConfig()
    payments: PaymentsConfig | None = None
    central: CentralConfig | None = None
    service_center: ServiceCenterConfig = ServiceCenterConfig()
    database_pool: int = Field(default=8, ge=1)
    prepared_statements: bool = True
    breached_passwords: str = ""
    fee_schedules: tuple[FeeScheduleConfig, ...] = ()


class Secrets(_Strict):
    """What must never be printed, logged or committed. Hex strings of 32 random bytes each."""

    django: str
    pepper: str
    documents: str


class Site:
    """One site as its processes see it: configuration, secrets, signing key."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.config = SiteConfig.model_validate_json((folder / "site.json").read_text("utf-8"))
        self.secrets = Secrets.model_validate_json((folder / "secrets.json").read_text("utf-8"))

    @property
    def id(self) -> str:
        return self.config.id

    @property
    def signing_key(self) -> Ed25519PrivateKey:
        """The site's one signing key: bus messages, document stamps, client assertions."""
        return _load_key(self.folder / "keys" / "signing.pem")

    @property
    def documents_folder(self) -> Path:
        return self.folder / self.config.store.folder


@cache
def _load_key(path: Path) -> Ed25519PrivateKey:
    key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise TypeError(f"{path} is not an Ed25519 key")
    return key


def public_pem(key: Ed25519PrivateKey) -> str:
    """The public half, as PEM text."""
    return (
        key.public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        .decode()
    )


def write_private(path: Path, content: bytes) -> None:
    """Write a file that only its owner can read, replacing it whole."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    temporary = path.with_suffix(path.suffix + ".new")
    with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())
    temporary.replace(path)


def create_site_folder(folder: Path, config: SiteConfig) -> Site:
    """Lay out a new site's folder: facts, fresh secrets, fresh signing key. Existing secrets and keys are kept."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not (folder / "secrets.json").exists():
        fresh = {name: os.urandom(32).hex() for name in Secrets.model_fields}
        write_private(folder / "secrets.json", json.dumps(fresh, indent=1).encode())
    if not (folder / "keys" / "signing.pem").exists():
        pem = Ed25519PrivateKey.generate().private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        write_private(folder / "keys" / "signing.pem", pem)
    write_private(folder / "site.json", config.model_dump_json(indent=1).encode())
    return Site(folder)


@cache
def this_site() -> Site:
    """The site that this process serves."""
    return Site(Path(os.environ["OPENECF_SITE"]))
