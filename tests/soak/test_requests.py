"""Requests of every shape to the real service: whatever the description of the API allows and what it does not, FHIR
bodies of odd shapes, texts and expressions made to be slow. No server error, and no request costs more than it should.
"""

from __future__ import annotations

import itertools
import json
import re
import time
from collections.abc import Iterator
from contextlib import nullcontext, suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import schemathesis
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.generation.hypothesis import setup

from termservice import ingest
from termservice.service import TerminologyService
from termservice.web.app import create_app
from tests.soak import homes
from tests.soak.sizes import size

CASES = size("cases", sample=2, full=400)
"""Of each operation of the API."""
BODIES = size("bodies", sample=80, full=20_000)
MOST = 2.0
"""Seconds of processor time for any request."""
MOST_GROWN = 256 * 2**20
"""Bytes that the process may have grown by, all hostile requests together."""


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    home = tmp_path_factory.mktemp("asked")
    folders = [release for system in sorted(homes.SAMPLES.iterdir()) for release in sorted(system.iterdir())]
    ingest.load(home, [folder for folder in folders if folder.is_dir()], ingest.Options())
    service = TerminologyService(home)
    yield create_app(service)
    service.close()


@pytest.fixture(scope="module")
def client(app: Flask) -> FlaskClient:
    return app.test_client()


FUZZ = settings(
    deadline=None, database=None, suppress_health_check=list(HealthCheck), max_examples=CASES, derandomize=True
)  # fmt: skip


def test_all_that_the_description_allows_and_what_it_does_not(app: Flask) -> None:
    setup()
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)
    asked = 0
    for result in schema.get_all_operations():
        operation = result.ok()
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):

            @FUZZ
            @given(case=operation.as_strategy(generation_mode=mode))
            def ask(case: schemathesis.Case) -> None:
                nonlocal asked
                asked += 1
                answer = case.call()
                assert answer.status_code < 500, (answer.status_code, case.as_curl_command(), answer.text[:500])

            # nothing can be wrong with what takes any text, or nothing
            with suppress(Unsatisfiable) if mode is GenerationMode.NEGATIVE else nullcontext():
                ask()
    assert asked > CASES * len(schema)
    print(f"{asked} requests of the description, no server error")


NAMES = st.sampled_from(
    ["url", "valueSet", "system", "code", "coding", "codeableConcept", "version", "date", "displayLanguage",
     "property", "codeA", "codeB", "filter", "count", "offset", "display", "valueSetVersion", "tx-resource",
     "context", "abstract",
     "sourceCode", "targetScope", "sourceCoding", "conceptMap", "dependsOn", "validation", "exclude-system",
     "operation", "system-version", "check-system-version", "force-system-version", "activeOnly", "includeDesignations",
     "designation", "excludeNested", "lenient-display-validation", "inferSystem", "useSupplement", "", "\x00", "å"]
)  # fmt: skip
WORDS = st.sampled_from(
    ["http://snomed.info/sct", "http://snomed.info/sct?fhir_vs", "http://snomed.info/sct?fhir_vs=ecl/<<*",
     "icd-10-se", "urn:oid:1.2.752.116.1.1.1.1.3", "I21.9", "138875005", "en", "sv", "*", "is-a", "regex", "(a+)+$",
     "http://example.org/vs", "2020", "9999-99-99", "active", "concept", "|", "urn:x|1|2", "exists", "in",
     "generalizes"]
)  # fmt: skip
SCALARS = st.one_of(
    WORDS, st.text(max_size=12), st.integers(), st.floats(), st.booleans(), st.none(),
    st.sampled_from([10**30, -1, "", "\x00", "x" * 5000]),
)  # fmt: skip
KEYS = st.sampled_from(
    ["resourceType", "url", "version", "status", "compose", "include", "exclude", "concept", "code", "system",
     "display", "filter", "property", "op", "value", "valueSet", "expansion", "contains", "designation",
     "language", "use", "name",
     "parameter", "part", "resource", "valueString", "valueCode", "valueUri", "valueCoding", "valueCodeableConcept",
     "valueBoolean", "valueInteger", "valueDateTime", "coding", "text", "extension", "_display", "contained",
     "inactive", "group", "element", "target", "relationship", "supplements", "content", "lockedDate",
     "caseSensitive", "entry",
     "request", "method", "fullUrl", "type"]
)  # fmt: skip
KINDS = st.sampled_from(
    ["Parameters", "ValueSet", "CodeSystem", "ConceptMap", "Bundle", "OperationOutcome", "", "x", "Patient"]
)


