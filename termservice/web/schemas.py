"""What goes out, field by field: for the OpenAPI document, and for tests that hold live answers to it.

Answers themselves are the dataclasses of `termservice.answers`, serialised as they stand.
"""

from __future__ import annotations

from marshmallow import RAISE, Schema, fields

from termservice.web.answerfields import Answer
from termservice.web.answerfields import boolean as _boolean
from termservice.web.answerfields import each_or_problem as _each_or_problem
from termservice.web.answerfields import integer as _integer
from termservice.web.answerfields import items as _items
from termservice.web.answerfields import maybe as _maybe
from termservice.web.answerfields import questions as _questions
from termservice.web.answerfields import string as _string
from termservice.web.answerfields import strings as _strings

SYSTEM = "Short id of the code system."
VERSION = "The version the content is of."
REVISION = "Revision of the store the answer was read from."
TOTAL = "How many there are in all."
NEXT = "Path and query of the next page; null on the last one."


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


class AttributeSchema(Answer):
    group = _integer("Attributes of one role group belong together; those of group 0 stand each alone.")
    code = _string("The code of the attribute: a concept of the same code system.")
    display = _string("What the attribute is called.")
    type = _string("Of the value: code (a concept of the same code system), string, boolean, integer or decimal.")
    value = fields.Raw(required=True, metadata={"description": "The value, of that type."})
    value_display = _maybe("What the value is called; null where it is no code.")


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
    attributes = _items(AttributeSchema)


class ConceptSummarySchema(Answer):
    code = _string("The code in the publisher's own form.")
    display = _string("The name chosen for the languages asked for.")
    active = _boolean("Whether it may be used on the date asked for.")
    abstract = _boolean("A heading, not to be recorded.")
    level = _string("The publisher's or field's name of the level.")
    parents = _strings("Codes of the direct parents.")
    children_count = _integer("How many direct children; only where a tree is asked for.", allow_none=True)


class Listing(Answer):
    revision = _integer(REVISION)
    total = _integer(TOTAL)
    next = _maybe(NEXT)
    system = _maybe(SYSTEM)


class CodeSystemsSchema(Listing):
    items = _items(CodeSystemSchema)


class VersionsSchema(Listing):
    items = _items(VersionSchema)


class Versioned(Answer):
    """What is said of one version of a code system."""

    system = _string(SYSTEM)
    version = _string(VERSION)
    revision = _integer(REVISION)


class Paged(Versioned):
    """A page of a version's content; which items, its kinds say."""

    total = _integer(TOTAL)
    items = fields.List(fields.Raw(), required=True)
    next = _maybe(NEXT)


class ConceptPageSchema(Paged):
    items = _items(ConceptSummarySchema)


class MemberPageSchema(Paged):
    items = fields.List(
        fields.Dict(keys=fields.String(), values=fields.Raw(allow_none=True)),
        required=True,
        metadata={"description": "The fields asked for, by name: SCTIDs as text, null where a member lacks one."},
    )


class SubsumesSchema(Versioned):
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
    left_out = _strings("Words of the query that none of the concepts found holds: found by the rest of it.")
    partial = _boolean(  # type: ignore[assignment]
        "Whether no concept holds all the words: those found hold most of them."
    )
    took_ms = fields.Float(required=True, metadata={"description": "Milliseconds the search took."})


WORDING = "Of a retitling: cosmetic (only case, space or punctuation) or text."


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
    valid_now = _boolean("Whether it may be used today.", allow_none=True)
    display_now = _maybe("What it is called today.")
    wording = _maybe(WORDING)
    successors = _strings("What the publisher says follows it.")


class SourceSchema(Answer):
    by = _string("computed from the releases, or the publisher's word.")
    release = _maybe("The release that states it.")
    file = _maybe("The file of that release.")
    row = _integer("The row of that file.", allow_none=True)


def _value(description: str) -> fields.Raw:
    return fields.Raw(required=True, allow_none=True, metadata={"description": description})


def _source() -> fields.Nested:
    return fields.Nested(SourceSchema, required=True)


AUTOMATIC = "Whether the publisher calls the transition automatic; null where it does not say."


