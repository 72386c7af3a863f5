"""Addresses that only a court of the bankruptcy bench answers."""

from __future__ import annotations

urlpatterns: list = []
