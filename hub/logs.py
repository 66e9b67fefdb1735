"""Structured logs: a JSON object a line, with the request id that follows a change into its jobs.

Only named values are logged, never whole records: no names, addresses, notes, tokens.
"""

import re
from typing import Any

import structlog
from structlog.typing import EventDict, Processor

# What PostgreSQL adds to a refusal repeats the row that was refused, over several lines.
_VALUES = re.compile(
    r"\n(?:DETAIL|CONTEXT):.*?(?=\n\n(?:The above exception|During handling)|\Z)", re.DOTALL
)

# Addresses that open something for whoever has them: a calendar, an appointment, an
# offer, a new password.
_SECRET_PATHS = re.compile(r"((?<!/v1)/feeds/|/visits/|/offers/|/password/reset/key/)[^\s\"'<>]+")


def _without_values(_logger: object, _method: str, event: EventDict) -> EventDict:
    if "exception" in event:
        event["exception"] = _VALUES.sub("", event["exception"])
    return event


def _without_secret_paths(_logger: object, _method: str, event: EventDict) -> EventDict:
    for name, value in event.items():
        if isinstance(value, str):
            event[name] = _SECRET_PATHS.sub(r"\1…", value)
    return event


_SHARED: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.format_exc_info,
    _without_values,
    _without_secret_paths,
]


def configure(*, level: str) -> dict[str, Any]:
    """Set structlog up and return Django's ``LOGGING`` for the same output."""
    structlog.configure(
        processors=[*_SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
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
                "processor": structlog.processors.JSONRenderer(),
                "foreign_pre_chain": _SHARED,
            }
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            "httpx": {"level": "WARNING"},
            "fontTools": {"level": "ERROR"},
            "weasyprint": {"level": "ERROR"},
        },
    }
