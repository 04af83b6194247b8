"""What a plain map's columns mean: said on the command line, in a TOML file beside the table, or plain from its
header.

    version = "2026"                      # optional, else from file and folder names
    effective = 2026-01-01                # optional, else from the version
    separator = ";"                       # optional, between several targets in one cell
    sheet = "Mappning"                    # optional, else the first sheet that has the columns
    ignore = ["Löpnummer"]                # columns that carry nothing

    [map]
    source = "kva"                        # short id, URL or OID
    target = "icd-10-se"
    id = "region-norr-kva"                # optional: id, url, title, publisher, language, aliases, copyright,
    relationship = "equivalent"           # source_version, target_version; of rows that say none

    [columns]                             # field = "the file's column"
    source = "Åtgärd"
    target = "Diagnos"                    # relationship, group, priority, rule, advice, comment, …

    [relationships]                       # the file's word = ours; FHIR's words are understood without
    "~" = "related-to"
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from codesystems.files import SourceFile
from codesystems.formats.settings import Settings, plain_columns, read_settings, refuse_twice
from codesystems.formats.tables import fold
from codesystems.map_rows import WORDS
from codesystems.maps import ConceptMap, Relationship, map_url
from codesystems.model import Hints, Where
from codesystems.naming import map_id_of, system_named
from codesystems.report import ReleaseError

ENDS = ("from", "to")
"""In a mapping's columns, the systems that are mapped from and to."""
FIELDS = (
    "source",
    "target",
    "relationship",
    "group",
    "priority",
    "rule",
    "advice",
    "comment",
    "source-display",
    "target-display",
)
OBVIOUS: Mapping[str, tuple[str, ...]] = {
    "source": ("source", "source_code", "källa", "källkod", "från"),
    "target": ("target", "target_code", "mål", "målkod", "till"),
    "relationship": ("relationship", "equivalence", "relation"),
    "group": ("group", "grupp"),
    "priority": ("priority", "prioritet"),
    "rule": ("rule", "regel"),
    "advice": ("advice", "råd"),
    "comment": ("comment", "kommentar"),
    "source-display": ("source_display", "källtext"),
    "target-display": ("target_display", "måltext"),
}
"""Headers that need no explanation where source and target are among them."""

_TOP = frozenset({"version", "effective", "separator", "sheet", "ignore", "map", "columns", "relationships"})
_TEXTS = ("url", "title", "publisher", "language", "copyright")
_MAP = frozenset({*_TEXTS, "id", "aliases", "source", "target", "source_version", "target_version", "relationship"})


@dataclass(frozen=True, slots=True)
class MapConfig:
    """How one map is read."""

    map: ConceptMap
    ends: tuple[str, str]
    """The systems mapped from and to, as they were named."""
    columns: Mapping[str, str]
    """Field → the file's column."""
    relationship: Relationship = "related-to"
    """Of rows that have a target and do not say."""
    words: Mapping[str, Relationship] = field(default_factory=lambda: dict(WORDS))
    """The file's words for relationships, folded."""
    source_version: str = ""
    target_version: str = ""
    version: str | None = None
    effective: date | None = None
    separator: str = ""
    sheet: str | None = None
    ignore: tuple[str, ...] = ()

    @property
    def about(self) -> ConceptMap:
        return self.map

    def flat(self) -> dict[str, str]:
        """The mapping as on the command line."""
        return {**dict(zip(ENDS, self.ends, strict=True)), **self.columns}

    @classmethod
    def from_hints(cls, columns: Mapping[str, str], hints: Hints) -> MapConfig:
        """The mapping of the command line. Raises `ReleaseError` where it names no systems or no columns for codes."""
        fields, ends = _split(columns)
        return _checked(cls(_named(hints.system, ends), ends, fields), Where("--column"))

    @classmethod
    def from_header(cls, header: Iterable[str], hints: Hints) -> MapConfig | None:
        """The mapping that a header speaks for itself; None where it lacks source or target."""
        found = {key: hints.columns.get(key, "") for key in ENDS} | plain_columns(header, OBVIOUS)
        return cls.from_hints(found, hints) if {"source", "target"} <= found.keys() else None

    @classmethod
    def from_toml(cls, file: SourceFile, hints: Hints) -> MapConfig:
        """The mapping in a TOML file; what the command line says goes before. Raises `ReleaseError` for TOML that is
        broken and for values that are not what they should be."""
        table = read_settings(file)
        table.only(_TOP)
        about, columns = table.table("map"), table.table("columns")
        about.only(_MAP)
        said, (source, target) = _split(hints.columns)
        ends = (source or about.text("source"), target or about.text("target"))
        words = {**WORDS, **_words(table.table("relationships"))}
        config = cls(
            map=_described(about, hints.system, ends),
            ends=ends,
            columns={**{name: columns.text(name) for name in columns.data}, **said},
            relationship=_default(about, words),
            words=words,
            source_version=about.text("source_version"),
            target_version=about.text("target_version"),
            version=table.text("version") or None,
            effective=table.day("effective"),
            separator=table.text("separator"),
            sheet=table.text("sheet") or None,
            ignore=table.texts("ignore"),
        )
        return _checked(config, Where(file.path))


def _split(columns: Mapping[str, str]) -> tuple[dict[str, str], tuple[str, str]]:
    """(columns by field, the two systems) of a flat mapping."""
    fields = {name: column for name, column in columns.items() if name not in ENDS}
    return fields, (columns.get("from", ""), columns.get("to", ""))


def _named(name: str | None, ends: tuple[str, str], where: Where | None = None) -> ConceptMap:
    if not all(ends):
        raise ReleaseError("which code systems are mapped? give source and target in [map], or --from and --to", where)
    source, target = map(system_named, ends)
    map_id = map_id_of(name or f"{source.id}-to-{target.id}", where)
    title = name or f"{source.title} → {target.title}"
    return ConceptMap(map_id, map_url(map_id), title, publisher="", source=source, target=target)


def _described(table: Settings, name: str | None, ends: tuple[str, str]) -> ConceptMap:
    base = _named(name or table.text("id") or None, ends, Where(table.path))
    texts = {key: text for key in _TEXTS if (text := table.text(key))}
    return replace(base, aliases=table.texts("aliases"), **texts)  # type: ignore[arg-type]


def _words(table: Settings) -> dict[str, Relationship]:
    for word in table.data:
        if fold(table.text(word)) not in WORDS:
            table.refuse(word, f"is {table.text(word)!r}, not one of {', '.join(WORDS)}")
    return {fold(word): WORDS[fold(table.text(word))] for word in table.data}


def _default(table: Settings, words: Mapping[str, Relationship]) -> Relationship:
    word = table.text("relationship")
    if word and fold(word) not in words:
        table.refuse("relationship", f"is {word!r}, not one of {', '.join(words)}")
    return words[fold(word)] if word else "related-to"


def _checked(config: MapConfig, where: Where) -> MapConfig:
    for name in config.columns:
        if name not in FIELDS:
            raise ReleaseError(f"{name!r} is no field of a map; known: {', '.join(FIELDS)}", where)
    for name in ("source", "target"):
        if not config.columns.get(name):
            raise ReleaseError(f'no column is named as {name} ({name} = "…")', where)
    refuse_twice(config.columns.values(), where)
    return config
