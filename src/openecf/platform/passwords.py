"""Password hashing: Argon2id at OWASP's 19 MiB, t=2, p=1 (NIST SP 800-63B-4 3.1.1.2), peppered outside the database."""

from __future__ import annotations

import hashlib
import hmac
import unicodedata

from django.contrib.auth.hashers import Argon2PasswordHasher

from openecf.platform.config import this_site


class Argon2id(Argon2PasswordHasher):
    """Django's Argon2 hasher with our parameters and a pepper that the database does not hold."""

    algorithm = "argon2id-pepper1"
    time_cost = 2
    memory_cost = 19 * 1024
    parallelism = 1

    def _peppered(self, password: str) -> str:
        normal = unicodedata.normalize("NFKC", password)
        return hmac.new(bytes.fromhex(this_site().secrets.pepper), normal.encode(), hashlib.sha256).hexdigest()

    def encode(self, password: str, salt: str) -> str:
        return super().encode(self._peppered(password), salt)

    def verify(self, password: str, encoded: str) -> bool:
        return super().verify(self._peppered(password), encoded)
