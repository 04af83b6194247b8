"""A whole version as a file, streamed: CSV for spreadsheets, NDJSON for programs."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import orjson
from flask import Response

from termservice.answers import When

if TYPE_CHECKING:
    from termservice.service import TerminologyService

_TYPES = {"csv": "text/csv; charset=utf-8", "ndjson": "application/x-ndjson"}
_CHUNK = 64 * 1024
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def export_response(service: TerminologyService, system: str, when: When, format: str) -> Response:
    """The file as a download, named after system and version. Raises as the service does, before any byte.

    The headers Termservice-System, -Version and -Revision say where the content is from.
    """
    page = service.concepts(system, when, limit=1)
    rows = service.export(system, When(version=page.version))
    first = next(rows, None)
    lines = _ndjson(first, rows) if format == "ndjson" else _csv(first, rows)
    response = Response(lines, content_type=_TYPES[format])
    name = f"{page.system}-{page.version}".encode("ascii", "replace").decode()
    name = "".join(c if c.isalnum() or c in "-._" else "_" for c in name)
    response.headers.extend(
        {
            "Content-Disposition": f'attachment; filename="{name}.{format}"',
            "Cache-Control": "no-cache",
            "Termservice-System": page.system,
            "Termservice-Version": page.version.encode("ascii", "replace").decode(),
            "Termservice-Revision": str(page.revision),
        }
    )
    return response


def _ndjson(first: Mapping[str, Any] | None, rows: Iterator[Mapping[str, Any]]) -> Iterator[bytes]:
    pending = bytearray()
    for row in _chain(first, rows):
        pending += orjson.dumps(row)
        pending += b"\n"
        if len(pending) > _CHUNK:
            yield bytes(pending)
            pending.clear()
    yield bytes(pending)


def _csv(first: Mapping[str, Any] | None, rows: Iterator[Mapping[str, Any]]) -> Iterator[bytes]:
    """Every row has the keys of the first one; they are the columns."""
    if first is None:
        return
    out = io.StringIO()
    writer = csv.DictWriter(out, fieldnames=list(first), lineterminator="\r\n")
    writer.writeheader()
    for row in _chain(first, rows):
        writer.writerow({name: cell(value) for name, value in row.items()})
        if out.tell() > _CHUNK:
            yield out.getvalue().encode()
            out.seek(0)
            out.truncate()
    yield out.getvalue().encode()


def cell(value: Any) -> str:
    """A value as a spreadsheet cell: nothing that would be run as a formula, lists and objects as JSON."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    text = value if isinstance(value, str) else orjson.dumps(value).decode()
    return "'" + text if text.lstrip(" \u00a0").startswith(_FORMULA) else text


def _chain(first: Mapping[str, Any] | None, rows: Iterator[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    try:
        if first is not None:
            yield first
        yield from rows
    finally:
        # A download that is broken off must not keep the service's read transaction open.
        close = getattr(rows, "close", None)
        if close is not None:
            close()
