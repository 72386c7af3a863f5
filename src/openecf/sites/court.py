"""Settings of a court's site. The court's id, from its configuration, decides the bench."""

from __future__ import annotations

from openecf.kernel import courts
from openecf.sites.base import *  # noqa: F403
from openecf.sites.base import CONFIG, GATE, PLATFORM_APPS, SECURITY_MIDDLEWARE, TEMPLATES

COURT = courts.court(CONFIG.id)
OPENECF_BENCH = f"openecf.benches.{COURT.kind}.BENCH"
_SERVLETS = "/cmecf/servlet" if COURT.id in courts.JAVA_SERVLET_ROOT else "/n/beam/servlet"
# Reading programs take a page for a signed-on one only if it carries this address.
OPENECF_LOGOUT_URL = {"appellate": f"{_SERVLETS}/TransportRoom?servlet=InvalidUserLogin.jsp&logout=y"}.get(
    COURT.kind, "/cgi-bin/login.pl?logout"
)
OPENECF_DESK_RULE = "openecf.court.people.access.COURT"
OPENECF_DESK_DECIDES_RULE = "openecf.court.people.access.CLERK"

INSTALLED_APPS = [
    *PLATFORM_APPS,
    "openecf.platform.relying_party",
    "openecf.court.people",
    "openecf.court.agents",
    "openecf.court.cases",
    "openecf.court.events",
    "openecf.court.docket",
    "openecf.court.documents",
    "openecf.court.filing",
    "openecf.court.notices",
    "openecf.court.calendar",
    "openecf.court.fees",
    "openecf.court.transition",
    "openecf.court.currentgen",
    "openecf.court.registration",
    "openecf.court.conversion",
    f"openecf.benches.{COURT.kind}",
]
ROOT_URLCONF = "openecf.sites.court_urls"
# Which court user an account is: asked with the session that names it, at every request, and not a statement later.
OPENECF_BESIDE_SESSION = """
(SELECT json_build_array(u.id, u."group") FROM court_user u WHERE u.account = (facts->>'sub')::uuid AND u.active)
"""
# What an old system hashed is checked under Argon2id, and hashed anew at its first right use.
PASSWORD_HASHERS = ["openecf.platform.passwords.Argon2id", "openecf.platform.legacy_passwords.OverLegacy"]
MIDDLEWARE = [
    *SECURITY_MIDDLEWARE,
    "openecf.platform.relying_party.middleware.SignedOnPeople",
    "openecf.court.people.middleware.Readers",
    "openecf.court.fees.middleware.ReadsAs",
    "openecf.court.currentgen.middleware.OwnLogins",
    "openecf.court.agents.middleware.ActingFor",
    GATE,
]
TEMPLATES[0]["OPTIONS"]["context_processors"] += [
    "openecf.court.people.context.people",
    "openecf.court.agents.context.agents",
    "openecf.court.registration.context.registering",
]
