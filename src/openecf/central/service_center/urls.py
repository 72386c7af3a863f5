"""Addresses of the Service Center: the desk of its staff, and pages for everybody."""

from __future__ import annotations

from django.urls import path

from openecf.central.service_center.views import desk, links

urlpatterns = [
    path("service-center/desk", desk.desk, name="service-desk"),
    path("service-center/desk/accounts/<str:number>", desk.account, name="service-account"),
    path("service-center/desk/accounts/<str:number>/verify", desk.verify, name="service-verify"),
    path("service-center/desk/accounts/<str:number>/acts/<str:key>", desk.act, name="service-act"),
    path("service-center/desk/requests/<uuid:which>", desk.request_page, name="service-request"),
    path("service-center/desk/requests/<uuid:which>/approve", desk.approve, name="service-approve"),
    path("service-center/desk/requests/<uuid:which>/refuse", desk.refuse, name="service-refuse"),
    path("service-center/objection/<uuid:which>/<str:secret>", links.object_to, name="service-objection"),
    path("service-center/new-address/<uuid:which>/<str:secret>", links.prove_address, name="service-new-address"),
]
