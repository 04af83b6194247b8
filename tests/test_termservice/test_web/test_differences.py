"""Changes and histories as pages show them."""

from __future__ import annotations

import pytest

from termservice.answers import COMPUTED, Event, HistoryAnswer, PropertyAnswer, Source
from termservice.web.codingmarks import marks
from termservice.web.differences import Difference, differences
from termservice.web.timelines import timeline

OFFICIAL = Source("publisher", "Ändringslista", "lista.xlsx", 3)


@pytest.mark.parametrize(
    ("kind", "before", "after", "name", "expected"),
    [
        ("introduced", None, "Ny", None, [Difference("", [("same", "Ny")])]),
        ("withdrawn", "Gammal", None, None, [Difference("", [("same", "Gammal")])]),
        ("introduced", None, None, None, []),
        ("retitled", "röd häst", "blå häst", None,
         [Difference("", [("removed", "röd"), ("added", "blå"), ("same", " häst")])]),
        ("moved", ["O30-O48", "X"], ["O30-O49", "X"], None,
         [Difference("", [("removed", "O30-O48"), ("added", "O30-O49"), ("same", "X")], codes=True)]),
        ("replaced-by", None, "F20", None, [Difference("", [("same", "F20")], codes=True)]),
        ("replaced-by", None, None, None, []),
        ("note-changed", ["a b"], ["a c"], "Innefattar",
         [Difference("Innefattar", [("same", "a "), ("removed", "b"), ("added", "c")])]),
        ("note-changed", {"N": ["a"], "O": ["x"]}, {"N": ["a"], "O": ["x", "y"]}, None,
         [Difference("O", [("same", "x"), ("added", "\ny")])]),
        ("property-changed", {"P": []}, {"P": [True]}, None, [Difference("P", [("added", "true")])]),
        ("unchanged", None, None, None, []),
    ],
)  # fmt: skip
def test_lines_of_a_change(kind: str, before: object, after: object, name: str | None, expected: object) -> None:
    assert differences(kind, before, after, name) == expected


def event(date: str | None, version: str | None, kind: str, source: Source = COMPUTED, **more: object) -> Event:
    values = {"after_version": "2024", "property": None, "before": "a", "after": "b", "wording": None} | more
    return Event(date=date, version=version, type=kind, source=source, **values)  # type: ignore[arg-type]


def history(events: list[Event], *, known: bool = True) -> HistoryAnswer:
    period: dict[str, object] = {"from": "2020-01-01", "from_known": known, "first_version": "2020"}
    return HistoryAnswer("s", "A", 1, "A", True, [period], events, [], [])


def test_a_history_is_read_from_its_end_and_by_version() -> None:
    found = timeline(
        history(
            [
                event("2021-01-01", "2021", "retitled", wording="cosmetic"),
                event("2022-01-01", "2022", "moved", before=["A"], after=["B"]),
                event("2022-01-01", "2022", "withdrawn"),
                event("2022-06-01", None, "replaced-by", OFFICIAL),
                event("2022-06-01", None, "unchanged", OFFICIAL),
            ]
        )
    )
    assert [(each.date, each.version, [one.type for one in each.happenings]) for each in found] == [
        ("2022-06-01", None, ["replaced-by"]),
        ("2022-01-01", "2022", ["moved", "withdrawn"]),
        ("2021-01-01", "2021", ["retitled"]),
    ]
    assert [each.cosmetic for each in found] == [False, False, True]
    assert [each.held for each in found] == [True, False, True]
    assert [each.dated for each in found] == [False, True, True]
    assert [each.compared_with for each in found] == [None, "2024", "2024"]


def test_a_history_begins_with_the_oldest_version_where_nothing_could_say_more() -> None:
    found = timeline(history([event("1997-01-01", "2026", "introduced", OFFICIAL)], known=False))
    assert [(each.date, len(each.happenings)) for each in found] == [("2020-01-01", 0), ("1997-01-01", 1)]
    assert not found[0].cosmetic


def test_what_two_sources_say_of_one_version_is_said_of_each() -> None:
    (found,) = timeline(
        history([event("2021-01-01", "2021", "retitled"), event("2021-01-01", "2021", "changed", OFFICIAL)])
    )
    assert found.compared_with is None
    assert not found.dated


def test_marks_of_a_code_are_told_from_its_other_properties() -> None:
    link, mark, main = (
        PropertyAnswer(code, code, "string", value)
        for code, value in (
            ("Koppling Manifestation(*)/Etiologi(†)", "E10.2†, E11.2†"), ("Manifestation(*)/Etiologi(†)", "*"),
            ("Ej huvuddiagnos", "Ja"),
        )
    )  # fmt: skip
    other = PropertyAnswer("Vikt", "Vikt", "integer", 3)
    found = marks([mark, other, link, main])
    assert (found.kind, found.sign, found.not_main) == ("asterisk", "*", True)
    assert found.partners == ["E10.2†, E11.2†"]
    assert found.others == [other]
    assert marks([other]).kind is None
