"""Addresses of the bus."""

from __future__ import annotations

from django.urls import path

from openecf.platform.bus import api, views

urlpatterns = [
    path("bus/inbox", api.inbox, name="bus-inbox"),
    path("desk/messages", views.desk, name="desk-messages"),
    path("desk/messages/several", views.decide_several, name="desk-decide-several"),
    path("desk/messages/<str:kind>/<str:key>", views.decide, name="desk-decide"),
]
