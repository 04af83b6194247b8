"""Any value set in a table, read by a mapping from the command line, a TOML file or a plain header."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from codesystems import icd10se, kva, lists, map_lists
from codesystems.files import Package
from codesystems.model import Hints
from codesystems.report import ReleaseError, Report
from codesystems.value_lists import LOADER

TABLE = "Kod;Titel\nav035;Mätning\nDU008;Stöd\n"
TOML = '[valueset]\nid = "norr"\nsystem = "kva"\n[columns]\ncode = "Kod"\ndisplay = "Titel"\n'
NORR = {"valueset": "norr"}


@pytest.fixture
def identify(tmp_path: Path) -> Any:
    """Writes files into a folder and asks for candidates; `at` narrows the package to one of them."""

    def identifying(files: dict[str, str], hints: Hints | None = None, at: str = "", loader: Any = LOADER) -> Any:
        for name, text in files.items():
            path = tmp_path / "listor" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
        with Package(tmp_path / "listor" / at) as package:
            return list(loader.identify(package, hints or Hints()))

    return identifying


@pytest.fixture
def read(identify: Any) -> Any:
    def reading(files: Any, hints: Hints | None = None, at: str = "") -> Any:
        (candidate,) = identify(files if isinstance(files, dict) else {"lista.csv": files}, hints, at)
        known = replace(candidate, version=candidate.version or "1", effective=candidate.effective or date(2026, 1, 1))
        report = Report()
        return LOADER.read(known, report), report

    return reading


def members(content: Any) -> list[tuple[str, str, str]]:
    return [(member.system, member.code, member.display) for member in content.members]


BOTH = [("kva", "AV035", "Mätning"), ("kva", "DU008", "Stöd")]


@pytest.mark.parametrize(
    ("files", "hints"),
    [
        ({"a.csv": TABLE}, Hints(system="kva", columns=NORR)),
        ({"a.csv": TABLE}, Hints(system="KVÅ", columns={**NORR, "code": "Kod", "display": "Titel"})),
        ({"a.csv": TABLE}, Hints(system=kva.SYSTEM.url, columns=NORR)),
        ({"a.csv": TABLE, "a.toml": TOML}, None),
        ({"a.csv": TABLE, "valueset.toml": TOML}, None),
        ({"a.csv": TABLE.replace("Titel", "Text"), "a.toml": TOML}, Hints(columns={**NORR, "display": "Text"})),
    ],
)
def test_a_list_is_named_by_prompt_or_file(read: Any, files: dict[str, str], hints: Hints | None) -> None:
    content, report = read(files, hints)
    assert members(content) == BOTH
    assert (content.system.id, content.system.url, report.warnings) == ("norr", "urn:valueset:norr", {})
    assert content.codesystems == (kva.SYSTEM,)


def test_a_single_file_finds_its_settings_beside_it(read: Any) -> None:
    assert members(read({"a.csv": TABLE, "a.toml": TOML}, at="a.csv")[0]) == BOTH


def test_what_was_read_once_is_read_again_by_its_columns(identify: Any) -> None:
    first, again = Hints(system="kva", columns=NORR), None
    (found,) = identify({"a.csv": TABLE}, first)
    (again,) = identify({}, Hints(system="kva", version="1", columns=found.columns))
    assert (again.system, again.columns) == (found.system, found.columns)


def test_everything_a_file_may_say(read: Any) -> None:
    text = """
        version = "v7"
        effective = 2026-03-01
        ignore = ["Rad"]
        [valueset]
        id = "norr"
        url = "http://x.example/ValueSet/norr"
        title = "Norrs koder"
        publisher = "Norr"
        language = "en"
        copyright = "Fri"
        aliases = ["1.2.3"]
        system = "icd-10-se"
        system_version = "2026"
        [columns]
        code = "Kod"
        system = "System"
        comment = "Anm"
        selected = "Med"
    """
    rows = "Kod;System;Anm;Med;Rad\ni219;;Vanlig;ja;1\nDU008;KVÅ;;1;2\nI20;;;nej;3\nI22;;;;4\n"
    content, report = read({"a.csv": rows, "a.toml": text})
    assert members(content) == [("icd-10-se", "I21.9", ""), ("kva", "DU008", "")]
    assert content.members[0].comment == "Vanlig"
    assert (content.version, content.effective, content.systems) == ("v7", date(2026, 3, 1), {"icd-10-se": "2026"})
    about = content.system
    assert (about.url, about.title, about.publisher, about.language, about.copyright, about.aliases) == (
        "http://x.example/ValueSet/norr", "Norrs koder", "Norr", "en", "Fri", ("1.2.3",),
    )  # fmt: skip
    assert report.warnings == {}


def test_other_loaders_of_lists_leave_it_alone(identify: Any) -> None:
    files = {"a.csv": TABLE, "a.toml": TOML}
    for loader in (lists.LOADER, map_lists.LOADER):
        assert identify(files, loader=loader) == []
        assert identify(files, Hints(system="kva"), loader=loader) == []
        assert identify({"b/b.csv": TABLE}, Hints(system="kva", columns=NORR), "b", loader) == []
        assert identify({"c/c.csv": TABLE, "c/valueset.toml": TOML}, Hints(system="kva"), "c", loader) == []


def test_lists_and_maps_are_left_to_their_loaders(identify: Any) -> None:
    ends = "[map]\nsource = 'kva'\ntarget = 'icf'\n[columns]\nsource='Kod'\ntarget='Titel'\n"
    system = "[system]\nid = 'x'\n[columns]\ncode='Kod'\n"
    assert identify({"a.csv": TABLE}, Hints(system="kva")) == []
    assert identify({"a.csv": TABLE}, Hints(system="kva", columns={"code": "Kod"})) == []
    for text in (ends, system):
        assert identify({"b/a.csv": TABLE, "b/a.toml": text}, at="b") == []


@pytest.mark.parametrize(
    ("hints", "text", "message"),
    [
        (Hints(columns=NORR), "", "which code system are the codes of"),
        (Hints(system="kva", columns={**NORR, "kod": "Kod"}), "", "'kod' is no field of a value set"),
        (Hints(system="kva", columns={**NORR, "display": "Titel"}), "", "no column is named as code"),
        (Hints(system="kva", columns={**NORR, "code": "Kod", "display": "Kod"}), "", "for two things"),
        (Hints(system="kva", columns={"valueset": "kva"}), "", "kva is a code system; a value set needs an id"),
        (None, TOML.replace('id = "norr"', ""), "which value set is it"),
        (None, TOML.replace('system = "kva"', 'systm = "kva"'), "systm is not known here"),
        (None, TOML.replace('system = "kva"', 'system_version = "1"'), "which code system are the codes of"),
    ],
)
def test_settings_that_do_not_fit_are_refused(identify: Any, hints: Hints | None, text: str, message: str) -> None:
    with pytest.raises(ReleaseError, match=message):
        identify({"a.csv": TABLE, **({"a.toml": text} if text else {})}, hints)


@pytest.mark.parametrize(
    ("table", "more", "message"),
    [
        ("Kod;Titel\n;\n", "", "no members"),
        ("Nyckel;Titel\nA;B\n", "", r"missing column\(s\) Kod"),
        ("Kod;Titel;Med\nA;B;kanske\n", 'selected = "Med"\n', "'kanske', neither yes nor no"),
        ("Kod;Titel;S\nA;B;!!\n", 'system = "S"\n', r"a\.csv:2: '!!' is no id for a code system"),
    ],
)
def test_tables_that_do_not_fit_are_refused(read: Any, table: str, more: str, message: str) -> None:
    with pytest.raises(ReleaseError, match=message):
        read({"a.csv": table, "a.toml": TOML + more})


def test_a_row_of_no_code_system_is_refused(read: Any) -> None:
    text = TOML.replace('system = "kva"\n', "") + 'system = "S"\n'
    with pytest.raises(ReleaseError, match=r"a\.csv:3: the row names no code system"):
        read({"a.csv": "Kod;Titel;S\nA;B;kva\nC;D;\n", "a.toml": text})


def test_code_systems_go_by_any_name(read: Any) -> None:
    names = (
        "KVÅ",
        "kva",
        "http://electronichealth.se/id/kva",
        "urn:oid:1.2.752.116.1.3.2.1.4",
        "Icd-10-SE",
        "norr lab",
    )
    rows = "".join(f"A0{number};x;{name}\n" for number, name in enumerate(names))
    content, _ = read({"a.csv": "kod;titel;kodverk\n" + rows}, Hints(columns=NORR))
    assert [member.system for member in content.members] == ["kva"] * 4 + ["icd-10-se", "norr-lab"]
    assert [system.url for system in content.codesystems] == [
        kva.SYSTEM.url,
        icd10se.ICD10SE.url,
        "urn:codesystem:norr-lab",
    ]
