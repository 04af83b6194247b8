"""Small code systems to recode from and to."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.test_termservice.test_recoding.fruit import BROAD, EQ, FIRST, NARROW, NOT, REL, SECOND, STATED, THIRD, state

TODAY = date(2022, 6, 15)


@pytest.fixture
def fruit(toy: Any) -> Any:
    for version, codes in (("2020", FIRST), ("2021", SECOND), ("2022", THIRD)):
        toy.put(version, codes)
    state(toy, *STATED)
    return toy


@pytest.fixture(scope="module")
def hypothesis_fruit(tmp_path_factory: pytest.TempPathFactory) -> Any:
    from tests.test_termservice.conftest import Toy, ToyLoader, ToyMapLoader

    with pytest.MonkeyPatch.context() as patch:
        for module in ("discovery", "bases"):
            patch.setattr(f"termservice.{module}.loaders", lambda: (ToyLoader(), ToyMapLoader()))
        toy = Toy(tmp_path_factory.mktemp("toy"))
        for version, listed in (("2020", FIRST), ("2021", SECOND), ("2022", THIRD)):
            toy.put(version, listed)
        state(toy, *STATED)
        toy.put("2020", {"x": "Ex", "y": "Why", "z": "Zed", "old": "Old"}, system="odd")
        toy.put("2021", {"x": "Ex", "y": "Why", "z": "Zed", "new": "New"}, system="odd",
                stated=[("old", "replaced-by", "new")])  # fmt: skip
        both = [("A", "x", EQ), ("B", "x", NARROW), ("B", "y", REL), ("D", "old", EQ), ("C3", "y", BROAD),
                {"source": "H", "relationship": "unmapped"}, ("N", "z", NOT)]  # fmt: skip
        toy.load(toy.map("2020-06", both), toy.map("2021-09", [*both, ("A", "z", EQ), ("G", "z", REL)]))
        toy.load(toy.map("2021-03", [("z", "F", EQ), ("x", "A1", NARROW), ("y", "A", EQ)], source="odd", target="toy"))
        service = toy.service(TODAY)
        yield service, toy.folder
        toy.close()
