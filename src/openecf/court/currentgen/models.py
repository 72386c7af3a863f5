"""Sessions of people who came in with the court's own login, and mailed links that set a new password."""

from __future__ import annotations

from django.db import models


class OwnSession(models.Model):
    """A browser's session by the court's own login. ``digest`` is of its cookie."""

    digest = models.CharField(max_length=64, primary_key=True)
    user = models.ForeignKey("people.CourtUser", on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField()
    seen_at = models.DateTimeField()

    class Meta:
        db_table = "own_session"
        indexes = [models.Index(fields=["user"], name="own_session_user")]

    def __str__(self) -> str:
        return f"session of user {self.user_id}"


class ResetLink(models.Model):
    """A mailed link, good once and for a while. ``digest`` is of the secret in it.

    ``by_clerk``: the clerk's office sent it, so it is good after the last day for resets and after going live, too.
    """

    digest = models.CharField(max_length=64, primary_key=True)
    user = models.ForeignKey("people.CourtUser", on_delete=models.CASCADE, related_name="+")
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    by_clerk = models.BooleanField(default=False, db_default=False)

    class Meta:
        db_table = "own_reset_link"

    def __str__(self) -> str:
        return f"reset link of user {self.user_id}"
