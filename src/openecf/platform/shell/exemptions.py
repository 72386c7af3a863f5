"""How pages call the purposes for which somebody reads without paying."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

PURPOSE_WORDS = {
    "cja": _("CJA panel attorney"),
    "trustee": _("Trustee, in the trustee's cases"),
    "indigent": _("Cannot pay"),
    "pro-bono": _("Pro bono attorney"),
    "researcher": _("Academic researcher"),
    "non-profit": _("Non-profit organization"),
    "judiciary": _("Judiciary"),
    "order": _("Order of the court"),
}
"""One for each of ``kernel.exemptions.PURPOSES``."""
