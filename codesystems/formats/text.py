"""Text files with the encoding they really have.

Publishers' files come as UTF-8 with or without BOM, cp1252 or cp850, sometimes mixed within one release. An
encoding is chosen by evidence (valid UTF-8; else which of the two code pages makes words of the bytes) and
reported; where there is none, reading stops rather than guess.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator

from codesystems.files import SourceFile
from codesystems.model import Where
from codesystems.report import ReleaseError, Report

LETTERS = "åäöÅÄÖéÉüÜßèàáÁøØæÆóíñçôêëïâ"
"""Letters that Swedish, German and Nordic texts and the names in them use."""
_SIGNS = {
    "cp1252": "–—‘’“”…†´°µ§±½¼×\u00a0\u00ad²³®•™‰Ÿ«»",
    "cp850": "\u00a0§°±µ½",
}
_IN_PLACE = {
    # A letter stands beside a letter, a sign does not stand within a word: the cp850 bytes of `från` say
    # `fr†n` in cp1252. Where both explain a file equally well, the first code page is the likelier one.
    page: re.compile(rf"(?<=[^\W\d_])[{LETTERS}]|[{LETTERS}](?=[^\W\d_])|(?<![^\W\d_])[{signs}]|[{signs}](?![^\W\d_])")
    for page, signs in _SIGNS.items()
}
_HIGH = re.compile(r"[^\x00-\x7f]")
_ENOUGH = 0.9
"""The share of non-ASCII characters that a code page must make letters or signs of."""
_END_OF_FILE = "\x1a"
"""What DOS programs wrote after the last line."""


def decode(data: bytes, name: str, report: Report | None = None) -> str:
    """The text of `data`, BOM removed, line ends as they are.

    Raises `ReleaseError` for NUL bytes (a binary or half-written file) and bytes that no supported encoding
    explains. The encoding chosen is noted in `report` where it is not plain UTF-8.
    """
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _noted(data, "utf-16", name, report)
    if b"\x00" in data:
        line = data[: data.index(b"\x00")].count(b"\n") + 1
        raise ReleaseError("a NUL byte: the file is binary or was written by halves", Where(name, line))
    if data.startswith(codecs.BOM_UTF8):
        return _strict(data.removeprefix(codecs.BOM_UTF8), "utf-8", name)
    try:
        return data.decode("utf-8").rstrip(_END_OF_FILE)
    except UnicodeDecodeError as error:
        return _noted(data, _code_page(data, name, error), name, report)


def encoding_of(data: bytes, name: str) -> str:
    """Which encoding `decode` reads `data` with, for files too large to be read at once; `data` is their beginning,
    up to the end of a line. Raises `ReleaseError` as `decode` does."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if data.startswith(codecs.BOM_UTF8) or b"\x00" in data:
        decode(data, name)
        return "utf-8-sig"
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        return _code_page(data, name, error)
    return "utf-8"


def lines(file: SourceFile, report: Report | None = None) -> list[str]:
    """The lines of a text file without their ends (CRLF, LF or CR), the last newline missing or not."""
    text = decode(file.bytes(), file.path, report)
    rows = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if rows[-1] == "":
        rows.pop()
    return rows


def split_cells(file: SourceFile, width: int, report: Report) -> Iterator[tuple[Where, list[str]]]:
    """The cells between semicolons of each line of a table without header; a line of another width is reported
    and brought to `width`."""
    for number, line in enumerate(lines(file, report), start=1):
        if not line.strip():
            continue
        where = Where(file.path, number)
        cells = [cell.strip() for cell in line.split(";")]
        if len(cells) != width:
            report.warn("ragged-row", f"{len(cells)} cells under {width} columns", where)
            cells = (cells + [""] * width)[:width]
        yield where, cells


def _code_page(data: bytes, name: str, error: UnicodeDecodeError) -> str:
    """cp1252 or cp850, by which makes words; a file that is UTF-8 but for a few bytes is damaged instead."""
    where = Where(name, data[: error.start].count(b"\n") + 1)
    if _mostly_utf8(data):
        byte = f"0x{data[error.start]:02x}"
        raise ReleaseError(f"not valid UTF-8 here (byte {byte}), though the rest is", where)
    texts = {page: data.decode(page, errors="replace") for page in _SIGNS}
    best = max(texts, key=lambda page: sum(1 for _ in _IN_PLACE[page].finditer(texts[page])))
    high = _HIGH.findall(texts[best])
    known = LETTERS + _SIGNS[best]
    if sum(char in known for char in high) < _ENOUGH * len(high):
        raise ReleaseError("the encoding is none of UTF-8, cp1252 and cp850", where)
    return best


def _mostly_utf8(data: bytes) -> bool:
    """True where most non-ASCII characters are whole UTF-8 sequences of Latin letters."""
    text = data.decode("utf-8", errors="replace")
    whole = sum(text.count(letter) for letter in LETTERS)
    return whole > text.count("\ufffd")


def _noted(data: bytes, encoding: str, name: str, report: Report | None) -> str:
    text = _strict(data, encoding, name)
    if report is not None:
        report.note(f"{name}: encoding {encoding}")
    return text


def _strict(data: bytes, encoding: str, name: str) -> str:
    try:
        return data.decode(encoding).rstrip(_END_OF_FILE)
    except UnicodeDecodeError as error:
        where = Where(name, data[: error.start].count(b"\n") + 1)
        raise ReleaseError(f"undecodable as {encoding}: {error.reason}", where) from error
