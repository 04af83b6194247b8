"""Editions of SNOMED CT: one of them is meant where only the code system is named, any by the URI of its version."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from termservice import editions
from termservice.answers import When
from termservice.registry import Registry
from termservice.store.catalog import System
from termservice.timeline import Version

SWEDISH, INTERNATIONAL, OTHER = "45991000052106", "900000000000207008", "31000003106"
TODAY = date(2026, 1, 1)


def edition(module: str, *versions: str) -> System:
    short = "snomed-ct" if module == SWEDISH else f"snomed-ct-{module}"
    url = "http://snomed.info/sct" if module == SWEDISH else f"http://snomed.info/sct/{module}"
    line = tuple(
        Version(int(day) * 100, f"http://snomed.info/sct/{module}/version/{day}", "2020-01-01", False, "", "", 0)
        for day in versions
    )
    names = (short, url, *(editions.SYSTEM.aliases if module == SWEDISH else ()))
    return System(int(module[:6]), short, url, "SNOMED CT", "", "en", "exact", "", names, line, {})


SE, INT, XX = edition(SWEDISH, "20241130"), edition(INTERNATIONAL, "20240901"), edition(OTHER, "20250909")
KVA = replace(XX, id=9, short="kva", url="http://example.org/kva", names=("kva",))


def registry(*systems: System) -> Registry:
    shown = {system.short: system for system in editions.presented(systems)}
    names = {name.casefold(): system for system in shown.values() for name in system.names}
    return Registry(1, shown, names)


@pytest.mark.parametrize(
    ("loaded", "meant"), [((XX, INT, SE, KVA), SE), ((XX, INT, KVA), INT), ((KVA, XX), XX), ((SE,), SE)]
)
@pytest.mark.parametrize("name", ["snomed-ct", "http://snomed.info/sct", "2.16.840.1.113883.6.96"])
def test_the_code_system_means_its_default_edition(loaded: tuple[System, ...], meant: System, name: str) -> None:
    found = registry(*loaded).system(name)
    assert (found.id, found.short) == (meant.id, "snomed-ct")


def test_without_an_edition_the_code_system_is_only_what_maps_join() -> None:
    joined = replace(SE, versions=())
    assert editions.presented([joined, KVA]) == [joined, KVA]
    assert [system.short for system in editions.presented([joined, XX])] == ["snomed-ct"]


def test_an_edition_keeps_its_own_names() -> None:
    found = registry(SE, INT, XX)
    assert found.system("snomed-ct-31000003106").id == XX.id
    assert found.system("http://snomed.info/sct/900000000000207008").id == INT.id


@pytest.mark.parametrize(
    ("name", "version", "meant"),
    [
        ("snomed-ct", "http://snomed.info/sct/31000003106/version/20250909", XX),
        ("http://snomed.info/sct", "http://snomed.info/sct/45991000052106/version/20241130", SE),
        ("snomed-ct", "20241130", SE),
    ],
)
def test_a_version_uri_says_which_edition(name: str, version: str, meant: System) -> None:
    selected = registry(SE, INT, XX).select(name, When(version), TODAY)
    assert (selected.system.id, selected.version) == (meant.id, meant.versions[0])
