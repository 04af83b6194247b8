"""Addresses of pages. Codes keep their slashes; everything else that is not plain is percent-encoded."""

from __future__ import annotations

from urllib.parse import quote, urlencode

from flask import request


def search_url(**parameters: object) -> str:
    """The search page; parameters without value are left out."""
    return _url("/", **parameters)


def system_url(system: str, version: str | None = None) -> str:
    return _url("/" + quote(system, safe=""), version=version)


def code_url(system: str, code: str, version: str | None = None, **parameters: object) -> str:
    return _url(f"/{quote(system, safe='')}/{quote(code, safe='/')}", version=version, **parameters)


def api_url(path: str) -> str:
    return _url("/api/v1" + path)


def changes_url(system: str, before: str, after: str, form: str | None = None) -> str:
    """What differs between two versions; `form` csv or xlsx for a file."""
    versions = {"from": before, "to": after}
    return _url(f"/api/v1/codesystems/{quote(system, safe='')}/changes", **versions, format=form)


def _url(path: str, **parameters: object) -> str:
    query = urlencode({name: value for name, value in parameters.items() if value not in (None, "")})
    return request.root_path + path + (f"?{query}" if query else "")
