"""The day a workbook was last saved, as its own properties say: for workbooks that state no date anywhere else.

Of xlsx the part `docProps/core.xml`; of xls the stream `SummaryInformation`, a property set ([MS-OLEPS]) in which
property 13 of the first section is the time of the last save as a FILETIME.
"""

from __future__ import annotations

import os
import re
import struct
import zipfile
from datetime import date, datetime, timedelta

from codesystems.files import SourceFile

_MODIFIED = re.compile(rb"<dcterms:modified[^>]*>\s*(\d{4}-\d\d-\d\d)")
_LAST_SAVED, _FILETIME = 13, 64
_FIRST_SECTION_AT = 44
_EPOCH = datetime(1601, 1, 1)
_MAX_PROPERTIES = 100


def last_saved(file: SourceFile) -> date | None:
    """The day of the last save; None where the file does not say, or is no workbook."""
    head = file.head(8)
    try:
        if head.startswith(b"PK"):
            with zipfile.ZipFile(file.local) as archive, archive.open("docProps/core.xml") as part:
                found = _MODIFIED.search(part.read(1 << 16))
            return date.fromisoformat(found[1].decode()) if found else None
        if head.startswith(b"\xd0\xcf\x11\xe0"):
            from xlrd.compdoc import CompDoc  # a server imports this module and opens no workbook

            with open(os.devnull, "w") as quiet:
                stream = CompDoc(file.bytes(), logfile=quiet).get_named_stream("\x05SummaryInformation")
            return saved_in(stream or b"")
    except Exception:  # what damaged archives and compound files raise has no common base; reading them reports it
        return None
    return None


def saved_in(properties: bytes) -> date | None:
    """The day of the last save in a property set; None where it is not there. Raises `struct.error` and
    `OverflowError` for what is no property set."""
    (section,) = struct.unpack_from("<I", properties, _FIRST_SECTION_AT)
    _, count = struct.unpack_from("<II", properties, section)
    for number in range(min(count, _MAX_PROPERTIES)):
        name, at = struct.unpack_from("<II", properties, section + 8 + 8 * number)
        if name == _LAST_SAVED:
            kind, ticks = struct.unpack_from("<IQ", properties, section + at)
            return (_EPOCH + timedelta(microseconds=ticks // 10)).date() if kind == _FILETIME and ticks else None
    return None
