"""CodeSystem/$lookup: all that is known of a code; and $subsumes: how two codes stand to each other.

Source: FHIR R5, codesystem-operation-lookup.html and codesystem-operation-subsumes.html.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from termservice.errors import NotFound
from termservice.fhir import resolving
from termservice.fhir.calls import Call
from termservice.fhir.contains import URIS
from termservice.fhir.issues import Failure, Issue, failed
from termservice.fhir.languages import PREFERRED, Languages
from termservice.fhir.model import Coding, Designation, Entry, Json, Meta, PropertyValue, parted
from termservice.fhir.provider import Provider
from termservice.fhir.resolving import Resolver
from termservice.fhir.writing import parameters, part

_LANGUAGE = "lang."
"""What a property's name begins with that asks for the designations of one language."""
_RELATED = ("parent", "child")


def lookup(call: Call) -> Json:
    """Name, display, definition, designations and properties of a code. Raises `Failure` where it is unknown."""
    asked = _subject(call, "code", "coding")
    provider, number, past = _found(call, asked)
    told = _Told(provider, _Wanted(call, provider.meta), Languages.parse(call.options.languages), past)
    return parameters(told.all_of(asked.code, number))


def subsumes(call: Call) -> Json:
    """`outcome`: equivalent, subsumes, subsumed-by or not-subsumed. Raises `Failure` where a code is unknown, or the
    two are of different code systems."""
    a, b = (_subject(call, f"code{name}", f"coding{name}") for name in "AB")
    if a.system != b.system:
        raise failed(f"Codes of different code systems cannot be compared: {a.system} and {b.system}", status=400)
    provider = _provider(call, a if a.version else b)
    if b.version and (others := _provider(call, b).meta.version) != provider.meta.version:
        text = f"Codes of different versions of '{a.system}' cannot be compared: {provider.meta.version} and {others}"
        raise failed(text, status=400)
    one, other = _number(provider, a.code), _number(provider, b.code)
    if one == other:
        outcome = "equivalent"
    elif provider.is_ancestor(one, other):
        outcome = "subsumes"
    else:
        outcome = "subsumed-by" if provider.is_ancestor(other, one) else "not-subsumed"
    return parameters([part("outcome", outcome, "code")])


def _subject(call: Call, code: str, coding: str) -> Coding:
    """The code asked about: by itself with `system`, or as a Coding."""
    sent = call.parameters
    named = parted(sent.text("system") or "")
    version = sent.text("version") or named[1]
    found = sent.coding(coding)
    if found is None:
        found = Coding(named[0], sent.text(code) or "", version)
    elif not (found.system and found.version):
        found = replace(found, system=found.system or named[0], version=found.version or version)
    if not found.code:
        raise failed(f"Either '{code}' (with 'system') or '{coding}' is required", code="required", status=400)
    if not found.system:
        raise failed(f"The code system of '{found.code}' is missing (parameter 'system')", code="required", status=400)
    return found


def _provider(call: Call, asked: Coding) -> Provider:
    options = call.options
    resolver = Resolver(call.library, options.versions, options.supplements)
    try:
        return resolver.provider(asked.system, asked.version)
    except resolving.UnknownSystem as failure:
        text = f"A definition for CodeSystem '{failure.url}' could not be found, so the code cannot be looked up"
        issue = Issue("error", "not-found", text, "not-found", message_id="UNKNOWN_CODESYSTEM")
        raise Failure(issue, status=404) from None
    except resolving.UnknownVersion as failure:
        text = (
            f"A definition for CodeSystem '{failure.url}' version '{failure.version}' could not be found, so the code "
            f"cannot be looked up. Valid versions: {resolving.alternatives(failure.known)}"
        )
        issue = Issue("error", "not-found", text, "not-found", message_id="UNKNOWN_CODESYSTEM_VERSION")
        raise Failure(issue, status=404) from None


def _found(call: Call, asked: Coding) -> tuple[Provider, int | None, bool]:
    """The code system with the number of the code in it. A code that the version in force no longer holds is looked up
    in the last version that did, which the third says."""
    provider = _provider(call, asked)
    number = provider.number(asked.code)
    if number is not None or asked.version or call.options.date or not call.has_store:
        return provider, number, False
    try:
        last = call.service.concept(asked.system, asked.code).version
    except NotFound:
        return provider, None, False
    earlier = call.library.provider(asked.system, last) if last != provider.meta.version else None
    return (provider, None, False) if earlier is None else (earlier, earlier.number(asked.code), True)


def _number(provider: Provider, code: str) -> int:
    number = provider.number(code)
    if number is None:
        raise _unknown_code(code, provider.meta)
    return number


def _unknown_code(code: str, meta: Meta) -> Failure:
    version = f" version '{meta.in_messages or meta.version}'" if meta.version else ""
    text = f"Unknown code '{code}' in the CodeSystem '{meta.url}'{version}"
    message_id = "Unknown_Code_in_Version" if meta.version else "Unknown_Code_in"
    issue = Issue("error", "not-found", text, "invalid-code", message_id=message_id)
    return Failure(issue, status=404)


