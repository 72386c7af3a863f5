"""The same person or not: what a clerk must compare before an applicant gets an account that the court has already."""

from __future__ import annotations

import pytest

from openecf.court.people.models import CourtUser
from openecf.court.registration import services
from openecf.platform.audit.models import AuditLine
from tests.court.callers import court_user
from tests.court.test_registration_desk import ACCOUNT, approve, court, now, taken
from tests.registering import application

__all__ = ["court", "now"]
pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("known", "said", "must"),
    [
        ({"email": "nerys@counsel.example"}, {}, False),
        ({"email": "NERYS@counsel.example", "bar_id": "FL999"}, {}, False),
        ({"email": "nerys@counsel.example"}, {"email_proved": False}, True),
        ({"email": "old@firm.example", "bar_id": "FL0055123"}, {}, True),
        ({"email": "", "bar_id": "FL0055123"}, {}, True),
        ({"email": "nerys@counsel.example", "first_name": "Owen", "bar_id": "FL0055123"}, {}, True),
        ({"email": "nerys@counsel.example", "last_name": "Quill"}, {"other_names": "Quill"}, False),
        ({"first_name": "Lee", "last_name": "Other"}, {}, True),
    ],
)
def test_a_clerk_says_that_it_is_the_same_person_where_the_name_or_the_proved_address_differs(now, known, said, must):
    user = court_user(**({"first_name": "Nerys", "last_name": "Halloran"} | known))
    row = taken(now, said=application(**said))
    if must:
        with pytest.raises(services.NotCompared):
            approve(row, now, user_id=user.id, compared=False)
        assert not AuditLine.objects.filter(act="account.admitted").exists()
    approve(row, now, user_id=user.id, compared=must)
    assert CourtUser.objects.get(id=user.id).account == ACCOUNT
    assert AuditLine.objects.filter(act="registration.compared").count() == int(must)
