"""The Whoosh engine: an inverted index whose documents are texts and whose terms are analysed tokens.

Each kind of token is a field of its own. Postings say only that a text holds a token (no weights, no positions:
nothing here is scored), so they are kept as plain arrays of document numbers through Whoosh's own extension
point for postings, a codec. A look-up is one probe of Whoosh's term hash and a view into a memory-mapped file;
any ordinary Whoosh query works on the same index too.
"""

from __future__ import annotations

import mmap
from collections.abc import Iterable
from io import BytesIO
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np
from whoosh import fields, index
from whoosh.codec.base import PostingsWriter
from whoosh.codec.whoosh3 import W3Codec, W3FieldWriter, W3TermInfo
from whoosh.filedb.filestore import FileStorage
from whoosh.filedb.structfile import StructFile
from whoosh.matching import ListMatcher
from whoosh.reading import TermNotFound

from index.arrays import Ints
from index.engine import FIELDS, Tokens

_NUMBER = np.dtype("<i4")
_NONE = np.empty(0, dtype=_NUMBER)
_FILTER = "filter.bin"
_SEEDS = {field: number for number, field in enumerate(FIELDS, 1)}


class PostingsCodec(W3Codec):  # type: ignore[misc]
    """Whoosh's standard codec, but a posting list is an array of 32-bit document numbers."""

    def field_writer(self, storage: Any, segment: Any) -> _FieldWriter:
        return _FieldWriter(self, storage, segment)

    def postings_writer(self, dbfile: Any, byteids: bool = False) -> _ArrayWriter:
        return _ArrayWriter(dbfile)

    def postings_reader(self, dbfile: Any, terminfo: Any, format_: Any, term: Any = None, scorer: Any = None) -> Any:
        size = terminfo.doc_frequency() * _NUMBER.itemsize
        numbers = np.frombuffer(dbfile.get(terminfo.extent()[0], size), dtype=_NUMBER)
        return ListMatcher(numbers.tolist(), format=format_, scorer=scorer, term=term, terminfo=terminfo)


class _FieldWriter(W3FieldWriter):  # type: ignore[misc]
    def add_numbers(self, numbers: Ints) -> None:
        """All postings of the term begun with `start_term`, at once."""
        self._postwriter.add_numbers(numbers)


class _ArrayWriter(PostingsWriter):  # type: ignore[misc]
    def __init__(self, file: Any) -> None:
        self._file = file
        self._numbers: list[int] | Ints = []

    def written(self) -> bool:
        return False

    def start_postings(self, format_: Any, terminfo: Any) -> None:
        self._numbers = []

    def add_posting(self, id_: int, weight: float, vbytes: bytes, length: int | None = None) -> None:
        assert isinstance(self._numbers, list)
        self._numbers.append(id_)

    def add_numbers(self, numbers: Ints) -> None:
        self._numbers = numbers

    def finish_postings(self) -> Any:
        numbers = np.asarray(self._numbers, dtype=_NUMBER)
        count = len(numbers)
        info = W3TermInfo(float(count), count, 1, 1, 1.0, int(numbers[0]), int(numbers[-1]))
        info.set_extent(self._file.tell(), count * _NUMBER.itemsize)
        self._file.write(numbers.tobytes())
        return info


class _MappedFile(StructFile):  # type: ignore[misc]
    """A file read through a memory map, without a position that threads would have to share."""

    def __init__(self, path: Path) -> None:
        with path.open("rb") as file:
            self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        super().__init__(self._map, name=path.name)

    def get(self, position: int, length: int) -> bytes:
        return self._map[position : position + length]


class _MappedStorage(FileStorage):  # type: ignore[misc]
    def open_file(self, name: str, **options: Any) -> Any:
        path = Path(self.folder) / name
        return _MappedFile(path) if path.stat().st_size else StructFile(BytesIO(), name=name)


def _hash(field: str, token: str) -> int:
    return crc32(token.encode(), _SEEDS[field])


def _filter(hashes: list[int]) -> bytes:
    """A bit for each hash, about sixteen bits to a token: tells most absent tokens without a look into the index."""
    size = 1 << max(len(hashes) * 2, 8).bit_length()
    bits = bytearray(size)
    for found in hashes:
        bits[found % size] |= 1 << (found // size & 7)
    return bytes(bits)


class WhooshEngine:
    """Whoosh as an `index.engine.Engine`."""

    def write(self, folder: Path, texts: int, postings: Iterable[tuple[str, str, Any]]) -> None:
        schema = fields.Schema(**{name: fields.ID() for name in FIELDS})
        writer = index.create_in(str(folder), schema).writer(codec=PostingsCodec(), compound=False)
        for _ in range(texts):
            writer.add_document()
        terms = writer.fieldwriter
        hashes: list[int] = []
        for name, group in groupby(postings, itemgetter(0)):
            terms.start_field(name, schema[name])
            for _, token, numbers in group:
                terms.start_term(token.encode())
                terms.add_numbers(numbers)
                terms.finish_term()
                hashes.append(_hash(name, token))
            terms.finish_field()
        writer.commit()
        (folder / _FILTER).write_bytes(_filter(hashes))

    def open(self, folder: Path) -> Tokens:
        return _WhooshTokens(folder)


class _WhooshTokens:
    def __init__(self, folder: Path) -> None:
        self._reader = _MappedStorage(str(folder), readonly=True).open_index().reader()
        self._filter = (folder / _FILTER).read_bytes()
        self._postings = _NONE
        if self._reader.doc_count_all():
            path = folder / self._reader.segment().make_filename(W3Codec.POSTS_EXT)
            if path.stat().st_size:
                self._postings = np.asarray(np.memmap(path, dtype=_NUMBER, mode="r"))

    def texts(self, field: str, token: str) -> Ints:
        found = _hash(field, token)
        size = len(self._filter)
        if not self._filter[found % size] >> (found // size & 7) & 1:
            return _NONE
        try:
            info = self._reader.term_info(field, token)
        except TermNotFound:
            return _NONE
        start = info.extent()[0] // _NUMBER.itemsize
        return self._postings[start : start + info.doc_frequency()]

    def close(self) -> None:
        """Nothing to do: every file is a memory map that goes with its last reader."""
