"""Addresses of the conversion room."""

from __future__ import annotations

from django.urls import path

from openecf.court.conversion import views

urlpatterns = [
    path("court/conversion", views.conversion, name="conversion"),
    path("court/conversion/<int:finding_id>", views.finding, name="conversion-finding"),
]
