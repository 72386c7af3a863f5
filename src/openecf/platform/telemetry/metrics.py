"""Prometheus metrics: what requests cost, counted in this process; what waits, read from the database when asked."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import connection
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

REGISTRY = CollectorRegistry()
REQUESTS = Counter(
    "openecf_requests", "Requests answered, by route and status.", ["route", "method", "status"], registry=REGISTRY
)
SECONDS = Histogram(
    "openecf_request_seconds",
    "Seconds until the answer began, by route.",
    ["route"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
    registry=REGISTRY,
)

_WAITING = """
SELECT 'message', count(*) FILTER (WHERE dead_at IS NULL), count(*) FILTER (WHERE dead_at IS NOT NULL),
       coalesce(extract(epoch FROM now() - min(at) FILTER (WHERE dead_at IS NULL)), 0)
FROM bus_outbox WHERE delivered_at IS NULL
UNION ALL
SELECT 'received message', 0, count(*), 0 FROM bus_inbox WHERE applied_at IS NULL AND dead_at IS NOT NULL
UNION ALL
SELECT 'mail', count(*) FILTER (WHERE dead_at IS NULL), count(*) FILTER (WHERE dead_at IS NOT NULL),
       coalesce(extract(epoch FROM now() - min(created_at) FILTER (WHERE dead_at IS NULL)), 0)
FROM mail_outgoing WHERE sent_at IS NULL
UNION ALL
SELECT 'payment', count(*) FILTER (WHERE next_look_at IS NOT NULL), count(*) FILTER (WHERE next_look_at IS NULL),
       greatest(coalesce(extract(epoch FROM now() - min(next_look_at)), 0), 0)
FROM payment_attempt WHERE over_at IS NULL
UNION ALL
SELECT 'job', count(*) FILTER (WHERE status IN ('todo', 'doing')), count(*) FILTER (WHERE status = 'failed'), 0
FROM procrastinate_jobs
"""


class Waiting(Collector):
    """What this site still has to send or do, and what waits for a person at the desk."""

    def describe(self) -> list[GaugeMetricFamily]:
        """Nothing is read when the collector is registered."""
        return []

    def collect(self) -> Iterator[GaugeMetricFamily]:
        waiting = GaugeMetricFamily("openecf_waiting", "Messages, mails and jobs that wait.", labels=["kind"])
        stuck = GaugeMetricFamily("openecf_stuck", "Those that wait for a person's decision.", labels=["kind"])
        oldest = GaugeMetricFamily("openecf_oldest_waiting_seconds", "How long the oldest waits.", labels=["kind"])
        with connection.cursor() as cursor:
            cursor.execute(_WAITING)
            for kind, some, dead, age in cursor.fetchall():
                waiting.add_metric([kind], some)
                stuck.add_metric([kind], dead)
                oldest.add_metric([kind], float(age))
        yield from (waiting, stuck, oldest)


REGISTRY.register(Waiting())


def exposition() -> bytes:
    """Everything, in Prometheus' text format."""
    return generate_latest(REGISTRY)
