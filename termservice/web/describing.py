"""What each route says of itself: taken up by the OpenAPI document, which a test holds to be complete."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from marshmallow import Schema

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Operation:
    """One route's description. `problems` are the statuses it can answer beside 200 and 500."""

    summary: str
    tag: str
    answer: Schema | None = None
    query: Schema | None = None
    body: Schema | None = None
    problems: tuple[int, ...] = ()
    description: str = ""
    example: str = ""
    """Path and query that answer with well-known content, below /api/v1."""
    media: tuple[str, ...] = ("application/json",)
    status: int = 200
    """Of the answer where all is well."""


def described(operation: Operation) -> Callable[[View], View]:
    """Attach `operation` to a view function."""

    def attach(view: View) -> View:
        view.operation = operation  # type: ignore[attr-defined]
        return view

    return attach


def operation_of(view: Callable[..., Any]) -> Operation | None:
    return getattr(view, "operation", None)
