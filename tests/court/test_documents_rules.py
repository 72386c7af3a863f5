"""Who may read what: every level of restriction against every kind of reader."""

from __future__ import annotations

from uuid import UUID

import pytest

from openecf.court.documents.rules import level, may_read, size_text
from openecf.court.people.rules import NOBODY, Reader
from openecf.kernel.restriction import Restriction

ACCOUNT = UUID(int=1)
FILER = 7
SEARCHER = Reader(account=ACCOUNT, may_search=True)
TERMINAL = Reader(terminal=True)
FILED_IT = Reader(account=ACCOUNT, user=FILER, group="attorney")
CHOSEN = Reader(account=ACCOUNT, user=8, group="attorney")
IN_THE_CASE = Reader(account=ACCOUNT, user=9, group="attorney")
OTHER_LAWYER = Reader(account=ACCOUNT, user=10, group="attorney")
CLERK = Reader(account=ACCOUNT, user=11, group="clerk")
CHAMBERS = Reader(account=ACCOUNT, user=12, group="chambers")
JUDGE = Reader(account=ACCOUNT, user=13, group="judge")
EVERYONE = {
    "nobody": NOBODY, "searcher": SEARCHER, "terminal": TERMINAL, "filer": FILED_IT, "chosen": CHOSEN,
    "participant": IN_THE_CASE, "other lawyer": OTHER_LAWYER, "clerk": CLERK, "chambers": CHAMBERS, "judge": JUDGE,
}  # fmt: skip

MAY = {
    Restriction.PUBLIC: set(EVERYONE),
    Restriction.PARTICIPANTS_AND_TERMINAL: {"participant", "terminal", "filer", "clerk", "chambers", "judge"},
    Restriction.PARTICIPANTS: {"participant", "filer", "clerk", "chambers", "judge"},
    Restriction.SELECTED: {"chosen", "filer", "clerk", "chambers", "judge"},
    Restriction.FILER_AND_COURT: {"filer", "clerk", "chambers", "judge"},
    Restriction.COURT: {"clerk", "chambers", "judge"},
    Restriction.CHAMBERS: {"chambers", "judge"},
    7: {"chambers", "judge"},
    -1: {"chambers", "judge"},
    255: {"chambers", "judge"},
}


@pytest.mark.parametrize("who", EVERYONE)
@pytest.mark.parametrize("restriction", MAY, ids=str)
def test_who_may_read(restriction, who):
    allowed = may_read(
        EVERYONE[who], restriction=restriction, participates=who == "participant", filed_by=FILER, selected={8}
    )
    assert allowed == (who in MAY[restriction])


@pytest.mark.parametrize("restriction", [r for r in Restriction if r])
def test_nobody_is_not_the_filer_of_what_nobody_filed(restriction):
    assert not may_read(NOBODY, restriction=restriction, participates=False, filed_by=None)


def test_the_strictest_of_case_entry_and_document_counts():
    assert level(0, 2, 1) == Restriction.PARTICIPANTS
    assert level(0, 99) == Restriction.CHAMBERS
    assert level() == Restriction.PUBLIC


@pytest.mark.parametrize(("size", "printed"), [(88_400, "88.4 KB"), (4_600_000, "4.6 MB"), (120, "0.1 KB")])
def test_sizes_as_menus_print_them(size, printed):
    assert size_text(size) == printed
