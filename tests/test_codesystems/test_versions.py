"""Versions and effective dates in names."""

from datetime import date

import pytest

from codesystems.versions import effective_date, first_version, iso_day, version_in


@pytest.mark.parametrize(
    ("name", "version"),
    [
        ("2015", "2015"),
        ("2020-11", "2020-11"),
        ("2020-03-covid", "2020-03"),
        ("ICD2012.csv", "2012"),
        ("icd10se-digit3-2022.txt", "2022"),
        ("icd-10-se_20260101.tsv", "2026-01-01"),
        ("SnomedCT_SE1000052_20241130T120000Z.zip", "2024-11-30"),
        ("rattad_2020_utgava_2021", "2021"),
        ("KSH97_KOD.ANS", None),
        ("KVA07.xls", None),
        ("icd-10-se", None),
        ("SE1000052", None),
        ("20210231", None),
    ],
)
def test_version_in(name, version):
    assert version_in(name) == version


def test_the_nearest_name_decides():
    assert first_version(["digit4.txt", "2020-11", "icd-10-se-2021"]) == "2020-11"
    assert first_version(["digit4.txt", "icd-10-se"]) is None


@pytest.mark.parametrize(
    ("version", "day"),
    [
        ("2021", date(2021, 1, 1)),
        ("2020-11", date(2020, 11, 1)),
        ("2024-11-30", date(2024, 11, 30)),
        ("http://snomed.info/xsct/31000003106/version/20250909", date(2025, 9, 9)),
        ("2021-02-31", None),
        ("utgåva 3", None),
    ],
)
def test_effective_date(version, day):
    assert effective_date(version) == day


@pytest.mark.parametrize(
    ("text", "day"), [("2026-01-31", date(2026, 1, 31)), ("2026-02-31", None), ("31.1.2026", None), ("", None)]
)
def test_iso_day(text, day):
    assert iso_day(text) == day
