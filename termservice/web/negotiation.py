"""Which form of FHIR's resources a caller takes: JSON of the version served, or a refusal that says so.

Source: FHIR R5, http.html, "Content Types and encodings", "_format", "Managing multiple FHIR versions".
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from termservice.fhir.calls import Release
from termservice.fhir.issues import failed

_JSON = frozenset({"json", "text/json", "application/json", "application/fhir+json", "application/json+fhir"})
_ANY = frozenset({"*/*", "application/*", "text/*", "*"})
_VERSION = re.compile(r'fhirversion\s*=\s*"?([0-9]+(?:\.[0-9]+)*)"?', re.IGNORECASE)
_REFUSED = re.compile(r"(?:^|;)\s*q\s*=\s*0(?:\.0*)?\s*(?:;|$)")
_ONLY_JSON = "only JSON (application/fhir+json) is served here"


def check(accept: str, query: Sequence[tuple[str, str]], release: Release) -> None:
    """Raises `Failure` (406) where neither `_format` nor the header Accept lets the answer be JSON of `release`.
    `_format` goes before the header."""
    for name, value in query:
        if name == "_format":
            # Unless it is percent-encoded, the plus of fhir+json has become a space.
            accept = value.replace(" json", "+json")
            if not _takes(accept, release):
                raise failed(f"The _format '{value}' is not supported: {_ONLY_JSON}", code="not-supported", status=406)
            return
    if accept and not _takes(accept, release):
        shown = accept[:200]
        raise failed(f"None of '{shown}' (Accept) can be answered: {_ONLY_JSON}", code="not-supported", status=406)


def check_sent(content_type: str) -> None:
    """Raises `Failure` (415) for a body that says it is something other than JSON."""
    if content_type and content_type not in _JSON:
        text = f"A body of type '{content_type[:100]}' cannot be read: send JSON (application/fhir+json)"
        raise failed(text, code="not-supported", status=415)


@lru_cache(maxsize=256)
def _takes(accept: str, release: Release) -> bool:
    """Whether one of the ranges of an Accept header is JSON, of this FHIR version where it names one."""
    for each in accept.split(","):
        kind, _, rest = each.partition(";")
        if _REFUSED.search(rest):
            continue
        stated = _VERSION.search(rest)
        if stated is not None and stated[1].partition(".")[0] != release[1]:
            continue
        if kind.strip().lower() in _JSON or kind.strip() in _ANY:
            return True
    return False
