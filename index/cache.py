"""A small cache for threads."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import Generic, TypeVar

Value = TypeVar("Value")


class Cache(Generic[Value]):
    """The values used most recently, up to a total cost. Safe for threads."""

    def __init__(self, most: int, cost: Callable[[Value], int] = lambda value: 1) -> None:
        self._most = most
        self._cost = cost
        self._held: OrderedDict[object, Value] = OrderedDict()
        self._total = 0
        self._lock = Lock()

    def held(self, key: object) -> Value | None:
        """The value, if it is there."""
        with self._lock:
            value = self._held.get(key)
            if value is not None:
                self._held.move_to_end(key)
            return value

    def get(self, key: object, make: Callable[[], Value]) -> Value:
        value = self.held(key)
        if value is None:
            value = make()
            self.hold(key, value)
        return value

    def hold(self, key: object, value: Value) -> None:
        with self._lock:
            if key not in self._held:
                self._held[key] = value
                self._total += self._cost(value)
                while self._total > self._most and len(self._held) > 1:
                    self._total -= self._cost(self._held.popitem(last=False)[1])
