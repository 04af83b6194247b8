"""Lines for operators: text for people or JSON for programs, with the id of the request at work, never with a key.

What callers search for is not logged: texts, codes and lists may be about a person.
"""

from __future__ import annotations

import logging
import logging.config
import re
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

import orjson

REQUEST_ID: ContextVar[str] = ContextVar("request_id", default="")
FIELDS = "fields"
"""Of a record (`extra={FIELDS: {...}}`): members of the line beside its message."""
_SECRET = re.compile(r"\bts_[a-z2-7]{10}_[A-Za-z0-9_-]{20,}")
_HIDDEN = "ts_***"


class JsonLines(logging.Formatter):
    """One JSON object a line: `time` (UTC), `level`, `logger`, `message`, what the record has besides."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if REQUEST_ID.get():
            line["request_id"] = REQUEST_ID.get()
        line |= getattr(record, FIELDS, {})
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return cleaned(orjson.dumps(line, default=str).decode())


class TextLines(logging.Formatter):
    """The same for people: fields follow the message as name=value."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        first, *rest = super().format(record).split("\n")
        fields = dict(getattr(record, FIELDS, {}))
        if REQUEST_ID.get():
            fields.setdefault("request_id", REQUEST_ID.get())
        told = "".join(f" {name}={value}" for name, value in fields.items())
        return cleaned("\n".join([first + told, *rest]))


def cleaned(text: str) -> str:
    """Without anything that looks like an API key, wherever it came from."""
    return _SECRET.sub(_HIDDEN, text) if "ts_" in text else text


def settings(form: str) -> dict[str, Any]:
    """For `logging.config.dictConfig`: everything from INFO on standard error, the server's own lines too."""
    formatter = JsonLines if form == "json" else TextLines
    handler = {"class": "logging.StreamHandler", "formatter": "lines", "stream": "ext://sys.stderr"}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"lines": {"()": f"{formatter.__module__}.{formatter.__qualname__}"}},
        "handlers": {"lines": handler},
        "root": {"level": "INFO", "handlers": ["lines"]},
        "loggers": {"_granian": {"handlers": ["lines"], "level": "INFO", "propagate": False}},
    }


def configure(form: str) -> None:
    """Log in this form from now on; with none chosen the process's logging is left as it is."""
    if form:
        logging.config.dictConfig(settings(form))
