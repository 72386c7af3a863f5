"""Every address of a court's site."""

from __future__ import annotations

from django.urls import include, path

from openecf.court.bench import bench

urlpatterns = [
    # What is asked for most stands first: addresses are looked through in this order, and none is in two rooms.
    path("", include("openecf.court.docket.urls")),
    path("", include("openecf.court.filing.urls")),
    path("", include("openecf.platform.health.urls")),
    path("", include("openecf.platform.telemetry.urls")),
    path("", include("openecf.platform.bus.urls")),
    path("", include("openecf.platform.shell.urls")),
    path("", include("openecf.platform.relying_party.urls")),
    path("", include("openecf.court.people.urls")),
    path("", include("openecf.court.agents.urls")),
    path("", include("openecf.court.cases.urls")),
    path("", include("openecf.court.events.urls")),
    path("", include("openecf.court.documents.urls")),
    path("", include("openecf.court.notices.urls")),
    path("", include("openecf.court.calendar.urls")),
    path("", include("openecf.court.fees.urls")),
    path("", include("openecf.court.transition.urls")),
    path("", include("openecf.court.currentgen.urls")),
    path("", include("openecf.court.conversion.urls")),
    path("", include("openecf.court.registration.urls")),
    path("", include(bench().urls)),
]
handler400 = "openecf.platform.shell.views.bad_request"
handler403 = "openecf.platform.shell.views.forbidden"
handler404 = "openecf.platform.shell.views.not_found"
handler500 = "openecf.platform.shell.views.server_error"
