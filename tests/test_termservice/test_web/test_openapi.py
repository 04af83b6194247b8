"""The description is whole and true: every route and parameter is in it, live answers fit it."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from marshmallow import Schema

from termservice import answers, mapanswers, maprules, valuesetanswers
from termservice.web import mapschemas, schemas, valuesetschemas
from termservice.web.api import PREFIX
from termservice.web.describing import Operation
from termservice.web.openapi import build, described_rules

LIVE = {
    "/codesystems": "",
    "/codesystems/{id}": "",
    "/codesystems/{id}/versions": "",
    "/codesystems/{id}/concepts": "?limit=2",
    "/codesystems/{id}/ecl": "?expression=*&limit=2",
    "/codesystems/{id}/ecl/members": "?expression=%5E%20%5B*%5D%20447562003&limit=1",
    "/codesystems/{id}/roots": "",
    "/codesystems/{id}/subsumes": "?codeA=F10&codeB=F20",
    "/codesystems/{id}/concepts/{code}": "",
    "/codesystems/{id}/concepts/{code}/children": "?limit=1",
    "/codesystems/{id}/concepts/{code}/ancestors": "",
    "/codesystems/{id}/concepts/{code}/descendants": "?limit=1&offset=1",
    "/codesystems/{id}/concepts/{code}/history": "",
    "/codesystems/{id}/changes": "?from=2025&source=all",
    "/codesystems/{id}/concepts/{code}/maps": "",
    "/search": "?q=p&limit=2",
    "/translate": "?system=frukt&code=F10",
    "/maps": "",
    "/maps/{id}": "",
    "/maps/{id}/versions": "",
    "/maps/{id}/elements": "?limit=2",
    "/valuesets": "",
    "/valuesets/{id}": "",
    "/valuesets/{id}/versions": "",
    "/valuesets/{id}/members": "?limit=2",
    "/valuesets/{id}/changes": "?from=2025",
}
BODY = {"items": [{"system": "frukt", "code": "F10"}, {"system": "frukt", "code": "X"}]}


def document(app: Flask) -> dict[str, Any]:
    with app.app_context():
        return build(app)


def address(path: str) -> str:
    names = {"maps": "frukt-till-udda", "valuesets": "urval-frukt"}
    return PREFIX + path.format(id=names.get(path.split("/")[1], "frukt"), code="F10")


def described(app: Flask) -> dict[str, Operation]:
    names = {"system": "id", "map": "id", "valueset": "id"}
    return {
        re.sub(r"<(?:\w+:)?(\w+)>", lambda m: f"{{{names.get(m[1], m[1])}}}", rule.rule).removeprefix(PREFIX): operation
        for rule, operation in described_rules(app)
    }


def test_every_route_is_described(app: Flask) -> None:
    rules = {rule.rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/api/")}
    with app.app_context():
        assert {rule.rule for rule, _ in described_rules(app)} == rules
    assert len(document(app)["paths"]) == len(rules)


def test_a_route_that_says_nothing_of_itself_is_found(app: Flask) -> None:
    app.add_url_rule(PREFIX + "/silent", "silent", lambda: "")
    with pytest.raises(LookupError, match="/silent is not described"):
        document(app)


def test_every_parameter_is_described(app: Flask) -> None:
    for path, operations in document(app)["paths"].items():
        for operation in operations.values():
            given = operation["parameters"]
            assert {p["name"] for p in given if p["in"] == "path"} == set(re.findall(r"{(\w+)}", path))
            for parameter in given:
                assert parameter["description"], (path, parameter["name"])
                assert parameter["schema"], (path, parameter["name"])


def test_parameters_not_described_are_refused_and_described_ones_are_known(app: Flask, client: FlaskClient) -> None:
    for path, operations in document(app)["paths"].items():
        if "get" not in operations or path == "/openapi.json":
            continue
        url = address(path)
        names = {p["name"] for p in operations["get"]["parameters"] if p["in"] == "query"}
        # A value too long for any: known parameters complain of the value, unknown ones of the name.
        errors = client.get(url, query_string=dict.fromkeys([*names, "unheard"], "x" * 2000)).get_json(force=True)[
            "errors"
        ]
        assert errors["unheard"] == "Unknown field."
        assert not [name for name in names if errors.get(name) == "Unknown field."]


def test_it_is_an_openapi_3_1_document_whose_references_lead_somewhere(client: FlaskClient) -> None:
    body = client.get(f"{PREFIX}/openapi.json").get_json()
    assert body["openapi"].startswith("3.1.")
    assert body["info"]["title"] == "termservice"
    names = set(re.findall(r'"#/components/schemas/([^"]+)"', json.dumps(body)))
    assert names
    assert names <= body["components"]["schemas"].keys()
    identifiers = [op["operationId"] for ops in body["paths"].values() for op in ops.values()]
    assert len(identifiers) == len(set(identifiers))


def test_every_field_of_every_answer_has_a_meaning(app: Flask) -> None:
    for name, schema in document(app)["components"]["schemas"].items():
        for field, meaning in schema["properties"].items():
            assert meaning.get("description") or "$ref" in json.dumps(meaning), (name, field)


def test_live_answers_fit_their_description(app: Flask, client: FlaskClient) -> None:
    operations = described(app)
    plain = {path for path, op in operations.items() if op.answer is not None and op.body is None}
    assert plain == LIVE.keys()
    for path, query in LIVE.items():
        body = client.get(address(path) + query).get_json()
        schema = operations[path].answer
        assert schema is not None
        assert schema.validate(body) == {}, path


@pytest.mark.parametrize(
    ("path", "schema"),
    [
        ("lookup", schemas.ConceptSchema()),
        ("validate", schemas.ValidateSchema()),
        ("history", schemas.HistorySchema()),
        ("translate", mapschemas.TranslateSchema()),
    ],
)
def test_batches_fit_their_description(app: Flask, client: FlaskClient, path: str, schema: Schema) -> None:
    operation = described(app)[f"/batch/{path}"]
    assert operation.answer is not None
    body = client.post(f"{PREFIX}/batch/{path}", json=BODY).get_json()
    assert operation.answer.validate(body) == {}
    assert schema.validate(body["items"][0]) == {}


def test_problems_fit_their_description(client: FlaskClient) -> None:
    for path in ("/codesystems/x", "/search", "/codesystems/frukt/concepts/F30?version=2026", "/nothing"):
        body = client.get(PREFIX + path).get_json(force=True)
        assert schemas.ProblemSchema(unknown="exclude").validate(body) == {}


@pytest.mark.parametrize(
    ("value", "schema"),
    [
        (answers.CodeSystemInfo, schemas.CodeSystemSchema),
        (answers.VersionInfo, schemas.VersionSchema),
        (answers.ConceptAnswer, schemas.ConceptSchema),
        (answers.ConceptSummary, schemas.ConceptSummarySchema),
        (answers.DesignationAnswer, schemas.DesignationSchema),
        (answers.NoteAnswer, schemas.NoteSchema),
        (answers.PropertyAnswer, schemas.PropertySchema),
        (answers.Page, schemas.ConceptPageSchema),
        (answers.Listing, schemas.VersionsSchema),
        (answers.SubsumesAnswer, schemas.SubsumesSchema),
        (answers.SearchAnswer, schemas.SearchSchema),
        (answers.SearchItem, schemas.SearchItemSchema),
        (answers.Matched, schemas.MatchedSchema),
        (answers.ValidateAnswer, schemas.ValidateSchema),
        (answers.HistoryAnswer, schemas.HistorySchema),
        (answers.Event, schemas.EventSchema),
        (answers.Source, schemas.SourceSchema),
        (answers.Successor, schemas.SuccessorSchema),
        (answers.Suggestion, schemas.SuggestionSchema),
        (answers.ChangesAnswer, schemas.ChangesSchema),
        (answers.Change, schemas.ChangeSchema),
        (mapanswers.TranslateAnswer, mapschemas.TranslateSchema),
        (mapanswers.Match, mapschemas.MatchSchema),
        (mapanswers.Unmapped, mapschemas.UnmappedSchema),
        (mapanswers.Hop, mapschemas.HopSchema),
        (mapanswers.Part, mapschemas.PartSchema),
        (maprules.Need, mapschemas.NeedSchema),
        (mapanswers.ElementAnswer, mapschemas.ElementSchema),
        (answers.Page, mapschemas.ElementPageSchema),
        (mapanswers.ConceptMaps, mapschemas.ConceptMapsSchema),
        (mapanswers.MapInfo, mapschemas.MapSchema),
        (mapanswers.Coverage, mapschemas.CoverageSchema),
        (valuesetanswers.ValueSetInfo, valuesetschemas.ValueSetSchema),
        (valuesetanswers.Source, valuesetschemas.ValueSetSourceSchema),
        (valuesetanswers.MembersAnswer, valuesetschemas.MembersSchema),
        (valuesetanswers.MemberAnswer, valuesetschemas.MemberSchema),
        (valuesetanswers.MemberChanges, valuesetschemas.MemberChangesSchema),
        (valuesetanswers.MemberChange, valuesetschemas.MemberChangeSchema),
    ],
)
def test_answers_have_just_the_fields_described(value: Any, schema: type[Schema]) -> None:
    assert set(value.__dataclass_fields__) == set(schema().fields)
