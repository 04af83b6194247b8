"""Administration over REST: what it answers to holders of an admin key. Who gets that far: `test_access`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from termservice import audit, config, jobs, keys
from termservice.errors import Refused
from termservice.jobs import Job
from termservice.web.app import create_app

ADMIN = "/api/v1/admin"
JOB = Job("20260101T120000-0000abcd", "activate", "toy", "2021", "key:ops", "running", "2026-01-01T12:00:00+01:00")


@pytest.fixture
def admin(toy: Any) -> FlaskClient:
    toy.put("2020", {"A": "Apple"})
    secret, _ = keys.add(toy.home, "ops", "admin")
    settings = config.read(None, {"TERMSERVICE_ACCESS_ADMIN_API": "true"})
    client = create_app(toy.service(), {"TESTING": True}, settings).test_client()
    client.environ_base["HTTP_X_API_KEY"] = secret
    return client


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    """What was begun, without processes."""
    found: list[tuple[Any, ...]] = []

    def start(home: Path, *asked: Any) -> Job:
        found.append(asked)
        return JOB

    monkeypatch.setattr(jobs, "start", start)
    return found


@pytest.mark.parametrize(
    ("path", "body", "begun"),
    [
        ("activate", {"system": "toy", "version": "2021"}, ("activate", "toy", "2021", "key:ops")),
        ("rollback", {"system": "toy"}, ("rollback", "toy", None, "key:ops")),
        ("reindex", {"system": "toy"}, ("reindex", "toy", None, "key:ops")),
        ("reindex", None, ("reindex", None, None, "key:ops")),
    ],
)
def test_changes_are_begun(
    admin: FlaskClient, started: list[tuple[Any, ...]], path: str, body: Any, begun: tuple[Any, ...]
) -> None:
    response = admin.post(f"{ADMIN}/{path}", data=json.dumps(body) if body else None)
    assert (response.status_code, response.headers["Location"]) == (202, f"{ADMIN}/jobs/{JOB.id}")
    assert response.headers["Cache-Control"] == "no-store"
    assert response.get_json()["status"] == "running"
    assert started == [begun]


@pytest.mark.parametrize(
    ("path", "body", "status", "code"),
    [
        ("activate", "{}", 422, "invalid-parameter"), ("activate", "[]", 400, "bad-body"),
        ("activate", "{", 400, "bad-body"), ("activate", '{"system": "toy", "force": true}', 422, "invalid-parameter"),
        ("rollback", '{"system": ""}', 422, "invalid-parameter"), ("reindex?x=1", "{}", 422, "invalid-parameter"),
        ("remove", "{}", 404, "no-such-route"),
    ],
)  # fmt: skip
def test_what_is_wrong_begins_nothing(
    admin: FlaskClient, started: list[tuple[Any, ...]], path: str, body: str, status: int, code: str
) -> None:
    response = admin.post(f"{ADMIN}/{path}", data=body)
    assert (response.status_code, response.get_json(force=True)["code"]) == (status, code)
    assert started == []


def test_another_change_at_work_is_a_conflict(admin: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(*args: object) -> Job:
        raise Refused("another change is at work")

    monkeypatch.setattr(jobs, "start", busy)
    assert admin.post(f"{ADMIN}/reindex").status_code == 409


def test_a_change_can_be_asked_after(admin: FlaskClient, toy: Any) -> None:
    (toy.home / jobs.FOLDER).mkdir()
    jobs._write(toy.home / jobs.FOLDER, JOB)
    one = admin.get(f"{ADMIN}/jobs/{JOB.id}")
    assert (one.status_code, one.get_json()["message"]) == (200, "ended without a word")
    assert [each["id"] for each in admin.get(f"{ADMIN}/jobs").get_json()["items"]] == [JOB.id]
    assert admin.get(f"{ADMIN}/jobs/none").status_code == 404


def test_releases_and_the_audit_log_are_told_and_not_remembered(admin: FlaskClient, toy: Any) -> None:
    (release,) = admin.get(f"{ADMIN}/releases").get_json()["items"]
    assert (release["system"], release["version"], release["status"]) == ("toy", "2020", "active")
    audit.note(toy.home, "tested", "once", "key:me")
    first = admin.get(f"{ADMIN}/audit?limit=1").get_json()["items"]
    assert [(entry["actor"], entry["action"]) for entry in first] == [("key:me", "tested")]
    audit.note(toy.home, "tested", "twice", "key:me")
    assert admin.get(f"{ADMIN}/audit?limit=1").get_json()["items"][0]["detail"] == "twice"


def test_it_is_described(admin: FlaskClient) -> None:
    paths = admin.get("/api/v1/openapi.json").get_json()["paths"]
    described = {path for path in paths if path.startswith("/admin/")}
    assert described == {f"/admin/{name}" for name in
                         ("releases", "audit", "jobs", "jobs/{job}", "activate", "rollback", "reindex")}  # fmt: skip
    assert "202" in paths["/admin/activate"]["post"]["responses"]
    assert admin.get("/docs").status_code == 200
