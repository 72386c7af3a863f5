"""Addresses of the accounts room."""

from __future__ import annotations

from django.urls import path, re_path

from openecf.central.accounts import views

urlpatterns = [
    path("pscof/register", views.register, name="register"),
    re_path(r"^pscof/register/(?P<step>person|address|security)$", views.register_step, name="register-step"),
    path("pscof/confirm/<str:secret>", views.confirm, name="confirm-registration"),
]
