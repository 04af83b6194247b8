"""The texts of one concept with the codes they name as links: notes, partners, related codes of other systems."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property

from markupsafe import Markup

from termservice.answers import ConceptAnswer, ConceptSummary, PropertyAnswer, When
from termservice.errors import NotFound
from termservice.web import notelinks
from termservice.web.access import service
from termservice.web.links import code_url
from termservice.web.pages import kept
from termservice.web.texts import system_name

_Known = Mapping[str, tuple[str, str]]


class CodeTexts:
    """Looks up the codes of all texts together: those of its own system once, and once for each system that a
    property is about (`Relaterad kod i ICF`)."""

    def __init__(self, concept: ConceptAnswer, version: When, when: When, lang: Sequence[str]) -> None:
        """`version` is the one whose codes are known, `when` what links carry on."""
        self._concept = concept
        self._version = version
        self._kept = kept(when)
        self._lang = lang

    def linked(self, text: str) -> Markup:
        """Prose of the concept."""
        return notelinks.linked(text, self._own, self._here)

    def value(self, prop: PropertyAnswer) -> Markup | bool:
        """A property's value; a boolean as it is."""
        if isinstance(prop.value, bool):
            return prop.value
        about = self._about(prop)
        if about is None and prop.type == "code" and str(prop.value) in self._own:
            code, title = self._own[str(prop.value)]
            return Markup('<a href="{}"><span class="code">{}</span> {}</a>').format(
                self._here(code), prop.value, title
            )
        if about is None:
            return self.linked(str(prop.value))
        known = self._elsewhere.get(about, {})
        return notelinks.linked(str(prop.value), known, lambda code: code_url(about, code))

    def partners(self, written: Sequence[str]) -> list[tuple[str, ConceptSummary | None]]:
        """Codes as a publisher lists them (`E10.2†, E11.2†`), one by one, each with the code it means."""
        each_written = [part.strip() for text in written for part in text.replace(";", ",").split(",") if part.strip()]
        known = service().known(self._concept.system, each_written, self._version, self._lang) if each_written else {}
        return [(each, known.get(each)) for each in each_written]

    @cached_property
    def _own(self) -> _Known:
        texts = [value for note in self._concept.notes for value in note.values]
        texts += [str(each.value) for each in self._concept.properties]
        coded = [str(each.value) for each in self._concept.properties if each.type == "code"]
        found = self._look_up(self._concept.system, [*notelinks.spellings(texts), *coded], self._version)
        return {spelling: (code, title) for spelling, (code, title) in found.items() if code != self._concept.code}

    @cached_property
    def _elsewhere(self) -> dict[str, _Known]:
        texts: dict[str, list[str]] = {}
        for prop in self._concept.properties:
            about = self._about(prop)
            if about is not None:
                texts.setdefault(about, []).append(str(prop.value))
        return {system: self._look_up(system, notelinks.spellings(each), When()) for system, each in texts.items()}

    @cached_property
    def _systems(self) -> list[str]:
        return [each.id for each in service().codesystems().items if each.id != self._concept.system]

    def _about(self, prop: PropertyAnswer) -> str | None:
        """The other code system that a property of related codes names in its title."""
        words = prop.title.casefold().replace("-kod", " ").split()
        if "relaterad" not in words:
            return None
        return next((each for each in self._systems if system_name(each).casefold() in words), None)

    def _look_up(self, system: str, spelled: Sequence[str], when: When) -> _Known:
        try:
            found = service().known(system, spelled, when, self._lang) if spelled else {}
        except NotFound:  # nothing of that system is in force
            return {}
        return {spelling: (each.code, each.display) for spelling, each in found.items()}

    def _here(self, code: str) -> str:
        return code_url(self._concept.system, code, **self._kept)
