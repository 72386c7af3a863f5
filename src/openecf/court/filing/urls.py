"""Addresses of the filing room."""

from __future__ import annotations

from django.urls import path

from openecf.court.filing import views

urlpatterns = [
    path("filing/", views.choose_event, name="filing"),
    path("filing/search", views.choose_event, name="filing-search"),
    path("filing/drafts", views.list_drafts, name="filing-drafts"),
    path("filing/start", views.start, name="filing-start"),
    path("filing/<uuid:draft_id>/", views.resume, name="filing-resume"),
    path("filing/<uuid:draft_id>/discard", views.discard, name="filing-discard"),
    path("filing/<uuid:draft_id>/done", views.done, name="filing-done"),
    path("filing/<uuid:draft_id>/<slug:step>", views.page, name="filing-step"),
]
