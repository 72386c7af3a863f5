"""Central Sign-On: sessions, the courts' sessions under them, codes, tokens, keys, what was revoked.

No column holds a usable secret: cookies, codes and tokens are kept as SHA-256, signing keys are encrypted with a key
that the database does not hold.
"""

from __future__ import annotations

import uuid

from django.contrib.postgres.functions import TransactionNow
from django.db import models
from django.db.models.expressions import RawSQL, Value


class Client(models.Model):
    """A court as a relying party. ``public_key`` is PEM and verifies its client assertions (private_key_jwt)."""

    court = models.OneToOneField("courts.CourtSite", models.CASCADE, primary_key=True, related_name="relying_party")
    redirect_uris = models.JSONField(default=list)
    post_logout_redirect_uris = models.JSONField(default=list)
    origins = models.JSONField(default=list, help_text="where a person may be sent back to")
    backchannel_logout_uri = models.URLField()
    public_key = models.TextField()
    registered_at = models.DateTimeField()

    class Meta:
        db_table = "signon_client"

    def __str__(self) -> str:
        return self.pk


class SsoSession(models.Model):
    """One sign-on of one account: a browser's (cookie) or a program's (128-character token)."""

    class Kind(models.TextChoices):
        BROWSER = "browser"
        API = "api"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    account = models.ForeignKey("accounts.Account", models.CASCADE, related_name="sign_ons")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    selector = models.CharField(  # noqa: DJ001  (unique where there is one)
        max_length=22, unique=True, null=True, help_text="first part of a program's token"
    )
    digest = models.CharField(max_length=64, unique=True, help_text="SHA-256 of the cookie, or of the token's rest")
    auth_time = models.DateTimeField()
    acr = models.CharField(max_length=40)
    amr = models.JSONField(default=list)
    client_code = models.CharField(max_length=32, blank=True)
    reads_as = models.CharField(
        max_length=20,
        blank=True,
        default="",
        db_default="",
        help_text="the purpose for which the person reads without paying",
    )
    told_at = models.DateTimeField(
        null=True, help_text="when the redaction duty or the account's limits were confirmed"
    )
    address = models.GenericIPAddressField(null=True)
    device = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_why = models.CharField(max_length=40, blank=True)

    class Meta:
        db_table = "signon_session"
        indexes = [
            models.Index(fields=["account", "created_at"], name="signon_live", condition=models.Q(ended_at=None)),
            models.Index(fields=["expires_at"], name="signon_session_expiry"),
        ]

    def __str__(self) -> str:
        return str(self.id)


class Crowd(models.Model):
    """A day on which an account was used from more places at once than one person is in."""

    account = models.ForeignKey("accounts.Account", models.CASCADE, related_name="+")
    day = models.DateField()
    networks = models.PositiveSmallIntegerField()
    seats = models.PositiveSmallIntegerField()
    at = models.DateTimeField()

    class Meta:
        db_table = "signon_crowd"
        constraints = [models.UniqueConstraint(fields=["account", "day"], name="signon_crowd_of_a_day")]

    def __str__(self) -> str:
        return f"{self.account_id} {self.day}"


class CourtSession(models.Model):
    """A sign-on as one court knows it. ``rp_sid`` is random, so one court's leak names no session elsewhere."""

    sso = models.ForeignKey(SsoSession, models.CASCADE, related_name="courts")
    court = models.ForeignKey("courts.CourtSite", models.CASCADE, related_name="+")
    rp_sid = models.CharField(max_length=43, unique=True)
    first_used_at = models.DateTimeField()
    last_used_at = models.DateTimeField()

    class Meta:
        db_table = "signon_court_session"
        constraints = [models.UniqueConstraint(fields=["sso", "court"], name="signon_one_per_court")]

    def __str__(self) -> str:
        return f"{self.court_id} {self.sso_id}"


class Code(models.Model):
    """An authorization code. Facts are frozen at authorization: the token endpoint has no browser session."""

    digest = models.CharField(max_length=64, primary_key=True)
    court = models.ForeignKey("courts.CourtSite", models.CASCADE, related_name="+")
    sso = models.ForeignKey(SsoSession, models.CASCADE, related_name="+")
    rp_sid = models.CharField(max_length=43)
    redirect_uri = models.TextField()
    challenge = models.CharField(max_length=43)
    nonce = models.TextField(blank=True)
    scope = models.CharField(max_length=120)
    auth_time = models.DateTimeField(db_default=TransactionNow())
    acr = models.CharField(max_length=40, db_default="")
    amr = models.JSONField(db_default=Value([], models.JSONField()))
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "signon_code"
        indexes = [models.Index(fields=["expires_at"], name="signon_code_expiry")]

    def __str__(self) -> str:
        return f"code for {self.court_id}"


