"""Systems and their names, releases and their files, versions and their order: the store's table of contents."""

from __future__ import annotations

import json
import logging
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from codesystems.maps import ConceptMap
from codesystems.model import CodeRule, CodeSystem, PropertyDef
from codesystems.valuesets import ValueSet
from termservice.store import splice
from termservice.timeline import PER_DAY, Version, now, position

_log = logging.getLogger("termservice.audit")
CODE_SYSTEM, CONCEPT_MAP, VALUE_SET = "codesystem", "conceptmap", "valueset"


@dataclass(frozen=True, slots=True)
class System:
    """A code system as the store knows it."""

    id: int
    short: str
    url: str
    title: str
    publisher: str
    lang: str
    code_rule: CodeRule
    copyright: str
    names: tuple[str, ...]
    versions: tuple[Version, ...]
    """Activated versions in order of position."""
    properties: dict[str, PropertyDef]


@dataclass(frozen=True, slots=True)
class ReleaseRow:
    """A release as it was delivered. `status` is held, active, rolled-back or replaced."""

    id: int
    digest: str
    title: str
    loader: str
    form: str
    system: str
    version: str
    effective: str
    partial: bool
    received: str
    hints: dict[str, Any]
    status: str
    report: dict[str, Any]

    @property
    def states_only(self) -> bool:
        """True where it holds no version, only statements about changes."""
        return bool(self.hints.get("states_only"))


_RELEASE_COLUMNS = (
    "id, digest, title, loader, form, system, version, effective, partial, received, hints, status, report"
)


def name_key(name: str) -> str:
    """Names are compared without case and without the `urn:oid:` before an OID."""
    text = name.strip().casefold()
    return text.removeprefix("urn:oid:")


def systems(connection: sqlite3.Connection, kind: str = CODE_SYSTEM) -> list[System]:
    """Every code system that the store knows, with its names, versions and properties; with `CONCEPT_MAP` every map,
    with `VALUE_SET` every value set.

    Code systems that are only joined by a map or spoken of by a value set have no versions.
    """
    names: dict[int, list[str]] = {}
    for system_id, name in connection.execute("SELECT system_id, spelling FROM name ORDER BY name"):
        names.setdefault(system_id, []).append(name)
    versions: dict[int, list[Version]] = {}
    for system_id, *values in connection.execute(
        "SELECT v.system_id, v.pos, v.version, v.effective, v.partial, r.received, r.title, v.concepts, "
        "v.revision, v.source_version, v.target_version "
        "FROM version v JOIN release r ON r.id = v.release_id ORDER BY v.system_id, v.pos"
    ):
        pos, version, effective, partial, *rest = values
        found = Version(pos, version, effective, bool(partial), *rest)
        versions.setdefault(system_id, []).append(found)
    properties: dict[int, dict[str, PropertyDef]] = {}
    for system_id, code, title, value_type, note, identifier in connection.execute(
        "SELECT system_id, code, title, type, note, identifier FROM property_def ORDER BY system_id, seq, code"
    ):
        definition = PropertyDef(code, title, value_type, bool(note), bool(identifier))
        properties.setdefault(system_id, {})[code] = definition
    rows = connection.execute(
        "SELECT id, short, url, title, publisher, lang, code_rule, copyright FROM system WHERE kind=? ORDER BY short",
        (kind,),
    )
    return [
        System(*(*row, tuple(names.get(row[0], ())), tuple(versions.get(row[0], ())), properties.get(row[0], {})))
        for row in rows
    ]


def save_system(connection: sqlite3.Connection, system: CodeSystem, properties: Iterable[PropertyDef]) -> int:
    """Insert or update a code system, its names and its properties; its number.

    A name that another system has already stays with that system.
    """
    system_id = _save(connection, system, CODE_SYSTEM, system.code_rule)
    connection.executemany(
        "INSERT OR REPLACE INTO property_def VALUES (?, ?, ?, ?, ?, ?, ?)",
        [(system_id, p.code, p.title, p.type, p.note, p.identifier, seq) for seq, p in enumerate(properties)],
    )
    return system_id


def save_map(connection: sqlite3.Connection, concept_map: ConceptMap) -> int:
    """Insert or update a map and its names; its number. The systems it joins become known, not changed."""
    map_id = _save(connection, concept_map, CONCEPT_MAP, "exact")
    ends = [_known(connection, system) for system in (concept_map.source, concept_map.target)]
    connection.execute("INSERT OR REPLACE INTO map VALUES (?, ?, ?)", (map_id, *ends))
    return map_id


