"""The kinds of field that answers are made of; each says what it means."""

from __future__ import annotations

from typing import Any

from marshmallow import RAISE, Schema, fields


class Answer(Schema):
    class Meta:
        unknown = RAISE
        ordered = True


def string(description: str, **kwargs: Any) -> fields.String:
    return fields.String(required=True, metadata={"description": description}, **kwargs)


def maybe(description: str) -> fields.String:
    """Text, or null."""
    return string(description, allow_none=True)


def integer(description: str, **kwargs: Any) -> fields.Integer:
    return fields.Integer(required=True, strict=True, metadata={"description": description}, **kwargs)


def boolean(description: str, **kwargs: Any) -> fields.Boolean:
    return fields.Boolean(required=True, truthy={True}, falsy={False}, metadata={"description": description}, **kwargs)


def strings(description: str) -> fields.List[Any]:
    return fields.List(fields.String(), required=True, metadata={"description": description})


def items(schema: type[Schema]) -> fields.List[Any]:
    return fields.List(fields.Nested(schema), required=True)


def questions(schema: type[Schema]) -> fields.List[Any]:
    """What a batch asks."""
    description = "What to answer; up to 10 000, each answered in its place."
    return fields.List(fields.Nested(schema), required=True, metadata={"description": description})


def each_or_problem(name: str) -> fields.List[Any]:
    """What a batch is answered: each item of the schema of that name, or the problem it met."""
    metadata = {"description": f"Each a {name}, or a Problem.", "anyOf": [name, "Problem"]}
    return fields.List(fields.Dict(), required=True, metadata=metadata)
