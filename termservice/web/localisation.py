"""Which language a page speaks: chosen by the reader, in the address or remembered in a cookie; Swedish otherwise.

What a browser says it prefers (Accept-Language) is not asked: the same address shows the same page to all who have not
chosen, and many browsers in Swedish care are installed in English.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import g, has_request_context, request

from termservice.errors import InvalidParameter
from termservice.web.arguments import pairs
from termservice.web.catalogues import LANGUAGES, Catalogue, catalogue

if TYPE_CHECKING:
    from flask import Response

PARAMETER = "lang"
COOKIE = "lang"
_YEAR = 365 * 24 * 3600
_PROGRAMS = ("/api/", "/fhir/")


def language() -> str:
    """The language of this request's page. What programs ask for (feeds) speaks the first language."""
    if not has_request_context() or request.path.startswith(_PROGRAMS):
        return LANGUAGES[0]
    if "language" not in g:
        g.language = _in_address() or _remembered() or LANGUAGES[0]
    return str(g.language)


def texts() -> Catalogue:
    return catalogue(language())


def content_languages() -> tuple[str, ...]:
    """The languages that contents are wanted in, the page's own first."""
    return (language(), *(each for each in LANGUAGES if each != language()))


def foreign(tag: str) -> str | None:
    """The language of contents as a page must mark it (WCAG 3.1.2): None where it is the page's own, or where there may
    be names in several (code systems in English)."""
    return None if tag.partition("-")[0] in (language(), "en") else tag


def carried() -> dict[str, str]:
    """What links on the page must carry for the choice to last: nothing once a cookie remembers it."""
    given = _in_address()
    return {PARAMETER: given} if given and given != (_remembered() or LANGUAGES[0]) else {}


def remember(response: Response) -> Response:
    """The page, from which the browser learns what was chosen in its address."""
    given = _in_address()
    if given and given != _remembered():
        path = f"{request.root_path}/"
        response.set_cookie(COOKIE, given, max_age=_YEAR, path=path, samesite="Lax", httponly=True)
    response.vary.add("Cookie")
    return response


def parameters() -> list[tuple[str, str]]:
    """What the address asks for; nothing where it asks for too much, since the page that says so has a language too."""
    try:
        return pairs(request.query_string)
    except InvalidParameter:
        return []


def _in_address() -> str | None:
    return _known(dict(parameters()).get(PARAMETER))


def _remembered() -> str | None:
    return _known(request.cookies.get(COOKIE))


def _known(name: str | None) -> str | None:
    return name if name in LANGUAGES else None
