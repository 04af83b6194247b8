"""What a validation asks about: the codings sent, with where in the request each stands, and how strictly to check.

Source: FHIR R5, valueset-operation-validate-code.html and codesystem-operation-validate-code.html.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from termservice.fhir import reading
from termservice.fhir.issues import failed
from termservice.fhir.model import Coding, Json, parted
from termservice.fhir.parameters import Parameters, coding


@dataclass(frozen=True, slots=True)
class Asked:
    """One coding to validate."""

    coding: Coding
    path: str = ""
    """Where it stands: `Coding`, `CodeableConcept.coding[0]`; empty for a bare code."""

    def at(self, part: str) -> str:
        """A FHIRPath to one of its parts: `system`, `Coding.system`."""
        return f"{self.path}.{part}" if self.path else part

    @property
    def itself(self) -> str:
        """A FHIRPath to all of it."""
        return self.path or "code"

    def of(self, system: str) -> Asked:
        """The same of that code system."""
        return self if system == self.coding.system else replace(self, coding=replace(self.coding, system=system))


@dataclass(frozen=True, slots=True)
class Subject:
    """All that is to be validated."""

    codings: Sequence[Asked]
    concept: Json | None = None
    """The CodeableConcept, as it was sent; None for a code or a coding."""


@dataclass(frozen=True, slots=True)
class Strictness:
    """How strictly to check."""

    membership_only: bool = False
    """Only whether the value set holds the code, nothing of its display or status."""
    lenient_display: bool = False
    """A wrong display is a warning."""
    abstract: bool = True
    """Whether abstract concepts are allowed."""
    active_only: bool = False
    infer_system: bool = False


_STRICTNESS = (
    "valueset-membership-only",
    "lenient-display-validation",
    "abstract",
    "activeOnly",
    "inferSystem",
    "implySystem",
)


def strictness(parameters: Parameters, of_valueset: Mapping[str, object] | None = None) -> Strictness:
    """`of_valueset`: what a value set asks of its expansions itself, which counts where the request says nothing."""
    if not of_valueset and not parameters.sent(_STRICTNESS):
        return Strictness()
    active_only = parameters.flag("activeOnly")
    if active_only is None and of_valueset:
        active_only = of_valueset.get("activeOnly") in (True, "true")
    return Strictness(
        membership_only=parameters.flag("valueset-membership-only") or False,
        lenient_display=parameters.flag("lenient-display-validation") or False,
        abstract=parameters.flag("abstract") is not False,
        active_only=active_only or False,
        infer_system=parameters.flag("inferSystem") or parameters.flag("implySystem") or False,
    )


def subject(parameters: Parameters, url: str = "") -> Subject:
    """The codings of a request. `url`: the code system that a code without one is of. Raises `Failure` where there is
    nothing to validate."""
    for concept in parameters.all("codeableConcept"):
        if not isinstance(concept, dict):
            raise failed("A CodeableConcept is expected", code="structure", status=400)
        codings = [coding(each) for each in reading.objects(concept, "coding")]
        return Subject([Asked(each, f"CodeableConcept.coding[{place}]") for place, each in enumerate(codings)], concept)
    one = parameters.coding("coding")
    if one is not None:
        return Subject([Asked(replace(one, system=one.system or url), "Coding")])
    code, system, version = parameters.text("code"), *parted(parameters.text("system") or url)
    if not code or not (system or strictness(parameters).infer_system):
        raise failed(
            "Unable to find code to validate (looked for coding | codeableConcept | code+system | code+inferSystem in "
            "parameters",
            status=400,
        )
    version = parameters.text("systemVersion", "version") or version
    return Subject([Asked(Coding(system, code, version, parameters.text("display") or ""))])
