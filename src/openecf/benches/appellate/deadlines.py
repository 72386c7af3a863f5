"""The appellate bench's answers: deadlines."""

from __future__ import annotations


class Deadlines:
    """See court.calendar.rules.DeadlineRules."""

    when_inaccessible = "Fed. R. App. P. 26(a)(3)"
