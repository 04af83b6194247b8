"""Failures as pages: what is wrong, and the nearest way on."""

from __future__ import annotations

from http import HTTPStatus

from flask import Response, g, render_template

from termservice.errors import TermserviceError, UnknownCode, UnknownSystem
from termservice.web.links import ADDRESS_TOO_LONG, code_url, system_url
from termservice.web.localisation import remember, texts
from termservice.web.texts import system_name, text


def error_page(status: int, error: TermserviceError | None = None) -> Response:
    """A page for `error`, or for a failure of HTTP itself (no such page)."""
    setattr(g, ADDRESS_TOO_LONG, status == HTTPStatus.REQUEST_URI_TOO_LONG)
    heading, body = _wording(status, error)
    page = render_template("error.html", heading=heading, body=body, ways_on=_ways_on(error))
    response = remember(Response(page, status=status))
    response.headers["Cache-Control"] = "no-cache"
    return response


def _wording(status: int, error: TermserviceError | None) -> tuple[str, str]:
    if error is not None and f"error.{error.code}" in texts():
        values = dict(error.details)
        values["system"] = _name(str(values.get("system", "")))
        return text(f"error.{error.code}"), text(f"error.{error.code}.text", **values)
    key = f"error.{status}" if f"error.{status}" in texts() else "error.500"
    if error is not None:
        return text(key), error.message
    return text(key), text(f"{key}.text") if f"{key}.text" in texts() else ""


def _name(system: str) -> str:
    return system_name(system) if system.isascii() and ":" not in system else system


def _ways_on(error: TermserviceError | None) -> list[tuple[str, list[tuple[str, str]]]]:
    """Headings, each with names and addresses of what does exist."""
    if error is None:
        return []
    details = error.details
    system = str(details.get("system", ""))
    ways = []
    nearest = details.get("nearest", [])
    if nearest:
        if isinstance(error, UnknownSystem):
            links = [(_name(name), system_url(name)) for name in nearest]
        elif isinstance(error, UnknownCode):
            links = [(code, code_url(system, code)) for code in nearest]
        else:
            links = [(name, system_url(system, name)) for name in nearest]
        ways.append((text("error.nearest"), links))
    versions = details.get("versions", [])
    if versions:
        code = str(details.get("unknown", ""))
        ways.append((text("error.versions"), [(name, code_url(system, code, name)) for name in versions]))
    return ways