def grown(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    objects = st.dictionaries(KEYS, inner, max_size=5)
    resources = st.builds(lambda kind, rest: {**rest, "resourceType": kind}, KINDS, objects)
    return st.one_of(st.lists(inner, max_size=4), objects, resources)


JSONS = st.recursive(SCALARS, grown, max_leaves=25)
VALUES = ("valueString", "valueUri", "valueCode", "valueCoding", "valueCodeableConcept", "valueBoolean", "valueInteger",
          "valueDateTime", "valueCanonical", "resource", "part", "value")  # fmt: skip
RULES = st.fixed_dictionaries(
    {"resourceType": st.just("ValueSet"), "url": WORDS},
    optional={
        "compose": st.fixed_dictionaries(
            {"include": st.lists(st.dictionaries(KEYS, JSONS, max_size=4), max_size=3)}, optional={"exclude": JSONS}
        ),
        "expansion": JSONS, "version": SCALARS, "status": SCALARS,
    },
)  # fmt: skip
PARAMETERS = st.lists(
    st.builds(
        lambda name, kind, value: {"name": name, kind: value}, st.one_of(NAMES, SCALARS), st.sampled_from(VALUES),
        st.one_of(WORDS, SCALARS, RULES, JSONS),
    ),
    max_size=5,
)  # fmt: skip
SENT = st.one_of(
    st.builds(
        lambda listed: {"resourceType": "Parameters", "parameter": listed}, st.one_of(PARAMETERS, PARAMETERS, JSONS)
    ),
    RULES,
    st.builds(lambda kind, rest: {**rest, "resourceType": kind}, KINDS, st.dictionaries(KEYS, JSONS, max_size=6)),
    JSONS,
)  # fmt: skip
ADDRESSES = st.sampled_from(
    ["CodeSystem/$lookup", "CodeSystem/$validate-code", "CodeSystem/$subsumes", "ValueSet/$expand",
     "ValueSet/$validate-code", "ValueSet/$batch-validate-code", "ConceptMap/$translate", "", "$versions", "metadata",
     "CodeSystem", "ValueSet/urval-icf-kva-provning/$expand", "ConceptMap", "ValueSet/_search", "x/$y"]
)  # fmt: skip


@settings(FUZZ, max_examples=BODIES)
@given(release=st.sampled_from(["r4", "r5"]), address=ADDRESSES, body=SENT)
def test_fhir_bodies_of_any_shape(client: FlaskClient, release: str, address: str, body: Any) -> None:
    sent = json.dumps(body)
    answer = client.post(f"/fhir/{release}/{address}", data=sent, content_type="application/fhir+json")
    assert answer.status_code < 500, (address, sent, answer.text[:400])


@settings(FUZZ, max_examples=BODIES)
@given(
    address=ADDRESSES,
    query=st.lists(
        st.tuples(st.one_of(NAMES, st.text(max_size=5)), st.one_of(WORDS, st.text(max_size=20))), max_size=5
    ),
)
def test_fhir_queries_of_any_kind(client: FlaskClient, address: str, query: list[tuple[str, str]]) -> None:
    asked = "&".join(f"{quote(name)}={quote(value)}" for name, value in query)
    for release in ("r4", "r5"):
        answer = client.get(f"/fhir/{release}/{address}?{asked}")
        assert answer.status_code < 500, (address, asked, answer.text[:400])


LONG = ["9" * 5_000, "-" + "9" * 5_000, "1." + "9" * 5_000, "0" * 5_000 + "1", "٣" * 30, "²", "1e999", "9" * 25]
"""Numbers, or what looks like some: Python reads none of more than 4 300 digits."""
SNOMED_URLS = [
    "?fhir_vs=isa/{}", "?fhir_vs=refset/{}", "?fhir_vs=ecl/{}", "/{}?fhir_vs", "?fhir_cm={}",
    "/45991000052106/version/{}?fhir_vs", "?fhir_vs|{}", "?fhir_vs=ecl/*:[{}..*]*=*", "?fhir_vs=ecl/*:*>#{}",
]  # fmt: skip


@pytest.mark.parametrize("number", LONG, ids=lambda text: text[:6])
def test_numbers_of_any_length(app: Flask, client: FlaskClient, number: str) -> None:
    whole = {"system": "http://snomed.info/sct", "code": "138875005", "url": "http://snomed.info/sct?fhir_vs",
             "codeA": "138875005", "codeB": "138875005", "sourceCode": "138875005"}  # fmt: skip
    names = (*whole, "count", "offset", "version", "filter", "date", "valueSetVersion", "system-version", "_count",
             "_elements", "_id", "targetCode", "property", "displayLanguage")  # fmt: skip
    asked = [{**whole, name: number} for name in names]
    asked += [{**whole, "url": f"http://snomed.info/sct{form.format(number)}"} for form in SNOMED_URLS]
    for operation in ("CodeSystem/$lookup", "CodeSystem/$validate-code", "CodeSystem/$subsumes", "ValueSet/$expand",
                      "ValueSet/$validate-code", "ConceptMap/$translate", "CodeSystem", "ValueSet"):  # fmt: skip
        for release, query in itertools.product(("r4", "r5"), asked):
            answer = client.get(f"/fhir/{release}/{operation}", query_string=query)
            assert answer.status_code < 500, (operation, query)
    for rule in app.url_map.iter_rules():
        if "GET" in (rule.methods or ()):
            path = re.sub(r"<[^>]*>", quote(number), rule.rule)
            names = ("q", "code", "version", "date", "limit", "cursor", "offset", "under", "level", "depth")
            for query in ({}, *({name: number} for name in names)):
                assert client.get(path, query_string=query).status_code < 500, (path, query)


DEEP = 100_000
NESTED = 480
"""Objects in lists in objects; what reads JSON gives up beyond twice that."""
SLOW_WORDS = [
    "a" * 1_000_000, "a " * 50_000, "ab" * 20_000, "å" * 100_000, "\u0301" * 50_000, "a\u0301" * 30_000, "1" * 100_000,
    "hjärtinfarkt" * 500, "-" * 100_000, "('" * 20_000, "a* " * 10_000, "\u200d" * 30_000, "ﷺ" * 20_000,
    " ".join(f"{at:x}" for at in range(20_000)), "sjukdomar " * 5_000, "I21.9 " * 10_000, "%" * 50_000, "\x00" * 999,
]  # fmt: skip
SLOW_EXPRESSIONS = [
    "(" * DEEP, "(" * 2000 + "*" + ")" * 2000, "<" * DEEP, "<<" + " " * DEEP + "*", " OR ".join(["*"] * 20_000),
    "*" + " MINUS *" * 5_000, "* : " + "{" * 5_000, "* : " + ",".join(["*=*"] * 5_000), "<< " + "9" * 50_000,
    "* : " + "* = (" * 400 + "*" + ")" * 400, "/*" * 50_000, "* {{ term = \"" + "a" * 50_000 + "\" }}",
    "* {{ term = wild:\"" + "*a" * 2_000 + "\" }}", "^" * 10_000, "*." * 5_000 + "*", "* : [0..*] *=*" * 999,
    "* {{ D term = (" + " ".join('"a"' for _ in range(5_000)) + ") }}", "*" * DEEP, "\x00" * 9_999, "(*:*=(" * 3_000,
    "* : " + " OR ".join(["R * = *"] * 2_000), "<<*:" + "..".join(["*=*"] * 2_000),
]  # fmt: skip
SLOW_PATTERNS = [
    "(a+)+$", "(a|aa)+$", "((((a*)*)*)*)*$", "(.*)*x" * 20, "a{1000}{1000}", "(x+x+)+y", "[" * 10_000, "(" * 10_000,
    "a?" * 5_000 + "a" * 5_000, "(?=a)", "\\1(a)", "(?P<x>a)(?P=x)", ".{0,1000}" * 50, "\\p{L}" * 2_000, "|" * 50_000,
    "(?i)" + "[a-zå-ö]*" * 500, "^(([a-z])+.)+[A-Z]([a-z])+$",
]  # fmt: skip


@pytest.fixture(scope="module")
def memory(client: FlaskClient) -> Iterator[None]:
    for path in ("/api/v1/search?q=a", "/fhir/r5/ValueSet/$expand?url=http://snomed.info/sct?fhir_vs"):
        client.get(path)
    before = resident()
    yield
    assert resident() - before < MOST_GROWN


def resident() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[1]) if Path("/proc/self/statm").exists() else 0
    return pages * 4096


