"""Over HTTP, in R5 and R4: what is served where, in which form, and that every failure is an OperationOutcome."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.test_termservice.test_fhir.asking import TOY, Fhir, issue, value

LOOKUP = f"CodeSystem/$lookup?system={TOY}&code=A.1"
FAILURES = [
    # method, path, body, status, what the text says
    ("GET", "nothing", None, 404, "/metadata"),
    ("GET", "Patient/1", None, 404, "/metadata"),
    ("GET", "", None, 405, ""),
    ("GET", "CodeSystem/nothing", None, 404, "There is no CodeSystem 'nothing'"),
    ("GET", "ValueSet/$nothing", None, 404, "no operation $nothing on ValueSet"),
    ("GET", "ConceptMap/$expand", None, 404, "no operation $expand on ConceptMap"),
    ("GET", "CodeSystem/nothing/$lookup?code=A", None, 404, "There is no CodeSystem 'nothing'"),
    ("PUT", "CodeSystem/toy", "{}", 405, ""),
    ("POST", "CodeSystem", "{}", 405, ""),
    ("DELETE", "CodeSystem/toy", None, 405, ""),
    ("POST", "CodeSystem/$lookup", "{", 400, "not JSON"),
    ("POST", "CodeSystem/$lookup", "[]", 400, "must be a FHIR resource"),
    ("POST", "CodeSystem/$lookup", '{"resourceType": 7}', 400, "must be a FHIR resource"),
    ("POST", "CodeSystem/$lookup", '{"resourceType": "Patient"}', 400, "Parameters"),
    ("POST", "CodeSystem/$lookup", '{"resourceType": "Parameters", "parameter": {}}', 400, "must be a list"),
    ("POST", "CodeSystem/$lookup", '{"resourceType": "Parameters", "parameter": [1]}', 400, "name"),
    ("GET", "CodeSystem/$lookup", None, 400, "'code'"),
    ("GET", "CodeSystem/$lookup?code=A", None, 400, "system"),
    ("GET", f"CodeSystem/$lookup?system={TOY}&code=Q", None, 404, f"Unknown code 'Q' in the CodeSystem '{TOY}'"),
    ("GET", f"CodeSystem/$lookup?system={TOY}&code=A&version=1", None, 404, "Valid versions: 2020 or 2021"),
    ("GET", "CodeSystem/$lookup?system=urn:nothing&code=A", None, 404, "CodeSystem 'urn:nothing' could not be found"),
    ("GET", f"CodeSystem/$lookup?system={TOY}&code=A&system-version=x", None, 400, "canonical with a version"),
    ("GET", f"CodeSystem/$lookup?system={TOY}&code=A&date=soon", None, 422, "date"),
    ("GET", "CodeSystem?_summary=most", None, 400, "_summary"),
    ("GET", "CodeSystem?url:below=x", None, 400, "modifier 'below'"),
    ("GET", "CodeSystem?_count=many", None, 400, "_count"),
    ("GET", "metadata?mode=all", None, 400, "mode"),
    ("GET", "ConceptMap/$translate", None, 400, "sourceCode"),
    ("GET", "ConceptMap/$translate?sourceCode=A", None, 400, "code system"),
    ("GET", f"ConceptMap/$translate?sourceCode=A&system={TOY}&url=urn:nothing", None, 404, "urn:nothing"),
    ("GET", f"CodeSystem/$subsumes?codeA=A&codeB=Q&system={TOY}", None, 404, "'Q'"),
    ("GET", f"CodeSystem/$subsumes?codeA=A&system={TOY}", None, 400, "codeB"),
]  # fmt: skip


@pytest.mark.parametrize(("method", "path", "body", "status", "text"), FAILURES)
def test_failures_are_outcomes(fhir: Fhir, method: str, path: str, body: str | None, status: int, text: str) -> None:
    response = fhir.send(method, path, data=body, content_type="application/json" if body else None)
    assert (response.status_code, text in issue(response.get_json())[1]) == (status, True), response.text


def test_beyond_the_versions_there_is_nothing(fhir: Fhir) -> None:
    response = fhir.client.get("/fhir/r3/metadata")
    assert (response.status_code, issue(response.get_json())[0]) == (404, "not-found")


def test_bodies_have_a_limit(loaded: Any) -> None:
    from termservice.web.app import create_app

    client = create_app(loaded.service(), {"MAX_CONTENT_LENGTH": 10}).test_client()
    response = client.post("/fhir/r5/CodeSystem/$lookup", data="{" * 11, content_type="application/json")
    assert (response.status_code, issue(response.get_json())[0]) == (413, "too-long")


@pytest.mark.parametrize(
    ("accept", "suffix", "status"),
    [
        ("", "", 200),
        ("*/*", "", 200),
        ("application/fhir+json", "", 200),
        ("application/fhir+xml, application/json;q=0.5", "", 200),
        ("text/html,application/xhtml+xml,*/*;q=0.8", "", 200),
        ("application/fhir+xml", "", 406),
        ("application/fhir+xml, application/json;q=0", "", 406),
        ("text/turtle", "", 406),
        ("application/fhir+json; fhirVersion=3.0", "", 406),
        ("application/fhir+xml", "&_format=json", 200),
        ("", "&_format=application/fhir%2Bjson", 200),
        ("", "&_format=application/fhir+json", 200),
        ("", "&_format=xml", 406),
    ],
)
def test_only_json_is_spoken(fhir: Fhir, accept: str, suffix: str, status: int) -> None:
    response = fhir.send("GET", LOOKUP + suffix, headers={"Accept": accept} if accept else {})
    assert response.status_code == status
    if status == 406:
        assert "JSON" in issue(response.get_json())[1]


def test_the_fhir_version_may_be_named(fhir: Fhir) -> None:
    own = {"r5": "5.0", "r4": "4.0"}[fhir.release]
    response = fhir.send("GET", LOOKUP, headers={"Accept": f"application/fhir+json; fhirVersion={own}"})
    assert response.status_code == 200


def test_other_bodies_than_json_are_refused(fhir: Fhir) -> None:
    response = fhir.send("POST", "CodeSystem/$lookup", data="<x/>", content_type="application/fhir+xml")
    assert (response.status_code, issue(response.get_json())[0]) == (415, "not-supported")


def test_answers_have_etags(fhir: Fhir) -> None:
    first = fhir.send("GET", LOOKUP)
    again = fhir.send("GET", LOOKUP, headers={"If-None-Match": first.headers["ETag"]})
    assert (first.status_code, again.status_code, again.data) == (200, 304, b"")
    assert fhir.send("GET", LOOKUP, headers={"If-None-Match": '"other"'}).status_code == 200


def test_an_expansion_made_again_has_the_same_etag(fhir: Fhir) -> None:
    path = f"ValueSet/$expand?url={TOY}?fhir_vs"
    first, again = (fhir.send("GET", path, headers={"Accept": accept}) for accept in ("", "*/*"))
    assert first.get_json()["expansion"]["identifier"] != again.get_json()["expansion"]["identifier"]
    assert first.headers["ETag"] == again.headers["ETag"]


def test_remembered_answers_are_of_their_host_and_form(fhir: Fhir) -> None:
    path = "CodeSystem?_count=1"
    assert fhir.get(path)["link"][0]["url"].startswith("http://localhost/fhir/")
    elsewhere = fhir.send("GET", path, headers={"Host": "terms.example"}).get_json()
    assert elsewhere["link"][0]["url"].startswith("http://terms.example/fhir/")
    assert fhir.send("GET", path, headers={"Accept": "application/fhir+xml"}).status_code == 406


def test_answers_carry_the_headers_of_all_programs(fhir: Fhir) -> None:
    response = fhir.send("GET", "metadata")
    assert response.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_pretty_on_request(fhir: Fhir) -> None:
    assert b'\n  "parameter"' in fhir.send("GET", LOOKUP + "&_pretty=true").data


@pytest.mark.parametrize("url", [f"{TOY}?fhir_vs", quote(f"{TOY}?fhir_vs", safe=""), f"{TOY}?fhir_vs=isa/A"])
def test_urls_in_urls(fhir: Fhir, url: str) -> None:
    found = fhir.send("GET", f"ValueSet/$expand?url={url}").get_json()
    assert [each["code"] for each in found["expansion"]["contains"]][:1] == ["A"]


@pytest.mark.parametrize("name", [TOY, "urn:oid:1.2.3.4", "http://example.org/old/toy", f"{TOY}|2020"])
def test_code_systems_answer_to_all_their_names(fhir: Fhir, name: str) -> None:
    assert value(fhir.get("CodeSystem/$lookup", system=name, code="A.1"), "display") == "Apple"


def test_a_resource_may_be_posted_by_itself(fhir: Fhir) -> None:
    valueset = {"resourceType": "ValueSet", "status": "active", "compose": {"include": [{"system": TOY}]}}
    found = fhir.post("ValueSet/$expand?count=1", valueset)
    assert [each["code"] for each in found["expansion"]["contains"]] == ["A"]


def test_instances_are_asked_by_their_ids(fhir: Fhir) -> None:
    assert value(fhir.get("CodeSystem/toy/$lookup", code="A.1"), "version") == "2021"
    assert value(fhir.get("CodeSystem/toy--2020/$lookup", code="B"), "display") == "Bread"
    assert value(fhir.get("CodeSystem/toy/$subsumes", codeA="A", codeB="A.1"), "outcome") == "subsumes"
    assert value(fhir.get("CodeSystem/toy/$validate-code", code="A.1"), "result") is True
    assert value(fhir.get("ValueSet/toy/$validate-code", code="A.1", system=TOY), "result") is True
    assert fhir.get("ValueSet/toy--2020/$expand")["expansion"]["total"] == 4
    found = fhir.get("ConceptMap/toy-to-odd/$translate", sourceCode="A.1", system=TOY)
    assert value(found, "result") is True


def test_a_batch_is_answered_entry_by_entry(fhir: Fhir) -> None:
    toy = {"resourceType": "CodeSystem", "url": "urn:own", "status": "active", "content": "complete",
           "concept": [{"code": "o", "display": "Own"}]}  # fmt: skip
    own = [{"name": "tx-resource", "resource": toy}, {"name": "url", "valueUri": "urn:own"}]
    code = {"name": "code", "valueCode": "o"}
    look = [{"name": "system", "valueUri": "urn:own"}, code]

    def posted(url: str, parameter: Any) -> dict[str, Any]:
        return {
            "request": {"method": "POST", "url": url},
            "resource": {"resourceType": "Parameters", "parameter": parameter},
        }

    base = f"http://localhost/fhir/{fhir.release}"
    bundle = {
        "resourceType": "Bundle",
        "type": "batch",
        "entry": [
            posted("CodeSystem/$validate-code", [*own, code]),
            posted(f"{base}/CodeSystem/$lookup", look),
            {"request": {"method": "GET", "url": LOOKUP}},
            {"request": {"method": "GET", "url": "CodeSystem/nothing"}},
            {"request": {"method": "DELETE", "url": "CodeSystem/toy"}},
            {"request": {"method": "GET", "url": "/"}},
            {"request": 7},
        ],
    }
    found = fhir.post("", bundle)
    assert found["type"] == "batch-response"
    statuses = [each["response"]["status"][:3] for each in found["entry"]]
    assert statuses == ["200", "200", "200", "404", "405", "400", "400"]
    assert value(found["entry"][1]["resource"], "display") == "Own"
    assert value(found["entry"][2]["resource"], "display") == "Apple"
    assert found["entry"][3]["response"]["outcome"]["resourceType"] == "OperationOutcome"


@pytest.mark.parametrize(
    ("bundle", "text"),
    [
        ({"resourceType": "Bundle", "type": "transaction"}, "batch"),
        ({"resourceType": "Parameters"}, "batch"),
        ({"resourceType": "Bundle", "type": "batch", "entry": {}}, "entry"),
    ],
)
def test_only_batches_are_taken(fhir: Fhir, bundle: Any, text: str) -> None:
    assert text in issue(fhir.post("", bundle, 400))[1]


def test_without_a_store_requests_bring_all_they_need(empty: Fhir) -> None:
    own = {"resourceType": "CodeSystem", "url": "urn:own", "status": "active", "content": "complete",
           "concept": [{"code": "o", "display": "Own"}]}  # fmt: skip
    asked = [
        {"name": "tx-resource", "resource": own},
        {"name": "system", "valueUri": "urn:own"},
        {"name": "code", "valueCode": "o"},
    ]
    assert value(empty.post("CodeSystem/$lookup", asked), "display") == "Own"
    assert empty.get("metadata", mode="terminology")["resourceType"] == "TerminologyCapabilities"
    assert empty.get("CodeSystem")["total"] == 2
    assert value(empty.get("ConceptMap/$translate", sourceCode="x", system="urn:own"), "result") is False
    assert empty.client.get("/healthz").status_code == 200


ODDITIES: list[Any] = [None, 7, "text", [], {}, [1], [[]], {"a": 1}, [{"code": 7}], [{"url": []}], True]
PATHS = ("CodeSystem/$lookup", "CodeSystem/$validate-code", "CodeSystem/$subsumes", "ValueSet/$expand",
         "ValueSet/$validate-code", "ValueSet/$batch-validate-code", "ConceptMap/$translate")  # fmt: skip
_SYSTEM = {
    "resourceType": "CodeSystem",
    "url": "urn:own",
    "version": "1",
    "status": "active",
    "content": "complete",
    "concept": [
        {"code": "o", "display": "Own", "designation": [{"value": "x"}], "property": [{"code": "q", "valueCode": "o"}]},
        {"code": "n", "concept": [{"code": "p"}]},
    ],
    "property": [{"code": "q", "type": "code"}],
    "filter": [{"code": "q", "operator": ["="], "value": "v"}],
}
_LISTED = {"system": "urn:own", "concept": [{"code": "o", "designation": [{"value": "y"}]}]}
_FILTERED = {"system": "urn:own", "filter": [{"property": "q", "op": "=", "value": "o"}]}
_VALUESET = {
    "resourceType": "ValueSet",
    "url": "urn:set",
    "status": "active",
    "compose": {"include": [_LISTED, _FILTERED], "exclude": [{"valueSet": ["urn:other"]}]},
}
_TARGET = {"code": "p", "relationship": "equivalent", "dependsOn": [{"attribute": "a", "valueCode": "b"}]}
_MAP = {
    "resourceType": "ConceptMap",
    "url": "urn:map",
    "status": "active",
    "group": [
        {
            "source": "urn:own",
            "target": "urn:own",
            "element": [{"code": "o", "target": [_TARGET]}],
            "unmapped": {"mode": "fixed", "code": "o"},
        }
    ],
}
_CODING = {"system": "urn:own", "code": "o"}
WHOLE = [
    {"name": "tx-resource", "resource": _SYSTEM},
    {"name": "tx-resource", "resource": _VALUESET},
    {"name": "tx-resource", "resource": _MAP},
    {"name": "url", "valueUri": "urn:set"},
    {"name": "system", "valueUri": "urn:own"},
    {"name": "code", "valueCode": "o"},
    {"name": "coding", "valueCoding": _CODING},
    {"name": "codingA", "valueCoding": _CODING},
    {"name": "codingB", "valueCoding": _CODING},
    {"name": "codeableConcept", "valueCodeableConcept": {"coding": [_CODING]}},
    {
        "name": "validation",
        "resource": {"resourceType": "Parameters", "parameter": [{"name": "coding", "valueCoding": _CODING}]},
    },
]


def _damaged(node: Any, oddity: Any) -> list[Any]:
    """The same JSON with one part after the other replaced."""
    found = [oddity]
    for key in node if isinstance(node, dict) else range(len(node)) if isinstance(node, list) else ():
        for each in _damaged(node[key], oddity):
            copy = dict(node) if isinstance(node, dict) else list(node)
            copy[key] = each
            found.append(copy)
    return found


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("oddity", ODDITIES, ids=json.dumps)
def test_whatever_shape_a_body_has_it_is_no_server_error(empty: Fhir, path: str, oddity: Any) -> None:
    empty.client.application.config["PROPAGATE_EXCEPTIONS"] = False
    for at, whole in enumerate(WHOLE):
        for each in _damaged(whole, oddity):
            body = {"resourceType": "Parameters", "parameter": [*WHOLE[:at], each, *WHOLE[at + 1 :]]}
            response = empty.client.post(f"/fhir/{empty.release}/{path}", data=json.dumps(body))
            assert response.status_code < 500, (each, response.text)


FUZZ = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None)
BYTES = st.binary(max_size=60).map(lambda raw: raw.decode("latin-1"))


@pytest.mark.parametrize("template", ["{}", "CodeSystem/{}", "ValueSet/{}/$expand", "CodeSystem/${}", "{}/$lookup"])
@FUZZ
@given(raw=BYTES)
def test_any_bytes_in_a_path(empty: Fhir, template: str, raw: str) -> None:
    path = f"/fhir/{empty.release}/{template.format(raw)}"
    assert empty.client.open("/", environ_overrides={"PATH_INFO": path}).status_code < 500


@pytest.mark.parametrize("path", ["CodeSystem", "CodeSystem/$lookup", "ValueSet/$expand", "ConceptMap/$translate"])
@FUZZ
@given(
    name=st.sampled_from(["url", "system", "code", "date", "_count", "_offset", "filter", "displayLanguage", "%ff"]),
    raw=BYTES,
)
def test_any_bytes_in_a_query(fhir: Fhir, path: str, name: str, raw: str) -> None:
    query = f"system={TOY}&code=A&{name}={raw}"
    environ = {"PATH_INFO": f"/fhir/{fhir.release}/{path}", "QUERY_STRING": query}
    assert fhir.client.open("/", environ_overrides=environ).status_code < 500


@pytest.mark.parametrize("header", ["sv-SE,sv;q=0.9,en;q=0.8", "*", "", "not a language!", "sv" * 5000])
def test_any_language_may_be_accepted(fhir: Fhir, header: str) -> None:
    response = fhir.send("GET", LOOKUP, headers={"Accept-Language": header})
    assert (response.status_code, value(response.get_json(), "display")) == (200, "Apple")
