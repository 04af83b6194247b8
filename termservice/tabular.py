"""Concepts as CSV for spreadsheets or NDJSON for programs, a piece of text at a time."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from typing import Any

import orjson

from termservice.answers import ConceptAnswer

COLUMNS = tuple(field.name for field in fields(ConceptAnswer))
CHUNK = 64 * 1024
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def export(rows: Iterable[Mapping[str, Any]], form: str) -> Iterator[str]:
    """Concepts (dicts of `ConceptAnswer`) as `csv`, with a header and lists as JSON, or as `ndjson`."""
    out = io.StringIO()
    writer = csv.DictWriter(out, fieldnames=COLUMNS)
    if form == "csv":
        writer.writeheader()
    for row in rows:
        if form == "csv":
            writer.writerow({name: safe(value) for name, value in row.items()})
        else:
            out.write(compact(row) + "\n")
        if out.tell() > CHUNK:
            yield out.getvalue()
            out.seek(0)
            out.truncate()
    yield out.getvalue()


def safe(value: Any) -> str:
    """A value as a spreadsheet cell: nothing that would be run as a formula, lists and objects as JSON."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    text = value if isinstance(value, str) else compact(value)
    return "'" + text if text.lstrip(" \u00a0").startswith(_FORMULA) else text


def compact(value: Any) -> str:
    """A value as JSON on one line."""
    return orjson.dumps(value).decode()
