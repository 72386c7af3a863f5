"""Runs inside an environment that holds the published juriscraper and nothing of ours: asks courts, one line a question.

Reads ``{"act", "court", …}`` from its input and writes ``{"answer"}`` or ``{"error"}`` to its output. The whole process
is one ``PacerSession``. Where the courts are it learns from its environment only: ``HTTPS_PROXY``,
``REQUESTS_CA_BUNDLE``, ``SSL_CERT_FILE``.
"""

import asyncio
import datetime
import hashlib
import inspect
import json
import logging
import sys
import traceback

logging.disable(logging.CRITICAL)

from juriscraper.pacer import (  # noqa: E402
    AppellateAttachmentPage,
    AppellateDocketReport,
    AttachmentPage,
    CaseQuery,
    DocketHistoryReport,
    DocketReport,
    DownloadConfirmationPage,
    MobileQuery,
    PacerSession,
    PossibleCaseNumberApi,
    ShowCaseDocApi,
)

PAGES = {
    "query": CaseQuery,
    "docket": DocketReport,
    "appellate-docket": AppellateDocketReport,
    "history": DocketHistoryReport,
    "menu": AttachmentPage,
    "appellate-menu": AppellateAttachmentPage,
    "receipt": DownloadConfirmationPage,
    "mobile": MobileQuery,
    "place": ShowCaseDocApi,
}


async def done(value):
    """What a call of either version gives: 4 answers coroutines, 3 does not."""
    return await value if inspect.isawaitable(value) else value


async def page(session, job):
    report = PAGES[job["act"]](job["court"], session)
    await done(report.query(*job.get("args", ()), **job.get("options", {})))
    return report.data


async def numbers(session, job):
    report = PossibleCaseNumberApi(job["court"], session)
    await done(report.query(job["number"]))
    return report.data(**job.get("options", {}))


async def pdf(session, job):
    """The document, as the client gets it: kept in the file that the question names."""
    if job.get("servlet"):
        report = AppellateDocketReport(job["court"], session)
        response, error = await done(report.download_pdf(job["document"], job.get("case")))
    else:
        report = DocketReport(job["court"], session)
        given = {"pacer_magic_num": job.get("magic"), "appellate": bool(job.get("appellate"))}
        given["de_seq_num"] = job.get("seq")
        response, error = await done(report.download_pdf(job.get("case"), job["document"], **given))
    if response is None:
        return {"error": error}
    if job.get("keep"):
        with open(job["keep"], "wb") as file:
            file.write(response.content)
    kind = response.headers.get("content-type")
    return {"error": error, "type": kind, "sha256": hashlib.sha256(response.content).hexdigest()}


async def sealed(session, job):
    report = DocketReport(job["court"], session)
    return await done(report.is_pdf_sealed(job["case"], job["document"]))


async def entry_sealed(session, job):
    report = DocketReport(job["court"], session)
    return await done(report.is_entry_sealed(job["case"], job["document"]))


async def login(session, job):
    await done(session.login())
    return True


ACTS = {"login": login, "numbers": numbers, "pdf": pdf, "sealed": sealed, "entry-sealed": entry_sealed}


def plain(value):
    if isinstance(value, (datetime.date, datetime.datetime)):
        return value.isoformat()
    raise TypeError(type(value))


async def main():
    session = PacerSession(username=sys.argv[1], password=sys.argv[2])
    for line in sys.stdin:
        job = json.loads(line)
        try:
            answer = {"answer": await ACTS.get(job["act"], page)(session, job)}
        except Exception:
            answer = {"error": traceback.format_exc()[-3000:]}
        print(json.dumps(answer, default=plain), flush=True)


asyncio.run(main())
