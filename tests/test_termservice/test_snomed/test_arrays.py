"""The arrays of an edition: what is written is what is read, from small editions made by hand."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from codesystems.formats.rf2_rows import (
    ACCEPTABLE,
    INFERRED,
    IS_A,
    LANGUAGE_SHAPE,
    PREFERRED,
    ROOT,
    ConceptRow,
    ConcreteRow,
    DescriptionRow,
    MemberRow,
    MemberShape,
    RelationshipRow,
    Rows,
)
from termservice.snomed import hierarchy
from termservice.snomed.arrays import ArraysError, Edition
from termservice.snomed.attributes import Attribute
from termservice.snomed.building import build
from termservice.snomed.columns import bitmap, bitmap_of, mask_of, places_of

from .editions import ENGLISH, SWEDISH

CORE, PRIMITIVE, FSN, SYN, CASE = 900000000000207008, 900000000000074008, 900000000000003001, 900000000000013009, 1
FINDING, HEART, LUNG, SITE, STRENGTH = 404684003, 56265001, 19829001, 363698007, 1142135004
MAP = MemberShape(("mapGroup", "mapTarget", "correlationId"), "isc")


def concept(id: int, active: bool = True) -> ConceptRow:
    return ConceptRow(id, 20200131, active, CORE, PRIMITIVE)


def link(source: int, kind: int, destination: int, group: int = 0, characteristic: int = INFERRED) -> RelationshipRow:
    return RelationshipRow(True, source, destination, group, kind, characteristic)


def described(id: int, concept: int, term: str, language: str = "en", kind: int = FSN, active: bool = True):
    return DescriptionRow(id, 20200731, active, CORE, concept, language, kind, term, CASE)


def rows() -> Rows:
    return Rows(
        [concept(id) for id in (SITE, STRENGTH, ROOT, FINDING, LUNG, HEART)] + [concept(100001, active=False)],
        [
            link(FINDING, IS_A, ROOT), link(HEART, IS_A, FINDING), link(LUNG, IS_A, FINDING), link(SITE, IS_A, ROOT),
            link(HEART, SITE, LUNG, 1), link(HEART, SITE, HEART, 2), link(HEART, SITE, ROOT, 2, 900000000000227009),
            link(HEART, SITE, 999999), link(100001, IS_A, ROOT), RelationshipRow(False, LUNG, HEART, 0, SITE, INFERRED),
        ],
        [
            ConcreteRow(True, HEART, "#2.5", 2, STRENGTH, INFERRED),
            ConcreteRow(True, HEART, '"on"', 0, SITE, INFERRED),
            ConcreteRow(True, HEART, "TRUE", 3, SITE, INFERRED),
            ConcreteRow(False, LUNG, "#1", 0, SITE, INFERRED),
        ],
        [
            described(3017, HEART, "Heart disease (disorder)"), described(1019, HEART, "Hjärtsjukdom", "sv", SYN),
            described(2016, LUNG, "disorder of lung (disorder)"), described(4014, ROOT, "SNOMED CT Concept"),
            described(5011, 999999, "Nothing"), described(6018, FINDING, "Aged name", active=False),
        ],
        [
            MemberRow(20200731, True, CORE, ENGLISH, 3017, LANGUAGE_SHAPE, (str(PREFERRED),)),
            MemberRow(20200731, True, CORE, SWEDISH, 1019, LANGUAGE_SHAPE, (str(ACCEPTABLE),)),
            MemberRow(20200731, False, CORE, SWEDISH, 3017, LANGUAGE_SHAPE, (str(ACCEPTABLE),)),
            MemberRow(20200731, True, CORE, SWEDISH, 999990, LANGUAGE_SHAPE, (str(ACCEPTABLE),)),
            MemberRow(20200731, True, CORE, 447562003, LUNG, MAP, ("1", "J98.4", "447561005")),
            MemberRow(20200731, False, CORE, 447562003, HEART, MAP, ("2", "I51.9", "")),
            MemberRow(20200731, True, CORE, 447562003, HEART, MAP, ("one", "I25", "447561005")),
        ],
    )  # fmt: skip


@pytest.fixture
def edition(tmp_path: Path) -> Edition:
    build(tmp_path / "edition", rows())
    return Edition(tmp_path / "edition")


def test_what_is_written_is_counted(tmp_path: Path):
    built = build(tmp_path / "edition", rows())
    assert built.counts == {
        "concepts": 7, "is-a": 4, "attributes": 2, "concrete values": 3, "descriptions": 5, "members": 7,
    }  # fmt: skip
    assert +built.orphans == {"relationships": 2, "descriptions": 1, "language members": 1}


def test_concepts(edition: Edition):
    assert edition.ids.tolist() == sorted([SITE, STRENGTH, ROOT, FINDING, LUNG, HEART, 100001])
    heart = edition.place(HEART)
    assert edition.id(heart) == HEART
    assert (edition.module[heart], edition.status[heart], int(edition.time[heart])) == (CORE, PRIMITIVE, 20200131)
    assert not edition.active[edition.place(100001)]
    assert edition.place(999999) == edition.place(1) == -1


def test_hierarchy(edition: Edition):
    at = edition.place
    assert sorted(edition.ids_of(edition.substrate).tolist()) == sorted([ROOT, FINDING, HEART, LUNG, SITE])
    assert edition.subsumes(at(ROOT), at(HEART)) and edition.subsumes(at(HEART), at(HEART))
    assert not edition.subsumes(at(HEART), at(ROOT)) and not edition.subsumes(at(LUNG), at(HEART))
    assert edition.hierarchy.parents.of(at(HEART)).tolist() == [at(FINDING)]
    assert edition.hierarchy.children.of(at(FINDING)).tolist() == sorted([at(HEART), at(LUNG)])


def test_attributes_of_a_concept(edition: Edition):
    at = edition.place
    assert edition.attributes.of(at(HEART)) == [
        Attribute(0, at(SITE), "on", True),
        Attribute(1, at(SITE), at(LUNG), False),
        Attribute(2, at(SITE), at(HEART), False),
        Attribute(2, at(STRENGTH), 2.5, True),
        Attribute(3, at(SITE), True, True),
    ]
    assert edition.attributes.of(at(LUNG)) == []


def test_descriptions(edition: Edition):
    all_ = edition.descriptions
    mine = all_.of(edition.place(HEART))
    assert [(int(all_.id[row]), all_.language_of(row), all_.term(row)) for row in mine] == [
        (1019, "sv", "Hjärtsjukdom"),
        (3017, "en", "Heart disease (disorder)"),
    ]
    assert all_.row(3017) == mine[1] and all_.row(5011) == -1
    assert all_.type[mine[0]] == SYN
    assert [all_.acceptability(refset, row) for refset in (ENGLISH, SWEDISH, 1) for row in mine] == [
        0, PREFERRED, ACCEPTABLE, 0, 0, 0,
    ]  # fmt: skip


def test_words_find_descriptions(edition: Edition):
    all_ = edition.descriptions
    assert {all_.term(int(row)) for row in all_.beginning("dis")} == {
        "Heart disease (disorder)", "disorder of lung (disorder)",
    }  # fmt: skip
    assert [all_.term(int(row)) for row in all_.containing("sjuk")] == ["Hjärtsjukdom"]
    assert all_.beginning("zz").tolist() == all_.containing("zz").tolist() == all_.containing("").tolist() == []


def test_members_keep_their_columns(edition: Edition):
    [table] = edition.members.holding(frozenset([447562003]))
    part = table.rows(447562003)
    assert table.names == MAP.names
    assert [
        (int(table.component[row]), bool(table.active[row]), int(table.time[row]), table.module[row], table.cells(row))
        for row in part
    ] == [
        (LUNG, True, 20200731, CORE, (1, "J98.4", 447561005)),
        (HEART, False, 20200731, CORE, (2, "I51.9", None)),
        (HEART, True, 20200731, CORE, (None, "I25", 447561005)),
    ]
    assert edition.members.refsets == {447562003} and edition.members.holding(frozenset([1])) == []


def test_pages_are_in_order_of_name(edition: Edition):
    found = edition.substrate
    names = [edition.id(place) for place in edition.page(found, 0, 3)]
    assert names == [LUNG, HEART, ROOT]
    assert edition.page(found, 1, 1) == [edition.place(HEART)]


def test_order_can_be_given(tmp_path: Path):
    build(tmp_path / "edition", rows(), order=[HEART, 999999, ROOT, HEART])
    edition = Edition(tmp_path / "edition")
    assert [edition.id(place) for place in edition.order.tolist()][:2] == [HEART, ROOT]
    assert sorted(edition.order.tolist()) == list(range(7))


def test_pages_of_many_are_those_of_few(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    many = [concept(id) for id in range(100001, 100301)]
    build(
        tmp_path / "edition",
        Rows(many, descriptions=[described(id * 10, id, f"{id % 7}") for id in range(100001, 100301)]),
    )
    edition = Edition(tmp_path / "edition")
    found = bitmap(np.arange(0, 300, 2))
    expected = [edition.page(found, offset, 13) for offset in range(0, 160, 13)]
    monkeypatch.setattr("termservice.snomed.arrays._MANY", 16)
    assert [edition.page(found, offset, 13) for offset in range(0, 160, 13)] == expected
    assert sum(map(len, expected)) == 150


def test_empty_edition(tmp_path: Path):
    build(tmp_path / "edition", Rows())
    edition = Edition(tmp_path / "edition")
    assert len(edition) == len(edition.substrate) == 0
    assert edition.page(edition.substrate, 0, 10) == []


def test_a_concept_twice_is_refused(tmp_path: Path):
    with pytest.raises(ArraysError, match=f"concept {HEART} is given twice"):
        build(tmp_path / "edition", replace(rows(), concepts=[concept(HEART), concept(HEART)]))
    assert not (tmp_path / "edition").exists()


def test_a_term_with_nul_is_refused(tmp_path: Path):
    with pytest.raises(ArraysError, match="NUL"):
        build(tmp_path / "edition", replace(rows(), descriptions=[described(3017, HEART, "a\0b")]))


def test_an_existing_folder_is_left_alone(tmp_path: Path, edition: Edition):
    with pytest.raises(FileExistsError):
        build(edition.folder, rows())
    assert len(Edition(edition.folder)) == 7


def test_leftovers_of_an_interrupted_build_are_replaced(tmp_path: Path):
    (tmp_path / "edition.partial").mkdir()
    (tmp_path / "edition.partial" / "rest.npy").touch()
    build(tmp_path / "edition", rows())
    assert not (tmp_path / "edition.partial").exists() and not (tmp_path / "edition" / "rest.npy").exists()


@pytest.mark.parametrize("manifest", [None, "{", json.dumps({"format": 0})])
def test_what_is_no_edition_is_refused(tmp_path: Path, manifest: str | None):
    if manifest is not None:
        (tmp_path / "edition.json").write_text(manifest)
    with pytest.raises(ArraysError):
        Edition(tmp_path)


@given(st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8))))
def test_closure_of_any_pairs_even_loops(pairs: list[tuple[int, int]]):
    children, parents = (np.array([pair[at] for pair in pairs], dtype=np.int64) for at in (0, 1))
    built = hierarchy.build(children, parents, 9)
    above = {(child, parent) for child, parent in pairs}
    while more := {(a, d) for a, b in above for c, d in above if b == c} - above:
        above |= more
    above = {(child, parent) for child, parent in above if child != parent}
    assert {(child, int(each)) for child in range(9) for each in built.ancestors.of(child)} == above
    assert {(int(each), parent) for parent in range(9) for each in built.descendants.of(parent)} == above
    assert {(a, b) for a in range(9) for b in range(9) if built.is_ancestor(b, a)} == above


@given(st.lists(st.integers(0, 99), max_size=9), st.data())
def test_walking_and_closure_reach_the_same(start: list[int], data: st.DataObject):
    pairs = data.draw(st.lists(st.tuples(st.integers(1, 99), st.integers(0, 98)), max_size=200))
    pairs = [(child, parent) for child, parent in pairs if parent < child]
    built = hierarchy.build(*(np.array([pair[at] for pair in pairs], dtype=np.int64) for at in (0, 1)), 100)
    found = bitmap(np.array(start, dtype=np.int64))
    few = built.descendants_of(found), built.ancestors_of(found)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(hierarchy, "_FEW", -1)
        assert (built.descendants_of(found), built.ancestors_of(found)) == few


@pytest.mark.parametrize("size", [0, 1, 5000, 65536, 65537, 200_000])
@pytest.mark.parametrize("share", [0.0, 0.01, 0.3, 1.0])
def test_bitmaps_hold_what_masks_mark(size: int, share: float):
    mask = np.random.default_rng(size).random(size) < share
    found = bitmap_of(mask)
    assert list(found) == np.flatnonzero(mask).tolist() == places_of(found).tolist()
    assert (mask_of(found, size) == mask).all()
    assert bitmap(np.concatenate([np.flatnonzero(mask), np.flatnonzero(mask)[::-1]])) == found
