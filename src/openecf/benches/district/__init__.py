"""The district bench."""

from __future__ import annotations

from openecf.benches.district.case import Case
from openecf.benches.district.deadlines import Deadlines
from openecf.benches.district.documents import Documents
from openecf.benches.district.menus import Menus
from openecf.benches.district.notice import Notice
from openecf.benches.district.sheet import Sheet
from openecf.court.bench import Bench

BENCH = Bench(
    name="district",
    case=Case(),
    sheet=Sheet(),
    documents=Documents(),
    notice=Notice(),
    menus=Menus(),
    deadlines=Deadlines(),
    urls="openecf.benches.district.urls",
)
