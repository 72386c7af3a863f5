"""Second factors: authenticator apps, passkeys, recovery codes, the sign-ons that wait for one of them, and from when
accounts need one.

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
    drift = models.SmallIntegerField(
        default=0, db_default=0, help_text="time steps that its clock was ahead, or behind, when its last code came"
    )
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
    mailed = models.CharField(
        max_length=64,
        blank=True,
        default="",
        db_default="",
        help_text="digest of the secret and a code that was mailed",
    )
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


class Passkey(models.Model):
    """A WebAuthn credential of an account. What is kept of it is public: the secret never leaves its owner's device.

    It answers to one name of this site only (``rp_id``); that is what makes it useless to a site that looks like ours.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    account = models.ForeignKey("accounts.Account", models.CASCADE, related_name="+")
    name = models.CharField(max_length=40)
    rp_id = models.CharField(max_length=253)
    credential_id = models.BinaryField(unique=True, max_length=1023)
    credential = models.BinaryField(help_text="attested credential data: authenticator model, id, public key (COSE)")
    transports = models.JSONField(default=list, help_text="how the browser reaches it: internal, hybrid, usb, …")
    synced = models.BooleanField(default=False, help_text="its owner's other devices may have it, too")
    sign_count = models.BigIntegerField(default=0, help_text="0: this authenticator does not count")
    added_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "factor_passkey"
        constraints = [models.UniqueConstraint("account", Lower("name"), name="factor_passkey_name")]

    def __str__(self) -> str:
        return f"{self.name} of {self.account_id}"


class Challenge(models.Model):
    """What a passkey is asked to sign, once. ``holder`` is what it was made for: a sign-on that adds a passkey, or one
    that waits for its second step; empty for who only says "a passkey"."""

    class Purpose(models.TextChoices):
        ADD = "add"
        SIGN_ON = "sign-on"
        SECOND = "second"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    challenge = models.CharField(max_length=43, unique=True, help_text="32 random bytes, base64url")
    purpose = models.CharField(max_length=8, choices=Purpose.choices)
    holder = models.CharField(max_length=64, blank=True)
    account = models.ForeignKey("accounts.Account", models.CASCADE, null=True, related_name="+")
    name = models.CharField(max_length=40, blank=True)
    rp_id = models.CharField(max_length=253)
    expires_at = models.DateTimeField(db_index=True)
    used_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "factor_challenge"

    def __str__(self) -> str:
        return f"{self.purpose} challenge"


class Plan(models.Model):
    """From which day accounts of a kind need a second factor to sign on. One that was taken back stays, for the record."""

    whom = models.CharField(max_length=16, help_text="the account type")
    begins = models.DateField()
    announced_at = models.DateTimeField()
    by = models.CharField(max_length=80)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "factor_plan"
        constraints = [
            models.UniqueConstraint(fields=["whom"], name="factor_one_plan", condition=models.Q(withdrawn_at=None))
        ]

    def __str__(self) -> str:
        return f"{self.whom} from {self.begins}"


class Reminder(models.Model):
    """A mail that told an account of a day to come, so many days ahead. It is sent once."""

    account = models.ForeignKey("accounts.Account", models.CASCADE, related_name="+")
    begins = models.DateField()
    days = models.PositiveSmallIntegerField()
    sent_at = models.DateTimeField()

    class Meta:
        db_table = "factor_reminder"
        constraints = [models.UniqueConstraint(fields=["account", "begins", "days"], name="factor_reminder_once")]

    def __str__(self) -> str:
        return f"{self.days} days before {self.begins}"
