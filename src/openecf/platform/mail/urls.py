"""Addresses of this part of the platform."""

from __future__ import annotations

urlpatterns: list = []
