"""Addresses of the billing room."""

from __future__ import annotations

from django.urls import path

from openecf.central.billing import views

urlpatterns = [
    path("pscof/manage/payments", views.payments, name="manage-payments"),
    path("pscof/manage/usage", views.usage, name="manage-usage"),
    path("pscof/manage/usage.csv", views.usage_file, name="manage-usage-file"),
    path("pscof/manage/statements", views.statements, name="manage-statements"),
    path("pscof/manage/statements/<str:quarter>", views.statement, name="manage-statement"),
    path("pscof/manage/statements/<str:quarter>/pdf", views.statement_file, name="manage-statement-file"),
]
