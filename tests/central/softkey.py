"""An authenticator without a device: what a telephone or a key does with a passkey, written from the standard alone."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import struct
from dataclasses import dataclass, field

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

PRESENT, VERIFIED, BACKUP_ELIGIBLE, ATTESTED = 1, 4, 8, 64


def text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def raw(words: str) -> bytes:
    return base64.urlsafe_b64decode(words + "=" * (-len(words) % 4))


def _cbor(value: object) -> bytes:
    """As much of RFC 8949 as an attestation needs."""
    if isinstance(value, int):
        return _head(0, value) if value >= 0 else _head(1, -1 - value)
    if isinstance(value, bytes):
        return _head(2, len(value)) + value
    if isinstance(value, str):
        return _head(3, len(value.encode())) + value.encode()
    assert isinstance(value, dict)
    return _head(5, len(value)) + b"".join(_cbor(k) + _cbor(v) for k, v in value.items())


def _head(major: int, n: int) -> bytes:
    if n < 24:
        return bytes([major << 5 | n])
    return bytes([major << 5 | 24, n]) if n < 256 else bytes([major << 5 | 25]) + struct.pack(">H", n)


@dataclass
class SoftKey:
    """One credential. ``counts``: whether it counts its uses; ``verified``: whether it asked for its owner."""

    origin: str
    counts: bool = False
    verified: bool = True
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    id: bytes = field(default_factory=lambda: os.urandom(20))
    user: bytes = b""
    uses: int = 0

    def _client_data(self, kind: str, challenge: str, origin: str = "") -> bytes:
        data = {"type": kind, "challenge": challenge, "origin": origin or self.origin, "crossOrigin": False}
        return json.dumps(data).encode()

    def _authenticator_data(self, rp_id: str, flags: int) -> bytes:
        self.uses += self.counts
        flags |= PRESENT | BACKUP_ELIGIBLE | (VERIFIED if self.verified else 0)
        return hashlib.sha256(rp_id.encode()).digest() + bytes([flags]) + struct.pack(">I", self.uses)

    def made(self, asked: dict, **over: str) -> str:
        """The answer to ``navigator.credentials.create``."""
        assert asked["authenticatorSelection"]["userVerification"] == "required"
        self.user = raw(asked["user"]["id"])
        numbers = self.key.public_key().public_numbers()
        public = {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32), -3: numbers.y.to_bytes(32)}
        credential = bytes(16) + struct.pack(">H", len(self.id)) + self.id + _cbor(public)
        data = self._authenticator_data(over.get("rp_id", asked["rp"]["id"]), ATTESTED) + credential
        attestation = _cbor({"fmt": "none", "attStmt": {}, "authData": data})
        client = self._client_data("webauthn.create", asked["challenge"], over.get("origin", ""))
        return self._answer(client, {"attestationObject": text(attestation), "transports": ["internal"]})

    def shown(self, asked: dict, **over: str) -> str:
        """The answer to ``navigator.credentials.get``."""
        data = self._authenticator_data(over.get("rp_id", asked["rpId"]), 0)
        client = self._client_data(over.get("type", "webauthn.get"), asked["challenge"], over.get("origin", ""))
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        response = {"authenticatorData": text(data), "signature": text(signature), "userHandle": text(self.user)}
        return self._answer(client, response)

    def _answer(self, client: bytes, response: dict) -> str:
        whole = {"clientDataJSON": text(client)} | response
        return json.dumps({"id": text(self.id), "rawId": text(self.id), "type": "public-key", "response": whole,
                           "clientExtensionResults": {}})  # fmt: skip
