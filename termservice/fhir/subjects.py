"""The value set an operation is about: sent with the request, or named by its canonical."""

from __future__ import annotations

from termservice.fhir import reading
from termservice.fhir.calls import Call
from termservice.fhir.issues import failed
from termservice.fhir.model import ValueSet, canonical, parted
from termservice.fhir.resolving import Resolver


def asked_valueset(call: Call, resolver: Resolver) -> ValueSet:
    """The parameter `valueSet`, else what `url` (with `valueSetVersion`) names. Code systems contained in it are known
    to the request from then on. Raises `UnknownValueSet`, and `Failure` where none is named."""
    resource = call.parameters.resource("valueSet", "ValueSet")
    if resource is None:
        named = call.parameters.text("url")
        if not named:
            if call.parameters.all("context"):
                text = "The value set of a context is not known here: name it by 'url', or send it as 'valueSet'"
                raise failed(text, code="not-supported", status=400)
            raise failed("One of the parameters 'url' and 'valueSet' is needed", code="required", status=400)
        url, version = parted(named)
        return resolver.valueset(canonical(url, version or call.parameters.text("valueSetVersion") or ""))
    for each in reading.objects(resource, "contained"):
        if each.get("resourceType") == "CodeSystem":
            call.library.add(each)
    return reading.valueset(resource)
