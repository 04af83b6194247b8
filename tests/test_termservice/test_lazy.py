"""Properties made when they are first asked for."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from termservice.lazy import lazy


class Thing:
    def __init__(self, make: Callable[[], object]) -> None:
        self.make = make

    @lazy
    def value(self) -> object:
        """What it is made of."""
        return self.make()


def test_a_value_is_made_once() -> None:
    made: list[int] = []
    thing = Thing(lambda: made.append(1))
    assert made == []
    assert thing.value is thing.value
    assert made == [1]


def test_each_object_has_its_own() -> None:
    one, other = Thing(lambda: "one"), Thing(lambda: "other")
    assert (one.value, other.value, one.value) == ("one", "other", "one")


def test_a_value_that_could_not_be_made_is_tried_again() -> None:
    divisors = iter([0, 2])
    thing = Thing(lambda: 6 // next(divisors))
    with pytest.raises(ZeroDivisionError):
        _ = thing.value
    assert thing.value == 3


def test_the_class_tells_of_it() -> None:
    assert Thing.value.__doc__ == "What it is made of."


def test_threads_make_values_of_different_objects_at_the_same_time() -> None:
    both = Barrier(2, timeout=30)
    with ThreadPoolExecutor(2) as threads:
        found = list(threads.map(lambda thing: thing.value, [Thing(both.wait), Thing(both.wait)]))
    assert sorted(map(str, found)) == ["0", "1"]
