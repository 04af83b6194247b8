"""Translation and maps over REST: what is asked, what comes back, what is refused."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, urlencode

import pytest
from flask.testing import FlaskClient

from termservice.answers import When
from termservice.maprules import Context, parse_age
from termservice.translating import Question

V1 = "/api/v1"
BATCH = f"{V1}/batch/translate"
MAP = "frukt-till-udda"
URI = "http://example.org/frukt?id=1&x=2"
SWEDISH = {"Accept-Language": "sv"}


def question(**fields: Any) -> Question:
    return Question(**{"system": "frukt", "code": "F10", "lang": ("sv",)} | fields)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", question()),
        ("target=udda", question(target="udda")),
        ("version=2025&target=urn:oid:1.2.3", question(when=When("2025"), target="urn:oid:1.2.3")),
        ("date=2025-06-30&target_version=1&target=udda",
         question(when=When(date="2025-06-30"), target="udda", target_version="1")),
        (f"map={MAP}", question(map=MAP)),
        ("lang=en,sv", question(lang=("en", "sv"))),
        ("age=34", question(context=Context(parse_age("34")))),
        ("age=34+years&sex=female", question(context=Context(parse_age("34 years"), "female"))),
        ("age=P3M&sex=unknown", question(context=Context(parse_age("P3M"), "unknown"))),
        ("codes=", question(context=Context(codes=frozenset()))),
        ("codes=111&codes=222,333", question(context=Context(codes=frozenset({"111", "222", "333"})))),
        ("codes=,+111+,,111", question(context=Context(codes=frozenset({"111"})))),
    ],
)  # fmt: skip
def test_what_is_asked(client: FlaskClient, service: Any, query: str, expected: Question) -> None:
    response = client.get(f"{V1}/translate?system=frukt&code=F10&{query}", headers=SWEDISH)
    assert response.status_code == 200, response.text
    (asked,) = service.maps.questions
    assert asked == expected


def test_a_translation(client: FlaskClient) -> None:
    body = client.get(f"{V1}/translate?system=urn:oid:1.2.3&code=f10.1&target=udda").get_json()
    assert (body["system"], body["version"], body["revision"], body["code"]) == ("frukt", "2026", 7, "F10.1")
    assert (body["target"], body["result"]) == ("udda", True)
    (match,) = body["matches"]
    assert (match["code"], match["relationship"], match["outcome"]) == ("A/B", "related-to", "depends")
    assert [hop["target_code"] for hop in match["via"]] == ["A/B", "A/B"]
    assert [part["code"] for part in match["parts"]] == ["A", "B"]
    assert [each["code"] for each in match["successors"]] == ["B//C"]
    assert body["needs"] == [{"kind": "age", "code": "445518008", "display": "Age at onset", "text": "< 28 days"}]
    assert body["unmapped"][0]["reason"] == "finns ej"


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("", ["code", "system"]),
        ("system=frukt", ["code"]),
        ("system=frukt&code=", ["code"]),
        ("system=frukt&code=F10&age=old", ["age"]),
        ("system=frukt&code=F10&age=", ["age"]),
        ("system=frukt&code=F10&age=-1", ["age"]),
        ("system=frukt&code=F10&age=" + "1" * 101, ["age"]),
        ("system=frukt&code=F10&age=34&age=35", ["age"]),
        ("system=frukt&code=F10&sex=f", ["sex"]),
        ("system=frukt&code=F10&sex=", ["sex"]),
        ("system=frukt&code=F10&codes=" + ",".join(["1"] * 101), ["codes"]),
        ("system=frukt&code=F10&version=2025&date=2025-01-01", ["date", "version"]),
        ("system=frukt&code=F10&date=yesterday", ["date"]),
        ("system=frukt&code=F10&target=&map=&target_version=", ["map", "target", "target_version"]),
        ("system=frukt&code=F10&to=udda", ["to"]),
    ],
)
def test_wrong_parameters_are_named(client: FlaskClient, service: Any, query: str, named: list[str]) -> None:
    response = client.get(f"{V1}/translate?{query}")
    assert response.status_code == 422
    assert response.content_type == "application/problem+json"
    assert sorted(response.get_json(force=True)["errors"]) == named
    assert service.maps.questions == []


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/translate?system=frykt&code=F10", "unknown-system"),
        ("/translate?system=frukt&code=F10&target=nope", "unknown-system"),
        ("/translate?system=frukt&code=F10&map=nope", "unknown-map"),
        ("/translate?system=frukt&code=F99", "unknown-code"),
        ("/translate?system=frukt&code=F10&version=1999", "unknown-version"),
        ("/maps?source=nope", "unknown-system"),
        ("/maps/nope", "unknown-map"),
        ("/maps/nope/versions", "unknown-map"),
        ("/maps/nope/elements", "unknown-map"),
        (f"/maps/{MAP}/elements?version=1999", "unknown-version"),
        ("/codesystems/frykt/concepts/F10/maps", "unknown-system"),
        ("/codesystems/frukt/concepts/F99/maps", "unknown-code"),
    ],
)
def test_what_does_not_exist(client: FlaskClient, path: str, code: str) -> None:
    response = client.get(V1 + path)
    assert (response.status_code, response.get_json(force=True)["code"]) == (404, code)


def test_an_unknown_map_comes_with_the_nearest(client: FlaskClient) -> None:
    body = client.get(f"{V1}/maps/frukt-till-uda").get_json(force=True)
    assert (body["map"], body["nearest"]) == ("frukt-till-uda", [MAP])


def test_the_maps(client: FlaskClient) -> None:
    body = client.get(f"{V1}/maps").get_json()
    assert (body["revision"], body["total"], body["next"]) == (7, 1, None)
    assert body["items"][0]["coverage"]["unmapped"] == 1


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("source=frukt", [MAP]),
        ("source=urn:oid:1.2.3&target=udda", [MAP]),
        ("source=http://example.org/fhir/sid/frukt", [MAP]),
        ("source=udda", []),
        ("target=frukt", []),
    ],
)
def test_maps_from_and_to_a_system_by_any_of_its_names(client: FlaskClient, query: str, found: list[str]) -> None:
    assert [each["id"] for each in client.get(f"{V1}/maps?{query}").get_json()["items"]] == found


@pytest.mark.parametrize("name", [MAP, "urn:conceptmap:frukt-till-udda", "http://example.org/map/frukt"])
def test_a_map_by_any_of_its_names(client: FlaskClient, name: str) -> None:
    for written in (name, quote(name, safe="")):
        assert client.get(f"{V1}/maps/{written}").get_json()["id"] == MAP
        versions = client.get(f"{V1}/maps/{written}/versions").get_json()
        assert (versions["system"], [each["version"] for each in versions["items"]]) == (MAP, ["2026", "2025"])
        elements = client.get(f"{V1}/maps/{written}/elements").get_json()
        assert (elements["system"], elements["total"]) == (MAP, 4)


def test_pages_of_elements_follow_each_other_with_all_parameters(client: FlaskClient) -> None:
    url, seen = f"{V1}/maps/{MAP}/elements?version=2025&limit=3", []
    while url:
        body = client.get(url).get_json()
        seen.append([each["source"] for each in body["items"]])
        assert body["version"] == "2025"
        url = body["next"]
    assert seen == [["F10", "F10", "F20"], [URI]]


@pytest.mark.parametrize("path", ["/maps", f"/maps/{MAP}", f"/maps/{MAP}/versions", f"/maps/{MAP}/elements"])
def test_what_takes_no_language_refuses_one(client: FlaskClient, path: str) -> None:
    response = client.get(f"{V1}{path}?lang=sv")
    assert (response.status_code, [*response.get_json(force=True)["errors"]]) == (422, ["lang"])


@pytest.mark.parametrize(
    ("system", "code", "others"),
    [
        ("frukt", "F10", ["A/B", "x.y/z&a%b"]),
        ("frukt", URI, ["A&B"]),
        ("udda", "A/B", ["F10"]),
        ("udda", "x.y/z&a%b", ["F10"]),
        ("udda", "A&B", [URI]),
    ],
)
def test_the_maps_of_a_concept_whatever_its_code(
    client: FlaskClient, system: str, code: str, others: list[str]
) -> None:
    for written in (quote(code, safe=""), quote(code, safe="/&:")):
        body = client.get(f"{V1}/codesystems/{system}/concepts/{written}/maps?lang=en").get_json()
        assert (body["system"], body["code"], body["display"]) == (system, code, f"{code} (en)")
        side = "target" if system == "frukt" else "source"
        assert [each[side] for each in body["items"]] == others


@pytest.mark.parametrize("path", ["/translate?system=frukt&code=F10", "/maps", f"/maps/{MAP}/elements"])
def test_asking_again(client: FlaskClient, path: str) -> None:
    etag = client.get(V1 + path).headers["ETag"]
    assert client.get(V1 + path, headers={"If-None-Match": etag}).status_code == 304


def test_a_batch_answers_each_in_its_place(client: FlaskClient, service: Any) -> None:
    items: list[Any] = [
        {"system": "frukt", "code": "F10"},
        {"system": "frukt", "code": "f20", "target": "udda", "target_version": "1", "map": MAP, "date": "2026-02-01"},
        {"system": "frukt", "code": "F10", "version": "2025", "age": 34, "sex": "male", "codes": ["111", "222"]},
        {"system": "frukt", "code": "F10", "age": "34 years", "codes": []},
        {"system": "frukt", "code": "F99"},
        {"system": "frukt", "code": "F10", "map": "nope"},
        {"system": "frukt", "code": "F10", "age": "old", "sex": 1, "codes": "111"},
        {"system": "frukt", "code": "F10", "age": True},
        {"system": "frukt", "code": "F10", "display": "Äpplen"},
        {"code": "F10", "version": "2025", "date": "2025-01-01"},
        None,
    ]
    body = client.post(BATCH, json={"items": items}, headers=SWEDISH).get_json()
    assert (body["revision"], body["total"]) == (7, len(items))
    assert [item["code"] for item in body["items"]] == [
        "F10", "F20", "F10", "F10", "unknown-code", "unknown-map", *["invalid-parameter"] * 5,
    ]  # fmt: skip
    assert [sorted(item["errors"]) for item in body["items"][6:]] == [
        ["age", "codes", "sex"], ["age"], ["display"], ["system"], ["_"],
    ]  # fmt: skip
    age = parse_age("34")
    assert service.maps.questions == [
        question(),
        question(code="f20", target="udda", target_version="1", map=MAP, when=When(date="2026-02-01")),
        question(when=When("2025"), context=Context(age, "male", frozenset({"111", "222"}))),
        question(context=Context(age, codes=frozenset())),
        question(code="F99"),
        question(map="nope"),
    ]


def test_a_batch_has_ten_thousand_items_at_most_and_no_parameters(client: FlaskClient, service: Any) -> None:
    for path, body in ((BATCH, {"items": [{}] * 10_001}), (f"{BATCH}?target=udda", {"items": []})):
        assert client.post(path, json=body).status_code == 422
    assert client.post(BATCH, data="[]").status_code == 400
    many = client.post(BATCH, json={"items": [{"system": "frukt", "code": "F10"}] * 10_000}).get_json()
    assert many["total"] == len(many["items"]) == len(service.maps.questions) == 10_000


def test_a_translation_of_an_odd_code_by_its_query(client: FlaskClient, service: Any) -> None:
    for code in ("A/B", "A&B", "a%b", "q?r#s"):
        query = urlencode({"system": "udda", "code": code})
        assert client.get(f"{V1}/translate?{query}").get_json()["code"] == code


def test_the_description_shows_them(client: FlaskClient) -> None:
    page = client.get("/docs").text
    for path in ("/translate", "/maps/{id}/elements", "/codesystems/{id}/concepts/{code}/maps", "/batch/translate"):
        assert f"<code>{path}</code>" in page
    assert "unknown-map" in page
    described = client.get(f"{V1}/openapi.json").get_json()["paths"]["/translate"]["get"]
    parameters = {each["name"]: each for each in described["parameters"]}
    assert parameters.keys() == {
        "system", "code", "version", "date", "target", "target_version", "map", "age", "sex", "codes", "lang",
    }  # fmt: skip
    assert parameters["sex"]["schema"]["enum"] == ["female", "male", "other", "unknown"]
    assert (parameters["codes"]["schema"]["type"], parameters["codes"]["explode"]) == ("array", True)
    assert parameters["system"]["required"]
