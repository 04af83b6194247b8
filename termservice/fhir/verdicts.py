"""What a validation found of each coding, and the Parameters that say so.

Source: FHIR R5, valueset-operation-validate-code.html ("Out Parameters"); the parameters beyond those are the HL7
terminology ecosystem's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from termservice.fhir.asking import Asked, Subject
from termservice.fhir.issues import Issue, message
from termservice.fhir.model import Entry, Json, Meta
from termservice.fhir.statuses import status
from termservice.fhir.writing import outcome, parameters, part


@dataclass(slots=True)
class Verdict:
    """Of one coding."""

    asked: Asked
    issues: list[Issue] = field(default_factory=list)
    found: bool = False
    """Whether the code is in the value set (or in the code system, where that is the question)."""
    certain: bool = True
    """False where what is unknown keeps from telling whether it is."""
    meta: Meta | None = None
    """Of the code system it was validated with."""
    entry: Entry | None = None
    expression: bool = False
    """Whether the code is no concept but an expression of the code system's grammar."""
    display: str = ""
    """The name to show."""
    normalized: str = ""
    """The code as the code system writes it, where otherwise than it was sent."""
    causes: list[str] = field(default_factory=list)
    """Canonicals of code systems that the value set needs and that are unknown."""
    unknown: list[str] = field(default_factory=list)
    """Canonicals of unknown code systems that only the coding names."""

    @property
    def faults(self) -> int:
        """How many errors there are."""
        return sum(each.is_error for each in self.issues)


def answer(subject: Subject, verdicts: Sequence[Verdict], general: Sequence[Issue] = ()) -> Json:
    """The Parameters of a validation. `general`: issues that are not about one coding."""
    issues = list(dict.fromkeys([*general, *(issue for each in verdicts for issue in each.issues)]))
    told = list(_told(subject, verdicts))
    told.insert(0, part("result", not any(each.is_error for each in issues), "boolean"))
    if text := message(issues):
        told.append(part("message", text))
    if subject.concept is not None:
        told.append({"name": "codeableConcept", "valueCodeableConcept": subject.concept})
    for name in ("causes", "unknown"):
        for canonical in dict.fromkeys(value for each in verdicts for value in getattr(each, name)):
            told.append(part(_UNKNOWN[name], canonical, "canonical"))
    if issues:
        told.append({"name": "issues", "resource": outcome(issues)})
    return parameters(told)


_UNKNOWN = {"causes": "x-caused-by-unknown-system", "unknown": "x-unknown-system"}


def _told(subject: Subject, verdicts: Sequence[Verdict]) -> list[Json]:
    """Of the coding that counts: of a CodeableConcept's the best of those that were found."""
    counting = [each for each in verdicts if each.found] if subject.concept is not None else verdicts
    best = min(counting, key=lambda each: each.faults, default=None)
    if best is None:
        return []
    coding = best.asked.coding
    told = [part("code", coding.code, "code")]
    if coding.system:
        told.append(part("system", coding.system, "uri"))
    if best.meta is not None and best.meta.version:
        told.append(part("version", best.meta.version))
    if best.display:
        told.append(part("display", best.display))
    if best.normalized:
        told.append(part("normalized-code", best.normalized, "code"))
    if best.entry is not None and best.found:
        if not best.entry.active:
            told.append(part("inactive", True, "boolean"))
        if named := status(best.entry):
            told.append(part("status", named, "code"))
    return told