def save_valueset(connection: sqlite3.Connection, valueset: ValueSet, systems: Iterable[CodeSystem]) -> int:
    """Insert or update a value set and its names; its number. The code systems of its members become known, not
    changed."""
    for system in systems:
        _known(connection, system)
    return _save(connection, valueset, VALUE_SET, "exact")


def number_of(connection: sqlite3.Connection, short: str) -> int:
    """The number of what is known by a short id."""
    return int(connection.execute("SELECT id FROM system WHERE short=?", (short,)).fetchone()[0])


def kind_of(connection: sqlite3.Connection, short: str) -> str | None:
    """Whether a short id is that of a code system, a map or a value set; None where it is free."""
    row = connection.execute("SELECT kind FROM system WHERE short=?", (short,)).fetchone()
    return str(row[0]) if row else None


def _known(connection: sqlite3.Connection, system: CodeSystem) -> int:
    row = connection.execute("SELECT id FROM system WHERE short=?", (system.id,)).fetchone()
    return int(row[0]) if row else save_system(connection, system, ())


def _save(connection: sqlite3.Connection, system: CodeSystem | ConceptMap | ValueSet, kind: str, code_rule: str) -> int:
    connection.execute(
        """INSERT INTO system (short, url, title, publisher, lang, kind, code_rule, copyright)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?)
           ON CONFLICT (short) DO UPDATE SET url=excluded.url, title=excluded.title,
           publisher=excluded.publisher, lang=excluded.lang, copyright=excluded.copyright""",
        (system.id, system.url, system.title, system.publisher, system.language, kind, code_rule, system.copyright),
    )
    (system_id,) = connection.execute("SELECT id FROM system WHERE short=?", (system.id,)).fetchone()
    names = [system.id, system.url, *system.aliases]
    connection.executemany(
        "INSERT OR IGNORE INTO name VALUES (?, ?, ?)", [(name_key(name), system_id, name) for name in names]
    )
    return int(system_id)


def unit_ids(connection: sqlite3.Connection, system_id: int, units: Iterable[tuple[str, str]]) -> dict[Any, int]:
    """The numbers of (part, kind) units, made where they are new."""
    wanted = sorted(units)
    connection.executemany(
        "INSERT OR IGNORE INTO unit (system_id, part, kind) VALUES (?, ?, ?)",
        [(system_id, part, kind) for part, kind in wanted],
    )
    rows = connection.execute("SELECT part, kind, id FROM unit WHERE system_id=?", (system_id,))
    known = {(part, kind): unit for part, kind, unit in rows}
    return {unit: known[unit] for unit in wanted}


def place(connection: sqlite3.Connection, system_id: int, version: str, day: date) -> int:
    """The position a version of this name gets on `day`; same-day versions are kept in order of name.

    Versions that come after it that day are moved up, so the result is the same in any order of loading.
    """
    base = position(day)
    rows = connection.execute(
        "SELECT version, pos FROM version WHERE system_id=? AND pos >= ? AND pos < ? ORDER BY pos DESC",
        (system_id, base, base + PER_DAY),
    ).fetchall()
    before = sum(name < version for name, _ in rows)
    for _name, pos in rows:
        if pos - base >= before:
            splice.move(connection, system_id, pos, pos + 1)
    return int(base + before)


def add_version(
    connection: sqlite3.Connection, system_id: int, pos: int, version: str, effective: date, release_id: int, *,
    partial: bool, concepts: int, source_version: str = "", target_version: str = "",
) -> None:  # fmt: skip
    """Enter a version at its position; it belongs to the revision that comes next."""
    connection.execute(
        "INSERT INTO version VALUES (?, ?, ?, ?, ?, ?, ?, "
        "(SELECT CAST(value AS INTEGER) + 1 FROM meta WHERE key='revision'), ?, ?)",
        (
            system_id, pos, version, effective.isoformat(), release_id, partial, concepts, source_version,
            target_version,
        ),
    )  # fmt: skip


