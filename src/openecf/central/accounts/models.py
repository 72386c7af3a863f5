"""PACER accounts."""

from __future__ import annotations

import uuid

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.indexes import OpClass
from django.db import models
from django.db.models import F, Func, Value
from django.db.models.functions import Collate, Lower
from django.utils.translation import gettext_lazy

from openecf.kernel.names import PersonName

PHONE_DIGITS = Func(F("phone"), Value(r"\D"), Value(""), Value("g"), function="regexp_replace")
"""A telephone number without what people write between its digits."""


class AccountType(models.TextChoices):
    """What the account was registered as. A firm's administrative account (PAA) neither searches nor files."""

    CASE_SEARCH = "search", gettext_lazy("PACER - Case Search Only")
    ATTORNEY = "attorney", gettext_lazy("Attorney Filer")
    NON_ATTORNEY = "non-attorney", gettext_lazy("Non-Attorney Filer")
    ADMINISTRATIVE = "paa", gettext_lazy("PACER Administrative Account")


class SearchStatus(models.TextChoices):
    """Whether the account may search cases; apart from whether it is upgraded."""

    ACTIVE = "active", gettext_lazy("Active")
    INACTIVE = "inactive", gettext_lazy("Inactive")
    HOLD = "hold", gettext_lazy("Review Registration Hold")


class Closed(models.TextChoices):
    """Why nobody can sign in with the account any more. Only the Service Center opens it again; a merged one, nobody."""

    UNUSED = "unused", gettext_lazy("Not used for two years")
    OWNER = "owner", gettext_lazy("Deactivated by its owner")
    MERGED = "merged", gettext_lazy("Merged into another account of the same person")
    DISPUTED = "disputed", gettext_lazy("Two mailboxes claim it")


def bytewise(field: str) -> Collate:
    """A field in lower case, in the order of its bytes: what begins so stands together, and an index has it in order."""
    return Collate(Lower(field), "C")


class AccountManager(BaseUserManager["Account"]):
    """Finds accounts by user name, whatever its case."""

    def get_by_natural_key(self, username: str) -> Account:
        return self.get(username__iexact=username)


TO_LOOK_AT = models.Q(is_active=True) & (
    models.Q(cja_panel=True) | models.Q(search_status__in=["hold", "inactive"], search_note="")
)
"""Accounts that the Service Center looks into: kept from searching by what a registration looked like, or on a CJA panel
by their owner's word."""


