"""What goes out, field by field: for the OpenAPI document, and for tests that hold live answers to it.

Answers themselves are the dataclasses of `termservice.answers`, serialised as they stand.
"""

from __future__ import annotations

from typing import Any

from marshmallow import RAISE, Schema, fields


def _string(description: str, **kwargs: Any) -> fields.String:
    return fields.String(required=True, metadata={"description": description}, **kwargs)


def _maybe(description: str) -> fields.String:
    return _string(description, allow_none=True)


def _integer(description: str, **kwargs: Any) -> fields.Integer:
    return fields.Integer(required=True, strict=True, metadata={"description": description}, **kwargs)


def _boolean(description: str, **kwargs: Any) -> fields.Boolean:
    return fields.Boolean(required=True, truthy={True}, falsy={False}, metadata={"description": description}, **kwargs)


def _strings(description: str) -> fields.List[Any]:
    return fields.List(fields.String(), required=True, metadata={"description": description})


def _items(schema: type[Schema]) -> fields.List[Any]:
    return fields.List(fields.Nested(schema), required=True)


SYSTEM = "Short id of the code system."
VERSION = "The version the content is of."
REVISION = "Revision of the store the answer was read from."
NEXT = "Path and query of the next page; null on the last one."


class Answer(Schema):
    class Meta:
        unknown = RAISE
        ordered = True


class CodeSystemSchema(Answer):
    id = _string(SYSTEM)
    url = _string("Canonical URL.")
    title = _string("Name of the code system.")
    publisher = _string("Who publishes it.")
    language = _string("BCP 47 language of its titles.")
    aliases = _strings("Other URLs and OIDs it answers to.")
    version = _maybe("The version in force today; null where only future ones are loaded.")
    effective_date = _maybe("From when that version is in force.")
    concepts = _integer("Concepts in that version.")
    versions = _integer("How many versions are loaded.")
    revision = _integer(REVISION)
    copyright = _string("Copyright statement of the publisher.")


class VersionSchema(Answer):
    version = _string("The version's name.")
    effective_date = _string("When the publisher puts it in force.")
    loaded_at = _string("When it was loaded.")
    concepts = _integer("Concepts in it.")
    current = _boolean("Whether it is in force today.")
    partial = _boolean("Whether it covers only a part of it.")  # type: ignore[assignment]
    title = _string("Title of the release it came with.")


class DesignationSchema(Answer):
    language = _string("BCP 47.")
    use = _string("display, synonym, fsn or short.")
    value = _string("The name.")


class NoteSchema(Answer):
    code = _string("The publisher's column (`Innefattar`).")
    title = _string("Heading for people.")
    language = _string("BCP 47.")
    values = _strings("Paragraphs in the publisher's order.")


class PropertySchema(Answer):
    code = _string("The publisher's column, or a FHIR-style name.")
    title = _string("Name for people.")
    type = _string("string, code, boolean, integer, decimal or dateTime.")
    value = fields.Raw(required=True, metadata={"description": "The value, of that type."})


class ConceptSchema(Answer):
    system = _string(SYSTEM)
    version = _string("The version the content is of; of a withdrawn code without version, the last.")
    revision = _integer(REVISION)
    code = _string("The code in the publisher's own form.")
    display = _string("The name chosen for the languages asked for.")
    active = _boolean("Whether it may be used on the date asked for.")
    abstract = _boolean("A heading, not to be recorded.")
    level = _string("The publisher's or field's name of the level.")
    parents = _strings("Codes of the direct parents.")
    children_count = _integer("How many direct children it has.")
    designations = _items(DesignationSchema)
    notes = _items(NoteSchema)
    properties = _items(PropertySchema)
    valid_from = _maybe("First day: the publisher's where stated, else of the first version that holds it.")
    from_known = _boolean("false where the code may be older than `valid_from`.")
    valid_to = _maybe("Last day, inclusive; null while it goes on.")
    not_stated = _strings("Kinds of note and property that no release states either way.")
    successors = _strings("Codes that replace it.")


class ConceptSummarySchema(Answer):
    code = _string("The code in the publisher's own form.")
    display = _string("The name chosen for the languages asked for.")
    active = _boolean("Whether it may be used on the date asked for.")
    abstract = _boolean("A heading, not to be recorded.")
    level = _string("The publisher's or field's name of the level.")
    parents = _strings("Codes of the direct parents.")
    children_count = _integer("How many direct children; only where a tree is asked for.", allow_none=True)


class _Listing(Answer):
    revision = _integer(REVISION)
    total = _integer("How many there are in all.")
    next = _maybe(NEXT)
    system = _maybe(SYSTEM)


