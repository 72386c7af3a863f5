"""A court's conversion: how far it is, who came with it, and what the clerk's office has to decide before going live."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Conversion(models.Model):
    """One export that was begun to be taken over. At most one of them counts: those rolled back stay for the record."""

    manifest = models.CharField(max_length=64, help_text="SHA-256 of the export's manifest")
    taken_at = models.DateTimeField(null=True, help_text="when the old system made the export, as it says")
    counts = models.JSONField(default=dict, help_text="records of each file, as the manifest says")
    shares = models.PositiveSmallIntegerField(default=1, help_text="processes among which the cases are dealt out")
    begun_at = models.DateTimeField()
    loaded_at = models.DateTimeField(null=True)
    verified_at = models.DateTimeField(null=True)
    digests = models.JSONField(default=dict, help_text="SHA-256 of the rows of each file, as verified")
    switched_at = models.DateTimeField(null=True)
    roll_back_begun_at = models.DateTimeField(null=True, help_text="from then on it is only taken out")
    rolled_back_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "conversion"
        constraints = [
            models.UniqueConstraint(
                models.Value(1), condition=models.Q(rolled_back_at=None), name="conversion_one_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return f"conversion {self.id}"


class Place(models.Model):
    """How far loading is: records of each file that are written, raised in the transaction that writes them.

    Share 0 has the people, logins and passwords, too; each share its own cases.
    """

    conversion = models.ForeignKey(Conversion, on_delete=models.CASCADE, related_name="places")
    share = models.PositiveSmallIntegerField()
    done = models.JSONField(default=dict)
    last_case = models.PositiveBigIntegerField(default=0)

    class Meta:
        db_table = "conversion_place"
        constraints = [models.UniqueConstraint(fields=["conversion", "share"], name="conversion_place_once")]

    def __str__(self) -> str:
        return f"{self.conversion_id}/{self.share}"


class ConvertedPerson(models.Model):
    """A person of the old system. ``user``: the account that is theirs here, if they have one."""

    conversion = models.ForeignKey(Conversion, on_delete=models.CASCADE, related_name="people")
    person = models.CharField(max_length=40)
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
    user = models.ForeignKey("people.CourtUser", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        db_table = "converted_person"
        constraints = [models.UniqueConstraint(fields=["conversion", "person"], name="converted_person_once")]

    def __str__(self) -> str:
        return self.person


class ConvertedUser(models.Model):
    """A login that was taken over. It works only after the switch."""

    user = models.OneToOneField("people.CourtUser", primary_key=True, on_delete=models.PROTECT, related_name="+")
    conversion = models.ForeignKey(Conversion, on_delete=models.CASCADE, related_name="+")
    active = models.BooleanField()
    others = ArrayField(models.CharField(max_length=40), default=list, help_text="people beside the holder")
    closed = models.BooleanField(
        default=False, db_default=False, help_text="its holder has another login, as the clerk's office decided"
    )

    class Meta:
        db_table = "converted_user"

    def __str__(self) -> str:
        return str(self.user_id)


class ConvertedAgency(models.Model):
    """That a person filed for another in the old system. ``agency``: since the switch, which lets them go on."""

    conversion = models.ForeignKey(Conversion, on_delete=models.CASCADE, related_name="+")
    principal = models.ForeignKey(ConvertedPerson, on_delete=models.CASCADE, related_name="+")
    agent = models.ForeignKey(ConvertedPerson, on_delete=models.CASCADE, related_name="+")
    sees_restricted = models.BooleanField(default=False)
    gets_notices = models.BooleanField(default=False)
    agency = models.OneToOneField("agents.Agency", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        db_table = "converted_agency"
        constraints = [models.UniqueConstraint(fields=["principal", "agent"], name="converted_agency_once")]

    def __str__(self) -> str:
        return f"{self.agent_id} for {self.principal_id}"


class ConvertedCase(models.Model):
    """A case that was taken over. Until the switch only the court sees it; then it is restricted as it was."""

    case = models.OneToOneField("cases.Case", primary_key=True, on_delete=models.PROTECT, related_name="+")
    conversion = models.ForeignKey(Conversion, on_delete=models.CASCADE, related_name="+")
    restriction = models.PositiveSmallIntegerField(default=0)
    lead = models.PositiveBigIntegerField(null=True, help_text="the lead case, set when every case is here")

    class Meta:
        db_table = "converted_case"

    def __str__(self) -> str:
        return str(self.case_id)


class ConvertedAppearance(models.Model):
    """Which person of the old system an appearance is."""

    representation = models.OneToOneField(
        "cases.Representation", primary_key=True, on_delete=models.PROTECT, related_name="+"
    )
    person = models.ForeignKey(ConvertedPerson, on_delete=models.CASCADE, related_name="appearances")

    class Meta:
        db_table = "converted_appearance"

    def __str__(self) -> str:
        return str(self.representation_id)


class Finding(models.Model):
    """People who seem to be one, or a login that seems to be several people's: for the clerk's office to decide."""

    conversion = models.ForeignKey(Conversion, on_delete=models.CASCADE, related_name="findings")
    kind = models.CharField(max_length=12, help_text="twice, shared-login, shared")
    why = models.CharField(max_length=12, help_text="what they have in common: bar-id, name, login, email, phone")
    what = models.CharField(max_length=254, help_text="the number, name, login or address itself")
    people = models.ManyToManyField(ConvertedPerson, related_name="findings", db_table="finding_person")
    outcome = models.CharField(max_length=10, blank=True, help_text="same, different, split; empty: open")
    kept = models.ForeignKey(ConvertedPerson, null=True, on_delete=models.CASCADE, related_name="+")
    note = models.CharField(max_length=400, blank=True)
    by = models.CharField(max_length=80, blank=True)
    at = models.DateTimeField(null=True)

    class Meta:
        db_table = "finding"
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["conversion", "kind", "why", "what"], name="finding_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.why} {self.what}"
