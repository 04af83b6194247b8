"""ValueSet/$expand: what is asked, and the ValueSet that answers (R5, "ValueSet Operations")."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from termservice.fhir.calls import Call
from termservice.fhir.checking import FRAGMENTS
from termservice.fhir.contains import Writer
from termservice.fhir.expansion import Asked, Expansion, expanded
from termservice.fhir.languages import Languages, wanted
from termservice.fhir.membership import Composition
from termservice.fhir.model import Json, ValueSet, canonical, parted
from termservice.fhir.resolving import Resolver
from termservice.fhir.statuses import standing
from termservice.fhir.subjects import asked_valueset
from termservice.fhir.supplements import applied
from termservice.fhir.writing import part
from termservice.lazy import lazy

UNCLOSED = "http://hl7.org/fhir/StructureDefinition/valueset-unclosed"
UNCLOSED_REASON = "http://hl7.org/fhir/StructureDefinition/valueset-unclosed-reason"
FLAGS = (
    "activeOnly",
    "excludeNested",
    "excludeNotForUI",
    "excludePostCoordinated",
    "includeDefinition",
    "includeDesignations",
)
"""Parameters that an expansion repeats where they were sent."""
HEAD = (
    "resourceType",
    "language",
    "extension",
    "url",
    "identifier",
    "version",
    "name",
    "title",
    "status",
    "experimental",
    "date",
    "publisher",
)
"""What an expansion takes over from its value set where its definition is not wanted (includeDefinition)."""
DEFINITION_LEFT_OUT = frozenset({"expansion", "text", "meta", "id"})


def expand(call: Call) -> Json:
    """Expand the value set that is asked for. Raises `Failure` for one that is unknown, refers to what is unknown, or
    is too large."""
    resolver = Resolver(call.library, call.options.versions, call.options.supplements)
    valueset = asked_valueset(call, resolver)
    if valueset.expansion_parameters:
        resolver.follow(call.options.versions.over(valueset.expansion_parameters))
    composition = Composition(valueset, resolver)
    wishes = Wishes(call, valueset)
    languages = wishes.languages
    preferred = languages.ranges[0] if languages.ranges else ""
    found = expanded(composition, wishes.asked(preferred))
    writer = Writer(
        languages,
        language=valueset.language,
        designations=wishes.designations,
        uses=wishes.all("designation"),
        properties=wishes.all("property"),
        versioned=_versioned(composition),
    )
    contains = writer.contains(found.nodes)
    said = [*wishes.repeated(), *_used(composition, resolver)]
    return _answer(valueset, found, contains, said, writer.defined, definition=wishes.flag("includeDefinition"))


@dataclass(frozen=True)
class Wishes:
    """The parameters of the request over those that the value set's author asks of its expansions."""

    call: Call
    valueset: ValueSet

    @lazy
    def _flags(self) -> dict[str, bool]:
        """Those that are stated."""
        return {name: flag for name in FLAGS if (flag := self._flag(name)) is not None}

    @lazy
    def languages(self) -> Languages:
        return wanted(self.call.options, self.valueset)

    def all(self, name: str) -> list[str]:
        """The values of a parameter that may be repeated."""
        authors = self.valueset.expansion_parameters
        sent = self.call.parameters.all(name) or [value for key, value in authors if key == name]
        return [str(each) for each in sent]

    @property
    def designations(self) -> bool:
        """Whether names beside the display are wanted: also where only some of them are named."""
        stated = self._flags.get("includeDesignations")
        return bool(self.all("designation")) if stated is None else stated

    def flag(self, name: str) -> bool:
        return self._flags.get(name, False)

    def _flag(self, name: str) -> bool | None:
        sent = self.call.parameters.flag(name)
        authors = self.valueset.expansion_parameters
        if sent is not None or not authors:
            return sent
        stated = next((value for key, value in authors if key == name), None)
        return None if stated is None else stated in (True, "true")

    def asked(self, language: str) -> Asked:
        return Asked(
            offset=self.call.parameters.number("offset"),
            count=self.call.parameters.number("count"),
            text=(self.call.parameters.text("filter") or "").strip(),
            language=language,
            active_only=self.flag("activeOnly"),
            selectable_only=self.flag("excludeNotForUI"),
            without=frozenset(self._own_canonical(str(each)) for each in self.call.parameters.all("exclude-system")),
            nested=not self.flag("excludeNested"),
            expressions=not self.flag("excludePostCoordinated"),
            maximum=self._flag("allowMaximumSizeExpansion") is True,
        )

    def _own_canonical(self, named: str) -> str:
        """A code system by the URL that counts, with the version as it was named."""
        url, version = parted(named)
        return canonical(self.call.library.canonical(url), version)

    def repeated(self) -> Iterator[Json]:
        """expansion.parameter: what was asked."""
        if languages := self.languages.text:
            yield part("displayLanguage", languages, "code")
        yield from (part(name, flag, "boolean") for name, flag in self._flags.items())
        for name in ("count", "offset"):
            number = self.call.parameters.number(name)
            if number is not None:
                yield part(name, number, "integer")
        if text := self.call.parameters.text("filter"):
            yield part("filter", text)
        if day := self.call.options.date:
            yield part("date", day, "dateTime")
        yield from (part("designation", each) for each in self.all("designation"))
        yield from (part("exclude-system", str(each), "uri") for each in self.call.parameters.all("exclude-system"))


