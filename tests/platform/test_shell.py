"""The frame of every page."""

from __future__ import annotations

import pytest
from django.test import Client

pytestmark = [pytest.mark.django_db]


def test_a_missing_page_is_kind_and_complete() -> None:
    answer = Client(HTTP_HOST="testserver").get("/no/such/page")
    page = answer.content.decode()
    assert answer.status_code == 404
    assert "There is no such page" in page
    assert "This is a demonstration" in page
    assert "U.S. District Court, Southern District of Florida" in page
