"""Addresses of the fees room."""

from __future__ import annotations

from django.urls import path

from openecf.court.fees import views

urlpatterns = [
    path("utilities/billing-history", views.billing_history, name="billing-history"),
    path("utilities/client-code", views.client_code, name="change-client-code"),
    path("utilities/exemption", views.exemption, name="exemption"),
]
