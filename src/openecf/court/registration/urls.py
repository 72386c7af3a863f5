"""Addresses of the registration desk."""

from __future__ import annotations

from django.urls import path

from openecf.court.registration import paying_views, views, views_changing

urlpatterns = [
    path("court/registrations", views.desk, name="registrations"),
    path("court/registrations/<uuid:request_id>", views.one, name="registration"),
    path("court/registrations/<uuid:request_id>/<slug:act>", views.decide, name="registration-decide"),
    path("court/registrations/<uuid:request_id>/papers/<str:sha256>", views.paper, name="registration-paper"),
    path("court/registrations/<uuid:request_id>/fee/payment", paying_views.stuck, name="registration-fee-stuck"),
    path("court/registrations/changes", views_changing.listed, name="registration-changes"),
    path("court/registrations/changes/<uuid:change_id>", views_changing.one, name="registration-change"),
    path(
        "court/registrations/changes/<uuid:change_id>/<slug:act>",
        views_changing.decide,
        name="registration-change-decide",
    ),
    path("registration/fee/<uuid:request_id>", paying_views.fee, name="registration-fee"),
    path("registration/fee/<uuid:request_id>/<slug:act>", paying_views.act, name="registration-fee-act"),
    path("registration/fee/back/<str:number>", paying_views.back, name="registration-fee-back"),
    path("registration/fee/cancelled/<str:number>", paying_views.cancelled, name="registration-fee-cancelled"),
]
