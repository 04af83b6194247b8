"""What goes out about maps, field by field as in `termservice.mapanswers`, and the batch of questions that comes in."""

from __future__ import annotations

from marshmallow import fields

from termservice.web.answerfields import Answer
from termservice.web.answerfields import boolean as _boolean
from termservice.web.answerfields import each_or_problem as _each_or_problem
from termservice.web.answerfields import integer as _integer
from termservice.web.answerfields import items as _items
from termservice.web.answerfields import maybe as _maybe
from termservice.web.answerfields import questions as _questions
from termservice.web.answerfields import string as _string
from termservice.web.answerfields import strings as _strings
from termservice.web.maparguments import TranslateItem
from termservice.web.schemas import (
    NEXT,
    REVISION,
    SYSTEM,
    TOTAL,
    BatchAnswer,
    Listing,
    Paged,
    SuccessorSchema,
    VersionSchema,
)

MAP = "Short id of the map."
MAP_VERSION = "The version of the map."
RELATIONSHIP = (
    "equivalent, source-is-narrower-than-target, source-is-broader-than-target, related-to (also where nobody says "
    "how) or not-related-to"
)
RULE = "For whom it holds, as published; empty where for all."
ADVICE = "The publisher's words to the coder."
GROUP = "Targets of different groups are all meant; of one group the first whose rule holds."
PRIORITY = "The order within the group."
OUTCOME = "applies, or depends where the rule waits for what `needs` lists."


class NeedSchema(Answer):
    """Something about the person that would decide a rule."""

    kind = _string("age, sex or code: the parameter that decides it (`codes` for code).")
    code = _string("What the rule asks for, a SNOMED CT concept.")
    display = _string("Its name in the rule.")
    text = _string("The condition as the rule has it (`>= 12.0 years`).")


class HopSchema(Answer):
    map = _string(MAP)
    map_version = _string(MAP_VERSION)
    reversed = _boolean("Whether the map is read from target to source.")
    system = _string("Code system in which the step begins.")
    code = _string("The code it begins at.")
    target_system = _string("Code system it leads to.")
    target_code = _string("The code it leads to.")
    relationship = _string(f"How the two are related, read in this direction: {RELATIONSHIP}.")


class PartSchema(Answer):
    code = _string("One code of a combination.")
    display = _maybe("What it is called.")
    active = _boolean("Whether it may be used; null where nobody here knows.", allow_none=True)


class MatchSchema(Answer):
    system = _string("Code system of the target.")
    version = _maybe("The version of it that `status` is of; null where it is not loaded.")
    code = _string("The target; a combination is one code with `parts`.")
    display = _maybe("What it is called, in its code system or else in the map.")
    relationship = _string(f"Read from the code asked about to this one: {RELATIONSHIP}.")
    rule = _string(RULE)
    advice = _string(ADVICE)
    group = _integer(GROUP)
    priority = _integer(PRIORITY)
    map = _string("Short id of the map; of a chain, of its last step.")
    map_version = _string(MAP_VERSION)
    via = _items(HopSchema)
    reversed = _boolean("Whether the map was made for the other direction.")
    outcome = _string(OUTCOME)
    status = _string("current, inactive, withdrawn, not-yet-introduced, unknown-code or not-loaded.")
    active = _boolean("Whether it may be used in `version`; null where nobody here knows.", allow_none=True)
    comment = _string("What else the map says of it.")
    needs = _items(NeedSchema)
    parts = _items(PartSchema)
    successors = _items(SuccessorSchema)


class UnmappedSchema(Answer):
    """A map's word that a code has no target."""

    target_system = _string("Code system in which there is none.")
    map = _string(MAP)
    map_version = _string(MAP_VERSION)
    reason = _string("Why, in the publisher's words where it has any.")
    rule = _string(RULE)
    outcome = _string(OUTCOME)
    needs = _items(NeedSchema)
    via = _items(HopSchema)


