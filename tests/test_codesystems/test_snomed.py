"""SNOMED CT: which releases a package holds, and what their rows mean; on real files against a reading of its own."""

from __future__ import annotations

import shutil
from collections import defaultdict
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import NamedTuple

import pytest

from codesystems import snomed, snomed_editions
from codesystems.files import Package
from codesystems.formats.rf2_rows import LANGUAGE_SHAPE, MemberShape
from codesystems.golden import SAMPLES
from codesystems.loader import Base, Candidate
from codesystems.model import CodeSystemContent, Concept, Hints, Property
from codesystems.report import ReleaseError, Report
from codesystems.snomed import LOADER
from codesystems.snomed_rows import rows

SAMPLE = SAMPLES / "snomed-ct"
SNAPSHOT, FULL = SAMPLE / "2024-11", SAMPLE / "2025-05"
SWEDISH = "http://snomed.info/sct/45991000052106/version/"
INT = "http://snomed.info/sct/900000000000207008/version/"
ANAEMIA, IRON, OLD, REFSET, SITE, DOSE = (
    "29999999105",
    "39999999107",
    "89999999106",
    "109999999109",
    "59999999104",
    "79999999109",
)
CONCEPTS = "Terminology/sct2_Concept_Snapshot_SE1000052_20241130.txt"
DEPENDENCIES = "Refset/Metadata/der2_ssRefset_ModuleDependencySnapshot_SE1000052_20241130.txt"


def candidates(path: Path, hints: Hints | None = None) -> list[Candidate]:
    with Package(path) as package:
        return list(LOADER.identify(package, hints or Hints()))


def one(path: Path, hints: Hints | None = None) -> Candidate:
    (candidate,) = candidates(path, hints)
    return candidate


def content(candidate: Candidate, report: Report | None = None) -> CodeSystemContent:
    return LOADER.read(candidate, report or Report())


def concept(found: CodeSystemContent, code: str) -> Concept:
    return next(each for each in found.concepts if each.code == code)


def values(found: Concept) -> dict[str, list[str]]:
    said: defaultdict[str, list[str]] = defaultdict(list)
    for each in found.properties:
        said[each.code].append(each.value)
    return dict(said)


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    """A copy of the Snapshot, to be changed."""
    shutil.copytree(SNAPSHOT / "Snapshot", tmp_path / "sample")
    return tmp_path / "sample"


def edit(folder: Path, name: str, old: str, new: str) -> None:
    text = (folder / name).read_bytes().decode()
    assert old in text
    (folder / name).write_bytes(text.replace(old, new).encode())


def renamed(folder: Path, old: str, new: str) -> None:
    for path in [path for path in folder.rglob("*") if old in path.name]:
        path.rename(path.with_name(path.name.replace(old, new)))


def without_root(folder: Path) -> None:
    """Make an extension of it: it no longer carries all that its rows refer to."""
    text = (folder / CONCEPTS).read_text("utf-8")
    kept = [line for line in text.splitlines() if not line.startswith("138875005")]
    (folder / CONCEPTS).write_text("\n".join(kept) + "\n", "utf-8")


def test_a_full_gives_every_state_of_its_concepts() -> None:
    found = candidates(FULL)
    assert [(each.version, each.form) for each in found] == [
        (f"{SWEDISH}20241130", "Full"),
        (f"{SWEDISH}20250531", "Full"),
    ]
    earlier, latest = map(content, found)
    assert {each.code for each in earlier.concepts} < {each.code for each in latest.concepts}
    assert (earlier.effective, latest.effective) == (date(2024, 11, 30), date(2025, 5, 31))


def test_full_and_snapshot_say_the_same_of_a_day() -> None:
    full, snapshot = content(candidates(FULL)[0]), content(one(SNAPSHOT))
    assert list(full.concepts) == list(snapshot.concepts)
    assert full.covers == snapshot.covers