def _used(composition: Composition, resolver: Resolver) -> Iterator[Json]:
    """expansion.parameter: what the expansion was made from, and what is to be known of it."""
    for rule, version in resolver.applied:
        yield part(rule, version, "uri")
    said: dict[tuple[str, str], None] = {}
    source = composition.valueset
    for clause in composition.clauses():
        if clause.provider is not None:
            meta = clause.provider.meta
            said["used-codesystem", meta.canonical] = None
            said |= {("used-supplement", each.canonical): None for each in applied(clause.provider)}
            if meta.content in FRAGMENTS:
                said["used-" + meta.content, meta.canonical] = None
            if warned := standing(meta, source):
                said["warning-" + warned, meta.canonical] = None
    if warned := standing(source, None):
        said["warning-" + warned, source.canonical] = None
    for each in composition.imported():
        if not each.contained and each.valueset.canonical:
            said["used-valueset", each.valueset.canonical] = None
            if warned := standing(each.valueset, source):
                said["warning-" + warned, each.valueset.canonical] = None
    yield from (part(name, value, "uri") for name, value in said)


def _versioned(composition: Composition) -> set[str]:
    """The code systems that the value set names in several versions."""
    stated: dict[str, set[str]] = {}
    for clause in composition.clauses():
        if clause.include.system:
            stated.setdefault(clause.include.system, set()).add(clause.include.version)
    return {url for url, versions in stated.items() if len(versions) > 1}


def _answer(
    valueset: ValueSet,
    found: Expansion,
    contains: list[Json],
    said: list[Json],
    properties: dict[str, str],
    *,
    definition: bool,
) -> Json:
    expansion: dict[str, Any] = {}
    if found.unclosed is not None:
        expansion["extension"] = [{"url": UNCLOSED, "valueBoolean": True}]
        if found.unclosed:
            expansion["extension"].append({"url": UNCLOSED_REASON, "valueString": found.unclosed})
    expansion["identifier"] = uuid.uuid4().urn
    expansion["timestamp"] = datetime.now(UTC).isoformat(timespec="seconds")
    expansion["total"] = found.total
    if found.offset is not None:
        expansion["offset"] = found.offset
    defined = [{"code": code, "uri": uri} if uri else {"code": code} for code, uri in properties.items()]
    for name, listed in (("parameter", said), ("property", defined), ("contains", contains)):
        if listed:
            expansion[name] = listed
    return _head(valueset, definition=definition) | {"expansion": expansion}


def _head(valueset: ValueSet, *, definition: bool) -> dict[str, Any]:
    resource = valueset.resource or _written(valueset)
    if definition:
        found = {name: value for name, value in resource.items() if name not in DEFINITION_LEFT_OUT}
    else:
        found = {name: resource[name] for name in HEAD if name in resource}
    return {"resourceType": "ValueSet", "status": "unknown"} | found


def _written(valueset: ValueSet) -> Json:
    """The head of a value set that came from no resource."""
    values = {name: getattr(valueset, name) for name in ("url", "version", "name", "title", "status", "experimental")}
    return {name: value for name, value in values.items() if value != ""}