class Token(models.Model):
    """An access token, opaque, five minutes. ``code`` is the digest of the code that gave it, directly or by refresh."""

    digest = models.CharField(max_length=64, primary_key=True)
    code = models.CharField(max_length=64, db_index=True)
    court = models.ForeignKey("courts.CourtSite", models.CASCADE, related_name="+")
    sso = models.ForeignKey(SsoSession, models.CASCADE, related_name="+")
    rp_sid = models.CharField(max_length=43)
    scope = models.CharField(max_length=120)
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "signon_token"
        indexes = [models.Index(fields=["expires_at"], name="signon_token_expiry")]

    def __str__(self) -> str:
        return f"token for {self.court_id}"


class RefreshToken(models.Model):
    """A refresh token of a program that acts for a person. ``family`` is the digest of the code that began it.

    Each use gives the next of the family; a second use of any ends all of it. ``expires_at`` is the family's.
    """

    digest = models.CharField(max_length=64, primary_key=True)
    family = models.CharField(max_length=64, db_index=True)
    court = models.ForeignKey("courts.CourtSite", models.CASCADE, related_name="+")
    sso = models.ForeignKey(SsoSession, models.CASCADE, related_name="+")
    rp_sid = models.CharField(max_length=43)
    scope = models.CharField(max_length=120)
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "signon_refresh"
        indexes = [models.Index(fields=["expires_at"], name="signon_refresh_expiry")]

    def __str__(self) -> str:
        return f"refresh token for {self.court_id}"


class Assertion(models.Model):
    """A client assertion that was used at the token endpoint; it is not taken twice."""

    digest = models.CharField(max_length=64, primary_key=True)
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "signon_assertion"

    def __str__(self) -> str:
        return self.digest[:8]


class SigningKey(models.Model):
    """A key for ID tokens and logout tokens: published → signing → retired → removed.

    A key that may be in wrong hands is withdrawn: removed from any state at once, and courts are told to refuse it.
    """

    class State(models.TextChoices):
        PUBLISHED = "published"
        SIGNING = "signing"
        RETIRED = "retired"
        REMOVED = "removed"

    kid = models.CharField(primary_key=True, max_length=43)
    algorithm = models.CharField(max_length=10, default="ES256")
    public = models.JSONField(help_text="JWK")
    sealed = models.BinaryField(help_text="private key, AES-GCM under a key that the database does not hold")
    state = models.CharField(max_length=10, choices=State.choices)
    published_at = models.DateTimeField()
    signing_at = models.DateTimeField(null=True)
    retired_at = models.DateTimeField(null=True)
    removed_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "signon_key"
        constraints = [
            models.UniqueConstraint(
                fields=["state"], condition=models.Q(state="signing"), name="signon_one_signing_key"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kid} {self.state}"


class Revocation(models.Model):
    """A court's session that must end. Courts read these by transaction number: late commits are never skipped."""

    id = models.BigAutoField(primary_key=True)
    court = models.ForeignKey("courts.CourtSite", models.CASCADE, related_name="+")
    rp_sid = models.CharField(max_length=43)
    at = models.DateTimeField(db_default=TransactionNow())
    xid = models.BigIntegerField(db_default=RawSQL("(pg_current_xact_id()::text)::bigint", ()))

    class Meta:
        db_table = "signon_revocation"
        indexes = [models.Index(fields=["court", "xid"], name="signon_revocation_feed")]

    def __str__(self) -> str:
        return f"{self.court_id} {self.at:%Y-%m-%d %H:%M:%S}"


class LogoutDelivery(models.Model):
    """A logout token on its way to a court (OpenID Connect Back-Channel Logout 1.0)."""

    id = models.BigAutoField(primary_key=True)
    court = models.ForeignKey("courts.CourtSite", models.CASCADE, related_name="+")
    rp_sid = models.CharField(max_length=43)
    subject = models.UUIDField()
    attempts = models.PositiveIntegerField(default=0)
    next_at = models.DateTimeField()
    delivered_at = models.DateTimeField(null=True)
    given_up_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "signon_logout_delivery"
        indexes = [
            models.Index(
                fields=["next_at"], name="signon_logout_due", condition=models.Q(delivered_at=None, given_up_at=None)
            )
        ]

    def __str__(self) -> str:
        return f"logout to {self.court_id}"
