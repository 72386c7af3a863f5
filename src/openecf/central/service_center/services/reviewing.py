"""Reviewing the help: that somebody read a text, in all its languages, and stands for it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy

from openecf.central.service_center.help_reviews import digests
from openecf.central.service_center.models import HelpReview
from openecf.central.service_center.queries import Staff
from openecf.kernel.refusal import Refusal
from openecf.platform.audit import services as audit


class NoSuchText(Refusal):
    said = gettext_lazy("The help has no such text.")
    code = "no-such-text"


class OtherText(Refusal):
    said = gettext_lazy("This text was changed since you opened the list. Read it again.")
    code = "other-text"


def review_help(*, staff: Staff, key: str, digest: str, at: datetime) -> None:
    """This agent read the text that ``digest`` is of, and found it right. NoSuchText, OtherText."""
    now = digests().get(key)
    if now is None:
        raise NoSuchText
    if now != digest:
        raise OtherText
    with transaction.atomic():
        HelpReview.objects.create(key=key, digest=digest, agent_id=staff.account, at=at)
        audit.record(act="service.help-reviewed", by=staff.ref, at=at, subject=f"help:{key}", digest=digest)
