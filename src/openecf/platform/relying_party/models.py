"""Sessions of people who signed on, as this court keeps them. No column holds a usable secret."""

from __future__ import annotations

from django.db import models
from django.db.models.expressions import Value


class RpSession(models.Model):
    """A browser's session at this court. ``digest`` is of its cookie, ``sid`` the provider's name for it here."""

    digest = models.CharField(max_length=64, primary_key=True)
    sid = models.CharField(max_length=64, db_index=True)
    facts = models.JSONField()
    id_token = models.TextField(help_text="expired at once; shown back to the provider when the person signs off")
    created_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "rp_session"

    def __str__(self) -> str:
        return self.sid


class ApiToken(models.Model):
    """What the provider last said of a program's token; believed for a few seconds."""

    digest = models.CharField(max_length=64, primary_key=True)
    sid = models.CharField(max_length=64, db_index=True)
    facts = models.JSONField()
    checked_at = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "rp_api_token"

    def __str__(self) -> str:
        return self.sid


class LogoutToken(models.Model):
    """A logout token that was taken; it is not taken twice."""

    digest = models.CharField(max_length=64, primary_key=True)
    at = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "rp_logout_token"

    def __str__(self) -> str:
        return self.digest[:8]


class EndedName(models.Model):
    """A session's name that the provider ended of late: no session of that name begins any more.

    A sign-off can overtake the code exchange that it should have stopped.
    """

    sid = models.CharField(max_length=64, primary_key=True)
    at = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "rp_ended_name"

    def __str__(self) -> str:
        return self.sid


class Choice(models.Model):
    """What somebody chose here about reading as exempt: ``used`` as session facts keep it, None for paying.

    It counts until the sign-on ends, through every session of it here.
    """

    sign_on = models.CharField(max_length=64, primary_key=True)
    used = models.JSONField(null=True)
    at = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "rp_choice"

    def __str__(self) -> str:
        return self.sign_on[:8]


class Feed(models.Model):
    """How far this court has read the provider's feed of revocations, and when it last heard. One row.

    ``withdrawn_keys`` are the ids of the provider's keys with which nothing verifies, whatever else this court knows.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    cursor = models.BigIntegerField(default=0)
    heard_at = models.DateTimeField(null=True)
    asked_at = models.DateTimeField(null=True)
    withdrawn_keys = models.JSONField(db_default=Value([], models.JSONField()))

    class Meta:
        db_table = "rp_feed"
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="rp_feed_one")]

    def __str__(self) -> str:
        return str(self.cursor)
