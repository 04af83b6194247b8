"""REST: what each path answers, lists and their pages, failures as problems, conditional requests."""

from __future__ import annotations

import logging
from typing import Any
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

V1 = "/api/v1"
SYSTEM = "/api/v1/codesystems/frukt"


def problem(response: TestResponse, status: int, code: str) -> dict[str, Any]:
    assert response.status_code == status, response.text
    assert response.content_type == "application/problem+json"
    body: dict[str, Any] = response.get_json(force=True)
    assert {"type", "title", "status", "detail", "instance", "code"} <= body.keys()
    assert (body["status"], body["code"]) == (status, code)
    assert body["type"] == f"/docs#problem-{code}"
    return body


def test_a_concept_answers_with_where_it_comes_from(client: FlaskClient) -> None:
    body = client.get(f"{SYSTEM}/concepts/f10.1").get_json()
    assert (body["system"], body["version"], body["revision"]) == ("frukt", "2026", 7)
    assert (body["code"], body["display"], body["parents"]) == ("F10.1", "Äpple, rött", ["F10"])
    assert list(body)[:5] == ["system", "version", "revision", "code", "display"]


@pytest.mark.parametrize("name", ["frukt", "http://example.org/fhir/sid/frukt", "urn:oid:1.2.3", "1.2.3"])
@pytest.mark.parametrize("path", ["", "/versions", "/concepts", "/concepts/F10", "/concepts/F10/children", "/roots"])
def test_a_code_system_answers_to_all_its_names(client: FlaskClient, name: str, path: str) -> None:
    body = client.get(f"{V1}/codesystems/{quote(name, safe='')}{path}").get_json()
    assert body.get("system", body.get("id")) == "frukt"


@pytest.mark.parametrize("code", ["A/B", "A&B", "Å 1", "x.y/z", "a%b", "q?r#s", "=1+1", "B//C"])
def test_codes_of_any_shape(client: FlaskClient, code: str) -> None:
    path = f"{V1}/codesystems/udda/concepts/{quote(code, safe='')}"
    assert client.get(path).get_json()["code"] == code
    assert client.get(f"{path}/ancestors").get_json()["items"] == []


@pytest.mark.parametrize(
    ("path", "codes"),
    [
        ("/roots", ["F"]),
        ("/concepts/F/children", ["F10", "F20"]),
        ("/concepts/F10.1/ancestors", ["F10", "F"]),
        ("/concepts/F/descendants", ["F10", "F10.1", "F10.2", "F20"]),
        ("/concepts", ["F", "F10", "F10.1", "F10.2", "F20"]),
        ("/concepts?version=2025", ["F", "F10", "F10.1", "F10.2", "F20", "F30"]),
        ("/concepts?date=2025-06-30", ["F", "F10", "F10.1", "F10.2", "F20", "F30"]),
    ],
)
def test_lists_page_by_page(client: FlaskClient, path: str, codes: list[str]) -> None:
    url: str | None = f"{SYSTEM}{path}{'&' if '?' in path else '?'}limit=2"
    seen: list[str] = []
    while url is not None:
        body = client.get(url).get_json()
        assert body["total"] == len(codes)
        assert 0 < len(body["items"]) <= 2
        seen += [item["code"] for item in body["items"]]
        url = body["next"]
        assert url is None or url.startswith(f"{SYSTEM}/")
    assert seen == codes


def test_next_keeps_the_other_parameters_and_the_prefix(client: FlaskClient) -> None:
    query = {"q": "äpple", "system": ["frukt", "udda"], "limit": "1"}
    body = client.get(f"{V1}/search", query_string=query, base_url="https://host.example/prefix").get_json()
    assert body["next"] == "/prefix/api/v1/search?q=%C3%A4pple&system=frukt&system=udda&limit=1&offset=1"


def test_next_of_a_code_system_asked_for_by_url_can_be_followed(client: FlaskClient) -> None:
    name = quote("http://example.org/fhir/sid/frukt", safe="")
    first = client.get(f"{V1}/codesystems/{name}/concepts?limit=4").get_json()
    assert [item["code"] for item in client.get(first["next"]).get_json()["items"]] == ["F20"]


def test_search(client: FlaskClient) -> None:
    body = client.get(f"{V1}/search", query_string={"q": "äpple", "system": "frukt"}).get_json()
    assert [item["code"] for item in body["items"]] == ["F10", "F10.1", "F10.2"]
    assert body["total"] == 3
    assert body["versions"] == {"frukt": "2026"}
    assert body["items"][0]["matched"] == {"text": "Äpplen", "use": "display", "language": "sv"}


