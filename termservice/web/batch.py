"""POST /batch/…: many questions in one request, each answered in its place; one that fails fails alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson
from flask import Blueprint, Response, request
from marshmallow import Schema, fields, validate

from termservice.answers import NOW, When
from termservice.errors import InvalidParameter, TermserviceError
from termservice.translating import Question
from termservice.web import mapschemas, schemas
from termservice.web.access import service
from termservice.web.api import PREFIX
from termservice.web.arguments import MAX_NAME, Arguments, NoArgs, WhenArgs, arguments, load
from termservice.web.describing import Operation, described
from termservice.web.languages import accepted
from termservice.web.maparguments import TranslateItem
from termservice.web.problems import BadBody, problem_of
from termservice.web.responses import JSON

MAX_ITEMS = 10_000

blueprint = Blueprint("batch", __name__, url_prefix=PREFIX + "/batch")

_NO_ARGS = NoArgs()
_NAME = validate.Length(min=1, max=MAX_NAME)


class Code(Arguments):
    system = fields.String(required=True, validate=_NAME)
    code = fields.String(required=True, validate=_NAME)


class Item(Code, WhenArgs):
    display = fields.String(allow_none=True, validate=validate.Length(max=4000))


class Body(Arguments):
    items = fields.List(
        fields.Raw(allow_none=True),
        required=True,
        validate=validate.Length(max=MAX_ITEMS, error=f"At most {MAX_ITEMS} items."),
    )


_BODY = Body()
_CODE = Code()
_ITEM = Item()
_TRANSLATE = TranslateItem()


@blueprint.post("/lookup")
@described(
    Operation(
        "What many codes mean", "Batch", schemas.BatchLookupSchema(), _NO_ARGS, schemas.BatchSchema(),
        problems=(400, 413, 422),
        description="`display` is taken and not used. Languages by Accept-Language.",
    )
)  # fmt: skip
def lookup() -> Response:
    lang = accepted(request.headers.get("Accept-Language", ""))
    concept = service().concept

    def one(system: str, code: str, when: When = NOW, display: str | None = None) -> Any:
        return concept(system, code, when, lang)

    return _each(one, _ITEM)


@blueprint.post("/validate")
@described(
    Operation(
        "Whether many codes are valid", "Batch", schemas.BatchValidateSchema(), _NO_ARGS,
        schemas.BatchSchema(), problems=(400, 413, 422),
    )
)  # fmt: skip
def validate_codes() -> Response:
    return _each(service().validate, _ITEM)


@blueprint.post("/history")
@described(
    Operation(
        "What became of many codes", "Batch", schemas.BatchHistorySchema(), _NO_ARGS, schemas.BatchCodesSchema(),
        problems=(400, 413, 422), description="Languages by Accept-Language.",
    )
)  # fmt: skip
def history() -> Response:
    lang = accepted(request.headers.get("Accept-Language", ""))
    of = service().history

    def one(system: str, code: str) -> Any:
        return of(system, code, lang)

    return _each(one, _CODE)


@blueprint.post("/translate")
@described(
    Operation(
        "What many codes are called in other code systems", "Batch", mapschemas.BatchTranslateSchema(), _NO_ARGS,
        mapschemas.BatchQuestionsSchema(), problems=(400, 413, 422),
        description="`age` may also be a number of years; `codes: []` says that there are no others. Languages by "
        "Accept-Language.",
    )
)  # fmt: skip
def translate() -> Response:
    lang = accepted(request.headers.get("Accept-Language", ""))
    answered = service().maps.translate

    def one(**asked: Any) -> Any:
        return answered(Question(lang=lang, **asked))

    return _each(one, _TRANSLATE)


def _each(one: Callable[..., Any], schema: Schema) -> Response:
    arguments(_NO_ARGS)
    items = load(_BODY, _body())["items"]
    with service().snapshot():
        answers = [_answer(one, schema, item) for item in items]
        value = {"revision": service().revision(), "total": len(answers), "items": answers}
    response = Response(orjson.dumps(value), content_type=JSON)
    response.headers["Cache-Control"] = "no-store"
    return response


def _answer(one: Callable[..., Any], schema: Schema, item: Any) -> Any:
    try:
        return one(**_parsed(schema, item))
    except TermserviceError as error:
        return problem_of(error)


def _parsed(schema: Schema, item: Any) -> dict[str, Any]:
    """The item as keyword arguments. The plain case, a system and a code, is not worth a schema's time."""
    if type(item) is dict and item.keys() == {"system", "code"}:
        system, code = item["system"], item["code"]
        if type(system) is str is type(code) and 0 < len(system) <= MAX_NAME and 0 < len(code) <= MAX_NAME:
            return {"system": system, "code": code}
    if type(item) is not dict:
        raise InvalidParameter({"_": "An item is an object with system and code."})
    return load(schema, item)


def _body() -> Any:
    try:
        body = orjson.loads(request.get_data(cache=False))
    except orjson.JSONDecodeError as error:
        raise BadBody(f"the body is not JSON: {error}") from None
    if type(body) is not dict:
        raise BadBody("the body is not a JSON object with items")
    return body
