"""Addresses of the transition room."""

from __future__ import annotations

from django.urls import path

from openecf.court.transition import views

urlpatterns = [
    path("cgi-bin/CourtInfo.pl", views.court_information, name="court-information"),
    path("nextgen", views.nextgen, name="nextgen"),
    path("nextgen/notices/new", views.publish, name="publish-notice"),
    path("nextgen/notices/<int:number>", views.notice, name="court-notice"),
    path("nextgen/guides/<slug:key>", views.guide, name="nextgen-guide"),
    path("nextgen/preparation-sheet", views.preparation_sheet, name="preparation-sheet"),
    path("nextgen/calendar.ics", views.calendar_file, name="nextgen-calendar"),
]