def test_an_earlier_state_can_be_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    for version in ("20241130", "2024-11-30", f"{SWEDISH}20241130"):
        assert one(FULL, Hints(version=version)).version == f"{SWEDISH}20241130"
    assert one(FULL, Hints(effective=date(2024, 11, 30))).effective == date(2024, 11, 30)
    monkeypatch.setattr(snomed, "HISTORY_ROWS", 1)
    large = one(FULL)
    assert large.version == f"{SWEDISH}20250531"
    assert large.notes == ("the edition as it was earlier is in the Full too: load it with --version 20241130",)


def test_of_a_large_full_the_snapshot_beside_it_is_read(sample: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    renamed(sample, "20241130", "20250531")
    shutil.copytree(FULL / "Full", sample / "Full")

    def best() -> str:
        found = [each for each in candidates(sample) if each.version == f"{SWEDISH}20250531"]
        return max(found, key=lambda each: each.rank).form

    assert best() == "Full"
    monkeypatch.setattr(snomed, "HISTORY_ROWS", 1)
    assert best() == "Snapshot"


def test_the_edition_is_that_of_the_owner_of_the_files(sample: Path) -> None:
    assert one(sample).system is snomed.SYSTEM
    renamed(sample, "SE1000052", "NO1000202")
    found = one(sample)
    assert (found.system.id, found.system.url) == (
        "snomed-ct-51000202101",
        "http://snomed.info/sct/51000202101",
    )
    assert found.version == "http://snomed.info/sct/51000202101/version/20241130"


def test_files_called_international_are_of_the_extension_that_nothing_depends_on(sample: Path) -> None:
    renamed(sample, "SE1000052", "INT")
    assert one(sample).version == f"{SWEDISH}20241130"
    (sample / DEPENDENCIES.replace("SE1000052", "INT")).unlink()
    found = one(sample)
    assert (found.system.id, found.version) == ("snomed-ct-900000000000207008", f"{INT}20241130")
    assert one(sample, Hints(system="snomed-ct")).system is snomed.SYSTEM


def test_an_unknown_owner_without_dependencies_must_be_named(sample: Path) -> None:
    renamed(sample, "SE1000052", "XX9999999")
    (sample / DEPENDENCIES.replace("SE1000052", "XX9999999")).unlink()
    found = one(sample)
    assert found.version is None
    with pytest.raises(ReleaseError, match="give --version"):
        LOADER.version_named(found, "20241130")
    assert one(sample, Hints(version=f"{INT}20241130")).system.id == "snomed-ct-900000000000207008"


def test_a_uri_says_edition_day_and_that_it_is_unpublished(sample: Path) -> None:
    uri = "http://snomed.info/xsct/31000003106/version/20250909"
    found = one(sample, Hints(version=uri))
    assert (found.system.id, found.version, found.effective) == ("snomed-ct-31000003106", uri, date(2025, 9, 9))
    assert LOADER.version_named(found, uri) == uri
    assert LOADER.version_named(found, "20250909") == uri
    assert LOADER.version_named(found, "a name") == "a name"
    assert one(sample, Hints(version=uri, system="snomed-ct")).system is snomed.SYSTEM


def test_names_that_begin_with_x_are_unpublished(sample: Path) -> None:
    for path in list(sample.rglob("*.txt")):
        path.rename(path.with_name("x" + path.name))
    assert one(sample).version == "http://snomed.info/xsct/45991000052106/version/20241130"


def test_files_without_concepts_are_no_release(sample: Path) -> None:
    (sample / CONCEPTS).unlink()
    assert candidates(sample) == []


def test_an_extension_needs_the_international_edition_it_names(sample: Path) -> None:
    assert one(sample).requires == ()  # it carries what its rows refer to
    without_root(sample)
    (needed,) = one(sample).requires
    assert (needed.systems, needed.effective) == (("snomed-ct-900000000000207008",), date(2024, 9, 1))
    assert needed.version == f"{INT}20240901"
    with pytest.raises(ReleaseError, match="builds on SNOMED CT International Edition 20240901"):
        content(one(sample))


def test_an_extension_is_read_with_its_base(sample: Path, tmp_path: Path) -> None:
    base = tmp_path / "base"
    shutil.copytree(sample, base)
    without_root(sample)
    whole = content(one(base))
    candidate = replace(one(sample), base=(Base(one(base).files, date(2024, 11, 30)),))
    report = Report()
    assert list(content(candidate, report).concepts) == list(whole.concepts)
    assert not report.warnings


def test_a_delta_changes_the_release_before(sample: Path) -> None:
    renamed(sample, "Snapshot", "Delta")
    renamed(sample, "20241130", "20250531")
    (before, international) = one(sample).requires
    assert (before.systems, before.before) == (("snomed-ct",), date(2025, 5, 31))
    assert international.as_before
    with pytest.raises(ReleaseError, match="that this Delta changes"):
        content(one(sample))


def test_names_are_those_that_language_refsets_prefer() -> None:
    found = concept(content(one(SNAPSHOT)), ANAEMIA)
    assert [(each.value, each.use, each.language) for each in found.designations] == [
        ("exempelanemi", "display", "sv"),
        ("Example anemia", "display", "en"),
        ("Example anaemia", "display", "en-GB"),
        ("Anemia of example (disorder)", "fsn", "en"),
        ("Too little example blood", "synonym", "en"),
        ("blodbrist av exempel", "synonym", "sv"),
        ("Exanguineous example", "synonym", "en"),
    ]
    assert (found.level, found.sort_key) == ("disorder", f"anemia of example (disorder) {ANAEMIA}")


def test_an_inactive_description_is_no_name() -> None:
    found = concept(content(candidates(FULL)[1]), ANAEMIA)
    assert "Exanguineous example" not in {each.value for each in found.designations}


def test_facts_of_a_concept() -> None:
    found = content(candidates(FULL)[1])
    iron = values(concept(found, IRON))
    assert iron[DOSE] == ["2:#15"]
    assert iron[SITE] == ["1:69999999101"]
    assert iron["owlExpression"] == [f"SubClassOf(:{IRON} :{ANAEMIA})"]
    assert values(concept(found, ANAEMIA))[DOSE] == ['2:"low"']
    assert values(concept(found, ANAEMIA))["definition"] == ["Fewer red cells than the example has room for."]
    assert values(concept(found, ANAEMIA))["memberOf"] == [REFSET]
    assert {each.code: each.title for each in found.properties}[DOSE] == "Example dose"


def test_an_inactive_concept_says_why_and_what_replaces_it() -> None:
    found = content(candidates(FULL)[1])
    old = concept(found, OLD)
    assert not old.active
    assert old.parents == ()
    assert values(old)["inactivationIndicator"] == ["900000000000482003"]
    assert "memberOf" not in values(old)
    (change,) = found.stated
    assert (change.code, change.type, change.other_code, change.automatic) == (OLD, "replaced-by", ANAEMIA, True)
    assert (change.date, change.row) == (date(2025, 5, 31), 2)


@pytest.mark.parametrize(
    ("refset", "targets", "kind", "automatic"),
    [
        ("900000000000527005", 1, "replaced-by", True),
        ("900000000000523009", 1, "replaced-by", False),
        ("900000000000523009", 2, "split", False),
        ("900000000000528000", 1, "replaced-by", False),
        ("900000000000524003", 1, "withdrawn", None),
        ("900000000000525002", 1, None, None),
    ],
)
def test_associations_as_events(
    sample: Path, refset: str, targets: int, kind: str | None, automatic: bool | None
) -> None:
    path = sample / "Refset/Content/der2_cRefset_AssociationSnapshot_SE1000052_20241130.txt"
    lines = [
        f"m{n}\t20241130\t1\t45991000052106\t{refset}\t{OLD}\t{target}" for n, target in enumerate((ANAEMIA, IRON))
    ]
    path.write_text("\n".join([path.read_text("utf-8").strip(), *lines[:targets]]) + "\n", "utf-8")
    found = content(one(sample)).stated
    assert [(each.type, each.automatic) for each in found] == ([(kind, automatic)] * targets if kind else [])


def test_packed_values_are_shown_apart() -> None:
    packed = Property("component", "900000000000207008|900000000000073002|20020131")
    assert {each.code: each.value for each in LOADER.expanded(packed)} == {
        "moduleId": "900000000000207008",
        "definitionStatusId": "900000000000073002",
        "sufficientlyDefined": "true",
        "effectiveTime": "20020131",
    }
    assert LOADER.expanded(Property(DOSE, "2:#15")) == (Property(DOSE, "2:#15"),)


@pytest.mark.parametrize(
    ("said", "group", "value", "kind"),
    [
        (f"1:{IRON}", 1, IRON, "code"),
        ("0:#15", 0, 15, "integer"),
        ("2:#-0.5", 2, -0.5, "decimal"),
        ("2:#1e999", 2, "1e999", "string"),
        ("2:#many", 2, "many", "string"),
        ('3:"low"', 3, "low", "string"),
        ("3:true", 3, True, "boolean"),
    ],
)
def test_attributes(said: str, group: int, value: object, kind: str) -> None:
    found = LOADER.attribute(Property(DOSE, said))
    assert found is not None
    assert (found.code, found.group, found.value, found.type) == (DOSE, group, value, kind)


@pytest.mark.parametrize("value", [Property("owlExpression", "1:2"), Property(DOSE, "12"), Property(DOSE, "x:1")])
def test_other_properties_are_no_attributes(value: Property) -> None:
    assert LOADER.attribute(value) is None


def test_concepts_are_made_when_they_are_walked_through() -> None:
    found = content(one(SNAPSHOT)).concepts
    walked = list(found)
    assert walked == list(found) == [found[number] for number in range(len(found))]
    assert found[-2:] == walked[-2:]
    with pytest.raises(IndexError):
        found[len(found)]


def test_what_has_no_row_is_reported(sample: Path) -> None:
    report = Report()
    without_root(sample)
    (sample / DEPENDENCIES).unlink()
    content(one(sample), report)
    assert report.warnings["orphan"].count == 6
    assert report.warnings["orphan-description"].count == 3


def test_the_same_preferred_twice_is_reported_and_the_first_shown(sample: Path) -> None:
    name = "Refset/Language/der2_cRefset_LanguageSnapshot-en_SE1000052_20241130.txt"
    edit(sample, name, "900000000000549004", "900000000000548007")
    report = Report()
    shown = [
        each.value for each in concept(content(one(sample), report), ANAEMIA).designations if each.use == "display"
    ]
    assert shown == ["exempelanemi", "Example anemia", "Example anaemia"]
    assert report.warnings["several-preferred"].count > 0


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("http://snomed.info/id/138875005", "138875005"),
        ("138875005 | SNOMED CT Concept |", "138875005"),
        (" 138875005 ", "138875005"),
        ("138875005 |", "138875005 |"),
    ],
)
def test_codes_by_uri_and_with_their_term(text: str, code: str) -> None:
    assert LOADER.canonical(text) == code


