"""The court's own users: filers, staff, judges; and the offers to link them to PACER accounts."""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _


class Group(models.TextChoices):
    """What a court-issued account may do here."""

    ATTORNEY = "attorney", _("Attorney")
    TRUSTEE = "trustee", _("Trustee")
    US_TRUSTEE = "us-trustee", _("U.S. Trustee")
    LIMITED = "limited", _("Limited filer")
    COURT_REPORTER = "court-reporter", _("Court reporter")
    AUDITOR = "auditor", _("Auditor")
    PRO_SE = "pro-se", _("Pro se filer")
    PRO_HAC_VICE = "pro-hac-vice", _("Attorney, pro hac vice")
    FILING_AGENT = "filing-agent", _("Filing agent")
    CLERK = "clerk", _("Clerk's office")
    JUDGE = "judge", _("Judge")
    CHAMBERS = "chambers", _("Chambers staff")


class CourtUser(models.Model):
    """A court-issued account. Linked once to a PACER account; from then on its own login and password are dead."""

    login = models.CharField(max_length=60)
    password = models.CharField(max_length=256, blank=True, help_text="hash; empty once dead")
    spent_password = models.CharField(
        max_length=256,
        blank=True,
        default="",
        db_default="",
        help_text="hash of the dead password: opens nothing, tells its owner what became of it",
    )
    group = models.CharField(max_length=16, choices=Group.choices)
    prefix = models.CharField(max_length=10, blank=True)
    first_name = models.CharField(max_length=60, blank=True)
    middle_name = models.CharField(max_length=60, blank=True)
    last_name = models.CharField(max_length=120)
    generation = models.CharField(max_length=10, blank=True)
    initials = models.CharField(max_length=10, blank=True)
    bar_id = models.CharField(max_length=40, blank=True)
    firm = models.CharField(max_length=120, blank=True)
    address_lines = ArrayField(models.CharField(max_length=120), default=list, blank=True)
    phone = models.CharField(max_length=30, blank=True)
    fax = models.CharField(max_length=30, blank=True)
    email = models.EmailField(blank=True)
    secondary_emails = ArrayField(models.EmailField(), default=list, blank=True)
    wants_text = models.BooleanField(default=False, help_text="notices in plain text instead of HTML")
    tells_agents = models.BooleanField(
        default=False, db_default=False, help_text="filing agents get copies too; kept by the agents room"
    )
    wants_announcements = models.BooleanField(
        default=True, db_default=True, help_text="general ones; urgent ones go to everybody"
    )
    language = models.CharField(
        max_length=5, blank=True, default="", db_default="", help_text="that mails are written in; empty: not known yet"
    )

    account = models.UUIDField(null=True, unique=True, help_text="subject of the linked PACER account")
    account_number = models.CharField(max_length=7, blank=True)
    linked_at = models.DateTimeField(null=True)
    before_link = models.JSONField(
        null=True, help_text="where notices went before the account was linked; null: not known, or not linked"
    )
    active = models.BooleanField(default=True)
    suspended_at = models.DateTimeField(null=True, help_text="by the clerk's office; active is false then")
    suspended_why = models.CharField(max_length=500, blank=True, default="", db_default="")

    class Meta:
        db_table = "court_user"
        constraints = [models.UniqueConstraint(Lower("login"), name="court_user_login")]

    def __str__(self) -> str:
        return self.login


class LinkOffer(models.Model):
    """A proved court login shown to the person who proved it, waiting to be confirmed. Good once, and not for long."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    account = models.UUIDField()
    user = models.ForeignKey(CourtUser, on_delete=models.CASCADE, related_name="offers")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "link_offer"

    def __str__(self) -> str:
        return str(self.id)


class How(models.TextChoices):
    """When notices go to an address."""

    FILING = "filing", _("At once, one e-mail for each filing")
    SUMMARY = "summary", _("Once a day, a summary of all filings")
    NONE = "none", _("None")


class NoticeWay(models.Model):
    """How notices go to one address of a person. Without a row: of all cases, at once, in the form the person chose.

    The primary address serves documents on the person, so that it is told of everything, one way or the other.
    """

    user = models.ForeignKey(CourtUser, on_delete=models.CASCADE, related_name="ways")
    address = models.EmailField(blank=True, help_text="secondary, in small letters; empty: the primary, whatever it is")
    usual = models.CharField(max_length=7, choices=How.choices, default=How.FILING, help_text="none: chosen cases only")
    tells_silence = models.BooleanField(default=False, help_text="a summary also of a day without filings")
    wants_text = models.BooleanField(null=True, help_text="plain text; null: as the person's notices are")
    verifies_look = models.BooleanField(
        default=True, db_default=True, help_text="a link in a notice asks once more before it uses up the free look"
    )

    class Meta:
        db_table = "notice_way"
        constraints = [
            models.UniqueConstraint(fields=["user", "address"], name="notice_way_one"),
            models.CheckConstraint(condition=~models.Q(address="", usual="none"), name="notice_way_primary_told"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.address or 'primary'}: {self.usual}"


class CaseWay(models.Model):
    """How notices of one case go to an address, whatever is usual there. ``none``: only where the case is the person's
    own and the address a secondary one."""

    way = models.ForeignKey(NoticeWay, on_delete=models.CASCADE, related_name="cases")
    case = models.ForeignKey("cases.Case", on_delete=models.CASCADE, related_name="+")
    how = models.CharField(max_length=7, choices=How.choices)

    class Meta:
        db_table = "notice_case_way"
        constraints = [models.UniqueConstraint(fields=["way", "case"], name="notice_case_way_one")]

    def __str__(self) -> str:
        return f"{self.way_id} {self.case_id}: {self.how}"
