"""Workbooks made for a test."""

from __future__ import annotations

from pathlib import Path

import openpyxl

from codesystems.files import SourceFile


def book(path: Path, **content: list[list[object]]) -> SourceFile:
    """A workbook with these rows by name of the sheet."""
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.worksheets[0])
    for name, rows in content.items():
        sheet = workbook.create_sheet(name)
        for row in rows:
            sheet.append(row)
    workbook.save(path)
    return SourceFile(path.name, path)
