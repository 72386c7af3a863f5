"""Addresses of the transition room."""

from __future__ import annotations

from django.urls import path

from openecf.court.transition import views

urlpatterns = [path("cgi-bin/CourtInfo.pl", views.court_information, name="court-information")]
