"""What the stories need to know of each court: a bankruptcy, a district and an appellate one, with invented cases."""

from __future__ import annotations

from dataclasses import dataclass

import pytest


@dataclass(frozen=True)
class Motion:
    """A motion as Tobias finds and words it."""

    typed: str
    title: str
    free: str
    category: str = "Exhibit"
    description: str = "Declaration of the filer"


@dataclass(frozen=True)
class CourtStory:
    """One court. ``case`` is what Tobias files in, with Petra as the other side's counsel."""

    id: str
    case: str
    typed: str
    """The case number as a busy person types it."""
    caption: str
    filer: str
    """The party that Tobias files for."""
    notice: str
    """What this court calls its notice."""
    otherwise: str
    """How the notice begins the list of those whom nobody mails; of an appeal in which all are mailed it has none."""
    motion: Motion
    sealed_case: str
    unknown_case: str
    closed_case: str
    clerks_case: str
    """Where the clerk's office closes and reopens, while others file in ``case``."""
    link_label: str
    filing_menu: str
    paper: str
    """The header line of a filed PDF, without the numbers."""

    def __str__(self) -> str:
        return self.id


BANKRUPTCY = CourtStory(
    id="flsb",
    case="24-10142",
    typed="24-10142",
    caption="Gulfwind Paper Lantern Company, Inc.",
    filer="Gulfwind Paper Lantern Company, Inc.",
    notice="Notice of Electronic Filing",
    otherwise="Notice will not be electronically mailed to:",
    motion=Motion("sell property", "Motion to Sell Property", "Two delivery vans"),
    sealed_case="24-10188",
    unknown_case="24-19999",
    closed_case="23-10977",
    clerks_case="24-10203",
    link_label="Link a CM/ECF account to my PACER account",
    filing_menu="Bankruptcy",
    paper="Case 24-10142",
)
DISTRICT = CourtStory(
    id="flsd",
    case="1:24-cv-20101",
    typed="24-20101",
    caption="Marguerite Halloway v. Pinwheel Transit Authority",
    filer="Marguerite Halloway",
    notice="Notice of Electronic Filing",
    otherwise="Notice has been delivered by other means to:",
    motion=Motion("summary", "Motion for Summary Judgment", "on the second count"),
    sealed_case="1:24-cv-20200",
    unknown_case="1:24-cv-29999",
    closed_case="1:23-cv-24870",
    clerks_case="1:24-cv-20255",
    link_label="Link a CM/ECF account to my PACER account",
    filing_menu="Civil",
    paper="Case 1:24-cv-20101",
)
APPELLATE = CourtStory(
    id="ca11",
    case="24-10011",
    typed="24-10011",
    caption="Marguerite Halloway v. Pinwheel Transit Authority",
    filer="MARGUERITE HALLOWAY",
    notice="Notice of Docket Activity",
    otherwise="",
    motion=Motion("record", "Motion to Supplement the Record", "with the hearing transcript"),
    sealed_case="24-10055",
    unknown_case="24-19999",
    closed_case="23-13990",
    clerks_case="24-10102",
    link_label="Link my filer account to my PACER account",
    filing_menu="Filing",
    paper="24-10011",
)

each_court = pytest.mark.parametrize("court", [BANKRUPTCY, DISTRICT, APPELLATE], ids=str)
"""A story that every kind of court must tell."""
