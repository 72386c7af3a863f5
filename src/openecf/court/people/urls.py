"""Addresses of the people room."""

from __future__ import annotations

from django.urls import path

from openecf.court.people import views, views_notice_cases, views_notices, views_own_cases, views_standing

urlpatterns = [
    path("", views.home, name="home"),
    path("utilities/", views.utilities, name="utilities"),
    path("utilities/link", views.link_account, name="link-account"),
    path("utilities/link/done", views.account_linked, name="account-linked"),
    path("utilities/link/<uuid:offer_id>", views.confirm_link, name="confirm-link"),
    path("utilities/email", views_notices.addresses, name="notice-addresses"),
    path("utilities/email/<slug:key>", views_notices.one_address, name="notice-address"),
    path("utilities/email/<slug:key>/cases", views_notice_cases.own_cases, name="notice-cases"),
    path("utilities/log", views.transaction_log, name="transaction-log"),
    path("court/", views.staff, name="staff"),
    path("court/filers/<int:user_id>", views_standing.one_filer, name="court-one-filer"),
    path("court/filers/<int:user_id>/cases", views_own_cases.filers_cases, name="court-filers-cases"),
]
