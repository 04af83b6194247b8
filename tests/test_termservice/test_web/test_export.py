"""Whole versions as files: complete, named, and safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest
from flask.testing import FlaskClient

from termservice.answers import When
from termservice.tabular import safe
from termservice.web.export import export_response

EXPORT = "/api/v1/codesystems/{}/export"


def test_csv_holds_every_concept(client: FlaskClient) -> None:
    response = client.get(EXPORT.format("frukt"))
    assert response.content_type == "text/csv; charset=utf-8"
    assert response.headers["Content-Disposition"] == 'attachment; filename="frukt-2026.csv"'
    assert response.headers["Termservice-Revision"] == "7"
    rows = list(csv.DictReader(io.StringIO(response.text, newline="")))
    assert [row["code"] for row in rows] == ["F", "F10", "F10.1", "F10.2", "F20"]
    assert rows[4]["display"] == "Päron & <annat>"
    assert (rows[0]["abstract"], rows[0]["valid_to"]) == ("true", "")
    assert json.loads(rows[1]["notes"])[0]["values"] == ["Ett <b>", "Två, se F20"]


def test_ndjson_holds_the_same_untouched(client: FlaskClient) -> None:
    response = client.get(EXPORT.format("udda") + "?format=ndjson&version=1")
    assert response.content_type == "application/x-ndjson"
    rows = [json.loads(line) for line in response.text.splitlines()]
    assert "=1+1" in [row["code"] for row in rows]
    assert rows[0]["designations"][1]["value"] == "Bär"


def test_a_formula_is_text_in_csv(client: FlaskClient) -> None:
    rows = list(csv.DictReader(io.StringIO(client.get(EXPORT.format("udda")).text, newline="")))
    assert "'=1+1" in [row["code"] for row in rows]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("=1+1", "'=1+1"),
        ("+46", "'+46"),
        ("- punkt", "'- punkt"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        ("  =1", "'  =1"),
        ("\n=1", "'\n=1"),
        ("＝1", "'＝1"),
        ("I21.9", "I21.9"),
        ("a=b", "a=b"),
        ("", ""),
        (None, ""),
        (True, "true"),
        (False, "false"),
        (-3, "-3"),
        (["F", "Å"], '["F","Å"]'),
    ],
)
def test_cells(value: Any, text: str) -> None:
    assert safe(value) == text


def test_a_download_broken_off_ends_the_reading(client: FlaskClient, service: Any) -> None:
    closed = []

    def endless(system: str, when: When) -> Any:
        try:
            while True:
                yield {"code": "x" * 1000}
        finally:
            closed.append(when.version)

    service.export = endless
    with client.application.test_request_context():
        response = export_response(service, "frukt", When(), "ndjson")
        chunks = response.iter_encoded()
        assert len(next(iter(chunks))) > 60_000
        response.close()
    assert closed == ["2026"]
