"""Becoming a process of one site: after this, and not before, its models and services can be imported."""

from __future__ import annotations

import os
from pathlib import Path

import django

from openecf.platform.config import Site, this_site


def enter(folder: Path) -> Site:
    """Make this process a process of the site in ``folder``. Once only: Django knows one site per process."""
    os.environ["OPENECF_SITE"] = str(folder)
    this_site.cache_clear()
    site = this_site()
    os.environ["DJANGO_SETTINGS_MODULE"] = f"openecf.sites.{site.config.kind}"
    django.setup()
    return site
