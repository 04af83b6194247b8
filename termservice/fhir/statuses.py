"""What a validation tells of the statuses of what it met: concepts, code systems, value sets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from termservice.fhir import reading, wording
from termservice.fhir.asking import Asked
from termservice.fhir.issues import Issue
from termservice.fhir.model import ConceptRef, Designation, Entry, Head, Json, ValueSet

DEPRECATED_IN_VALUESET = "http://hl7.org/fhir/StructureDefinition/valueset-deprecated"
_OUTDATED = ("deprecated", "withdrawn")
"""Standards statuses of what is better not used."""


def status(entry: Entry) -> str:
    """The status of a concept that speaks against its use; empty where there is none."""
    stated = entry.status or _standards_status(entry.extensions)
    return stated if not entry.active or stated in _OUTDATED else ""


def former(name: Designation) -> str:
    """Why a name is no longer a correct one; empty where it is."""
    stated = name.status or _standards_status(name.extensions)
    return "deprecated" if stated == "withdrawn" else stated if stated in ("deprecated", "inactive") else ""


def concept_issues(asked: Asked, entry: Entry) -> Iterator[Issue]:
    """Of a concept that is inactive or deprecated."""
    stated = status(entry)
    if not entry.active:
        yield wording.inactive(entry.code, stated, asked.itself)
    elif stated:
        yield wording.deprecated(entry.code, stated, asked.itself)


def member_issues(asked: Asked, valueset: ValueSet, ref: ConceptRef | None) -> Iterator[Issue]:
    """Of a concept that the value set itself marks as deprecated."""
    if ref is None or not ref.extensions:
        return
    marked = reading.extension({"extension": list(ref.extensions)}, DEPRECATED_IN_VALUESET) in (True, "true")
    stated = "deprecated" if marked else _standards_status(ref.extensions)
    if stated in _OUTDATED:
        yield wording.deprecated_in_valueset(asked.coding, valueset, stated, asked.at("code"))


def resource_issues(used: Iterable[tuple[str, Head]], user: ValueSet | None) -> Iterator[Issue]:
    """Of code systems and value sets that are outdated, or less settled than the value set that uses them. `used`:
    with the resource type of each."""
    for kind, each in used:
        if named := standing(each, user):
            yield wording.reference(named, kind, each.canonical)


def standing(found: Head, user: Head | None) -> str:
    """What users of a code system or value set are warned of; not of being a draft or an experiment where `user`,
    which refers to it, is one itself. Empty where there is nothing."""
    if found.standards_status in _OUTDATED:
        return found.standards_status
    if found.status == "retired":
        return "retired"
    if user is None:
        return ""
    if found.experimental and not user.experimental:
        return "experimental"
    return "draft" if _is_draft(found) and not _is_draft(user) else ""


def _is_draft(found: Head) -> bool:
    return "draft" in (found.status, found.standards_status)


def _standards_status(extensions: tuple[Json, ...]) -> str:
    if not extensions:
        return ""
    return str(reading.extension({"extension": list(extensions)}, reading.STANDARDS_STATUS) or "")
