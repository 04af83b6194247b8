"""Whether a code is known to its code system, and what else is to be said of it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from termservice.fhir import statuses, wording
from termservice.fhir.agreement import Preferring, not_found, refusals
from termservice.fhir.asking import Asked, Strictness
from termservice.fhir.displays import display_issue
from termservice.fhir.issues import Failure
from termservice.fhir.languages import Languages
from termservice.fhir.library import Library
from termservice.fhir.model import Meta, canonical
from termservice.fhir.options import Options
from termservice.fhir.provider import Provider
from termservice.fhir.resolving import UnknownSystem, UnknownVersion
from termservice.fhir.verdicts import Verdict

FRAGMENTS = ("fragment", "example")
"""Contents of code systems that may have more codes than they show."""


@dataclass(frozen=True)
class Checker:
    """Checks codes against code systems."""

    library: Library
    options: Options
    strictness: Strictness
    languages: Languages

    def verdict(self, asked: Asked) -> Verdict:
        """Whether the coding's code system knows its code."""
        verdict = Verdict(asked)
        if not asked.coding.system:
            verdict.issues.append(replace(wording.no_system(asked.itself), severity="error"))
            return verdict
        resolver = self.resolver(asked)
        provider = self.code_system(resolver, verdict)
        verdict.causes, verdict.unknown = verdict.unknown, []
        if provider is None:
            return verdict
        verdict.issues += refusals(resolver, asked, provider, resolver.meant(asked.coding.version))
        self.look_up(provider, verdict)
        if verdict.entry is not None:
            self.describe(provider.meta, verdict)
            verdict.issues += statuses.concept_issues(asked, verdict.entry)
            if verdict.entry.abstract and not self.strictness.abstract:
                verdict.issues.append(wording.abstract(asked.coding, asked.at("code")))
            if verdict.expression:
                verdict.issues.append(wording.unchecked_expression(asked.at("code")))
        verdict.issues += statuses.resource_issues([("CodeSystem", provider.meta)], None)
        return verdict

    def resolver(self, asked: Asked) -> Preferring:
        return Preferring(self.library, self.options, asked)

    def code_system(self, resolver: Preferring, verdict: Verdict) -> Provider | None:
        """The coding's code system in the version it states; None where it is none or unknown, which is said."""
        asked = verdict.asked
        coding, at = asked.coding, asked.at("system")
        try:
            return resolver.provider(coding.system, coding.version)
        except UnknownSystem as failure:
            supplement = self.library.supplement(coding.system)
            if supplement is not None:
                verdict.issues.append(wording.supplement_as_system(supplement.meta, at))
                return None
            if self.library.valueset(coding.system) is not None:
                verdict.issues.append(wording.valueset_as_system(coding.system, at))
                return None
            if ":" not in coding.system:
                verdict.issues.append(wording.relative_system(at))
            verdict.issues.append(not_found(failure, asked))
            verdict.unknown.append(failure.url)
        except UnknownVersion as failure:
            verdict.issues.append(not_found(failure, asked))
            verdict.unknown.append(canonical(failure.url, failure.version))
        return None

    def look_up(self, provider: Provider, verdict: Verdict) -> None:
        """Find the code in its code system; that it is unknown is said."""
        code, at = verdict.asked.coding.code, verdict.asked.at("code")
        verdict.meta = provider.meta
        number = provider.number(code)
        try:
            verdict.entry = provider.brief([number])[0] if number is not None else provider.parse(code)
        except Failure as failure:
            verdict.issues.append(wording.not_an_expression(failure, at))
        if verdict.entry is not None:
            verdict.found, verdict.expression = True, number is None
        elif provider.meta.content in FRAGMENTS:
            verdict.found = True
            verdict.issues.append(wording.unknown_in_fragment(code, provider.meta, at))
        else:
            verdict.issues.append(wording.unknown_code(code, provider.meta, at))

    def describe(self, meta: Meta, verdict: Verdict) -> None:
        """The name to show, and what is wrong with the one that was sent."""
        entry, asked = verdict.entry, verdict.asked
        if entry is None:
            return
        verdict.display = self.languages.display(entry, meta) or ""
        code = asked.coding.code
        if entry.code != code and not verdict.expression:
            verdict.normalized = entry.code
            if entry.code.casefold() == code.casefold():
                verdict.issues.append(wording.case_differs(code, entry.code, meta, asked.at("code")))
        issue = None if self.strictness.membership_only else display_issue(asked, entry, meta, self.languages)
        if issue is not None:
            lenient = self.strictness.lenient_display and issue.is_error
            verdict.issues.append(replace(issue, severity="warning") if lenient else issue)
