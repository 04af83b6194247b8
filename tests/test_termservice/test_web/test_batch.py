"""Batches: each item answered in its place, failures alone in theirs; bad bodies refused whole."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

LOOKUP = "/api/v1/batch/lookup"
VALIDATE = "/api/v1/batch/validate"


def test_each_item_is_answered_in_its_place(client: FlaskClient) -> None:
    items: list[Any] = [
        {"system": "frukt", "code": "F10"},
        {"system": "frukt", "code": "X"},
        {"system": "nope", "code": "F10"},
        {"system": "frukt", "code": "F30", "version": "2026"},
        {"system": "frukt", "code": "F30", "date": "2025-05-05"},
        {"system": "frukt", "code": "F10", "version": "2026", "date": "2026-01-01"},
        {"system": "frukt", "code": 10},
        {"code": "F10", "colour": "red"},
        "F10",
        None,
        {"system": "frukt", "code": "F20", "display": "not used"},
    ]
    body = client.post(LOOKUP, json={"items": items}).get_json()
    assert (body["revision"], body["total"]) == (7, len(items))
    told = [item.get("display") or (item["status"], item["code"]) for item in body["items"]]
    wrong = (422, "invalid-parameter")
    assert told == [
        "Äpplen", (404, "unknown-code"), (404, "unknown-system"), (404, "code-not-in-version"), "Kvitten",
        wrong, wrong, wrong, wrong, wrong, "Päron & <annat>",
    ]  # fmt: skip
    assert body["items"][5]["errors"].keys() == {"version", "date"}
    assert body["items"][7]["errors"].keys() == {"system", "colour"}


def test_validate_takes_the_display(client: FlaskClient) -> None:
    items = [
        {"system": "frukt", "code": "F10", "display": "Äpplen"},
        {"system": "frukt", "code": "F10", "display": "Päron"},
        {"system": "frukt", "code": "F99"},
        {"system": "frukt", "code": "F10", "display": None},
    ]
    body = client.post(VALIDATE, json={"items": items}).get_json()
    assert [item["result"] for item in body["items"]] == [True, False, False, True]


def test_no_items_are_no_answers(client: FlaskClient) -> None:
    assert client.post(LOOKUP, json={"items": []}).get_json()["items"] == []


@pytest.mark.parametrize("path", [LOOKUP, VALIDATE])
@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"null", b'"x"', b"\xff\xfe", b"\x00", b'{"items": "\\ud800"}', b"[" * 100_000, b"{" * 5000],
)
def test_a_body_that_is_no_json_object_is_refused(client: FlaskClient, path: str, body: bytes) -> None:
    response = client.post(path, data=body, content_type="application/json")
    assert response.status_code == 400
    assert response.get_json(force=True)["code"] == "bad-body"


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({}, "items"),
        ({"items": None}, "items"),
        ({"items": {}}, "items"),
        ({"items": [{}] * 10_001}, "items"),
        ({"items": [], "more": 1}, "more"),
    ],
)
def test_a_body_of_another_shape_is_refused_by_name(client: FlaskClient, body: Any, named: str) -> None:
    response = client.post(LOOKUP, json=body)
    assert response.status_code == 422
    assert list(response.get_json(force=True)["errors"]) == [named]


def test_ten_thousand_items_are_taken(client: FlaskClient) -> None:
    body = client.post(VALIDATE, json={"items": [{"system": "frukt", "code": "F10"}] * 10_000}).get_json()
    assert body["total"] == len(body["items"]) == 10_000


def test_a_body_too_large_is_refused(client: FlaskClient) -> None:
    response = client.post(LOOKUP, data=b" " * (8 * 1024 * 1024 + 1), content_type="application/json")
    assert response.status_code == 413
    assert response.get_json(force=True)["code"] == "body-too-large"


def test_parameters_are_not_taken(client: FlaskClient) -> None:
    assert client.post(f"{LOOKUP}?lang=sv", json={"items": []}).status_code == 422
