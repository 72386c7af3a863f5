"""The bankruptcy bench's answers: deadlines."""

from __future__ import annotations


class Deadlines:
    """See court.calendar.rules.DeadlineRules."""

    when_inaccessible = "Fed. R. Bankr. P. 9006(a)(3)"