def test_rows_are_those_of_the_files() -> None:
    found = rows(one(SNAPSHOT), Report())
    concepts = list(found.concepts)
    assert len(concepts) == 10
    assert concepts[0] == (138875005, 20241130, True, 900000000000207008, 900000000000074008)
    assert sum(row.active for row in found.relationships) == 11
    assert [row.value for row in found.concretes] == ["#12.5", '"low"']
    assert {row.term for row in found.descriptions} >= {
        "exempelanemi",
        "Fewer red cells than the example has room for.",
    }
    members = list(found.members)
    assert {row.shape for row in members} == {
        LANGUAGE_SHAPE,
        MemberShape(("owlExpression",), "s"),
        MemberShape(),
        MemberShape(("attributeDescription", "attributeType", "attributeOrder"), "cci"),
        MemberShape(("sourceEffectiveTime", "targetEffectiveTime"), "ss"),
    }
    assert ("449608002", "900000000000461009", "0") in {row.cells for row in members}


# --- real files ---------------------------------------------------------------------------------------------------

IS_A, FSN, INFERRED = "116680003", "900000000000003001", "900000000000011006"
PREFERRED, US = "900000000000548007", "900000000000509007"


class Plain(NamedTuple):
    """A release read in the plainest way: for each kind of file its rows by id, the newest not after a day."""

    states: dict[str, dict[str, dict[str, str]]]

    def active(self, kind: str) -> list[dict[str, str]]:
        return [row for row in self.states[kind].values() if row["active"] == "1"]


