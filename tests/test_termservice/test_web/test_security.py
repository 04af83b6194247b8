"""Headers of every kind of answer, and the ids of requests."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

PAGE, PROGRAM = "script-src 'self'", "default-src 'none'; frame-ancestors"
KINDS = [
    ("GET", "/", 200, PAGE), ("GET", "/frukt", 200, PAGE), ("GET", "/docs", 200, PAGE), ("GET", "/nothing", 404, PAGE),
    ("GET", "/static/app.css", 200, PAGE),
    ("GET", "/api/v1/codesystems", 200, PROGRAM), ("HEAD", "/api/v1/codesystems", 200, PROGRAM),
    ("GET", "/api/v1/codesystems/frukt/export?format=csv", 200, PROGRAM),
    ("GET", "/api/v1/codesystems/frukt/changes?from=2025&format=xlsx", 200, PROGRAM),
    ("GET", "/api/v1/codesystems/frukt/feed.atom", 200, PROGRAM),
    ("GET", "/api/v1/nothing", 404, PROGRAM), ("GET", "/api/v1/search?x=1", 422, PROGRAM),
    ("DELETE", "/api/v1/codesystems", 405, PROGRAM), ("POST", "/api/v1/batch/lookup", 400, PROGRAM),
    ("GET", "/fhir/r5/metadata", 200, PROGRAM), ("GET", "/fhir/r4/Nothing", 404, PROGRAM),
    ("GET", "/healthz", 200, PROGRAM), ("GET", "/readyz", 200, PROGRAM), ("GET", "/metrics", 200, PROGRAM),
]  # fmt: skip
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
NEVER = ("Set-Cookie", "Server", "X-Powered-By", "Access-Control-Allow-Origin", "Strict-Transport-Security")


@pytest.mark.parametrize(("method", "path", "status", "policy"), KINDS)
def test_every_kind_of_answer_has_the_headers_once(
    client: FlaskClient, method: str, path: str, status: int, policy: str
) -> None:
    for _ in range(2):  # the second may be remembered
        with client.open(path, method=method) as response:
            assert response.status_code == status
        for name, value in ALWAYS.items():
            assert response.headers.getlist(name) == [value], name
        (told,) = response.headers.getlist("Content-Security-Policy")
        assert policy in told
        assert "frame-ancestors 'none'" in told
        assert "unsafe" not in told
        assert len(response.headers.getlist("X-Request-Id")) == 1
        for name in NEVER:
            assert name not in response.headers


@pytest.mark.parametrize("name", ["a", "req-1.2_3", "A" * 64])
def test_a_sane_request_id_is_taken_over(client: FlaskClient, name: str) -> None:
    assert client.get("/healthz", headers={"X-Request-Id": name}).headers["X-Request-Id"] == name


@pytest.mark.parametrize("name", ["", "a b", "å", "A" * 65, "<script>", '"', "a,b"])
def test_others_are_replaced(client: FlaskClient, name: str) -> None:
    made = client.get("/healthz", headers={"X-Request-Id": name}).headers["X-Request-Id"]
    assert made != name
    assert made.isascii()


def test_every_request_has_an_id_of_its_own(client: FlaskClient) -> None:
    found = [client.get("/api/v1/codesystems").headers["X-Request-Id"] for _ in range(50)]
    assert len(set(found)) == 50


def test_over_https_browsers_are_told_to_stay_there(client: FlaskClient) -> None:
    response = client.get("/api/v1/codesystems", base_url="https://localhost")
    assert response.headers["Strict-Transport-Security"] == "max-age=31536000"
