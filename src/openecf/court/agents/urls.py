"""Addresses of the agents room."""

from __future__ import annotations

from django.urls import path

from openecf.court.agents import views

urlpatterns = [
    path("utilities/agents", views.agents, name="agents"),
    path("utilities/agents/<int:agency_id>", views.agent, name="agent"),
    path("utilities/agents/<int:agency_id>/remove", views.remove, name="agent-remove"),
    path("utilities/acting", views.acting, name="acting"),
    path("utilities/acting/<int:agency_id>/leave", views.leave, name="acting-leave"),
]
