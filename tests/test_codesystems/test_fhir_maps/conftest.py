"""ConceptMaps in files, identified and read."""

import json
from dataclasses import replace
from datetime import date

import pytest

from codesystems.fhir_maps import LOADER
from codesystems.files import Package
from codesystems.model import Hints
from codesystems.report import Report


@pytest.fixture
def identify(tmp_path):
    def identifying(files, hints=None):
        files = {"karta.json": files} if isinstance(files, (str, bytes)) or "resourceType" in files else files
        for name, content in files.items():
            text = json.dumps(content) if isinstance(content, (dict, list)) else content
            path = tmp_path / "paket" / name
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(text if isinstance(text, bytes) else text.encode())
        with Package(tmp_path / "paket") as package:
            return list(LOADER.identify(package, hints or Hints()))

    return identifying


@pytest.fixture
def read(identify):
    def reading(content, hints=None):
        report = Report()
        found = [replace(each, effective=each.effective or date(2026, 1, 1)) for each in identify(content, hints)]
        contents = [LOADER.read(candidate, report) for candidate in found]
        return contents[0] if len(contents) == 1 else contents, report

    return reading
