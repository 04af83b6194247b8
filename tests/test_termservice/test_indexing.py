"""The index of a code system after loads: extended by what changed where that is little, with the answers of one built
whole."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest

from index import compounds, segments
from index.build import build_index
from index.engine import SearchRequest
from index.lexicon import Lexicon
from index.opening import open_index
from termservice import indexing, lifecycle, searching, verify
from termservice.store import catalog, read
from termservice.store.database import FILE_NAME, Database

WORDS = (
    "rött",
    "röda",
    "äpple",
    "äpplen",
    "päron",
    "päronträd",
    "träd",
    "trädgård",
    "gård",
    "ruttet",
    "mos",
    "körtel",
    "körtlar",
)
QUERIES = (*WORDS, "ä", "päronträdgård", "röt äpple", "C1", "c", "träd gård", "äplpe")
VERSIONS = ("2019", "2020", "2021", "2022", "2023")


@pytest.fixture(autouse=True)
def all_are_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(indexing, "_LARGE", 0)
    monkeypatch.setattr(indexing, "_FEW", 9)


def folder_of(toy: Any) -> Path:
    database = Database(toy.home / FILE_NAME)
    try:
        with database.read() as connection:
            (system,) = (each for each in catalog.systems(connection) if each.short == "toy")
            artefact = read.artefact(connection, system.id, searching.KIND)
            assert artefact is not None
            return Path(toy.home / artefact[1])
    finally:
        database.close()


def is_extended(toy: Any) -> bool:
    return segments.is_extended(folder_of(toy))


def answers(folder: Path) -> list[object]:
    index = open_index(folder)
    found: list[object] = []
    for query in QUERIES:
        for year in (2018, 2019, 2020, 2021, 2024):
            for active in (None, True, False):
                request = SearchRequest(query, year * 1_000_000, query.upper(), active=active, former=year == 2024)
                result = index.search(request)
                found.append((query, year, active, result.total, result.suggestion, list(result.hits)))
    index.close()
    return found


def whole(toy: Any, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An index of what the store holds, built at once; words are taken apart as by the one there is."""
    stems = Lexicon(folder_of(toy)).stems
    monkeypatch.setattr(compounds, "vocabulary", lambda words: stems)
    database = Database(toy.home / FILE_NAME)
    with database.read() as connection:
        (system,) = (each for each in catalog.systems(connection) if each.short == "toy")
        build_index(folder, indexing.entries(connection, system))
    database.close()
    monkeypatch.undo()
    return folder


def some_content(chance: random.Random) -> dict[str, Any]:
    codes = chance.sample(range(8), chance.randint(1, 8))
    return {
        f"C{code}": {
            "title": " ".join(chance.choices(WORDS, k=2)),
            "synonyms": [chance.choice(WORDS)] if chance.random() < 0.4 else [],
            "properties": [["note", chance.choice(WORDS)]] if chance.random() < 0.3 else [],
            "active": chance.random() < 0.8,
        }
        for code in sorted(codes)
    }


@pytest.mark.parametrize("seed", range(6))
def test_any_loads_give_the_answers_of_a_whole_index(toy: Any, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    chance = random.Random(seed)
    toy.put("2018", some_content(chance))
    extended = 0
    for number, version in enumerate(chance.choices(VERSIONS, k=5)):
        active = {each for each, status in toy.statuses() if status == "active"}
        if version in active and len(active) > 1 and chance.random() < 0.5:
            lifecycle.rollback(toy.home, "toy", version)
        else:
            toy.put(version, some_content(chance))
        with monkeypatch.context() as patch:
            expected = whole(toy, toy.folder / f"whole-{number}", patch)
        assert answers(folder_of(toy)) == answers(expected)
        extended += is_extended(toy)
    assert extended
    assert verify.verify(toy.home) == []


def test_what_is_extended_and_what_is_built_whole(toy: Any) -> None:
    toy.put("2020", {"A": "Rött äpple"})
    assert not is_extended(toy)
    toy.put("2022", {"A": "Rött äpple", "B": "Päron"})
    assert is_extended(toy)
    toy.put("2022", {"A": "Rött äpple", "B": "Päronträd"})  # corrected; the base has nothing of it
    assert is_extended(toy)
    toy.put("2023", {"A": "Gult äpple", "B": "Päronträd"})
    assert is_extended(toy)
    lifecycle.rollback(toy.home, "toy", "2023")
    assert is_extended(toy)
    toy.put("2021", {"A": "Äpple"})  # between what the base is of and what came later: nothing of the base changes
    assert is_extended(toy)
    toy.put("2019", {"A": "Äpple"})
    assert not is_extended(toy)
    toy.put("2024", {"A": "Äpple"})
    lifecycle.reindex(toy.home, "toy")
    assert not is_extended(toy)


def test_small_indexes_and_great_changes_are_built_whole(toy: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    toy.put("2020", {f"A{number}": f"Päron {number}" for number in range(10)})
    monkeypatch.setattr(indexing, "_FEW", 0.12)
    toy.put("2021", {f"A{number}": f"Päron {max(number, 1)}" for number in range(10)})
    assert is_extended(toy)
    toy.put("2022", {f"A{number}": f"Päron {max(number, 2)}" for number in range(10)})
    assert not is_extended(toy)  # two of ten since the base was built
    monkeypatch.setattr(indexing, "_LARGE", 11)
    toy.put("2023", {f"A{number}": f"Päron {max(number, 1)}" for number in range(10)})
    assert not is_extended(toy)


def test_another_version_of_the_program_builds_whole(toy: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    toy.put("2020", {"A": "Rött äpple"})
    monkeypatch.setattr(indexing, "__version__", "other")
    toy.put("2021", {"A": "Gult äpple"})
    assert not is_extended(toy)


def test_the_base_outlives_the_folder_it_was_built_in(toy: Any) -> None:
    toy.put("2020", {"A": "Rött äpple"})
    first = folder_of(toy)
    for year in range(2021, 2025):
        toy.put(str(year), {"A": "Rött äpple", "B": f"Päron {year}"})
    assert not first.exists()
    assert is_extended(toy)
    assert [item.code for item in toy.service().search("rött").items] == ["A"]


def test_a_damaged_index_is_not_extended(toy: Any) -> None:
    toy.put("2020", {"A": "Rött äpple"})
    text = folder_of(toy) / "text.txt"
    text.write_bytes(text.read_bytes().replace(b"pple", b"pqle"))
    toy.put("2021", {"A": "Rött äpple", "B": "Päron"})
    assert not is_extended(toy)
    assert verify.verify(toy.home) == []


def test_damage_to_what_an_extended_index_goes_on_is_found(toy: Any) -> None:
    toy.put("2020", {"A": "Rött äpple"})
    toy.put("2021", {"A": "Rött äpple", "B": "Päron"})
    text = folder_of(toy) / segments.BASE / "text.txt"
    text.write_bytes(text.read_bytes().replace(b"pple", b"pqle"))
    assert any("base/text.txt is changed" in line for line in verify.verify(toy.home))
