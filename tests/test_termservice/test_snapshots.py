"""What is nested in a snapshot is of its revision, whatever is loaded meanwhile."""

from __future__ import annotations

import threading
from typing import Any


def test_what_is_nested_is_of_the_same_revision(toy: Any) -> None:
    toy.put("2020", {"A": "Apple"})
    service = toy.service()
    with service.snapshot():
        before = service.concept("toy", "A").revision
        loading = threading.Thread(target=toy.put, args=("2021", {"A": "Pear"}), kwargs={"effective": "2021-01-01"})
        loading.start()
        loading.join()
        with service.snapshot():
            assert (service.concept("toy", "A").revision, service.concept("toy", "A").display) == (before, "Apple")
    after = service.concept("toy", "A")
    assert after.revision > before
    assert after.display == "Pear"


def test_a_snapshot_that_fails_leaves_nothing_behind(toy: Any) -> None:
    toy.put("2020", {"A": "Apple"})
    service = toy.service()
    try:
        with service.snapshot(), service.snapshot():
            raise LookupError
    except LookupError:
        pass
    toy.put("2021", {"A": "Pear"}, effective="2021-01-01")
    assert service.concept("toy", "A").display == "Pear"