class _Wanted:
    """Which properties were asked for, by code or by URI: all, unless `property` names some."""

    def __init__(self, call: Call, meta: Meta) -> None:
        sent = call.parameters.all("property")
        named = _coded((str(each) for each in sent), meta) if sent else set()
        self._named: Collection[str] | None = None if not named or "*" in named else named
        self._languages = [each.removeprefix(_LANGUAGE) for each in named if each.startswith(_LANGUAGE)]

    def __contains__(self, name: str) -> bool:
        return self._named is None or name in self._named

    def designation(self, language: str) -> bool:
        return "designation" in self or any(Languages.parse(each).fits(language) for each in self._languages)


def _coded(named: Iterable[str], meta: Meta) -> set[str]:
    """Properties by their codes, where they are named by URI."""
    codes = {uri: code for code, uri in URIS.items()} | {each.uri: each.code for each in meta.properties if each.uri}
    return {codes.get(each, each) for each in named}


class _Told:
    """What there is to tell of a concept, as parameters."""

    def __init__(self, provider: Provider, wanted: _Wanted, languages: Languages, past: bool) -> None:
        self._provider = provider
        self._meta = provider.meta
        self._wanted = wanted
        self._languages = languages
        self._past = past
        self._defined = {each.code for each in provider.meta.properties}
        self._related_entries: dict[int, Entry] = {}

    def all_of(self, code: str, number: int | None) -> Iterator[Json]:
        """Everything about a concept, or (without a number) about an expression. Raises `Failure` for what is
        neither."""
        meta, wanted = self._meta, self._wanted
        related = {name: self._related(name, number) for name in _RELATED}
        entry = self._entry(code, number, related.values())
        yield part("name", meta.name or meta.canonical)
        if meta.version:
            yield part("version", meta.version)
        yield part("display", self._languages.display(entry, meta) or entry.display or entry.code)
        if entry.definition and "definition" in wanted:
            yield part("definition", entry.definition)
        yield part("system", meta.url, "uri")
        yield part("code", entry.code, "code")
        yield part("abstract", entry.abstract, "boolean")
        for each in self._designations(entry):
            if wanted.designation(each.language):
                yield _designation(each)
        yield from self._properties(entry, related)

    def _designations(self, entry: Entry) -> Iterator[Designation]:
        if entry.display and self._meta.language:
            yield Designation(entry.display, self._meta.language, PREFERRED)
        yield from (each for each in entry.designations if not each.status)

    def _entry(self, code: str, number: int | None, related: Iterable[Sequence[int]]) -> Entry:
        """The entry told of; those of `related` are read with it."""
        if number is None:
            found = self._provider.parse(code)
            if found is None:
                raise _unknown_code(code, self._meta)
            return found
        numbers = list(dict.fromkeys(each for listed in related for each in listed))
        self._related_entries = dict(zip(numbers, self._provider.brief(numbers), strict=True))
        return self._provider.entries([number])[0]

    def _properties(self, entry: Entry, related: Mapping[str, Sequence[int]]) -> Iterator[Json]:
        """Stated ones, then whether it is inactive and what is above and below it. Values that are concepts of the code
        system come with their displays, as do properties that are (attributes of SNOMED CT)."""
        stated = {each.code for each in entry.properties}
        values = [each for each in entry.properties if each.code in self._wanted]
        if self._past:
            values = [each for each in values if each.code != "inactive"]
        if "inactive" in self._wanted and (self._past or "inactive" not in stated):
            values.append(PropertyValue("inactive", self._past or not entry.active, "boolean"))
        named = self._named(values)
        for each in values:
            other = named.get(str(each.value)) if each.type == "code" else None
            yield self._property(each, other, named.get(each.code))
        for name, numbers in related.items():
            for other in map(self._related_entries.__getitem__, numbers) if name not in stated else ():
                yield self._property(PropertyValue(name, other.code, "code"), other)

    def _related(self, name: str, number: int | None) -> Sequence[int]:
        if number is None or name not in self._wanted:
            return ()
        return self._provider.parents(number) if name == "parent" else self._provider.children(number)

    def _named(self, values: Sequence[PropertyValue]) -> dict[str, Entry]:
        """The values, and the properties that are not defined, which are concepts: by code."""
        codes = {str(each.value) for each in values if each.type == "code"}
        codes |= {each.code for each in values if each.code not in self._defined and each.code != "inactive"}
        numbers = {code: number for code in codes if (number := self._provider.number(code)) is not None}
        if not numbers:
            return {}
        return dict(zip(numbers, self._provider.brief(list(numbers.values())), strict=True))

    def _property(self, value: PropertyValue, other: Entry | None, itself: Entry | None = None) -> Json:
        parts = [part("code", value.code, "code")]
        if itself is not None and (name := self._languages.display(itself, self._meta)):
            parts.append(part("code-display", name))
        parts.append(part("value", value.value, value.type))
        if other is not None and (name := self._languages.display(other, self._meta)):
            parts.append(part("description", name))
        return {"name": "property", "part": parts}


def _designation(each: Designation) -> Json:
    parts = [part("language", each.language, "code")] if each.language else []
    if each.use is not None:
        parts.append(part("use", each.use))
    parts.append(part("value", each.value))
    return {"name": "designation", "part": parts}
