"""Tests of all benches at once: at no court in particular."""

from __future__ import annotations

from django.conf import settings

# The dictionaries mark their words for translation; that needs settings, though those of no site.
settings.configure(USE_I18N=False)
