"""Addresses of the fees room."""

from __future__ import annotations

from django.urls import path

from openecf.court.fees import views, views_filing

urlpatterns = [
    path("utilities/billing-history", views.billing_history, name="billing-history"),
    path("utilities/client-code", views.client_code, name="change-client-code"),
    path("utilities/exemption", views.exemption, name="exemption"),
    path("utilities/fees", views_filing.due, name="filing-fees"),
    path("utilities/fees/<slug:act>", views_filing.act, name="filing-fees-act"),
    path("utilities/fees/back/<str:number>", views_filing.back, name="filing-fees-back"),
    path("utilities/fees/cancelled/<str:number>", views_filing.cancelled, name="filing-fees-cancelled"),
    path("court/fees", views_filing.desk, name="court-fees"),
    path("court/fees/stuck/<str:number>", views_filing.stuck, name="court-fees-stuck"),
    path("court/fees/<int:fee_id>", views_filing.one, name="court-fee"),
]
