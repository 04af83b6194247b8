"""Files of Release Format 2 a few megabytes at a time, as columns: an edition has ten million rows.

Where `rf2.read` makes a tuple of each row, this splits whole blocks at once and hands out arrays of numbers. What is
refused and what is reported is the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

import numpy as np
import numpy.typing as npt

from codesystems.files import SourceFile
from codesystems.formats import rf2
from codesystems.formats.tables import Columns
from codesystems.model import Where
from codesystems.report import ReleaseError, Report

Ints = npt.NDArray[Any]
Bools = npt.NDArray[np.bool_]

BLOCK = 8 << 20
"""Bytes read at once."""
_TAB, _NEWLINE = 9, 10
_WIDEST = 18
"""Digits of an SCTID."""
_POWERS = 10 ** np.arange(1, _WIDEST + 1, dtype=np.int64)
_FEW = 8
"""A column is of few values where each stands in more rows than this."""
_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_UUID_WIDTH = 36
_DASHES = (8, 13, 18, 23)
_HEX_PLACES = [place for place in range(_UUID_WIDTH) if place not in _DASHES]
_NO_HEX = 255
_HEX = np.full(256, _NO_HEX, dtype=np.uint8)
for _digit in b"0123456789abcdefABCDEF":
    _HEX[_digit] = int(chr(_digit), 16)


@dataclass(frozen=True, slots=True)
class Chunk:
    """Rows of one file, as lists of cells: first the `rf2.COMMON` columns, then those asked for, in that order."""

    file: SourceFile
    lines: Sequence[int]
    columns: tuple[list[str], ...]

    def where(self, at: int) -> Where:
        return Where(self.file.path, self.lines[at])


def read(file: SourceFile, columns: Columns, report: Report) -> Iterator[Chunk]:
    """The rows of a file of components or members. Raises `ReleaseError` and reports as `rf2.read` does, but leaves
    what the cells hold to `numbers`, `times` and `flags`."""
    blocks = _blocks(file)
    first = next(blocks, b"").decode("utf-8-sig", errors="replace")
    names = rf2.folded(first.rstrip("\r\n"))
    places = rf2.places(file, names, columns, report)
    line = 2
    for block in blocks:
        if b"\x00" in block:
            at = line + block[: block.index(b"\x00")].count(b"\n")
            raise ReleaseError("a NUL byte: the file is binary or was written by halves", Where(file.path, at))
        if b"\r" in block:
            block = block.replace(b"\r\n", b"\n")
        text = _decoded(block, file, line)
        count = block.count(b"\n")
        if _regular(block, len(names)):
            cells = text.replace("\n", "\t").split("\t")
            cells.pop()
            lines: Sequence[int] = range(line, line + count)
            width = len(names)
            found = [cells[place::width] if place >= 0 else [""] * count for place in places]
        else:
            lines, found = _repaired(text, len(names), places, file, line, report)
        line += count
        if lines:
            yield Chunk(file, lines, tuple(found))


def header(file: SourceFile) -> tuple[str, ...]:
    """The names of the columns as the file spells them."""
    line, _, _ = file.head(BLOCK >> 10).partition(b"\n")
    return tuple(name.strip() for name in line.decode("utf-8-sig", errors="replace").split("\t") if name.strip())


def numbers(chunk: Chunk, column: int, name: str, *, empty: int | None = None) -> Ints:
    """A column of identifiers or other whole numbers. Raises `ReleaseError` for a cell that is none; an empty one is
    `empty`, where that is given."""
    cells = chunk.columns[column]
    distinct = set(cells)
    if len(distinct) * _FEW < len(cells):
        known = {cell: _number(chunk, cells, cell, name, empty) for cell in distinct}
        return np.fromiter(map(known.__getitem__, cells), np.int64, len(cells))
    text = "".join(cells)
    if text.encode().isdigit() and "" not in distinct:
        values = np.fromstring("\t".join(cells), np.int64, sep="\t")
        digits = np.searchsorted(_POWERS, values, side="right") + 1
        if values.max() < 10**_WIDEST and int(digits.sum()) == len(text):  # else one has leading zeros
            return values
    return np.fromiter((_number(chunk, cells, cell, name, empty) for cell in cells), np.int64, len(cells))


def times(chunk: Chunk, column: int = 1) -> Ints:
    """effectiveTime as YYYYMMDD, 0 where it is empty. Raises `ReleaseError` for what is no date."""
    known: dict[str, int] = {}
    for cell in set(chunk.columns[column]):
        try:
            known[cell] = int(f"{rf2.day(cell.strip()):%Y%m%d}") if cell.strip() else 0
        except ValueError as error:
            at = chunk.columns[column].index(cell)
            raise ReleaseError(f"effectiveTime {error}", chunk.where(at)) from None
    return np.fromiter(map(known.__getitem__, chunk.columns[column]), np.int32, len(chunk.lines))


def flags(chunk: Chunk, column: int = 2) -> Bools:
    """Column `active`. Raises `ReleaseError` for anything but 0 and 1."""
    known = {cell: cell.strip() == "1" for cell in set(chunk.columns[column])}
    for cell in known:
        if cell.strip() not in ("0", "1"):
            at = chunk.columns[column].index(cell)
            raise ReleaseError(f"active is {cell!r}, neither 0 nor 1", chunk.where(at))
    return np.fromiter(map(known.__getitem__, chunk.columns[column]), np.bool_, len(chunk.lines))


def member_ids(chunk: Chunk, column: int = 0) -> Ints:
    """Ids of members (UUIDs) as two numbers each. What is no UUID, and a row without id, gets numbers of its own."""
    cells = chunk.columns[column]
    raw = "".join(cells).encode()
    if len(raw) == _UUID_WIDTH * len(cells) and all(map(_UUID_WIDTH.__eq__, map(len, cells))):
        grid = np.frombuffer(raw, np.uint8).reshape(-1, _UUID_WIDTH)
        digits = _HEX[grid[:, _HEX_PLACES]]
        if (grid[:, _DASHES] == ord("-")).all() and (digits != _NO_HEX).all():
            packed = np.ascontiguousarray(digits[:, 0::2] << 4 | digits[:, 1::2])
            return packed.view(">u8").astype(np.uint64)
    found = [_key(cell.strip(), str(chunk.where(at))) for at, cell in enumerate(cells)]
    return np.frombuffer(b"".join(found), ">u8").reshape(-1, 2).astype(np.uint64)


def check_digits(ids: Ints) -> Bools:
    """Of each id, whether it is an SCTID with the right check digit (Verhoeff)."""
    check = np.zeros(len(ids), dtype=np.int64)
    rest = ids.astype(np.int64)
    dihedral, permuted = np.array(rf2.DIHEDRAL), np.array(rf2.PERMUTED)
    for place in range(_WIDEST):
        left = rest > 0
        if not left.any():
            break
        check[left] = dihedral[check[left], permuted[place % 8][rest[left] % 10]]
        rest //= 10
    right: Bools = (check == 0) & (ids >= 10**5) & (ids < 10**_WIDEST)
    return right


def _blocks(file: SourceFile) -> Iterator[bytes]:
    """The first line, then blocks of whole lines; the last one ends with a line break, there or not."""
    with file.local.open("rb") as stream:
        yield stream.readline()
        while block := stream.read(BLOCK):
            block += stream.readline()
            yield block if block.endswith(b"\n") else block + b"\n"


def _decoded(block: bytes, file: SourceFile, line: int) -> str:
    try:
        return block.decode("utf-8")
    except UnicodeDecodeError as error:
        where = Where(file.path, line + block[: error.start].count(b"\n"))
        raise ReleaseError(f"not valid UTF-8 ({error.reason})", where) from error


def _regular(block: bytes, width: int) -> bool:
    """Whether every line has as many cells as the header."""
    seen = np.frombuffer(block, np.uint8)
    ends = seen[(seen == _TAB) | (seen == _NEWLINE)] == _NEWLINE
    whole = ends[width - 1 :: width]
    return len(ends) % width == 0 and bool(whole.all()) and int(ends.sum()) == len(whole)


def _repaired(
    text: str, width: int, places: Sequence[int], file: SourceFile, line: int, report: Report
) -> tuple[list[int], list[list[str]]]:
    """Line by line where some are blank, too short or too long."""
    lines: list[int] = []
    found: list[list[str]] = [[] for _ in places]
    for number, row in enumerate(text.split("\n")[:-1], start=line):
        cells = [cell.strip() for cell in row.split("\t")]
        if not any(cells):
            continue
        if len(cells) != width:
            cells = rf2.of_width(cells, width, Where(file.path, number), report)
        cells.append("")  # what absent columns point at
        lines.append(number)
        for column, place in zip(found, places, strict=True):
            column.append(cells[place])
    return lines, found


def _number(chunk: Chunk, cells: list[str], cell: str, name: str, empty: int | None) -> int:
    text = cell.strip()
    if not text and empty is not None:
        return empty
    if text.isascii() and text.isdecimal() and len(text) <= _WIDEST and (text[0] != "0" or text == "0"):
        return int(text)
    where = chunk.where(cells.index(cell))
    if not text:
        raise ReleaseError(f"{name} is empty: load the released files (sct2_…, der2_…)", where)
    raise ReleaseError(f"{name} is {text[:40]!r}, no number of up to {_WIDEST} digits", where)


def _key(cell: str, where: str) -> bytes:
    if _UUID.fullmatch(cell):
        return bytes.fromhex(cell.replace("-", ""))
    return blake2b((cell.casefold() or where).encode(), digest_size=16).digest()
