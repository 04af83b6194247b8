"""XML from publishers, read as a stream and without trust.

No DTD is fetched or applied, no entity is expanded, nothing is asked of a network, and the parser's limits on
depth and size stay on. A DOCTYPE that only names a DTD (`ClaML.dtd`) is normal and is passed over; one that
declares entities is refused, which ends every trick with them before it starts.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import Any

from lxml import etree

from codesystems.files import SourceFile
from codesystems.model import Where
from codesystems.report import ReleaseError

Element = etree._Element

XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
HEAD = 1 << 20
"""The root element must begin within this many bytes."""
CHUNK = 1 << 16
LAST_LINE = 65_534
"""The parser counts lines no further."""

_START_TAG = re.compile(rb"<(?:[A-Za-z_][\w.-]*:)?([A-Za-z_][\w.-]*)[\s/>]")
_SAFE: dict[str, Any] = {
    "resolve_entities": False,
    "load_dtd": False,
    "dtd_validation": False,
    "attribute_defaults": False,
    "no_network": True,
    "huge_tree": False,
    "remove_comments": True,
    "remove_pis": True,
}


def root_name(file: SourceFile) -> str | None:
    """The local name of the root element, from the first bytes; None where the file is not XML."""
    if not _looks_like_xml(file.head(64)):
        return None
    parser = etree.XMLPullParser(events=("start",), **_SAFE)
    try:
        with file.local.open("rb") as stream:
            for _ in range(HEAD // CHUNK):
                parser.feed(stream.read(CHUNK))
                if name := _root_event(parser):
                    return name
    except etree.XMLSyntaxError:
        return _root_event(parser) or _first_tag(file)
    return None


def stream(file: SourceFile, names: Collection[str]) -> Iterator[Element]:
    """The elements with one of these local names, whatever their namespace and depth, each complete when it
    is yielded and emptied afterwards. An element inside another of them is not yielded for itself.

    Raises `ReleaseError` for XML that is not well-formed, declares entities or refers to undeclared ones.
    """
    try:
        with file.local.open("rb") as source:
            events = etree.iterparse(source, events=("start", "end"), **_SAFE)
            yield from _elements(events, frozenset(names), file.path)
            undeclared = [entry for entry in events.error_log if "ENTITY" in entry.type_name]
            if undeclared:
                raise ReleaseError(undeclared[0].message, Where(file.path, undeclared[0].line))
    except etree.XMLSyntaxError as error:
        line = error.position[0] if error.position else None
        raise ReleaseError(f"not well-formed XML ({error.msg})", Where(file.path, line)) from error
    except OSError as error:
        raise ReleaseError(f"not readable ({error})", Where(file.path)) from error


def local_name(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


def children(element: Element, *names: str) -> Iterator[Element]:
    """The child elements, or those with one of these local names."""
    for child in element:
        if isinstance(child.tag, str) and (not names or local_name(child) in names):
            yield child


def place(element: Element, path: str) -> Where:
    line = element.sourceline
    return Where(path, line if isinstance(line, int) and line <= LAST_LINE else None)


def _elements(events: etree.iterparse[tuple[str, Element]], names: frozenset[str], path: str) -> Iterator[Element]:
    root: Element | None = None
    wanted: Element | None = None
    for event, element in events:
        if root is None:
            root = element
            _refuse_declarations(element, path)
        if event == "start":
            if wanted is None and local_name(element) in names:
                wanted = element
        elif wanted is not None and element is wanted:
            _refuse_entities(element, path)
            yield element
            _empty(element)
            wanted = None
        elif wanted is None and element is not root:
            _empty(element)


def _refuse_declarations(root: Element, path: str) -> None:
    subset: Any = root.getroottree().docinfo.internalDTD
    if subset is not None and any(True for _ in subset.iterentities()):
        raise ReleaseError("the document type declares entities, which is not accepted", Where(path))


def _refuse_entities(element: Element, path: str) -> None:
    for entity in element.iter(etree.Entity):
        raise ReleaseError(f"the entity {entity.text} is not declared", place(entity, path))


def _empty(element: Element) -> None:
    """Free an element and those before it, which have been read already."""
    element.clear()
    parent = element.getparent()
    if parent is not None:
        while element.getprevious() is not None:
            del parent[0]


def _root_event(parser: Any) -> str | None:
    for _event, element in parser.read_events():
        return local_name(element)
    return None


def _first_tag(file: SourceFile) -> str | None:
    """The root's name in a file that cannot be parsed so far: its own loader is to say what is wrong."""
    found = _START_TAG.search(file.head(HEAD))
    return found[1].decode() if found else None


def _looks_like_xml(head: bytes) -> bool:
    if head.startswith((b"\xff\xfe", b"\xfe\xff", b"<\x00", b"\x00<")):
        return True
    return head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<")