class PeriodSchema(Answer):
    from_ = fields.String(
        required=True, data_key="from", metadata={"description": "The first day of the first version with it."}
    )
    from_known = _boolean("Whether an earlier release could have held it and did not.")
    first_version = _maybe("The first version that held it.")
    after_version = _maybe("The last version before that, in which it was not yet.")
    to = _maybe("The last day, inclusive; null while it goes on.")
    last_version = _maybe("The last version that held it.")
    until_version = _maybe("The version in which it was no more.")


class EventSchema(Answer):
    date = _maybe("When its version came into force, or the day the publisher states.")
    after_version = _maybe("The last version before it that speaks of the same.")
    version = _maybe("The version it came with.")
    type = _string("What happened: introduced, withdrawn, retitled, moved, replaced-by and so on.")
    property = _maybe("Which note or property; another designation as `synonym:sv`.")
    before = _value("What it was: a text or a list.")
    after = _value("What it became.")
    wording = _maybe(WORDING)
    source = _source()
    automatic = _boolean(AUTOMATIC, allow_none=True)
    automatic_back = _boolean("The same from the new code to the old.", allow_none=True)


class SuccessorSchema(Answer):
    code = _string("The code that replaces it.")
    display = _maybe("What that code is called.")
    type = _string("replaced-by, split or merged.")
    automatic = _boolean(AUTOMATIC, allow_none=True)
    active = _boolean("Whether the successor may be used today.")
    source = _source()


class SuggestionSchema(Answer):
    code = _string("A code in use near it.")
    display = _string("What that code is called.")
    reason = _string("same-title, parent or sibling-code.")


class HistorySchema(Answer):
    system = _string(SYSTEM)
    code = _string("The code in the publisher's own form.")
    revision = _integer(REVISION)
    display = _string("Its last title.")
    active = _boolean("Whether it may be used today.")
    periods = _items(PeriodSchema)
    events = _items(EventSchema)
    successors = _items(SuccessorSchema)
    suggestions = _items(SuggestionSchema)


class ChangeSchema(Answer):
    code = _string("The code in the publisher's own form.")
    display = _string("The name chosen for the languages asked for.")
    type = _string("What changed; first-stated: no release up to the earlier version speaks of it at all.")
    date = _maybe("When its version came into force, or the day the publisher states.")
    version = _maybe("The version it came with.")
    before = _value("Titles as text, parents as a list, notes and properties as lists by name.")
    after = _value("What it became, in the same form.")
    wording = _maybe(WORDING)
    source = _source()


class ChangesSchema(Answer):
    system = _string(SYSTEM)
    after_version = _string("The version compared from.")
    version = _string("The version compared to.")
    revision = _integer(REVISION)
    counts = fields.Dict(
        keys=fields.String(),
        values=fields.Integer(strict=True),
        required=True,
        metadata={"description": "How many changes by type, whatever `type` was asked for."},
    )
    total = _integer("How many there are of the types asked for.")
    items = _items(ChangeSchema)
    next = _maybe(NEXT)


class ProblemSchema(Schema):
    """RFC 9457. Further members depend on `code`: nearest, versions, errors, system, map, version, unknown."""

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


class BatchCodeSchema(Schema):
    class Meta:
        unknown = RAISE

    system = fields.String(required=True, metadata={"description": "Any name of the code system."})
    code = fields.String(required=True, metadata={"description": "Any spelling of the code."})


class BatchCodesSchema(Answer):
    items = _questions(BatchCodeSchema)


class BatchSchema(Answer):
    items = _questions(BatchItemSchema)


class BatchAnswer(Answer):
    revision = _integer(REVISION)
    total = _integer("How many items, as many as were asked.")


class BatchLookupSchema(BatchAnswer):
    """Each item is a concept, or the problem it met."""

    items = _each_or_problem("Concept")


class BatchValidateSchema(BatchAnswer):
    """Each item is a validation, or the problem it met."""

    items = _each_or_problem("Validate")


class BatchHistorySchema(BatchAnswer):
    """Each item is a history, or the problem it met."""

    items = _each_or_problem("History")
