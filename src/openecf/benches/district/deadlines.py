"""The district bench's answers: deadlines."""

from __future__ import annotations


class Deadlines:
    """See court.calendar.rules.DeadlineRules."""

    when_inaccessible = "Fed. R. Civ. P. 6(a)(3)"
