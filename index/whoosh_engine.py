"""The Whoosh engine: an inverted index whose documents are texts and whose terms are analysed tokens.

Each kind of token is a field of its own. Postings say only that a text holds a token (no weights, no positions:
nothing here is scored), so they are kept as plain arrays of document numbers through Whoosh's own extension
point for postings, a codec. A look-up is one probe of Whoosh's term hash and a view into a memory-mapped file;
any ordinary Whoosh query works on the same index too.
"""

from __future__ import annotations

import mmap
from array import array
from collections.abc import Iterable, Sequence
from hashlib import blake2b
from io import BytesIO
from pathlib import Path
from struct import Struct
from typing import Any
from zlib import crc32

import numpy as np
from whoosh import fields, index
from whoosh.codec.whoosh3 import W3Codec, W3FieldWriter, W3PerDocWriter
from whoosh.filedb.filestore import FileStorage
from whoosh.filedb.filetables import HashWriter, OrderedHashWriter
from whoosh.filedb.structfile import StructFile
from whoosh.matching import ListMatcher
from whoosh.reading import TermNotFound

from index.arrays import Ints
from index.engine import FIELDS, Tokens

_NUMBER = np.dtype("<i4")
_NONE = np.empty(0, dtype=_NUMBER)
_FILTER = "filter.bin"
_CRC32 = 1
"""Whoosh's number of that hash function."""
_SIZES = Struct("!ii")
_SLOT = np.dtype([("hash", ">u4"), ("place", ">i8")])
_INFO = Struct("!BfIBBfIIqi")
_DIGEST = 16
"""Bytes by which posting lists are told apart; shorter ones are their own."""
_SEEDS = {field: number for number, field in enumerate(FIELDS, 1)}


class PostingsCodec(W3Codec):  # type: ignore[misc]
    """Whoosh's standard codec, but a posting list is an array of 32-bit document numbers."""

    def per_document_writer(self, storage: Any, segment: Any) -> _DocumentWriter:
        return _DocumentWriter(self, storage, segment)

    def field_writer(self, storage: Any, segment: Any) -> _FieldWriter:
        return _FieldWriter(self, storage, segment)

    def postings_writer(self, dbfile: Any, byteids: bool = False) -> Any:
        raise NotImplementedError("postings are written whole, by _FieldWriter.add_term")

    def postings_reader(self, dbfile: Any, terminfo: Any, format_: Any, term: Any = None, scorer: Any = None) -> Any:
        size = terminfo.doc_frequency() * _NUMBER.itemsize
        numbers = np.frombuffer(dbfile.get(terminfo.extent()[0], size), dtype=_NUMBER)
        return ListMatcher(numbers.tolist(), format=format_, scorer=scorer, term=term, terminfo=terminfo)


class _DocumentWriter(W3PerDocWriter):  # type: ignore[misc]
    def add_empty(self, count: int) -> None:
        """Documents without stored fields, of which nothing is written one by one."""
        self._doccount += count


class _Terms(OrderedHashWriter):  # type: ignore[misc]
    """Whoosh's hash file of terms; written faster, and by the fastest of its hash functions."""

    def __init__(self, file: Any) -> None:
        super().__init__(file)
        file.seek(0)
        HashWriter.__init__(self, file, hashtype=_CRC32)
        self._next = file.tell()
        self._hashes = array("I")

    def add(self, key: bytes, value: bytes) -> None:
        self.index.append(self._next)
        self._hashes.append(crc32(key))
        item = _SIZES.pack(len(key), len(value)) + key + value
        self.dbfile.write(item)
        self._next += len(item)

    def _write_hashes(self) -> None:
        hashes = np.array(self._hashes, dtype=np.uint32)
        places = np.array(self.index.array, dtype=np.int64)
        for bucket in range(256):
            held = np.flatnonzero(hashes & 255 == bucket)
            table = np.zeros(2 * len(held), dtype=_SLOT)
            slots = _slots(hashes[held] >> 8, len(table))
            table["hash"][slots], table["place"][slots] = hashes[held], places[held]
            self.directory.append((self.dbfile.tell(), len(table)))
            self.dbfile.write(table.tobytes())


def _slots(hashes: Ints, count: int) -> list[int]:
    """A slot of a hash table for each hash: its own, or the next one free."""
    taken = bytearray(count)
    slots = []
    for slot in (hashes % max(count, 1)).tolist():
        while taken[slot]:
            slot = (slot + 1) % count
        taken[slot] = 1
        slots.append(slot)
    return slots


class _FieldWriter(W3FieldWriter):  # type: ignore[misc]
    """Writes terms with all their postings at once; postings that several terms have alike are kept once."""

    def __init__(self, codec: Any, storage: Any, segment: Any) -> None:
        super().__init__(codec, storage, segment)
        self._tindex: _Terms = _Terms(self._tindex.dbfile)
        self._tindex.extras["fieldmap"] = self._fieldmap
        self._held: dict[bytes, int] = {}
        self._end = 0

    def add_term(self, field: str, token: bytes, numbers: Ints) -> None:
        count = len(numbers)
        postings = numbers.astype(_NUMBER, copy=False).tobytes()
        # As `W3TermInfo` packs it, with an extent.
        info = _INFO.pack(0, count, count, 1, 1, 1, numbers[0], numbers[-1], self._place(postings), len(postings))
        self._tindex.add(self._fieldmap.setdefault(field, len(self._fieldmap)).to_bytes(2, "big") + token, info)

    def _place(self, postings: bytes) -> int:
        key = postings if len(postings) <= _DIGEST else blake2b(postings, digest_size=_DIGEST).digest()
        place = self._held.setdefault(key, self._end)
        if place == self._end:
            self._postfile.write(postings)
            self._end += len(postings)
        return place


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


def _filter(hashes: Sequence[int]) -> bytes:
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
        if texts:
            writer.perdocwriter.add_empty(texts - 1)
            writer.docnum = texts - 1
            writer.add_document()
        hashes = array("I")
        for field, token, numbers in postings:
            writer.fieldwriter.add_term(field, token.encode(), numbers)
            hashes.append(_hash(field, token))
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
