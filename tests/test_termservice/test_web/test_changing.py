"""History and changes over REST: versions by name or day, filters, pages and files."""

from __future__ import annotations

import csv
import io
from typing import Any
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook

from termservice import changeworkbook
from termservice.web import changing

V1 = "/api/v1"
CHANGES = f"{V1}/codesystems/frukt/changes"


def asked(client: FlaskClient, **parameters: Any) -> Any:
    response = client.get(CHANGES, query_string=parameters)
    assert response.status_code == 200, response.text
    return response.get_json()


def test_history(client: FlaskClient) -> None:
    body = client.get(f"{V1}/codesystems/frukt/concepts/f30/history").get_json()
    assert (body["system"], body["code"], body["active"]) == ("frukt", "F30", False)
    assert body["periods"][0]["from"] == "2025-01-01"
    assert [event["type"] for event in body["events"]] == ["withdrawn", "replaced-by"]
    assert body["events"][1]["source"] == {
        "by": "publisher", "release": "Släpp 2026", "file": "ändringar.xlsx", "row": 4,
    }  # fmt: skip
    assert body["successors"][0]["code"] == "F20"
    assert body["suggestions"][0]["reason"] == "sibling-code"


def test_history_of_a_code_with_a_slash_and_in_a_language(client: FlaskClient) -> None:
    for code in ("A/B", quote("A/B", safe="")):
        assert client.get(f"{V1}/codesystems/udda/concepts/{code}/history").get_json()["code"] == "A/B"
    body = client.get(f"{V1}/codesystems/frukt/concepts/F10/history?lang=en").get_json()
    assert body["display"] == "Äpplen (en)"


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/codesystems/frykt/concepts/F10/history", 404, "unknown-system"),
        ("/codesystems/frukt/concepts/X/history", 404, "unknown-code"),
        ("/codesystems/frukt/concepts/F10/history?version=2025", 422, "invalid-parameter"),
        ("/codesystems/frykt/changes?from=2025", 404, "unknown-system"),
        ("/codesystems/frukt/changes?from=1999", 404, "unknown-version"),
        ("/codesystems/frukt/changes?from=2025&to=2025-02-30", 404, "unknown-version"),
        ("/codesystems/frukt/changes?from=2024-12-31", 404, "before-first-release"),
        ("/codesystems/frukt/changes?from=2025&under=X", 404, "unknown-code"),
        ("/codesystems/frukt/changes?from=2025&to=1999&format=xlsx", 404, "unknown-version"),
    ],
)
def test_what_does_not_exist(client: FlaskClient, path: str, status: int, code: str) -> None:
    response = client.get(V1 + path)
    assert response.content_type == "application/problem+json"
    assert (response.status_code, response.get_json(force=True)["code"]) == (status, code)


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("", ["from"]),
        ("from=", ["from"]),
        ("from=2025&from=2026", ["from"]),
        ("from=2025&type=grown", ["type.0"]),
        ("from=2025&type=moved&type=", ["type.1"]),
        ("from=2025&source=me&format=ods", ["format", "source"]),
        ("from=2025&limit=0&offset=-1", ["limit", "offset"]),
        ("from=2025&limit=1001&format=csv", ["limit"]),
        ("from=2025&date=2026-01-01", ["date"]),
    ],
)
def test_wrong_parameters_are_named(client: FlaskClient, query: str, named: list[str]) -> None:
    response = client.get(f"{CHANGES}?{query}")
    assert response.status_code == 422
    assert sorted(response.get_json(force=True)["errors"]) == named


@pytest.mark.parametrize(
    ("asked_for", "versions"),
    [
        ({"from": "2025"}, ("2025", "2026")),
        ({"from": "2025-06-30"}, ("2025", "2026")),
        ({"from": "2026", "to": "2025"}, ("2026", "2025")),
        ({"from": "2025-01-01", "to": "2026-01-01"}, ("2025", "2026")),
        ({"from": "2025", "to": "2025-12-31"}, ("2025", "2025")),
    ],
)
def test_versions_by_name_or_by_a_day(client: FlaskClient, asked_for: Any, versions: tuple[str, str]) -> None:
    body = asked(client, **asked_for)
    assert (body["after_version"], body["version"]) == versions


