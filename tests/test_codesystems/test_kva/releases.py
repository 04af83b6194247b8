"""Releases of KVÅ in every form, made and read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import openpyxl

import codesystems
from codesystems.files import Package
from codesystems.kva import LOADER
from codesystems.loader import Candidate
from codesystems.model import CodeSystemContent, Concept, Hints
from codesystems.report import Report
from codesystems.versions import effective_date

SAMPLES = Path(codesystems.__file__).parent / "samples" / "kva"
KKA_TSV, KMA_TSV = "kva-kirurgiska-atgarder-kka.tsv", "kva-medicinska-atgarder-kma.tsv"


def identify(path: Path) -> list[Candidate]:
    with Package(path) as package:
        return list(LOADER.identify(package, Hints()))


def read(path: Path, at: int = 0) -> tuple[CodeSystemContent, Report]:
    """The content of the candidate number `at` under `path`."""
    with Package(path) as package:
        return read_candidate(list(LOADER.identify(package, Hints()))[at])


def read_candidate(candidate: Candidate) -> tuple[CodeSystemContent, Report]:
    version = candidate.version or "2007"
    effective = candidate.effective or effective_date(version)
    report = Report()
    return LOADER.read(replace(candidate, version=version, effective=effective), report), report


def concepts(content: CodeSystemContent) -> dict[str, Concept]:
    return {concept.code: concept for concept in content.concepts}


def display(concept: Concept) -> str:
    return concept.designations[0].value


def values(concept: Concept, column: str) -> list[str]:
    return [value.value for value in concept.properties if value.code == column]


def table(path: Path, *rows: str, encoding: str = "utf-8") -> Path:
    path.write_text("\n".join(rows) + "\n", encoding=encoding)
    return path


def workbook(path: Path, sheets: Mapping[str, Sequence[Sequence[object]]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    book.save(path)
    return path


OLD = ["KOD;TXT;BSK;HÄNDELSE", "AA001;Mätning;Av smärta, oro;0", "AA002;Ny, mätning;;1", "JFB00 ;Resektion;;2"]
