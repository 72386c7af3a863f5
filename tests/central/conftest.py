"""Tests of the central site."""

from __future__ import annotations

from tests.sites import settle

settle("central")
