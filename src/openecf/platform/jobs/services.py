"""Deferring jobs inside the caller's transaction, and the process that does them."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import threading
from contextlib import suppress
from datetime import datetime

import structlog
from procrastinate.contrib.django import app
from procrastinate.exceptions import ConnectorException, UniqueViolation
from procrastinate.jobs import Status

from openecf.platform.postgres import prepared

log = structlog.get_logger()
HEARTBEAT = 3.0
"""Seconds between two signs of life of a worker."""
LOST_AFTER = 15.0
"""Seconds without a sign of life until a worker's jobs are given to others."""

FINISHING = 5.0
"""Seconds that running jobs get to finish when the process is asked to end; then they are asked to break off."""
END_WITHIN = 9.0
"""Seconds after which the process ends, whatever still runs: the database may be gone for good."""


# The library's own function, through a statement that the server keeps ready: every filing asks for a mailing.
_DEFER = """
SELECT procrastinate_defer_jobs_v1(ARRAY[
  ROW(%s::text, %s::text, %s::integer, %s::text, NULL, %s::jsonb, %s::timestamptz)::procrastinate_job_to_defer_v1
])
"""


def defer(name: str, *, at: datetime | None = None, queue: str = "default", **arguments: object) -> None:
    """Ask for a job by its name. It is written with the caller's transaction: undone with it, done only after it.

    ``at`` is the earliest moment; ``arguments`` are JSON values (references, never people's data).
    """
    task = app.configure_task(name, queue=queue, schedule_at=at)
    job = task.make_new_job(**arguments)
    if job.queueing_lock:  # one of a kind at a time: the library says so when another waits
        task.defer(**arguments)
        return
    facts = [job.queue, job.task_name, job.priority, job.lock, json.dumps(job.task_kwargs), job.scheduled_at]
    prepared.send(_DEFER, facts)


async def work(*, name: str, concurrency: int = 4, wait: bool = True) -> None:
    """Do this site's jobs of all queues until SIGTERM or SIGINT, or (without ``wait``) until none waits.

    Jobs that run when the process is asked to end get a few seconds to finish; it never takes longer to end than
    ``END_WITHIN``. A killed worker's jobs are taken back when it has given no sign of life for some seconds, so that a
    restart goes on where the killed process stopped.
    """
    async with app.open_async():
        await take_back()
        worker = asyncio.ensure_future(
            app.run_worker_async(
                name=name,
                concurrency=concurrency,
                wait=wait,
                # A filing's notice is sent within a second even if the notification of a new job is missed.
                fetch_job_polling_interval=1.0,
                shutdown_graceful_timeout=FINISHING,
                delete_jobs="successful",
                update_heartbeat_interval=HEARTBEAT,
                stalled_worker_timeout=LOST_AFTER,
                install_signal_handlers=False,
            )
        )
        for signum in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(signum, _end, worker)
        with suppress(asyncio.CancelledError):
            await worker


def _end(worker: asyncio.Future) -> None:
    worker.cancel()
    last_resort = threading.Timer(END_WITHIN, os._exit, [1])
    last_resort.daemon = True
    last_resort.start()


async def take_back() -> int:
    """Let the jobs of workers that died be done by the living; how many.

    A job that was running when its worker was killed stays marked as running, and so does the lock that it holds:
    without this, nobody would ever run a job of that lock again. Every job may run twice for this reason, and each is
    written so that doing it twice has the effect of doing it once.
    """
    jobs = list(await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=LOST_AFTER))
    for job in jobs:
        log.warning("jobs.taken_back", job=job.id, task=job.task_name)
        try:
            await app.job_manager.retry_job(job)
        except UniqueViolation:
            # The next run of the same periodic job waits already.
            with suppress(ConnectorException):
                await app.job_manager.finish_job(job, status=Status.FAILED, delete_job=True)
        except ConnectorException as trouble:
            # Most likely another worker was faster; if not, the next look finds the job again.
            log.info("jobs.not_taken_back", job=job.id, error=type(trouble).__name__)
    return len(jobs)


async def sweep() -> None:
    """Forget jobs that failed a month ago; what they were to do is in the tables of their rooms."""
    await app.job_manager.delete_old_jobs(nb_hours=30 * 24, include_failed=True)
