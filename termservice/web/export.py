"""A whole version as a file, streamed: CSV for spreadsheets, NDJSON for programs."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

from flask import Response

from termservice import tabular
from termservice.answers import When

if TYPE_CHECKING:
    from termservice.service import TerminologyService

_TYPES = {"csv": "text/csv; charset=utf-8", "ndjson": "application/x-ndjson"}


def export_response(service: TerminologyService, system: str, when: When, format: str) -> Response:
    """The file as a download, named after system and version. Raises as the service does, before any byte.

    The headers Termservice-System, -Version and -Revision say where the content is from.
    """
    page = service.concepts(system, when, limit=1)
    rows = service.export(system, When(version=page.version))
    first = list(islice(rows, 1))  # raises before any byte is sent
    response = Response(_encoded(first, rows, format), content_type=_TYPES[format])
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


def _encoded(first: list[dict[str, Any]], rest: Iterator[dict[str, Any]], format: str) -> Iterator[bytes]:
    """The file's bytes; a download that is broken off does not keep the service's read transaction open."""
    try:
        for text in tabular.export(chain(first, rest), format):
            yield text.encode()
    finally:
        close = getattr(rest, "close", None)
        if close is not None:
            close()