def plain(folder: Path, pattern: str, until: str = "9") -> Plain:
    states: defaultdict[str, dict[str, dict[str, str]]] = defaultdict(dict)
    for path in sorted(folder.rglob(pattern)):
        lines = path.read_bytes().decode().replace("\r\n", "\n").split("\n")
        header = lines[0].split("\t")
        kind = path.name.split("_")[1] if path.name.startswith("sct2") else "Refset"
        kind = {"cRefset": "Language"}.get(path.name.split("_")[1], kind) if "Language" in path.name else kind
        for line in filter(None, lines[1:]):
            row = dict(zip(header, line.split("\t"), strict=True))
            before = states[kind].get(row["id"])
            if row["effectiveTime"] <= until and (before is None or before["effectiveTime"] <= row["effectiveTime"]):
                states[kind][row["id"]] = row
    return Plain(states)


def assert_same(found: CodeSystemContent, expected: Plain) -> None:
    concepts = {each.code: each for each in found.concepts}
    assert {code: each.active for code, each in concepts.items()} == {
        code: row["active"] == "1" for code, row in expected.states["Concept"].items()
    }
    parents: defaultdict[str, set[str]] = defaultdict(set)
    attributes: defaultdict[str, set[tuple[str, str]]] = defaultdict(set)
    for row in expected.active("Relationship"):
        if row["characteristicTypeId"] == INFERRED and row["typeId"] == IS_A:
            parents[row["sourceId"]].add(row["destinationId"])
        elif row["characteristicTypeId"] == INFERRED:
            attributes[row["sourceId"]].add((row["typeId"], f"{row['relationshipGroup']}:{row['destinationId']}"))
    for row in expected.active("RelationshipConcreteValues"):
        attributes[row["sourceId"]].add((row["typeId"], f"{row['relationshipGroup']}:{row['value']}"))
    terms: defaultdict[str, set[str]] = defaultdict(set)
    shown: defaultdict[str, set[str]] = defaultdict(set)
    preferred = {
        row["referencedComponentId"]
        for row in expected.active("Language")
        if row["acceptabilityId"] == PREFERRED and row["refsetId"] == US
    }
    for row in expected.active("Description"):
        terms[row["conceptId"]].add(row["term"].strip())
        if row["id"] in preferred and row["typeId"] != FSN:
            shown[row["conceptId"]].add(row["term"].strip())
    assert any(terms.values())
    assert any(parents.values())
    for code, each in concepts.items():
        assert {parent.code for parent in each.parents} == parents[code]
        assert {(said.code, said.value) for said in each.properties if ":" in said.value[:3]} == attributes[code]
        assert {name.value for name in each.designations} == terms[code]
        english = {name.value for name in each.designations if name.use == "display" and name.language == "en"}
        assert english <= shown[code] if shown[code] else True
        state = expected.states["Concept"][code]
        packed = f"{state['moduleId']}|{state['definitionStatusId']}|{state['effectiveTime']}"
        assert values(each)["component"] == [packed]


