"""Files of Release Format 2 a few megabytes at a time, as columns: an edition has ten million rows.

Where `rf2.read` makes a tuple of each row, this finds the cells of whole blocks at once and hands out arrays of
numbers. What is refused and what is reported is the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

import numpy as np
import numpy.typing as npt

from codesystems.files import SourceFile
from codesystems.formats import rf2, rf2_cells
from codesystems.formats.rf2_cells import WIDEST, Texts
from codesystems.formats.tables import Columns
from codesystems.model import Where
from codesystems.report import ReleaseError, Report

Ints = npt.NDArray[Any]
Bools = npt.NDArray[np.bool_]

BLOCK = 8 << 20
"""Bytes read at once."""
_TAB, _NEWLINE, _RETURN = 9, 10, 13
_AT_ONCE = 10**4
"""Four digits are looked up at once, and places repeat after eight."""
_POWERS = 10 ** np.arange(WIDEST + 1, dtype=np.int64)
_DIHEDRAL = np.array(rf2.DIHEDRAL, dtype=np.uint8)


def _checked(first: int) -> Ints:
    """What each number of four digits adds to a check digit, where the last of them is in the place `first`."""
    number = np.arange(_AT_ONCE)
    check = np.zeros(_AT_ONCE, dtype=np.uint8)
    for place in range(first, first + 4):
        check = _DIHEDRAL[check, np.array(rf2.PERMUTED, dtype=np.uint8)[place % 8][number % 10]]
        number //= 10
    return check


def _check_of_zeros(length: int) -> int:
    """What the zeros add that stand before a number of so many digits where `_CHECKED` is applied to it."""
    check = 0
    for place in range(length, 4 * len(_CHECKED)):
        check = rf2.DIHEDRAL[check][rf2.PERMUTED[place % 8][0]]
    return check


_CHECKED = [_checked(first) for first in range(0, WIDEST, 4)]
_LEADING = np.array([_check_of_zeros(length) for length in range(WIDEST + 2)], dtype=np.uint8)
_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


@dataclass(frozen=True, slots=True)
class Chunk:
    """Rows of one file, as columns of cells: first the `rf2.COMMON` columns, then those asked for, in that order."""

    file: SourceFile
    lines: Ints
    columns: tuple[Texts, ...]

    def where(self, at: int) -> Where:
        return Where(self.file.path, int(self.lines[at]))


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
        text = _decoded(block, file, line)
        count = block.count(b"\n")
        lines = np.arange(line, line + count, dtype=np.int32)
        line += count
        cells = _cells(block, len(names))
        if cells is None:
            lines, block = _repaired(text, len(names), file, lines, report)
            cells = _cells(block, len(names))
        if cells is not None and len(lines):
            yield Chunk(file, lines, tuple(cells.column(place) for place in places))


@dataclass(frozen=True, slots=True)
class _Cells:
    """All cells of a block: where each begins and ends, by row and column."""

    data: bytes
    starts: Ints
    ends: Ints

    def column(self, place: int) -> Texts:
        if place < 0:
            nowhere = np.zeros(len(self.ends), np.int64)
            return Texts(self.data, nowhere, nowhere)
        return Texts(self.data, self.starts[:, place], self.ends[:, place])


def _cells(block: bytes, width: int) -> _Cells | None:
    """The cells of whole lines; None where not every line has as many as the header."""
    data = b"\n" * rf2_cells.BEFORE + block
    seen = np.frombuffer(data, np.uint8)
    at = np.flatnonzero((seen == _TAB) | (seen == _NEWLINE))
    ends = at[rf2_cells.BEFORE :]
    if len(ends) % width:
        return None
    is_break = (seen[ends] == _NEWLINE).reshape(-1, width)
    if is_break[:, :-1].any() or not is_break[:, -1].all():
        return None
    starts = at[rf2_cells.BEFORE - 1 : -1] + 1
    ends[width - 1 :: width] -= seen[ends[width - 1 :: width] - 1] == _RETURN
    return _Cells(data, starts.reshape(-1, width), ends.reshape(-1, width))


def header(file: SourceFile) -> tuple[str, ...]:
    """The names of the columns as the file spells them."""
    line, _, _ = file.head(BLOCK >> 10).partition(b"\n")
    return tuple(name.strip() for name in line.decode("utf-8-sig", errors="replace").split("\t") if name.strip())


def numbers(chunk: Chunk, column: int, name: str) -> Ints:
    """A column of identifiers or other whole numbers. Raises `ReleaseError` for a cell that is none."""
    cells = chunk.columns[column]
    found = rf2_cells.integers(cells)
    if found is not None:
        return found
    return _one_by_one(cells, lambda at, cell: _number(chunk, at, cell, name))


def times(chunk: Chunk, column: int = 1) -> Ints:
    """effectiveTime as YYYYMMDD, 0 where it is empty. Raises `ReleaseError` for what is no date."""
    cells = chunk.columns[column]
    found = rf2_cells.integers(cells)
    if found is None:
        found = _one_by_one(cells, lambda at, cell: _time(chunk, at, cell))
    else:
        for each in rf2_cells.distinct(found).tolist():
            _time(chunk, int(np.argmax(found == each)), str(each))
    return found.astype(np.int32)


def flags(chunk: Chunk, column: int = 2) -> Bools:
    """Column `active`. Raises `ReleaseError` for anything but 0 and 1."""
    cells = chunk.columns[column]
    found = rf2_cells.integers(cells)
    if found is None or (found > 1).any():
        found = _one_by_one(cells, lambda at, cell: _flag(chunk, at, cell))
    return found.astype(np.bool_)


def member_ids(chunk: Chunk, column: int = 0) -> Ints:
    """Ids of members (UUIDs) as two numbers each. What is no UUID, and a row without id, gets numbers of its own."""
    cells = chunk.columns[column]
    found = rf2_cells.uuids(cells)
    if found is not None:
        return found
    keys = [_key(cell.strip(), str(chunk.where(at))) for at, cell in enumerate(cells)]
    return np.frombuffer(b"".join(keys), ">u8").reshape(-1, 2).astype(np.uint64)


def check_digits(ids: Ints) -> Bools:
    """Of each id, whether it is an SCTID with the right check digit (Verhoeff)."""
    check = np.zeros(len(ids), dtype=np.uint8)
    rest = ids.astype(np.int64)
    for digits in _CHECKED:
        rest, few = np.divmod(rest, _AT_ONCE)
        check = _DIHEDRAL[check, digits[few]]
    length = np.searchsorted(_POWERS, ids, side="right")
    right: Bools = (check == _LEADING[length]) & (ids >= 10**5) & (ids < 10**WIDEST)
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


def _repaired(text: str, width: int, file: SourceFile, lines: Ints, report: Report) -> tuple[Ints, bytes]:
    """Line by line where some are blank, too short or too long: the lines that are rows, and these brought to the
    width of the header."""
    kept: list[int] = []
    rows: list[str] = []
    for number, row in zip(lines.tolist(), text.split("\n"), strict=False):
        cells = [cell.strip() for cell in row.split("\t")]
        if not any(cells):
            continue
        if len(cells) != width:
            cells = rf2.of_width(cells, width, Where(file.path, number), report)
        kept.append(number)
        rows.append("\t".join(cells) + "\n")
    return np.array(kept, dtype=np.int32), "".join(rows).encode()


def _one_by_one(cells: Texts, read: Callable[[int, str], int]) -> Ints:
    """What `read` makes of the number and the text of each cell; of the same text it is asked once."""
    known: dict[str, int] = {}
    texts = list(cells)
    for at, text in enumerate(texts):
        if text not in known:
            known[text] = read(at, text)
    return np.fromiter(map(known.__getitem__, texts), np.int64, len(texts))


def _number(chunk: Chunk, at: int, cell: str, name: str) -> int:
    text = cell.strip()
    if text.isascii() and text.isdecimal() and len(text) <= WIDEST and (text[0] != "0" or text == "0"):
        return int(text)
    if not text:
        raise ReleaseError(f"{name} is empty: load the released files (sct2_…, der2_…)", chunk.where(at))
    raise ReleaseError(f"{name} is {text[:40]!r}, no number of up to {WIDEST} digits", chunk.where(at))


def _time(chunk: Chunk, at: int, cell: str) -> int:
    try:
        return int(f"{rf2.day(cell.strip()):%Y%m%d}") if cell.strip() else 0
    except ValueError as error:
        raise ReleaseError(f"effectiveTime {error}", chunk.where(at)) from None


def _flag(chunk: Chunk, at: int, cell: str) -> bool:
    if cell.strip() not in ("0", "1"):
        raise ReleaseError(f"active is {cell!r}, neither 0 nor 1", chunk.where(at))
    return cell.strip() == "1"


def _key(cell: str, where: str) -> bytes:
    if _UUID.fullmatch(cell):
        return bytes.fromhex(cell.replace("-", ""))
    return blake2b((cell.casefold() or where).encode(), digest_size=16).digest()
