"""Addresses of this part of the platform."""

from __future__ import annotations

from django.urls import path

from openecf.platform.telemetry import views

urlpatterns = [path("metrics", views.metrics, name="metrics")]
