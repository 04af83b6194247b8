"""Writes the arrays of an edition: from rows in any order to a complete folder, in one pass over each kind of row.

The folder appears under its name when all of it is on the disk; a build that was interrupted leaves a folder with
another name behind, that the next build removes.
"""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count, groupby
from operator import attrgetter, itemgetter
from pathlib import Path

import numpy as np

from codesystems.formats.rf2_rows import (
    FULLY_SPECIFIED_NAME,
    INFERRED,
    IS_A,
    LANGUAGE_SHAPE,
    ConceptRow,
    ConcreteRow,
    DescriptionRow,
    LanguageRows,
    MemberRow,
    RelationshipRow,
    Rows,
)
from index import arrays
from termservice.collecting import paused
from termservice.snomed import attributes, hierarchy
from termservice.snomed.arrays import FORMAT, MANIFEST
from termservice.snomed.attributes import Raw, RawConcrete
from termservice.snomed.columns import (
    ArraysError,
    Bools,
    Ints,
    chunks,
    coded,
    joined,
    joined_columns,
    starts_of,
    transposed,
)
from termservice.snomed.descriptions import Acceptabilities, save_words
from termservice.snomed.members import Described, Gathering, found_at
from termservice.snomed.words import SEPARATOR, cased, family, words


@dataclass(slots=True)
class Built:
    """What was written, and how many rows could not be, because what they are about is not in the edition."""

    counts: Counter[str] = field(default_factory=Counter)
    orphans: Counter[str] = field(default_factory=Counter)


def build(folder: Path, rows: Rows, order: Sequence[int] | None = None) -> Built:
    """Write the arrays of one version of an edition into `folder`, which must not exist yet.

    `order` are the SCTIDs of concepts in display order; those that it leaves out come after. Without it concepts are
    in order of fully specified name. Raises `ArraysError` for a concept given twice, and `FileExistsError`.
    """
    if folder.exists():
        raise FileExistsError(folder)
    partial = folder.with_name(f"{folder.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    with paused():
        built = _save(partial, rows, order)
    arrays.sync(partial)
    partial.rename(folder)
    return built


def _save(folder: Path, rows: Rows, order: Sequence[int] | None) -> Built:
    built = Built()
    ids, active = _save_concepts(folder, rows.concepts)
    built.counts["concepts"] = len(ids)
    _save_relationships(folder, rows, ids, active, built)
    languages, acceptabilities, names = _save_descriptions(folder, rows.descriptions, ids, built)
    tables = _save_members(folder, rows.members, ids, acceptabilities, built)
    _add_language(rows.language, acceptabilities, built)
    acceptabilities.save(folder)
    _save_order(folder, ids, [id for _, id in sorted(names)] if order is None else order)
    manifest = {"format": FORMAT, "languages": languages, "members": tables, "counts": built.counts}
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=1), "utf-8")
    return built


def _save_concepts(folder: Path, rows: Iterable[ConceptRow]) -> tuple[Ints, Bools]:
    columns = joined_columns([transposed(chunk) for chunk in chunks(rows)], 5)
    order = np.argsort(columns[0])
    id, time, active, module, status = (column[order] for column in columns)
    twice = np.flatnonzero(id[1:] == id[:-1])
    if len(twice):
        raise ArraysError(f"concept {id[twice[0]]} is given twice")
    arrays.save(folder, "concept.id", id)
    arrays.save(folder, "concept.time", time.astype(np.int32))
    arrays.save(folder, "concept.active", active.astype(np.bool_))
    coded(module).save(folder, "concept.module")
    coded(status).save(folder, "concept.status")
    return id, active.astype(np.bool_)


