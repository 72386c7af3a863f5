"""Tests with foreign clients. The running installation is started by the first test that wants it."""

from __future__ import annotations

from tests.stand import stand  # noqa: F401  (a fixture)
