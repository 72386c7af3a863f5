"""Addresses of the pages that edit a case."""

from __future__ import annotations

from django.urls import path

from openecf.court.cases import edit_views

urlpatterns = [
    path("cases/", edit_views.find, name="edit-find"),
    path("cases/<int:case_id>/edit", edit_views.overview, name="edit-case"),
    path("cases/<int:case_id>/edit/heading", edit_views.heading, name="edit-heading"),
    path("cases/<int:case_id>/edit/status", edit_views.status, name="case-status"),
    path("cases/<int:case_id>/edit/restriction", edit_views.restriction, name="edit-restriction"),
    path("cases/<int:case_id>/edit/party/new", edit_views.new_party, name="new-party"),
    path("cases/<int:case_id>/edit/party/<int:party_id>", edit_views.party, name="edit-party"),
    path("cases/<int:case_id>/edit/party/<int:party_id>/attorney", edit_views.new_attorney, name="new-attorney"),
    path("cases/<int:case_id>/edit/attorney/<int:representation_id>", edit_views.attorney, name="edit-attorney"),
    path("cases/<int:case_id>/edit/as-it-came", edit_views.free_lines, name="free-lines"),
    path("cases/<int:case_id>/edit/as-it-came/<int:line_id>", edit_views.free_line, name="free-line"),
    path("cases/<int:case_id>/edit/entries", edit_views.entries, name="edit-entries"),
    path("cases/<int:case_id>/edit/entries/<int:seq>", edit_views.entry, name="edit-entry"),
    path("cases/<int:case_id>/edit/entries/<int:seq>/restriction", edit_views.entry_restriction, name="restrict-entry"),
]