def close_gap(connection: sqlite3.Connection, system_id: int, removed: int) -> None:
    """Move the same day's later versions down after one was taken out."""
    day_end = removed - removed % PER_DAY + PER_DAY
    rows = connection.execute(
        "SELECT pos FROM version WHERE system_id=? AND pos > ? AND pos < ? ORDER BY pos", (system_id, removed, day_end)
    ).fetchall()
    for (pos,) in rows:
        splice.move(connection, system_id, pos, pos - 1)


def releases(connection: sqlite3.Connection, system: str | None = None) -> list[ReleaseRow]:
    """Every release received, oldest effective date first."""
    where, values = ("WHERE system=?", (system,)) if system else ("", ())
    rows = connection.execute(
        f"SELECT {_RELEASE_COLUMNS} FROM release {where} ORDER BY system, effective, version, id", values
    )
    return [_release(row) for row in rows]


def release(connection: sqlite3.Connection, release_id: int) -> ReleaseRow:
    row = connection.execute(f"SELECT {_RELEASE_COLUMNS} FROM release WHERE id=?", (release_id,)).fetchone()
    return _release(row)


def files(connection: sqlite3.Connection, release_id: int) -> list[tuple[str, str, int]]:
    """(path, sha256, bytes) of a release's files."""
    rows: Sequence[tuple[str, str, int]] = connection.execute(
        "SELECT path, sha256, bytes FROM file WHERE release_id=? ORDER BY path", (release_id,)
    ).fetchall()
    return list(rows)


def set_status(connection: sqlite3.Connection, release_id: int, status: str) -> None:
    connection.execute("UPDATE release SET status=? WHERE id=?", (status, release_id))


def set_hints(connection: sqlite3.Connection, release_id: int, hints: dict[str, Any]) -> None:
    connection.execute("UPDATE release SET hints=? WHERE id=?", (json.dumps(hints), release_id))


def set_report(connection: sqlite3.Connection, release_id: int, report: dict[str, Any]) -> None:
    """Keep what was noticed while the release was loaded."""
    text = json.dumps(report, ensure_ascii=False)
    connection.execute("UPDATE release SET report=? WHERE id=?", (text, release_id))


def raise_revision(connection: sqlite3.Connection) -> int:
    connection.execute("UPDATE meta SET value = CAST(value AS INTEGER) + 1 WHERE key='revision'")
    return int(connection.execute("SELECT value FROM meta WHERE key='revision'").fetchone()[0])


def set_revision(connection: sqlite3.Connection, revision: int) -> None:
    """Go on counting from another store's revision."""
    connection.execute("UPDATE meta SET value=? WHERE key='revision'", (str(revision),))


def audit(
    connection: sqlite3.Connection, action: str, release_id: int | None, revision: int, actor: str, detail: str
) -> None:
    connection.execute(
        "INSERT INTO audit (at, actor, action, release_id, revision, detail) VALUES (?, ?, ?, ?, ?, ?)",
        (now(), actor, action, release_id, revision, detail),
    )
    told = {"actor": actor, "action": action, "revision": revision, "detail": detail}
    _log.info("%s: %s", action, detail, extra={"fields": told})


def _release(row: tuple[Any, ...]) -> ReleaseRow:
    values = list(row)
    values[8] = bool(values[8])
    values[10] = json.loads(values[10])
    values[12] = json.loads(values[12])
    return ReleaseRow(*values)


def add_release(connection: sqlite3.Connection, row: ReleaseRow, delivered: Iterable[tuple[str, str, int]]) -> int:
    """Enter a release with its (path, sha256, bytes) files; its number. `row.id` does not count."""
    cursor = connection.execute(
        "INSERT INTO release (digest, title, loader, form, system, version, effective, partial, received, hints, "
        "status, report) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            row.digest, row.title, row.loader, row.form, row.system, row.version, row.effective, row.partial,
            row.received, json.dumps(row.hints), row.status, json.dumps(row.report, ensure_ascii=False),
        ),
    )  # fmt: skip
    release_id = int(cursor.lastrowid or 0)
    connection.executemany("INSERT INTO file VALUES (?, ?, ?, ?)", [(release_id, *file) for file in delivered])
    return release_id


def release_by_digest(connection: sqlite3.Connection, digest: str) -> ReleaseRow | None:
    row = connection.execute(f"SELECT {_RELEASE_COLUMNS} FROM release WHERE digest=?", (digest,)).fetchone()
    return _release(row) if row else None


