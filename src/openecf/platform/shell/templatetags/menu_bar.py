"""The menu bar and the foot, which are the same on page after page."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from django import template
from django.conf import settings
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from openecf.platform.shell.menu import MenuItem

register = template.Library()


@register.simple_tag
def menu_bar(menu: Iterable[MenuItem], path: str) -> SafeString:
    """The bar of these items, with the one marked that leads to where the reader is."""
    items = tuple(menu)
    links = (link.url for item in items for link in (item.children or (item,)))
    return _bar(items, path if path in links else "", get_language())


@lru_cache(maxsize=500)
def _bar(menu: tuple[MenuItem, ...], here: str, _language: str | None) -> SafeString:
    return render_to_string("shell/menu.html", {"menu": menu, "here": here})


@register.simple_tag
def foot(links: Iterable[MenuItem]) -> SafeString:
    """The foot: these links for help, the languages, whose software this is."""
    return _foot(tuple(links), get_language())


@lru_cache(maxsize=50)
def _foot(links: tuple[MenuItem, ...], _language: str | None) -> SafeString:
    return render_to_string("shell/foot.html", {"help_links": links, "languages": settings.LANGUAGES})
