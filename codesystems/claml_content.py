"""A ClaML document as the content of a code system, in the words of the system's home where it has one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from codesystems.building import Builder
from codesystems.formats.claml import Class, Document, ModifierClass, Rubric
from codesystems.formats.claml_modifiers import BARRED_BEHIND, Modified, expand
from codesystems.formats.icd10_codes import CHAPTERS, sort_key
from codesystems.loader import Candidate, Loader, Shape
from codesystems.model import (
    CodeSystemContent,
    Concept,
    Designation,
    DesignationUse,
    Parent,
    Property,
    PropertyDef,
    designation_kind,
    property_kind,
)
from codesystems.report import Report

TITLE, LONG_TITLE = "preferred", "preferredLong"
"""A title that leans on the one above it, and the whole title where the two differ."""
SYNONYMS = frozenset({"synonym", "synonyms", "alternative"})
HEADINGS = frozenset({"chapter", "block", "section", "component"})
USAGE = "usage"
SWEDISH_NAMES: Mapping[str, str] = {
    "inclusion": "Innefattar",
    "exclusion": "Utesluter",
    "note": "Anmärkning",
    "definition": "Beskrivning",
    "text": "Beskrivning",
    "coding-hint": "Kodningsinformation",
    USAGE: "Manifestation(*)/Etiologi(†)",
}
"""The column names of the same publisher's tables, for Swedish systems with a home."""


def content(candidate: Candidate, document: Document, home: Loader | None, report: Report) -> CodeSystemContent:
    """Classes and the codes their modifiers make. Raises `ReleaseError` for a code with two titles."""
    return _Reading(candidate, document, home, report).content()


