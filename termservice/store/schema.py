"""Tables of the store. Every fact is a row with a half-open validity interval [vf, vt) of positions.

`release`, `file` and `audit` keep their columns through all schema versions: a store of an older schema is rebuilt
from them and the kept originals.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from termservice.timeline import END

SCHEMA = 4

TABLES = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE system (
    id INTEGER PRIMARY KEY, short TEXT NOT NULL UNIQUE, url TEXT NOT NULL, title TEXT NOT NULL,
    publisher TEXT NOT NULL, lang TEXT NOT NULL, kind TEXT NOT NULL, code_rule TEXT NOT NULL,
    copyright TEXT NOT NULL);
-- every name a system answers to: short id, URLs, OIDs; `name` as compared, `spelling` as published
CREATE TABLE name (name TEXT PRIMARY KEY, system_id INTEGER NOT NULL REFERENCES system,
    spelling TEXT NOT NULL) WITHOUT ROWID;
-- maps are systems of kind `conceptmap`; what they join need not be loaded
CREATE TABLE map (
    system_id INTEGER PRIMARY KEY REFERENCES system, source_id INTEGER NOT NULL REFERENCES system,
    target_id INTEGER NOT NULL REFERENCES system);
CREATE TABLE property_def (
    system_id INTEGER NOT NULL REFERENCES system, code TEXT NOT NULL, title TEXT NOT NULL, type TEXT NOT NULL,
    note INTEGER NOT NULL, identifier INTEGER NOT NULL, seq INTEGER NOT NULL,
    PRIMARY KEY (system_id, code)) WITHOUT ROWID;
-- what a publisher delivered, whether or not it is in the intervals
CREATE TABLE release (
    id INTEGER PRIMARY KEY, digest TEXT NOT NULL UNIQUE, title TEXT NOT NULL, loader TEXT NOT NULL,
    form TEXT NOT NULL, system TEXT NOT NULL, version TEXT NOT NULL, effective TEXT NOT NULL,
    partial INTEGER NOT NULL, received TEXT NOT NULL, hints TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('held', 'active', 'rolled-back', 'replaced')), report TEXT NOT NULL);
CREATE TABLE file (
    release_id INTEGER NOT NULL REFERENCES release, path TEXT NOT NULL, sha256 TEXT NOT NULL,
    bytes INTEGER NOT NULL, PRIMARY KEY (release_id, path)) WITHOUT ROWID;
-- activated releases only: the points on the line of time
CREATE TABLE version (
    system_id INTEGER NOT NULL REFERENCES system, pos INTEGER NOT NULL, version TEXT NOT NULL,
    effective TEXT NOT NULL, release_id INTEGER NOT NULL REFERENCES release, partial INTEGER NOT NULL,
    concepts INTEGER NOT NULL, revision INTEGER NOT NULL,
    -- of a map: the versions of the systems it joins that its publisher made it for
    source_version TEXT NOT NULL DEFAULT '', target_version TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (system_id, pos), UNIQUE (system_id, version)) WITHOUT ROWID;
-- what a release can cover: a group of codes x a kind of fact
CREATE TABLE unit (
    id INTEGER PRIMARY KEY, system_id INTEGER NOT NULL REFERENCES system, part TEXT NOT NULL, kind TEXT NOT NULL,
    UNIQUE (system_id, part, kind));
CREATE TABLE covers (unit INTEGER NOT NULL REFERENCES unit, pos INTEGER NOT NULL,
    PRIMARY KEY (unit, pos)) WITHOUT ROWID;
-- files built from the facts: search index, hierarchy
CREATE TABLE artefact (
    system_id INTEGER NOT NULL REFERENCES system, kind TEXT NOT NULL, revision INTEGER NOT NULL,
    path TEXT NOT NULL, PRIMARY KEY (system_id, kind)) WITHOUT ROWID;
CREATE TABLE concept (
    id INTEGER PRIMARY KEY, system_id INTEGER NOT NULL REFERENCES system, code TEXT NOT NULL, norm TEXT NOT NULL,
    part TEXT NOT NULL, UNIQUE (system_id, code));
CREATE INDEX concept_norm ON concept (system_id, norm);
-- headings that mean different things in different parts (`KKÅ:AA`), by what stands behind the colon
CREATE INDEX concept_qualified ON concept (system_id, substr(norm, instr(norm, ':') + 1)) WHERE instr(norm, ':') > 0;
-- concepts by the hashed values of their identifier properties, at any time; `property` says when
CREATE TABLE identifier (vh INTEGER NOT NULL, cid INTEGER NOT NULL, PRIMARY KEY (vh, cid)) WITHOUT ROWID;
-- the publisher's word, kept beside the intervals and never spliced; of active releases only
CREATE TABLE stated (
    release_id INTEGER NOT NULL REFERENCES release, system_id INTEGER NOT NULL REFERENCES system,
    code TEXT NOT NULL, type TEXT NOT NULL, date TEXT, other_code TEXT NOT NULL, automatic INTEGER,
    automatic_back INTEGER, path TEXT NOT NULL, row INTEGER NOT NULL);
CREATE INDEX stated_code ON stated (system_id, code);
CREATE INDEX stated_other ON stated (system_id, other_code) WHERE other_code <> '';
CREATE INDEX stated_release ON stated (release_id);
-- what each concept of a release is known again by where the next release says the same of it: pairs of numbers
CREATE TABLE fingerprint (
    release_id INTEGER PRIMARY KEY REFERENCES release ON DELETE CASCADE, program TEXT NOT NULL,
    facts INTEGER NOT NULL, pairs BLOB NOT NULL);
-- packages that were loaded before in full: loading them again is known to change nothing
CREATE TABLE seen (digest TEXT PRIMARY KEY, releases TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE audit (
    id INTEGER PRIMARY KEY, at TEXT NOT NULL, actor TEXT NOT NULL, action TEXT NOT NULL, release_id INTEGER,
    revision INTEGER NOT NULL, detail TEXT NOT NULL);
"""


