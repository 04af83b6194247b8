"""Differences and histories against the contents themselves: whatever was loaded in whatever order, applying what
`diff.between` says to the content of one version gives the content of the other, and a history says the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from codesystems.model import CodeSystem, CodeSystemContent, Concept, Designation, Parent, Property, PropertyDef
from termservice import diff, history
from termservice.answers import Change, Event
from termservice.history import Line, wording
from termservice.store import catalog, changes, read, write
from termservice.store.database import FILE_NAME, Database

SYSTEM = CodeSystem("toy", "urn:toy", "Toy", "P")
PROPERTIES = (PropertyDef("p", "Plain"), PropertyDef("n", "Note", note=True))
CODES = ("a1", "a2", "b1")
PARENT = "a1"
KINDS = ("state", "designation:display:sv", "parent", "property:p", "property:n")


@dataclass(frozen=True)
class Said:
    """What a release says of one code."""

    active: bool
    title: str
    parent: bool
    values: tuple[str, ...]
    note: str


SAID = st.builds(
    Said, st.booleans(), st.sampled_from(["x", "X", "y"]), st.booleans(),
    st.sampled_from([(), ("1",), ("1", "2")]), st.sampled_from(["", "long", "longer"]),
)  # fmt: skip
RELEASES = st.lists(st.dictionaries(st.sampled_from(CODES), SAID), min_size=2, max_size=5)


def concept(code: str, said: Said) -> Concept:
    return Concept(
        code,
        code[0],
        (Designation(said.title),),
        (Parent(PARENT),) if said.parent and code != PARENT else (),
        (*(Property("p", value) for value in said.values), *((Property("n", said.note),) if said.note else ())),
        active=said.active,
        level="one",
    )


def load(connection: Any, releases: list[dict[str, Said]], order: list[int], covers: set[tuple[str, str]]) -> Line:
    connection.execute(
        "INSERT INTO release VALUES (1, 'd', 'Toy', 'toy', 'toy', 'toy', '', '', 0, '', '{}', 'active', '{}')"
    )
    for number in order:
        said = [concept(code, each) for code, each in releases[number].items()]
        content = CodeSystemContent(
            SYSTEM, f"v{number}", date(2020 + number, 1, 1), frozenset(covers), said, PROPERTIES
        )
        write.write_version(connection, content, 1, partial=False)
    (system,) = catalog.systems(connection)
    return Line(system, changes.covered(connection, system.id))


def events_of(connection: Any, line: Line, row: read.ConceptRow) -> list[Event]:
    unit = changes.held(connection, "state", row.cid)[0].unit
    validity = changes.held(connection, "validity", row.cid)
    return history.computed(connection, line, row, unit, read.states(connection, row.cid), validity)


def content(connection: Any, line: Line, pos: int) -> dict[str, dict[str, Any]]:
    """Active codes with title, parents, properties and notes."""
    found = {}
    for each in read.summaries(connection, read.code_page(connection, line.system.id, pos, None, 100), pos):
        facts = read.facts(connection, each.cid, pos)
        values: dict[str, list[str]] = {}
        for name, value in facts.properties:
            values.setdefault(name, []).append(value)
        title = next(value for use, _, value in facts.designations if use == "display")
        found[each.code] = {"active": each.active, "title": title, "parents": list(each.parents), "values": values}
    return found


def applied(before: dict[str, dict[str, Any]], found: list[Change], after: dict[str, dict[str, Any]]) -> Any:
    """`before` with the changes done to it; what a new code is made of is not in its change, so it is taken over."""
    result = {code: dict(each) for code, each in before.items()}
    for change in found:
        if change.type in ("introduced", "reintroduced"):
            assert change.after == after[change.code]["title"]
            result[change.code] = after[change.code]
        elif change.type == "withdrawn":
            assert change.before == before[change.code]["title"]
            if change.code in after:
                result[change.code] = after[change.code]  # listed as inactive
            else:
                del result[change.code]
        elif change.code in before and before[change.code]["active"] == after[change.code]["active"]:
            if change.type == "retitled":
                assert result[change.code]["title"] == change.before
                result[change.code]["title"] = change.after
            elif change.type == "moved":
                assert result[change.code]["parents"] == change.before
                result[change.code]["parents"] = change.after
    return result


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(RELEASES, st.randoms(use_true_random=False))
def test_changes_lead_from_any_version_to_any_other(releases: list[dict[str, Said]], random: Any) -> None:
    covers = {(part, kind) for part in "ab" for kind in KINDS}
    order = list(range(len(releases)))
    random.shuffle(order)
    with TemporaryDirectory() as folder:
        database = Database.create(Path(folder) / FILE_NAME)
        with database.write() as connection:
            line = load(connection, releases, order, covers)
            versions = line.system.versions
            contents = [content(connection, line, version.pos) for version in versions]
            for a, b in [(a, b) for a in range(len(versions)) for b in range(len(versions))]:
                found = diff.between(connection, line, versions[a].pos, versions[b].pos, ())
                assert len({(change.code, change.type) for change in found}) == len(found)
                visible = {code for code, each in contents[a].items() if each["active"]}
                begun = {c.code for c in found if c.type in ("introduced", "reintroduced", "withdrawn")}
                ended = {code for code, each in contents[b].items() if each["active"]}
                assert visible ^ ended == begun
                got = applied(contents[a], found, contents[b])
                for code in visible & ended:
                    assert got[code]["title"] == contents[b][code]["title"]
                    assert got[code]["parents"] == contents[b][code]["parents"]
                    told = {c.type: c for c in found if c.code == code}
                    for kind, name in (("note-changed", "n"), ("property-changed", "p")):
                        differs = contents[a][code]["values"].get(name) != contents[b][code]["values"].get(name)
                        assert (kind in told and name in (told[kind].after or told[kind].before)) == differs
                if a == b:
                    assert not found
        database.close()


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(RELEASES, st.sampled_from(CODES))
def test_a_history_says_what_neighbouring_versions_differ_in(releases: list[dict[str, Said]], code: str) -> None:
    covers = {(part, kind) for part in "ab" for kind in KINDS}
    with TemporaryDirectory() as folder:
        database = Database.create(Path(folder) / FILE_NAME)
        with database.write() as connection:
            line = load(connection, releases, list(range(len(releases))), covers)
            row = read.find_code(connection, line.system.id, code)
            if row is not None:
                events = events_of(connection, line, row)
                told = {(event.version, event.type) for event in events}
                expected = set()
                versions = line.system.versions
                for old, new in pairwise(versions):
                    for change in diff.between(connection, line, old.pos, new.pos, ()):
                        if change.code == code:
                            expected.add((new.version, change.type))
                existence = {"introduced", "reintroduced", "withdrawn"}
                assert {e for e in told if e[1] in existence} == {e for e in expected if e[1] in existence}
                assert {e for e in told if e[1] == "retitled"} == {e for e in expected if e[1] == "retitled"}
        database.close()


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("Diabetes mellitus, typ 2", "Diabetes mellitus typ 2", "cosmetic"),
        ("KOLERA", "Kolera", "cosmetic"),
        ("typ 2-diabetes", "typ 2 - diabetes", "cosmetic"),
        ("Kolera", "Kolera, ospecificerad", "text"),
        ("hår", "har", "text"),
    ],
)
def test_wording(before: str, after: str, expected: str) -> None:
    assert wording(before, after) == expected


def test_what_was_never_stated_before_is_no_change(tmp_path: Path) -> None:
    """A format that begins to say something changes nothing, and one that cannot say it withdraws nothing."""
    releases = [{"a1": Said(True, "x", False, (), "")}, {"a1": Said(True, "x", False, ("1",), "long"), "b1": SAID_B}]
    database = Database.create(tmp_path / FILE_NAME)
    with database.write() as connection:
        line = load(connection, releases[:1], [0], {("a", "state"), ("a", "designation:display:sv")})
        full = {(part, kind) for part in "ab" for kind in KINDS}
        poor, bare = (
            {("a", "state"), ("a", "designation:display:sv")},
            Concept("a1", "a", (Designation("x"),), level="one"),
        )
        said = [concept(code, each) for code, each in releases[1].items()]
        for day, covers, concepts in (
            (date(2021, 1, 1), full, said),
            (date(2022, 1, 1), poor, [bare]),
        ):  # fmt: skip
            version = CodeSystemContent(SYSTEM, str(day.year), day, frozenset(covers), concepts, PROPERTIES)
            write.write_version(connection, version, 1, partial=False)
        (system,) = catalog.systems(connection)
        line = Line(system, changes.covered(connection, system.id))
        first, second, third = (version.pos for version in system.versions)
        found = diff.between(connection, line, first, second, ())
        assert [(change.code, change.type) for change in found] == [("b1", "first-stated")]
        assert diff.between(connection, line, second, third, ()) == []
        row = read.find_code(connection, system.id, "a1")
        assert row is not None
        assert events_of(connection, line, row) == []
    database.close()


SAID_B = Said(True, "y", False, (), "")