def held(begun: float, status: int, what: str) -> None:
    taken = time.process_time() - begun
    assert status < 500, (status, what[:80])
    assert taken < MOST, (taken, what[:80])


@pytest.mark.parametrize("words", SLOW_WORDS, ids=lambda text: repr(text[:12]))
@pytest.mark.usefixtures("memory")
def test_words_that_are_long_or_odd(client: FlaskClient, words: str) -> None:
    for path in ("/api/v1/search?q={}", "/?q={}", "/-/results?q={}", "/api/v1/codesystems/icd-10-se/concepts/{}",
                 "/fhir/r5/ValueSet/$expand?url=http://snomed.info/sct?fhir_vs&filter={}"):  # fmt: skip
        target, _, query = path.format(quote(words)).partition("?")
        begun = time.process_time()
        held(begun, client.get(target, query_string=query).status_code, path + words)


@pytest.mark.parametrize("expression", SLOW_EXPRESSIONS, ids=lambda text: repr(text[:14]))
@pytest.mark.usefixtures("memory")
def test_expressions_that_never_end(client: FlaskClient, expression: str) -> None:
    value_set = {"resourceType": "ValueSet", "compose": {"include": [{"system": "http://snomed.info/sct", "filter": [
        {"property": "constraint", "op": "=", "value": expression}]}]}}  # fmt: skip
    asked = quote(expression)
    begun = time.process_time()
    held(begun, client.get("/api/v1/codesystems/snomed-ct/ecl", query_string=f"expression={asked}").status_code, asked)
    begun = time.process_time()
    held(begun, client.get(f"/api/v1/search?q=a&system=snomed-ct&ecl={asked}").status_code, asked)
    begun = time.process_time()
    answer = client.post("/fhir/r5/ValueSet/$expand", data=json.dumps(value_set), content_type="application/fhir+json")
    held(begun, answer.status_code, expression)


