"""What goes out about value sets, field by field as in `termservice.valuesetanswers`."""

from __future__ import annotations

from marshmallow import fields

from termservice.web.answerfields import Answer
from termservice.web.answerfields import boolean as _boolean
from termservice.web.answerfields import integer as _integer
from termservice.web.answerfields import items as _items
from termservice.web.answerfields import maybe as _maybe
from termservice.web.answerfields import string as _string
from termservice.web.answerfields import strings as _strings
from termservice.web.schemas import NEXT, REVISION, SYSTEM, TOTAL, Listing, SuccessorSchema, VersionSchema

VALUESET = "Short id of the value set."
VERSION = "The version of the value set."


class ValueSetSourceSchema(Answer):
    """A code system that a value set has members of."""

    system = _string(SYSTEM)
    url = _string("Its canonical URL.")
    version = _maybe("The version of it that the publisher pinned; null where codes count as they stand on the day.")
    members = _integer("How many members are of it.")


class ValueSetSchema(Answer):
    id = _string(VALUESET)
    url = _string("Canonical URL.")
    title = _string("Name of the value set.")
    publisher = _string("Who publishes it.")
    language = _string("BCP 47 language of the titles and comments in its files.")
    version = _maybe("The version in force today; null where only future ones are loaded.")
    effective_date = _maybe("From when that version is in force.")
    members = _integer("Codes listed in that version; 0 where a rule says which are meant.")
    systems = _items(ValueSetSourceSchema)
    compose = fields.Dict(
        required=True,
        allow_none=True,
        metadata={"description": "The rule, as FHIR's ValueSet.compose; null where the members are listed."},
    )
    versions = _integer("How many versions are loaded.")
    revision = _integer(REVISION)
    aliases = _strings("Other names it answers to.")
    copyright = _string("Copyright statement of the publisher.")


class ValueSetsSchema(Listing):
    items = _items(ValueSetSchema)


class ValueSetVersionSchema(VersionSchema):
    concepts = _integer("Members listed in it.")


class ValueSetVersionsSchema(Listing):
    system = _maybe(VALUESET)
    items = _items(ValueSetVersionSchema)


class MemberSchema(Answer):
    system = _string(SYSTEM)
    code = _string("The code in the publisher's own form.")
    display = _maybe("What it is called in its code system, or else in the value set.")
    active = _boolean("Whether it may be used on `date`; null where nobody here knows.", allow_none=True)
    abstract = _boolean("A heading, not to be recorded.")
    status = _string("current, inactive, withdrawn, not-yet-introduced, unknown-code or not-loaded.")
    comment = _string("What else the value set says of it.")
    successors = _items(SuccessorSchema)


class MembersSchema(Answer):
    valueset = _string(VALUESET)
    version = _string(VERSION)
    revision = _integer(REVISION)
    date = _string("The day that members are judged on.")
    systems = fields.Dict(
        keys=fields.String(),
        values=fields.String(allow_none=True),
        required=True,
        metadata={
            "description": "The version of each code system on the page that members are judged in; null where it is "
            "not loaded or none was in force."
        },
    )
    total = _integer(TOTAL)
    items = _items(MemberSchema)
    next = _maybe(NEXT)


class MemberChangeSchema(Answer):
    type = _string("added or removed.")
    system = _string(SYSTEM)
    code = _string("The code.")
    display = _maybe("Its title in the value set.")
    comment = _string("What else the value set says of it; of one removed, the last version that holds it.")


class MemberChangesSchema(Answer):
    valueset = _string(VALUESET)
    after_version = _string("The version compared from.")
    version = _string("The version compared to.")
    revision = _integer(REVISION)
    added = _integer("How many codes joined.")
    removed = _integer("How many left.")
    definition_changed = _boolean("Whether the rule, or a pinned version of a code system, is another one.")
    total = _integer(TOTAL)
    items = _items(MemberChangeSchema)
    next = _maybe(NEXT)
