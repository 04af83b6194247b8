"""The parameters of an operation, however they were sent, and the Parameters resource of an answer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from termservice.fhir.issues import failed
from termservice.fhir.model import Coding, Json

_DIGITS = 9
"""Of a number at most."""


class Parameters:
    """What was sent: (name, value) in order. From a query string values are text; from a resource they are JSON values
    (a str, bool, number, dict), resources included. Unknown names are let be, as FHIR asks."""

    def __init__(self, values: Iterable[tuple[str, Any]]) -> None:
        self._values = list(values)
        self._named: dict[str, list[Any]] = {}
        for name, value in self._values:
            self._named.setdefault(name, []).append(value)

    @classmethod
    def of_resource(cls, resource: Json) -> Parameters:
        """From a Parameters resource (R5). Raises `Failure` where it is none."""
        if not isinstance(resource, dict) or resource.get("resourceType") != "Parameters":
            raise failed("The body must be a Parameters resource", code="structure", status=400)
        listed = resource.get("parameter", [])
        if not isinstance(listed, list):
            raise failed("Parameters.parameter must be a list", code="structure", status=400)
        return cls(_read(listed))

    def __iter__(self) -> Iterator[tuple[str, Any]]:
        return iter(self._values)

    def sent(self, names: Iterable[str]) -> bool:
        """Whether any of `names` was."""
        return not self._named.keys().isdisjoint(names)

    def all(self, name: str) -> Sequence[Any]:
        return self._named.get(name, ())

    def text(self, *names: str) -> str | None:
        """The first value of the first of `names` that was sent. Raises `Failure` where it is not text."""
        for name in names:
            for value in self._named.get(name, ()):
                if isinstance(value, str):
                    return value
                if not isinstance(value, int | float):
                    raise failed(f"The parameter '{name}' must be a primitive value", status=400)
                return ("true" if value else "false") if isinstance(value, bool) else str(value)
        return None

    def flag(self, name: str, default: bool | None = None) -> bool | None:
        value = self.text(name)
        if value is None:
            return default
        if value not in ("true", "false"):
            raise failed(f"The parameter '{name}' must be true or false, not '{value}'", status=400)
        return value == "true"

    def number(self, name: str, default: int | None = None) -> int | None:
        value = self.text(name)
        if value is None:
            return default
        if not value.isdecimal() or len(value) > _DIGITS:
            said = f"must be a number of at least 0 and at most {_DIGITS} digits, not '{value[:40]}'"
            raise failed(f"The parameter '{name}' {said}", status=400)
        return int(value)

    def resource(self, name: str, kind: str) -> Json | None:
        """The first resource of that name; raises `Failure` where it is of another kind."""
        for value in self.all(name):
            if not isinstance(value, dict) or value.get("resourceType") != kind:
                raise failed(f"The parameter '{name}' must be a {kind}", status=400)
            return value
        return None

    def coding(self, name: str) -> Coding | None:
        for value in self.all(name):
            return coding(value)
        return None


def coding(value: Any) -> Coding:
    """A Coding read from JSON. Raises `Failure` where it is none."""
    if not isinstance(value, dict):
        raise failed("A Coding is expected", code="structure", status=400)
    parts = [value.get(key) or "" for key in ("system", "code", "version", "display")]
    if not all(isinstance(part, str) for part in parts):
        raise failed("The parts of a Coding must be text", code="structure", status=400)
    return Coding(*parts)


def _read(listed: list[Any]) -> Iterator[tuple[str, Any]]:
    for each in listed:
        if not isinstance(each, dict) or not isinstance(each.get("name"), str):
            raise failed("Every parameter needs a name", code="structure", status=400)
        if "resource" in each:
            yield each["name"], each["resource"]
        elif "part" in each:
            yield each["name"], list(_read(each["part"])) if isinstance(each["part"], list) else []
        else:
            yield from ((each["name"], value) for key, value in each.items() if key.startswith("value"))
