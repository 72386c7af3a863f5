"""Addresses that only a court of the appellate bench answers. Every court of appeals answers at both roots."""

from __future__ import annotations

from django.urls import path

from openecf.benches.appellate import views

urlpatterns = [
    path("n/beam/servlet/TransportRoom", views.transport_room, name="transport-room"),
    path("cmecf/servlet/TransportRoom", views.transport_room),
]
