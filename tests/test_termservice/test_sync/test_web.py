"""Servers that are down, lead elsewhere, send too much or too little."""

from __future__ import annotations

import hashlib
import ipaddress
import ssl
from pathlib import Path
from typing import Any

import pytest

from termservice.sync.addresses import permitted
from termservice.sync.credentials import Login, Secrets
from termservice.sync.downloads import Validators, Wanted, download
from termservice.sync.problems import Failure
from termservice.sync.web import Manners, Target, Web
from tests.test_termservice.test_sync.publishing import Publisher, Reply, Request

BODY = bytes(range(256)) * 2000


def fetch(web: Web, publisher: Publisher, folder: Path, path: str = "/f", **more: Any) -> Any:
    target = more.pop("target", None) or Target(publisher.url(path))
    return download(web, Wanted(target, **({"max_size": 10**7} | more)), folder / "f", lambda done, total: None)


def test_a_file_is_fetched_with_its_validators(web: Web, publisher: Publisher, tmp_path: Path) -> None:
    publisher.file("/f", BODY)
    found = fetch(web, publisher, tmp_path)
    assert found.path.read_bytes() == BODY
    assert found.sha256 == hashlib.sha256(BODY).hexdigest()
    assert [path.name for path in tmp_path.iterdir()] == ["f"]
    assert fetch(web, publisher, tmp_path, have=found.validators) is None
    assert publisher.requests[-1].headers["If-None-Match"] == found.validators.etag


def test_last_modified_serves_where_there_is_no_etag(web: Web, publisher: Publisher, tmp_path: Path) -> None:
    day = "Thu, 01 Jan 2026 00:00:00 GMT"
    publisher.put("/f", lambda request: Reply(status=304 if request.headers["If-Modified-Since"] == day else 500))
    assert fetch(web, publisher, tmp_path, have=Validators(last_modified=day)) is None


def test_what_passes_is_tried_again(web: Web, publisher: Publisher, tmp_path: Path) -> None:
    publisher.put(
        "/f",
        Reply(status=500),
        Reply(status=429, headers={"Retry-After": "0"}),
        Reply(BODY),
    )
    assert fetch(web, publisher, tmp_path).path.read_bytes() == BODY
    assert len(publisher.requests) == 3


def test_a_pause_that_is_not_understood_is_none(web: Web, publisher: Publisher, tmp_path: Path) -> None:
    publisher.put("/f", Reply(status=503, headers={"Retry-After": "soon"}), Reply(BODY))
    assert fetch(web, publisher, tmp_path).path.read_bytes() == BODY


def test_names_of_any_kind_can_be_asked_for(web: Web, publisher: Publisher, tmp_path: Path) -> None:
    publisher.file("/KV%C3%85%202026.xlsx", BODY)
    assert fetch(web, publisher, tmp_path, path="/KVÅ 2026.xlsx").path.read_bytes() == BODY


@pytest.mark.parametrize(("status", "times"), [(503, 3), (404, 1), (403, 1), (206, 3), (416, 3)])
def test_what_stays_wrong_is_a_failure(web: Web, publisher: Publisher, tmp_path: Path, status: int, times: int) -> None:
    publisher.put("/f", Reply(status=status))
    with pytest.raises(Failure, match=r"127\.0\.0\.1|part|rest"):
        fetch(web, publisher, tmp_path)
    assert len(publisher.requests) == times


def test_a_server_that_is_not_there_is_a_failure(web: Web, publisher: Publisher, tmp_path: Path) -> None:
    publisher.close()
    with pytest.raises(Failure, match="cannot be reached"):
        fetch(web, publisher, tmp_path)


def test_a_broken_download_is_taken_up_where_it_broke_off(web: Web, publisher: Publisher, tmp_path: Path) -> None:
    publisher.file("/f", BODY)
    whole = publisher.replies["/f"][0]

    def cut(request: Request) -> Reply:
        found = whole(request)
        found.cut = 300_000
        return found

    publisher.put("/f", cut, whole)
    found = fetch(web, publisher, tmp_path)
    assert found.path.read_bytes() == BODY
    start = int(publisher.requests[1].headers["Range"].removeprefix("bytes=").removesuffix("-"))
    assert 0 < start <= 300_000


