"""Fixed-width code lists without a header: a code in the first columns, its text in the rest of the line."""

from __future__ import annotations

from collections.abc import Iterator

from codesystems.files import SourceFile
from codesystems.formats.text import lines
from codesystems.model import Where
from codesystems.report import Report


def fixed_width(file: SourceFile, width: int, report: Report) -> Iterator[tuple[Where, str, str]]:
    """(place, code, text) of every line that is not blank, without white space at both ends of either.

    `width` is the number of characters the code may take. A line without a code or without a text is yielded
    with an empty string: the caller knows which of the two its format allows. Raises `ReleaseError` where the
    bytes are not text.
    """
    for number, line in enumerate(lines(file, report), start=1):
        if line.strip():
            yield Where(file.path, number), line[:width].strip(), line[width:].strip()
