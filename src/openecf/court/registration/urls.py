"""Addresses of the registration desk."""

from __future__ import annotations

from django.urls import path

from openecf.court.registration import views

urlpatterns = [
    path("court/registrations", views.desk, name="registrations"),
    path("court/registrations/<uuid:request_id>", views.one, name="registration"),
    path("court/registrations/<uuid:request_id>/<slug:act>", views.decide, name="registration-decide"),
    path("court/registrations/<uuid:request_id>/papers/<str:sha256>", views.paper, name="registration-paper"),
]
