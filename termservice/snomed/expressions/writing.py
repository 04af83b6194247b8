"""Expressions written out, with terms."""

from __future__ import annotations

from collections.abc import Callable

from termservice.snomed.expressions.syntax import Attribute, Concept, Expression, Number, Text, Truth


def written(expression: Expression, term: Callable[[int], str]) -> str:
    """In the grammar, without white space; each concept with what `term` says of its SCTID."""

    def concept(found: Concept) -> str:
        return f"{found.id}|{term(found.id)}|"

    def attribute(found: Attribute) -> str:
        return f"{concept(found.name)}={value(found.value)}"

    def value(found: Concept | Expression | Text | Number | Truth) -> str:
        match found:
            case Concept():
                return concept(found)
            case Expression():
                return f"({whole(found)})"
            case Text(text):
                escaped = text.replace("\\", "\\\\").replace('"', '\\"')
                return f'"{escaped}"'
            case Number(number):
                return f"#{number}"
            case Truth(true):
                return "true" if true else "false"

    def whole(found: Expression) -> str:
        focus = "+".join(map(concept, found.focus))
        sets = [",".join(map(attribute, found.ungrouped))] if found.ungrouped else []
        sets += ["{" + ",".join(map(attribute, group)) + "}" for group in found.groups]
        return f"{found.status}{focus}:{','.join(sets)}" if sets else f"{found.status}{focus}"

    return whole(expression)
