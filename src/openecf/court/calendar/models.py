"""Deadlines and hearings that entries set and satisfy."""

from __future__ import annotations

from django.db import models


class Deadline(models.Model):
    """Something is due."""

    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="deadlines", db_index=False)
    kind = models.CharField(max_length=80)
    due = models.DateField()
    set_by = models.ForeignKey("docket.Entry", on_delete=models.PROTECT, related_name="deadlines_set")
    satisfied_by = models.ForeignKey("docket.Entry", null=True, on_delete=models.PROTECT, related_name="deadlines_met")
    terminated_by = models.ForeignKey(
        "docket.Entry", null=True, on_delete=models.PROTECT, related_name="deadlines_ended"
    )

    class Meta:
        db_table = "deadline"
        indexes = [models.Index(fields=["case", "due"], name="deadline_case")]

    def __str__(self) -> str:
        return f"{self.kind} {self.due}"


class Hearing(models.Model):
    """The court will sit."""

    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="hearings", db_index=False)
    kind = models.CharField(max_length=80)
    at = models.DateTimeField()
    place = models.CharField(max_length=200, blank=True)
    set_by = models.ForeignKey("docket.Entry", on_delete=models.PROTECT, related_name="hearings_set")
    ended_by = models.ForeignKey("docket.Entry", null=True, on_delete=models.PROTECT, related_name="hearings_ended")

    class Meta:
        db_table = "hearing"
        indexes = [models.Index(fields=["case", "at"], name="hearing_case")]

    def __str__(self) -> str:
        return f"{self.kind} {self.at}"
