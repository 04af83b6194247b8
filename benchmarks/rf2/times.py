"""When: the releases of the International Edition and of the extension that is built on it, half a year apart."""

from __future__ import annotations

from bisect import bisect_left
from typing import NamedTuple


class Moment(NamedTuple):
    """A date at which components change. Moments compare by date within a slot."""

    slot: int
    """The number of the first release here that has it; what was before the first one is in the first."""
    time: str
    """effectiveTime, YYYYMMDD."""


class Calendar:
    """The moments of one owner: of earlier history, the last of which is the first release; and of the releases."""

    def __init__(self, first: tuple[int, int], last: tuple[int, int], releases: int) -> None:
        """`first` and `last` are year and number of the half-year."""
        self.releases = [Moment(slot, self.name(half)) for slot, half in enumerate(_following(last, releases))]
        self.history = [Moment(0, self.name(half)) for half in _halves(first, last)] + self.releases[:1]
        self._times = [moment.time for moment in self.history]

    def name(self, half: tuple[int, int]) -> str:
        raise NotImplementedError

    @property
    def first(self) -> Moment:
        return self.history[0]

    def drawn(self, chance: float) -> Moment:
        """One of the history: the first for two in five, the others alike."""
        if chance < 0.4:
            return self.history[0]
        return self.history[int((chance - 0.4) / 0.6 * len(self.history))]

    def after(self, moment: Moment) -> Moment:
        """The first at which what is of `moment`, maybe another owner's, can be referred to."""
        if moment.slot:
            return self.releases[moment.slot]
        return self.history[bisect_left(self._times, moment.time)]


class International(Calendar):
    """To July 2024 of January and July, then of March and September, as is a release here."""

    def __init__(self, releases: int) -> None:
        super().__init__((2002, 0), (2024, 1), releases)

    def name(self, half: tuple[int, int]) -> str:
        year, number = half
        if half >= (2024, 1):
            return f"{year}{('0301', '0901')[number]}"
        return f"{year}{('0131', '0731')[number]}"


class Swedish(Calendar):
    """Of May and November."""

    def __init__(self, releases: int) -> None:
        super().__init__((2013, 0), (2024, 1), releases)

    def name(self, half: tuple[int, int]) -> str:
        return f"{half[0]}{('0531', '1130')[half[1]]}"


def _halves(first: tuple[int, int], last: tuple[int, int]) -> list[tuple[int, int]]:
    """From the first until before the last."""
    return [divmod(n, 2) for n in range(first[0] * 2 + first[1], last[0] * 2 + last[1])]


def _following(first: tuple[int, int], count: int) -> list[tuple[int, int]]:
    return [divmod(first[0] * 2 + first[1] + n, 2) for n in range(count)]
