"""Value sets over REST: what is asked, what comes back, what is refused."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient

V1 = "/api/v1/valuesets"
OWN = f"{V1}/urval-frukt"


@pytest.mark.parametrize("name", ["urval-frukt", "http://example.org/ValueSet/urval-frukt", "urn:oid:1.2.3.9"])
def test_a_value_set_by_any_name(client: FlaskClient, name: str) -> None:
    body = client.get(f"{V1}/{quote(name, safe='')}").get_json()
    assert (body["id"], body["members"], body["compose"]) == ("urval-frukt", 3, None)
    assert [each["version"] for each in body["systems"]] == ["2026", None]
    assert client.get(f"{V1}/{quote(name, safe='')}/members").get_json()["valueset"] == "urval-frukt"
    (listed,) = client.get(V1).get_json()["items"]
    assert listed == body


def test_its_versions(client: FlaskClient) -> None:
    body = client.get(f"{OWN}/versions").get_json()
    assert (body["system"], [each["version"] for each in body["items"]]) == ("urval-frukt", ["2026", "2025"])


def test_members_page_by_page(client: FlaskClient) -> None:
    url, found = f"{OWN}/members?date=2025-06-30&limit=2&lang=sv", []
    while url:
        body = client.get(url).get_json()
        assert (body["version"], body["date"], body["total"]) == ("2025", "2025-06-30", 3)
        found += body["items"]
        url = body["next"]
    assert [each["status"] for each in found] == ["current", "withdrawn", "not-loaded"]
    assert [each["code"] for each in found[1]["successors"]] == ["F20"]
    assert (found[2]["active"], found[2]["display"]) == (None, None)


def test_what_joined_and_left(client: FlaskClient) -> None:
    body = client.get(f"{OWN}/changes?from=2025-06-30&limit=1").get_json()
    assert (body["after_version"], body["version"], body["added"], body["removed"]) == ("2025", "2026", 1, 1)
    assert [each["type"] for each in body["items"]] == ["added"]
    assert client.get(body["next"]).get_json()["items"][0]["type"] == "removed"
    back = client.get(f"{OWN}/changes?from=2026&to=2025").get_json()
    assert (back["after_version"], back["version"]) == ("2026", "2025")


@pytest.mark.parametrize(
    ("path", "status", "told"),
    [
        ("/okänt", 404, {"code": "unknown-value-set", "nearest": ["urval-frukt"]}),
        ("/okänt/members", 404, {"code": "unknown-value-set"}),
        ("/urval-frukt/members?version=1999", 404, {"code": "unknown-version", "nearest": ["2025", "2026"]}),
        ("/urval-frukt/members?limit=0", 422, {}),
        ("/urval-frukt/members?version=2025&date=2025-01-01", 422, {}),
        ("/urval-frukt/changes", 422, {"errors": {"from": "Missing data for required field."}}),
        ("/urval-frukt/changes?from=1999", 404, {"code": "unknown-version"}),
    ],
)
def test_problems(client: FlaskClient, path: str, status: int, told: dict[str, Any]) -> None:
    response = client.get(V1 + path)
    assert (response.status_code, response.content_type) == (status, "application/problem+json")
    body = response.get_json(force=True)
    assert {name: body[name] for name in told} == told


def test_an_answer_is_not_sent_twice(client: FlaskClient) -> None:
    first = client.get(f"{OWN}/members")
    assert client.get(f"{OWN}/members", headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