@dataclass(frozen=True, slots=True)
class FactTable:
    """A table of facts. `key` with vf names a row; `values` are the other columns, part of what the fact says.

    Two releases state the same fact where key and values agree.
    """

    name: str
    columns: str
    key: tuple[str, ...]
    values: tuple[str, ...]
    identity: tuple[str, ...]
    """Columns that make two statements the same fact (key or values, hashed where long): the first ones."""
    owner: str = "cid"
    """The column of what it is said of."""

    @property
    def said(self) -> tuple[str, ...]:
        """The columns of what a fact says, in order."""
        return (*self.key, *self.values)

    def ddl(self) -> str:
        """The table and its indexes. What has ended is little beside what holds: only that is found by its end."""
        key = ", ".join((*self.key, "vf"))
        return f"""
            CREATE TABLE {self.name} ({self.columns}, unit INTEGER NOT NULL, vf INTEGER NOT NULL,
                vt INTEGER NOT NULL, PRIMARY KEY ({key})) WITHOUT ROWID;
            CREATE INDEX {self.name}_unit_vf ON {self.name} (unit, vf);
            CREATE INDEX {self.name}_unit_vt ON {self.name} (unit, vt) WHERE vt <> {END};
        """


STATE = FactTable(
    "state",
    "cid INTEGER NOT NULL, active INTEGER NOT NULL, abstract INTEGER NOT NULL, level TEXT NOT NULL, "
    "sort_key TEXT NOT NULL",
    key=("cid",), values=("active", "abstract", "level", "sort_key"),
    identity=("cid", "active", "abstract", "level", "sort_key"),
)  # fmt: skip
DESIGNATION = FactTable(
    "designation",
    "cid INTEGER NOT NULL, use TEXT NOT NULL, lang TEXT NOT NULL, vh INTEGER NOT NULL, value TEXT NOT NULL",
    key=("cid", "use", "lang", "vh"), values=("value",), identity=("cid", "use", "lang", "vh"),
)  # fmt: skip
EDGE = FactTable(
    "edge",
    "cid INTEGER NOT NULL, rank INTEGER NOT NULL, parent INTEGER NOT NULL",
    key=("cid", "rank", "parent"), values=(), identity=("cid", "rank", "parent"),
)  # fmt: skip
PROPERTY = FactTable(
    "property",
    "cid INTEGER NOT NULL, prop TEXT NOT NULL, vh INTEGER NOT NULL, value TEXT NOT NULL",
    key=("cid", "prop", "vh"), values=("value",), identity=("cid", "prop", "vh"),
)  # fmt: skip
VALIDITY = FactTable(
    "validity",
    "cid INTEGER NOT NULL, stated_from TEXT, stated_to TEXT",
    key=("cid",), values=("stated_from", "stated_to"), identity=("cid", "stated_from", "stated_to"),
)  # fmt: skip
# the code comes before the map in the key: one statement finds what all maps say of a code
ELEMENT = FactTable(
    "element",
    "source_key TEXT NOT NULL, map INTEGER NOT NULL, vh INTEGER NOT NULL, target_key TEXT NOT NULL, "
    "source TEXT NOT NULL, target TEXT NOT NULL, relationship TEXT NOT NULL, grp INTEGER NOT NULL, "
    "priority INTEGER NOT NULL, rule TEXT NOT NULL, advice TEXT NOT NULL, comment TEXT NOT NULL, "
    "source_display TEXT NOT NULL, target_display TEXT NOT NULL, ext_id TEXT NOT NULL",
    key=("source_key", "map", "vh"),
    values=("target_key", "source", "target", "relationship", "grp", "priority", "rule", "advice", "comment",
            "source_display", "target_display", "ext_id"),
    identity=("source_key", "map", "vh"), owner="map",
)  # fmt: skip
# value sets are systems of kind `valueset`; the code systems of their members need not be loaded
MEMBER = FactTable(
    "member",
    "code_key TEXT NOT NULL, valueset INTEGER NOT NULL, system INTEGER NOT NULL, vh INTEGER NOT NULL, "
    "code TEXT NOT NULL, display TEXT NOT NULL, comment TEXT NOT NULL, ext_id TEXT NOT NULL",
    key=("code_key", "valueset", "system", "vh"), values=("code", "display", "comment", "ext_id"),
    identity=("code_key", "valueset", "system", "vh"), owner="valueset",
)  # fmt: skip
# what defines a value set besides its members: the rule of an intensional one, versions that are pinned
DEFINED = FactTable(
    "definition",
    "valueset INTEGER NOT NULL, name TEXT NOT NULL, vh INTEGER NOT NULL, value TEXT NOT NULL",
    key=("valueset", "name", "vh"), values=("value",), identity=("valueset", "name", "vh"), owner="valueset",
)  # fmt: skip
FACTS = (STATE, DESIGNATION, EDGE, PROPERTY, VALIDITY, ELEMENT, MEMBER, DEFINED)

EXTRA_INDEXES = """
CREATE INDEX edge_parent ON edge (parent, vt);
CREATE INDEX element_target ON element (target_key);
CREATE INDEX element_map ON element (map);
CREATE INDEX member_valueset ON member (valueset);
"""


_EMPTY = hashlib.blake2b(digest_size=8)


def value_hash(value: str) -> int:
    """63 bits that stand for a value in keys: database keys cannot hold long texts."""
    digest = _EMPTY.copy()  # twice as fast as making one
    digest.update(value.encode())
    return int.from_bytes(digest.digest(), "big") >> 1


def ddl() -> str:
    """Everything that makes an empty store, its stamp included."""
    stamp = f"INSERT INTO meta VALUES ('schema', '{SCHEMA}'), ('revision', '0');"
    return TABLES + "".join(table.ddl() for table in FACTS) + EXTRA_INDEXES + stamp
