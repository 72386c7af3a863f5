"""An authenticator app in tests: what an independent program makes of the secret, as a telephone would."""

from __future__ import annotations

import base64
import hashlib
import hmac
import struct
from datetime import UTC, datetime
from urllib.parse import parse_qs, unquote, urlsplit


class Phone:
    """Knows a secret and the time. Written from RFC 6238 alone, with none of the site's own code."""

    def __init__(self, secret: bytes) -> None:
        self.secret = secret
        self._given: set[int] = set()

    @classmethod
    def reading(cls, address: str) -> Phone:
        """The app that read this ``otpauth`` address."""
        parts = urlsplit(address)
        asked = parse_qs(parts.query)
        assert (parts.scheme, parts.netloc) == ("otpauth", "totp") and unquote(parts.path).count(":") == 1
        assert (asked["digits"], asked["period"], asked["algorithm"]) == (["6"], ["30"], ["SHA1"])
        return cls.typing(asked["secret"][0])

    @classmethod
    def typing(cls, text: str) -> Phone:
        """The app into which this text was typed by hand."""
        bare = text.replace(" ", "")
        return cls(base64.b32decode(bare + "=" * (-len(bare) % 8)))

    def at(self, moment: datetime | float, *, steps: int = 0) -> str:
        """The code at a moment."""
        seconds = moment if isinstance(moment, int | float) else moment.timestamp()
        mac = hmac.new(self.secret, struct.pack(">Q", int(seconds) // 30 + steps), hashlib.sha1).digest()
        start = mac[19] & 0xF
        return f"{(struct.unpack('>I', mac[start : start + 4])[0] & 0x7FFFFFFF) % 1_000_000:06d}"

    def next(self) -> str:
        """A code that counts now and was not given before: there are up to three of them."""
        now = int(datetime.now(UTC).timestamp()) // 30
        step = next(step for step in (now - 1, now, now + 1) if step > max(self._given, default=0))
        self._given.add(step)
        return self.at(step * 30)

    def wrong(self) -> str:
        """Six digits that are right at no moment near now."""
        near = {self.at(datetime.now(UTC), steps=n) for n in range(-4, 5)}
        return next(code for n in range(100) if (code := f"{n:06d}") not in near)
