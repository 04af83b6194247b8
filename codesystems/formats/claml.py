"""ClaML (ISO 13120, versions 2.0.0 and 3.0) as values: what a file says, nothing resolved or expanded.

Elements are known by their local names, with or without a namespace. An element or attribute that is not part
of the format is reported, never passed over silently.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from codesystems.files import SourceFile
from codesystems.formats import xml
from codesystems.formats.claml_text import plain_text
from codesystems.formats.xml import Element
from codesystems.model import Where
from codesystems.report import ReleaseError, Report

_HEADER = ("Meta", "Identifier", "Title", "ClassKinds", "UsageKinds", "RubricKinds", "Variants")
_BODY = ("Modifier", "ModifierClass", "Class")
_KNOWN = frozenset({"Meta", "SuperClass", "SubClass", "ModifiedBy", "ExcludeModifier", "Rubric", "History"})
_DIGITS = 9
"""Of a position at most."""
_SIGNS = {"+": "†", "†": "†", "*": "*", "!": "!"}
"""Publishers that cannot write a dagger write a plus sign."""


@dataclass(frozen=True, slots=True)
class Rubric:
    """One label of one rubric."""

    kind: str
    language: str
    """xml:lang as written; empty where neither the label nor anything around it says."""
    text: str


@dataclass(frozen=True, slots=True)
class ModifiedBy:
    code: str
    valid: frozenset[str] | None
    """The modifier classes that apply; None for all."""
    position: int | None


@dataclass(frozen=True, slots=True)
class Class:
    code: str
    kind: str
    usage: str
    """The usage kind's mark (`†`), or its name where it has none."""
    where: Where
    parents: tuple[str, ...] = ()
    children: tuple[str, ...] = ()
    modified_by: tuple[ModifiedBy, ...] = ()
    excludes: frozenset[str] = frozenset()
    metas: tuple[tuple[str, str], ...] = ()
    rubrics: tuple[Rubric, ...] = ()


@dataclass(frozen=True, slots=True)
class ModifierClass:
    """One value of a modifier; its code is appended to the code of the class modified."""

    modifier: str
    code: str
    usage: str
    parent: str
    metas: tuple[tuple[str, str], ...]
    rubrics: tuple[Rubric, ...]
    where: Where


@dataclass(slots=True)
class Header:
    """What stands before the classes."""

    name: str = ""
    version: str = ""
    date: str = ""
    title: str = ""
    identifiers: list[tuple[str, str]] = field(default_factory=list)
    """(authority, uid)."""
    metas: dict[str, str] = field(default_factory=dict)
    marks: dict[str, str] = field(default_factory=dict)
    """Usage kind → sign."""
    rubric_kinds: dict[str, dict[str, str]] = field(default_factory=dict)
    """Rubric kind → its display by language."""
    language: str = ""
    """The language of the file as a whole: xml:lang of the root, Meta `lang`, or the first label's."""


@dataclass(slots=True)
class Document:
    header: Header
    classes: list[Class] = field(default_factory=list)
    modifier_classes: dict[str, list[ModifierClass]] = field(default_factory=dict)


def read_header(file: SourceFile) -> Header:
    """Raises `ReleaseError` where the file is not well-formed up to its first class."""
    header = Header()
    for element in xml.stream(file, (*_HEADER, *_BODY)):
        if xml.local_name(element) in _BODY:
            header.language = header.language or _first_language(element)
            break
        _take_header(header, element)
    return header


def read(file: SourceFile, report: Report) -> Document:
    """The whole file. Raises `ReleaseError` where it is not well-formed or not safe."""
    document = Document(Header())
    for element in xml.stream(file, (*_HEADER, *_BODY)):
        name = xml.local_name(element)
        if name == "Class":
            document.classes.append(_class(element, document.header, file.path, report))
        elif name == "ModifierClass":
            value = _modifier_class(element, document.header, file.path, report)
            document.modifier_classes.setdefault(value.modifier, []).append(value)
        elif name == "Modifier":
            document.modifier_classes.setdefault(_required(element, "code", file.path), [])
        else:
            _take_header(document.header, element)
    if not document.classes:
        raise ReleaseError("no Class element in the file", Where(file.path))
    document.header.language = document.header.language or _usual_language(document.classes)
    return document


