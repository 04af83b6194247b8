"""What FHIR's canonical resources say of themselves in the same way: names, identifiers, version and dates.

Source: HL7 FHIR R4 and R5, CanonicalResource and MetadataResource.
"""

from __future__ import annotations

import re
from datetime import date

from codesystems.formats.fhir_json import Node
from codesystems.naming import bare_oid
from codesystems.versions import effective_date

_METADATA = """resourceType meta implicitRules language text contained url identifier version versionAlgorithmString
    versionAlgorithmCoding name title status experimental date publisher contact description useContext jurisdiction
    purpose copyright copyrightLabel approvalDate lastReviewDate effectivePeriod topic author editor reviewer endorser
    relatedArtifact"""
METADATA = frozenset(_METADATA.split())
"""The members that all of them may have."""
_OPAQUE = re.compile(r"\d+|[0-9a-f]{8}(?:-?[0-9a-f]{4}){3}-?[0-9a-f]{12}", re.IGNORECASE)
"""An id that a server made up."""


def own_name(resource: Node) -> str:
    """What the resource is called: its id, unless a server made that up, else its URL, name or title; empty where it
    has none of them."""
    own = resource.text("id")
    return ("" if _OPAQUE.fullmatch(own) else own) or next(
        filter(None, map(resource.text, ("url", "name", "title"))), ""
    )


def oids(resource: Node) -> tuple[str, ...]:
    """The OIDs among its identifiers, without `urn:oid:`."""
    found = (bare_oid(node.text("value")) for node in resource.nodes("identifier"))
    return tuple(dict.fromkeys(oid for oid in found if oid))


def dated(resource: Node) -> tuple[str | None, date | None]:
    """(version, effective date): the date of the version counts before that of the last change to the resource."""
    period = next((node.text("start") for node in resource.nodes("effectivePeriod")), "")
    changed = resource.text("date")[:10]
    version = resource.text("version") or changed or None
    stated = (period[:10], version or "", changed)
    return version, next(filter(None, map(effective_date, stated)), None)


def split_canonical(text: str) -> tuple[str, str]:
    """(URL, version) of `http://…|2026`."""
    url, _, version = text.partition("|")
    return url, version
