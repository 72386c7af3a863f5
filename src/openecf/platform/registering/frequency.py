"""How often notices come, as people choose it at both kinds of site."""

from __future__ import annotations

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

FILING, SUMMARY = "filing", "summary"
CHOICES = [
    (FILING, _("At once, one e-mail for each filing")),
    (SUMMARY, _("Once a day, a summary of all filings")),
]
FORMS = [("html", _("With links, as a page (HTML)")), ("text", _("Plain text"))]
SILENCE = _("Also tell me when a day brought no filings")
SILENCE_HELP = _("With the summary only: you then know that nothing was lost.")


def how_often(*, summary: bool, tells_silence: bool) -> str:
    """In words, in the reader's language."""
    words = str(dict(CHOICES)[SUMMARY if summary else FILING])
    silence = gettext("a day without filings is told, too")
    return f"{words}; {silence}" if summary and tells_silence else words