@pytest.mark.parametrize("pattern", SLOW_PATTERNS, ids=lambda text: repr(text[:12]))
@pytest.mark.usefixtures("memory")
def test_patterns_that_would_backtrack(client: FlaskClient, pattern: str) -> None:
    codes = [{"code": "a" * length, "display": "a" * length + "!"} for length in range(1, 400)]
    system = {"resourceType": "CodeSystem", "url": "http://example.org/slow", "content": "complete", "concept": codes,
              "status": "active"}  # fmt: skip
    for property in ("code", "display"):
        rule = {"property": property, "op": "regex", "value": pattern}
        value_set = {"resourceType": "ValueSet", "compose": {"include": [{"system": system["url"], "filter": [rule]}]}}
        body = {"resourceType": "Parameters", "parameter": [{"name": "valueSet", "resource": value_set},
                                                            {"name": "tx-resource", "resource": system}]}  # fmt: skip
        begun = time.process_time()
        answer = client.post("/fhir/r5/ValueSet/$expand", data=json.dumps(body), content_type="application/fhir+json")
        held(begun, answer.status_code, pattern)


@pytest.mark.parametrize("nested", ["[" * DEEP, '{"a":' * DEEP, '{"resourceType":"Parameters","parameter":[' * 5_000])
def test_bodies_nested_without_end(client: FlaskClient, nested: str) -> None:
    for path in ("/fhir/r5", "/fhir/r5/ValueSet/$expand", "/api/v1/batch/lookup", "/api/v1/batch/translate"):
        begun = time.process_time()
        held(begun, client.post(path, data=nested, content_type="application/json").status_code, path)


def test_value_sets_nested_without_end(client: FlaskClient) -> None:
    """Well-formed, as deep as JSON is read: concepts in concepts, parts in parts, value sets in value sets."""
    for key in ("concept", "part", "contains", "parameter", "include", "contained", "extension"):
        before = f'{{"code": "x", "name": "x", "system": "http://example.org/deep", "{key}": ['
        deep = before * NESTED + "{}" + "]}" * NESTED
        for kind in ("CodeSystem", "ValueSet", "Parameters"):
            resource = {"resourceType": kind, "url": "http://example.org/deep", "content": "complete", key: [deep],
                        "compose": {"include": [{"system": "http://example.org/deep"}]}, "expansion": deep}  # fmt: skip
            body = {"resourceType": "Parameters", "parameter": [
                {"name": "url", "valueUri": "http://example.org/deep"}, {"name": "tx-resource", "resource": resource},
                {"name": "valueSet", "resource": resource}, {"name": "x", "part": [deep]}]}  # fmt: skip
            for release in ("r4", "r5"):
                begun = time.process_time()
                path = f"/fhir/{release}/ValueSet/$expand"
                sent = json.dumps(body).replace(json.dumps(deep), deep)
                answer = client.post(path, data=sent, content_type="application/fhir+json")
                held(begun, answer.status_code, f"{key} {kind} {answer.text[:200]}")
