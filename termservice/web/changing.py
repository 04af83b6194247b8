"""REST about time: what became of a code, and what differs between two versions."""

from __future__ import annotations

from collections.abc import Iterator
from os import SEEK_END
from tempfile import TemporaryFile
from typing import IO, Any

from flask import Blueprint, Response

from termservice.answers import ChangesAnswer, When
from termservice.changesheets import csv_text
from termservice.naming import when_named
from termservice.web import arguments as args
from termservice.web import schemas
from termservice.web.access import service
from termservice.web.api import CONCEPT, PREFIX, SYSTEM
from termservice.web.arguments import arguments
from termservice.web.describing import Operation, described
from termservice.web.export import file_headers
from termservice.web.responses import JSON, answer, with_next

CSV = "text/csv"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CHUNK = 64 * 1024

blueprint = Blueprint("changing", __name__, url_prefix=PREFIX)

_HISTORY = args.HistoryArgs()
_CHANGES = args.ChangesArgs()


@blueprint.get(CONCEPT + "/history")
@described(
    Operation(
        "What became of a code", "Changes", schemas.HistorySchema(), _HISTORY, problems=(404, 422),
        description="When it existed, what happened to it, and what follows it. Each event says whose word it is: "
        "`computed` from the releases, or the `publisher`'s.",
        example="/codesystems/icd-10-se/concepts/I21.9/history",
    )
)  # fmt: skip
def history(system: str, code: str) -> Response:
    return answer(service().history(system, code, **arguments(_HISTORY)))


@blueprint.get(SYSTEM + "/changes")
@described(
    Operation(
        "What differs between two versions", "Changes", schemas.ChangesSchema(), _CHANGES, problems=(404, 422),
        description="One item per code and type, in code order. `from` and `to` are a version's name, or a date on "
        "which it is in force. As a file: CSV with a row per change, or a workbook with a summary and a sheet per "
        "type.",
        example="/codesystems/icd-10-se/changes?from=2025-06-30&limit=5", media=(JSON, CSV, XLSX),
    )
)  # fmt: skip
def changes(system: str) -> Response:
    return _changes(system, **arguments(_CHANGES))


def _changes(system: str, start: str | None, end: str | None, format: str, **asked: Any) -> Response:
    with service().snapshot():
        first = when_named(service(), system, start) if start is not None else When()
        last = when_named(service(), system, end) if end is not None else When()
        found = service().changes(system, first, last, **asked)
    return answer(with_next(found, "offset")) if format == "json" else _file(found, format)


def _file(found: ChangesAnswer, format: str) -> Response:
    if format == "csv":
        response = Response((text.encode() for text in csv_text(found)), content_type=f"{CSV}; charset=utf-8")
    else:
        response = _workbook(found)
    name = f"{found.system}-{found.after_version}-{found.version}-changes"
    response.headers.extend(file_headers(name, format, found))
    return response


def _workbook(found: ChangesAnswer) -> Response:
    """Made on disk, since a workbook is whole only when it is closed."""
    from termservice.changeworkbook import write_workbook  # large, and seldom asked for

    file = TemporaryFile()  # noqa: SIM115  closed with the response
    try:
        write_workbook(found, file)
        size = file.seek(0, SEEK_END)
        file.seek(0)
    except BaseException:
        file.close()
        raise
    response = Response(_chunks(file), content_type=XLSX)
    response.content_length = size
    response.call_on_close(file.close)
    return response


def _chunks(file: IO[bytes]) -> Iterator[bytes]:
    while chunk := file.read(CHUNK):
        yield chunk
