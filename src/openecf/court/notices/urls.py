"""Addresses of the notices room."""

from __future__ import annotations

from django.urls import path

from openecf.court.notices import views, views_announcing, views_mailing

urlpatterns = [
    path("cgi-bin/DisplayReceipt.pl", views.display_notice, name="display-notice"),
    path("utilities/mailings", views_mailing.mailings, name="mailings"),
    path("utilities/mailings/<int:case_id>", views_mailing.mailing_info, name="mailing-info"),
    path("utilities/mailings/<int:case_id>/labels", views_mailing.mailing_labels, name="mailing-labels"),
    path("court/announcements", views_announcing.announcements, name="announcements"),
    path("court/announcements/<int:announcement_id>", views_announcing.announcement, name="announcement"),
]
