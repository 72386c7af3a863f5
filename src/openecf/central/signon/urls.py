"""Addresses of Central Sign-On."""

from __future__ import annotations

from django.urls import path

from openecf.central.signon import api, client_code_views, code_views, passkey_views, provider_views, views

urlpatterns = [
    path("csologin/login.jsf", views.sign_on, name="sign-on"),
    path("csologin/code", code_views.code, name="sign-on-code"),
    path("csologin/passkey", passkey_views.sign_on, name="sign-on-passkey"),
    path("csologin/passkey/options", passkey_views.options, name="passkey-options"),
    path("csologin/client-code", client_code_views.client_code, name="client-code"),
    path("csologin/told", views.told, name="told"),
    path("csologin/logout", views.sign_off, name="sign-off"),
    path("login", views.to_sign_on, name="login"),
    path(".well-known/openid-configuration", provider_views.metadata),
    path("oauth2/authorize", provider_views.authorize),
    path("oauth2/token", provider_views.token),
    path("oauth2/userinfo", provider_views.userinfo),
    path("oauth2/jwks", provider_views.jwks),
    path("oauth2/introspect", provider_views.introspect),
    path("oauth2/revoke", provider_views.revoke),
    path("oauth2/revocations", provider_views.revocations),
    path("oauth2/logout", provider_views.end_session),
    path("openapi.json", api.openapi, name="openapi"),
    path("services/cso-auth", api.cso_auth),
    path("services/cso-logout", api.cso_logout),
]
