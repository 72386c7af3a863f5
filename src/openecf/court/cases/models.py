"""Cases and who is in them.

What the record says in a form that no column holds is kept as the free line it came as.
"""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import OpClass
from django.db import models
from django.db.models.functions import Upper


class Judge(models.Model):
    """A judicial officer of this court."""

    name = models.CharField(max_length=120, unique=True)
    title = models.CharField(max_length=60, blank=True)
    initials = models.CharField(max_length=10, blank=True)
    user = models.ForeignKey("people.CourtUser", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        db_table = "judge"

    def __str__(self) -> str:
        return self.name


class Case(models.Model):
    """One case (in a criminal case with several defendants: one docket). ``id`` is the PACER case id."""

    office = models.CharField(max_length=2, blank=True)
    year = models.PositiveSmallIntegerField()
    type = models.CharField(max_length=5, blank=True)
    serial = models.PositiveBigIntegerField()
    number = models.CharField(max_length=40, help_text="core, as dockets print it: 1:24-cv-00012, 24-10001, 24-1234")
    judge_initials = models.CharField(max_length=10, blank=True)
    referred_initials = models.CharField(max_length=10, blank=True)
    defendant_number = models.CharField(max_length=6, blank=True)
    number_as_written = models.CharField(max_length=60, blank=True, help_text="when the heading was not the core form")

    caption = models.TextField(blank=True, help_text="as the docket's heading prints it")
    short_title = models.CharField(max_length=400, blank=True)
    filed = models.DateField(null=True)
    terminated = models.DateField(null=True)
    reopened = models.DateField(null=True)
    converted = models.DateField(null=True)
    discharged = models.DateField(null=True)
    dismissed = models.DateField(null=True)
    plan_confirmed = models.DateField(null=True)
    last_filing = models.DateField(null=True)

    assigned_to = models.ForeignKey(Judge, null=True, on_delete=models.PROTECT, related_name="assigned_cases")
    referred_to = models.ForeignKey(Judge, null=True, on_delete=models.PROTECT, related_name="referred_cases")

    chapter = models.CharField(max_length=5, blank=True)
    previous_chapter = models.CharField(max_length=5, blank=True, default="", db_default="")
    voluntary = models.CharField(max_length=20, blank=True)
    asset = models.CharField(max_length=20, blank=True)
    cause = models.TextField(blank=True)
    nature_of_suit = models.TextField(blank=True)
    jury_demand = models.CharField(max_length=60, blank=True)
    demand = models.CharField(max_length=120, blank=True)
    jurisdiction = models.CharField(max_length=120, blank=True)
    mdl_status = models.TextField(blank=True)
    flags = ArrayField(models.CharField(max_length=60), default=list, blank=True)

    appeal_from = models.TextField(blank=True)
    fee_status = models.CharField(max_length=120, blank=True)
    case_type_information = models.TextField(blank=True)
    panel = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    originating = models.JSONField(null=True, help_text="the court below: cases.rules.Originating")

    lead = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="members")
    lead_note = models.JSONField(null=True, help_text="lead bankruptcy case as written, when it is not a case here")
    header_lines = models.JSONField(default=list, help_text="[label, text] lines of the heading that no column holds")

    restriction = models.PositiveSmallIntegerField(default=0)
    version = models.PositiveIntegerField(default=0, help_text="rises with every edit; older versions merge or collide")
    next_seq = models.PositiveIntegerField(default=1)
    next_number = models.PositiveIntegerField(default=1)
    chain_head = models.CharField(max_length=64, blank=True)
    ordered_by = models.CharField(max_length=12, default="date_filed", help_text="the date that its docket shows first")

    imported_from = models.CharField(max_length=200, blank=True)
    source_hash = models.CharField(max_length=64, blank=True)

    class Meta:
        db_table = "case"
        indexes = [
            models.Index(fields=["serial", "year"], name="case_serial"),
            models.Index(fields=["number"], name="case_number"),
            models.Index(fields=["filed"], name="case_filed"),
            models.Index(fields=["last_filing"], name="case_last_filing"),
            models.Index(fields=["source_hash"], name="case_source", condition=~models.Q(source_hash="")),
            models.Index(OpClass(Upper("short_title"), name="varchar_pattern_ops"), name="case_title_prefix"),
        ]

    def __str__(self) -> str:
        return self.number


class Party(models.Model):
    """A party in a case. ``lines`` is everything under the name, line by line (aliases, address, tax id endings)."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="parties", db_index=False)
    position = models.PositiveIntegerField()
    name = models.CharField(max_length=1000)
    type = models.CharField(max_length=120)
    lines = models.TextField(blank=True)
    terminated = models.DateField(null=True)
    no_attorney_column = models.BooleanField(default=False, help_text="the source listed no counsel column at all")
    offense_opening = models.TextField(blank=True)
    offense_terminated = models.TextField(blank=True)
    has_criminal_data = models.BooleanField(default=False)
    defendant_number = models.CharField(max_length=6, blank=True)

    class Meta:
        db_table = "party"
        ordering = ["position"]
        indexes = [
            models.Index(fields=["case", "position"], name="party_case"),
            models.Index(OpClass(Upper("name"), name="varchar_pattern_ops"), name="party_name_prefix"),
        ]

    def __str__(self) -> str:
        return self.name


class Representation(models.Model):
    """An attorney's appearance for a party: name, contact as the docket prints it, roles.

    ``user`` ties it to the court-issued account that gets the notices. ``contact`` holds whole lines.
    """

    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="representations", db_index=False)
    user = models.ForeignKey("people.CourtUser", null=True, on_delete=models.PROTECT, related_name="representations")
    position = models.PositiveIntegerField()
    name = models.CharField(max_length=200, blank=True)
    contact = models.TextField(blank=True)
    email = models.EmailField(blank=True)
    roles = ArrayField(models.TextField(), default=list, blank=True)
    terminated = models.DateField(null=True)
    appeared_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "representation"
        ordering = ["position"]
        indexes = [models.Index(fields=["party", "position"], name="representation_party")]

    def __str__(self) -> str:
        return self.name


class CriminalCount(models.Model):
    """A count or a complaint against a defendant."""

    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="counts")
    position = models.PositiveIntegerField()
    kind = models.CharField(max_length=12, choices=[(k, k) for k in ("pending", "terminated", "complaint")])
    name = models.TextField()
    disposition = models.TextField(blank=True)

    class Meta:
        db_table = "criminal_count"
        ordering = ["position"]

    def __str__(self) -> str:
        return self.name


class CaseChange(models.Model):
    """One field of a case, a party or an appearance that was changed: what edits of an older version merge with."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="changes")
    version = models.PositiveIntegerField(help_text="the case's version that this change made")
    subject = models.CharField(max_length=40, help_text="case, party:12, representation:7")
    field = models.CharField(max_length=40)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    at = models.DateTimeField()
    by = models.CharField(max_length=80)

    class Meta:
        db_table = "case_change"
        ordering = ["version", "id"]
        indexes = [models.Index(fields=["case", "version"], name="case_change_version")]

    def __str__(self) -> str:
        return f"{self.case_id}/{self.version} {self.subject} {self.field}"
