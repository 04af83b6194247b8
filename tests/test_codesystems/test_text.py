"""Which encoding a file has, by what its bytes say."""

import pytest

from codesystems.files import SourceFile
from codesystems.formats.text import decode, lines
from codesystems.report import ReleaseError, Report

PROSE = "Kolera orsakad av smittämne från vatten, på resa eller ö"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "cp850", "utf-16"])
def test_an_encoding_is_recognised(encoding):
    assert decode(PROSE.encode(encoding), "list.txt") == PROSE


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("från", "cp850"),
        ("från", "cp1252"),
        ("Ö00-Ö00unknown", "cp1252"),
        ("Feber – 38° eller mer", "cp1252"),
        ("A17.0† Meningit", "cp1252"),
        ("Å", "cp1252"),
        ("DFE10\u00a0;OR;1", "cp850"),
        ("Übelkeit, Fußpilz, Ödem", "cp850"),
        ("Übelkeit, Fußpilz, Ödem", "cp1252"),
    ],
)
def test_few_letters_are_enough(text, encoding):
    assert decode(text.encode(encoding), "list.txt") == text


def test_what_was_found_is_noted_but_for_utf8():
    report = Report()
    decode("från".encode(), "a.txt", report)
    decode("från".encode("cp1252"), "b.txt", report)
    assert report.notes == ["b.txt: encoding cp1252"]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"A00\nA0\x001\n", r"list\.txt:2: a NUL byte"),
        (b"A00\n\x9d\x9f\x81\x8d\n", r"list\.txt:2: the encoding is none of"),
        ("från åtta öar\nän".encode() + b"\xe4", r"list\.txt:2: not valid UTF-8 here \(byte 0xe4\)"),
        (b"\xef\xbb\xbfA00\nfr\xe5n", r"list\.txt:2: undecodable as utf-8"),
        (b"\xff\xfeA", r"list\.txt:1: undecodable as utf-16"),
    ],
)
def test_bytes_that_cannot_be_explained_stop_the_load(data, message):
    with pytest.raises(ReleaseError, match=message):
        decode(data, "list.txt")


@pytest.mark.parametrize("data", [b"a\r\nb\r\n", b"a\nb", b"a\rb\r", b"a\nb\n\x1a"])
def test_lines_end_in_any_way(tmp_path, data):
    local = tmp_path / "list.txt"
    local.write_bytes(data)
    assert lines(SourceFile("list.txt", local)) == ["a", "b"]


def test_an_empty_file_has_no_lines(tmp_path):
    local = tmp_path / "list.txt"
    local.write_bytes(b"")
    assert lines(SourceFile("list.txt", local)) == []
