"""How names stand in paths: a code system's URL and a code may hold dots, slashes and anything else."""

from __future__ import annotations

from werkzeug.routing import BaseConverter, PathConverter


class NameConverter(PathConverter):
    """A name of a code system, or a code: any characters, also slashes.

    The length is bounded so that no path, however long, costs more than a look at its beginning.
    """

    regex = "[^/].{0,499}?"
    weight = 200


class PageConverter(BaseConverter):
    """The code system in the address of a page: one segment, and none that the rest of the service uses, so
    that a mistyped API path is answered as an API path."""

    part_isolating = True
    regex = "(?!(?:api|fhir|docs|static|healthz|readyz|metrics|-)$)[^/]{1,200}"
