"""Tests of the central site."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests import sites

sites.settle("central")


@pytest.fixture
def full_cost(monkeypatch) -> Iterator[None]:
    """Passwords cost what they cost at a real site; what was hashed more cheaply before is forgotten."""
    from openecf.central.accounts.services import signing_in
    from openecf.platform.passwords import Argon2id
    from tests.central import relying

    def forget() -> None:
        relying._HASH.clear()
        signing_in._nobodys_hash.cache_clear()

    forget()
    for name, cost in sites.FULL_COST.items():
        monkeypatch.setattr(Argon2id, name, cost)
    yield
    forget()
