"""What starts fast imports little, and what is ready has imported all that it needs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

import codesystems

SAMPLES = Path(codesystems.__file__).parent / "samples"
LOADING = {
    "codesystems.formats.sheets", "ftfy", "index.build", "index.columns", "index.extending", "index.postings",
    "openpyxl", "termservice.bases", "termservice.discovery", "termservice.indexing", "termservice.ingest",
    "termservice.lifecycle", "termservice.originals", "termservice.snomed.artefactbuilding",
    "termservice.snomed.building", "termservice.sync.web", "urllib3", "xlrd",
}  # fmt: skip
"""What reads releases or writes stores."""
SELDOM = {"langcodes", "termservice.changeworkbook", "termservice.web.administration"}
"""What few servers are asked for."""
COMMON = (
    "/api/v1/codesystems",
    "/api/v1/codesystems/icd-10-se/concepts/I21.9",
    "/api/v1/search?q=hj",
    "/fhir/r5/metadata",
    "/fhir/r4/CodeSystem/$lookup?system=http://snomed.info/sct&code=138875005",
    "/fhir/r5/ValueSet/$expand?url=http://snomed.info/sct?fhir_vs&count=1",
    "/icd-10-se/I21.9",
)
_SERVING = """
import json, sys
from werkzeug.test import Client
from termservice.web import wsgi

client = Client(wsgi.create())
assert client.get("/readyz").status_code == 200
ready = set(sys.modules)
for address in sys.argv[1:]:
    assert client.get(address).status_code == 200, address
print(json.dumps([sorted(ready), sorted(set(sys.modules) - ready)]))
"""
_COMMAND = """
import json, sys
from termservice.cli import main

try:
    main()
finally:
    print(json.dumps(sorted(sys.modules)), file=sys.stderr)
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Some of the samples, loaded by all loaders there are."""
    home = tmp_path_factory.mktemp("home")
    command(home, "load", str(SAMPLES / "icd-10-se" / "2026"), str(SAMPLES / "snomed-ct" / "2025-05"))
    return home


def python(home: Path, code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"TERMSERVICE_HOME": str(home)}
    return subprocess.run(
        [sys.executable, "-c", code, *arguments], env=environment, check=True, capture_output=True, text=True
    )


def command(home: Path, *arguments: str) -> set[str]:
    """The modules that a command imported."""
    return set(json.loads(python(home, _COMMAND, *arguments).stderr.splitlines()[-1]))


def test_a_server_imports_what_it_serves_with_and_before_it_is_ready(home: Path) -> None:
    ready, later = map(set, json.loads(python(home, _SERVING, *COMMON).stdout))
    assert "termservice.web.app" in ready
    assert ready & (LOADING | SELDOM) == set()
    assert {name for name in later if not name.startswith("encodings.")} == set()


def test_a_command_imports_what_it_needs(home: Path) -> None:
    served = {"flask", "granian", "marshmallow"}
    helped = command(home, "--help")
    assert helped & (LOADING | SELDOM | served | {"numpy", "termservice.service"}) == set()
    asked = command(home, "lookup", "icd-10-se", "I21.9")
    assert "termservice.service" in asked
    assert asked & (LOADING | SELDOM | served) == set()


@pytest.mark.parametrize("name", sorted(LOADING | SELDOM))
def test_what_is_not_imported_is_there(name: str) -> None:
    assert find_spec(name)
