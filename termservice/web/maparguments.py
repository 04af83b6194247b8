"""What comes in of questions about maps: schemas that load to the keyword arguments of `Question` and `MapService`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_args

from marshmallow import ValidationError, fields, post_load, validate

from termservice.maprules import Context, Sex, parse_age
from termservice.web.arguments import MAX_NAME, Arguments, WhenArgs, lang_field, limit_field, offset_field

MAX_CODES = 100
"""Other codes of one person; each of them is held against every rule that asks for one."""
MAX_AGE_TEXT = 100
SEXES = get_args(Sex)

_NAME = validate.Length(min=1, max=MAX_NAME)


class AgeField(fields.String):
    """An age as people and ISO 8601 write it; a number is years."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        given = str(value) if type(value) in (int, float) else value
        text = super()._deserialize(given, attr, data, **kwargs)
        if len(text) > MAX_AGE_TEXT:
            raise ValidationError(f"Longer than {MAX_AGE_TEXT} characters.")
        try:
            return parse_age(text)
        except ValueError as error:
            raise ValidationError(str(error)) from None


class CodesField(fields.List[Any]):
    """Codes, several to a text where commas stand between them. Given empty it says that there are none."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> list[Any]:
        texts: list[Any] = super()._deserialize(value, attr, data, **kwargs)
        codes = [code for text in texts for each in text.split(",") if (code := each.strip())]
        if len(codes) > MAX_CODES:
            raise ValidationError(f"At most {MAX_CODES} codes.")
        return codes


class TranslateItem(WhenArgs):
    """One question, in a batch or in a query string."""

    system = fields.String(
        required=True, validate=_NAME, metadata={"description": "Any name of the code's own code system."}
    )
    code = fields.String(required=True, validate=_NAME, metadata={"description": "Any spelling of the code."})
    target = fields.String(
        validate=_NAME, metadata={"description": "Any name of the code system wanted. Without: all."}
    )
    target_version = fields.String(
        validate=_NAME, metadata={"description": "The version of it that targets must hold in. Without: the day's."}
    )
    map = fields.String(validate=_NAME, metadata={"description": "Any name of the only map to use. Without: all."})
    age = AgeField(
        metadata={"description": "The person's age, for rules that ask: `34`, `34 years`, `10 days`, `P3M` (ISO 8601)."}
    )
    sex = fields.String(
        validate=validate.OneOf(SEXES), metadata={"description": "The person's sex, for rules that ask."}
    )
    codes = CodesField(
        fields.String(validate=validate.Length(max=MAX_NAME * MAX_CODES)),
        metadata={
            "description": "All other codes of the person, for rules that ask; repeated, or with commas between. "
            "Given empty: there are none. Without: nobody knows."
        },
    )

    @post_load
    def _context(self, data: Mapping[str, Any], **_: Any) -> dict[str, Any]:
        known = dict(data)
        age, sex, codes = (known.pop(name, None) for name in ("age", "sex", "codes"))
        known["context"] = Context(age, sex, None if codes is None else frozenset(codes))
        return known


class TranslateArgs(TranslateItem):
    lang = lang_field()


class MapsArgs(Arguments):
    source = fields.String(
        validate=_NAME, metadata={"description": "Only maps from this code system, by any of its names."}
    )
    target = fields.String(
        validate=_NAME, metadata={"description": "Only maps to this code system, by any of its names."}
    )


class ElementsArgs(WhenArgs):
    """`version` and `date` are the map's own."""

    version = fields.String(
        validate=_NAME, metadata={"description": "A version of the map. Without version and date: today's."}
    )
    offset = offset_field()
    limit = limit_field(100)
