"""FHIR around a toy store, in both versions."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from termservice import bases, discovery
from termservice.service import TerminologyService
from termservice.web.app import create_app
from tests.test_termservice.conftest import Toy, ToyLoader, ToyMapLoader, ToyValueSetLoader
from tests.test_termservice.test_fhir.asking import RELEASES, Fhir


@pytest.fixture(scope="session")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A small classification in two versions, another one, a map between them. Tests only read it."""
    with pytest.MonkeyPatch.context() as patch:
        for module in (discovery, bases):
            patch.setattr(module, "loaders", lambda: (ToyLoader(), ToyMapLoader(), ToyValueSetLoader()))
        toy = Toy(tmp_path_factory.mktemp("fhir"))
        fill(toy)
    yield toy
    toy.close()


def fill(toy: Any) -> None:
    codes = {
        "A": {"title": "Fruit", "abstract": True, "level": "chapter"},
        "A.1": {"title": "Apple", "parents": ["A"], "properties": [("colour", "red"), ("note", "An apple a day")]},
        "A.2": {"title": "Pear", "parents": ["A"], "synonyms": ["Päron"]},
    }
    toy.put("2020", {**codes, "B": "Bread"})
    toy.put("2021", codes, effective="2021-01-01")
    toy.put("2020", {"x": "Ex", "y": "Why"}, system="odd")
    toy.load(
        toy.map(
            "2020",
            [
                ("A.1", "x", "equivalent"),
                ("A.2", "y", "source-is-narrower-than-target"),
                {"source": "B", "relationship": "unmapped", "comment": "not there"},
            ],
        )
    )


@pytest.fixture(params=RELEASES)
def fhir(request: pytest.FixtureRequest, loaded: Any) -> Fhir:
    return Fhir(create_app(loaded.service(), {"TESTING": True}).test_client(), request.param)


@pytest.fixture(params=RELEASES)
def own(request: pytest.FixtureRequest, toy: Any) -> Fhir:
    """Around a store of the test's own, `toy`, which it fills itself."""
    return Fhir(create_app(toy.service(), {"TESTING": True}).test_client(), request.param)


@pytest.fixture(params=RELEASES)
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Fhir:
    """Around a home folder in which nothing was ever loaded."""
    app = create_app(TerminologyService(tmp_path), {"TESTING": True})
    return Fhir(app.test_client(), request.param)
