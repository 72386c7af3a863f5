"""Runs inside an environment that holds the published juriscraper and nothing of ours: pages in, its JSON out.

Usage: python parse.py JOBS, where JOBS is a file of lines ``{"court", "appellate", "page", "out"}``.
"""

import datetime
import json
import logging
import sys
import traceback

logging.disable(logging.CRITICAL)

from juriscraper.pacer import (  # noqa: E402
    AppellateDocketReport,
    CaseQuery,
    DocketHistoryReport,
    DocketReport,
    PossibleCaseNumberApi,
)

READERS = {
    "docket": DocketReport,
    "appellate": AppellateDocketReport,
    "history": DocketHistoryReport,
    "query": CaseQuery,
    "numbers": PossibleCaseNumberApi,
}


def plain(value):
    if isinstance(value, (datetime.date, datetime.datetime)):
        return value.isoformat()
    raise TypeError(type(value))


def main():
    with open(sys.argv[1], encoding="utf-8") as jobs:
        for line in jobs:
            job = json.loads(line)
            with open(job["page"], encoding="utf-8") as page:
                text = page.read()
            try:
                report = READERS[job["as"]](job["court"])
                report._parse_text(text)
                data = report.data() if job["as"] == "numbers" else report.data
                answer = {"data": data}
            except Exception:
                answer = {"error": traceback.format_exc()[-1500:]}
            with open(job["out"], "w", encoding="utf-8") as out:
                json.dump(answer, out, default=plain)


main()
