"""Addresses of the notices room."""

from __future__ import annotations

from django.urls import path

from openecf.court.notices import views, views_announcing

urlpatterns = [
    path("cgi-bin/DisplayReceipt.pl", views.display_notice, name="display-notice"),
    path("court/announcements", views_announcing.announcements, name="announcements"),
    path("court/announcements/<int:announcement_id>", views_announcing.announcement, name="announcement"),
]
