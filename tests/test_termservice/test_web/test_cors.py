"""Cross-origin requests: off unless configured, and then for those origins only."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from termservice import config
from termservice.web.app import create_app

REST = "/api/v1/codesystems/frukt/concepts/F10"
OURS, OTHER = "https://ehr.example.org", "https://evil.example.org"
PREFLIGHT = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "x-api-key"}
ALLOW = "Access-Control-Allow-Origin"
Made = Callable[..., FlaskClient]


@pytest.fixture
def made(service: Any, tmp_path: Path) -> Made:
    def make(origins: str = "", read: str = "public") -> FlaskClient:
        service.home = tmp_path
        found = config.read(None, {"TERMSERVICE_CORS_ORIGINS": origins, "TERMSERVICE_ACCESS_READ": read})
        return create_app(service, {"TESTING": True}, found).test_client()

    return make


@pytest.mark.parametrize(
    ("origins", "origin", "allowed"),
    [
        ("", OURS, None), ("", None, None),
        (OURS, OURS, OURS), (OURS, OTHER, None), (OURS, None, None), (OURS, OURS + ".evil.org", None),
        (OURS, "null", None), (f"{OTHER},{OURS}", OURS, OURS), ("*", OTHER, "*"), ("*", None, "*"),
    ],
)  # fmt: skip
def test_who_may_read(made: Made, origins: str, origin: str | None, allowed: str | None) -> None:
    client = made(origins)
    headers = {"Origin": origin} if origin else {}
    for _ in range(2):  # the second is remembered
        response = client.get(REST, headers=headers)
        assert (response.status_code, response.headers.get(ALLOW)) == (200, allowed)
        assert ("ETag" in response.headers.get("Access-Control-Expose-Headers", "")) is (allowed is not None)
        assert ("Origin" in response.headers["Vary"]) is (origins not in ("", "*"))
        assert "Access-Control-Allow-Credentials" not in response.headers


def test_failures_can_be_read_too(made: Made) -> None:
    response = made(OURS, "keys").get(REST, headers={"Origin": OURS})
    assert (response.status_code, response.headers[ALLOW]) == (401, OURS)


@pytest.mark.parametrize("read", ["public", "keys"])
def test_preflight_needs_no_key_and_grants_what_is_needed(made: Made, read: str) -> None:
    client = made(OURS, read)
    response = client.options("/api/v1/batch/lookup", headers={"Origin": OURS, **PREFLIGHT})
    assert (response.status_code, response.headers[ALLOW]) == (204, OURS)
    assert "POST" in response.headers["Access-Control-Allow-Methods"]
    assert "X-API-Key" in response.headers["Access-Control-Allow-Headers"]
    assert response.headers["Access-Control-Max-Age"] == "3600"
    refused = client.options("/api/v1/batch/lookup", headers={"Origin": OTHER, **PREFLIGHT})
    assert ALLOW not in refused.headers
    assert "Access-Control-Allow-Methods" not in refused.headers


def test_without_configuration_preflight_is_refused(made: Made) -> None:
    response = made().options("/api/v1/batch/lookup", headers={"Origin": OURS, **PREFLIGHT})
    assert ALLOW not in response.headers
