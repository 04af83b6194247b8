"""The Expression Constraint Language of SNOMED CT, version 2.2: parsed by a grammar, evaluated on sets of places.

Source: SNOMED International, Expression Constraint Language: Specification and Guide.
"""

from __future__ import annotations

from termservice.snomed.ecl.errors import Budget, EclError, EclTooCostly, UnknownConcept
from termservice.snomed.ecl.evaluation import evaluate
from termservice.snomed.ecl.parser import parse
from termservice.snomed.ecl.selection import Selection, select

__all__ = ["Budget", "EclError", "EclTooCostly", "Selection", "UnknownConcept", "evaluate", "parse", "select"]
