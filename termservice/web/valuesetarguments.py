"""What comes in of questions about value sets: schemas that load to the keyword arguments of `ValueSetService`."""

from __future__ import annotations

from marshmallow import fields, validate

from termservice.web.arguments import MAX_NAME, Arguments, PageArgs, end_field, limit_field, offset_field

_NAME = validate.Length(min=1, max=MAX_NAME)


class MembersArgs(PageArgs):
    """`version` and `date` are the value set's own."""

    version = fields.String(
        validate=_NAME, metadata={"description": "A version of the value set. Without version and date: today's."}
    )


class MemberChangesArgs(Arguments):
    """`start` and `end` stay what people call them: which versions they are only the service knows."""

    start = fields.String(
        data_key="from",
        required=True,
        validate=_NAME,
        metadata={"description": "The version compared from: its name, or a date on which it is in force."},
    )
    end = end_field()
    offset = offset_field()
    limit = limit_field(100)
