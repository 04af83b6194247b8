"""The codes of an expansion as JSON (ValueSet.expansion.contains).

Some of what is said by extension in code systems and value sets is said by property in an expansion: order, label,
weight and status (R5, "ValueSet.expansion.property"); other extensions that are known are passed on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from termservice.fhir.languages import Languages
from termservice.fhir.model import CONCEPT_PROPERTIES, Coding, ConceptRef, Designation, Entry, Json, Meta, PropertyValue
from termservice.fhir.nesting import Node
from termservice.fhir.provider import Provider
from termservice.fhir.reading import STANDARDS_STATUS
from termservice.fhir.writing import coding

_SD = "http://hl7.org/fhir/StructureDefinition/"
AS_PROPERTIES = {
    _SD + "codesystem-conceptOrder": ("order", "decimal"),
    _SD + "valueset-conceptOrder": ("order", "decimal"),
    _SD + "codesystem-label": ("label", "string"),
    _SD + "valueset-label": ("label", "string"),
    _SD + "itemWeight": ("weight", "decimal"),
}
COMMON = ("definition", "inactive", "label", "notSelectable", "order", "parent", "child", "status")
URIS = {name: CONCEPT_PROPERTIES + name for name in COMMON} | {"weight": CONCEPT_PROPERTIES + "itemWeight"}
"""Of properties that FHIR defines, where the code system does not."""
PASSED_ON = frozenset(
    _SD + name
    for name in (
        "coding-sctdescid",
        "rendering-style",
        "rendering-xhtml",
        "valueset-deprecated",
        "valueset-concept-definition",
        "codesystem-alternate",
        "structuredefinition-standards-status",
    )
)


class Writer:
    """Writes codes as one expansion wants them."""

    def __init__(
        self,
        languages: Languages,
        *,
        language: str = "",
        designations: bool = False,
        uses: Sequence[str] = (),
        properties: Sequence[str] = (),
        versioned: Iterable[str] = (),
    ) -> None:
        """`language`: of displays that the value set itself gives; `uses`: the designations wanted, as tokens of their
        use or language (`system|code`, or a code; all of them without); `properties`: by code or URI, `*` for all;
        `versioned`: code systems whose codes are shown with their version."""
        self._languages = languages
        self._language = language
        self._designations = designations
        self._uses = frozenset(uses)
        self._properties = properties
        self._versioned = frozenset(versioned)
        self.defined: dict[str, str] = {}
        """The properties that were written, code to URI (empty for one without)."""

    def contains(self, nodes: Sequence[Node]) -> list[Json]:
        """The codes, with what is nested in them."""
        entries = _entries(nodes, brief=not self._properties)
        return [self._node(node, entry) for node, entry in zip(nodes, entries, strict=True)]

    def _node(self, node: Node, entry: Entry) -> Json:
        meta = node.provider.meta
        said = node.ref
        named = said is not None and bool(said.display or said.designations)
        if said is not None and named:
            if said.display and self._language:
                meta = replace(meta, language=self._language)
            others = (*entry.designations, *said.designations)
            entry = replace(entry, display=said.display or entry.display, designations=others)
        found: dict[str, Any] = {}
        passed = [each for each in _merged(entry, said) if each.get("url") in PASSED_ON]
        if passed:
            found["extension"] = passed
        found["system"] = meta.url
        if entry.abstract:
            found["abstract"] = True
        if not entry.active:
            found["inactive"] = True
        if meta.url in self._versioned and meta.version:
            found["version"] = meta.version
        found["code"] = entry.code
        display = self._languages.display(entry, meta)
        if display is not None:
            found["display"] = display
        if self._designations and (names := self._names(entry, meta)):
            found["designation"] = names
        if properties := list(self._values(entry, said, node.provider, node.number)):
            found["property"] = properties
        if node.children:
            found["contains"] = self.contains(node.children)
        return found

    def _names(self, entry: Entry, meta: Meta) -> list[Json]:
        names = (each for each in self._languages.designations(entry, meta) if not each.minor and not each.status)
        return [designation(each) for each in names if self._wanted(each)]

    def _wanted(self, each: Designation) -> bool:
        if not self._uses:
            return True
        tokens = {each.language, f"urn:ietf:bcp:47|{each.language}"} if each.language else set()
        if each.use is not None:
            tokens |= {each.use.code, f"{each.use.system}|{each.use.code}"}
        return not self._uses.isdisjoint(tokens)

    def _values(self, entry: Entry, ref: ConceptRef | None, provider: Provider, number: int) -> Iterator[Json]:
        """The properties of a code: those asked for, and those that were said by extension."""
        if not (self._properties or entry.status or entry.extensions or not entry.active or ref is not None):
            return
        uris = {each.code: each.uri for each in provider.meta.properties}
        said = _by_extension(entry, ref)
        status = _status(entry)
        if status:
            said.setdefault("status", PropertyValue("status", status, "code"))
        for name in self._names_of_properties(entry, provider):
            for each in _asked(name, entry, provider, number, uris):
                if each.code not in said:
                    yield self._written(each, uris)
        for each in said.values():
            yield self._written(each, {})

    def _names_of_properties(self, entry: Entry, provider: Provider) -> Iterable[str]:
        """Those asked for; by `*` all that the code system has."""
        if "*" not in self._properties:
            return self._properties
        defined = (each.code for each in provider.meta.properties)
        return dict.fromkeys((*defined, *(each.code for each in entry.properties), *COMMON))

    def _written(self, each: PropertyValue, uris: dict[str, str]) -> Json:
        uri = uris.get(each.code) or URIS.get(each.code, "")
        self.defined.setdefault(each.code, uri)
        return {"code": each.code, **value(each)}


def designation(said: Designation) -> Json:
    """A designation of an expansion."""
    found: dict[str, Any] = {}
    if passed := [each for each in said.extensions if each.get("url") in PASSED_ON]:
        found["extension"] = passed
    if said.language:
        found["language"] = said.language
    if said.use is not None:
        found["use"] = coding(said.use)
    found["value"] = said.value
    return found


def value(said: PropertyValue) -> Json:
    """The `value[x]` of a property."""
    plain = coding(said.value) if isinstance(said.value, Coding) else said.value
    return {"value" + said.type[:1].upper() + said.type[1:]: plain}


def _entries(nodes: Sequence[Node], *, brief: bool) -> list[Entry]:
    """The entries of nodes; neighbours of one code system are read together."""
    found: list[Entry] = []
    start = 0
    for end in range(1, len(nodes) + 1):
        if end == len(nodes) or nodes[end].provider is not nodes[start].provider:
            part = nodes[start:end]
            provider = part[0].provider
            numbers = [each.number for each in part if each.expression is None]
            read = iter(provider.brief(numbers) if brief else provider.entries(numbers))
            found += [each.expression or next(read) for each in part]
            start = end
    return found


def _merged(entry: Entry, ref: ConceptRef | None) -> list[Json]:
    """The extensions of a code; those of the value set go over those of the code system. What the code system says
    of the standing of a concept is its status, and is no extension here."""
    own = [each for each in entry.extensions if each.get("url") != STANDARDS_STATUS]
    if ref is None or not ref.extensions:
        return own
    stated = {each.get("url") for each in ref.extensions}
    return [*ref.extensions, *(each for each in own if each.get("url") not in stated)]


def _by_extension(entry: Entry, ref: ConceptRef | None) -> dict[str, PropertyValue]:
    found: dict[str, PropertyValue] = {}
    for each in (*entry.extensions, *(ref.extensions if ref is not None else ())):
        name, kind = AS_PROPERTIES.get(str(each.get("url")), ("", ""))
        stated = next((value for key, value in each.items() if key.startswith("value")), None)
        if name and stated is not None:
            found[name] = PropertyValue(name, stated, kind)
    return found


def _status(entry: Entry) -> str:
    """What is to be told of a concept's standing: nothing where it is simply active."""
    if entry.status:
        return entry.status if entry.status != "active" else ""
    for each in entry.extensions:
        if each.get("url") == STANDARDS_STATUS:
            return str(each.get("valueCode") or "")
    return "" if entry.active else "inactive"


def _asked(name: str, entry: Entry, provider: Provider, number: int, uris: dict[str, str]) -> Iterator[PropertyValue]:
    """The values of a property that was asked for by code or URI."""
    code = next((each for each, uri in uris.items() if uri == name), name.removeprefix(CONCEPT_PROPERTIES))
    stated = [each for each in entry.properties if each.code == code]
    yield from stated
    if stated:
        return
    if code == "definition" and entry.definition:
        yield PropertyValue(code, entry.definition, "string")
    elif code in ("parent", "child") and number >= 0:
        near = provider.parents(number) if code == "parent" else provider.children(number)
        yield from (PropertyValue(code, each.code, "code") for each in provider.brief(near))
    elif code == "inactive":
        yield PropertyValue(code, not entry.active, "boolean")
    elif code == "notSelectable":
        yield PropertyValue(code, entry.abstract, "boolean")
