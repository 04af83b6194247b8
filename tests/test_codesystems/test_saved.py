"""When a workbook was last saved, as its properties say."""

from __future__ import annotations

import struct
import zipfile
from datetime import date
from pathlib import Path

import pytest

from codesystems.files import Package
from codesystems.formats.saved import last_saved, saved_in

CREATED, SAVED, FILETIME, TEXT = 12, 13, 64, 30
DAY = date(2004, 12, 21)
TICKS = (DAY - date(1601, 1, 1)).days * 864_000_000_000 + 1


def properties(*found: tuple[int, int, int]) -> bytes:
    """A property set of one section, of (name, type, value)."""
    start = 8 + 8 * len(found)
    names = b"".join(struct.pack("<II", name, start + 12 * n) for n, (name, _, _) in enumerate(found))
    values = b"".join(struct.pack("<IQ", kind, value) for _, kind, value in found)
    return bytes(44) + struct.pack("<I", 48) + struct.pack("<II", start + len(values), len(found)) + names + values


@pytest.mark.parametrize(
    ("found", "day"),
    [
        ([(CREATED, FILETIME, 1), (SAVED, FILETIME, TICKS)], DAY),
        ([(CREATED, FILETIME, TICKS)], None),
        ([(SAVED, FILETIME, 0)], None),
        ([(SAVED, TEXT, TICKS)], None),
        ([], None),
    ],
)
def test_the_time_of_the_last_save_is_one_of_the_properties(
    found: list[tuple[int, int, int]], day: date | None
) -> None:
    assert saved_in(properties(*found)) == day


@pytest.mark.parametrize(
    ("part", "text", "day"),
    [
        ("docProps/core.xml", '<dcterms:modified xsi:type="dcterms:W3CDTF">2004-12-21T11:19:28Z<', DAY),
        ("docProps/core.xml", "<dcterms:modified>2004-02-30T00:00:00Z<", None),
        ("docProps/core.xml", "<dc:creator/>", None),
        ("xl/workbook.xml", "", None),
    ],
)
def test_a_workbook_of_today_says_it_in_xml(tmp_path: Path, part: str, text: str, day: date | None) -> None:
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w") as archive:
        archive.writestr(part, text)
    assert saved(tmp_path) == day


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"\xd0\xcf\x11\xe0" + bytes(2048), b"text"])
def test_what_is_no_workbook_says_nothing(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "a.xls").write_bytes(data)
    assert saved(tmp_path) is None


def saved(folder: Path) -> date | None:
    with Package(folder) as package:
        return last_saved(package.files[0])


@pytest.mark.live
def test_a_real_workbook(shared_data: Path) -> None:
    assert saved(shared_data / "kva/conversion") == DAY
