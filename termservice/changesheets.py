"""Changes between two versions as CSV, for programs."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from termservice import tabular
from termservice.answers import ChangesAnswer, Source

COLUMNS = ("code", "display", "type", "date", "version", "before", "after", "wording", "source")


def csv_text(answer: ChangesAnswer) -> Iterator[str]:
    """One row per change, a piece of text at a time; lists and objects as JSON, nothing that runs as a formula."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for change in answer.items:
        values = (
            change.code, change.display, change.type, change.date, change.version, change.before, change.after,
            change.wording, source_text(change.source),
        )  # fmt: skip
        writer.writerow([tabular.safe(value) for value in values])
        if out.tell() > tabular.CHUNK:
            yield out.getvalue()
            out.seek(0)
            out.truncate()
    yield out.getvalue()


def source_text(source: Source) -> str:
    """`computed`, or `publisher` with release, file and row."""
    where = [source.release, source.file, f"row {source.row}" if source.row is not None else None]
    found = ", ".join(part for part in where if part)
    return f"{source.by}: {found}" if found else source.by
