"""One kind of court in one process: each file imported into an empty court, its pages rendered, everything undone.

Usage: python -m tests.wire.quick KIND JOBS, where JOBS is a file of lines ``{"path", "court", "out", "edits"}``.
"""

from __future__ import annotations

import json
import logging
import os
import sys
from pathlib import Path

from tests.sites import settle

SITE_OF = {"bankruptcy": "flsb", "district": "flsd", "appellate": "ca11"}
ASKED = {
    "sort1": "oldest date first",
    "date_range_type": "Filed",
    "output_format": "html",
    "case_num": " ",
    "date_from": "1/1/1960",
    "pdf_header": "1",
    "list_of_parties_and_counsel": "on",
    "terminated_parties": "on",
}
ASKED_OF_APPEALS = {
    name: "Y"
    for name in ("incDktEntries", "incOrigDkt", "incPrior", "incAssoc", "incPanel", "incPtyAty", "fullDocketReport")
} | {"servlet": "CaseSummary.jsp", "incCaption": "long", "actionType": "Run+Docket+Report"}


def page_of(client, kind: str, court, case, *, multiple: bool):
    """The docket page as a program gets it."""
    from openecf.kernel.courts import JAVA_SERVLET_ROOT

    if kind == "appellate":
        root = "/cmecf/servlet" if court.id in JAVA_SERVLET_ROOT else "/n/beam/servlet"
        asked = ASKED_OF_APPEALS | {"caseNum": case.number} | ({"incPdfMulti": "Y"} if multiple else {})
        return client.get(f"{root}/TransportRoom", asked)
    # Every other docket with links that ask for copies as they were filed.
    asked = ASKED | {"all_case_ids": str(case.id), "pdf_header": "12"[case.id % 2]}
    asked |= {"view_multi_docs": "on"} if multiple else {}
    return client.post("/cgi-bin/DktRpt.pl?1-L_1_0-1", asked)


def run(kind: str, jobs: list[dict]) -> None:
    from django.conf import settings
    from django.db import connection, transaction
    from django.test import override_settings
    from django.test.utils import setup_test_environment
    from django.utils import timezone

    from openecf.court.cases.models import Case
    from openecf.court.importing import services as importing
    from openecf.kernel import courts
    from tests.wire import edits
    from tests.wire.signed import SEARCHER, client_of

    logging.disable(logging.CRITICAL)
    setup_test_environment()
    connection.creation.create_test_db(verbosity=0)
    middleware = list(settings.MIDDLEWARE)
    middleware.insert(middleware.index("openecf.court.people.middleware.Readers"), "tests.wire.signed.Callers")
    try:
        for job in jobs:
            court = courts.court(job["court"])
            answer: dict = {}
            with override_settings(MIDDLEWARE=middleware, COURT=court), transaction.atomic():
                report = importing.import_dockets([job["path"]], at=timezone.now())
                taken = report.files[0]
                if taken.outcome != "taken":
                    answer["refused"] = taken.reason
                else:
                    case = Case.objects.get(id=taken.case)
                    expected = json.loads(Path(job["path"]).read_text("utf-8"))
                    if job.get("edits"):
                        expected = edits.edit(case, expected, seed=job["edits"])
                    multiple = any(
                        e.get("attachments") or e.get("page_count") for e in expected["docket_entries"]
                    ) or any(e.get("pacer_seq_no") and court.kind == "bankruptcy" for e in expected["docket_entries"])
                    response = page_of(client_of(SEARCHER), kind, court, case, multiple=multiple)
                    body = b"".join(response.streaming_content) if response.streaming else response.content
                    Path(job["out"] + ".html").write_bytes(body)
                    answer["status"] = response.status_code
                    answer["expected"] = expected
                transaction.set_rollback(True)
            Path(job["out"]).write_text(json.dumps(answer), "utf-8")
    finally:
        connection.creation.destroy_test_db(os.path.basename(connection.settings_dict["NAME"]), verbosity=0)


def main() -> None:
    kind, jobs = sys.argv[1], [json.loads(line) for line in Path(sys.argv[2]).read_text("utf-8").splitlines()]
    settle(SITE_OF[kind])
    run(kind, jobs)


if __name__ == "__main__":
    main()