class Account(AbstractBaseUser):
    """One person's (or one firm's) PACER account. ``id`` is the subject that courts know; ``number`` has 7 digits."""

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = ["email"]

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    number = models.CharField(max_length=7, unique=True)
    username = models.CharField(max_length=45)
    type = models.CharField(max_length=16, choices=AccountType.choices)
    user_type = models.CharField(max_length=40, default="INDIVIDUAL")
    created_at = models.DateTimeField()
    upgraded_at = models.DateTimeField(null=True, help_text="null: a legacy account")
    search_status = models.CharField(max_length=10, choices=SearchStatus.choices, default=SearchStatus.ACTIVE)
    is_active = models.BooleanField(default=True)
    shared = models.BooleanField(default=False, help_text="used by several people; searches, never links or files")
    appears_shared_at = models.DateTimeField(null=True, help_text="since when it is used as several people use one")

    prefix = models.CharField(max_length=10, blank=True)
    first_name = models.CharField(max_length=60, blank=True)
    middle_name = models.CharField(max_length=60, blank=True)
    last_name = models.CharField(max_length=120)
    generation = models.CharField(max_length=10, blank=True)
    birth_date = models.DateField(null=True)

    email = models.EmailField()
    mailbox = models.CharField(
        max_length=254, blank=True, default="", db_default="", help_text="the e-mail address without case and +tag"
    )
    email_verified_at = models.DateTimeField(null=True)
    second_email = models.EmailField(
        blank=True, default="", db_default="", help_text="proved; news of the account's security go there, too"
    )
    second_email_at = models.DateTimeField(null=True, help_text="since when")

    firm = models.CharField(max_length=120, blank=True)
    unit = models.CharField(max_length=120, blank=True)
    room = models.CharField(max_length=60, blank=True)
    address1 = models.CharField(max_length=120, blank=True)
    address2 = models.CharField(max_length=120, blank=True)
    address3 = models.CharField(max_length=120, blank=True)
    city = models.CharField(max_length=60, blank=True)
    state = models.CharField(max_length=2, blank=True)
    zip = models.CharField(max_length=10, blank=True)
    county = models.CharField(max_length=60, blank=True)
    country = models.CharField(max_length=2, default="US")
    phone = models.CharField(max_length=30, blank=True)
    alt_phone = models.CharField(max_length=30, blank=True)
    fax = models.CharField(max_length=30, blank=True)
    tax_id = models.CharField(max_length=20, blank=True)

    cja_panel = models.BooleanField(
        default=False, db_default=False, help_text="says to be appointed to a CJA panel: asks for exemptions"
    )
    language = models.CharField(
        max_length=5,
        blank=True,
        default="",
        db_default="",
        help_text="what mails are written in; kept from the last sign-on",
    )
    search_note = models.CharField(
        max_length=20, blank=True, default="", db_default="", help_text="why searching is not active: left-firm, letter"
    )
    client_code_required = models.BooleanField(default=False)
    client_code_format = models.CharField(
        max_length=32, blank=True, default="", db_default="", help_text="set by the firm that pays"
    )
    receipts_hidden = models.BooleanField(
        default=False, db_default=False, help_text="courts show no receipts; set by the firm that pays"
    )
    last_used_at = models.DateTimeField(null=True)
    password_changed_at = models.DateTimeField(null=True, help_text="sessions begun before it are over")
    password_is_common = models.BooleanField(
        default=False,
        db_default=False,
        help_text="seen at a sign-on: the password is on the list of those that many use",
    )
    second_factor_since = models.DateTimeField(
        null=True, help_text="since when signing on asks for a code; null: never. Kept by the factors room"
    )

    closed_at = models.DateTimeField(null=True, help_text="since when is_active is False")
    closed_why = models.CharField(max_length=10, choices=Closed.choices, blank=True, default="", db_default="")
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, related_name="+", help_text="what goes on")
    rest_told_at = models.DateTimeField(null=True, help_text="when the owner was warned of two years without use")

    objects = AccountManager()

    class Meta:
        db_table = "account"
        constraints = [models.UniqueConstraint(Lower("username"), name="account_username")]
        indexes = [
            models.Index(Lower("email"), name="account_email"),
            models.Index(Lower("last_name"), "birth_date", name="account_person"),
            models.Index(fields=["mailbox"], name="account_mailbox"),
            # What the Service Center's desk finds accounts by: the beginnings of words. In the order of bytes an index
            # gives both what begins so and its order: a page of them is read, however many there are.
            models.Index(
                bytewise("last_name"), bytewise("first_name"), Collate("number", "C"), name="account_desk_name"
            ),
            models.Index(bytewise("username"), name="account_desk_username"),
            models.Index(bytewise("email"), name="account_desk_email"),
            models.Index(Collate("number", "C"), name="account_desk_number"),
            models.Index(OpClass(PHONE_DIGITS, "text_pattern_ops"), name="account_by_phone"),
            models.Index(fields=["created_at"], condition=TO_LOOK_AT, name="account_to_look_at"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_upgraded(self) -> bool:
        """A legacy account may sign in to Manage My Account, pay and upgrade; nothing else."""
        return self.upgraded_at is not None

    @property
    def is_shared(self) -> bool:
        """Declared as used by several people, or used that way: it searches, and never links or files."""
        return self.shared or self.appears_shared_at is not None

    @property
    def is_administrative(self) -> bool:
        """A firm's billing account (PAA): neither searches nor files."""
        return self.type == AccountType.ADMINISTRATIVE

    @property
    def told_at(self) -> list[str]:
        """Where news of the account's security go: never a link or a code that opens it, those go to ``email`` alone."""
        second = self.second_email
        return [self.email, second] if second and second.lower() != self.email.lower() else [self.email]

    @property
    def name(self) -> PersonName:
        """The person's name in its parts."""
        return PersonName(
            last=self.last_name, first=self.first_name, middle=self.middle_name, generation=self.generation
        )


class KnownDevice(models.Model):
    """A browser that this account signed in from. ``digest`` is that of the cookie's secret."""

    digest = models.CharField(primary_key=True, max_length=64)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="devices")
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        db_table = "account_device"

    def __str__(self) -> str:
        return f"device of {self.account_id}"


class KnownProgram(models.Model):
    """A program that this account signed in with, by what it calls itself and the network that it came from."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=60)
    network = models.CharField(max_length=60)
    made_at = models.DateTimeField()
    seen_at = models.DateTimeField(db_index=True, help_text="to the day")

    class Meta:
        db_table = "account_program"
        constraints = [
            models.UniqueConstraint(fields=["account", "name", "network"], name="account_program_of_a_network")
        ]

    def __str__(self) -> str:
        return f"program of {self.account_id}"


class StrangerFailures(models.Model):
    """Wrong passwords in a row for one user name from devices that its owner never used.

    ``key`` is the digest of the name as typed, whether an account has it or not, so that both cost the same.
    A logged table: the cap of 100 must outlive a crash.
    """

    key = models.CharField(primary_key=True, max_length=64)
    n = models.PositiveIntegerField()
    last_at = models.DateTimeField()

    class Meta:
        db_table = "account_stranger_failures"

    def __str__(self) -> str:
        return f"{self.n} failures"


class Tally(models.Model):
    """How many sign-ons began in ten minutes over the whole site, and how many of strangers failed. Kept for a week."""

    at = models.DateTimeField(primary_key=True, help_text="when the ten minutes began")
    began = models.PositiveIntegerField()
    failed = models.PositiveIntegerField()
    alarming = models.BooleanField(default=False, help_text="an attack; not what is usual here")

    class Meta:
        db_table = "account_tally"

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}"


class Alarm(models.Model):
    """A time in which so many sign-ons failed that unknown browsers are asked for more than a password."""

    raised_at = models.DateTimeField(primary_key=True)
    until = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "account_alarm"

    def __str__(self) -> str:
        return f"{self.raised_at:%Y-%m-%d %H:%M}"


class Draft(models.Model):
    """A registration or an upgrade on its way through its steps. ``digest`` is that of the cookie's secret.

    The cleaned answers of each step are kept as text; the password only as its hash.
    """

    digest = models.CharField(primary_key=True, max_length=64)
    account = models.ForeignKey(Account, null=True, on_delete=models.CASCADE, help_text="the legacy account to upgrade")
    type = models.CharField(max_length=16, choices=AccountType.choices)
    person = models.JSONField(default=dict)
    address = models.JSONField(default=dict)
    username = models.CharField(max_length=45, blank=True)
    password = models.CharField(max_length=200, blank=True)
    twin_accepted = models.BooleanField(default=False, help_text="was told that an account may already exist")
    begun_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "account_draft"

    def __str__(self) -> str:
        return f"draft of {self.type}"


class MailedLink(models.Model):
    """A link that proves a mailbox, good for one use. ``digest`` is that of the secret in the link."""

    class Purpose(models.TextChoices):
        REGISTER = "register"
        EMAIL = "email"
        SECOND = "second"
        RESET = "reset"
        DISOWN = "disown"

    digest = models.CharField(primary_key=True, max_length=64)
    purpose = models.CharField(max_length=10, choices=Purpose.choices)
    account = models.ForeignKey(Account, null=True, on_delete=models.CASCADE)
    draft = models.ForeignKey(Draft, null=True, on_delete=models.CASCADE)
    email = models.EmailField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "account_mailed_link"

    def __str__(self) -> str:
        return f"{self.purpose} link"


class ActivationLetter(models.Model):
    """A letter that brings an account its activation token, and so proves that its postal address is right.

    Waits to be printed, is printed (the token exists on that paper only; ``digest`` is kept), is mailed; ends used or
    withdrawn. ``printings`` counts the papers: only the token of the last one is good. An account has one live letter.
    """

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    printed_at = models.DateTimeField(null=True)
    printings = models.PositiveIntegerField(default=0)
    digest = models.CharField(max_length=64, blank=True)
    expires_at = models.DateTimeField(null=True)
    mailed_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "account_activation_letter"
        constraints = [
            models.UniqueConstraint(
                fields=["account"], condition=models.Q(used_at=None, withdrawn_at=None), name="account_letter_one_live"
            ),
            models.CheckConstraint(
                condition=models.Q(printings=0, digest="", printed_at=None, expires_at=None, mailed_at=None)
                | models.Q(printings__gt=0, printed_at__isnull=False, expires_at__isnull=False) & ~models.Q(digest=""),
                name="account_letter_printed_whole",
            ),
        ]
        indexes = [
            models.Index(
                fields=["asked_at"],
                condition=models.Q(mailed_at=None, used_at=None, withdrawn_at=None),
                name="account_letter_to_mail",
            )
        ]

    def __str__(self) -> str:
        return f"letter to {self.account_id}"
