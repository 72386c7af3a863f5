"""Notices of electronic filing (at the appellate court: of docket activity)."""

from __future__ import annotations

from django.db import models


class Notice(models.Model):
    """The notice of one entry, kept as it was sent."""

    entry = models.ForeignKey("docket.Entry", on_delete=models.PROTECT, related_name="notices")
    at = models.DateTimeField()
    subject = models.TextField()
    html = models.TextField(help_text="as shown to the filer: links without free looks")
    text = models.TextField()

    class Meta:
        db_table = "notice"
        indexes = [models.Index(fields=["at"], name="notice_at")]

    def __str__(self) -> str:
        return self.subject


class Recipient(models.Model):
    """Someone on the service list, and how the notice reached them (or that it must be served otherwise)."""

    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="recipients")
    user = models.ForeignKey("people.CourtUser", null=True, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=200)
    addresses = models.JSONField(default=list)
    by_mail = models.BooleanField(default=False, help_text="true: to be served otherwise, at the postal lines")
    postal_lines = models.JSONField(default=list)
    wants_text = models.BooleanField(default=False, db_default=False)
    by_interest = models.BooleanField(
        default=False, db_default=False, help_text="asked to hear of a case that is not their own: no free look"
    )
    mailed_at = models.DateTimeField(null=True, help_text="the mails were written, or kept for the day's summary")

    class Meta:
        db_table = "notice_recipient"
        indexes = [
            models.Index(
                fields=["notice"], name="notice_not_mailed", condition=models.Q(mailed_at=None, by_mail=False)
            ),
        ]

    def __str__(self) -> str:
        return self.name


class FreeLook(models.Model):
    """One free electronic copy for one address, once, for a limited time. ``digest`` is of the link's secret."""

    digest = models.CharField(max_length=64, unique=True)
    recipient = models.ForeignKey(Recipient, on_delete=models.PROTECT, related_name="free_looks")
    document = models.ForeignKey("documents.Document", on_delete=models.PROTECT, related_name="+")
    address = models.EmailField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    asks_first = models.BooleanField(
        default=True,
        db_default=True,
        help_text="opens after one more question; false: the owner of the address chose so",
    )

    class Meta:
        db_table = "free_look"

    def __str__(self) -> str:
        return self.address


class Summary(models.Model):
    """The one mail of a court day to one address of a person, or the word that nothing was filed."""

    user = models.ForeignKey("people.CourtUser", on_delete=models.PROTECT, related_name="+")
    address = models.EmailField()
    day = models.DateField(help_text="a day of the court")
    at = models.DateTimeField()
    mailed = models.BooleanField(default=True, help_text="false: all of its filings were closed to the person since")

    class Meta:
        db_table = "notice_summary"
        constraints = [models.UniqueConstraint(fields=["user", "address", "day"], name="notice_summary_one")]

    def __str__(self) -> str:
        return f"{self.address} {self.day}"


class SummaryLine(models.Model):
    """A notice that waits for the day's summary to one address, then the summary that told of it.

    ``user`` is whose choice it is: the recipient, or a filing agent who gets copies.
    """

    recipient = models.ForeignKey(Recipient, on_delete=models.PROTECT, related_name="summary_lines")
    user = models.ForeignKey("people.CourtUser", on_delete=models.PROTECT, related_name="+")
    address = models.EmailField()
    at = models.DateTimeField(help_text="of the notice")
    summary = models.ForeignKey(Summary, null=True, on_delete=models.PROTECT, related_name="lines")
    left_out = models.BooleanField(
        default=False, help_text="the entry was closed to the person before the day was over"
    )

    class Meta:
        db_table = "notice_summary_line"
        constraints = [models.UniqueConstraint(fields=["recipient", "address"], name="notice_summary_line_one")]
        indexes = [models.Index(fields=["at"], name="notice_summary_due", condition=models.Q(summary=None))]

    def __str__(self) -> str:
        return self.address


class SummaryDay(models.Model):
    """A court day whose summaries were all written."""

    day = models.DateField(primary_key=True)
    at = models.DateTimeField()

    class Meta:
        db_table = "notice_summary_day"

    def __str__(self) -> str:
        return str(self.day)


class Announcement(models.Model):
    """What the clerk's office tells the people who file here by mail. What was sent stays as it was.

    ``reached`` is the last court user whose mail was written: a killed worker's successor goes on after it.
    """

    title = models.CharField(max_length=150)
    text = models.TextField(help_text="paragraphs parted by empty lines")
    groups = models.JSONField(default=list, help_text="groups of court users; empty: everybody who files")
    urgent = models.BooleanField(default=False, help_text="goes to those as well who want no announcements")
    by = models.CharField(max_length=80)
    sent_at = models.DateTimeField()
    reached = models.BigIntegerField(default=0)
    mails = models.PositiveIntegerField(default=0)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "court_announcement"
        ordering = ["-sent_at", "-id"]

    def __str__(self) -> str:
        return self.title
