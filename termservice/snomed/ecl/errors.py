"""What can be wrong with an expression, and what it may cost."""

from __future__ import annotations

from time import monotonic

from codesystems.formats import rf2
from termservice.errors import TermserviceError


class EclError(TermserviceError):
    """An expression that cannot be understood or evaluated; `position` is the character (from 0) where that shows."""

    status = 400
    code = "invalid-ecl"
    title = "Not a valid expression constraint"

    def __init__(self, message: str, position: int) -> None:
        super().__init__(f"{message} (character {position + 1})", position=position)
        self.position = position


class UnknownConcept(EclError):
    """An identifier that the edition does not have."""

    def __init__(self, id: int, position: int) -> None:
        wrong = "" if rf2.verhoeff(str(id)) else ", whose check digit is wrong"
        super().__init__(f"unknown SNOMED CT concept {id}{wrong}", position)
        self.id = id


class EclTooCostly(EclError):
    """An expression that would take more than it may."""

    status = 422
    code = "too-costly"
    title = "Too costly"


class Budget:
    """What one evaluation may take. It begins when it is made."""

    def __init__(self, seconds: float = 10.0, depth: int = 40) -> None:
        self.seconds = seconds
        self.depth = depth
        self._end = monotonic() + seconds

    def check(self, position: int, depth: int = 0) -> None:
        """Raises `EclTooCostly` where time is up or expressions are nested too deep."""
        if depth > self.depth:
            raise EclTooCostly(f"expressions are nested deeper than {self.depth}", position)
        if monotonic() > self._end:
            raise EclTooCostly(f"it takes longer than {self.seconds:g} s", position)
