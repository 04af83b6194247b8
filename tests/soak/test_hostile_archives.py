"""Workbooks, archives and documents made to harm whoever opens them: refused, or read without what would harm, by a
process that is given bounded memory and time.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from tests.archives import archive
from tests.soak import homes, loading

MIB = 2**20
BOMB = 100 * MIB
LAUGHS = '<!DOCTYPE x [<!ENTITY a "ha">{}]>'.format(
    "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True))
)
QUADRATIC = f'<!DOCTYPE x [<!ENTITY a "{"a" * 100_000}">]>'


def workbook(change: Callable[[dict[str, bytes]], object]) -> bytes:
    """A workbook of codes, its parts changed."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (("kod", "titel"), ("A1", "Poisoning")):
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    with zipfile.ZipFile(out) as found:
        members = {name: found.read(name) for name in found.namelist()}
    change(members)
    return archive(members)


def declared(doctype: str, body: str) -> Callable[[dict[str, bytes]], object]:
    """The same declarations in every part, and what refers to them in every text."""

    def change(members: dict[str, bytes]) -> None:
        for name, content in members.items():
            if name.endswith(".xml"):
                text = content.decode()
                head, mark, rest = text.partition("?>")
                start = head + mark if mark else ""
                members[name] = (start + doctype + (rest if mark else text).replace("Poisoning", body)).encode()

    return change


def swollen(part: str) -> Callable[[dict[str, bytes]], object]:
    """One part that unpacks to hundreds of megabytes of white space."""

    def change(members: dict[str, bytes]) -> None:
        name = next(each for each in members if part in each)
        members[name] = members[name].replace(b"<row", b" " * BOMB + b"<row", 1)

    return change


def claml(doctype: str, body: str) -> bytes:
    return f'<?xml version="1.0"?>{doctype}<ClaML version="2.0.0"><Title>{body}</Title></ClaML>'.encode()


FILES: dict[str, Callable[[], tuple[str, bytes]]] = {
    "laughs in XML": lambda: ("a.xml", claml(LAUGHS, "&i;")),
    "quadratic blow-up in XML": lambda: ("a.xml", claml(QUADRATIC, "&a;" * 50_000)),
    "a parameter entity": lambda: (
        "a.xml", claml('<!DOCTYPE x [<!ENTITY % a SYSTEM "http://127.0.0.1:9/x"> %a;]>', "")),
    "XML without end": lambda: ("a.xml", b"<ClaML>" + b"<Class>" * 2_000_000),
    "one attribute of XML": lambda: ("a.xml", b'<ClaML a="' + b"x" * (50 * MIB) + b'"/>'),
    "laughs in a workbook": lambda: ("a.xlsx", workbook(declared(LAUGHS, "&i;"))),
    "quadratic blow-up in a workbook": lambda: ("a.xlsx", workbook(declared(QUADRATIC, "&a;" * 50_000))),
    "a file read by a workbook": lambda: (
        "a.xlsx", workbook(declared('<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>', "&a;"))),
    "a swollen sheet": lambda: ("a.xlsx", workbook(swollen("sheet1"))),
    "a workbook in a zip": lambda: ("a.zip", archive({"a.xlsx": workbook(swollen("sheet1"))})),
    "a bomb": lambda: ("a.zip", archive({"a.csv": b"0" * BOMB})),
    "a bomb of bombs": lambda: ("a.zip", archive({"b.zip": archive({"a.csv": b"0" * BOMB})})),
    "a bomb packed otherwise": lambda: ("a.zip", archive({"a.csv": b"0" * BOMB}, zipfile.ZIP_LZMA)),
    "JSON without end": lambda: ("a.json", b"[" * (10 * MIB)),
    "JSON nested in a resource": lambda: (
        "a.json", b'{"resourceType": "ValueSet", "compose": ' + b'{"include": [' * 400_000),
    "a resource with one text": lambda: (
        "a.json", json.dumps({"resourceType": "ConceptMap", "url": "x" * (30 * MIB)}).encode()),
    "TOML without end": lambda: ("codesystem.toml", b"a = " + b"[" * MIB),
    "one line": lambda: ("a.csv", b"kod;titel;" * MIB),
    "one quoted cell": lambda: ("a.csv", b'kod;titel\nA1;"' + b"x\n" * (15 * MIB)),
    "rows of nothing": lambda: ("a.csv", b"kod;titel\n" + b";\n" * (2 * MIB)),
}  # fmt: skip


@pytest.mark.parametrize("name", FILES)
def test_refused_within_bounds(name: str, tmp_path: Path) -> None:
    homes.load(tmp_path / "home", tmp_path, 1)
    before, kept = homes.rows(tmp_path / "home"), homes.kept(tmp_path / "home")
    file, content = FILES[name]()
    (tmp_path / file).write_bytes(content)
    ended = loading.finish(tmp_path / "home", [([tmp_path / file], homes.options(2))], memory=1500 * MIB, processor=60)
    if ended == loading.LOADED:  # what is declared or swollen was passed over
        assert "root:" not in str(homes.rows(tmp_path / "home")) and "haha" not in str(homes.rows(tmp_path / "home"))
        return
    assert ended == loading.REFUSED
    assert (homes.rows(tmp_path / "home"), homes.kept(tmp_path / "home")) == (before, kept)
