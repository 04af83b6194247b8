"""The OpenAPI 3.1 document, made from the routes and what they say of themselves."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as installed_version
from typing import Any

import orjson
from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from flask import Blueprint, Flask, Response, current_app
from marshmallow import Schema
from werkzeug.routing import Rule

from termservice.web import schemas
from termservice.web.api import PREFIX
from termservice.web.describing import Operation, described, operation_of
from termservice.web.problems import PROBLEM_JSON
from termservice.web.responses import JSON, conditional, digest

blueprint = Blueprint("openapi", __name__)

_CONVERTED = re.compile(r"<(?:[^:<>]+:)?([^<>]+)>")
_PATH_PARAMETERS = {
    "system": ("id", "Any name of the code system: short id, URL or OID, URL-encoded."),
    "map": ("id", "Any name of the map: short id or URL, URL-encoded."),
    "valueset": ("id", "Any name of the value set: short id, URL or OID, URL-encoded."),
    "job": ("job", "The id of a change that was begun."),
    "code": ("code", "Any spelling of the code, URL-encoded (`A/B` may stand as it is)."),
}
"""What the document calls each variable of the routes, and what it says of it."""
_REASONS = {
    400: "The body is not JSON.",
    401: "An API key is needed.",
    403: "The key may not do this.",
    404: "No such code system, map, value set, version or code; `nearest` names alternatives.",
    409: "Another change is at work.",
    413: "The body is too large.",
    422: "Wrong parameters; `errors` says what is wrong by name.",
}
_INTRODUCTION = """\
Look-up, search, validation and translation in every version of every code system loaded.

Codes and code systems are taken in any spelling in use and answered in the publisher's own. Without
`version` and `date` an answer is of the version in force today in Sweden. Every answer names the `system`,
`version` and `revision` it comes from, and has an ETag: ask again with `If-None-Match`. Errors are problem
details (RFC 9457).
"""


@blueprint.get(PREFIX + "/openapi.json")
@described(Operation("This document", "Description", example="/openapi.json"))
def openapi_json() -> Response:
    body = orjson.dumps(document())
    return conditional(body, f'"{digest(body)}"')


def document() -> dict[str, Any]:
    """The running application's document; made once."""
    made = current_app.extensions.get("openapi")
    if made is None:
        made = current_app.extensions["openapi"] = build(current_app)
    return made


def described_rules(app: Flask) -> Iterator[tuple[Rule, Operation]]:
    """The routes under /api/v1 with their descriptions. Raises `LookupError` for one without."""
    for rule in app.url_map.iter_rules():
        if not rule.rule.startswith(PREFIX):
            continue
        operation = operation_of(app.view_functions[rule.endpoint])
        if operation is None:
            raise LookupError(f"{rule.rule} is not described")
        yield rule, operation


def build(app: Flask) -> dict[str, Any]:
    """The document of all described routes of `app`."""
    plugin = MarshmallowPlugin(schema_name_resolver=_schema_name)
    spec = APISpec(
        title="termservice",
        version=_version(),
        openapi_version="3.1.0",
        plugins=[plugin],
        info={"description": _INTRODUCTION},
        servers=[{"url": PREFIX}],
    )
    spec.components.schema("Problem", schema=schemas.ProblemSchema)
    for rule, operation in described_rules(app):
        path = _CONVERTED.sub(lambda match: f"{{{_PATH_PARAMETERS[match[1]][0]}}}", rule.rule).removeprefix(PREFIX)
        method = "post" if "POST" in (rule.methods or ()) else "get"
        spec.path(path=path, operations={method: _operation(rule, operation)})
    found = spec.to_dict()
    _name_alternatives(found)
    return found


def _version() -> str:
    try:
        return installed_version("termservice")
    except PackageNotFoundError:
        return "0"


def _operation(rule: Rule, operation: Operation) -> dict[str, Any]:
    parameters: list[dict[str, Any]] = [
        {
            "name": name,
            "in": "path",
            "required": True,
            "description": meaning,
            "schema": {"type": "string"},
        }
        for name, meaning in map(_PATH_PARAMETERS.__getitem__, _CONVERTED.findall(rule.rule))
    ]
    if operation.query is not None:
        parameters.append({"in": "query", "schema": operation.query})
    content: dict[str, Any] = {media: {"schema": {"type": "string"}} for media in operation.media}
    if JSON in content:
        content[JSON] = {"schema": operation.answer or {"type": "object"}}
    described: dict[str, Any] = {
        "operationId": rule.endpoint.replace(".", "_"),
        "summary": operation.summary,
        "tags": [operation.tag],
        "parameters": parameters,
        "responses": {str(operation.status): {"description": "The answer.", "content": content}} | _problems(operation),
    }
    if operation.description:
        described["description"] = operation.description
    if operation.example:
        described["x-example"] = PREFIX + operation.example
    if operation.body is not None:
        described["requestBody"] = {"required": True, "content": {JSON: {"schema": operation.body}}}
    return described


def _problems(operation: Operation) -> dict[str, Any]:
    content = {PROBLEM_JSON: {"schema": schemas.ProblemSchema}}
    return {str(each): {"description": _REASONS[each], "content": content} for each in operation.problems}


def _schema_name(schema: Schema | type[Schema]) -> str:
    kind = schema if isinstance(schema, type) else type(schema)
    return kind.__name__.removesuffix("Schema")


def _name_alternatives(document: dict[str, Any]) -> None:
    """Items that are one of several schemas: marshmallow has no field for that, the metadata names them."""
    for schema in document["components"]["schemas"].values():
        for field in schema.get("properties", {}).values():
            names = field.pop("anyOf", None) if isinstance(field.get("anyOf"), list) else None
            if names and all(isinstance(name, str) for name in names):
                field["items"] = {"anyOf": [{"$ref": f"#/components/schemas/{name}"} for name in names]}
