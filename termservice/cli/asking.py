"""search, lookup, export and check-list: the questions people ask, at the prompt."""

from __future__ import annotations

import csv
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from codesystems.files import SourceFile
from codesystems.formats.tables import Columns, read_table
from codesystems.report import Report
from termservice import tabular
from termservice.answers import ConceptAnswer, When
from termservice.cli import output
from termservice.service import TerminologyService

VERSION = click.option("--version", metavar="V", help="In this version.")
DATE = click.option("--date", metavar="DAY", help="As of this day (YYYY-MM-DD).")
JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@contextmanager
def opened(home: Path) -> Iterator[TerminologyService]:
    service = TerminologyService(home)
    try:
        yield service
    finally:
        service.close()


@click.command()
@click.argument("text")
@click.option("--system", "systems", multiple=True, metavar="ID", help="Only this code system (repeatable).")
@VERSION
@DATE
@click.option("--limit", type=click.IntRange(1, 1000), default=20, show_default=True)
@JSON
@click.pass_obj
def search(
    home: Path, text: str, systems: tuple[str, ...], version: str | None, date: str | None, limit: int, as_json: bool
) -> None:
    """Find codes by words, parts of words or codes, as typed.

    \b
    Example:
      termservice search "diab typ 2" --system icd-10-se
    """
    with opened(home) as service:
        found = service.search(text, systems=systems, when=When(version, date), limit=limit)
    if as_json:
        output.json_line(found)
        return
    if found.suggestion:
        click.echo(f"Menade du: {found.suggestion}")
    rows = [
        (
            item.system,
            item.code,
            item.display,
            "" if item.active else "inactive",
            matched(item.display, item.matched.text),
        )
        for item in found.items
    ]
    output.table(rows, ("system", "code", "display", "", "matched"))
    click.echo(f"{found.total} found in {found.took_ms} ms")


@click.command()
@click.argument("system")
@click.argument("code")
@VERSION
@DATE
@JSON
@click.pass_obj
def lookup(home: Path, system: str, code: str, version: str | None, date: str | None, as_json: bool) -> None:
    """What a code means: today, in a version, or on a day.

    \b
    Example:
      termservice lookup icd-10-se i219 --date 2019-06-01
    """
    with opened(home) as service:
        found = service.concept(system, code, When(version, date))
    if as_json:
        output.json_line(found)
    else:
        _print_concept(found)


@click.command()
@click.argument("system")
@VERSION
@DATE
@click.option("--format", "form", type=click.Choice(["csv", "ndjson"]), default="csv", show_default=True)
@click.pass_obj
def export(home: Path, system: str, version: str | None, date: str | None, form: str) -> None:
    """Write every code of a version to standard output."""
    with opened(home) as service:
        for chunk in tabular.export(service.export(system, When(version, date)), form):
            sys.stdout.write(chunk)


@click.command("check-list")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--system", required=True, metavar="ID", help="The code system the codes are of.")
@click.option("--code-column", default="code", show_default=True, metavar="C", help="The column with the codes.")
@VERSION
@DATE
@click.pass_obj
def check_list(home: Path, file: Path, system: str, code_column: str, version: str | None, date: str | None) -> None:
    """Is every code in FILE (csv, tsv, xls, xlsx) valid? Writes a CSV; exit code 1 where some are not."""
    rows = read_table(SourceFile(file.name, file), Columns((code_column,)), Report()).rows
    counts: Counter[bool] = Counter()
    writer = csv.writer(sys.stdout)
    writer.writerow(("line", "code", "valid", "display", "message"))
    with opened(home) as service:
        service.codesystem(system)
        for row in rows:
            answer = service.validate(system, row[code_column], When(version, date))
            counts[answer.result] += 1
            cells = (answer.code, str(answer.result).lower(), answer.display, answer.message)
            writer.writerow((row.where.line, *map(tabular.safe, cells)))
    click.echo(f"{counts[True]} valid, {counts[False]} not", err=True)
    if counts[False]:
        raise SystemExit(1)


def matched(display: str, text: str) -> str:
    """The text that matched, where it is not what is shown anyway."""
    return "" if text == display else text[:60]


def _print_concept(found: ConceptAnswer) -> None:
    marks = [] if found.active else ["inactive"]
    marks += ["heading"] if found.abstract else []
    click.echo(f"{found.code}  {found.display}" + (f"  [{', '.join(marks)}]" if marks else ""))
    known = "" if found.from_known else " or earlier"
    level = f", {found.level}" if found.level else ""
    until = f" to {found.valid_to}" if found.valid_to else ""
    click.echo(f"  {found.system} {found.version}{level}; from {found.valid_from}{known}{until}")
    if found.parents:
        click.echo(f"  under {', '.join(found.parents)}")
    for designation in found.designations:
        if designation.value != found.display:
            click.echo(f"  {designation.use} ({designation.language}): {designation.value}")
    for note in found.notes:
        for value in note.values:
            click.echo(f"  {note.title}: {value}")
    for each in found.properties:
        click.echo(f"  {each.title}: {each.value}")
