"""Addresses of the notices room."""

from __future__ import annotations

from django.urls import path

from openecf.court.notices import views

urlpatterns = [path("cgi-bin/DisplayReceipt.pl", views.display_notice, name="display-notice")]
