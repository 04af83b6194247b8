"""Listings, validation, export and health."""

from __future__ import annotations

import csv
import io
import json
import threading
from dataclasses import asdict
from typing import Any

import pytest

from termservice import tabular
from termservice.answers import When
from termservice.errors import NothingInForce, StoreError, UnknownSystem, UnknownVersion

CODES: dict[str, Any] = {
    "A": {"title": "Apple", "synonyms": ["Äpple"], "abstract": True},
    "A1": {
        "title": "Green  apple",
        "parents": ["A"],
        "properties": [["note", "Sour."], ["note", "=SUM(A1)"], ["size", "3"], ["colour", "green"]],
    },
    "B": {"title": "Banana", "active": False},
    "C": "=cmd()",
}


@pytest.fixture
def loaded(toy: Any) -> Any:
    toy.put("2020", CODES | {"D": "Date"})
    toy.put("2021", CODES)
    return toy


def test_code_systems(loaded: Any) -> None:
    loaded.put("2024", {"x": "X"}, system="odd")
    listing = loaded.service().codesystems()
    odd, toy = listing.items
    assert (listing.total, listing.revision) == (2, 3)
    assert (toy.id, toy.url, toy.version, toy.effective_date, toy.concepts, toy.versions) == (
        "toy", "http://example.org/toy", "2021", "2021-01-01", 4, 2,
    )  # fmt: skip
    assert sorted(toy.aliases) == ["1.2.3.4", "http://example.org/old/toy"]
    assert (odd.id, odd.version, odd.concepts, odd.language) == ("odd", None, 0, "en")
    assert loaded.service().codesystem("1.2.3.4") == toy


VALIDATION: list[tuple[str, When, str | None, bool, str]] = [
    ("A1", When(), None, True, ""),
    ("a1", When(), "green APPLE ", True, ""),
    ("A", When(), "äpple", True, ""),
    ("A1", When(), "Red apple", False, "is called 'Green  apple', not 'Red apple'"),
    ("B", When(), None, False, "B is not active in 2021"),
    ("D", When(), None, False, "D is not active"),
    ("D", When(version="2020"), None, True, ""),
    ("D", When(version="2021"), None, False, "2021 does not hold D; it is in 2020"),
    ("A9", When(), None, False, "never had a code 'A9'; nearest: A"),
    ("", When(), None, False, "never had a code ''"),
]


@pytest.mark.parametrize(("code", "when", "name", "result", "message"), VALIDATION)
def test_validation(loaded: Any, code: str, when: When, name: str | None, result: bool, message: str) -> None:
    answer = loaded.service().validate("toy", code, when, name)
    assert answer.result is result
    assert message in (answer.message or "")
    assert (answer.message is None) is result
    assert (answer.system, answer.version, answer.revision) == ("toy", when.version or "2021", 2)


def test_validation_of_what_cannot_be_asked(loaded: Any) -> None:
    service = loaded.service()
    with pytest.raises(UnknownSystem):
        service.validate("nothing", "A")
    with pytest.raises(UnknownVersion):
        service.validate("toy", "A", When(version="1999"))


def test_export_is_every_look_up_in_code_order(loaded: Any) -> None:
    service = loaded.service()
    for when in (When(), When(version="2020"), When(date="2020-06-01")):
        rows = list(service.export("toy", when))
        assert [row["code"] for row in rows] == sorted(row["code"] for row in rows)
        assert rows == [asdict(service.concept("toy", row["code"], when)) for row in rows]
        assert len(rows) == service.concepts("toy", when).total


def test_export_over_several_chunks(toy: Any) -> None:
    toy.put("2020", {f"A{number:04}": "Apple" for number in range(1001)})
    assert [row["code"] for row in toy.service().export("toy")] == [f"A{number:04}" for number in range(1001)]


def test_export_refuses_before_anything_is_drawn(loaded: Any) -> None:
    with pytest.raises(NothingInForce):
        loaded.service().export("toy", When(date="1999-01-01"))