@pytest.mark.live
def test_the_real_subset_reads_back_exactly(shared_data: Path) -> None:
    folder = shared_data / "snomed-ct/subset-20250909"
    report = Report()
    uri = "http://snomed.info/xsct/31000003106/version/20250909"
    found = content(one(folder, Hints(version=uri)), report)
    assert (len(found.concepts), found.version) == (2258, uri)
    assert_same(found, plain(folder, "*2_*.txt"))
    assert not report.warnings
    assert one(folder).version == "http://snomed.info/sct/31000003106/version/20250909"


@pytest.mark.live
def test_rows_of_the_real_subset_are_all_of_its_files(shared_data: Path) -> None:
    folder = shared_data / "snomed-ct/subset-20250909"
    found = rows(one(folder), Report())
    expected = plain(folder, "*2_*.txt").states
    assert len(list(found.concepts)) == len(expected["Concept"])
    assert len(list(found.relationships)) == len(expected["Relationship"])
    assert len(list(found.concretes)) == len(expected["RelationshipConcreteValues"])
    texts = {**expected["Description"], **expected["TextDefinition"]}
    assert {(str(row.id), row.term) for row in found.descriptions} == {
        (id, row["term"].strip()) for id, row in texts.items()
    }
    members = len(expected["Refset"]) + len(expected["Language"]) + len(expected["sRefset"])
    assert len(list(found.members)) == members


