"""Compressed answers: the same content, asked for again alike."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from backports import zstd
from flask import Flask
from flask.testing import FlaskClient

from termservice.web.compression import SMALLEST, accepted, compressed

REST = "/api/v1/codesystems?lang=sv"
LARGE = "/api/v1/openapi.json"
SMALL = "/api/v1/codesystems/frukt/concepts/F10/ancestors"
EXPORT = "/api/v1/codesystems/frukt/export?format=ndjson"


def plain(data: bytes, encoding: str) -> bytes:
    return {"gzip": gzip.decompress, "zstd": zstd.decompress}[encoding](data)


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("", ""), ("identity", ""), ("br", ""), ("gzip", "gzip"), ("GZIP", "gzip"), ("zstd", "zstd"),
        ("gzip, deflate, br, zstd", "zstd"), ("gzip;q=1.0, zstd;q=0.5", "gzip"), ("gzip;q=0", ""),
        ("*", "zstd"), ("*;q=0", ""), ("zstd;q=0, *", "gzip"), ("gzip;q=x", ""), ("gzip;level=9", "gzip"), (",;=", ""),
    ],
)  # fmt: skip
def test_the_encoding_is_the_callers_choice(header: str, expected: str) -> None:
    assert accepted(header) == expected


@pytest.mark.parametrize("encoding", ["gzip", "zstd"])
@pytest.mark.parametrize("path", [LARGE, "/fhir/r5/metadata", "/docs", "/static/app.css", EXPORT])
def test_the_content_is_the_same(client: FlaskClient, path: str, encoding: str) -> None:
    with client.get(path) as whole, client.get(path, headers={"Accept-Encoding": encoding}) as small:
        whole_body, small_body = whole.data, small.data
    if path != EXPORT:
        assert len(small_body) < len(whole_body)
        assert small.headers.get("Content-Length") in (None, str(len(small_body)))
    assert small.headers["Content-Encoding"] == encoding
    assert plain(small_body, encoding) == whole_body
    for response in (whole, small):
        assert "Accept-Encoding" in response.headers["Vary"]
        assert len(response.headers.getlist("Vary")) == 1


@pytest.mark.parametrize("encoding", ["gzip", "zstd"])
@pytest.mark.parametrize("path", [LARGE, "/fhir/r5/metadata", "/docs"])
def test_either_is_asked_for_again_by_its_etag(client: FlaskClient, path: str, encoding: str) -> None:
    whole = client.get(path)
    small = client.get(path, headers={"Accept-Encoding": encoding})
    assert small.headers["ETag"] == "W/" + whole.headers["ETag"].removeprefix("W/")
    for etag in (small.headers["ETag"], whole.headers["ETag"]):
        for accept in ("identity", encoding):
            again = client.get(path, headers={"Accept-Encoding": accept, "If-None-Match": etag})
            assert (again.status_code, again.data) == (304, b"")
            assert "Content-Encoding" not in again.headers
    assert client.get(path, headers={"Accept-Encoding": encoding, "If-None-Match": '"other"'}).status_code == 200


def test_what_is_remembered_is_given_as_it_is_wanted(client: FlaskClient) -> None:
    path = "/api/v1/codesystems/frukt/changes?from=2025&limit=1000&source=all"
    bodies = [
        client.get(path, headers={"Accept-Encoding": each}) for each in ("gzip", "identity", "gzip", "zstd", "br")
    ]
    assert [each.headers.get("Content-Encoding") for each in bodies] == ["gzip", None, "gzip", "zstd", None]
    assert plain(bodies[2].data, "gzip") == bodies[1].data == plain(bodies[3].data, "zstd")


def test_small_answers_and_files_that_are_compressed_already_are_left_alone(client: FlaskClient) -> None:
    headers = {"Accept-Encoding": "gzip"}
    small = client.get(SMALL, headers=headers)
    assert len(small.data) < SMALLEST
    with client.get("/api/v1/codesystems/frukt/changes?from=2025&format=xlsx", headers=headers) as workbook:
        assert workbook.data[:2] == b"PK"
    for response in (small, workbook):
        assert response.status_code == 200
        assert "Content-Encoding" not in response.headers


def test_parts_of_files_are_left_alone(client: FlaskClient) -> None:
    headers = {"Accept-Encoding": "gzip", "Range": "bytes=0-9"}
    with client.get("/static/app.css", headers=headers) as response:
        assert (response.status_code, len(response.data)) == (206, 10)
    assert "Content-Encoding" not in response.headers


def test_head_has_no_body(client: FlaskClient) -> None:
    response = client.head(LARGE, headers={"Accept-Encoding": "gzip"})
    assert (response.status_code, response.data) == (200, b"")


class Download(Iterable[bytes]):
    """A stream that knows how far it was read and whether it was closed."""

    def __init__(self) -> None:
        self.read = 0
        self.closed = False

    def __iter__(self) -> Iterator[bytes]:
        for number in range(100):
            self.read += 1
            yield (f"{number:08} " * 20_000).encode()

    def close(self) -> None:
        self.closed = True


def opened(encoding: str) -> tuple[Download, Any]:
    download = Download()

    def app(environ: Any, start_response: Any) -> Download:
        start_response("200 OK", [("Content-Type", "text/csv; charset=utf-8")])
        return download

    environ = {"REQUEST_METHOD": "GET", "HTTP_ACCEPT_ENCODING": encoding}
    return download, compressed(app)(environ, lambda *args: None)  # type: ignore[arg-type,return-value]


@pytest.mark.parametrize("encoding", ["gzip", "zstd"])
def test_a_stream_is_compressed_as_it_comes_and_closed_when_it_is_broken_off(encoding: str) -> None:
    download, body = opened(encoding)
    assert next(body)
    assert download.read < 100
    body.close()
    assert download.closed


def test_a_whole_stream_can_be_read(app: Flask) -> None:
    download, body = opened("gzip")
    found = zlib.decompress(b"".join(body), 31)
    assert found == b"".join(Download())
    assert download.read == 100
