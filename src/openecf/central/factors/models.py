"""Second factors: authenticator apps, recovery codes, and the sign-ons that wait for one of them.

No column holds a usable secret: an app's secret is encrypted, a recovery code is kept as a keyed hash, both under keys
that the database does not hold; what a browser shows while it waits is kept as SHA-256.
"""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models.functions import Lower


class AuthenticatorApp(models.Model):
    """One authenticator app of an account (TOTP, RFC 6238). It counts once it has shown a right code.

    ``last_step`` is the newest time step that was used up: no code opens anything twice.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    account = models.ForeignKey("accounts.Account", models.CASCADE, related_name="+")
    name = models.CharField(max_length=40)
    sealed = models.BinaryField(help_text="the secret, AES-GCM under a key that the database does not hold")
    session = models.UUIDField(help_text="the sign-on that began the enrolment, and alone may end it")
    begun_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0, help_text="codes tried until the first right one")
    confirmed_at = models.DateTimeField(null=True)
    last_step = models.BigIntegerField(default=0)
    last_used_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "factor_app"
        constraints = [
            models.UniqueConstraint(
                "account", Lower("name"), name="factor_app_name", condition=~models.Q(confirmed_at=None)
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} of {self.account_id}"


class RecoveryCode(models.Model):
    """One code of an account's batch; the batch before it is gone."""

    digest = models.CharField(primary_key=True, max_length=64)
    account = models.ForeignKey("accounts.Account", models.CASCADE, related_name="+")
    made_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "factor_recovery_code"

    def __str__(self) -> str:
        return f"recovery code of {self.account_id}"


class Waiting(models.Model):
    """A sign-on whose password was right and whose code is still to come. ``digest`` is that of the cookie's secret.

    It dies with the password that opened it.
    """

    digest = models.CharField(primary_key=True, max_length=64)
    account = models.ForeignKey("accounts.Account", models.CASCADE, related_name="+")
    client_code = models.CharField(max_length=32, blank=True)
    password_changed_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    begun_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "factor_waiting"
        indexes = [models.Index(fields=["expires_at"], name="factor_waiting_expiry")]

    def __str__(self) -> str:
        return f"waiting for {self.account_id}"


class WrongCodes(models.Model):
    """Wrong codes in a row for one account from one known device, or from all others together.

    A logged table: the cap must outlive a crash. ``key`` holds the password's date, so that a new password starts anew.
    """

    key = models.CharField(primary_key=True, max_length=64)
    account = models.ForeignKey("accounts.Account", models.CASCADE, related_name="+")
    n = models.PositiveIntegerField()
    last_at = models.DateTimeField()

    class Meta:
        db_table = "factor_wrong_codes"

    def __str__(self) -> str:
        return f"{self.n} wrong codes"
