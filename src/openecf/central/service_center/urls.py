"""Addresses of the Service Center: the desk of its staff."""

from __future__ import annotations

from django.urls import path

from openecf.central.service_center.views import desk

urlpatterns = [
    path("service-center/desk", desk.desk, name="service-desk"),
]
