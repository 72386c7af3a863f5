"""Addresses of the docket room."""

from __future__ import annotations

from django.urls import path

from openecf.court.docket import transcript_views, views

urlpatterns = [
    path("cgi-bin/DktRpt.pl", views.docket_report, name="docket-report"),
    path("cgi-bin/HistDocQry.pl", views.history, name="docket-history"),
    path("utilities/transcripts", transcript_views.transcripts, name="transcripts"),
    path("utilities/transcripts/<int:document_id>", transcript_views.transcript, name="transcript"),
]
