"""What operators ask: health, readiness, metrics, headers."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from termservice.errors import StoreError
from termservice.web.app import create_app


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


def test_metrics_tell_what_is_in_force_and_how_old_it_is(client: FlaskClient, service: Any) -> None:
    told = client.get("/metrics").text
    assert 'termservice_versions_active{system="frukt"} 2.0' in told
    assert 'termservice_version_in_force{system="frukt",version="2026"} 1.0' in told
    assert 'version="2025"' not in told
    loaded = max(datetime.fromisoformat(each.loaded_at) for each in service.versions("frukt").items)
    (age,) = re.findall(r'termservice_data_age_seconds{system="frukt"} (\S+)', told)
    since = datetime.now(loaded.tzinfo) - loaded
    assert timedelta(seconds=float(age)) <= since
    assert "termservice_last_sync" not in told


def test_searches_are_timed_by_stage(toy: Any) -> None:
    toy.put("2020", {"A": "Apple"})
    client = create_app(toy.service(), {"TESTING": True}).test_client()
    client.get("/api/v1/search?q=apple")
    client.get("/api/v1/search?q=xyzzy")
    told = client.get("/metrics").text
    counts = dict(re.findall(r'termservice_search_stage_seconds_count{stage="(\w+)"} (\S+)', told))
    assert counts == {"match": "2.0", "correct": "1.0", "display": "2.0"}


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (
            {"sources": {"soc": {"succeeded": "2026-11-22T05:00:00+01:00", "failures": 0},
                         "who": {"succeeded": "", "failures": 3}}},
            {'termservice_last_sync_timestamp_seconds{source="soc"} 1.79532e+09',
             'termservice_sync_failures{source="soc"} 0.0', 'termservice_sync_failures{source="who"} 3.0'},
        ),
        ({"sources": 1}, set()), ({}, set()), ("half a fi", set()),
    ],
)  # fmt: skip
def test_what_sync_left_is_told(
    client: FlaskClient, service: Any, tmp_path: Path, state: object, expected: set[str]
) -> None:
    service.home = tmp_path
    (tmp_path / "sync").mkdir()
    (tmp_path / "sync" / "state.json").write_text(state if isinstance(state, str) else json.dumps(state), "utf-8")
    response = client.get("/metrics")
    assert response.status_code == 200
    lines = {line for line in response.text.splitlines() if "sync" in line and not line.startswith("#")}
    assert lines == expected


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
