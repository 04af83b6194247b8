"""HTML that publishers put into table cells, as the plain text a person would read.

Cells are prose first: `< 30 minuter`, `(<2,5 cm` and `R&D` are text, not mark-up. A `<` begins mark-up only
where the name of an HTML element and a `>` follow.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from itertools import groupby

import lxml.html
from lxml import etree
from lxml.html import defs

_NAMES = "|".join(sorted(defs.tags))
_HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
_LISTS = {"dd", "dl", "dt", "li", "ol", "table", "tr", "ul"}
_LINES = _HEADINGS | _LISTS | {"blockquote", "center", "div", "hr", "p", "pre"}
_MARKUP = re.compile(rf"<(?=/?(?:{_NAMES})(?:\s[^<>]*)?/?>|!--)", re.IGNORECASE)
_STRAY = re.compile(rf"<(?!/?(?:{_NAMES})(?:\s[^<>]*)?/?>|!--)", re.IGNORECASE)
_BLOCK = re.compile(rf"</?(?:br|{'|'.join(sorted(_LINES))})[\s/>]", re.IGNORECASE)
_UNSEEN = (etree.Comment, etree.ProcessingInstruction, "script", "style", "head", "title")
_SPACE = re.compile(r"\s+")
_BOUNDARY, _BREAK = "\v", "\n"


def text_of_html(value: str) -> str:
    """The text of `value`: one line per block or `<br>`, entities resolved, runs of white space one space.

    A cell without mark-up is returned as it is but for white space at both ends; its own line breaks are
    kept, also where the mark-up is all within lines (`<b>`). Empty lines never follow one another.
    """
    if "<" not in value and "&" not in value:
        return value.strip()
    if not _MARKUP.search(value):
        return html.unescape(value).strip()
    marked = _STRAY.sub("&lt;", value)
    if not _BLOCK.search(marked):
        marked = "<br>".join(marked.splitlines())
    root = lxml.html.fragment_fromstring(marked, create_parent="div")
    etree.strip_elements(root, *_UNSEEN, with_tail=False)
    return _joined(_lines(root))


def _pieces(root: lxml.html.HtmlElement) -> Iterator[str]:
    """Text in document order, with the boundaries of blocks and the line breaks somebody typed between."""
    for event, element in etree.iterwalk(root, events=("start", "end")):
        if event == "start":
            yield _BREAK if element.tag == "br" else _BOUNDARY if element.tag in _LINES else ""
            yield _SPACE.sub(" ", element.text or "")
        else:
            yield _BOUNDARY if element.tag in _LINES else " " if element.tag in ("td", "th") else ""
            yield _SPACE.sub(" ", element.tail or "")


def _lines(root: lxml.html.HtmlElement) -> Iterator[str]:
    """A boundary ends a line that has text, a break also one that has none."""
    line = ""
    for piece in _pieces(root):
        if piece not in (_BOUNDARY, _BREAK):
            line += piece
            continue
        line = _SPACE.sub(" ", line).strip()
        if line or piece == _BREAK:
            yield line
        line = ""


def _joined(lines: Iterator[str]) -> str:
    runs = (("",) if empty else tuple(run) for empty, run in groupby(lines, key=lambda line: not line))
    return "\n".join(line for run in runs for line in run).strip()
