"""Addresses of this part of the platform."""

from __future__ import annotations

from django.urls import path

from openecf.platform.health import views

urlpatterns: list = [
    path("healthz", views.alive, name="healthz"),
    path("readyz", views.ready, name="readyz"),
]
