"""Log lines: one for each request, with what operators need and nothing about whom was searched for."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from termservice import config, keys
from termservice.logs import FIELDS, REQUEST_ID, JsonLines, TextLines, cleaned
from termservice.web.app import create_app

Lines = Callable[[], list[dict[str, Any]]]
ROUTE = "/api/v1/codesystems/<name:system>/concepts/<name:code>"
REST = "/api/v1/codesystems/frukt/concepts/F10"


@pytest.fixture
def told() -> Iterator[io.StringIO]:
    """What is logged, as JSON lines."""
    REQUEST_ID.set("")
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield stream
    root.removeHandler(handler)
    root.setLevel(level)


@pytest.fixture
def lines(told: io.StringIO) -> Lines:
    return lambda: [json.loads(line) for line in told.getvalue().splitlines()]


@pytest.fixture
def made(service: Any, tmp_path: Path) -> Callable[..., FlaskClient]:
    def make(**settings: str) -> FlaskClient:
        service.home = tmp_path
        found = config.read(None, {f"TERMSERVICE_{name}": value for name, value in settings.items()})
        return create_app(service, {"TESTING": False}, found).test_client()

    return make


def test_a_line_says_what_operators_need(made: Callable[..., FlaskClient], lines: Lines) -> None:
    client = made(LOG_FORMAT="json")
    responses = [client.get(REST, headers={"X-Request-Id": f"me-{number}"}) for number in range(2)]
    found = lines()
    assert [line["request_id"] for line in found] == ["me-0", "me-1"]
    for line, response in zip(found, responses, strict=True):  # asked, and remembered
        assert (line["method"], line["route"], line["status"]) == ("GET", ROUTE, 200)
        assert line["bytes"] == len(response.data)
        assert line["ms"] >= 0
        assert (line["level"], line["logger"]) == ("info", "termservice.requests")
        assert line["message"] == f"GET {ROUTE} 200"
        assert line["time"].endswith("+00:00")
        assert "address" not in line


@pytest.mark.parametrize(
    ("path", "status", "route"),
    [
        ("/api/v1/codesystems/frukt/concepts/19121212-1212", 404, ROUTE),
        ("/api/v1/search?q=anna+19121212-1212", 200, "/api/v1/search"),
        ("/19121212-1212/nothing/there", 404, None),
        ("/fhir/r5/CodeSystem/$lookup?code=19121212-1212", None, "/fhir/<any(r5, r4):release>"),
        ("/?q=19121212-1212", 200, "/"),
    ],
)
def test_no_line_says_what_was_searched_for(
    made: Callable[..., FlaskClient], told: io.StringIO, lines: Lines, path: str, status: int | None, route: str | None
) -> None:
    with made(LOG_FORMAT="json").get(path):
        pass
    (line,) = lines()
    assert status in (None, line["status"])
    assert route is None or line["route"].startswith(route)
    assert "1912" not in told.getvalue()
    assert "anna" not in told.getvalue()


def test_a_key_stands_by_its_name(made: Callable[..., FlaskClient], told: io.StringIO, tmp_path: Path) -> None:
    secret, _ = keys.add(tmp_path, "EHR West", "read")
    client = made(LOG_FORMAT="json", ACCESS_READ="keys")
    client.get(REST, headers={"Authorization": f"Bearer {secret}"}).close()
    client.get(REST, headers={"X-API-Key": secret[:-1] + "-"}).close()
    client.get(f"{REST}?api_key={secret}").close()
    good, wrong, misplaced = map(json.loads, told.getvalue().splitlines())
    assert (good["key"], good["status"]) == ("EHR West", 200)
    assert (wrong["status"], misplaced["status"]) == (401, 401)
    assert "key" not in wrong
    assert secret[-43:] not in told.getvalue()


def test_streams_are_counted_to_their_end(made: Callable[..., FlaskClient], lines: Lines) -> None:
    with made(LOG_FORMAT="json").get("/api/v1/codesystems/frukt/export?format=csv") as response:
        size = len(response.data)
    (line,) = lines()
    assert (line["bytes"], line["status"]) == (size, 200)


def test_addresses_are_logged_where_that_is_wanted(made: Callable[..., FlaskClient], lines: Lines) -> None:
    made(LOG_FORMAT="json", LOG_ADDRESSES="true").get(REST)
    assert lines()[0]["address"] == "127.0.0.1"


def test_without_a_format_there_are_no_lines(made: Callable[..., FlaskClient], told: io.StringIO) -> None:
    made().get(REST)
    assert told.getvalue() == ""


def test_a_failure_of_ours_is_found_by_its_request(
    made: Callable[..., FlaskClient], service: Any, lines: Lines
) -> None:
    service.broken = True
    with made(LOG_FORMAT="json").get(REST, headers={"X-Request-Id": "find-me"}) as response:
        assert response.status_code == 500
    failure, line = lines()
    assert (failure["request_id"], line["request_id"], failure["level"]) == ("find-me", "find-me", "error")
    assert "Traceback" in failure["exception"]


def record(message: str, **fields: Any) -> logging.LogRecord:
    made = logging.LogRecord("termservice.x", logging.INFO, "x.py", 1, message, None, None)
    setattr(made, FIELDS, fields)
    return made


def test_text_lines_are_for_people(told: io.StringIO) -> None:
    assert TextLines().format(record("loaded", actor="cli:eva")).endswith("termservice.x: loaded actor=cli:eva")


def test_whatever_looks_like_a_key_is_hidden(tmp_path: Path) -> None:
    secret, _ = keys.add(tmp_path, "EHR", "read")
    for formatter in (JsonLines(), TextLines()):
        line = formatter.format(record(f"what is {secret}?", header=f"Bearer {secret}"))
        assert secret not in line
        assert line.count("ts_***") == 2
    assert cleaned("counts_of_things") == "counts_of_things"
