import pytest

from openecf.court.transition.models import CourtProfile


@pytest.mark.django_db
def test_db():
    assert CourtProfile.objects.count() == 0
