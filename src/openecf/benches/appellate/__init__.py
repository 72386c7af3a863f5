"""The appellate bench."""

from __future__ import annotations

from openecf.benches.appellate.case import Case
from openecf.benches.appellate.deadlines import Deadlines
from openecf.benches.appellate.documents import Documents
from openecf.benches.appellate.menus import Menus
from openecf.benches.appellate.notice import Notice
from openecf.benches.appellate.sheet import Sheet
from openecf.court.bench import Bench

BENCH = Bench(
    name="appellate",
    case=Case(),
    sheet=Sheet(),
    documents=Documents(),
    notice=Notice(),
    menus=Menus(),
    deadlines=Deadlines(),
    urls="openecf.benches.appellate.urls",
)
