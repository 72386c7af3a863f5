"""Addresses of the page shell."""

from __future__ import annotations

from django.urls import path

from openecf.platform.shell import views

urlpatterns = [
    path("language", views.set_language, name="set-language"),
]
