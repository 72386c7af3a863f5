"""Addresses of the central site's public pages."""

from __future__ import annotations

from django.urls import path

from openecf.central.courts import views

urlpatterns = [
    path("", views.front, name="front"),
    path("courts", views.court_list, name="courts"),
    path("courts/<slug:court>", views.one_court, name="court"),
    path("file-case/court-cmecf-lookup", views.court_list),
    path("file-case/court-cmecf-lookup/data.json", views.lookup_data, name="court-lookup-data"),
    path("nextgen", views.nextgen, name="nextgen"),
    path("accessibility", views.accessibility, name="accessibility"),
    path("developers", views.developers, name="developers"),
]
