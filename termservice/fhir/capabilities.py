"""What this server can do: CapabilityStatement, TerminologyCapabilities and $versions.

Source: FHIR R5 and R4, capabilitystatement.html, terminologycapabilities.html; HL7 FHIR Terminology Ecosystem IG,
"Requirements for servers" (instantiates, features).
"""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from termservice import __version__
from termservice.fhir import builtin, heads, languagetags
from termservice.fhir.calls import Call, Release
from termservice.fhir.issues import failed
from termservice.fhir.model import Json
from termservice.fhir.searching import PARAMETERS
from termservice.fhir.writing import parameters, part

TERMINOLOGY_SERVER = "http://hl7.org/fhir/CapabilityStatement/terminology-server"
_FEATURE = "http://hl7.org/fhir/uv/application-feature/StructureDefinition/feature"
_FEATURES = (
    ("http://hl7.org/fhir/uv/tx-tests/FeatureDefinition/test-version", "valueCode", "1.9.0"),
    ("http://hl7.org/fhir/uv/tx-ecosystem/FeatureDefinition/CodeSystemAsParameter", "valueBoolean", True),
)
_DEFINITION = "http://hl7.org/fhir/OperationDefinition/"
OPERATIONS = {
    "CodeSystem": ("lookup", "validate-code", "subsumes", "batch-validate-code"),
    "ValueSet": ("expand", "validate-code", "batch-validate-code"),
    "ConceptMap": ("translate",),
}
_OF_ECOSYSTEM = "http://hl7.org/fhir/uv/tx-ecosystem/OperationDefinition/"
EXPANSION_PARAMETERS = (
    "url", "valueSet", "valueSetVersion", "context", "filter", "date", "offset", "count", "includeDesignations",
    "designation", "includeDefinition", "activeOnly", "excludeNested", "excludeNotForUI", "excludePostCoordinated",
    "displayLanguage", "exclude-system", "system-version", "check-system-version", "force-system-version",
    "default-valueset-version", "property", "useSupplement", "allowMaximumSizeExpansion", "tx-resource",
)  # fmt: skip
_MODES = ("full", "normative", "terminology")


def metadata(call: Call) -> Json:
    """The CapabilityStatement; with `mode=terminology` the TerminologyCapabilities."""
    mode = call.parameters.text("mode") or "full"
    if mode not in _MODES:
        raise failed(f"The mode must be one of {', '.join(_MODES)}, not '{mode}'", status=400)
    return _terminology(call) if mode == "terminology" else _statement(call)


def versions(release: Release) -> Json:
    """$versions: the FHIR versions served at this address."""
    served = ".".join(builtin.VERSIONS[release].split(".")[:2])
    return parameters([part("version", served), part("default", served)])


def _head(call: Call, kind: str, name: str, title: str) -> dict[str, Any]:
    return {
        "resourceType": kind,
        "url": f"{call.base}/{kind}/{name}",
        "version": __version__.partition("+")[0],
        "name": name,
        "title": title,
        "status": "active",
        "date": _released(),
        "publisher": "termservice",
        "kind": "instance",
        "description": "Classifications and terminologies of Swedish health and social care, in every version.",
    }


def _statement(call: Call) -> Json:
    found = _head(call, "CapabilityStatement", "TermserviceCapabilities", "Terminology service")
    return {
        **found,
        "extension": [
            {
                "url": _FEATURE,
                "extension": [{"url": "definition", "valueCanonical": url}, {"url": "value", kind: value}],
            }
            for url, kind, value in _FEATURES
        ],
        "instantiates": [TERMINOLOGY_SERVER],
        "software": {"name": "termservice", "version": found["version"], "releaseDate": _released()},
        "implementation": {"description": "Terminology service", "url": call.base},
        "fhirVersion": builtin.VERSIONS[call.release],
        "format": ["application/fhir+json", "json"],
        "acceptLanguage": ["sv", "en"],
        "rest": [
            {
                "mode": "server",
                "resource": [_resource(kind) for kind in sorted(OPERATIONS)],
                "interaction": [{"code": "batch"}],
                "operation": [{"name": "versions", "definition": _DEFINITION + "CapabilityStatement-versions"}],
            }
        ],
    }


def _resource(kind: str) -> dict[str, Any]:
    return {
        "type": kind,
        "interaction": [{"code": "read"}, {"code": "search-type"}],
        "versioning": "no-version",
        "searchParam": [
            {"name": name, "type": type, "documentation": text} for name, (type, text, _) in PARAMETERS.items()
        ],
        "operation": [{"name": name, "definition": _definition(kind, name)} for name in OPERATIONS[kind]],
    }


def _definition(kind: str, name: str) -> str:
    return (_OF_ECOSYSTEM if name.startswith("batch-") else _DEFINITION) + f"{kind}-{name}"


def _terminology(call: Call) -> Json:
    return {
        **_head(call, "TerminologyCapabilities", "TermserviceTerminology", "Terminology service"),
        "software": {"name": "termservice", "version": __version__.partition("+")[0]},
        "implementation": {"description": "Terminology service", "url": call.base},
        "lockedDate": False,
        "codeSystem": _codesystems(call),
        "expansion": {
            "hierarchical": True,
            "paging": True,
            "incomplete": False,
            "parameter": [{"name": name} for name in EXPANSION_PARAMETERS],
            "textFilter": "Words or beginnings of words of any name, or of the code",
        },
        "codeSearch": "in-compose-or-expansion",
        "validateCode": {"translations": True},
        "translation": {"needsMap": False},
    }


def _codesystems(call: Call) -> list[Json]:
    """Every code system, each of its versions with what is known of it, the one in force as the default."""
    found: dict[str, list[dict[str, Any]]] = {}
    for head in heads.all_of(call, "CodeSystem"):
        found.setdefault(head.url, []).append({"code": head.version, "isDefault": head.current})
    listed: list[Json] = []
    for url, versions in found.items():
        seen = False
        for version in versions:  # of several editions of SNOMED CT the first is the default
            version["isDefault"], seen = version["isDefault"] and not seen, seen or version["isDefault"]
            version["compositional"] = False
            version |= _filters(call, url, version["code"] if not version["isDefault"] else "")
        listed.append({"uri": url, "version": versions, "content": "complete", "subsumption": True})
    return [*listed, {"uri": languagetags.URL, "content": "complete", "subsumption": False}]


def _filters(call: Call, url: str, version: str) -> dict[str, Any]:
    provider = call.library.provider(url, version)
    if provider is None:
        return {}
    meta = provider.meta
    said: dict[str, Any] = {}
    if meta.language:
        said["language"] = [meta.language]
    if meta.filters:
        said["filter"] = [{"code": each.code, "op": list(each.operators)} for each in meta.filters]
    if meta.properties:
        said["property"] = [each.code for each in meta.properties]
    return said


@cache
def _released() -> str:
    """The day of this release of the software: when it was installed."""
    return date.fromtimestamp(Path(__file__).stat().st_mtime).isoformat()