def _save_relationships(folder: Path, rows: Rows, ids: Ints, active: Bools, built: Built) -> None:
    """Is-a rows and attributes between active concepts."""
    kept = ([row[1:5] for row in chunk if _counts(row)] for chunk in chunks(rows.relationships))
    source, destination, number, kind = joined_columns([transposed(part) for part in kept if part], 4)
    from_, to, type_ = found_at(ids, source), found_at(ids, destination), found_at(ids, kind)
    is_a = kind == IS_A
    usable = (from_ >= 0) & (to >= 0) & (is_a | (type_ >= 0))
    usable &= active[from_] & active[to] if len(ids) else False
    built.orphans["relationships"] += int((~usable).sum())
    chosen = usable & is_a
    hierarchy.build(from_[chosen], to[chosen], len(ids)).save(folder)
    built.counts["is-a"] += int(chosen.sum())
    chosen = usable & ~is_a
    built.counts["attributes"] += int(chosen.sum())
    concrete = _concretes(rows.concretes, ids, active, built)
    attributes.save(folder, len(ids), Raw(from_[chosen], to[chosen], type_[chosen], number[chosen]), concrete)


def _counts(row: RelationshipRow | ConcreteRow) -> bool:
    return row.active and row.characteristic == INFERRED


def _concretes(rows: Iterable[ConcreteRow], ids: Ints, active: Bools, built: Built) -> RawConcrete:
    kept = [row for row in rows if _counts(row)]
    source = found_at(ids, np.array([row.source for row in kept], dtype=np.int64))
    type_ = found_at(ids, np.array([row.type for row in kept], dtype=np.int64))
    usable = (source >= 0) & (type_ >= 0)
    usable &= active[source] if len(ids) else False
    built.orphans["concrete values"] += int((~usable).sum())
    built.counts["concrete values"] += int(usable.sum())
    number = np.array([row.group for row in kept], dtype=np.int64)
    values = [row.value for row, use in zip(kept, usable, strict=True) if use]
    return RawConcrete(source[usable], type_[usable], number[usable], values)


def _save_descriptions(
    folder: Path, rows: Iterable[DescriptionRow], ids: Ints, built: Built
) -> tuple[list[str], Acceptabilities, list[tuple[str, int]]]:
    """Returns the languages, what takes the members of language refsets, and (name, concept) of every concept."""
    gathered = _Descriptions(ids, built)
    arrays.save_strings(folder, "description.term", gathered.terms(rows))
    id, order = _save_description_columns(folder, gathered.columns(), len(ids))
    built.counts["descriptions"] = len(id)
    by_id = np.argsort(id, kind="stable").astype(np.int32)
    arrays.save(folder, "description.by_id", by_id)
    row_of = np.empty(len(order), dtype=np.int32)
    row_of[order] = np.arange(len(order))
    word, row = gathered.occurrences()
    row = row_of[row]
    save_words(folder, gathered.vocabulary, word, row, len(id))
    return gathered.languages, Acceptabilities(id, by_id), gathered.names


def _save_description_columns(folder: Path, columns: Sequence[Ints], concepts: int) -> tuple[Ints, Ints]:
    """Returns the identifiers in the order of rows, and that order."""
    id, concept, time, active, module, language, type_, case = columns
    order = np.lexsort((id, concept))
    arrays.save(folder, "description.given", order.astype(np.int32))
    arrays.save(folder, "description.id", id[order])
    arrays.save(folder, "description.concept", concept[order].astype(np.int32))
    arrays.save(folder, "description.time", time[order].astype(np.int32))
    arrays.save(folder, "description.active", active[order].astype(np.bool_))
    arrays.save(folder, "description.language", language[order].astype(np.uint8))
    arrays.save(folder, "description.starts", starts_of(concept, concepts))
    for name, values in {"module": module, "type": type_, "case": case}.items():
        coded(values[order]).save(folder, f"description.{name}")
    return id[order], order


