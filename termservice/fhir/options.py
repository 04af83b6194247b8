"""What an operation is asked beside its subject: versions, languages, what to leave out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from termservice.fhir.issues import failed
from termservice.fhir.model import parted
from termservice.fhir.parameters import Parameters

_DATE_TIME = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T\d\d:\d\d.*)?)?)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class VersionRules:
    """Parameters system-version, check-system-version and force-system-version: code system URL to version (perhaps
    with wildcards). `default` fills in where nothing is stated, `check` must be met, `force` goes over all."""

    default: dict[str, str]
    check: dict[str, str]
    force: dict[str, str]
    valuesets: dict[str, str]
    """default-valueset-version: value set URL to version."""

    def of(self, canonical: Callable[[str], str]) -> VersionRules:
        """With code systems by their canonical URLs."""
        if not (self.default or self.check or self.force):
            return self
        default, check, force = (
            {canonical(url): version for url, version in rules.items()}
            for rules in (self.default, self.check, self.force)
        )
        return VersionRules(default, check, force, self.valuesets)

    def over(self, authors: Iterable[tuple[str, str | bool]]) -> VersionRules:
        """With what the author of a value set asks of its expansions by parameters of the same names; for a code system
        that a rule of the same kind speaks of already, that rule stays. Raises `Failure` as `options`."""
        stated = [each for each in authors if each[0] in _RULES]
        if not stated:
            return self
        theirs = _rules(Parameters(stated))
        return VersionRules(
            {**theirs.default, **self.default},
            {**theirs.check, **self.check},
            {**theirs.force, **self.force},
            {**theirs.valuesets, **self.valuesets},
        )


@dataclass(frozen=True, slots=True)
class Options:
    versions: VersionRules
    languages: str = ""
    """The parameter displayLanguage, else the header Accept-Language; empty without."""
    languages_stated: str = ""
    """The parameter alone, which an expansion repeats."""
    date: str = ""
    """The day asked about (ISO), of the parameter `date`; empty for now."""
    supplements: tuple[str, ...] = ()
    """useSupplement: canonicals of supplements to apply."""


def options(parameters: Parameters, accept_language: str = "") -> Options:
    """Read what all operations have in common. Raises `Failure` for a canonical without a version, and for a date that
    is none."""
    stated = parameters.text("displayLanguage") or ""
    return Options(
        versions=_rules(parameters),
        languages=stated or accept_language,
        languages_stated=stated,
        date=_day(parameters.text("date") or ""),
        supplements=tuple(str(each) for each in parameters.all("useSupplement")),
    )


def _day(text: str) -> str:
    """The day of a dateTime; of a year or a month the first day, of an empty text none."""
    if not text:
        return ""
    try:
        if stated := _DATE_TIME.fullmatch(text):
            return date(*(int(part or 1) for part in stated.groups())).isoformat()
    except ValueError:
        pass
    raise failed(f"The parameter 'date' must be a date or a dateTime, not '{text[:40]}'")


_RULES = ("system-version", "check-system-version", "force-system-version", "default-valueset-version")
_NONE = VersionRules({}, {}, {}, {})


def _rules(parameters: Parameters) -> VersionRules:
    if not parameters.sent(_RULES):
        return _NONE
    return VersionRules(*(_pairs(parameters, name) for name in _RULES))


def _pairs(parameters: Parameters, name: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for value in parameters.all(name):
        url, version = parted(str(value))
        if not version:
            raise failed(
                f"The parameter '{name}' must be a canonical with a version (url|version), not '{value}'", status=400
            )
        found.setdefault(url, version)
    return found
