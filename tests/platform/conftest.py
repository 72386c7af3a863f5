"""Tests of what both kinds of site stand on, run as a court's site."""

from __future__ import annotations

from tests.sites import settle

settle("flsd")
