"""The bankruptcy bench."""

from __future__ import annotations

from openecf.benches.bankruptcy.case import Case
from openecf.benches.bankruptcy.deadlines import Deadlines
from openecf.benches.bankruptcy.documents import Documents
from openecf.benches.bankruptcy.menus import Menus
from openecf.benches.bankruptcy.notice import Notice
from openecf.benches.bankruptcy.sheet import Sheet
from openecf.court.bench import Bench

BENCH = Bench(
    name="bankruptcy",
    case=Case(),
    sheet=Sheet(),
    documents=Documents(),
    notice=Notice(),
    menus=Menus(),
    deadlines=Deadlines(),
    urls="openecf.benches.bankruptcy.urls",
)
