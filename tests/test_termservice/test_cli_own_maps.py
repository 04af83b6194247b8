"""A region's own map from the prompt: loaded by its columns, found again from the kept original."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.test_termservice import running

ENDS = ("--from", "kva", "--to", "icd-10-se", "--version", "2026")
COLUMNS = ("--column", "source=KVÅ", "--column", "target=Diagnos")


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "karta.csv"
    path.write_text("KVÅ;Diagnos\nav035;I219\nDU008;\n", "utf-8")
    return path


@pytest.fixture
def run(tmp_path: Path) -> Any:
    return partial(running.run, tmp_path / "home")


def test_a_map_is_identified_by_its_systems(run: Any, table: Path) -> None:
    (row,) = json.loads(run("identify", table, *ENDS, *COLUMNS, "--json").stdout)
    assert (row["system"], row["version"], row["loader"], row["form"]) == (
        "kva-to-icd-10-se",
        "2026",
        "map_lists",
        "map",
    )


@pytest.mark.parametrize(("name", "map_id"), [((), "kva-to-icd-10-se"), (("--system", "min-karta"), "min-karta")])
def test_a_loaded_map_is_found_again(run: Any, table: Path, name: tuple[str, ...], map_id: str) -> None:
    assert f"{map_id} 2026: loaded" in run("load", table, *ENDS, *COLUMNS, *name).stdout
    assert "unchanged" in run("load", table, *ENDS, *COLUMNS, *name).stdout
    run("rollback", map_id)
    assert f"{map_id} 2026 is active" in run("activate", map_id, "2026").stdout
    run("verify")


def test_a_map_without_its_systems_is_refused(run: Any, table: Path) -> None:
    assert "give source and target in [map], or --from and --to" in run("load", table, *COLUMNS, expect=2).stderr


def test_a_fhir_map_of_several_systems_is_found_again(run: Any, tmp_path: Path) -> None:
    element = {"code": "A", "target": [{"code": "B", "relationship": "equivalent"}]}
    ends = (("http://x.example/a", "http://x.example/b"), ("http://x.example/b", "http://x.example/a"))
    groups = [{"source": source, "target": target, "element": [element]} for source, target in ends]
    path = tmp_path / "karta.json"
    path.write_text(json.dumps({"resourceType": "ConceptMap", "id": "karta", "version": "2026", "group": groups}))
    run("load", path, "--system", "vår karta")
    for map_id in ("var-karta-a-to-b", "var-karta-b-to-a"):
        run("rollback", map_id)
        assert f"{map_id} 2026 is active" in run("activate", map_id, "2026").stdout
    run("verify")