def test_raw_utf8_in_a_query_string_is_read_as_utf8(client: FlaskClient) -> None:
    raw = "q=äpple".encode().decode("latin-1")
    environ = {"QUERY_STRING": raw, "PATH_INFO": f"{V1}/search", "REQUEST_METHOD": "GET"}
    assert client.open(f"{V1}/search", environ_overrides=environ).get_json()["total"] == 3


def test_subsumes(client: FlaskClient) -> None:
    body = client.get(f"{SYSTEM}/subsumes?codeA=F10&codeB=F10.1").get_json()
    assert (body["outcome"], body["codeA"], body["codeB"]) == ("subsumes", "F10", "F10.1")


@pytest.mark.parametrize(
    ("query", "header", "display"),
    [
        ("", "", "Päron & <annat>"),
        ("", "en-GB;q=0.3, en, sv;q=0.9", "Päron & <annat> (en)"),
        ("?lang=sv", "en", "Päron & <annat>"),
        ("?lang=en,sv", "sv", "Päron & <annat> (en)"),
        ("", ";;q=x, */*", "Päron & <annat>"),
    ],
)
def test_the_language_is_the_parameter_else_the_header(
    client: FlaskClient, query: str, header: str, display: str
) -> None:
    response = client.get(f"{SYSTEM}/concepts/F20{query}", headers={"Accept-Language": header})
    assert response.get_json()["display"] == display
    assert response.headers["Vary"] == "Accept-Language, Accept-Encoding"


@pytest.mark.parametrize(
    ("path", "named"),
    [
        ("/codesystems?x=1", ["x"]),
        ("/codesystems/frukt?version=2026", ["version"]),
        ("/codesystems/frukt/concepts/F10?version=2026&date=2026-01-01", ["date", "version"]),
        ("/codesystems/frukt/concepts/F10?version=", ["version"]),
        ("/codesystems/frukt/concepts/F10?version=1&version=2", ["version"]),
        ("/codesystems/frukt/concepts/F10?date=2026-02-30", ["date"]),
        ("/codesystems/frukt/concepts/F10?date=2026", ["date"]),
        ("/codesystems/frukt/concepts/F10?date=20260101", ["date"]),
        ("/codesystems/frukt/concepts/F10?date=2026-01-01T00:00:00", ["date"]),
        ("/codesystems/frukt/concepts/F10?lang=s_v&Date=x", ["Date", "lang"]),
        ("/codesystems/frukt/concepts?offset=1", ["offset"]),
        ("/codesystems/frukt/roots?limit=0", ["limit"]),
        ("/codesystems/frukt/roots?limit=1001&offset=-1", ["limit", "offset"]),
        ("/codesystems/frukt/roots?limit=ten", ["limit"]),
        ("/codesystems/frukt/roots?limit=" + "9" * 5000, ["limit"]),
        ("/codesystems/frukt/subsumes", ["codeA", "codeB"]),
        ("/codesystems/frukt/export?format=xlsx", ["format"]),
        ("/search", ["q"]),
        ("/search?q=x&active=yes&limit=1e2", ["active", "limit"]),
        ("/search?q=x&language=s_v&level=", ["language", "level.0"]),
        ("/search?q=x&language=sv&language=en", ["language"]),
        ("/search?q=" + "a" * 10_000, ["q"]),
        ("/search?" + "&".join(f"p{n}=1" for n in range(300)), ["_"]),
    ],
)  # fmt: skip
def test_wrong_parameters_are_named(client: FlaskClient, path: str, named: list[str]) -> None:
    body = problem(client.get(V1 + path), 422, "invalid-parameter")
    assert sorted(body["errors"]) == named


@pytest.mark.parametrize(
    ("path", "code", "details"),
    [
        ("/codesystems/frykt", "unknown-system", {"nearest": ["frukt"]}),
        ("/codesystems/frukt/concepts/X", "unknown-code", {"nearest": ["F10", "F20"], "unknown": "X"}),
        ("/codesystems/frukt/concepts/F10?version=1999", "unknown-version", {"nearest": ["2025", "2026"]}),
        ("/codesystems/frukt/concepts/F10?date=1999-01-01", "before-first-release", {"first": "2025-01-01"}),
        ("/codesystems/frukt/concepts/F30?version=2026", "code-not-in-version", {"versions": ["2025"]}),
        ("/codesystems/frykt/export", "unknown-system", {}),
        ("/nothing", "no-such-route", {}),
        ("/codesystems/frukt/concepts/" + "A" * 600, "no-such-route", {}),
    ],
)
def test_what_does_not_exist(client: FlaskClient, path: str, code: str, details: dict[str, Any]) -> None:
    body = problem(client.get(V1 + path), 404, code)
    assert body["instance"] == (V1 + path).partition("?")[0]
    assert details.items() <= body.items()


