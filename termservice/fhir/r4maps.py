"""ConceptMaps of R4 and R5: R4 has one word for relationship and absence of a target, and versions beside the systems.

Source: FHIR R4 and R5, ConceptMap and ConceptMapEquivalence; R5 conceptmap.html, "Mapping from R4".
"""

from __future__ import annotations

from typing import Any

Node = dict[str, Any]

_RELATIONSHIPS = {
    "relatedto": "related-to",
    "equivalent": "equivalent",
    "equal": "equivalent",
    "wider": "source-is-narrower-than-target",
    "subsumes": "source-is-narrower-than-target",
    "narrower": "source-is-broader-than-target",
    "specializes": "source-is-broader-than-target",
    "inexact": "related-to",
    "disjoint": "not-related-to",
}
"""R4's equivalence, which says what the target is of the source, as R5's relationship, which says the reverse."""
_EQUIVALENCES = {
    "related-to": "relatedto",
    "equivalent": "equivalent",
    "source-is-narrower-than-target": "wider",
    "source-is-broader-than-target": "narrower",
    "not-related-to": "disjoint",
}
_UNMATCHED = "unmatched"
_ENDS = ("source", "target")


def equivalence(relationship: str) -> str:
    """R4's word for one of R5's; one that is R4's already stays."""
    return _EQUIVALENCES.get(relationship, relationship)


def match_down(match: Node) -> None:
    """A match of $translate as R4: what relates source and target is `equivalence`, and a product is an element with a
    Coding."""
    for part in nodes(match, "part"):
        if part.get("name") == "relationship":
            part["name"] = "equivalence"
            part["valueCode"] = equivalence(str(part.get("valueCode")))
        elif part.get("name") == "product":
            for each in nodes(part, "part"):
                _product_down(each)


def _product_down(part: Node) -> None:
    """R4's products have Codings only; what is none keeps its name."""
    if part.get("name") == "attribute":
        part["name"] = "element"
    for name in [name for name in part if name in ("valueCoding", "valueCode", "valueString")]:
        value = part.pop(name)
        part |= {"name": "concept", "valueCoding": value if name == "valueCoding" else {"code": value}}


def up(resource: Node) -> None:
    """An R4 ConceptMap as R5."""
    for end in _ENDS:
        for kind in ("Uri", "Canonical"):
            if f"{end}{kind}" in resource:
                resource[f"{end}Scope{kind}"] = resource.pop(f"{end}{kind}")
    for group in nodes(resource, "group"):
        for end in _ENDS:
            version = group.pop(f"{end}Version", None)
            if version and group.get(end):
                group[end] = f"{group[end]}|{version}"
        for element in nodes(group, "element"):
            _element_up(element)
        unmapped = group.get("unmapped")
        if isinstance(unmapped, dict):
            if unmapped.get("mode") == "provided":
                unmapped["mode"] = "use-source-code"
            if "url" in unmapped:
                unmapped["otherMap"] = unmapped.pop("url")


def _element_up(element: Node) -> None:
    kept = []
    for target in nodes(element, "target"):
        said = target.pop("equivalence", None)
        if said == _UNMATCHED:
            element["noMap"] = True
            continue
        if said is not None:
            target["relationship"] = _RELATIONSHIPS.get(str(said), "related-to")
        for name in ("dependsOn", "product"):
            for each in nodes(target, name):
                if "property" in each:
                    each["attribute"] = each.pop("property")
                    _value_up(each)
        kept.append(target)
    if "target" in element:
        if kept:
            element["target"] = kept
            element.pop("noMap", None)
        else:
            del element["target"]


def _value_up(each: Node) -> None:
    """R4's value is the text of a code where there is a system, else text."""
    value, system, display = (each.pop(name, None) for name in ("value", "system", "display"))
    if system:
        coding = {"system": system, "code": value, "display": display}
        each["valueCoding"] = {name: part for name, part in coding.items() if part}
    elif value is not None:
        each["valueString"] = value


def down(resource: Node) -> None:
    """An R5 ConceptMap as R4."""
    uris = {each.get("code"): each.get("uri") for each in nodes(resource, "additionalAttribute")}
    for name in ("property", "additionalAttribute"):
        resource.pop(name, None)
    for end in _ENDS:
        for kind in ("Uri", "Canonical"):
            if f"{end}Scope{kind}" in resource:
                resource[f"{end}{kind}"] = resource.pop(f"{end}Scope{kind}")
    for group in nodes(resource, "group"):
        for end in _ENDS:
            url, _, version = str(group.get(end, "")).partition("|")
            if version:
                group[end], group[f"{end}Version"] = url, version
        for element in nodes(group, "element"):
            _element_down(element, uris)
        unmapped = group.get("unmapped")
        if isinstance(unmapped, dict):
            unmapped.pop("relationship", None)
            if unmapped.get("mode") == "use-source-code":
                unmapped["mode"] = "provided"
            if "otherMap" in unmapped:
                unmapped["url"] = unmapped.pop("otherMap")


def _element_down(element: Node, uris: dict[Any, Any]) -> None:
    """`uris`: of attributes, which R4 names by these, by their codes."""
    element.pop("valueSet", None)
    if element.pop("noMap", False):
        element["target"] = [{"equivalence": _UNMATCHED}]
    for target in nodes(element, "target"):
        for name in ("valueSet", "property"):
            target.pop(name, None)
        if "relationship" in target:
            target["equivalence"] = equivalence(str(target.pop("relationship")))
        for name in ("dependsOn", "product"):
            for each in nodes(target, name):
                if "attribute" in each:
                    attribute = each.pop("attribute")
                    each["property"] = uris.get(attribute) or attribute
                    _value_down(each)


def _value_down(each: Node) -> None:
    for name in [name for name in each if name.startswith("value")]:
        value = each.pop(name)
        if isinstance(value, dict):
            each["value"] = str(value.get("code", ""))
            each |= {part: value[part] for part in ("system", "display") if value.get(part)}
        else:
            each["value"] = ("true" if value else "false") if isinstance(value, bool) else str(value)


def nodes(owner: Node, name: str) -> list[Node]:
    """The objects in a list; empty where there is no such list."""
    listed = owner.get(name)
    return [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []
