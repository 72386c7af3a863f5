"""Deferring jobs inside the caller's transaction, and the process that does them."""

from __future__ import annotations

from datetime import datetime

from procrastinate.contrib.django import app


def defer(name: str, *, at: datetime | None = None, queue: str = "default", **arguments: object) -> None:
    """Ask for a job by its name. It is written with the caller's transaction: undone with it, done only after it.

    ``at`` is the earliest moment; ``arguments`` are JSON values (references, never people's data).
    """
    app.configure_task(name, queue=queue, schedule_at=at).defer(**arguments)


def work(*, concurrency: int = 4) -> None:
    """Do this site's jobs until SIGTERM or SIGINT; running jobs are finished first. Periodic jobs start here too."""
    with app.replace_connector(app.connector.get_worker_connector()) as worker:
        worker.run_worker(
            concurrency=concurrency,
            listen_notify=True,
            fetch_job_polling_interval=2.0,
            delete_jobs="successful",
            shutdown_graceful_timeout=20,
        )
