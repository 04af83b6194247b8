"""What comes in: schemas of query strings, and reading them into keyword arguments of the service.

A schema loads to exactly the keyword arguments of the service method it is for (`q` becomes `query`,
`version` and `date` become `when`), so handlers pass them on as they are. Unknown parameters are errors.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl

from flask import request
from marshmallow import RAISE, Schema, ValidationError, fields, post_load, validate, validates_schema

from termservice.answers import When
from termservice.errors import InvalidParameter
from termservice.naming import CHANGE_SOURCES, CHANGE_TYPES
from termservice.web.languages import TAG, TAG_LIST, accepted, split_tags

MAX_LIMIT = 1000
MAX_OFFSET = 10_000_000
MAX_NAME = 500
MAX_QUERY = 1000
MAX_EXPRESSION = 20_000
MAX_SYSTEMS = 100
MAX_LEVELS = 100
MAX_FIELDS = 200
CHANGES_PAGE = 100
_CACHED = 512
"""Longest query string worth remembering; longer ones are read anew each time."""

_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_TAG = re.compile(TAG)
_NAME = validate.Length(min=1, max=MAX_NAME)


class IsoDate(fields.Date):
    """A calendar date as text; checked, and handed on as the same text."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if not isinstance(value, str) or not _ISO_DATE.fullmatch(value):
            raise self.make_error("invalid", input=value, obj_type=self.OBJ_TYPE)
        super()._deserialize(value, attr, data, **kwargs)
        return value


class Tags(fields.String):
    """A comma list of BCP 47 tags."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        text = super()._deserialize(value, attr, data, **kwargs)
        if not TAG_LIST.fullmatch(text):
            raise ValidationError("Not a list of language tags (sv, en-GB).")
        return split_tags(text)


class Tag(fields.String):
    """One BCP 47 tag; only its language counts."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        text = super()._deserialize(value, attr, data, **kwargs)
        if not _TAG.fullmatch(text):
            raise ValidationError("Not a language tag (sv, en-GB).")
        return text


def _flag(description: str) -> fields.Boolean:
    return fields.Boolean(truthy={"true"}, falsy={"false"}, metadata={"description": description})


def limit_field(default: int | None) -> fields.Integer:
    return fields.Integer(
        load_default=default,
        validate=validate.Range(1, MAX_LIMIT),
        metadata={"description": "How many items at most."},
    )


def offset_field() -> fields.Integer:
    return fields.Integer(
        load_default=0,
        validate=validate.Range(0, MAX_OFFSET),
        metadata={"description": "How many items to pass over."},
    )


def end_field() -> fields.String:
    return fields.String(
        data_key="to",
        load_default=None,
        validate=_NAME,
        metadata={"description": "The version compared to, likewise. Without: today's."},
    )


class Arguments(Schema):
    """Base of all: what is not declared is refused by name."""

    class Meta:
        unknown = RAISE


