"""Addresses of the billing room."""

from __future__ import annotations

urlpatterns: list = []
