"""Expression constraints over REST: pages in order of code, and errors that point at the character."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

PATH = "/api/v1/codesystems/frukt/ecl"


def test_pages(client: FlaskClient) -> None:
    first = client.get(PATH, query_string={"expression": "<< 404684003", "limit": 2}).get_json()
    assert (first["system"], len(first["items"])) == ("frukt", 2)
    last = first["items"][-1]["code"]
    assert first["next"].endswith(f"after={last}")
    second = client.get(first["next"]).get_json()
    assert second["total"] == first["total"]
    assert second["items"][0]["code"] > last


@pytest.mark.parametrize(
    ("expression", "position"), [("<< ", 3), ("<< 404684003 AND", 16), ("404684003 : = 1", 12), ("^^ x", 1)]
)
def test_an_error_points_at_the_character(client: FlaskClient, expression: str, position: int) -> None:
    response = client.get(PATH, query_string={"expression": expression})
    body = response.get_json()
    assert (response.status_code, body["code"], response.mimetype) == (400, "invalid-ecl", "application/problem+json")
    assert body["position"] == position, body["detail"]
    assert f"(character {position + 1})" in body["detail"]


@pytest.mark.parametrize(
    "query", [{}, {"expression": ""}, {"expression": "*", "offset": "1"}, {"expression": "x" * 20_001}]
)
def test_wrong_parameters(client: FlaskClient, query: dict[str, str]) -> None:
    assert client.get(PATH, query_string=query).status_code == 422


def test_members_with_their_fields(client: FlaskClient) -> None:
    query = {"expression": "^ [*] 447562003", "limit": 1}
    first = client.get(PATH + "/members", query_string=query).get_json()
    assert first["items"] == [{"referencedComponentId": "404684003", "mapGroup": 0, "mapTarget": None}]
    second = client.get(first["next"]).get_json()
    assert [item["referencedComponentId"] for item in second["items"]] == ["138875005"] and second["next"] is None
    assert client.get(PATH + "/members", query_string={"expression": "^ [a"}).status_code == 400
    assert client.get(PATH + "/members", query_string={**query, "after": "1"}).status_code == 422
