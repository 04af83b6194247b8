"""Files as they arrive in real life, torn or hostile, through the command line with every real loader: refused in one
line or loaded with warnings, never a traceback, and the store untouched where refused.
"""

from __future__ import annotations

import io
import random
import re
import shutil
import sqlite3
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner, Result

from termservice.cli import main
from tests.archives import archive

SAMPLES = Path(str(files("codesystems"))) / "samples"
ENCODED = "kod;titel\nA1;Förgiftning\n"
LIST = ("--system", "region", "--version", "2026", "--column", "code=kod", "--column", "display=titel")


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with one real-format sample in it."""
    home = tmp_path_factory.mktemp("prepared") / "home"
    result = CliRunner().invoke(main, ["--home", str(home), "load", str(SAMPLES / "icd-10-se" / "2019")])
    assert result.exit_code == 0, result.output
    return home


@pytest.fixture
def load(prepared: Path) -> Callable[..., Result]:
    """Loads into the prepared home; where that is refused, says so in a line a file and changes nothing."""

    def load(*arguments: object) -> Result:
        before = snapshot(prepared)
        result = CliRunner().invoke(main, ["--home", str(prepared), "load", "--dry-run", *map(str, arguments)])
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        assert result.exit_code in (0, 2), result.output
        complaints = [line for line in result.stderr.splitlines() if not line.startswith("[")]
        assert all(line.startswith("termservice: ") for line in complaints), result.stderr
        assert bool(complaints) == (result.exit_code == 2)
        assert "fault in the program" not in result.output
        if result.exit_code == 2:
            again = CliRunner().invoke(main, ["--home", str(prepared), "load", *map(str, arguments)])
            assert again.exit_code == 2, again.output
        assert snapshot(prepared) == before
        return result

    return load


def snapshot(home: Path) -> dict[str, bytes]:
    """Every file of the home, the store as its rows, but for what the audit log says was refused."""
    found = {
        path.relative_to(home).as_posix(): path.read_bytes()
        for path in home.rglob("*")
        if path.is_file() and not path.name.startswith("store.db")
    }
    connection = sqlite3.connect(home / "store.db")
    lines = (line for line in connection.iterdump() if "'sum of audit'" not in line)
    said = [line for line in lines if not ('INTO "audit"' in line and "'refused'" in line)]
    found["store"] = "\n".join(said).encode()
    connection.close()
    return found


def workbook() -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (("kod", "titel"), ("A1", "Förgiftning")):
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


TEXT = ENCODED.encode()
REFUSED: list[tuple[str, str, bytes, str]] = [
    ("empty", "list.csv", b"", ""),
    ("blank", "list.csv", b"\n\n \n", ""),
    ("NULs", "list.csv", b"\x00" * 5000, ""),
    ("NUL in a cell", "list.csv", b"kod;titel\nA1;a\x00b\n", ""),
    ("header only", "list.csv", b"kod;titel\n", "no codes"),
    ("a missing column", "list.csv", b"kode;titel\nA1;x\n", "kod"),
    ("the same code twice", "list.csv", TEXT + b"A1;Other\n", "two titles"),
    ("half a workbook", "list.xlsx", workbook()[:3000], ""),
    ("a workbook that is text", "list.xlsx", TEXT, ""),
    ("an old workbook that is text", "list.xls", TEXT, ""),
    ("a zip that is text", "list.zip", TEXT, "not a readable zip"),
    ("half a zip", "list.zip", archive({"list.csv": TEXT * 1000})[:90], "not a readable zip"),
    ("a zip of nothing", "list.zip", archive({}), ""),
    ("a name that leads outside", "list.zip", archive({"../../list.csv": TEXT}), "outside the archive"),
    ("an absolute name", "list.zip", archive({"/tmp/list.csv": TEXT}), "outside the archive"),
    ("a drive", "list.zip", archive({"C:\\list.csv": TEXT}), "outside the archive"),
    ("a bomb", "list.zip", archive({"list.csv": b"0" * (64 << 20)}), "times its size"),
    ("zips in zips", "a.zip", archive({"b.zip": archive({"c.zip": archive({"d.csv": TEXT})})}), "deep"),
    ("broken TOML", "codesystem.toml", b"[system\n", ""),
    ("broken XML", "claml.xml", b"<?xml version='1.0'?><ClaML><Class", ""),
    (
        "XML that reads other files",
        "claml.xml",
        b"<?xml version='1.0'?><!DOCTYPE ClaML [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><ClaML>&x;</ClaML>",
        "",
    ),
    ("a picture", "picture.png", b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "no release recognised"),
]


@pytest.mark.parametrize(("name", "content", "message"), [case[1:] for case in REFUSED], ids=[c[0] for c in REFUSED])
def test_refused(load: Callable[..., Result], tmp_path: Path, name: str, content: bytes, message: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    result = load(path, *LIST)
    assert result.exit_code == 2, result.output
    assert re.search(message, result.stderr), result.stderr
    assert "root:" not in result.output
    assert not (tmp_path.parent / "list.csv").exists()


ACCEPTED: list[tuple[str, str, bytes]] = [
    ("UTF-8 with BOM", "list.csv", ENCODED.encode("utf-8-sig")),
    ("cp1252", "list.csv", ENCODED.encode("cp1252")),
    ("CRLF", "list.csv", ENCODED.replace("\n", "\r\n").encode()),
    ("no newline at the end", "list.csv", TEXT.rstrip()),
    ("ragged rows", "list.csv", TEXT + b"A2\nA3;three;four\n"),
    ("workbook", "list.xlsx", workbook()),
    ("zip", "list.zip", archive({"list.csv": TEXT})),
]


@pytest.mark.parametrize(("name", "content"), [case[1:] for case in ACCEPTED], ids=[case[0] for case in ACCEPTED])
def test_accepted(load: Callable[..., Result], tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    assert "would-load" in load(tmp_path / name, *LIST).stdout


RELEASES = sorted(folder for system in SAMPLES.iterdir() for folder in system.iterdir() if folder.is_dir())


def damaged(rng: random.Random, content: bytes) -> bytes:
    kind = rng.randrange(4)
    if kind == 0:
        return content[: rng.randrange(len(content) + 1)]
    if kind == 1:
        return b"\x00" * len(content)
    if kind == 2:
        return content.decode("utf-8", "replace").encode("utf-16")
    spoilt = bytearray(content)
    for _ in range(20):
        spoilt[rng.randrange(len(spoilt))] = rng.randrange(256)
    return bytes(spoilt)


@pytest.mark.parametrize("folder", RELEASES, ids=lambda folder: f"{folder.parent.name}/{folder.name}")
def test_releases_damaged_at_random(load: Callable[..., Result], tmp_path: Path, folder: Path) -> None:
    rng = random.Random(str(folder.name))
    for number in range(3):
        copy = tmp_path / f"{number}" / folder.name
        shutil.copytree(folder, copy)
        victim = rng.choice(sorted(path for path in copy.rglob("*") if path.is_file()))
        victim.write_bytes(damaged(rng, victim.read_bytes()))
        load(copy)


def test_check_list_of_bad_files(prepared: Path, tmp_path: Path) -> None:
    bad = (("a.csv", b""), ("a.xlsx", workbook()[:2000]), ("b.csv", b"\x00\x01" * 99), ("c.csv", b"\xff"))
    for name, content in bad:
        (tmp_path / name).write_bytes(content)
        arguments = ["--home", str(prepared), "check-list", str(tmp_path / name), "--system", "icd-10-se"]
        result = CliRunner().invoke(main, arguments)
        assert isinstance(result.exception, SystemExit), result.exception
        assert (result.exit_code, result.stderr.count("\n")) == (2, 1), result.stderr


def test_a_folder_that_may_not_be_read(load: Callable[..., Result], tmp_path: Path, monkeypatch: Any) -> None:
    def refuse(self: Path, *_: Any, **__: Any) -> Any:
        raise PermissionError(13, "Permission denied", str(self))

    (tmp_path / "list.csv").write_bytes(TEXT)
    real = Path.open
    monkeypatch.setattr(
        Path, "open", lambda self, *a, **k: (refuse if self.name == "list.csv" else real)(self, *a, **k)
    )
    result = load(tmp_path / "list.csv", *LIST)
    assert (result.exit_code, "Permission denied" in result.stderr) == (2, True)
