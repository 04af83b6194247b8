"""The labels of ClaML rubrics as plain text.

Paragraphs, list items and table rows become lines; fragments are joined with spaces; a reference stands in
parentheses with its dagger or asterisk, once, whether or not the publisher wrote the parentheses himself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from codesystems.formats.xml import Element, local_name

Unknown = Callable[[str], None]
"""Told the name of an element that is not known; its text is kept."""

LOOK_BACK = 200
"""So far back is looked for the parenthesis that a reference stands in."""

_LINES = {"Para", "Caption", "Row", "List", "Table"}
_PLAIN = {"Term", "THead", "TBody", "TFoot", "Label"}
_ELSEWHERE = {"Include", "IncludeDescendants"}


def plain_text(label: Element, marks: Mapping[str, str], unknown: Unknown) -> str:
    """The text of a Label. `marks` are the signs of the usage kinds (`aster` → `*`)."""
    lines = (" ".join(line.split()) for line in _content(label, marks, unknown).split("\n"))
    return "\n".join(line for line in lines if line)


def _content(element: Element, marks: Mapping[str, str], unknown: Unknown) -> str:
    parts = [_flat(element.text)]
    for child in element:
        if isinstance(child.tag, str):
            before = "".join(parts[-LOOK_BACK:])[-LOOK_BACK:]
            parts.append(_child(child, before, marks, unknown))
        parts.append(_flat(child.tail))
    return "".join(parts)


def _child(child: Element, before: str, marks: Mapping[str, str], unknown: Unknown) -> str:
    name = local_name(child)
    if name in _ELSEWHERE:
        unknown(name)  # points at another class's rubric instead of saying something
        return ""
    content = _content(child, marks, unknown)
    if name == "Reference":
        return _reference(child, content, before, marks)
    if name == "Fragment":
        return f" {content}{_mark(child, marks, content)} "
    if name == "ListItem":
        return f"\n- {content.strip()}\n"
    if name == "Cell":
        return f" | {content}" if before.strip() else content
    if name in _LINES:
        return f"\n{content}\n"
    if name not in _PLAIN:
        unknown(name)
    return content


def _reference(element: Element, content: str, before: str, marks: Mapping[str, str]) -> str:
    text = content.strip() or _flat(element.get("code"))
    text += _mark(element, marks, text)
    if before.count("(") > before.count(")") or (text.startswith("(") and text.endswith(")")):
        return text
    return f" ({text})" if before and not before[-1].isspace() else f"({text})"


def _mark(element: Element, marks: Mapping[str, str], text: str) -> str:
    mark = marks.get(element.get("usage", ""), "")
    return "" if text.rstrip().endswith(mark) else mark


def _flat(text: str | None) -> str:
    """Line breaks of the file are spaces: only elements make lines."""
    return " ".join(text.split("\n")).replace("\r", " ") if text else ""
