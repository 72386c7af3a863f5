"""Addresses of the events room."""

from __future__ import annotations

urlpatterns: list = []