class CodeSystemsSchema(_Listing):
    items = _items(CodeSystemSchema)


class VersionsSchema(_Listing):
    items = _items(VersionSchema)


class ConceptPageSchema(Answer):
    system = _string(SYSTEM)
    version = _string(VERSION)
    revision = _integer(REVISION)
    total = _integer("How many there are in all.")
    items = _items(ConceptSummarySchema)
    next = _maybe(NEXT)


class SubsumesSchema(Answer):
    system = _string(SYSTEM)
    version = _string(VERSION)
    revision = _integer(REVISION)
    outcome = _string("equivalent, subsumes, subsumed-by or not-subsumed.")
    codeA = _string("The first code.")
    codeB = _string("The second code.")


class MatchedSchema(Answer):
    text = _string("The whole term that matched.")
    use = _string("display, synonym, fsn, short, note or code.")
    language = _string("BCP 47.")


class SearchItemSchema(Answer):
    system = _string(SYSTEM)
    version = _string("The version searched.")
    code = _string("The code in the publisher's own form.")
    display = _string("The name chosen for the languages asked for.")
    matched = fields.Nested(MatchedSchema, required=True)
    active = _boolean("Whether it may be used on the date asked for.")
    abstract = _boolean("A heading, not to be recorded.")
    level = _string("The publisher's or field's name of the level.")
    score = fields.Float(required=True, metadata={"description": "1 for a perfect match, falling."})


class SearchSchema(Answer):
    revision = _integer(REVISION)
    versions = fields.Dict(
        keys=fields.String(),
        values=fields.String(),
        required=True,
        metadata={"description": "The version searched of each code system."},
    )
    total = _integer("How many concepts match.")
    items = _items(SearchItemSchema)
    next = _maybe(NEXT)
    suggestion = _maybe("The query with misspelt words corrected, where only that found anything.")
    took_ms = fields.Float(required=True, metadata={"description": "Milliseconds the search took."})


class ValidateSchema(Answer):
    system = _string(SYSTEM)
    version = _maybe("The version asked; null where none is in force.")
    revision = _integer(REVISION)
    code = _string("The code in the publisher's own form.")
    result = _boolean("In the version, active, and called `display` where that was given.")
    display = _maybe("What it is called.")
    message = _maybe("Why it is not valid.")
    active = _boolean("Whether it may be used.", allow_none=True)
    abstract = _boolean("A heading, not to be recorded.", allow_none=True)


class ProblemSchema(Schema):
    """RFC 9457. Further members depend on `code`: nearest, versions, errors, system, version, unknown."""

    type = _string("What kind of problem; leads to its description.")
    title = _string("The kind in words.")
    status = _integer("The HTTP status.")
    detail = _string("What is wrong this time.")
    instance = fields.String(metadata={"description": "The path that was asked for."})
    code = _string("Stable code of the kind.")
    nearest = fields.List(fields.String(), metadata={"description": "Alternatives that exist."})
    versions = fields.List(fields.String(), metadata={"description": "Versions that hold the code."})
    errors = fields.Dict(
        keys=fields.String(),
        values=fields.String(),
        metadata={"description": "What is wrong by parameter name."},
    )


class BatchItemSchema(Schema):
    class Meta:
        unknown = RAISE

    system = fields.String(required=True, metadata={"description": "Any name of the code system."})
    code = fields.String(required=True, metadata={"description": "Any spelling of the code."})
    version = fields.String(metadata={"description": "A named version."})
    date = fields.String(metadata={"description": "The version in force on this date."})
    display = fields.String(metadata={"description": "For validate: what the sender calls the code."})


class BatchSchema(Answer):
    items = fields.List(
        fields.Nested(BatchItemSchema),
        required=True,
        metadata={"description": "What to answer; up to 10 000, each answered in its place."},
    )


class _BatchAnswer(Answer):
    revision = _integer(REVISION)
    total = _integer("How many items, as many as were asked.")


class BatchLookupSchema(_BatchAnswer):
    """Each item is a concept, or the problem it met."""

    items = fields.List(
        fields.Dict(),
        required=True,
        metadata={"description": "Each a Concept, or a Problem.", "anyOf": ["Concept", "Problem"]},
    )


class BatchValidateSchema(_BatchAnswer):
    """Each item is a validation, or the problem it met."""

    items = fields.List(
        fields.Dict(),
        required=True,
        metadata={"description": "Each a Validate, or a Problem.", "anyOf": ["Validate", "Problem"]},
    )