def test_an_export_left_unfinished_does_not_hold_its_snapshot(loaded: Any) -> None:
    service = loaded.service()
    rows = service.export("toy")
    next(rows)
    rows.close()
    loaded.put("2021", CODES | {"A": "Apples"})
    assert service.concept("toy", "A").display == "Apples"


def test_export_as_csv_and_ndjson(loaded: Any) -> None:
    service = loaded.service()
    table = list(csv.DictReader(io.StringIO("".join(tabular.export(service.export("toy"), "csv")))))
    assert list(table[0]) == list(tabular.COLUMNS)
    green = table[1]
    assert (green["code"], green["active"], green["parents"]) == ("A1", "true", '["A"]')
    assert json.loads(green["notes"])[0]["values"] == ["Sour.", "=SUM(A1)"]
    assert [each["value"] for each in json.loads(green["properties"])] == ["green", 3]
    assert table[3]["display"] == "'=cmd()"  # no spreadsheet takes it for a formula
    lines = "".join(tabular.export(service.export("toy"), "ndjson")).splitlines()
    assert [json.loads(line) for line in lines] == json.loads(json.dumps(list(service.export("toy"))))


def test_an_empty_export_has_its_header() -> None:
    assert "".join(tabular.export([], "csv")).startswith("system,version,revision,code,display,active")
    assert "".join(tabular.export([], "ndjson")) == ""


@pytest.mark.parametrize(
    ("value", "cell"),
    [("=1", "'=1"), ("+1", "'+1"), ("-1", "'-1"), ("@x", "'@x"), ("\tx", "'\tx"), ("1-1", "1-1"), (-1, "-1")],
)
def test_cells_are_no_formulas(value: object, cell: object) -> None:
    assert tabular.safe(value) == cell


def test_health(loaded: Any) -> None:
    assert loaded.service().health() == {"status": "ok", "revision": 2, "systems": {"toy": "2021"}}


def test_no_store_yet(toy: Any) -> None:
    with pytest.raises(StoreError, match="load a release first"):
        toy.service().health()


@pytest.mark.parametrize("content", [b"garbage " * 1000, b"SQLite format 3\x00" + b"\xff" * 5000])
def test_a_file_that_is_no_store(toy: Any, content: bytes) -> None:
    toy.home.mkdir()
    (toy.home / "store.db").write_bytes(content)
    with pytest.raises(StoreError, match="not a usable store"):
        toy.service().codesystems()
    with pytest.raises(StoreError):
        toy.load(toy.release("2020", CODES))
    assert (toy.home / "store.db").read_bytes() == content


@pytest.mark.parametrize("change", ["DELETE FROM meta", "UPDATE meta SET value='?'"])
def test_a_store_that_does_not_say_its_schema(loaded: Any, change: str) -> None:
    loaded.execute(f"{change} WHERE key='schema'")
    with pytest.raises(StoreError, match="schema"):
        loaded.service().codesystems()


def test_a_store_torn_behind_its_first_pages_is_said_so(loaded: Any) -> None:
    ((page,),) = loaded.query("SELECT rootpage FROM sqlite_master WHERE name='designation'")
    content = bytearray((loaded.home / "store.db").read_bytes())
    content[(page - 1) * 4096 : page * 4096] = b"\xff" * 4096
    (loaded.home / "store.db").write_bytes(content)
    with pytest.raises(StoreError, match=r"damaged.*verify"):
        loaded.service().concept("toy", "A")


def test_a_service_is_shared_by_threads(loaded: Any) -> None:
    service = loaded.service()
    found: list[str] = []

    def ask() -> None:
        for _ in range(20):
            found.append(service.concept("toy", "A1").display)
            found.extend(item.code for item in service.descendants("toy", "A").items)
            found.extend(item.code for item in service.search("apple", limit=1).items)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4 * 20 * 3
