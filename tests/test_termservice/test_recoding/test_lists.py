"""Recoding of lists: the columns added, and that every row and every cell is kept."""

from __future__ import annotations

import csv
import io
from datetime import date
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from termservice.listfile import CustomerList
from termservice.recodelist import COLUMNS, People, added, recode_list, written
from termservice.recoding import Request
from tests.test_termservice.test_recoding.fruit import EQ


def test_names_of_added_columns() -> None:
    assert added(["kod", "text"]) == list(COLUMNS)
    assert added(["kod", " Note "]) == [f"{name}_2" for name in COLUMNS]
    assert added([*COLUMNS, "path_2"])[0] == "target_code_3"


def test_added_cells_run_no_formula(toy: Any) -> None:
    toy.put("2020", {"=A": "=Apple()"})
    with toy.service().maps.recoder(Request("toy", "toy")) as recoder:
        cells = written(recoder.recode("=A"))
    assert cells == ["'=A", "'=Apple()", EQ, "exact", "unchanged", ""]


CELL = st.text(st.characters(codec="utf-8", exclude_characters="\0\x1a\ufeff"), max_size=6)
CODE = st.sampled_from(["A", "a1", "B", "C", "C2", "D", "F", "G", "H", "N", "W", "X", "Z9", "", "=1", " A "])
DAY = st.one_of(st.dates(date(2019, 6, 1), date(2022, 12, 31)).map(str), st.sampled_from(["2020", "", "x", "20210301"]))


@settings(deadline=None, max_examples=40)
@given(rows=st.lists(st.tuples(CELL, CODE, DAY, st.lists(CELL, max_size=2)), max_size=12), same=st.booleans())
def test_every_row_and_every_cell_is_kept(
    hypothesis_fruit: Any, rows: list[tuple[str, str, str, list[str]]], same: bool
) -> None:
    service, folder = hypothesis_fruit
    path = folder / "list.csv"
    given_rows = [["id", "kod", "datum"], *([first, code, day, *more] for first, code, day, more in rows)]
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows(given_rows)
    out = io.StringIO(newline="")
    with service.maps.recoder(Request("toy", "toy" if same else "odd")) as recoder:
        summary = recode_list(recoder, CustomerList(path, "kod", "datum"), out, People(), ",")
        again = [recoder.recode(code.strip(), day) for _, code, day, _ in rows]
    head, *got = csv.reader(io.StringIO(out.getvalue(), newline=""))
    assert head == ["id", "kod", "datum", *COLUMNS]
    assert [[*row[:3], *row[9:]] for row in got] == given_rows[1:]
    assert [row[3:9] for row in got] == [written(found) for found in again]
    assert summary.rows == len(rows) == sum(summary.certainties.values())
    assert summary.needs_person == sum(found.needs_person for found in again)
