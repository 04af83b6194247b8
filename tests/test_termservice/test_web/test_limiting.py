"""Rate limits by a clock that is set by hand; what is counted, by whom, and what is not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from limits.errors import StorageError
from limits.storage import MemoryStorage

from termservice import config, keys
from termservice.config import Limits, WrongSetting
from termservice.web.app import create_app
from termservice.web.limiting import Quotas

REST = "/api/v1/codesystems/frukt/concepts/F10"
FHIR = "/fhir/r5/metadata"
PROXY, ONE, OTHER = "10.0.0.1", "203.0.113.7", "203.0.113.8"
Made = Callable[..., FlaskClient]


class Clock:
    now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr("time.time", clock)
    return clock


@pytest.fixture
def made(service: Any, tmp_path: Path, clock: Clock) -> Made:
    def make(**settings: str) -> FlaskClient:
        service.home = tmp_path
        found = config.read(None, {f"TERMSERVICE_{name}": value for name, value in settings.items()})
        return create_app(service, {"TESTING": True}, found).test_client()

    return make


def statuses(client: FlaskClient, times: int, path: str = REST, address: str = ONE, **headers: str) -> list[int]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    asked = (client.get(path, headers=named, environ_overrides={"REMOTE_ADDR": address}) for _ in range(times))
    return [response.status_code for response in asked]


def test_one_too_many_waits_and_others_do_not(made: Made, clock: Clock) -> None:
    client = made(LIMITS_ADDRESS="3/minute")
    assert statuses(client, 4) == [200, 200, 200, 429]
    assert statuses(client, 1, address=OTHER) == [200]
    refused = client.get(REST, environ_overrides={"REMOTE_ADDR": ONE})
    wait = int(refused.headers["Retry-After"])
    assert 1 <= wait <= 120
    assert refused.get_json(force=True)["code"] == "too-many-requests"
    assert f"try again in {wait} s" in refused.get_json(force=True)["detail"]
    clock.now += 120
    assert statuses(client, 1) == [200]


def test_each_form_of_answer_says_so(made: Made) -> None:
    client = made(LIMITS_ADDRESS="1/hour")
    assert statuses(client, 1) == [200]
    fhir = client.get(FHIR, environ_overrides={"REMOTE_ADDR": ONE})
    page = client.get("/frukt", environ_overrides={"REMOTE_ADDR": ONE})
    assert (fhir.status_code, fhir.get_json(force=True)["issue"][0]["code"]) == (429, "throttled")
    assert (page.status_code, "För många frågor" in page.text) == (429, True)
    assert fhir.headers["Retry-After"]
    assert page.headers["Retry-After"]


def test_remembered_and_unchanged_answers_count_too(made: Made) -> None:
    client = made(LIMITS_ADDRESS="2/minute")
    etag = client.get(REST, environ_overrides={"REMOTE_ADDR": ONE}).headers["ETag"]
    assert statuses(client, 2, If_None_Match=etag) == [304, 429]


def test_every_limit_of_several_holds(made: Made, clock: Clock) -> None:
    client = made(LIMITS_ADDRESS="2/second; 3/hour")
    assert statuses(client, 3) == [200, 200, 429]
    clock.now += 5
    assert statuses(client, 2) == [200, 429]


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_health_is_never_refused(made: Made, path: str) -> None:
    assert statuses(made(LIMITS_ADDRESS="1/hour"), 3, path) == [200, 200, 200]


@pytest.mark.parametrize("address", ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"])
def test_this_machine_is_not_counted(made: Made, address: str) -> None:
    assert statuses(made(LIMITS_ADDRESS="1/hour"), 3, address=address) == [200, 200, 200]


def test_keys_are_counted_by_key_from_wherever_they_come(made: Made, tmp_path: Path) -> None:
    first, second = (keys.add(tmp_path, name, "read")[0] for name in ("one", "two"))
    client = made(LIMITS_KEY="2/hour", LIMITS_ADDRESS="1/hour")
    assert statuses(client, 2, X_API_Key=first) == [200, 200]
    assert statuses(client, 1, address=OTHER, X_API_Key=first) == [429]
    assert statuses(client, 1, X_API_Key=second) == [200]


def test_wrong_keys_are_soon_unheard_but_good_ones_are_not(made: Made, tmp_path: Path) -> None:
    secret, _ = keys.add(tmp_path, "one", "read")
    client = made(LIMITS_REFUSED="2/hour")
    assert statuses(client, 3, X_API_Key="ts_wrong") == [401, 401, 429]
    assert statuses(client, 1, X_API_Key=secret) == [200]


def test_behind_a_trusted_proxy_the_client_is_counted(made: Made) -> None:
    client = made(LIMITS_ADDRESS="1/hour", ACCESS_TRUSTED_PROXIES=PROXY)
    assert statuses(client, 1, address=PROXY, X_Forwarded_For=f"1.2.3.4, {ONE}") == [200]
    assert statuses(client, 1, address=PROXY, X_Forwarded_For=f"9.9.9.9, {ONE}, {PROXY}") == [429]
    assert statuses(client, 1, address=PROXY, X_Forwarded_For=OTHER) == [200]


def test_anybody_else_may_claim_what_they_like(made: Made) -> None:
    client = made(LIMITS_ADDRESS="1/hour", ACCESS_TRUSTED_PROXIES=PROXY)
    assert statuses(client, 1, X_Forwarded_For="1.1.1.1") == [200]
    assert statuses(client, 1, X_Forwarded_For="2.2.2.2") == [429]


def test_one_site_has_many_ipv6_addresses(made: Made) -> None:
    client = made(LIMITS_ADDRESS="1/hour")
    assert statuses(client, 1, address="2001:db8::1") == [200]
    assert statuses(client, 1, address="2001:db8::ffff") == [429]
    assert statuses(client, 1, address="2001:db8:0:1::1") == [200]


def test_without_limits_nothing_is_counted(made: Made) -> None:
    assert statuses(made(LIMITS_ADDRESS=""), 150) == [200] * 150


def test_a_storage_that_fails_limits_nothing(
    made: Made, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*args: object, **more: object) -> None:
        raise StorageError(ConnectionError("redis://user:hush@host is away"))

    client = made(LIMITS_ADDRESS="1/hour")
    monkeypatch.setattr(MemoryStorage, "acquire_sliding_window_entry", fail)
    assert statuses(client, 3) == [200, 200, 200]
    assert "requests cannot be counted" in caplog.text
    assert "hush" not in caplog.text


def test_a_storage_that_cannot_be_is_refused_at_the_start() -> None:
    with pytest.raises(WrongSetting, match=r"limits\.storage cannot be used"):
        Quotas(Limits(storage="abacus://desk"))
