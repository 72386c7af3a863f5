"""Addresses of the court's own login."""

from __future__ import annotations

from django.urls import path

from openecf.court.currentgen import views

urlpatterns = [
    path("login/court", views.sign_on, name="court-login"),
    path("cgi-bin/ShowLogin", views.sign_on),
    path("login/court/out", views.sign_off, name="court-logout"),
    path("login/court/reset", views.ask_for_reset, name="court-reset"),
    path("login/court/reset/<str:secret>", views.reset, name="court-new-password"),
    path("court/logins", views.logins, name="court-logins"),
    path("court/logins/<int:user_id>", views.one_login, name="court-one-login"),
]
