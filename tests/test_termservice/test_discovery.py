"""Which releases a path holds."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from codesystems.files import Package
from codesystems.loader import Candidate, Loader
from codesystems.model import Hints
from codesystems.report import ReleaseError
from termservice import discovery
from termservice.discovery import Found, discover, package_digest

CODES = {"A": "Apple"}


def find(path: Path, hints: Hints | None = None) -> Found:
    with Package(path) as package:
        return discover(package, hints or Hints())


def names(candidates: Iterable[Candidate]) -> list[tuple[str, str | None, str]]:
    return [(each.system.id, each.version, each.form) for each in candidates]


def test_several_releases_are_told_apart_in_order_of_date(toy: Any) -> None:
    for number, version in enumerate(("2021", "2019-07", "2020")):
        toy.release(version, CODES, path=f"all/{number}.toy")
    toy.release("2018", CODES, system="odd", path="all/odd.toy")
    found = find(toy.folder / "all")
    assert names(found.releases) == [
        ("odd", "2018", "json"),
        ("toy", "2019-07", "json"),
        ("toy", "2020", "json"),
        ("toy", "2021", "json"),
    ]
    assert found.releases[1].effective == date(2019, 7, 1)


def test_of_several_forms_the_richest_whole_one_is_read(toy: Any) -> None:
    toy.release("2021", CODES, form="poor", rank=1, path="all/1.toy")
    toy.release("2021", CODES, form="rich", rank=2, path="all/2.toy")
    toy.release("2021", CODES, form="richest", rank=3, missing=["a part"], path="all/3.toy")
    found = find(toy.folder / "all")
    assert names(found.releases) == [("toy", "2021", "rich")]
    assert {form for _, _, form in names(found.other_forms)} == {"poor", "richest"}
    assert found.unclaimed == ()


def test_releases_of_unknown_version_are_not_forms_of_each_other(toy: Any) -> None:
    for number in (1, 2):
        toy.release(None, CODES, path=f"all/{number}.toy")
    assert names(find(toy.folder / "all").releases) == [("toy", None, "json")] * 2


def test_what_nobody_claims_is_named(toy: Any) -> None:
    toy.release("2021", CODES, path="all/1.toy")
    (toy.folder / "all" / "readme.txt").write_text("read me")
    assert [file.path for file in find(toy.folder / "all").unclaimed] == ["readme.txt"]


def test_nothing_recognised_names_the_loaders(tmp_path: Path, toy: Any) -> None:
    (tmp_path / "readme.txt").write_text("read me")
    with pytest.raises(ReleaseError, match=r"lists, toy.*--system"):
        find(tmp_path / "readme.txt")


@pytest.mark.parametrize(
    ("hints", "version", "effective"),
    [
        (Hints(), "2021", date(2021, 1, 1)),
        (Hints(version="2022"), "2022", date(2022, 1, 1)),
        (Hints(version="spring"), "spring", None),
        (Hints(version="spring", effective=date(2022, 3, 1)), "spring", date(2022, 3, 1)),
        (Hints(effective=date(2021, 2, 1)), "2021", date(2021, 2, 1)),
    ],
)
def test_the_operator_goes_before_the_names(toy: Any, hints: Hints, version: str, effective: date | None) -> None:
    (release,) = find(toy.release("2021", CODES), hints).releases
    assert (release.version, release.effective) == (version, effective)


def test_one_version_cannot_name_several_releases(toy: Any) -> None:
    for version in ("2020", "2021"):
        toy.release(version, CODES, path=f"all/{version}.toy")
    with pytest.raises(ReleaseError, match=r"2020, 2021.*--version"):
        find(toy.folder / "all", Hints(version="2022"))


def test_two_loaders_may_not_claim_one_file(toy: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    first = discovery.loaders()[0]

    class Rival(type(first)):  # type: ignore[misc]
        name = "rival"

    monkeypatch.setattr(discovery, "loaders", lambda: (first, Rival()))
    with pytest.raises(ReleaseError, match="claimed by both toy and rival"):
        find(toy.release("2021", CODES))


def test_a_loader_of_any_list_gets_only_what_is_left(toy: Any) -> None:
    toy.release("2021", CODES, path="all/1.toy")
    (toy.folder / "all" / "list-2020.csv").write_text("kod,titel\nB,Banana\n", "utf-8")
    found = find(toy.folder / "all", Hints(system="fruit"))
    assert [(each.loader.name, each.version) for each in found.releases] == [("lists", "2020"), ("toy", "2021")]


def test_a_fault_in_a_loader_refuses_by_name(
    toy: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    class Faulty(Loader):
        name = "faulty"

        def identify(self, package: Package, hints: Hints) -> Iterable[Candidate]:
            raise KeyError("oops")

        def read(self, candidate: Candidate, report: object) -> Any: ...

    monkeypatch.setattr(discovery, "loaders", lambda: (Faulty(),))
    with pytest.raises(ReleaseError, match=r"the faulty loader failed.*KeyError"):
        find(toy.release("2021", CODES))
    assert "faulty" in caplog.text


def test_a_package_is_known_by_its_files_hints_and_program(toy: Any) -> None:
    def digest(path: Path, hints: Hints | None = None, program: str = "1") -> str:
        with Package(path) as package:
            return package_digest(package, hints or Hints(), program)

    release = toy.release("2021", CODES)
    same = digest(release)
    assert digest(release) == same
    assert digest(release, Hints(version="2022")) != same
    assert digest(release, program="2") != same
    release.write_bytes(release.read_bytes() + b" ")
    assert digest(release) != same
