"""What all pages share: the tools of their templates, reading their addresses, sending them."""

from __future__ import annotations

from typing import Any

from flask import Flask, Response, render_template, request

from termservice.answers import When
from termservice.web import links, localisation, texts
from termservice.web.arguments import MAX_NAME, MAX_OFFSET, pairs
from termservice.web.catalogues import LANGUAGES
from termservice.web.highlighting import highlight, highlight_code
from termservice.web.responses import conditional, digest

HTML = "text/html; charset=utf-8"


def register(app: Flask) -> None:
    """Give every template of `app` its tools."""
    app.context_processor(_tools)


def _tools() -> dict[str, Any]:
    return {
        "t": texts.text,
        "tn": texts.plural,
        "named": texts.named,
        "number": texts.number,
        "day": texts.day,
        "level_name": texts.level_name,
        "system_name": texts.system_name,
        "language": localisation.language(),
        "languages": LANGUAGES,
        "language_name": texts.language_name,
        "carried": localisation.carried(),
        "version_name": texts.version_name,
        "highlight": highlight,
        "highlight_code": highlight_code,
        "api_url": links.api_url,
        "branch_url": links.branch_url,
        "changes_url": links.changes_url,
        "code_url": links.code_url,
        "compare_url": links.compare_url,
        "language_url": links.language_url,
        "search_url": links.search_url,
        "site_url": links.site_url,
        "system_url": links.system_url,
    }


def rendered(template: str, **values: Any) -> Response:
    """A page: its HTML with an ETag, and the reader's choice of language remembered."""
    body = render_template(template, **values).encode()
    return localisation.remember(conditional(body, f'"{digest(body)}"', HTML))


def given(name: str) -> str:
    """A parameter of the page's address; unknown ones (of mailings, of search engines) do not matter."""
    return dict(pairs(request.query_string)).get(name, "")


def given_all(name: str) -> list[str]:
    """Every value of a parameter that may be repeated."""
    return [value for each, value in pairs(request.query_string) if each == name]


def asked_when() -> When:
    """The version or the day that the address names."""
    return When(version=given("version")[:MAX_NAME] or None, date=given("date")[:MAX_NAME] or None)


def kept(when: When) -> dict[str, str]:
    """What links carry on of that, so that one stays in the same version or on the same day."""
    return {name: value for name, value in (("version", when.version), ("date", when.date)) if value}


def offset() -> int:
    """Where the list begins; what is not a number is the beginning (addresses of pages are forgiving)."""
    value = given("offset")
    return min(int(value), MAX_OFFSET) if value.isascii() and value.isdigit() and len(value) < 9 else 0
