"""Addresses of the registration room."""

from __future__ import annotations

from django.urls import path

from openecf.central.registration import views, views_changing, views_contact, views_steps

urlpatterns = [
    path("pscof/manage/efile", views.status, name="efile"),
    path("pscof/manage/efile/email", views_contact.contact, name="efile-contact"),
    path("pscof/manage/efile/end", views_changing.end, name="efile-end"),
    path("pscof/confirm-notices/<str:secret>", views_contact.confirm, name="confirm-notices"),
    path("pscof/manage/efile/<uuid:request_id>", views.one, name="efile-request"),
    path("pscof/manage/efile/<uuid:request_id>/withdraw", views.withdraw, name="efile-withdraw"),
    path("pscof/manage/efile/<uuid:request_id>/summary", views_steps.summary, name="efile-summary"),
    path("pscof/manage/efile/<uuid:request_id>/papers/<slug:name>", views_steps.paper, name="efile-paper"),
    path("pscof/manage/efile/<uuid:request_id>/<slug:step>", views_steps.step, name="efile-step"),
    path("pscof/manage/efile/<slug:kind>", views.choose_court, name="efile-courts"),
    path("pscof/manage/efile/<slug:kind>/<slug:court>", views.requirements, name="efile-begin"),
]
