"""ClaML of any classification: the code system is found by the file's own identifiers and title.

Where the system has a home among the loaders, codes, parts, levels and property names are the home's, so that
its other formats and this one tell one history. A classification nobody knows becomes a code system of its
own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from codesystems.claml_content import content
from codesystems.files import Package, SourceFile
from codesystems.formats import claml
from codesystems.formats.claml import Header
from codesystems.formats.xml import root_name
from codesystems.loader import Candidate, Loader, home_of, loaders
from codesystems.model import CodeSystem, CodeSystemContent, Hints
from codesystems.naming import bare_oid, id_of, slug, url_of
from codesystems.report import Report
from codesystems.versions import effective_date, first_version

RANK = 50
"""The richest form of a classification that has several."""

LONGEST_NAME = 200

_VERSION_AT_END = re.compile(r"(?:[-_. ]+v(?:ersion)?)?[-_. ]*(?:19|20)\d\d[-_.\d]*$", re.IGNORECASE)


class ClamlLoader(Loader):
    """Any classification in ClaML 2.0.0 or 3.0."""

    name = "claml"

    def identify(self, package: Package, hints: Hints) -> Iterable[Candidate]:
        return [_candidate(self, file, package, hints) for file in package.files if root_name(file) == "ClaML"]

    def read(self, candidate: Candidate, report: Report) -> CodeSystemContent:
        document = claml.read(candidate.files[0], report)
        return content(candidate, document, home_of(candidate.system.id), report)


def _candidate(loader: Loader, file: SourceFile, package: Package, hints: Hints) -> Candidate:
    header = claml.read_header(file)
    version = header.version or header.date or first_version(package.names_above(file))
    return Candidate(
        loader=loader,
        system=_system(header, hints),
        files=(file,),
        form="ClaML",
        version=hints.version or version,
        effective=hints.effective or _effective(hints.version or version, header),
        rank=RANK,
    )


def _effective(version: str | None, header: Header) -> date | None:
    """The version's own day (a release of 2021 is out in 2020); else the day in the title."""
    return effective_date(version or "") or effective_date(header.date)


def _system(header: Header, hints: Hints) -> CodeSystem:
    """The system that the operator, an identifier or the title names; else a new one."""
    known = [system for loader in loaders() for system in loader.systems]
    wanted = {hints.system} if hints.system else {uid for _, uid in header.identifiers if uid}
    wanted |= {oid for name in wanted if (oid := bare_oid(name))}
    for system in known:
        if wanted & {system.id, system.url, *system.aliases}:
            return system
    language = _subtag(header.language) or "sv"
    if not hints.system:
        names = {_squeezed(name, language) for name in (header.name, header.title, *wanted)}
        for system in known:
            if system.language == language and _squeezed(system.id, language) in names:
                return system
    return _new_system(header, language, hints)


def _new_system(header: Header, language: str, hints: Hints) -> CodeSystem:
    uids = [uid for _, uid in header.identifiers if uid]
    base = hints.system or _without_version(header.name or header.title) or (uids[0] if uids else "")
    system_id = id_of(base) or "classification"
    return CodeSystem(
        id=system_id,
        url=url_of(uids[0] if uids else "", system_id),
        title=header.title or header.name or system_id,
        publisher=next((authority for authority, _ in header.identifiers if authority), ""),
        language=language,
        aliases=tuple(uid for uid in map(bare_oid, uids[1:]) if uid),
    )


def _squeezed(name: str, language: str) -> str:
    """A name without its version, the language's own tag and punctuation: `ICD-10-EN-2016` is `icd10`."""
    return slug(_without_version(name)).removesuffix(f"-{language}").replace("-", "")


def _without_version(name: str) -> str:
    return _VERSION_AT_END.sub("", name[:LONGEST_NAME])


def _subtag(language: str) -> str:
    return language.split("-")[0].strip().lower()


LOADER = ClamlLoader()
