"""One request for an operation, and what it may refer to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

from termservice.fhir.builtin import Builtin
from termservice.fhir.library import Library
from termservice.fhir.model import Json
from termservice.fhir.options import Options, options
from termservice.fhir.parameters import Parameters
from termservice.fhir.sources import held, source
from termservice.lazy import lazy

if TYPE_CHECKING:
    from termservice.service import TerminologyService

Release = Literal["R5", "R4"]


@dataclass(frozen=True)
class Call:
    """What was asked, in R5 whatever `release` it came in."""

    service: TerminologyService
    release: Release
    parameters: Parameters
    id: str = ""
    """Of a call on an instance (`ValueSet/kva/$expand`): its id."""
    accept_language: str = ""
    base: str = ""
    """The address this FHIR version is served at, without a slash at the end."""
    kind: str = ""
    """The type in the path: CodeSystem, ValueSet, ConceptMap; empty for the system."""
    resources: tuple[Json, ...] = field(default=())
    """Resources of the calls around it (a batch's), beside its own tx-resources."""

    @lazy
    def options(self) -> Options:
        return options(self.parameters, self.accept_language)

    @lazy
    def library(self) -> Library:
        """The request's resources over those of the store, as of the request's date."""
        own = self.parameters.all("tx-resource")
        known = Builtin(source(self.service, self.options.date), self.release)
        return Library(known, (*self.resources, *own))

    @property
    def has_store(self) -> bool:
        """Whether anything was ever loaded."""
        return held(self.service)

    def inner(self, parameters: Parameters) -> Call:
        """A call within this one: it knows the resources of this one too."""
        own = (*self.resources, *self.parameters.all("tx-resource"))
        found = replace(self, parameters=parameters, resources=own)
        if found.options.date == self.options.date and not any(_is_resource(value) for _, value in parameters):
            found.__dict__["library"] = self.library  # what it has read is read once for all calls within
        return found


def _is_resource(value: object) -> bool:
    return isinstance(value, dict) and "resourceType" in value


Operation = Callable[[Call], Json]
"""Gives the resource to answer with (R5). Raises `issues.Failure`, and what the service raises."""