@dataclass(slots=True)
class _Reading:
    """One file on its way to content."""

    candidate: Candidate
    document: Document
    home: Loader | None
    report: Report

    def content(self) -> CodeSystemContent:
        builder = Builder(self.candidate, self.report)
        parents = _parents(self.document.classes)
        made = tuple(expand(self.document, parents, self.report))
        inner = {parent for above in parents.values() for parent in above} | {item.parent for item in made}
        for item in self.document.classes:
            builder.add(self._class(item, parents.get(item.code, ()), item.code in inner), item.where)
        for modified in made:
            builder.add(self._modified(modified, modified.code in inner), modified.base.where)
        self.report.count("codes made by modifiers", len(made))
        definitions = self._property_defs()
        builder.cover({concept.part for concept in builder}, self._kinds(definitions))
        return builder.content(definitions)

    def _class(self, item: Class, parents: Sequence[str], inner: bool) -> Concept:
        titles = self._titles(item.rubrics)
        if not titles:
            self.report.warn("no-title", f"{item.code} has no title", item.where)
        return self._concept(
            item.code, item.kind, parents, inner, titles, self._facts(item.metas, item.usage, item.rubrics)
        )

    def _modified(self, modified: Modified, inner: bool) -> Concept:
        """Titles are joined; marks hold for the whole; notes and metas are those of the last value."""
        last = modified.values[-1]
        usage = next((value.usage for value in reversed(modified.values) if value.usage), modified.base.usage)
        return self._concept(
            modified.code,
            modified.base.kind,
            (modified.parent,),
            inner,
            self._joined_titles(modified),
            self._facts(last.metas, usage, last.rubrics),
        )

    def _concept(
        self,
        code: str,
        kind: str,
        parents: Sequence[str],
        inner: bool,
        titles: tuple[Designation, ...],
        facts: Iterator[Property],
    ) -> Concept:
        code = self._canonical(code)
        shape = (self.home.shape(code) if self.home else None) or _shape(code, kind)
        return Concept(
            code=code,
            part=self.home.part(code) if self.home and code else "all",
            designations=titles,
            parents=tuple(Parent(parent) for parent in dict.fromkeys(map(self._canonical, parents))),
            properties=tuple(dict.fromkeys(facts)),
            abstract=inner if shape.abstract is None else shape.abstract,
            level=shape.level,
            sort_key=shape.sort_key,
        )

    def _canonical(self, code: str) -> str:
        return self.home.canonical(code) if self.home and code else code

    def _titles(self, rubrics: Sequence[Rubric]) -> tuple[Designation, ...]:
        """The long title is the display, the one that leans on its context then a short form."""
        found: list[Designation] = []
        for language in dict.fromkeys(self._language(rubric) for rubric in rubrics):
            here = [rubric for rubric in rubrics if self._language(rubric) == language]
            short, long = _texts(here, {TITLE}), _texts(here, {LONG_TITLE})
            first, rest = ((long or short)[:1], (long or short)[1:])
            leaning = [text for text in short if long and text not in first]
            synonyms = [*rest, *_texts(here, SYNONYMS)]
            uses: tuple[tuple[DesignationUse, list[str]], ...]
            uses = (("display", first), ("short", leaning), ("synonym", synonyms))
            found.extend(Designation(text, use, language) for use, texts in uses for text in texts)
        return tuple(dict.fromkeys(found))

    def _joined_titles(self, modified: Modified) -> tuple[Designation, ...]:
        """In the languages that class and values share; the system's own is never left out."""
        joint = self.home.title_joint if self.home else Loader.title_joint
        values = [self._displays(value.rubrics) for value in modified.values]
        found: list[Designation] = []
        for language, base in self._displays(modified.base.rubrics).items():
            texts = [names[language] for names in values if language in names]
            if len(texts) < len(values):
                if language:
                    continue
                message = f"{modified.code} has modifier values without a title"
                self.report.warn("no-title", message, modified.values[-1].where)
            found.append(Designation(joint.join([base, *texts]), "display", language))
            if language in values[-1]:
                found.append(Designation(values[-1][language], "short", language))
        return tuple(found)

    def _displays(self, rubrics: Sequence[Rubric]) -> dict[str, str]:
        return {title.language: title.value for title in self._titles(rubrics) if title.use == "display"}

    def _facts(self, metas: Sequence[tuple[str, str]], usage: str, rubrics: Sequence[Rubric]) -> Iterator[Property]:
        if usage:
            yield Property(self._name(USAGE), usage)
        for name, value in metas:
            if value and name != BARRED_BEHIND:
                yield Property(self._name(name), value)
        for rubric in rubrics:
            if not _is_title(rubric.kind):
                yield Property(self._note(rubric), rubric.text)

    def _note(self, rubric: Rubric) -> str:
        """Notes in another language than the system's are properties of their own: `exclusion-en`."""
        language = self._language(rubric)
        return self._name(rubric.kind) + (f"-{language}" if language else "")

    def _name(self, name: str) -> str:
        if self.home is None:
            return name
        swedish = SWEDISH_NAMES if self.candidate.system.language == "sv" else {}
        return self.home.claml_names.get(name) or swedish.get(name) or name

    def _language(self, rubric: Rubric) -> str:
        """Empty for the system's own language, whatever region the label names (`sv-SE`)."""
        own = self.candidate.system.language.split("-")[0]
        language = rubric.language or self.document.header.language
        return "" if language.split("-")[0].lower() in (own, "") else language

    def _kinds(self, definitions: Sequence[PropertyDef]) -> set[str]:
        """What the file speaks of: every kind of rubric it declares, even where no class has one."""
        language = self.candidate.system.language
        kinds = {"state", "parent", *(designation_kind(use, language) for use in ("display", "short"))}
        kinds.update(property_kind(definition.code) for definition in definitions)
        return kinds

    def _property_defs(self) -> tuple[PropertyDef, ...]:
        header = self.document.header
        values = (value for values in self.document.modifier_classes.values() for value in values)
        holders: list[Class | ModifierClass] = [*self.document.classes, *values]
        found: dict[str, PropertyDef] = {}
        if header.marks or any(holder.usage for holder in holders):
            name = self._name(USAGE)
            found[name] = PropertyDef(name, name)
        for meta in (name for holder in holders for name, _ in holder.metas if name != BARRED_BEHIND):
            found.setdefault(self._name(meta), PropertyDef(self._name(meta), meta))
        kinds = [Rubric(kind, header.language, "") for kind in header.rubric_kinds]
        for rubric in (*kinds, *(rubric for holder in holders for rubric in holder.rubrics)):
            if not _is_title(rubric.kind):
                code = self._note(rubric)
                title = code if code != rubric.kind else self._kind_title(rubric.kind)
                found.setdefault(code, PropertyDef(code, title, note=True))
        return tuple(found.values())

    def _kind_title(self, kind: str) -> str:
        displays = self.document.header.rubric_kinds.get(kind, {})
        return next((text for text in displays.values() if text), kind)


def _shape(code: str, kind: str) -> Shape:
    """Of a code whose home says nothing: its kind is the level, chapters in Roman numerals sort by number."""
    numeral = kind == "chapter" and code in CHAPTERS
    return Shape(kind, sort_key(code) if numeral else code, kind in HEADINGS)


def _is_title(kind: str) -> bool:
    return kind in (TITLE, LONG_TITLE) or kind in SYNONYMS


def _texts(rubrics: Sequence[Rubric], kinds: set[str] | frozenset[str]) -> list[str]:
    return [rubric.text.replace("\n", " ") for rubric in rubrics if rubric.kind in kinds]


def _parents(classes: Sequence[Class]) -> dict[str, tuple[str, ...]]:
    """The parents of each class: its SuperClass elements, else the classes that name it as SubClass."""
    named: dict[str, list[str]] = {}
    for item in classes:
        for child in item.children:
            named.setdefault(child, []).append(item.code)
    return {item.code: item.parents or tuple(named.get(item.code, ())) for item in classes}