class OfCode(Answer):
    """What maps say of one code."""

    system = _string(SYSTEM)
    version = _maybe("The version of it that was asked; null where it is not loaded.")
    revision = _integer(REVISION)
    code = _string("The code in the publisher's own form.")
    display = _maybe("What it is called.")


class TranslateSchema(OfCode):
    active = _boolean("Whether it may be used itself; null where nobody here knows.", allow_none=True)
    target = _maybe("Short id of the code system asked for; null for all.")
    result = _boolean("Whether any match holds or may hold, and is not `not-related-to`.")
    message = _maybe("Why there is none, or what to look out for.")
    matches = _items(MatchSchema)
    unmapped = _items(UnmappedSchema)
    needs = _items(NeedSchema)
    successors = _items(SuccessorSchema)


class ElementSchema(Answer):
    map = _string(MAP)
    map_version = _string(MAP_VERSION)
    source_system = _string("Code system mapped from.")
    source = _string("The code mapped from.")
    source_display = _maybe("Its title in the map.")
    target_system = _string("Code system mapped to.")
    target = _string("The code mapped to; empty where there is none.")
    target_display = _maybe("Its title in the map.")
    relationship = _string(f"{RELATIONSHIP}; unmapped where there is no target.")
    group = _integer(GROUP)
    priority = _integer(PRIORITY)
    rule = _string(RULE)
    advice = _string(ADVICE)
    comment = _string("What else the map says of it.")
    direction = _string("forward where the code asked about is the source, backward where it is the target.")


class ElementPageSchema(Paged):
    system = _string(MAP)
    version = _string(MAP_VERSION)
    items = _items(ElementSchema)


class ConceptMapsSchema(OfCode):
    total = _integer(TOTAL)
    items = _items(ElementSchema)
    next = _maybe(NEXT)


class CoverageSchema(Answer):
    """How far a version of a map reaches into both code systems."""

    elements = _integer("Rows of the map.")
    source_codes = _integer("Different codes that it speaks of.")
    mapped = _integer("Those of them with a target.")
    unmapped = _integer("Those that it says have none.")
    source_concepts = _integer("Active concepts of the source; null where it is not loaded.", allow_none=True)
    source_concepts_mapped = _integer("Those of them with a target.", allow_none=True)
    target_codes = _integer("Different targets.")
    targets_current = _integer(
        "Those that may be used in the target's version in force; null where it is not loaded.", allow_none=True
    )
    targets_gone = _integer("Those that are not active there, or not there at all.", allow_none=True)
    relationships = fields.Dict(
        keys=fields.String(),
        values=fields.Integer(strict=True),
        required=True,
        metadata={"description": "How many rows of each relationship."},
    )


class MapSchema(Answer):
    id = _string(MAP)
    url = _string("Canonical URL.")
    title = _string("Name of the map.")
    publisher = _string("Who publishes it.")
    language = _string("BCP 47 language of its advice and comments.")
    source = _string("Code system mapped from.")
    target = _string("Code system mapped to.")
    version = _maybe("The version in force today; null where only future ones are loaded.")
    effective_date = _maybe("From when that version is in force.")
    source_version = _string("The version of the source it was made for; empty where the publisher does not say.")
    target_version = _string("The same of the target.")
    versions = _integer("How many versions are loaded.")
    revision = _integer(REVISION)
    coverage = fields.Nested(
        CoverageSchema,
        required=True,
        allow_none=True,
        metadata={"description": "How far that version reaches; null where none is in force."},
    )
    aliases = _strings("Other names it answers to.")
    copyright = _string("Copyright statement of the publisher.")


class MapsSchema(Listing):
    items = _items(MapSchema)


class MapVersionSchema(VersionSchema):
    concepts = _integer("Elements in it.")


class MapVersionsSchema(Listing):
    system = _maybe(MAP)
    items = _items(MapVersionSchema)


class BatchQuestionsSchema(Answer):
    items = _questions(TranslateItem)


class BatchTranslateSchema(BatchAnswer):
    """Each item is a translation, or the problem it met."""

    items = _each_or_problem("Translate")
