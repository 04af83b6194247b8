"""Whether a code is valid at a moment, and how it stands now."""

from __future__ import annotations

from dataclasses import replace

from termservice import concepts, display
from termservice.answers import ConceptAnswer, ValidateAnswer
from termservice.errors import NotInVersion, UnknownCode
from termservice.history import wording
from termservice.registry import Registry, Selected
from termservice.store import Connection
from termservice.store.read import ConceptRow

_NAMES = ("display", "fsn", "synonym", "short")


def validated(
    connection: Connection, registry: Registry, selected: Selected, now: Selected | None, code: str, wanted: str | None
) -> ValidateAnswer:
    """Valid is what exists in the version selected, is active and, where `wanted` is given, is called that.

    `now` is what is in force today, None where nothing is.
    """
    version = selected.version.version
    answer = ValidateAnswer(selected.system.short, version, registry.revision, code, False, None, None)
    try:
        row = concepts.resolve(connection, selected, code)
    except UnknownCode as error:
        return replace(answer, message=error.message)
    current = _answer(connection, registry, now, row) if now is not None else None
    try:
        found = concepts.answer(connection, registry, selected, row, ())
    except NotInVersion as error:
        return _today(replace(answer, code=row.code, message=error.message), None, current)
    message = _invalid(found, version, wanted)
    answer = replace(
        answer,
        code=found.code,
        result=message is None,
        display=found.display,
        message=message,
        active=found.active,
        abstract=found.abstract,
    )
    return _today(answer, found, current)


def _answer(connection: Connection, registry: Registry, selected: Selected, row: ConceptRow) -> ConceptAnswer | None:
    try:
        return concepts.answer(connection, registry, selected, row, ())
    except NotInVersion:
        return None


def _today(answer: ValidateAnswer, found: ConceptAnswer | None, current: ConceptAnswer | None) -> ValidateAnswer:
    """The answer with how the code stands today."""
    if current is None:
        return replace(answer, valid_now=False)
    renamed = found is not None and found.display != current.display
    return replace(
        answer,
        valid_now=current.active,
        display_now=current.display if current.active else None,
        wording=wording(found.display, current.display) if found is not None and renamed else None,
        successors=current.successors,
    )


def _invalid(found: ConceptAnswer, version: str, wanted: str | None) -> str | None:
    """Why a concept that is known is not valid; None where it is."""
    if not found.active:
        last = f"; its last day was {found.valid_to}" if found.valid_to else ""
        return f"{found.code} is not active in {version}{last}"
    if wanted is not None:
        names = {display.folded(each.value) for each in found.designations if each.use in _NAMES}
        if display.folded(wanted) not in names:
            return f"{found.code} is called {found.display!r}, not {wanted[:200]!r}"
    return None
