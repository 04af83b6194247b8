"""The elements of a group in a FHIR ConceptMap, of R4 or R5.

`dependsOn` is a rule where it has the form of one of RF2's, else advice, since nothing here can tell whether it holds;
`product` is advice. A target's properties are comments but for RF2's own: group, priority, rule and advice.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from codesystems.formats.fhir_json import Node
from codesystems.map_rows import R4, R5, code_in, is_number, joined, settled
from codesystems.maps import ConceptMap, MapElement, Relationship
from codesystems.model import CodeSystem, Where
from codesystems.report import Report

_RULE = re.compile(r"(?:OTHERWISE )?TRUE|IFA \S.*", re.DOTALL)
_ELEMENT = frozenset({"code", "display", "valueSet", "noMap", "target"})
_TARGET = frozenset(
    {"code", "display", "valueSet", "equivalence", "relationship", "comment", "property", "dependsOn", "product"}
)
_NUMBERS, _TEXTS = ("group", "priority"), ("rule", "advice")
_FIELDS = {
    spelling: name for name in (*_NUMBERS, *_TEXTS) for spelling in (name, f"map{name.capitalize()}")
}  # `mapGroup` is RF2's spelling


def elements(group: Node, cm: ConceptMap, report: Report) -> Iterator[tuple[MapElement, Where]]:
    """The rows of a group, with their places. Raises `ReleaseError` for values that are not what they should be."""
    for node in group.nodes("element"):
        node.only(_ELEMENT, report)
        element = MapElement(_code(node, cm.source, report), source_display=node.text("display"))
        targets = list(node.nodes("target"))
        none = node.flag("noMap")
        if targets and none:
            node.refuse("noMap", "is true, and there are targets")
        for target in targets:
            target.only(_TARGET, report)
            mapped = _mapped(element, target, cm.target, report)
            yield settled(mapped, target.text("equivalence"), report, target.where), target.where
        if not targets:
            if not none:
                report.warn("no-target", f"{element.source} has no target, and does not say so", node.where)
            yield replace(element, relationship="unmapped", comment="noMap" if none else "no target"), node.where


def _mapped(element: MapElement, node: Node, system: CodeSystem, report: Report) -> MapElement:
    known, others = _properties(node)
    conditions = [_condition(each) for each in node.nodes("dependsOn")]
    rules = [value for _, value in conditions if _RULE.fullmatch(value)]
    advice = [f"dependsOn: {text}" for text, value in conditions if value not in rules]
    products = [f"product: {_condition(each)[0]}" for each in node.nodes("product")]
    return replace(
        element,
        target=_code(node, system, report),
        target_display=node.text("display"),
        relationship=_relationship(node, report),
        group=int(known.get("group", 1)),
        priority=int(known.get("priority", 1)),
        rule=known.get("rule", " AND ".join(rules)),
        advice=joined(known.get("advice", ""), *advice, *products),
        comment=joined(node.text("comment"), *others),
    )


def _code(node: Node, system: CodeSystem, report: Report) -> str:
    """The code; of a rule for a whole value set, its URL."""
    if code := code_in(system, node.text("code")):
        return code
    if url := node.text("valueSet"):
        report.warn("value-set", f"all of the value set {url} is taken as one code", node.where)
    return url


def _relationship(node: Node, report: Report) -> Relationship:
    for key, words in (("relationship", R5), ("equivalence", R4)):
        if word := node.text(key):
            if word not in words:
                node.refuse(key, f"is {word!r}, not one of {', '.join(words)}")
            return words[word]
    report.warn("no-relationship", "neither relationship nor equivalence", node.where)
    return "related-to"


def _properties(node: Node) -> tuple[dict[str, str], list[str]]:
    """(our fields, what the other properties say)."""
    known: dict[str, str] = {}
    others = []
    for each in node.nodes("property"):
        code, value = each.text("code"), each.choice("value")
        name = _FIELDS.get(code)
        if name in _TEXTS or (name in _NUMBERS and is_number(value)):
            known[name] = value
        else:
            others.append(f"{code}: {value}")
    return known, others


def _condition(node: Node) -> tuple[str, str]:
    """(text, value alone) of a dependsOn or product: R5's attribute and value, R4's property and value."""
    value = node.choice("value") or node.text("value") or node.text("code")
    display = node.text("display")
    text = f"{node.text('attribute') or node.text('property')} = {value}"
    return (f"{text} ({display})" if display else text), value
