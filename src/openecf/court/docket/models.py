"""Docket entries. Append-only: a correction is a new fact, a struck entry keeps its number."""

from __future__ import annotations

from django.db import models


class Entry(models.Model):
    """One line of a docket.

    ``row`` is the finished table row that the public sees, written when the entry is made or corrected; a docket
    sheet is those rows, one after another. ``guarded`` entries (restricted, or with a restricted document) are
    rendered for the reader instead.
    """

    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="entries", db_index=False)
    seq = models.PositiveIntegerField(help_text="de_seq_num: unique in the case, never reused")
    number = models.CharField(max_length=16, blank=True, help_text="document number; empty for text-only entries")
    number_sort = models.PositiveBigIntegerField(null=True)
    filed = models.DateField(null=True)
    entered = models.DateTimeField(null=True)
    position = models.PositiveIntegerField(help_text="place on the docket sheet, oldest first")

    event = models.CharField(max_length=80, blank=True, help_text="code in the event dictionary")
    title = models.CharField(max_length=200, blank=True, help_text="the event's wording when it was filed")
    text = models.TextField(help_text="docket text without the Entered suffix")
    entered_note = models.CharField(max_length=80, blank=True, help_text="the suffix as printed: (Entered: 01/02/2024)")
    first_date = models.DateField(null=True, help_text="the date in the sheet's first column")

    filer = models.ForeignKey("people.CourtUser", null=True, on_delete=models.PROTECT, related_name="entries")
    entered_by = models.CharField(max_length=80, blank=True, help_text="who entered it, for the log")
    restriction = models.PositiveSmallIntegerField(default=0)
    guarded = models.BooleanField(default=False)
    struck_at = models.DateTimeField(null=True)
    elsewhere = models.CharField(
        max_length=20,
        blank=True,
        default="",
        db_default="",
        help_text="the document its number links to, if not its first one",
    )
    has_pacer_seq = models.BooleanField(default=True, help_text="false: the source's links carried no sequence number")

    row = models.TextField(blank=True)
    text_bytes = models.PositiveIntegerField(default=0, help_text="extracted bytes, for billing")
    previous = models.CharField(max_length=64, blank=True)
    chain = models.CharField(max_length=64, blank=True)

    class Meta:
        db_table = "entry"
        constraints = [
            models.UniqueConstraint(fields=["case", "seq"], name="entry_seq"),
            models.UniqueConstraint(
                fields=["case", "number"],
                condition=~models.Q(number="") & models.Q(event__gt=""),
                name="entry_number",
            ),
        ]
        indexes = [
            models.Index(fields=["case", "position"], name="entry_position"),
            models.Index(fields=["case", "number_sort"], name="entry_number_sort"),
            models.Index(fields=["case", "filed"], name="entry_filed"),
            models.Index(fields=["entered"], name="entry_entered"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} #{self.number or self.seq}"


class EntryFiler(models.Model):
    """A party on whose behalf an entry was filed."""

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="filers")
    party = models.ForeignKey("cases.Party", on_delete=models.PROTECT, related_name="+")

    class Meta:
        db_table = "entry_filer"

    def __str__(self) -> str:
        return f"{self.entry_id}/{self.party_id}"


class EntryRelation(models.Model):
    """An entry that refers to another (a response to a motion, an order on it)."""

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="relates_to")
    to = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="related_from")

    class Meta:
        db_table = "entry_relation"

    def __str__(self) -> str:
        return f"{self.entry_id}->{self.to_id}"


class Motion(models.Model):
    """A request for relief that waits for the court until an order disposes of it."""

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="motions")
    relief = models.CharField(max_length=200)
    outcome = models.CharField(max_length=20, blank=True)
    decided_by = models.ForeignKey(Entry, null=True, on_delete=models.PROTECT, related_name="decides")

    class Meta:
        db_table = "motion"

    def __str__(self) -> str:
        return self.relief


class EntryRevision(models.Model):
    """What an entry said before a correction by the court."""

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="revisions")
    at = models.DateTimeField()
    by = models.CharField(max_length=80)
    reason = models.TextField(blank=True)
    before = models.JSONField()

    class Meta:
        db_table = "entry_revision"

    def __str__(self) -> str:
        return f"{self.entry_id} at {self.at}"


class FreeLine(models.Model):
    """What a docket from elsewhere said that no column here holds, as it came. Never deleted.

    The same path and words are one row, however often they come. What a newer copy says of the same path replaces it.
    """

    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="free_lines")
    entry = models.ForeignKey(Entry, null=True, on_delete=models.PROTECT, related_name="free_lines")
    path = models.TextField(help_text="where it stands in the docket: parties[Jane Roe, Debtor].hobby")
    said = models.TextField(help_text="its value, as JSON")
    source = models.CharField(max_length=200, help_text="the file that said it")
    at = models.DateTimeField(help_text="when it was imported")
    replaced_at = models.DateTimeField(null=True, help_text="when a newer copy said something else in its place")

    class Meta:
        db_table = "free_line"
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.case_id} {self.path}"
