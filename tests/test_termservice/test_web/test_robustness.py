"""Whatever is sent, the answer is never a server error."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

BYTES = st.binary(max_size=60).map(lambda raw: raw.decode("latin-1"))
TEMPLATES = [
    "/api/v1/codesystems/{}", "/api/v1/codesystems/frukt/concepts/{}", "/api/v1/maps/{}",
    "/api/v1/valuesets/{}", "/api/v1/{}", "/frukt/{}", "/{}",
]  # fmt: skip
QUERIES = [
    "/api/v1/search", "/api/v1/codesystems/frukt/concepts", "/api/v1/codesystems/frukt/changes", "/api/v1/feed.atom",
    "/api/v1/translate", "/api/v1/maps", "/api/v1/valuesets/urval-frukt/members", "/", "/-/results", "/frukt",
    "/frukt/F10",
]  # fmt: skip
FUZZ = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)


def ask(client: FlaskClient, path: str, query: str = "") -> int:
    environ = {"PATH_INFO": path, "QUERY_STRING": query}
    response = client.open("/", environ_overrides=environ)
    response.get_data()
    return response.status_code


@pytest.mark.parametrize("template", TEMPLATES)
@FUZZ
@given(raw=BYTES)
def test_any_bytes_in_a_path(client: FlaskClient, template: str, raw: str) -> None:
    assert ask(client, template.format(raw)) < 500


@pytest.mark.parametrize("path", QUERIES)
@FUZZ
@given(
    name=st.sampled_from(
        ["q", "system", "version", "date", "lang", "after", "limit", "offset", "from", "type", "age", "codes", "%ff"]
    ),
    raw=BYTES,
)
def test_any_bytes_in_a_query(client: FlaskClient, path: str, name: str, raw: str) -> None:
    assert ask(client, path, f"{name}={raw}") < 500


@pytest.mark.parametrize(
    "query",
    [
        "q=" + "a" * 10_000, "q=%00", "q=%ff%fe", "q=%ED%A0%80", "q=%F4%90%80%80", "q=" + "%F0%9F%8D%8E" * 3000,
        "q=a&" * 5000, "&&&=", "%", "q=%", "q", "=", "q=a&offset=" + "9" * 10_000, "q=a&limit=%D9%A1",
    ],
)  # fmt: skip
@pytest.mark.parametrize("path", QUERIES)
def test_known_traps_in_a_query(client: FlaskClient, path: str, query: str) -> None:
    assert ask(client, path, query) < 500


@pytest.mark.parametrize("path", ["/concepts/" * 6000, "/" * 60_000, "/a\x00b", "/\x01\x02", "/\r\nx: y", "/..//../x"])
@pytest.mark.parametrize("before", ["/api/v1/codesystems", "/api/v1", ""])
def test_known_traps_in_a_path(client: FlaskClient, before: str, path: str) -> None:
    assert ask(client, before + path) < 500


@pytest.mark.parametrize("header", ["\xff" * 400, "sv;q=9", "," * 5000, "a" * 9000, "sv;q=0.00000", "*"])
def test_any_accept_language(client: FlaskClient, header: str) -> None:
    response = client.get("/api/v1/codesystems/frukt/concepts/F10", headers={"Accept-Language": header})
    assert response.get_json()["display"] == "Äpplen"


@pytest.mark.parametrize("header", ["", '"', "W/", ",,,", "\xff", '"x' * 3000])
def test_any_if_none_match(client: FlaskClient, header: str) -> None:
    assert client.get("/api/v1/codesystems", headers={"If-None-Match": header}).status_code == 200
