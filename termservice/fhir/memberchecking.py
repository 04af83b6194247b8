"""Whether a coding belongs to a value set, and what else is to be said of it.

No code system is expanded, and only those of the coding's own URL are looked up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from termservice.fhir import statuses, wording
from termservice.fhir.agreement import Preferring, agreement, not_found
from termservice.fhir.asking import Asked
from termservice.fhir.checking import FRAGMENTS, Checker
from termservice.fhir.displays import said
from termservice.fhir.issues import Issue
from termservice.fhir.membership import Clause, Composition, Member
from termservice.fhir.model import Entry, Meta, ValueSet, canonical
from termservice.fhir.provider import Provider
from termservice.fhir.resolving import UnknownSystem, UnknownValueSet, UnknownVersion
from termservice.fhir.verdicts import Verdict


@dataclass(frozen=True)
class MemberChecker(Checker):
    """Checks codes against a value set."""

    valueset: ValueSet
    one_of_many: bool = False
    """Whether what is checked are the codings of a CodeableConcept, one of which is enough."""

    def verdict(self, asked: Asked) -> Verdict:
        """Whether the coding is in the value set. Raises `Failure` where the value set cannot be worked with."""
        verdict = Verdict(asked)
        resolver = self.resolver(asked)
        try:
            whole = self.valueset if self.valueset.inactive else replace(self.valueset, inactive=True)
            composition = Composition(whole, resolver)
        except UnknownValueSet as failure:
            verdict.certain = False
            verdict.issues += UnknownValueSet(failure.url, failure.version).issues
            return verdict
        if not asked.coding.system:
            systems = _systems_of(composition, asked.coding.code) if self.strictness.infer_system else None
            if systems is None or len(systems) != 1:
                self._without_system(verdict, systems)
                return verdict
            return self.verdict(asked.of(systems[0]))
        verdict = self._checked(composition, resolver, asked)
        used: list[tuple[str, Meta | ValueSet]] = [("ValueSet", self.valueset)]
        used += [("ValueSet", each.valueset) for each in composition.imported()]
        if verdict.meta is not None:
            used.append(("CodeSystem", verdict.meta))
        verdict.issues += statuses.resource_issues(used, self.valueset)
        return verdict

    def _checked(self, composition: Composition, resolver: Preferring, asked: Asked) -> Verdict:
        """By the include that fits the coding best."""
        members: list[Member] = []
        try:
            for member in composition.matches(asked.coding.system, asked.coding.code):
                members.append(member)
        except (UnknownSystem, UnknownVersion) as failure:
            if not members:
                return self._uncertain(failure, composition, resolver, asked)
        if not members:
            return self._outsider(composition, resolver, asked)
        return min((self._member(each, resolver, asked) for each in members), key=lambda each: each.faults)

    def _agreed(self, composition: Composition, resolver: Preferring, verdict: Verdict) -> Provider | None:
        """The code system as the value set means it, where it means any of that URL; how the coding's version goes
        with it is said."""
        asked = verdict.asked
        clause = next((each for each in composition.clauses() if each.include.system == asked.coding.system), None)
        if clause is None:
            return None
        agreed = agreement(resolver, asked, clause.include.version)
        verdict.issues += agreed.issues
        verdict.causes += agreed.unknown
        return agreed.provider

    def _member(self, member: Member, resolver: Preferring, asked: Asked) -> Verdict:
        agreed = agreement(resolver, asked, member.include.version)
        verdict = Verdict(asked, list(agreed.issues), causes=list(agreed.unknown), found=True)
        verdict.meta = member.provider.meta
        verdict.entry = entry = said(member.entry, member.ref)
        verdict.expression = member.number is None
        self.describe(verdict.meta, verdict)
        verdict.issues += statuses.concept_issues(asked, entry)
        verdict.issues += statuses.member_issues(asked, self.valueset, member.ref)
        if refused := self._refusals(asked, entry):
            verdict.issues += [*refused, self._not_in(asked)]
            verdict.found = not self.one_of_many
        return verdict

    def _refusals(self, asked: Asked, entry: Entry) -> Sequence[Issue]:
        """Why a code that the value set names is not in it all the same."""
        found = []
        if entry.abstract and not self.strictness.abstract:
            found.append(wording.abstract(asked.coding, asked.at("code")))
        if not entry.active and (self.strictness.active_only or not self.valueset.inactive):
            found.append(wording.not_active(entry.code, asked.at("code")))
        return found

    def _outsider(self, composition: Composition, resolver: Preferring, asked: Asked) -> Verdict:
        """A code that is not in the value set: whether it is a code at all."""
        verdict = Verdict(asked)
        provider = self._agreed(composition, resolver, verdict)
        if provider is not None and provider.meta.content in FRAGMENTS and _is_open(composition, asked.coding.system):
            self.look_up(provider, verdict)
            return verdict
        verdict.issues.append(self._not_in(asked))
        if self.strictness.membership_only:
            return verdict
        provider = provider or self.code_system(resolver, verdict)
        if provider is not None:
            self.look_up(provider, verdict)
            self.describe(provider.meta, verdict)
        verdict.found = False
        return verdict

    def _uncertain(
        self,
        missing: UnknownSystem | UnknownVersion,
        composition: Composition,
        resolver: Preferring,
        asked: Asked,
    ) -> Verdict:
        """What the value set needs is not known: the code is told of as far as it is known otherwise."""
        verdict = Verdict(asked, certain=False)
        self._agreed(composition, resolver, verdict)
        verdict.issues.append(not_found(missing, asked))
        verdict.causes.append(canonical(missing.url, missing.version))
        coding = asked.coding
        try:
            provider = resolver.provider(coding.system, coding.version)
        except (UnknownSystem, UnknownVersion):
            return verdict
        verdict.meta = provider.meta
        number = provider.number(coding.code)
        if number is not None:
            verdict.display = self.languages.display(provider.brief([number])[0], provider.meta) or ""
        return verdict

    def _without_system(self, verdict: Verdict, found: Sequence[str] | None) -> None:
        """`found`: the code systems that may be meant; None where none was looked for."""
        asked = verdict.asked
        if found is None:
            verdict.issues.append(wording.no_system(asked.itself))
        else:
            verdict.issues.append(wording.not_inferred(asked.coding.code, self.valueset, found, asked.at("code")))
        verdict.issues.append(self._not_in(asked))

    def _not_in(self, asked: Asked) -> Issue:
        return wording.not_in_valueset(asked.coding, self.valueset, asked.at("code"), one_of_many=self.one_of_many)


def _systems_of(composition: Composition, code: str) -> list[str]:
    """The code systems by which a code is in a value set."""
    found = []
    for system in dict.fromkeys(each.include.system for each in composition.clauses() if each.include.system):
        try:
            if composition.find(system, code) is not None:
                found.append(system)
        except (UnknownSystem, UnknownVersion):
            continue
    return found


def _is_open(composition: Composition, system: str) -> bool:
    """Whether every code of a code system is in a value set, those too that are not known here."""
    return any(_is_whole(each, system) for each in composition.includes) and not composition.excludes


def _is_whole(clause: Clause, system: str) -> bool:
    include = clause.include
    if include.concepts or include.filters or include.system not in ("", system):
        return False
    return bool(include.system or clause.imports) and all(_is_open(each, system) for each in clause.imports)
