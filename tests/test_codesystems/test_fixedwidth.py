"""Fixed-width code lists."""

import pytest

from codesystems.files import SourceFile
from codesystems.formats.fixedwidth import fixed_width
from codesystems.report import ReleaseError, Report


def rows_of(tmp_path, data, width=7):
    local = tmp_path / "list.ans"
    local.write_bytes(data)
    report = Report()
    return [(str(where), code, text) for where, code, text in fixed_width(SourceFile("list.ans", local), width, report)]


def test_code_and_text(tmp_path):
    rows = rows_of(tmp_path, b"A00    Kolera \r\nA00-B99Infektioner\r\n\r\nA000   Klassisk kolera")
    assert rows == [
        ("list.ans:1", "A00", "Kolera"),
        ("list.ans:2", "A00-B99", "Infektioner"),
        ("list.ans:4", "A000", "Klassisk kolera"),
    ]


def test_width_counts_characters_not_bytes(tmp_path):
    assert rows_of(tmp_path, "ÖÅ00-Ö0Text".encode()) == [("list.ans:1", "ÖÅ00-Ö0", "Text")]


def test_missing_code_or_text_is_left_to_the_caller(tmp_path):
    assert rows_of(tmp_path, b"A00\n       Kolera\n") == [("list.ans:1", "A00", ""), ("list.ans:2", "", "Kolera")]


def test_binary_is_refused_with_its_line(tmp_path):
    with pytest.raises(ReleaseError, match=r"list\.ans:2: a NUL byte"):
        rows_of(tmp_path, b"A00    Kolera\nA01\x00   Tyfoid\n")
