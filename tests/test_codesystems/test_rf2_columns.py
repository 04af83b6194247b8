"""Columns of RF2 files: the same cells, refusals and findings as reading row by row; and the state of each id."""

from __future__ import annotations

import random
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest

from codesystems.files import SourceFile
from codesystems.formats import rf2, rf2_columns, rf2_tables
from codesystems.formats.rf2_tables import ALL, Source
from codesystems.formats.tables import Columns
from codesystems.report import ReleaseError, Report

HEADER = "id\teffectiveTime\tactive\tmoduleId\tdefinitionStatusId"
MODULE, PRIMITIVE = "900000000000207008", "900000000000074008"
ROOT, IS_A = "138875005", "116680003"


def file(
    folder: Path, rows: Iterable[str], *, header: str = HEADER, end: str = "\n", name: str = "c.txt"
) -> SourceFile:
    path = folder / name
    path.write_bytes((end.join([header, *rows]) + end).encode())
    return SourceFile(name, path)


def row(id: str = ROOT, time: str = "20200131", active: str = "1", module: str = MODULE, own: str = PRIMITIVE) -> str:
    return "\t".join((id, time, active, module, own))


def table(*files: SourceFile, report: Report | None = None, until: int = ALL) -> rf2_tables.Table:
    sources = [Source(each, until, number) for number, each in enumerate(files)]
    return rf2_tables.read(sources, rf2_tables.CONCEPT, report or Report())


@pytest.mark.parametrize("end", ["\n", "\r\n", "\t\n"])
def test_columns_hold_what_rows_hold(tmp_path: Path, end: str) -> None:
    dice = random.Random(end)
    rows = [row(str(dice.randrange(10**6, 10**17)), f"20{n % 20:02}0131", str(n % 2)) for n in range(500)]
    source = file(tmp_path, rows, end=end, header=HEADER + ("\t" if end.startswith("\t") else ""))
    expected = list(rf2.read(source, Columns(("definitionStatusId",)), Report()))
    (chunk,) = rf2_columns.read(source, Columns(("definitionStatusId",)), Report())
    assert rf2_columns.numbers(chunk, 0, "id").tolist() == [int(each.id) for each in expected]
    assert rf2_columns.times(chunk).tolist() == [int(each.time) for each in expected]
    assert rf2_columns.flags(chunk).tolist() == [each.active for each in expected]
    assert list(chunk.lines) == [each.line for each in expected]


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("block", [64, 1 << 20])
def test_cells_are_those_of_rows_however_lines_are_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int, block: int
) -> None:
    monkeypatch.setattr(rf2_columns, "BLOCK", block)
    dice = random.Random(seed)
    flaws = ["", "", "\r", " ", "\t", "\tmore", "\r\r"] if seed % 2 else ["", "\r"]
    own = ["", " ", "a", "å b", "\r", "c\rd", "1"]
    lines = [row(str(n), own=dice.choice(own)) + dice.choice(flaws) for n in range(100_000, 100_030)]
    if seed % 3 == 0:
        lines[dice.randrange(30)] = dice.choice(["", "\r", " \t \t", "7\t20200131\t1"])
    path = tmp_path / "c.txt"
    path.write_bytes("\n".join([HEADER, *lines]).encode())
    columns, reports = Columns(("definitionStatusId",)), (Report(), Report())
    rows = list(rf2.read(SourceFile("c.txt", path), columns, reports[0]))
    chunks = list(rf2_columns.read(SourceFile("c.txt", path), columns, reports[1]))
    assert [line for chunk in chunks for line in chunk.lines.tolist()] == [each.line for each in rows]
    assert [cell.strip() for chunk in chunks for cell in chunk.columns[4]] == [each.cells[0] for each in rows]
    assert [cell.strip() for chunk in chunks for cell in chunk.columns[0]] == [each.id for each in rows]
    assert reports[0] == reports[1]


def test_blocks_end_at_line_breaks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rf2_columns, "BLOCK", 100)
    source = file(tmp_path, [row(str(n)) for n in range(100_000, 100_050)])
    chunks = list(rf2_columns.read(source, Columns(("definitionStatusId",)), Report()))
    assert len(chunks) > 10
    assert [line for chunk in chunks for line in chunk.lines] == list(range(2, 52))
    assert [cell for chunk in chunks for cell in chunk.columns[0]] == [str(n) for n in range(100_000, 100_050)]


def test_columns_are_found_by_name_and_the_last_line_break_may_be_missing(tmp_path: Path) -> None:
    path = tmp_path / "c.txt"
    path.write_text(
        f"definitionStatusId\tID\teffectivetime\tactive\tmoduleId\n{PRIMITIVE}\t{ROOT}\t20200131\t1\t{MODULE}"
    )
    (chunk,) = rf2_columns.read(SourceFile("c.txt", path), Columns(("definitionStatusId",)), Report())
    assert [list(column) for column in chunk.columns] == [[ROOT], ["20200131"], ["1"], [MODULE], [PRIMITIVE]]