def _take_header(header: Header, element: Element) -> None:
    name = xml.local_name(element)
    header.language = header.language or _inherited_language(element)
    if name == "Meta":
        header.metas[element.get("name", "")] = element.get("value", "")
        if element.get("name") == "lang":
            header.language = element.get("value", "")
    elif name == "Identifier":
        header.identifiers.append((element.get("authority", ""), element.get("uid", "")))
    elif name == "Title":
        header.name, header.version = element.get("name", ""), element.get("version", "")
        header.date, header.title = element.get("date", ""), _text(element)
    elif name == "UsageKinds":
        for kind in xml.children(element, "UsageKind"):
            mark = kind.get("mark", "")
            header.marks[kind.get("name", "")] = _SIGNS.get(mark, mark)
    elif name == "RubricKinds":
        for kind in xml.children(element, "RubricKind"):
            header.rubric_kinds[kind.get("name", "")] = {
                display.get(xml.XML_LANG, ""): _text(display) for display in xml.children(kind, "Display")
            }


def _class(element: Element, header: Header, path: str, report: Report) -> Class:
    where = xml.place(element, path)
    for child in xml.children(element):
        if xml.local_name(child) not in _KNOWN:
            report.warn("unknown-element", f"{xml.local_name(child)} in a Class is not read", where)
    return Class(
        code=element.get("code", "").strip(),
        kind=element.get("kind", ""),
        usage=_usage(element, header),
        where=where,
        parents=tuple(_codes(element, "SuperClass")),
        children=tuple(_codes(element, "SubClass")),
        modified_by=tuple(_modified_by(child, path) for child in xml.children(element, "ModifiedBy")),
        excludes=frozenset(_codes(element, "ExcludeModifier")),
        metas=_metas(element),
        rubrics=tuple(_rubrics(element, header, where, report)),
    )


def _modifier_class(element: Element, header: Header, path: str, report: Report) -> ModifierClass:
    where = xml.place(element, path)
    return ModifierClass(
        modifier=_required(element, "modifier", path),
        code=_required(element, "code", path),
        usage=_usage(element, header),
        parent=next(_codes(element, "SuperClass"), ""),
        metas=_metas(element),
        rubrics=tuple(_rubrics(element, header, where, report)),
        where=where,
    )


def _modified_by(element: Element, path: str) -> ModifiedBy:
    """Without a DTD the default of `all` is not applied: values listed count unless `all` is stated."""
    valid = frozenset(_codes(element, "ValidModifierClass"))
    every = element.get("all", "false" if valid else "true").strip().lower() in ("true", "1")
    position = element.get("position", "").strip()
    return ModifiedBy(
        code=_required(element, "code", path),
        valid=None if every else valid,
        position=int(position) if position.isdecimal() and len(position) <= _DIGITS else None,
    )


def _rubrics(element: Element, header: Header, where: Where, report: Report) -> Iterator[Rubric]:
    def unknown(name: str) -> None:
        report.warn("unknown-element", f"{name} in a Label", where)

    for rubric in xml.children(element, "Rubric"):
        mark = _usage(rubric, header)
        for label in xml.children(rubric, "Label"):
            text = plain_text(label, header.marks, unknown)
            if not text:
                message = f"a {rubric.get('kind', '')} without text"
                report.warn("empty-label", message, xml.place(rubric, where.file))
                continue
            text += mark if mark and not text.endswith(mark) else ""
            yield Rubric(rubric.get("kind", ""), _inherited_language(label), text)


def _inherited_language(element: Element) -> str:
    node: Element | None = element
    while node is not None:
        if language := node.get(xml.XML_LANG):
            return language
        node = node.getparent()
    return ""


def _first_language(element: Element) -> str:
    return next((label.get(xml.XML_LANG, "") for label in element.iter("{*}Label")), "")


def _usual_language(classes: list[Class]) -> str:
    return next((rubric.language for item in classes for rubric in item.rubrics if rubric.language), "")


def _text(element: Element) -> str:
    return " ".join("".join(str(part) for part in element.itertext()).split())


def _usage(element: Element, header: Header) -> str:
    usage = element.get("usage", "").strip()
    return header.marks.get(usage) or usage


def _metas(element: Element) -> tuple[tuple[str, str], ...]:
    return tuple((m.get("name", ""), m.get("value", "").strip()) for m in xml.children(element, "Meta"))


def _codes(element: Element, name: str) -> Iterator[str]:
    return (code for child in xml.children(element, name) if (code := child.get("code", "").strip()))


def _required(element: Element, attribute: str, path: str) -> str:
    value = element.get(attribute, "").strip()
    if not value:
        name = xml.local_name(element)
        raise ReleaseError(f"a {name} without {attribute}", xml.place(element, path))
    return value
