"""Addresses of pages. Codes keep their slashes; everything else that is not plain is percent-encoded.

Links to pages carry the reader's choice of language for as long as the browser has not remembered it.
"""

from __future__ import annotations

from urllib.parse import quote, urlencode

from flask import g, request

from termservice.web.localisation import PARAMETER, carried, parameters

ADDRESS_TOO_LONG = "address_too_long"
"""Whether the request's address is refused for its length, in Flask's `g`."""


def search_url(**parameters: object) -> str:
    """The search page; parameters without value are left out."""
    return _page("/", **parameters)


def system_url(system: str, version: str | None = None, **parameters: object) -> str:
    return _page(_system(system), version=version, **parameters)


def code_url(system: str, code: str, version: str | None = None, **parameters: object) -> str:
    return _page(f"{_system(system)}/{quote(code, safe='/')}", version=version, **parameters)


def branch_url(system: str, **parameters: object) -> str:
    """The codes directly below one, as a part of a page."""
    return _page(f"{_system(system)}/-/branch", **parameters)


def compare_url(system: str, **parameters: object) -> str:
    """Two versions compared: `from`, `to` and what is left out of it."""
    return _page(f"{_system(system)}/-/compare", **parameters)


def site_url(name: str) -> str:
    """A page about the service itself: about, accessibility."""
    return _page(f"/-/{name}")


def language_url(language: str) -> str:
    """This page in another language; the start page where the address is too long to be asked for again."""
    if g.get(ADDRESS_TOO_LONG):
        return f"{request.root_path}/?{urlencode({PARAMETER: language})}"
    kept = [pair for pair in parameters() if pair[0] != PARAMETER]
    return f"{request.root_path}{quote(request.path)}?{urlencode([*kept, (PARAMETER, language)])}"


def api_url(path: str) -> str:
    return _url("/api/v1" + path)


def changes_url(system: str, before: str, after: str, form: str | None = None, **parameters: object) -> str:
    """What differs between two versions; `form` csv or xlsx for a file."""
    versions = {"from": before, "to": after}
    return _url(f"/api/v1/codesystems{_system(system)}/changes", **versions, format=form, **parameters)


def _system(system: str) -> str:
    return "/" + quote(system, safe="")


def _page(path: str, **parameters: object) -> str:
    return _url(path, **parameters, **carried())


def _url(path: str, **parameters: object) -> str:
    kept = {name: value for name, value in parameters.items() if value not in (None, "", (), [])}
    query = urlencode(kept, doseq=True)
    return request.root_path + path + (f"?{query}" if query else "")
