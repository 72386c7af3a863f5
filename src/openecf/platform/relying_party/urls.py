"""Addresses of signing on and off at a court."""

from __future__ import annotations

from django.urls import path

from openecf.platform.relying_party import views

urlpatterns = [
    path("login", views.sign_on, name="sign-on"),
    path("logout", views.sign_off, name="sign-off"),
    path("signed-out", views.signed_out, name="signed-out"),
    path("oidc/callback", views.callback),
    path("oidc/backchannel", views.back_channel),
    path("cgi-bin/login.pl", views.login_pl),
]
