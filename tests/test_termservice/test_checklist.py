"""A customer's own list: the verdict on each row, reading any file, and reports in every format."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st

from codesystems.report import ReleaseError
from termservice.answers import When
from termservice.checklist import Checker, check_rows
from termservice.cli import main
from termservice.errors import NothingInForce, UnknownVersion
from termservice.listfile import CODE_COLUMNS, CustomerList
from termservice.service import TerminologyService

FIRST = {
    "A": "Apple",
    "=A": "=Apple()",
    "A1": "Green apple",
    "B": "Banana",
    "C": "Cherry",
    "D": {"title": "Damson", "valid_from": "2020-07-01", "valid_to": "2021-06-30"},
    "E": {"title": "Elder", "active": False},
    "F": "Fig",
    "KK:X": {"title": "Here", "part": "kk"},
    "KM:X": {"title": "There", "part": "km"},
    "N-1": "Nut one",
    "N.1": "Nut two",
}
SECOND = FIRST | {"A1": "Apple (green)", "B": "banana.", "G": "Grape", "O": {"title": "Other", "part": "late"}}
for gone in ("C", "F", "N-1"):
    SECOND.pop(gone)
THIRD = SECOND | {"F": "Fig", "A1": "Green apple"}
THIRD.pop("G")
STATED = [
    ("C", "replaced-by", "2021-01-01", "G"),
    ("C", "unchanged", "2020-01-01", "C"),
    ("G", "split", "2022-01-01", "A1"),
    ("G", "split", "2022-01-01", "B"),
    ("N-1", "changed", "2021-01-01", ""),
]
TODAY = date(2022, 6, 15)


@pytest.fixture
def fruit(toy: Any) -> Any:
    toy.put("2020", FIRST)
    toy.put("2021", SECOND)
    toy.put("2022", THIRD)
    for number, (code, kind, day, other) in enumerate(STATED):
        toy.execute(
            "INSERT INTO stated (release_id, system_id, code, type, date, other_code, automatic, path, row) "
            "SELECT 1, id, ?, ?, ?, ?, 1, 'changes.txt', ? FROM system",
            code, kind, day, other, number,
        )  # fmt: skip
    return toy


#        code, day, status, then, now, in the message
CASES = [
    ("A", "2020", "ok", True, True, "A is valid in 2020; is valid in 2022"),
    (" a ", "2020-03-01", "ok", True, True, "A is valid"),
    ("A", "20200301", "ok", True, True, "A is valid"),
    ("A", "2020-03-01 12:30:00", "ok", True, True, "A is valid"),
    ("A1", "2020-03-01", "ok", True, True, "A1 is valid"),
    ("A1", "2021-03-01", "retitled", True, True, "its title changed"),
    ("B", "2020-03-01", "retitled", True, True, "only case, space or punctuation"),
    ("C", "2020-03-01", "withdrawn", True, False, "last day was 2020-12-31); replaced by A1 Green apple or B banana."),
    ("C", "2021-03-01", "withdrawn", False, False, "C is no longer valid in 2021"),
    ("D", "2020-03-01", "not-yet-introduced", False, False, "its first day is 2020-07-01"),
    ("D", "2020-07-01", "withdrawn", True, False, "its last day was 2021-06-30); no successor is stated"),
    ("D", "2020", "withdrawn", True, False, "D is valid in 2020"),
    ("D", "2022-03-01", "withdrawn", False, False, "its last day was 2021-06-30"),
    ("E", "2021-01-01", "withdrawn", False, False, "E is no longer valid"),
    ("F", "2020-03-01", "ok", True, True, "F is valid"),
    ("F", "2021-03-01", "withdrawn", False, True, "F is no longer valid in 2021"),
    ("G", "2020-03-01", "not-yet-introduced", False, False, "its first day is 2021-01-01"),
    ("G", "2021-03-01", "withdrawn", True, False, "replaced by A1"),
    ("O", "2020-03-01", "before-first-release", None, True, "O cannot be judged before 2021-01-01"),
    ("O", "2021-03-01", "ok", True, True, "O is valid"),
    ("A", "2019-12-31", "before-first-release", None, True, "first one loaded is 2020"),
    ("C", "1999", "before-first-release", None, False, "replaced by"),
    ("A", "2020-02-30", "unknown-date", None, True, "not a day"),
    ("A", "1 May", "unknown-date", None, True, "not a day"),
    ("A", "2020-0301", "unknown-date", None, True, "not a day"),
    ("A", "", "unknown-date", None, True, "no date"),
    ("A", "0000", "unknown-date", None, True, "not a day"),
    ("Z9", "2020-03-01", "unknown-code", False, False, "has never had a code 'Z9'"),
    ("A99", "2020-03-01", "unknown-code", False, False, "nearest: A, A1"),
    ("...", "2020-03-01", "unknown-code", False, False, "has never had"),
    ("X", "2020-03-01", "ambiguous", False, False, "KK:X or KM:X"),
    ("N1", "2020-03-01", "ambiguous", False, False, "N-1 or N.1"),
    ("N1", "2021-03-01", "ok", True, True, "N.1 is valid"),
    ("N-1", "2020-03-01", "withdrawn", True, False, "no successor is stated"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "day", "status", "then", "now", "message"), CASES)
def test_verdicts(
    fruit: Any, code: str, day: str, status: str, then: bool | None, now: bool | None, message: str
) -> None:
    found = fruit.service().checker("toy").check(code, day)
    assert (found.status, found.valid_then, found.valid_now) == (status, then, now)
    assert message in found.message
    assert found.needs_person == (status != "ok" and found.wording != "cosmetic")
    assert bool(found.successors) == ("replaced by" in found.message)


def test_titles_of_then_and_now(fruit: Any) -> None:
    checker = fruit.service().checker("toy")
    found = {code: checker.check(code, "2021-03-01") for code in ("A1", "C", "G", "F")}
    assert {code: (each.title_then, each.title_now, each.wording) for code, each in found.items()} == {
        "A1": ("Apple (green)", "Green apple", "text"),
        "C": ("Cherry", "Cherry", None),
        "G": ("Grape", "Grape", None),
        "F": ("Fig", "Fig", None),
    }
    assert checker.check("G", "2020-03-01").title_then is None


def test_successors_are_followed_until_they_are_valid(fruit: Any) -> None:
    found = fruit.service().checker("toy").check("C", "2020-03-01").successors
    assert [(each.code, each.type, each.automatic, each.valid) for each in found] == [
        ("G", "replaced-by", True, False), ("A1", "split", True, True), ("B", "split", True, True),
    ]  # fmt: skip
    before = fruit.service().checker("toy", When(version="2020"), When(version="2021")).check("C").successors
    assert [(each.code, each.title, each.valid) for each in before] == [("G", "Grape", True)]


def test_successors_in_a_circle(toy: Any) -> None:
    stated = [("A", "replaced-by", None, "B"), ("B", "replaced-by", None, "A")]
    toy.put("2020", {"A": "Apple", "B": "Banana", "C": "Cherry"})
    toy.put("2021", {"C": "Cherry"})
    for code, kind, _, other in stated:
        toy.execute(
            "INSERT INTO stated (release_id, system_id, code, type, other_code, path, row) "
            "SELECT 1, id, ?, ?, ?, 'c', 1 FROM system", code, kind, other,
        )  # fmt: skip
    found = toy.service().checker("toy", When(version="2020")).check("A")
    assert [(each.code, each.valid) for each in found.successors] == [("B", False)]
    assert found.message.endswith("replaced by B, no longer valid")


def test_without_dates_and_versions_it_is_about_today(fruit: Any) -> None:
    found = fruit.service().checker("toy").check("a1")
    assert (found.status, found.code, found.version_then, found.version_now) == ("ok", "A1", "2022", "2022")
    assert found.message == "A1 is valid in 2022"
    with pytest.raises(UnknownVersion):
        fruit.service().checker("toy", When(version="1999"))
    with pytest.raises(NothingInForce):
        fruit.service(date(2019, 1, 1)).checker("toy")


def test_what_is_remembered_has_a_limit(fruit: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("termservice.checklist.MOST_REMEMBERED", 3)
    checker = fruit.service().checker("toy")
    days = [(date(2020, 1, 1) + timedelta(days=number)).isoformat() for number in range(9)]
    found = [checker.check(code, day).status for day in days for code in ("A", "B", "C", "D", "Z")]
    assert Counter(found) == {
        "ok": 9, "retitled": 9, "withdrawn": 9, "not-yet-introduced": 9, "unknown-code": 9,
    }  # fmt: skip
    assert max(len(checker._known), len(checker._moments)) <= 3


# -- the same answers as those of single questions -----------------------------------------------------------------

SPEC = st.one_of(
    st.sampled_from(["Apple", "apple", "Pear"]),
    st.fixed_dictionaries(
        {"title": st.sampled_from(["Apple", "Pear", None]), "active": st.booleans()},
        optional={
            "titles": st.dictionaries(st.sampled_from(["en", "de"]), st.sampled_from(["Pear", "Quince"]), max_size=1),
            "synonyms": st.lists(st.sampled_from(["Fruit", "Thing"]), max_size=1),
            "valid_from": st.sampled_from(["2020-05-01", "2021-03-01"]),
            "valid_to": st.sampled_from(["2020-09-30", "2021-08-31"]),
            "part": st.sampled_from(["all", "some"]),
        },
    ),
)
CODES = ["A1", "A.1", "B", "KK:Q", "KM:Q", "C-2"]
HISTORY = st.lists(st.dictionaries(st.sampled_from(CODES), SPEC, min_size=1), min_size=1, max_size=3)


@settings(deadline=None, max_examples=20)
@given(
    releases=HISTORY,
    asked=st.lists(
        st.tuples(
            st.sampled_from([*CODES, "a1", "Q", "c2", "Z", "A12"]), st.dates(date(2019, 11, 1), date(2022, 3, 1))
        ),
        min_size=1,
        max_size=12,
    ),
)
def test_verdicts_agree_with_single_answers(
    tmp_path_factory: pytest.TempPathFactory, releases: list[dict[str, Any]], asked: list[tuple[str, date]]
) -> None:
    from tests.test_termservice.conftest import Toy, ToyLoader  # the toy of this folder, a new one for each example

    with pytest.MonkeyPatch.context() as patch:
        for module in ("discovery", "bases"):
            patch.setattr(f"termservice.{module}.loaders", lambda: (ToyLoader(),))
        toy = Toy(tmp_path_factory.mktemp("toy"))
        parts: dict[str, str] = {}
        for number, codes in enumerate(releases):
            whole = {code: spec | {} if isinstance(spec, dict) else {"title": spec} for code, spec in codes.items()}
            for code, spec in whole.items():  # a code stays in its part
                spec["part"] = parts.setdefault(code, spec.get("part", "all"))
            toy.put(str(2020 + number), whole)
        service = toy.service(TODAY)
        checker = service.checker("toy")
        for code, day in asked:
            _agree(service, checker, code, day)
        toy.close()


def _agree(service: TerminologyService, checker: Checker, code: str, day: date) -> None:
    found = checker.check(code, day.isoformat())
    now = service.validate("toy", code)
    if found.status != "ambiguous" and (found.code is None or found.code == now.code):
        assert bool(found.valid_now) == now.result
        assert not now.result or found.title_now == now.display
    try:
        then = service.validate("toy", code, When(date=day.isoformat()))
    except NothingInForce:
        assert found.status in ("before-first-release", "unknown-code", "ambiguous")
        assert found.valid_then is None
        return
    assert (bool(found.valid_then), found.version_then) == (then.result, then.version)
    if then.result:
        assert (found.code, found.title_then) == (then.code, then.display)
    if found.status in ("unknown-code", "ambiguous"):
        assert found.message == then.message


# -- files ---------------------------------------------------------------------------------------------------------

ROWS = [(2, "A1", "2020-01-01"), (3, "Å", "2021-01-01")]
TEXT = "lopnr;Kod;datum\n1; A1;2020-01-01\n2;Å;2021-01-01\n"


@pytest.mark.parametrize(
    ("name", "content", "encoding"),
    [
        ("a.csv", TEXT.encode(), "utf-8"),
        ("a.csv", TEXT.encode("utf-8-sig"), "utf-8-sig"),
        ("a.csv", (TEXT + "3;Åsa får på ön;2021\n").encode("cp1252"), "cp1252"),
        ("a.csv", (TEXT + "3;Åsa får på ön;2021\n").encode("cp850"), "cp850"),
        ("a.csv", TEXT.encode("utf-16"), "utf-16"),
        ("a.txt", TEXT.replace(";", ",").replace("\n", "\r\n").encode(), "utf-8"),
        ("a.csv", TEXT.replace("\n", "\r").encode(), "utf-8"),
        ("a.tsv", TEXT.replace(";", "\t").encode(), "utf-8"),
        ("a.csv", (TEXT + "\x1a").encode(), "utf-8"),
        ("a.csv", TEXT.replace(" A1", '"A1"').encode(), "utf-8"),
    ],
)
def test_lists_of_every_kind(tmp_path: Path, name: str, content: bytes, encoding: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    found = CustomerList(path, None, "Datum")
    assert (found.code_column, found.date_column, found.encoding) == ("Kod", "datum", encoding)
    assert list(found.rows())[:2] == ROWS
    assert list(found.rows())[:2] == ROWS  # again


def test_workbooks(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["Läs mig"])
    sheet = book.create_sheet("lista")
    for row in (["Sjukhuset"], ["Diagnoskod", "när"], ["A1", date(2020, 1, 1)], [None, None], [17, 20210101]):
        sheet.append(row)
    book.save(tmp_path / "a.xlsx")
    found = CustomerList(tmp_path / "a.xlsx", None, "När")
    assert (found.code_column, found.date_column, found.encoding) == ("Diagnoskod", "när", None)
    assert list(found.rows()) == [(3, "A1", "2020-01-01"), (5, "17", "20210101")]


def test_the_columns_of_a_list(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("patient;diagnos;kod\nx;A;B\ny;C\n\n;;\nz\n", "utf-8")
    assert [code for _, code, _ in CustomerList(path).rows()] == ["B", "", ""]  # `kod` is the likelier one of two
    assert list(CustomerList(path, " DIAGNOS ").rows()) == [(2, "A", None), (3, "C", None), (6, "", None)]
    assert CODE_COLUMNS.index("kod") < CODE_COLUMNS.index("diagnos")
    with pytest.raises(ReleaseError, match=r"a\.csv: no column 'icd'; found patient, diagnos, kod"):
        CustomerList(path, "icd")
    with pytest.raises(ReleaseError, match="beside a column 'när'; found patient"):
        CustomerList(path, None, "när")
    path.write_text("patient;notes\nx;A\n", "utf-8")
    with pytest.raises(ReleaseError, match=r"no column with codes \(code, kod, …\); found patient, notes"):
        CustomerList(path)


def test_a_cell_of_several_lines_counts_them(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('kod,text\nA,"one\ntwo"\nB,x\n', "utf-8")
    assert list(CustomerList(path).rows()) == [(2, "A", None), (4, "B", None)]


def test_a_quotation_mark_that_never_ends(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('kod,text\nA,x\nB,"and so on\nC,y\n', "utf-8")
    with pytest.raises(ReleaseError, match=r"a\.csv:3: not a readable table"):
        list(CustomerList(path).rows())


def test_bytes_that_cannot_be_read_stay_in_their_cell(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"kod,text\n" + b"A,some text to pass by\n" * 60_000 + b"B\xe5,\xe4\n")
    rows = list(CustomerList(path).rows())
    assert (len(rows), rows[-1]) == (60_001, (60_002, "B\\xe5", None))


# -- reports -------------------------------------------------------------------------------------------------------

LIST = """kod;datum
A;2020-03-01
a1;2021-03-01
C;2020-03-01
C;2020-03-02
B;2020
=1+1;2020
;2020
Z;1 May
=A;2020
"""
Run = Callable[..., Result]


@pytest.fixture
def run(fruit: Any, tmp_path: Path) -> Run:
    (tmp_path / "list.csv").write_text(LIST, "utf-8")

    def run(*arguments: object, expect: int = 1, file: str = "list.csv") -> Result:
        words = ["--home", fruit.home, "check-list", tmp_path / file, "--system", "toy", *arguments]
        result = CliRunner().invoke(main, list(map(str, words)))
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        assert result.exit_code == expect, result.output
        return result

    return run


DATED = ("--date-column", "datum", "--to", "2022")
STATUSES = ["ok", "retitled", "withdrawn", "withdrawn", "retitled", "unknown-code", "unknown-code", "ok"]
PERSON = [False, True, True, True, False, True, True, False]


def test_text(run: Run) -> None:
    lines = run(*DATED).stdout.splitlines()
    assert lines[0] == "list.csv (column kod, utf-8): toy each row's datum → 2022"
    assert [line.split(maxsplit=1) for line in lines[1 : lines.index("")]] == [
        ["8", "rows"], ["2", "ok"], ["2", "retitled"], ["2", "withdrawn"], ["2", "unknown-code"],
        ["1", "retitled, cosmetic"], ["1", "without code, not checked"], ["5", "needs a person"],
    ]  # fmt: skip
    found = [line.split(maxsplit=2) for line in lines[lines.index("") + 2 :]]
    assert [(line, rows, text.split(":")[0]) for line, rows, text in found] == [
        ("4", "2", "C"), ("3", "1", "a1"), ("7", "1", "=1+1"), ("9", "1", "Z"),
    ]  # fmt: skip


def test_text_of_more_than_anybody_reads(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("termservice.listreport.SHOWN", 2)
    monkeypatch.setattr("termservice.listreport.MOST_GROUPS", 3)
    (tmp_path / "long.csv").write_text("kod\n" + "".join(f"Z{number}\n" for number in range(9)), "utf-8")
    assert run(file="long.csv").stdout.splitlines()[-1] == "7 more rows need a person; the other formats list them all"


def test_csv(run: Run, tmp_path: Path) -> None:
    result = run(*DATED, "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(result.stdout)))
    assert [row["status"] for row in rows] == STATUSES
    assert [row["needs_person"] for row in rows] == [str(each).lower() for each in PERSON]
    assert rows[5]["given"] == "'=1+1"
    assert (rows[7]["code"], rows[7]["title_now"]) == ("'=A", "'=Apple()")
    assert (rows[2]["successors"], rows[2]["title_then"], rows[2]["date"]) == ("G; A1; B", "Cherry", "2020-03-01")
    assert "8 rows, 2 ok" in result.stderr
    run(*DATED, "--output", tmp_path / "report.csv")
    assert (tmp_path / "report.csv").read_bytes().decode() == result.stdout.replace("\n", "\r\n").replace("\r\r", "\r")
    assert not list(tmp_path.glob("*.part"))


def test_json(run: Run) -> None:
    *rows, last = [json.loads(line) for line in run(*DATED, "--format", "json").stdout.splitlines()]
    assert [(row["status"], row["needs_person"]) for row in rows] == list(zip(STATUSES, PERSON, strict=True))
    assert [each["code"] for each in rows[2]["successors"]] == ["G", "A1", "B"]
    assert (rows[1]["line"], rows[1]["given"], rows[1]["code"], rows[1]["wording"]) == (3, "a1", "A1", "text")
    assert (last["summary"]["rows"], last["summary"]["needs a person"], last["summary"]["system"]) == (8, 5, "toy")


def test_workbook(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run(*DATED, "--output", tmp_path / "report.xlsx")
    book = openpyxl.load_workbook(tmp_path / "report.xlsx")
    assert book.sheetnames == ["summary", "needs a person", "all rows"]
    rows = list(book["all rows"].iter_rows(min_row=2, values_only=True))
    assert [row[3] for row in rows] == STATUSES
    assert (rows[5][1], book["all rows"]["B7"].data_type) == ("=1+1", "s")
    assert (rows[7][8], book["all rows"]["I9"].data_type) == ("=Apple()", "s")
    assert [row[0] for row in book["needs a person"].iter_rows(min_row=2, values_only=True)] == [3, 4, 5, 7, 9]
    assert dict(book["summary"].iter_rows(values_only=True))["needs a person"] == 5
    monkeypatch.setattr("termservice.listreport.MOST_ROWS", 4)
    run(*DATED, "--output", tmp_path / "report.xlsx")
    book = openpyxl.load_workbook(tmp_path / "report.xlsx")
    assert book.sheetnames == ["summary", "needs a person"]
    assert len(list(book["needs a person"].iter_rows(min_row=2))) == 4


def test_versions_and_days_of_a_whole_list(run: Run, tmp_path: Path) -> None:
    (tmp_path / "short.csv").write_text("kod\nC\nA\n", "utf-8")
    assert "toy 2020 → 2021\n" in run("--from", "2020", "--to", "2021-05-01", file="short.csv").stdout
    assert "toy 2020\n" in run("--version", "2020", expect=0, file="short.csv").stdout
    assert "toy 2020\n" in run("--date", "2020-12-31", expect=0, file="short.csv").stdout
    assert "has no version '1999'" in run("--from", "1999", expect=2).stderr


@pytest.mark.parametrize(
    "arguments",
    [("--version", "2020", "--date", "2020-01-01"), ("--version", "2020", "--to", "2021"), ("--format", "xlsx"),
     ("--date-column", "datum", "--from", "2020"), ("--date", "2020-01-01", "--date-column", "datum")],
)  # fmt: skip
def test_options_that_contradict(run: Run, arguments: tuple[str, ...]) -> None:
    assert "Usage: " in run(*arguments, expect=2).stderr


def test_nothing_is_left_of_a_report_that_failed(run: Run, tmp_path: Path) -> None:
    (tmp_path / "torn.csv").write_text('kod\nA\n"B', "utf-8")
    for name in ("out.csv", "out.xlsx"):
        assert "not a readable table" in run("--output", tmp_path / name, expect=2, file="torn.csv").stderr
    assert not list(tmp_path.glob("out.*"))


# -- real releases -------------------------------------------------------------------------------------------------


@pytest.mark.live
def test_the_codes_of_2015_in_2021(live_home: Path, shared_data: Path, tmp_path: Path) -> None:
    """Counts follow from the files themselves, read here in the plainest way."""
    old, new = _plain(shared_data / "icd-10-se" / "2015"), _plain(shared_data / "icd-10-se" / "2021")
    path = tmp_path / "list.csv"
    path.write_text("diagnos\n" + "".join(f"{code}\n" for code in old), "utf-8")
    service = TerminologyService(live_home, today=lambda: date(2026, 7, 1))
    found: dict[str, str] = {}
    checker = service.checker("icd-10-se", When(version="2015"), When(version="2021"))
    summary = check_rows(
        checker, CustomerList(path).rows(), lambda line, given, day, verdict: found.update({given: verdict.status})
    )
    service.close()
    same = [code for code in old.keys() & new.keys() if old[code] == new[code]]
    assert (summary.rows, summary.without_code, len(found)) == (35_592, 0, 35_592)
    assert {code for code, status in found.items() if status == "withdrawn"} == old.keys() - new.keys()
    assert (summary.statuses["withdrawn"], summary.statuses["ok"]) == (len(old.keys() - new.keys()), len(same))
    assert sum(summary.statuses.values()) == 35_592
    assert set(summary.statuses) == {"ok", "retitled", "withdrawn"}
    # the steps withdraw 9 + 21 + 132 + 0 + 2 codes; some of those were introduced after 2015 or came back
    assert 0 < summary.statuses["withdrawn"] <= 9 + 21 + 132 + 0 + 2
    assert summary.needs_person == 35_592 - len(same) - summary.cosmetic


def _plain(folder: Path) -> dict[str, str]:
    found = {}
    for name in ("KSH97_KAT.ANS", "KSH97_KOD.ANS", "KSH97_KXX.ANS"):
        if (folder / name).exists():
            lines = (folder / name).read_bytes().decode("cp1252").splitlines()
            found.update({line[:7].strip().upper(): line[7:].strip() for line in lines if line.strip()})
    for path in folder.glob("digit?.txt"):
        for line in path.read_text("utf-8-sig").splitlines():
            code, _, title = line.split("\t")
            found[code.strip()] = title.strip()
    return found
