"""Every address of the central site."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("", include("openecf.central.signon.urls")),  # first: most of what is asked of this site
    path("", include("openecf.platform.health.urls")),
    path("", include("openecf.platform.telemetry.urls")),
    path("", include("openecf.platform.bus.urls")),
    path("", include("openecf.platform.shell.urls")),
    path("", include("openecf.central.accounts.urls")),
    path("", include("openecf.central.factors.urls")),
    path("", include("openecf.central.billing.urls")),
    path("", include("openecf.central.courts.urls")),
    path("", include("openecf.central.firms.urls")),
    path("", include("openecf.central.registration.urls")),
    path("", include("openecf.central.service_center.urls")),
]
handler400 = "openecf.platform.shell.views.bad_request"
handler403 = "openecf.platform.shell.views.forbidden"
handler404 = "openecf.platform.shell.views.not_found"
handler500 = "openecf.platform.shell.views.server_error"
