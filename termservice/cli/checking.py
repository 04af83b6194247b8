"""check-list: a customer's own list, or a value set, against the releases."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import IO, Any

import click

from termservice import listreport, valuesetreport
from termservice.answers import When
from termservice.checklist import check_rows
from termservice.cli.asking import opened
from termservice.errors import InvalidParameter
from termservice.listfile import CustomerList
from termservice.naming import when_named

FORMATS: dict[str, Callable[[Any], listreport.Report]] = {
    "text": listreport.TextReport, "csv": listreport.CsvReport, "json": listreport.JsonReport,
    "xlsx": listreport.WorkbookReport,
}  # fmt: skip
NEEDS_PERSON = 1


@click.command("check-list")
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--system", metavar="ID", help="The code system the codes are of.")
@click.option("--valueset", metavar="ID", help="Check the members of this value set instead of a file.")
@click.option("--code-column", metavar="C", help="The column with the codes; by itself code, kod, diagnos, ….")
@click.option("--date-column", metavar="D", help="The column with each row's own date (YYYY-MM-DD, YYYYMMDD or YYYY).")
@click.option("--from", "start", metavar="V", help="The version or day the list is of, where rows have no date.")
@click.option("--to", "end", metavar="V", help="The version or day to compare with; by itself today's.")
@click.option("--version", metavar="V", help="Only whether codes are valid in this version.")
@click.option("--date", metavar="DAY", help="Only whether codes are valid on this day.")
@click.option("--format", "form", type=click.Choice(list(FORMATS)), help="By itself text, or what --output ends in.")
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="Write here, not to standard output.")
@click.pass_obj
def check_list(
    home: Path, file: Path | None, system: str | None, valueset: str | None, code_column: str | None,
    date_column: str | None, start: str | None, end: str | None, version: str | None, date: str | None,
    form: str | None, output: Path | None,
) -> None:  # fmt: skip
    """Was every code in FILE valid then, is it valid now, does it mean the same, what replaced it?

    FILE is csv, tsv, xls or xlsx, of any size.

    Each row is ok, retitled, withdrawn, not-yet-introduced, unknown-code, ambiguous, unknown-date or
    before-first-release. Exit code 1 where something needs a person: all but ok, and titles in which only case, space
    or punctuation changed.

    With --valueset, each member is current, inactive, withdrawn, not-yet-introduced, unknown-code or not-loaded, and
    all but current need a person.

    \b
    Examples:
      termservice check-list favourites.csv --system icd-10-se --from 2016
      termservice check-list visits.csv --system kva --code-column åtgärd --date-column datum --output report.xlsx
      termservice check-list --valueset urval-icf-kva-nutrition-och-undernaring --date 2026-01-01
    """
    form = form or _form_of(output)
    if valueset is not None:
        if any((file, system, code_column, date_column, start, end)):
            raise click.UsageError("--valueset is checked alone, today, as of --date, or in its --version")
        _check_valueset(home, valueset, When(version, date), form, output)
        return
    if file is None or system is None:
        raise click.UsageError("give a FILE and --system, or --valueset")
    if sum(map(bool, (date_column or start, version, date))) > 1 or (end and (version or date)):
        raise click.UsageError("--version and --date each stand for both --from and --to: give them alone")
    if date_column and start:
        raise click.UsageError("--date-column says when each row is of: give it or --from")
    if form == "xlsx" and output is None:
        raise click.UsageError("a workbook needs --output")
    rows = CustomerList(file, code_column, date_column)
    with opened(home) as service:
        if version or date:
            checker = service.checker(system, end=When(version, date))
        else:
            first, last = (when_named(service, system, text) if text else None for text in (start, end))
            checker = service.checker(system, first, last or When())
    heading = listreport.Heading(
        file.name, rows.code_column, rows.date_column, rows.encoding, checker.system.short, checker.revision,
        None if date_column else checker.start.version, checker.end.version,
    )  # fmt: skip
    with written(output, binary=form == "xlsx") as stream, closing(FORMATS[form](stream)) as report:
        summary = check_rows(checker, rows.rows(), report.row)
        report.finish(heading, summary)
    if form != "text" or output is not None:
        numbers = ", ".join(f"{count} {name}" for name, count in listreport.counts(summary).items())
        click.echo(f"{listreport.described(heading)}: {numbers}", err=True)
    if summary.needs_person:
        raise SystemExit(NEEDS_PERSON)


def _check_valueset(home: Path, name: str, when: When, form: str, output: Path | None) -> None:
    write = valuesetreport.FORMATS.get(form)
    if write is None:
        raise click.UsageError(f"a value set is reported as {', '.join(valuesetreport.FORMATS)}")
    with opened(home) as service, service.snapshot():
        if service.valuesets.definition(name, when.version, when.date).compose:
            raise InvalidParameter({"valueset": f"{name} is a rule: it lists no members that could be checked"})
        found = service.valuesets.members(name, when, limit=None)
    with written(output) as stream:
        write(stream, found)
    if form != "text" or output is not None:
        click.echo(valuesetreport.heading(found), err=True)
    if any(each.needs_person for each in found.items):
        raise SystemExit(NEEDS_PERSON)


def _form_of(output: Path | None) -> str:
    ending = output.suffix.lower().removeprefix(".") if output else ""
    return {"jsonl": "json", "ndjson": "json"}.get(ending, ending if ending in FORMATS else "text")


@contextmanager
def written(output: Path | None, *, binary: bool = False, encoding: str = "utf-8") -> Iterator[IO[Any]]:
    """Standard output, or a file that is there only once it is whole."""
    if output is None:
        yield sys.stdout
        return
    part = output.with_name(output.name + ".part")
    try:
        stream: IO[Any] = part.open("wb") if binary else part.open("w", encoding=encoding, newline="")
        with stream:
            yield stream
        os.replace(part, output)
    finally:
        part.unlink(missing_ok=True)