def test_types_source_and_under(client: FlaskClient) -> None:
    body = asked(client, **{"from": "2025", "type": ["moved", "retitled"]})
    assert [item["type"] for item in body["items"]] == ["retitled", "moved"]
    assert (body["total"], body["counts"]["withdrawn"]) == (2, 1)
    assert asked(client, **{"from": "2025", "source": "publisher"})["counts"] == {"replaced-by": 1}
    assert asked(client, **{"from": "2025", "source": "all"})["total"] == 6
    assert [item["code"] for item in asked(client, **{"from": "2025", "under": "F10"})["items"]] == ["F10", "F10.1"]


def test_pages_follow_each_other_with_all_parameters(client: FlaskClient) -> None:
    url, seen = f"{CHANGES}?from=2025-06-30&type=moved&type=retitled&type=withdrawn&limit=2", []
    while url:
        body = client.get(url).get_json()
        seen.append([item["type"] for item in body["items"]])
        url = body["next"]
    assert seen == [["retitled", "moved"], ["withdrawn"]]


def test_changes_have_an_etag(client: FlaskClient) -> None:
    etag = client.get(f"{CHANGES}?from=2025").headers["ETag"]
    assert client.get(f"{CHANGES}?from=2025", headers={"If-None-Match": etag}).status_code == 304


def test_csv_holds_all_changes(client: FlaskClient) -> None:
    response = client.get(f"{CHANGES}?from=2025&source=all&format=csv")
    assert response.content_type == "text/csv; charset=utf-8"
    assert response.headers["Content-Disposition"] == 'attachment; filename="frukt-2025-2026-changes.csv"'
    assert (response.headers["Termservice-System"], response.headers["Termservice-Version"]) == ("frukt", "2026")
    found = list(csv.DictReader(io.StringIO(response.text, newline="")))
    assert [row["type"] for row in found] == [
        "introduced", "retitled", "moved", "note-changed", "withdrawn", "replaced-by",
    ]  # fmt: skip
    assert (found[0]["code"], found[0]["display"]) == ("'=F9", "'=1+1")


def test_a_workbook_holds_all_changes(client: FlaskClient) -> None:
    response = client.get(f"{CHANGES}?from=2025&format=xlsx", buffered=True)
    assert response.headers["Content-Disposition"].endswith('changes.xlsx"')
    assert int(response.headers["Content-Length"]) == len(response.data)
    book = load_workbook(io.BytesIO(response.data))
    assert book.sheetnames == ["summary", "introduced", "retitled", "moved", "note-changed", "withdrawn"]
    assert book["introduced"]["A2"].value == "=F9"
    assert book["introduced"]["A2"].data_type == "s"


def test_files_are_whole_unless_a_limit_is_given(client: FlaskClient, service: Any) -> None:
    limits = []
    plain = service.changes

    def watched(*given: Any, **more: Any) -> Any:
        limits.append(more["limit"])
        return plain(*given, **more)

    service.changes = watched
    for query in ("", "&format=csv", "&format=xlsx", "&format=csv&limit=1"):
        client.get(f"{CHANGES}?from=2025{query}", buffered=True)
    assert limits == [100, None, None, 1]


def test_a_batch_of_histories(client: FlaskClient) -> None:
    items: list[Any] = [
        {"system": "frukt", "code": "f30"},
        {"system": "frukt", "code": "X"},
        {"system": "frukt", "code": "F10", "version": "2025"},
        {"code": "F10"},
        None,
    ]
    body = client.post(f"{V1}/batch/history", json={"items": items}).get_json()
    assert (body["revision"], body["total"]) == (7, 5)
    assert body["items"][0]["code"] == "F30"
    assert [item["code"] for item in body["items"][1:]] == ["unknown-code", *["invalid-parameter"] * 3]
    assert list(body["items"][2]["errors"]) == ["version"]


def test_the_file_behind_a_workbook_is_closed_with_the_answer(client: FlaskClient, monkeypatch: Any) -> None:
    files: list[Any] = []

    def made() -> Any:
        files.append(io.BytesIO())
        return files[-1]

    monkeypatch.setattr(changing, "TemporaryFile", made)
    client.get(f"{CHANGES}?from=2025&format=xlsx", buffered=True)
    client.head(f"{CHANGES}?from=2025&format=xlsx", buffered=True)
    monkeypatch.setattr(changeworkbook, "write_workbook", None)
    with pytest.raises(TypeError):
        client.get(f"{CHANGES}?from=2025&format=xlsx")
    assert [file.closed for file in files] == [True] * 3
