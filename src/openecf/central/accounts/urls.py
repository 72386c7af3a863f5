"""Addresses of the accounts room. The first words are those of PACER's own, which courts' instructions print."""

from __future__ import annotations

from django.urls import path, re_path

from openecf.central.accounts.views import (
    activating,
    checking,
    choosing,
    closing,
    disowning,
    managing,
    recovering,
    registering,
    upgrading,
)

_STEP = "(?P<step>person|address|security)"

urlpatterns = [
    path("pscof/register", registering.register, name="register"),
    re_path(rf"^pscof/register/{_STEP}$", registering.register_step, name="register-step"),
    path("pscof/register/sent", registering.sent, name="register-sent"),
    path("pscof/registration.jsf", registering.old_address),
    path("pscof/regWizard.jsf", registering.old_address),
    path("pscof/counties/<str:state>", registering.counties, name="counties"),
    path("pscof/confirm/<str:secret>", registering.confirm, name="confirm-registration"),
    path("pscof/upgrade", upgrading.upgrade, name="upgrade"),
    re_path(rf"^pscof/upgrade/{_STEP}$", upgrading.upgrade_step, name="upgrade-step"),
    path("pscof/forgot", recovering.forgot, name="forgot"),
    path("pscof/reset/<str:secret>", recovering.reset, name="reset"),
    path("pscof/not-me/<str:secret>", disowning.not_me, name="not-me"),
    path("pscof/confirm-email/<str:secret>", recovering.confirm_email, name="confirm-email"),
    path("pscof/confirm-second/<str:secret>", recovering.confirm_second_email, name="confirm-second-email"),
    path("csologin/new-password", choosing.new_password, name="new-password"),
    path("pscof/password-strength", checking.strength, name="password-strength"),
    path("pscof/manage", managing.settings, name="manage"),
    path("pscof/login.xhtml", managing.old_address),
    path("pscof/manage/username", managing.change_username, name="manage-username"),
    path("pscof/manage/password", managing.change_password, name="manage-password"),
    path("pscof/manage/email", managing.change_email, name="manage-email"),
    path("pscof/manage/second-email", managing.second_email, name="manage-second-email"),
    path("pscof/manage/billing-preferences", managing.billing_preferences, name="manage-billing"),
    path("pscof/manage/activate", activating.activate, name="activate"),
    path("pscof/manage/sessions", managing.sessions, name="manage-sessions"),
    path("pscof/manage/maintenance", managing.maintenance, name="manage-maintenance"),
    path("pscof/manage/person", managing.person, name="manage-person"),
    path("pscof/manage/address", managing.address, name="manage-address"),
    path("pscof/manage/history", closing.history, name="manage-history"),
    path("pscof/manage/deactivate", closing.deactivate, name="manage-deactivate"),
    path("pscof/manage/courts", managing.registered_courts, name="manage-courts"),
]
