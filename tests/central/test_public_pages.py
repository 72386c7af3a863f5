"""Pages that anyone may open."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from openecf.central.accounts.models import Account
from openecf.platform.mail.models import OutgoingMail

pytestmark = pytest.mark.django_db
PERSON = {"first_name": "Ada", "last_name": "Counsel", "birth_date": "1980-02-03", "email": "ada@counsel.example",
          "email_again": "ada@counsel.example", "user_type": "INDIVIDUAL"}  # fmt: skip
ADDRESS = {"address1": "1 Main Street", "city": "Miami", "country": "US", "state": "FL", "county": "Miami-Dade",
           "zip": "33101", "phone": "305-555-0100"}  # fmt: skip
SECURITY = {"username": "acounsel-law", "password": "walnut-ferry-overcast", "password_again": "walnut-ferry-overcast"}


@pytest.mark.parametrize("url", ["/", "/courts?q=florida", "/nextgen", "/help", "/accessibility", "/developers",
                                 "/file-case/court-cmecf-lookup/data.json", "/pscof/register"])  # fmt: skip
def test_opens_for_anyone(url):
    assert Client().get(url).status_code == 200


def test_registering():
    client = Client()
    client.post("/pscof/register", {"type": "attorney"})
    for step, answers in (("person", PERSON), ("address", ADDRESS), ("security", SECURITY)):
        assert client.post(f"/pscof/register/{step}", answers).status_code in (200, 302)
    link = re.search(r"/pscof/confirm/\w+", OutgoingMail.objects.get().text)[0]
    assert client.get(link).status_code == 200 and not Account.objects.exists()
    client.post(link)
    account = Account.objects.get()
    assert account.username == "acounsel-law" and len(account.number) == 7 and account.is_upgraded
    client.post(link)
    assert Account.objects.count() == 1
