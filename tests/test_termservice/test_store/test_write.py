"""Writing a version whose concepts are built while they are walked, a few at a time."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from datetime import date

import pytest

from codesystems.model import (
    CodeSystem,
    CodeSystemContent,
    Concept,
    Designation,
    Parent,
    Property,
    PropertyDef,
    kinds_of,
)
from codesystems.report import ReleaseError
from termservice.store import catalog, read, schema, write
from termservice.store.schema import FACTS

SYSTEM = CodeSystem("one", "urn:one", "One", "P")
PROPERTIES = (PropertyDef("uri", "URI", identifier=True), PropertyDef("p", "Plain"))


class Walked(Sequence[Concept]):
    """Concepts that exist only while they are walked."""

    def __init__(self, *concepts: Concept) -> None:
        self.concepts = concepts
        self.walks = 0

    def __iter__(self) -> Iterator[Concept]:
        self.walks += 1
        return iter(self.concepts)

    def __len__(self) -> int:
        return len(self.concepts)

    def __getitem__(self, index):
        raise AssertionError("concepts are walked, not picked")


def concept(code: str, *parents: str, uri: str = "", values: Sequence[str] = ("v",)) -> Concept:
    return Concept(
        code,
        "a",
        (Designation(f"title of {code}"),),
        tuple(map(Parent, parents)),
        tuple(Property("p", value) for value in values) + ((Property("uri", uri),) if uri else ()),
        valid_from=date(2020, 1, 1),
    )


def content(version: str, *concepts: Concept) -> CodeSystemContent:
    kinds = {kind for each in (*concepts, concept("x", "y", uri="z")) for kind in kinds_of(each, "sv")}
    covers = frozenset(("a", kind) for kind in kinds)
    return CodeSystemContent(SYSTEM, version, date.fromisoformat(version), covers, Walked(*concepts), PROPERTIES)


@pytest.fixture
def connection() -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.executescript(schema.ddl())
    connection.execute("INSERT INTO release VALUES (1, 'd', '', '', '', '', '', '', 0, '', '{}', 'active', '{}')")
    yield connection
    connection.close()


@pytest.fixture(autouse=True)
def two_at_a_time(monkeypatch):
    monkeypatch.setattr(write, "CHUNK", 2)


def write_one(connection: sqlite3.Connection, version: str, *concepts: Concept) -> write.Written:
    return write.write_version(connection, content(version, *concepts), 1, partial=False)


def edges(connection: sqlite3.Connection) -> set[tuple[str, str]]:
    query = "SELECT c.code, p.code FROM edge JOIN concept c ON c.id = cid JOIN concept p ON p.id = parent"
    return set(connection.execute(query))


def test_concepts_are_walked_once(connection):
    made = content("2020-01-01", concept("a1"), concept("a2"), concept("a3"))
    written = write.write_version(connection, made, 1, partial=False)
    assert isinstance(made.concepts, Walked)
    assert made.concepts.walks == 1
    assert written.facts == written.rows_added == written.facts_changed == 3 * 4
    assert written.differing == 0


def test_parents_may_come_later_or_never(connection):
    write_one(connection, "2020-01-01", concept("a1", "a4"), concept("a2", "elsewhere"), concept("a3"), concept("a4"))
    assert edges(connection) == {("a1", "a4"), ("a2", "elsewhere")}
    parts = dict(connection.execute("SELECT code, part FROM concept"))
    assert parts == {"a1": "a", "a2": "a", "a3": "a", "a4": "a", "elsewhere": ""}
    assert read.find_code(connection, 1, "elsewhere") is None


def test_a_code_known_as_a_parent_only_gets_its_part_when_it_is_stated(connection):
    write_one(connection, "2020-01-01", concept("a1", "a9"))
    write_one(connection, "2021-01-01", concept("a1", "a9"), concept("a9"))
    assert dict(connection.execute("SELECT code, part FROM concept")) == {"a1": "a", "a9": "a"}


@pytest.mark.parametrize("before", [False, True])
def test_a_code_stated_twice_is_refused(connection, before):
    if before:
        write_one(connection, "2019-01-01", concept("a1"), concept("a2"), concept("a3"))
    with pytest.raises(ReleaseError, match="a1 is stated twice"):
        write_one(connection, "2020-01-01", concept("a1"), concept("a2"), concept("a3"), concept("a1"))


def test_a_fact_said_twice_of_a_concept_is_one(connection):
    first = write_one(connection, "2020-01-01", concept("a1", values=("v", "v")))
    again = write_one(connection, "2021-01-01", concept("a1", values=("w", "w")))
    assert (first.facts, first.rows_added) == (again.facts, again.rows_added + 3) == (4, 4)
    assert (again.facts_changed, again.differing) == (2, 2)


def test_what_the_next_release_leaves_out_ends(connection):
    write_one(connection, "2020-01-01", *(concept(f"a{n}") for n in range(7)))
    written = write_one(connection, "2021-01-01", concept("a3"))
    assert (written.facts, written.rows_added, written.facts_changed) == (4, 0, 6 * 4)


def test_an_identifier_finds_its_concept_at_any_time_it_was_stated(connection):
    write_one(connection, "2020-01-01", concept("a1", uri="urn:old"), concept("a2", values=("urn:old",)))
    write_one(connection, "2021-01-01", concept("a1", uri="urn:new"))

    def found(uri: str) -> list[str]:
        return [row.code for row in read.find_identifier(connection, 1, ["uri"], uri)]

    assert (found("urn:old"), found("urn:new"), found("urn:other")) == (["a1"], ["a1"], [])
    active = catalog.active_at(connection, "one", "2020-01-01")
    assert active is not None
    write.remove_version(connection, *active[:2])
    assert (found("urn:old"), found("urn:new")) == ([], ["a1"])


def test_no_statement_reads_a_whole_table_of_facts(connection):
    """A small release must not pay for what other code systems have in the same tables."""
    run: set[str] = set()
    connection.set_trace_callback(run.add)
    for version in ("2020-01-01", "2022-01-01", "2021-01-01"):  # the last in between: spans are split and moved
        write_one(connection, version, concept("a1", "a2", uri=version), concept("a2", values=(version,)))
    catalog.place(connection, 1, "0", date(2021, 1, 1))  # moves the version of that day
    write.remove_version(connection, 1, 2021010101)
    connection.set_trace_callback(None)
    tables = {table.name for table in FACTS}
    looked_at = set()
    for statement in run:
        for *_, step in connection.execute(f"EXPLAIN QUERY PLAN {statement}"):
            words = step.split()
            looked_at.update(tables.intersection(words))
            assert not (words[0] == "SCAN" and {"t", "u", *tables} & set(words)), (statement, step)
    assert looked_at == tables
