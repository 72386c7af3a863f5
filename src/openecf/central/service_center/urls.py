"""Addresses of the Service Center: the desk of its staff, and pages for everybody."""

from __future__ import annotations

from django.urls import path

from openecf.central.service_center.views import contact, desk, help, letters, links, queue, status

urlpatterns = [
    path("help", help.help_home, name="help"),
    path("help/topics/<str:key>", help.topic, name="help-topic"),
    path("help/guides/<str:key>", help.guide, name="help-guide"),
    path("help/glossary", help.glossary, name="help-glossary"),
    path("status", status.page, name="status"),
    path("status.json", status.data, name="status-data"),
    path("service-center/desk", desk.desk, name="service-desk"),
    path("service-center/desk/accounts/<str:number>", desk.account, name="service-account"),
    path("service-center/desk/accounts/<str:number>/verify", desk.verify, name="service-verify"),
    path("service-center/desk/accounts/<str:number>/acts/<str:key>", desk.act, name="service-act"),
    path("service-center/desk/requests/<uuid:which>", desk.request_page, name="service-request"),
    path("service-center/desk/requests/<uuid:which>/approve", desk.approve, name="service-approve"),
    path("service-center/desk/requests/<uuid:which>/refuse", desk.refuse, name="service-refuse"),
    path("service-center/desk/tickets", queue.queue, name="service-queue"),
    path("service-center/desk/tickets/<uuid:which>", queue.staff_ticket, name="service-staff-ticket"),
    path("service-center/desk/letters", letters.letters, name="service-letters"),
    path(
        "service-center/desk/tickets/<uuid:which>/files/<int:attachment>", queue.staff_file, name="service-staff-file"
    ),
    path("service-center/desk/help", help.reviews, name="service-help"),
    path("service-center/desk/banners", queue.banner_list, name="service-banners"),
    path("service-center/desk/banners/<uuid:which>/withdraw", queue.withdraw_banner, name="service-banner-withdraw"),
    path("service-center/contact", contact.contact, name="service-contact"),
    path("service-center/contact/sent", contact.sent, name="service-contact-sent"),
    path("service-center/tickets", contact.own_tickets, name="service-tickets"),
    path("service-center/tickets/<uuid:which>", contact.own_ticket, name="service-ticket"),
    path("service-center/tickets/<uuid:which>/files/<int:attachment>", contact.own_file, name="service-file"),
    path("service-center/ticket/<uuid:which>/<str:secret>", contact.guest_ticket, name="service-guest-ticket"),
    path(
        "service-center/ticket/<uuid:which>/<str:secret>/files/<int:attachment>",
        contact.guest_file,
        name="service-guest-file",
    ),
    path("service-center/objection/<uuid:which>/<str:secret>", links.object_to, name="service-objection"),
    path("service-center/new-address/<uuid:which>/<str:secret>", links.prove_address, name="service-new-address"),
]
