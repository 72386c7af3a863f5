"""Addresses of the firms room."""

from __future__ import annotations

from django.urls import path

from openecf.central.firms import views

urlpatterns = [
    path("pscof/firm", views.members, name="firm"),
    path("pscof/firm/requests", views.requests, name="firm-requests"),
    path("pscof/firm/requests/<uuid:invitation>/withdraw", views.withdraw, name="firm-withdraw"),
    path("pscof/firm/rules", views.set_rules, name="firm-rules"),
    path("pscof/firm/report", views.report, name="firm-report"),
    path("pscof/firm/report.csv", views.report_file, name="firm-report-file"),
    path("pscof/firm/members/<int:membership>/remove", views.remove, name="firm-remove"),
    path("pscof/firm/members/<int:membership>/cost-centre", views.cost_centre, name="firm-cost-centre"),
    path("pscof/manage/firm", views.own_firm, name="own-firm"),
    path("pscof/manage/firm/<uuid:invitation>", views.answer, name="answer-invitation"),
    path("pscof/manage/firm/leave", views.leave, name="leave-firm"),
]
