"""/docs: the OpenAPI document as a page to read, with examples to try; our own files only."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response
from markupsafe import Markup, escape

from termservice import errors
from termservice.web import problems
from termservice.web.api import PREFIX
from termservice.web.openapi import document
from termservice.web.pages import rendered

blueprint = Blueprint("docs", __name__)


@dataclass(frozen=True, slots=True)
class Entry:
    """One operation as the page shows it."""

    method: str
    path: str
    details: dict[str, Any]

    @property
    def anchor(self) -> str:
        return str(self.details["operationId"])


@blueprint.get("/docs")
def docs() -> Response:
    described = document()
    return rendered(
        "docs.html",
        info=described["info"],
        prefix=PREFIX,
        groups=_groups(described),
        schemas=described["components"]["schemas"],
        problems=sorted({code: (status, code, title) for status, code, title in _problem_kinds()}.values()),
        type_of=type_of,
        ticked=ticked,
    )


def _groups(described: dict[str, Any]) -> dict[str, list[Entry]]:
    groups: dict[str, list[Entry]] = {}
    for path, operations in described["paths"].items():
        for method, details in operations.items():
            groups.setdefault(details["tags"][0], []).append(Entry(method.upper(), path, details))
    return groups


def _problem_kinds() -> Iterator[tuple[int, str, str]]:
    yield from problems.HTTP_KINDS
    kinds: list[type[errors.TermserviceError]] = [*errors.TermserviceError.__subclasses__()]
    while kinds:
        kind = kinds.pop()
        kinds.extend(kind.__subclasses__())
        yield kind.status, kind.code, kind.title


def ticked(text: str) -> Markup:
    """Text escaped, with what stands between backticks as code."""
    parts = text.split("`")
    return Markup().join(
        Markup("<code>%s</code>") % part if number % 2 else escape(part) for number, part in enumerate(parts)
    )


def type_of(schema: dict[str, Any]) -> tuple[str, str]:
    """A schema in a few words, and the name of the schema it leads to (empty where to none)."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return name, name
    if "anyOf" in schema:
        return " or ".join(type_of(each)[0] for each in schema["anyOf"]), ""
    kind = schema.get("type", "any")
    if isinstance(kind, list):
        kind = " or ".join(kind)
    if kind == "array":
        inner, name = type_of(schema.get("items", {}))
        return f"list of {inner}", name
    if schema.get("enum"):
        return " | ".join(str(value) for value in schema["enum"]), ""
    limits = [f"{word} {schema[key]}" for key, word in _LIMITS if key in schema]
    return " ".join([str(kind), *limits]), ""


_LIMITS = (("minimum", "from"), ("maximum", "to"), ("default", "– default"))