def test_a_download_goes_on_in_another_process(web: Web, publisher: Publisher, tmp_path: Path) -> None:
    publisher.file("/f", BODY)
    whole = publisher.replies["/f"][0]

    def cut(request: Request) -> Reply:
        found = whole(request)
        found.cut = len(found.body) // 2
        return found

    publisher.put("/f", cut)
    with pytest.raises(Failure, match="broke off"):
        fetch(web, publisher, tmp_path)
    assert (tmp_path / "f.part").stat().st_size > len(BODY) // 2
    publisher.put("/f", whole)
    assert fetch(web, publisher, tmp_path).path.read_bytes() == BODY
    assert publisher.requests[-1].headers["Range"]


def test_a_file_that_changed_meanwhile_begins_anew(web: Web, publisher: Publisher, tmp_path: Path) -> None:
    publisher.put("/f", Reply(BODY, headers={"ETag": '"old"'}, cut=300_000))
    with pytest.raises(Failure):
        fetch(web, publisher, tmp_path)
    publisher.file("/f", b"new" * 1000)
    assert fetch(web, publisher, tmp_path).path.read_bytes() == b"new" * 1000


def test_a_beginning_without_validators_is_not_gone_on_with(web: Web, publisher: Publisher, tmp_path: Path) -> None:
    publisher.put("/f", Reply(BODY, cut=300_000), Reply(BODY))
    assert fetch(web, publisher, tmp_path).path.read_bytes() == BODY
    assert "Range" not in publisher.requests[1].headers


@pytest.mark.parametrize("headers", [{"ETag": '"a"'}, {}])
def test_too_large_is_refused(web: Web, publisher: Publisher, tmp_path: Path, headers: dict[str, str]) -> None:
    publisher.put("/f", Reply(BODY, headers=headers))
    with pytest.raises(Failure, match="max_size"):
        fetch(web, publisher, tmp_path, max_size=len(BODY) - 1)
    assert len(publisher.requests) == 1


def test_more_than_was_announced_by_the_list_is_refused(web: Web, publisher: Publisher, tmp_path: Path) -> None:
    publisher.put("/f", Reply(BODY))
    with pytest.raises(Failure, match="announced"):
        fetch(web, publisher, tmp_path, size=len(BODY) - 1)


def test_a_wrong_sha256_is_refused_and_nothing_kept(web: Web, publisher: Publisher, tmp_path: Path) -> None:
    publisher.file("/f", BODY)
    with pytest.raises(Failure, match="announced"):
        fetch(web, publisher, tmp_path, sha256="0" * 64)
    assert not (tmp_path / "f").exists() and not (tmp_path / "f.part").exists()
    assert fetch(web, publisher, tmp_path, sha256=hashlib.sha256(BODY).hexdigest().upper()).path.exists()


def test_nothing_is_no_file(web: Web, publisher: Publisher, tmp_path: Path) -> None:
    publisher.put("/f", Reply(b""))
    with pytest.raises(Failure, match="empty"):
        fetch(web, publisher, tmp_path)


def test_redirects_are_followed_on_allowed_hosts(publisher: Publisher, tmp_path: Path) -> None:
    def resolve(host: str, port: int) -> list[str]:
        return ["127.0.0.1"]

    web = Web(Manners(retries=0, allow_private=(ipaddress.ip_network("127.0.0.1"),)), Secrets({"T": "s3cret"}), resolve)
    publisher.put("/f", Reply(status=302, headers={"Location": "/g"}))
    publisher.put("/g", Reply(status=307, headers={"Location": f"http://cdn.example:{publisher.port}/h"}))
    publisher.put("/h", Reply(BODY))
    own = Target(f"http://files.example:{publisher.port}/f", frozenset({"cdn.example"}), Login(token="T"))
    assert fetch(web, publisher, tmp_path, target=own).path.read_bytes() == BODY
    hosts = [request.headers["Host"].partition(":")[0] for request in publisher.requests]
    assert hosts == ["files.example", "files.example", "cdn.example"]
    logins = [request.headers["Authorization"] for request in publisher.requests]
    assert logins == ["Bearer s3cret", "Bearer s3cret", None]  # not to another server


@pytest.mark.parametrize(
    ("place", "message"),
    [
        ("http://169.254.169.254/latest/meta-data", "not among the hosts"),
        ("http://localhost/", "not among the hosts"),
        ("file:///etc/passwd", "only http"),
        ("/f", "redirects more than"),
        ("http://127.0.0.1:99999/", "no address"),
        ("http://[bad", "no address"),
    ],
)
def test_redirects_elsewhere_are_refused(
    web: Web, publisher: Publisher, tmp_path: Path, place: str, message: str
) -> None:
    publisher.put("/f", Reply(status=302, headers={"Location": place}))
    with pytest.raises(Failure, match=message):
        fetch(web, publisher, tmp_path)


