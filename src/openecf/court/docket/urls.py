"""Addresses of the docket room."""

from __future__ import annotations

from django.urls import path

from openecf.court.docket import views

urlpatterns = [
    path("cgi-bin/DktRpt.pl", views.docket_report, name="docket-report"),
    path("cgi-bin/HistDocQry.pl", views.history, name="docket-history"),
]
