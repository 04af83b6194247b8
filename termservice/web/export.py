"""A whole version as a file, streamed: CSV for spreadsheets, NDJSON for programs."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, Protocol

from flask import Response

from termservice import tabular
from termservice.answers import When

if TYPE_CHECKING:
    from termservice.service import TerminologyService

_TYPES = {"csv": "text/csv; charset=utf-8", "ndjson": "application/x-ndjson"}


class Origin(Protocol):
    """An answer that says where it comes from."""

    @property
    def system(self) -> str: ...
    @property
    def version(self) -> str: ...
    @property
    def revision(self) -> int: ...


def export_response(service: TerminologyService, system: str, when: When, format: str) -> Response:
    """The file as a download, named after system and version. Raises as the service does, before any byte.

    The headers Termservice-System, -Version and -Revision say where the content is from.
    """
    page = service.concepts(system, when, limit=1)
    rows = service.export(system, When(version=page.version))
    first = list(islice(rows, 1))  # raises before any byte is sent
    response = Response(_encoded(first, rows, format), content_type=_TYPES[format])
    response.headers.extend(file_headers(f"{page.system}-{page.version}", format, page))
    return response


def file_headers(name: str, format: str, origin: Origin) -> dict[str, str]:
    """What makes an answer a download of that name, and says where its content is from."""
    plain = name.encode("ascii", "replace").decode()
    plain = "".join(c if c.isalnum() or c in "-._" else "_" for c in plain)
    return {
        "Content-Disposition": f'attachment; filename="{plain}.{format}"',
        "Cache-Control": "no-cache",
        "Termservice-System": origin.system,
        "Termservice-Version": origin.version.encode("ascii", "replace").decode(),
        "Termservice-Revision": str(origin.revision),
    }


def _encoded(first: list[dict[str, Any]], rest: Iterator[dict[str, Any]], format: str) -> Iterator[bytes]:
    """The file's bytes; a download that is broken off does not keep the service's read transaction open."""
    try:
        for text in tabular.export(chain(first, rest), format):
            yield text.encode()
    finally:
        close = getattr(rest, "close", None)
        if close is not None:
            close()