class _Descriptions:
    """Collects the columns and words of descriptions while their terms are written."""

    def __init__(self, ids: Ints, built: Built) -> None:
        self._ids, self._built = ids, built
        self._parts: list[tuple[Ints, ...]] = []
        self._language: dict[str, int] = {}
        self._given = 0
        number = count()
        self.vocabulary: dict[str, int] = _Numbered(number)
        self._word: list[Ints] = []
        self._row: list[Ints] = []
        self.names: list[tuple[str, int]] = []

    @property
    def languages(self) -> list[str]:
        return list(self._language)

    def columns(self) -> list[Ints]:
        """Identifier, place of the concept, time, active, module, number of the language, type and case. To be asked
        once: the largest editions need the memory."""
        parts, self._parts = self._parts, []
        return joined_columns(parts, 8)

    def occurrences(self) -> tuple[Ints, Ints]:
        """The words of all terms by number, and the rows that have them. To be asked once."""
        word, self._word = self._word, []
        row, self._row = self._row, []
        return joined(word, np.int32), joined(row, np.int32)

    def terms(self, rows: Iterable[DescriptionRow]) -> Iterator[str]:
        for chunk in chunks(rows):
            place = found_at(self._ids, np.array([row.concept for row in chunk], dtype=np.int64))
            if (place < 0).any():
                self._built.orphans["descriptions"] += int((place < 0).sum())
                chunk = [row for row, at in zip(chunk, place, strict=True) if at >= 0]
                place = place[place >= 0]
            if chunk:
                self._add(chunk, place)
                yield from map(attrgetter("term"), chunk)

    def _add(self, chunk: list[DescriptionRow], place: Ints) -> None:
        id, time, active, module, concept, language, type_, term, case = zip(*chunk, strict=True)
        number = [self._language.setdefault(each.casefold(), len(self._language)) for each in language]
        columns = (id, place, time, active, module, number, type_, case)
        self._parts.append(tuple(np.asarray(each, dtype=np.int64) for each in columns))
        self.names += [
            (cased(text), about)
            for text, about, kind, is_active in zip(term, concept, type_, active, strict=True)
            if kind == FULLY_SPECIFIED_NAME and is_active
        ]
        by_family = sorted(zip(map(family, language), range(len(chunk)), term, strict=True), key=itemgetter(0))
        for each, group in groupby(by_family, key=itemgetter(0)):
            _, rows, texts = zip(*group, strict=True)
            self._add_words(each, np.array(rows) + self._given, texts)
        self._given += len(chunk)

    def _add_words(self, language: str, rows: Ints, terms: Sequence[str]) -> None:
        found = words(SEPARATOR.join(terms), language)
        numbers = np.fromiter(map(self.vocabulary.__getitem__, found), np.int64, len(found))
        between = numbers == self.vocabulary[SEPARATOR]
        which = np.cumsum(between)
        if len(found) and which[-1] != len(terms) - 1:
            raise ArraysError("a term has a NUL character in it")
        self._word.append(numbers[~between].astype(np.int32))
        self._row.append(rows[which[~between]].astype(np.int32))


class _Numbered(dict[str, int]):
    """Numbers words as they come."""

    def __init__(self, numbers: Iterator[int]) -> None:
        super().__init__()
        self._numbers = numbers

    def __missing__(self, word: str) -> int:
        number = self[word] = next(self._numbers)
        return number


def _save_members(
    folder: Path, rows: Iterable[MemberRow], ids: Ints, acceptabilities: Acceptabilities, built: Built
) -> list[Described]:
    tables = Gathering()
    for chunk in chunks(rows):
        for shape, group in groupby(chunk, key=attrgetter("shape")):
            members = list(group)
            if shape == LANGUAGE_SHAPE:
                columns = [(row.active, row.refset, row.component, int(row.cells[0] or 0)) for row in members]
                active, *others = transposed(columns)
                _add_language([LanguageRows(active.astype(np.bool_), *others)], acceptabilities, built)
            else:
                built.counts["members"] += len(members)
                tables.add(shape, members)
    return tables.save(folder, ids)


def _add_language(rows: Iterable[LanguageRows], acceptabilities: Acceptabilities, built: Built) -> None:
    for active, *columns in rows:
        built.counts["members"] += len(active)
        built.orphans["language members"] += acceptabilities.add(*(column[active] for column in columns))


def _save_order(folder: Path, ids: Ints, order: Iterable[int]) -> None:
    given = found_at(ids, np.fromiter(order, np.int64))
    given = given[given >= 0]
    rank = np.full(len(ids), len(given), dtype=np.int64)
    rank[given[::-1]] = np.arange(len(given))[::-1]  # the first of several counts
    ordered = np.argsort(rank, kind="stable")
    arrays.save(folder, "concept.order", ordered.astype(np.int32))
    rank[ordered] = np.arange(len(ids))
    arrays.save(folder, "concept.rank", rank.astype(np.int32))
