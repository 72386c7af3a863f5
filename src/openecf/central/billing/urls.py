"""Addresses of the billing room."""

from __future__ import annotations

from django.urls import path

from openecf.central.billing import (
    desk_bill_views,
    desk_check_views,
    desk_credit_views,
    desk_exemption_views,
    desk_payment_views,
    desk_views,
    dispute_views,
    paying_views,
    views,
)

urlpatterns = [
    path("pscof/manage/payments", views.payments, name="manage-payments"),
    path("pscof/manage/billing-email", paying_views.billing_mail, name="billing-mail"),
    path("pscof/manage/payments/new", paying_views.pay, name="pay"),
    path("pscof/manage/payments/<uuid:payment>", paying_views.payment, name="payment"),
    path("pscof/manage/payments/<uuid:payment>/receipt.pdf", paying_views.receipt_file, name="payment-receipt"),
    path("pscof/manage/payments/<uuid:payment>/again", paying_views.try_again, name="payment-again"),
    path("pscof/manage/payments/<uuid:payment>/continue", paying_views.go_on, name="payment-continue"),
    path("pscof/manage/payments/<uuid:payment>/give-up", paying_views.give_up, name="payment-give-up"),
    path("pscof/manage/payments/back/<str:number>", paying_views.back, name="payment-back"),
    path("pscof/manage/payments/cancelled/<str:number>", paying_views.cancelled, name="payment-cancelled"),
    path("pscof/manage/credits", dispute_views.credits, name="credits"),
    path("pscof/manage/credits/new", dispute_views.new_credit, name="new-credit"),
    path("pscof/manage/credits/<uuid:which>/withdraw", dispute_views.withdraw_credit, name="withdraw-credit"),
    path("pscof/manage/refunds/new", dispute_views.new_refund, name="new-refund"),
    path("service-center/desk/money", desk_views.money, name="service-money"),
    path("service-center/desk/bills", desk_bill_views.bills_to_post, name="service-bills"),
    path("service-center/desk/checks", desk_check_views.mailed_checks, name="service-checks"),
    path("service-center/desk/checks/<uuid:which>", desk_check_views.mailed_check, name="service-check"),
    path("service-center/desk/credits/<uuid:which>", desk_credit_views.credit, name="service-credit"),
    path("service-center/desk/credits/by-hand/<uuid:which>", desk_credit_views.by_hand, name="service-by-hand"),
    path("service-center/desk/exemptions/<uuid:which>", desk_exemption_views.exemption, name="service-exemption"),
    path(
        "service-center/desk/accounts/<str:number>/exemptions",
        desk_exemption_views.account_exemptions,
        name="service-account-exemptions",
    ),  # fmt: skip
    path("service-center/desk/refunds/<uuid:which>", desk_views.refund, name="service-refund"),
    path("service-center/desk/payments/<str:number>", desk_payment_views.payment, name="service-payment"),
    path("service-center/desk/accounts/<str:number>/money", desk_views.account_money, name="service-account-money"),
    path("pscof/manage/usage", views.usage, name="manage-usage"),
    path("pscof/manage/usage.csv", views.usage_file, name="manage-usage-file"),
    path("pscof/manage/statements", views.statements, name="manage-statements"),
    path("pscof/manage/statements/<str:quarter>", views.statement, name="manage-statement"),
    path("pscof/manage/statements/<str:quarter>/pdf", views.statement_file, name="manage-statement-file"),
]
