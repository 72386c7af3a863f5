"""Addresses that only a court of the district bench answers."""

from __future__ import annotations

urlpatterns: list = []