def delete_release(connection: sqlite3.Connection, release_id: int) -> None:
    """Forget a release that is in no interval any more, and that its package was ever seen."""
    connection.execute(
        "DELETE FROM seen WHERE EXISTS (SELECT 1 FROM json_each(seen.releases) WHERE value = ?)", (release_id,)
    )
    connection.execute("DELETE FROM stated WHERE release_id=?", (release_id,))
    connection.execute("DELETE FROM file WHERE release_id=?", (release_id,))
    connection.execute("DELETE FROM release WHERE id=?", (release_id,))


def kept_files(connection: sqlite3.Connection) -> set[str]:
    """sha256 of every original some release still needs."""
    return {sha for (sha,) in connection.execute("SELECT DISTINCT sha256 FROM file")}


def seen(connection: sqlite3.Connection, digest: str) -> list[int] | None:
    """The releases a package of this digest held when it was loaded in full; None where it never was."""
    row = connection.execute("SELECT releases FROM seen WHERE digest=?", (digest,)).fetchone()
    return [int(number) for number in json.loads(row[0])] if row else None


def mark_seen(connection: sqlite3.Connection, digest: str, releases: Sequence[int]) -> None:
    connection.execute("INSERT OR REPLACE INTO seen VALUES (?, ?)", (digest, json.dumps(list(releases))))


def active_at(connection: sqlite3.Connection, system: str, version: str) -> tuple[int, int, int] | None:
    """(system number, position, release number) of an activated version."""
    row: tuple[int, int, int] | None = connection.execute(
        "SELECT v.system_id, v.pos, v.release_id FROM version v JOIN system s ON s.id = v.system_id "
        "WHERE s.short=? AND v.version=?",
        (system, version),
    ).fetchone()
    return row


def active_release(connection: sqlite3.Connection, system: str, version: str) -> ReleaseRow | None:
    """The release of this name whose content counts: a version or a delivery of statements."""
    row = connection.execute(
        f"SELECT {_RELEASE_COLUMNS} FROM release WHERE system=? AND version=? AND status='active'", (system, version)
    ).fetchone()
    return _release(row) if row else None


def units_at(connection: sqlite3.Connection, system_id: int, pos: int) -> set[tuple[str, str]]:
    """The (part, kind) units that the version at `pos` itself covers."""
    rows = connection.execute(
        "SELECT part, kind FROM unit JOIN covers ON covers.unit = unit.id WHERE system_id=? AND pos=?", (system_id, pos)
    )
    return {(part, kind) for part, kind in rows}


def set_artefact(connection: sqlite3.Connection, system_id: int, kind: str, revision: int, path: str) -> None:
    connection.execute("INSERT OR REPLACE INTO artefact VALUES (?, ?, ?, ?)", (system_id, kind, revision, path))


def keep_artefacts(connection: sqlite3.Connection, system_id: int, kinds: Iterable[str]) -> None:
    """Forget the artefacts of a code system that are of none of these kinds."""
    connection.execute(
        "DELETE FROM artefact WHERE system_id=? AND kind NOT IN (SELECT value FROM json_each(?))",
        (system_id, json.dumps(sorted(kinds))),
    )


def artefacts(connection: sqlite3.Connection) -> list[tuple[str, str, int, str]]:
    """(system, kind, revision, path) of every file built from the facts."""
    return connection.execute(
        "SELECT s.short, a.kind, a.revision, a.path FROM artefact a JOIN system s ON s.id = a.system_id ORDER BY 1, 2"
    ).fetchall()


def copy_audit(source: sqlite3.Connection, target: sqlite3.Connection, numbers: dict[int, int]) -> None:
    """Carry the audit log over to another store, in which releases have other `numbers`."""
    for row in source.execute("SELECT at, actor, action, release_id, revision, detail FROM audit ORDER BY id"):
        at, actor, action, release_id, revision, detail = row
        target.execute(
            "INSERT INTO audit (at, actor, action, release_id, revision, detail) VALUES (?, ?, ?, ?, ?, ?)",
            (at, actor, action, numbers.get(release_id), revision, detail),
        )


def audits(connection: sqlite3.Connection, limit: int) -> list[tuple[str, str, str, int, str]]:
    """The latest (at, actor, action, revision, detail), newest first."""
    return connection.execute(
        "SELECT at, actor, action, revision, detail FROM audit ORDER BY id DESC LIMIT ?", (limit,)
    ).fetchall()
