"""Text files with the encoding they really have.

Publishers' files come as UTF-8 with or without BOM, cp1252 or cp850, sometimes mixed within one release. An
encoding is chosen by evidence (valid UTF-8; else which of the two code pages gives Swedish or German letters) and
reported; where there is none, reading stops rather than guess.
"""

from __future__ import annotations

from codesystems.files import SourceFile
from codesystems.model import Where
from codesystems.report import ReleaseError, Report

_LETTERS = "åäöÅÄÖéÉüÜßèàáÁøØæÆóíñçôêëïâ"
_MARKS = "\u2013\u2014\u2019\u2018\u201c\u201d\u2026\u2020\u00b4\u00b0\u00b5\u00a7\u00b1\u00bd\u00bc\u00d7\u00a0\u00ad\u00b2\u00b3\u00ae\u2022\u2122\u2030\u0178\u0160\u0161\u00ab\u00bb"
_EVIDENCE = {
    encoding: frozenset(
        byte
        for byte in range(0x80, 0x100)
        if bytes([byte]).decode(encoding, errors="replace") in _LETTERS + (_MARKS if encoding == "cp1252" else "")
    )
    for encoding in ("cp1252", "cp850")
}


def decode(data: bytes, name: str, report: Report | None = None) -> str:
    """The text of `data`, BOM removed, line ends as they are.

    Raises `ReleaseError` for NUL bytes (a binary or half-written file), UTF-16, and bytes that no supported
    encoding explains. The encoding chosen is noted in `report` where it is not plain UTF-8.
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _strict(data, "utf-16", name)
    if b"\x00" in data:
        line = data[: data.index(b"\x00")].count(b"\n") + 1
        raise ReleaseError("a NUL byte: the file is binary or was written by halves", Where(name, line))
    if data.startswith(b"\xef\xbb\xbf"):
        return _strict(data, "utf-8-sig", name)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        encoding = _code_page(data, name, error)
    if report is not None:
        report.note(f"{name}: encoding {encoding}")
    return _strict(data, encoding, name)


def lines(file: SourceFile, report: Report | None = None) -> list[str]:
    """The lines of a text file without their ends (CRLF, LF or CR), the last newline missing or not."""
    text = decode(file.bytes(), file.path, report)
    rows = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if rows and rows[-1] == "":
        rows.pop()
    return rows


def _code_page(data: bytes, name: str, error: UnicodeDecodeError) -> str:
    """cp1252 or cp850, by which gives letters; a file that is UTF-8 but for a few bytes is damaged instead."""
    high = [byte for byte in data if byte >= 0x80]
    good = {encoding: sum(byte in known for byte in high) for encoding, known in _EVIDENCE.items()}
    best = max(good, key=lambda encoding: good[encoding])
    where = Where(name, data[: error.start].count(b"\n") + 1)
    if _mostly_utf8(data):
        raise ReleaseError(f"not valid UTF-8 here (byte 0x{data[error.start]:02x}), though the rest is", where)
    if good[best] < 0.9 * len(high):
        raise ReleaseError("the encoding is none of UTF-8, cp1252 and cp850", where)
    return best


def _mostly_utf8(data: bytes) -> bool:
    """True where most non-ASCII characters are whole UTF-8 sequences of Latin letters."""
    text = data.decode("utf-8", errors="replace")
    broken = text.count("\ufffd")
    whole = sum(char in _LETTERS for char in text)
    return whole > broken


def _strict(data: bytes, encoding: str, name: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        where = Where(name, data[: error.start].count(b"\n") + 1)
        raise ReleaseError(f"undecodable as {encoding}: {error.reason}", where) from error