@pytest.mark.live
def test_the_fictitious_full_gives_every_state(shared_data: Path) -> None:
    folder = shared_data / "snomed-ct/mini-full/Full"
    found = candidates(folder)
    days = ["20020131", "20020731", "20040131", "20040731", "20050131", "20060131", "20110131", "20180731"]
    assert [each.version for each in found] == [f"{INT}{day}" for day in days]
    sizes = []
    for candidate, day in zip(found, days, strict=True):
        read = content(candidate)
        known = set(plain(folder, "*2_*.txt", day).states["Concept"])
        sizes.append(len(read.concepts))
        assert {each.code for each in read.concepts} == known
        assert_same(read, plain(folder, "*2_*.txt", day))
    assert sizes == [88, 89, 90, 97, 99, 99, 102, 102]


@pytest.mark.live
def test_the_row_of_the_fictitious_delta_that_contradicts_is_reported(shared_data: Path) -> None:
    full = candidates(shared_data / "snomed-ct/mini-full/Full")[-1]
    delta = one(shared_data / "snomed-ct/mini-full/Delta")
    report = Report()
    found = content(replace(delta, base=(Base(full.files, date(2018, 7, 31)),)), report)
    assert report.warnings["contradicting-rows"].count == 1
    assert "131148009 of 20050131" in report.warnings["contradicting-rows"].examples[0]
    changed = [each for each in found.concepts if each not in set(content(full).concepts)]
    assert [each.code for each in changed] == ["131148009"]


@pytest.mark.live
@pytest.mark.parametrize(("day", "size"), [("20140131", 27), ("20140731", 33)])
def test_both_of_two_releases_read_back_exactly(shared_data: Path, day: str, size: int) -> None:
    folder = shared_data / "snomed-ct/two-releases/expectedoutput"
    (candidate,) = [each for each in candidates(folder) if each.form == "Snapshot" and each.version == f"{INT}{day}"]
    report = Report()
    found = content(candidate, report)
    assert len(found.concepts) == size
    wrong = [each for each in report.warnings["check-digit"].examples if "concept " in each]
    assert len(wrong) == (9 if day == "20140731" else 8)
    relationships = plain(folder, f"sct2_Relationship_Snapshot*{day}.txt").active("Relationship")
    codes = {each.code for each in found.concepts}
    kept = [row for row in relationships if row["characteristicTypeId"] == INFERRED and row["sourceId"] in codes]
    assert sum(len(each.parents) for each in found.concepts) == sum(row["typeId"] == IS_A for row in kept)


@pytest.mark.live
def test_what_releases_are_made_from_is_no_release(shared_data: Path, tmp_path: Path) -> None:
    for path in (shared_data / "snomed-ct/two-releases").glob("rel2_*20140731.txt"):
        shutil.copy(path, tmp_path)
    candidate = replace(one(tmp_path), requires=())
    with pytest.raises(ReleaseError, match=r"Concept_Delta_INT_20140731.txt:2: id is .*, no number"):
        content(candidate)


def test_dependencies_name_other_modules() -> None:
    assert snomed_editions.named("http://snomed.info/sct/45991000052106") == snomed_editions.Named(
        "45991000052106", None, False
    )
    assert snomed_editions.named("20251399") is None
    assert snomed_editions.named("2025") is None
