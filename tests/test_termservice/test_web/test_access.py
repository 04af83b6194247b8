"""Who is let in: public, keys and proxy; to read and to administer; told to programs, FHIR clients and people."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from termservice import config, keys
from termservice.keys import FILE_NAME
from termservice.web.app import create_app

REST = "/api/v1/codesystems/frukt/concepts/F10"
FHIR = "/fhir/r4/metadata"
PAGE = "/frukt"
ADMIN = "/api/v1/admin/jobs"
OPEN = ("/healthz", "/readyz", "/static/app.css")
PROXY, ELSEWHERE = "10.0.0.1", "203.0.113.7"
Made = Callable[..., FlaskClient]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def secrets(home: Path) -> dict[str, str]:
    """Keys by what they may do; the last two are good no more, the empty one is none."""
    made = {name: keys.add(home, name, name)[0] for name in ("read", "admin")}  # type: ignore[arg-type]
    made["revoked"] = keys.add(home, "revoked", "admin")[0]
    keys.revoke(home, "revoked")
    made["unknown"] = "ts_aaaaaaaaaa_" + "A" * 43
    return made


@pytest.fixture
def made(service: Any, home: Path) -> Made:
    """A client of the application with these settings (as variables without their common beginning)."""

    def make(address: str = ELSEWHERE, **settings: str) -> FlaskClient:
        service.home = home
        found = config.read(None, {f"TERMSERVICE_{name}": value for name, value in settings.items()})
        client = create_app(service, {"TESTING": True}, found).test_client()
        client.environ_base["REMOTE_ADDR"] = address
        return client

    return make


SETTINGS: dict[str, dict[str, str]] = {
    "public": {},
    "keys": {"ACCESS_READ": "keys"},
    "proxy": {"ACCESS_READ": "proxy", "ACCESS_TRUSTED_PROXIES": PROXY},
}


@pytest.mark.parametrize(
    ("access", "presented", "read", "admin"),
    [
        ("public", None, 200, 401), ("public", "read", 200, 403), ("public", "admin", 200, 200),
        ("public", "unknown", 401, 401), ("public", "revoked", 401, 401),
        ("keys", None, 401, 401), ("keys", "read", 200, 403), ("keys", "admin", 200, 200),
        ("keys", "unknown", 401, 401), ("keys", "revoked", 401, 401),
        ("proxy", None, 401, 401), ("proxy", "read", 200, 403), ("proxy", "admin", 200, 200),
        ("proxy", "unknown", 401, 401),
    ],
)  # fmt: skip
def test_who_may_do_what(
    made: Made, secrets: Mapping[str, str], access: str, presented: str | None, read: int, admin: int
) -> None:
    client = made(**SETTINGS[access], ACCESS_ADMIN_API="true")
    for header, form in (("Authorization", "Bearer {}"), ("X-API-Key", "{}")):
        headers = {header: form.format(secrets[presented])} if presented else {}
        for path, status in ((REST, read), (FHIR, read), (PAGE, read), (ADMIN, admin)):
            for again in range(2):  # the second time it may be remembered
                assert client.get(path, headers=headers).status_code == status, (path, header, again)
        for path in OPEN:
            with client.get(path) as response:
                assert response.status_code == 200, path


def test_what_is_remembered_for_one_is_not_given_to_another(made: Made, secrets: Mapping[str, str]) -> None:
    client = made(ACCESS_READ="keys")
    with_key = client.get(REST, headers={"X-API-Key": secrets["read"]})
    assert with_key.status_code == 200
    assert client.get(REST).status_code == 401
    assert client.get(REST, headers={"If-None-Match": with_key.headers["ETag"]}).status_code == 401
    assert with_key.headers["Cache-Control"] == "private, no-cache"


@pytest.mark.parametrize("path", ["//api/v1/admin/jobs", "///api/v1/codesystems", "//metrics", "//fhir/r4/metadata"])
def test_slashes_lead_nobody_past_the_door(made: Made, path: str) -> None:
    client = made(ACCESS_READ="keys", ACCESS_ADMIN_API="true")
    response = client.open(path=path, base_url="http://localhost")
    assert response.status_code == 401


def test_refusals_take_the_form_of_what_was_asked(made: Made) -> None:
    client = made(ACCESS_READ="keys")
    rest, fhir, page = (client.get(path) for path in (REST, FHIR, PAGE))
    assert {each.headers["WWW-Authenticate"] for each in (rest, fhir, page)} == {'Bearer realm="termservice API"'}
    problem = rest.get_json(force=True)
    assert (rest.content_type, problem["code"], problem["status"]) == ("application/problem+json", "key-needed", 401)
    assert "X-API-Key" in problem["detail"]
    outcome = fhir.get_json(force=True)
    assert (outcome["resourceType"], outcome["issue"][0]["code"]) == ("OperationOutcome", "login")
    assert fhir.content_type.startswith("application/fhir+json; fhirVersion=4.0")
    assert page.content_type == "text/html; charset=utf-8"
    assert "Inloggning behövs" in page.text


def test_what_is_not_there_is_not_told_to_strangers(made: Made) -> None:
    assert made(ACCESS_READ="keys").get("/api/v1/nothing").status_code == 401
    assert made().get("/api/v1/nothing").status_code == 404


def test_administration_is_not_there_unless_configured(made: Made, secrets: Mapping[str, str]) -> None:
    assert made().get(ADMIN, headers={"X-API-Key": secrets["admin"]}).status_code == 404


def test_keys_that_cannot_be_read_let_nobody_in(made: Made, secrets: Mapping[str, str], home: Path) -> None:
    (home / FILE_NAME).write_text("{", "utf-8")
    headers = {"X-API-Key": secrets["read"]}
    rest = made(ACCESS_READ="keys").get(REST, headers=headers)
    assert (rest.status_code, rest.get_json(force=True)["code"]) == (503, "store-unavailable")
    fhir = made(ACCESS_READ="keys").get(FHIR, headers=headers)
    assert (fhir.status_code, fhir.get_json(force=True)["resourceType"]) == (503, "OperationOutcome")


@pytest.mark.parametrize(
    ("address", "user", "status"),
    [(PROXY, "anna", 200), (PROXY, "", 401), (ELSEWHERE, "anna", 401), (f"::ffff:{PROXY}", "anna", 200)],
)
def test_a_user_counts_where_a_trusted_proxy_vouches(made: Made, address: str, user: str, status: int) -> None:
    client = made(address, **SETTINGS["proxy"], ACCESS_ADMIN_API="true")
    headers = {"X-Forwarded-User": user} if user else {}
    assert client.get(REST, headers=headers).status_code == status
    assert client.get(ADMIN, headers=headers).status_code == (403 if status == 200 else 401)


def test_the_identity_header_is_the_one_configured(made: Made) -> None:
    client = made(PROXY, **SETTINGS["proxy"], ACCESS_IDENTITY_HEADER="ProxyUser")
    assert client.get(REST, headers={"ProxyUser": "anna"}).status_code == 200
    assert client.get(REST, headers={"X-Forwarded-User": "anna"}).status_code == 401


def test_a_login_at_the_proxy_itself_is_no_key(made: Made) -> None:
    assert made().get(REST, headers={"Authorization": "Basic YTpi"}).status_code == 200


@pytest.mark.parametrize(
    ("settings", "address", "key", "status"),
    [
        ({}, ELSEWHERE, None, 200),
        ({"ACCESS_READ": "keys"}, ELSEWHERE, None, 401),
        ({"ACCESS_READ": "keys"}, ELSEWHERE, "read", 200),
        ({"ACCESS_METRICS_FROM": "10.1.0.0/16"}, ELSEWHERE, None, 403),
        ({"ACCESS_METRICS_FROM": "10.1.0.0/16"}, ELSEWHERE, "read", 403),
        ({"ACCESS_METRICS_FROM": "10.1.0.0/16"}, ELSEWHERE, "admin", 200),
        ({"ACCESS_METRICS_FROM": "10.1.0.0/16", "ACCESS_READ": "keys"}, "10.1.2.3", None, 200),
    ],
)
def test_who_may_read_metrics(
    made: Made, secrets: Mapping[str, str], settings: dict[str, str], address: str, key: str | None, status: int
) -> None:
    headers = {"X-API-Key": secrets[key]} if key else {}
    assert made(address, **settings).get("/metrics", headers=headers).status_code == status


def test_a_trusted_proxy_says_what_scheme_it_was_asked_by(made: Made) -> None:
    headers = {"X-Forwarded-Proto": "https"}
    trusted = made(PROXY, ACCESS_TRUSTED_PROXIES=PROXY).get(REST, headers=headers)
    assert trusted.headers["Strict-Transport-Security"] == "max-age=31536000"
    stranger = made(ELSEWHERE, ACCESS_TRUSTED_PROXIES=PROXY).get(REST, headers=headers)
    assert "Strict-Transport-Security" not in stranger.headers


def test_bodies_and_addresses_have_a_largest_size(made: Made) -> None:
    client = made(LIMITS_BODY="2048", LIMITS_URL="1024")
    large = client.post("/api/v1/batch/lookup", data=b"x" * 3000)
    assert (large.status_code, large.get_json(force=True)["code"]) == (413, "body-too-large")
    for path, code in (("/api/v1/search", "address-too-long"), ("/fhir/r5/ValueSet/$expand", None)):
        response = client.get(path, query_string={"filter": "x" * 2000})
        assert response.status_code == 414
        assert code is None or response.get_json(force=True)["code"] == code


@pytest.mark.parametrize("path", ["/?q=" + "x" * 2000, "/" + "x" * 2000])
def test_a_page_about_an_address_that_is_too_long_does_not_repeat_it(made: Made, path: str) -> None:
    response = made(LIMITS_URL="1024").get(path)
    assert (response.status_code, response.mimetype) == (414, "text/html")
    assert "xxxx" not in response.text
    assert 'href="/?lang=en"' in response.text
