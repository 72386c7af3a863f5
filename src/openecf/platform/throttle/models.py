"""Counters that slow guessing down."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Counter(models.Model):
    """Failures by key in a window of time. The table is UNLOGGED: a crash forgets counters, nothing else.

    ``seen`` are the different things that failed, as far as a counter asks how many they are.
    """

    key = models.CharField(primary_key=True, max_length=200)
    window_start = models.DateTimeField()
    n = models.PositiveIntegerField()
    seen = ArrayField(models.CharField(max_length=64), default=list, db_default=[])

    class Meta:
        db_table = "throttle_counter"

    def __str__(self) -> str:
        return self.key