def test_a_withdrawn_code_still_answers(client: FlaskClient) -> None:
    body = client.get(f"{SYSTEM}/concepts/F30").get_json()
    assert (body["active"], body["version"], body["valid_to"]) == (False, "2025", "2025-12-31")


def test_a_wrong_method_names_the_right_ones(client: FlaskClient) -> None:
    response = client.post(f"{V1}/search")
    problem(response, 405, "method-not-allowed")
    assert "GET" in response.headers["Allow"]
    problem(client.get(f"{V1}/batch/lookup"), 405, "method-not-allowed")


def test_a_bug_is_a_problem_that_tells_no_secrets(app: Any, service: Any, caplog: pytest.LogCaptureFixture) -> None:
    service.broken = True
    app.config["PROPAGATE_EXCEPTIONS"] = False
    with caplog.at_level(logging.ERROR):
        response = app.test_client().get(f"{SYSTEM}/concepts/F10")
    problem(response, 500, "internal-error")
    assert "secret" not in response.text
    assert "secret" in caplog.text


@pytest.mark.parametrize("path", ["/codesystems", "/codesystems/frukt/concepts/F10", "/search?q=F10", "/openapi.json"])
def test_an_answer_already_held_is_not_sent_again(client: FlaskClient, path: str) -> None:
    first = client.get(V1 + path)
    etag = first.headers["ETag"]
    assert first.headers["Cache-Control"] == "no-cache"
    for known in (etag, f'"other", {etag}', "*", "W/" + etag.removeprefix("W/")):
        again = client.get(V1 + path, headers={"If-None-Match": known})
        assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", etag)
    assert client.get(V1 + path, headers={"If-None-Match": '"other"'}).data == first.data


def test_etags_are_of_the_content(client: FlaskClient) -> None:
    tags = {client.get(f"{SYSTEM}/concepts/{code}").headers["ETag"] for code in ("F10", "F20", "f10", "F10.1")}
    assert len(tags) == 3


def test_the_etag_of_a_search_leaves_the_measured_time_out(client: FlaskClient) -> None:
    plain, spaced = client.get(f"{V1}/search?q=F10"), client.get(f"{V1}/search?q=F10++")
    assert plain.get_json()["took_ms"] != spaced.get_json()["took_ms"]
    assert plain.headers["ETag"] == spaced.headers["ETag"]
    assert plain.headers["ETag"].startswith("W/")
    assert plain.headers["ETag"] != client.get(f"{V1}/search?q=F20").headers["ETag"]


@pytest.mark.parametrize(
    "path", ["/codesystems/frukt/concepts/F10", "/search?q=F10", "/codesystems/frukt/export", "/x"]
)
def test_head_answers_with_the_headers_alone(client: FlaskClient, path: str) -> None:
    whole, head = client.get(V1 + path), client.head(V1 + path)
    assert head.data == b""
    assert head.status_code == whole.status_code
    assert head.headers.get("ETag") == whole.headers.get("ETag")
    assert head.headers.get("Content-Length") == whole.headers.get("Content-Length")


def test_an_unchanged_answer_has_no_length_or_type(client: FlaskClient) -> None:
    etag = client.get(f"{V1}/codesystems").headers["ETag"]
    unchanged = client.get(f"{V1}/codesystems", headers={"If-None-Match": etag})
    assert {"Content-Type", "Content-Length"}.isdisjoint(unchanged.headers.keys())
    assert unchanged.headers["Vary"] == "Accept-Language, Accept-Encoding"


def test_searches_keep_to_levels_and_a_language(client: FlaskClient) -> None:
    def total(query: str) -> int:
        found: int = client.get(f"{V1}/search?q=F10&{query}").get_json()["total"]
        return found

    assert total("level=kod&level=other") == total("language=sv") == total("") > 0
    assert total("level=other") == total("language=en") == 0
