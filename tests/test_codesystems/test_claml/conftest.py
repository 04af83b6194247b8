"""A ClaML document in a file, identified and read."""

from dataclasses import replace
from datetime import date

import pytest

from codesystems import claml
from codesystems.files import Package
from codesystems.model import Hints
from codesystems.report import Report


@pytest.fixture
def read(tmp_path):
    """Reads a document; returns (content, report)."""

    def reading(text, hints=None):
        path = tmp_path / "prov.xml"
        path.write_text(text, encoding="utf-8")
        with Package(path) as package:
            (candidate,) = claml.LOADER.identify(package, hints or Hints())
            report = Report()
            known = replace(candidate, effective=candidate.effective or date(2024, 1, 1))
            return claml.LOADER.read(known, report), report

    return reading


@pytest.fixture
def identify(tmp_path):
    def identifying(text, hints=None, name="prov.xml"):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        with Package(path) as package:
            return list(claml.LOADER.identify(package, hints or Hints()))

    return identifying
