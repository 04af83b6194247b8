"""Tables in a folder, identified and read."""

from dataclasses import replace
from datetime import date

import pytest

from codesystems.files import Package
from codesystems.map_lists import LOADER
from codesystems.model import Hints
from codesystems.report import Report


@pytest.fixture
def identify(tmp_path):
    """Writes files into a folder and asks for candidates; `at` narrows the package to one of them."""

    def identifying(files, hints=None, at="", loader=LOADER):
        for name, text in files.items():
            path = tmp_path / "kartor" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text if isinstance(text, bytes) else text.encode())
        with Package(tmp_path / "kartor" / at) as package:
            return list(loader.identify(package, hints or Hints()))

    return identifying


@pytest.fixture
def read(identify):
    def reading(files, hints=None, at=""):
        (candidate,) = identify(files if isinstance(files, dict) else {"karta.csv": files}, hints, at)
        known = replace(
            candidate,
            version=candidate.version or "2026",
            effective=candidate.effective or date(2026, 1, 1),
        )
        report = Report()
        return LOADER.read(known, report), report

    return reading