class WhenArgs(Arguments):
    version = fields.String(
        validate=_NAME, metadata={"description": "A named version. Without version and date: today's."}
    )
    date = IsoDate(metadata={"description": "The version in force on this date (Europe/Stockholm)."})

    @validates_schema(skip_on_field_errors=True)
    def _one_of(self, data: Mapping[str, Any], **_: Any) -> None:
        if "version" in data and "date" in data:
            both = ["Give version or date, not both."]
            raise ValidationError({"version": both, "date": both})

    @post_load
    def _when(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        data["when"] = When(data.pop("version", None), data.pop("date", None))
        return data


def lang_field() -> Tags:
    return Tags(metadata={"description": "Languages, most wanted first (`sv,en`); else Accept-Language decides."})


class LookupArgs(WhenArgs):
    lang = lang_field()


class PageArgs(LookupArgs):
    offset = offset_field()
    limit = limit_field(100)


class ConceptsArgs(LookupArgs):
    after = fields.String(validate=_NAME, metadata={"description": "The last code of the page before this one."})
    limit = limit_field(100)


class SubsumesArgs(WhenArgs):
    code_a = fields.String(
        data_key="codeA",
        required=True,
        validate=_NAME,
        metadata={"description": "The code that may subsume."},
    )
    code_b = fields.String(
        data_key="codeB",
        required=True,
        validate=_NAME,
        metadata={"description": "The code that may be subsumed."},
    )


class SearchArgs(LookupArgs):
    query = fields.String(
        data_key="q",
        required=True,
        validate=validate.Length(max=MAX_QUERY),
        metadata={"description": "Words, beginnings of words or a code."},
    )
    systems = fields.List(
        fields.String(validate=_NAME),
        data_key="system",
        load_default=(),
        validate=validate.Length(max=MAX_SYSTEMS),
        metadata={"description": "Search only this code system; may be repeated. Without: all."},
    )
    under = fields.String(
        validate=_NAME,
        metadata={"description": "Only this code and its descendants; with exactly one system."},
    )
    ecl = fields.String(
        validate=validate.Length(min=1, max=MAX_EXPRESSION),
        metadata={"description": "Only what this expression constraint selects; with SNOMED CT as the one system."},
    )
    active = _flag(
        "true: active concepts only; false: inactive and withdrawn ones only. Without: active ones, and the others "
        "where there are none or for a code typed in full; of SNOMED CT only for a code typed in full."
    )
    levels = fields.List(
        fields.String(validate=_NAME),
        data_key="level",
        load_default=(),
        validate=validate.Length(max=MAX_LEVELS),
        metadata={
            "description": "Only concepts of this level, as answers name it: chapter, block, category and so on, of "
            "SNOMED CT the semantic tag (`disorder`); may be repeated. A level that no code has finds nothing."
        },
    )
    language = Tag(metadata={"description": "Only by texts in this language (`sv`); codes are found all the same."})
    limit = limit_field(20)
    offset = offset_field()


class ExportArgs(WhenArgs):
    format = fields.String(
        load_default="csv",
        validate=validate.OneOf(("csv", "ndjson")),
        metadata={"description": "The file format."},
    )


class HistoryArgs(Arguments):
    lang = lang_field()


class ChangesArgs(HistoryArgs):
    """`start` and `end` stay what people call them: which versions they are only the service knows."""

    start = fields.String(
        data_key="from",
        load_default=None,
        validate=_NAME,
        metadata={
            "description": "The version compared from: its name, or a date on which it is in force. Required, unless "
            "since_revision is given."
        },
    )
    end = end_field()
    since_revision = fields.Integer(
        validate=validate.Range(min=0),
        metadata={
            "description": "Instead of from and to: what came with versions loaded after this revision of the store."
        },
    )
    types = fields.List(
        fields.String(validate=validate.OneOf(CHANGE_TYPES)),
        data_key="type",
        load_default=(),
        validate=validate.Length(max=len(CHANGE_TYPES)),
        metadata={"description": "Only changes of this type; may be repeated. Without: all."},
    )
    under = fields.String(
        load_default=None, validate=_NAME, metadata={"description": "Only this code and its descendants."}
    )
    source = fields.String(
        load_default="computed",
        validate=validate.OneOf(CHANGE_SOURCES),
        metadata={"description": "What the releases show, what the publisher states, or both."},
    )
    format = fields.String(
        load_default="json",
        validate=validate.OneOf(("json", "csv", "xlsx")),
        metadata={"description": "A page of a list, or a file; files hold all changes unless `limit` is given."},
    )
    offset = offset_field()
    limit = limit_field(None)

    @validates_schema
    def _one_start(self, data: dict[str, Any], **_: Any) -> None:
        if (data["start"] is None) == ("since_revision" not in data):
            raise ValidationError("Give from, or since_revision.", "from")
        if "since_revision" in data and data["end"] is not None:
            raise ValidationError("Not together with since_revision.", "to")

    @post_load
    def _whole_files(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        if data["limit"] is None and data["format"] == "json":
            data["limit"] = CHANGES_PAGE
        return data


class NoArgs(Arguments):
    """For what takes no parameters: any is unknown."""


def arguments(schema: Schema) -> dict[str, Any]:
    """The request's query string as keyword arguments.

    Raises `InvalidParameter` naming each wrong parameter. The answer is shared between requests: do not
    change it.
    """
    raw: bytes = request.query_string
    loaded = _cached(schema, raw) if len(raw) <= _CACHED else _load(schema, raw)
    if "lang" in schema.fields and "lang" not in loaded:
        return {**loaded, "lang": accepted(request.headers.get("Accept-Language", ""))}
    return loaded


def pairs(raw: bytes) -> list[tuple[str, str]]:
    """The names and values of a query string. Raises `InvalidParameter` for more than anyone needs.

    Browsers and people send raw UTF-8 too; what is not UTF-8 becomes U+FFFD, as in paths.
    """
    try:
        text = raw.decode("utf-8", "replace")
        return parse_qsl(text, keep_blank_values=True, errors="replace", max_num_fields=MAX_FIELDS)
    except ValueError:
        raise InvalidParameter({"_": f"More than {MAX_FIELDS} parameters."}) from None


def _load(schema: Schema, raw: bytes) -> dict[str, Any]:
    return load(schema, _gather(schema, pairs(raw)))


_cached = lru_cache(maxsize=4096)(_load)


def load(schema: Schema, data: Any) -> dict[str, Any]:
    """`schema.load` with failures as `InvalidParameter`."""
    try:
        return schema.load(data)  # type: ignore[no-any-return]
    except ValidationError as error:
        raise InvalidParameter(flatten(error.messages)) from None


def _gather(schema: Schema, given: Iterable[tuple[str, str]]) -> dict[str, Any]:
    lists = {each.data_key or name for name, each in schema.fields.items() if isinstance(each, fields.List)}
    data: dict[str, Any] = {}
    repeated: dict[str, str] = {}
    for name, value in given:
        if name in lists:
            data.setdefault(name, []).append(value)
        elif name in data:
            repeated[name] = "Given more than once."
        else:
            data[name] = value
    if repeated:
        raise InvalidParameter(repeated)
    return data


def flatten(messages: Any, prefix: str = "") -> dict[str, str]:
    """marshmallow's nested messages as one text by dotted name, names cut to a readable length."""
    if isinstance(messages, Mapping):
        found: dict[str, str] = {}
        for name, inner in messages.items():
            label = str(name)[:100]
            found |= flatten(inner, f"{prefix}.{label}" if prefix else label)
        return found
    texts = messages if isinstance(messages, list) else [messages]
    return {prefix or "_": " ".join(str(text) for text in texts)}
