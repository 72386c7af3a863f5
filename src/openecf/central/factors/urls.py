"""Addresses of the factors room."""

from __future__ import annotations

from django.urls import path

from openecf.central.factors import views

urlpatterns = [
    path("pscof/manage/factors", views.overview, name="factors"),
    path("pscof/manage/factors/add", views.add, name="factor-add"),
    path("pscof/manage/factors/<uuid:app>/confirm", views.confirm, name="factor-confirm"),
    path("pscof/manage/factors/<uuid:app>/remove", views.remove, name="factor-remove"),
    path("pscof/manage/factors/recovery", views.recovery, name="factor-recovery"),
]
