"""Counters that slow guessing down."""

from __future__ import annotations

from django.db import models


class Counter(models.Model):
    """Failures by key in a window of time. The table is UNLOGGED: a crash forgets counters, nothing else."""

    key = models.CharField(primary_key=True, max_length=200)
    window_start = models.DateTimeField()
    n = models.PositiveIntegerField()

    class Meta:
        db_table = "throttle_counter"

    def __str__(self) -> str:
        return self.key
