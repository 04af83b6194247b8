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
