"""Addresses of the calendar room."""

from __future__ import annotations

from django.urls import path

from openecf.court.calendar import views

urlpatterns = [
    path("cgi-bin/SchedQry.pl", views.case_schedule, name="case-schedule"),
    path("calendar/", views.court_calendar, name="court-calendar"),
]