def test_private_addresses_are_refused(publisher: Publisher, tmp_path: Path) -> None:
    with pytest.raises(Failure, match="allow_private"):
        fetch(Web(Manners(retries=0), Secrets()), publisher, tmp_path)
    assert publisher.requests == []


def test_a_public_name_with_a_private_address_is_refused(publisher: Publisher, tmp_path: Path) -> None:
    web = Web(Manners(retries=0), Secrets(), lambda host, port: ["127.0.0.1"])
    with pytest.raises(Failure, match=r"files\.example is at 127\.0\.0\.1"):
        fetch(web, publisher, tmp_path, target=Target(f"http://files.example:{publisher.port}/f"))


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "192.168.1.1", "172.16.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
        "255.255.255.255", "240.0.0.1", "::1", "::", "fe80::1", "fc00::1", "ff02::1", "::ffff:10.0.0.1",
        "64:ff9b::a00:1", "2002:a00:1::", "fe80::1%eth0",
    ],
)  # fmt: skip
def test_addresses_that_are_not_public(address: str) -> None:
    with pytest.raises(Failure):
        permitted("a.example", 443, (), lambda host, port: [address])


def test_addresses_that_may_be_connected_to() -> None:
    public = ["93.184.215.14", "2606:4700::1111", "64:ff9b::5db8:d70e"]
    assert permitted("a.example", 443, (), lambda host, port: [*public, "10.0.0.1"]) == public
    allowed = (ipaddress.ip_network("10.0.0.0/8"),)
    assert permitted("a.example", 443, allowed, lambda host, port: ["10.9.8.7", "192.168.0.1"]) == ["10.9.8.7"]


def test_a_server_without_trusted_encryption_is_refused(web: Web, publisher: Publisher, tmp_path: Path) -> None:
    with pytest.raises(Failure, match=r"encryption|cannot be reached"):
        fetch(web, publisher, tmp_path, target=Target(f"https://127.0.0.1:{publisher.port}/f"))
    assert web._tls.verify_mode == ssl.CERT_REQUIRED


def test_encrypted_leads_to_nothing_unencrypted(
    monkeypatch: pytest.MonkeyPatch, publisher: Publisher, web: Web
) -> None:
    import urllib3

    monkeypatch.setattr(
        urllib3, "HTTPSConnectionPool", lambda host, port, **tls: urllib3.HTTPConnectionPool(host, port)
    )
    publisher.put("/f", Reply(status=302, headers={"Location": publisher.url("/g")}))
    with pytest.raises(Failure, match="not encrypted"):
        web.listing(Target(f"https://127.0.0.1:{publisher.port}/f"), "*/*")


def test_urls_are_shown_without_what_may_be_secret(web: Web, publisher: Publisher, tmp_path: Path) -> None:
    target = Target(publisher.url("/f?token=abcd1234"))
    with pytest.raises(Failure) as caught:
        fetch(web, publisher, tmp_path, target=target)
    assert "abcd1234" not in str(caught.value)
    assert publisher.requests[-1].path == "/f?token=abcd1234"


def test_basic_authentication_and_other_headers(publisher: Publisher) -> None:
    secrets = Secrets({"U": "anna", "P": "hemligt", "K": "nyckel"})
    web = Web(Manners(retries=0, allow_private=(ipaddress.ip_network("127.0.0.1"),)), secrets)
    publisher.put("/f", Reply(b"x"))
    web.listing(
        Target(publisher.url("/f"), login=Login(user="U", password="P", header="X-Key", header_value="K")), "*/*"
    )
    assert publisher.requests[0].headers["Authorization"] == "Basic YW5uYTpoZW1saWd0"
    assert publisher.requests[0].headers["X-Key"] == "nyckel"
    assert secrets.cleaned("hemligt, nyckel, YW5uYTpoZW1saWd0") == "***, ***, ***"
    with pytest.raises(Failure, match="NOPE is not set"):
        web.listing(Target(publisher.url("/f"), login=Login(token="NOPE")), "*/*")


def test_a_proxy_is_asked_where_one_is_named(publisher: Publisher) -> None:
    secrets = Secrets({"PROXY": publisher.url()})
    web = Web(Manners(retries=0, proxy_env="PROXY"), secrets)
    publisher.put("http://files.example/f", Reply(b"through"))
    assert web.listing(Target("http://files.example/f"), "*/*") == b"through"
    publisher.put("http://files.example/f", Reply(status=302, headers={"Location": "http://other.example/"}))
    with pytest.raises(Failure, match="not among the hosts"):
        web.listing(Target("http://files.example/f"), "*/*")
