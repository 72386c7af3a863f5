"""How much a sign-on proves, in the words that the central site and the courts share (OpenID Connect ``acr``)."""

from __future__ import annotations

AAL1 = "urn:openecf:aal1"
"""One factor: a password."""
AAL2 = "urn:openecf:aal2"
"""Two factors: a password and a one-time code, or a passkey that asked for its owner."""
