"""What operators ask: health, readiness, metrics, headers."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from flask.testing import FlaskClient

from termservice.errors import StoreError


def test_health_and_readiness(client: FlaskClient) -> None:
    for path in ("/healthz", "/readyz"):
        response = client.get(path)
        assert (response.status_code, response.get_json()["status"]) == (200, "ok")
        assert response.headers["Cache-Control"] == "no-store"


def test_a_store_that_cannot_be_read_is_not_ready(client: FlaskClient, service: Any) -> None:
    def fail() -> Any:
        raise StoreError("the store is locked")

    service.health = service.codesystems = fail
    response = client.get("/readyz")
    assert (response.status_code, response.get_json(force=True)["code"]) == (503, "store-unavailable")
    assert client.get("/healthz").status_code == 200
    assert "termservice_up 0.0" in client.get("/metrics").text
    assert client.get("/api/v1/codesystems").status_code == 503


def test_metrics_count_requests_by_route(client: FlaskClient) -> None:
    for code in ("F10", "F20", "X"):
        client.get(f"/api/v1/codesystems/frukt/concepts/{code}")
    client.open("/api/v1/search", method="BREW")
    told = client.get("/metrics").text
    route = 'route="/api/v1/codesystems/<name:system>/concepts/<name:code>"'
    assert f'termservice_http_requests_total{{method="GET",{route},status="200"}} 2.0' in told
    assert f'termservice_http_requests_total{{method="GET",{route},status="404"}} 1.0' in told
    assert f"termservice_http_request_seconds_count{{{route}}} 3.0" in told
    assert "BREW" not in told
    assert "termservice_revision 7.0" in told
    assert 'termservice_concepts{system="frukt"} 5.0' in told


@pytest.mark.parametrize(
    "path", ["/api/v1/codesystems", "/api/v1/nothing", "/", "/nothing", "/static/app.css", "/metrics"]
)
def test_every_answer_is_guarded(client: FlaskClient, path: str) -> None:
    with client.get(path) as response:
        headers = response.headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["Referrer-Policy"] == "same-origin"
    assert "Set-Cookie" not in headers


def test_remembered_answers_are_the_same_and_counted(client: FlaskClient) -> None:
    path = "/api/v1/codesystems/frukt/concepts/F10"
    first, second = client.get(path), client.get(path)
    assert (first.data, first.headers["ETag"]) == (second.data, second.headers["ETag"])
    assert client.get(path, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
    assert 'status="200"} 2.0' in client.get("/metrics").text


def test_nothing_is_remembered_past_a_revision_or_a_day(client: FlaskClient, service: Any) -> None:
    path = "/api/v1/codesystems/frukt/concepts/F10"
    before = client.get(path).get_json()
    answer = service.concept
    service.concept = lambda *args, **kwargs: replace(answer(*args, **kwargs), display="changed")
    assert client.get(path).get_json() == before
    revision, day = service.moment()
    service.moment = lambda: (revision + 1, day)
    assert client.get(path).get_json()["display"] == "changed"
