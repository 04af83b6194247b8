"""Postcoordinated expressions of SNOMED CT: parsed, checked against an edition, written with terms, and judged by
expression constraints.

Source: SNOMED International, Compositional Grammar: Specification and Guide, version 2.4.
"""

from __future__ import annotations

from termservice.snomed.expressions.checking import check
from termservice.snomed.expressions.judging import satisfies
from termservice.snomed.expressions.parser import ExpressionError, looks_like, parse
from termservice.snomed.expressions.syntax import Concept, Expression
from termservice.snomed.expressions.writing import written

__all__ = ["Concept", "Expression", "ExpressionError", "check", "looks_like", "parse", "satisfies", "written"]
