"""Addresses of the factors room."""

from __future__ import annotations

from django.urls import path

from openecf.central.factors import passkey_views, views

urlpatterns = [
    path("pscof/manage/factors", views.overview, name="factors"),
    path("pscof/manage/factors/add", views.add, name="factor-add"),
    path("pscof/manage/factors/<uuid:app>/confirm", views.confirm, name="factor-confirm"),
    path("pscof/manage/factors/<uuid:app>/remove", views.remove, name="factor-remove"),
    path("pscof/manage/factors/passkeys/add", passkey_views.add, name="passkey-add"),
    path("pscof/manage/factors/passkeys/<uuid:challenge>/create", passkey_views.create, name="passkey-create"),
    path("pscof/manage/factors/passkeys/<uuid:passkey>/remove", passkey_views.remove, name="passkey-remove"),
    path(".well-known/webauthn", passkey_views.related_origins),
    path("pscof/manage/factors/recovery", views.recovery, name="factor-recovery"),
]