def test_ragged_and_blank_lines_are_reported_with_their_place(tmp_path: Path) -> None:
    report = Report()
    found = table(file(tmp_path, [row(), "", row(IS_A) + "\tmore"]), report=report)
    assert found.id.tolist() == [138875005, 116680003]
    assert [str(found.where(number)) for number in range(2)] == ["c.txt:2", "c.txt:4"]
    assert report.warnings["ragged-row"].examples == ["c.txt:4: 6 cells under 5 columns"]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([row(time="20201331")], "c.txt:2: effectiveTime month must be in 1..12"),
        ([row(), row(active="yes")], "c.txt:3: active is 'yes', neither 0 nor 1"),
        ([row(), row(id="")], "c.txt:3: id is empty"),
        ([row(), row(id="12a")], "c.txt:3: id is '12a', no number"),
        ([row(), row(id="0138875005")], "c.txt:3: id is '0138875005', no number"),
        ([row(id="9" * 19)], "c.txt:2: id is '9999999999999999999', no number"),
        ([row(id="9" * 5000)], "c.txt:2: id is '9999"),
        ([row(id="१३८८७५००५")], "c.txt:2: id is"),
        ([row(module="x\x00")], "c.txt:2: a NUL byte"),
    ],
)
def test_what_is_no_row_is_refused(tmp_path: Path, rows: list[str], message: str) -> None:
    with pytest.raises(ReleaseError) as caught:
        table(file(tmp_path, rows))
    assert str(caught.value).startswith(message)


def test_a_missing_column_is_refused_and_bytes_that_are_no_text(tmp_path: Path) -> None:
    with pytest.raises(ReleaseError, match=r"missing column.*definitionStatusId"):
        table(file(tmp_path, [row()], header="id\teffectiveTime\tactive\tmoduleId"))
    path = tmp_path / "d.txt"
    path.write_bytes(f"{HEADER}\n{row()}\n".encode() + b"\xe5\t1\n")
    with pytest.raises(ReleaseError, match=r"d.txt:3: not valid UTF-8"):
        table(SourceFile("d.txt", path))


def test_check_digits_are_those_of_single_identifiers() -> None:
    dice = random.Random(3)
    ids = [dice.randrange(10**5, 10**18) for _ in range(3000)] + [138875005, 1, 99999]
    assert rf2_columns.check_digits(np.array(ids)).tolist() == [rf2.is_sctid(str(each)) for each in ids]


def test_members_are_known_by_their_uuid_however_it_is_written(tmp_path: Path) -> None:
    names = [
        "5f16e2d7-16d7-41d9-8fdc-8505bff0fc50",
        "5F16E2D7-16D7-41D9-8FDC-8505BFF0FC50",
        "no uuid",
        "No UUID",
        "",
        "",
    ]
    whole = [each for each in names if "-" in each]
    sources = [file(tmp_path, map(row, whole), name="a.txt"), file(tmp_path, map(row, names), name="b.txt")]
    ids = []
    for source in sources:
        (chunk,) = rf2_columns.read(source, Columns(("definitionStatusId",)), Report())
        ids += [tuple(each) for each in rf2_columns.member_ids(chunk).tolist()]
    assert len(set(ids[:4])) == 1  # fast way and slow way agree
    assert ids[4] == ids[5]
    assert len(set(ids)) == 4  # rows without an id stand for themselves


def test_the_newest_state_counts_up_to_a_day(tmp_path: Path) -> None:
    rows = [row(time="20210131", active="0"), row(time="20190131"), row(time="20200131", own="900000000000073002")]
    source = file(tmp_path, rows)
    assert [
        (*each.time.tolist(), *each.active.tolist()) for each in (table(source), table(source, until=20201231))
    ] == [
        (20210131, False),
        (20200131, True),
    ]
    assert len(table(source, until=20100101)) == 0


def test_a_row_of_no_time_yet_is_the_newest(tmp_path: Path) -> None:
    assert table(file(tmp_path, [row(time="", active="0"), row(time="20300131")])).active.tolist() == [False]


def test_two_states_of_a_day_are_reported_and_the_latter_counts(tmp_path: Path) -> None:
    report = Report()
    found = table(file(tmp_path, [row(), row(), row(own="900000000000073002")]), report=report)
    assert found.line.tolist() == [4]
    assert report.warnings["duplicate-row"].examples == ["c.txt:3: 138875005 of 20200131 is at c.txt:2"]
    assert report.warnings["contradicting-rows"].examples == [
        "c.txt:4: 138875005 of 20200131 says otherwise at c.txt:3"
    ]


def test_what_a_release_repeats_of_its_base_is_no_duplicate(tmp_path: Path) -> None:
    report = Report()
    found = table(file(tmp_path, [row()], name="a.txt"), file(tmp_path, [row()], name="b.txt"), report=report)
    assert [str(found.where(0))] == ["b.txt:2"]
    assert not report.warnings


def test_wrong_check_digits_are_reported_once_for_each_component(tmp_path: Path) -> None:
    report = Report()
    table(file(tmp_path, [row("138875006"), row("138875006", time="20210131"), row()]), report=report)
    assert report.warnings["check-digit"].examples == [
        "c.txt:3: concept 138875006 is no SCTID: its check digit is wrong"
    ]


def test_texts_are_kept_one_by_one(tmp_path: Path) -> None:
    header = "id\teffectiveTime\tactive\tmoduleId\trefsetId\treferencedComponentId\ta\tb"
    rows = [row(f"m{n}", own=f"{IS_A}\t{ROOT}\tå{n}\t") for n in range(3)]
    sources = [Source(file(tmp_path, rows, header=header))]
    found = rf2_tables.read(sources, rf2_tables.refset(("a", "b")), Report())
    assert (list(found.texts["a"]), found.texts["a"][1], list(found.texts["b"])) == (["å0", "å1", "å2"], "å1", [""] * 3)
    assert list(found.take(np.array([2, 0])).texts["a"]) == ["å2", "å0"]
