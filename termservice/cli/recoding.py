"""recode: a register's codes in another code system or another version."""

from __future__ import annotations

import sys
from pathlib import Path

import click
import orjson

from termservice.answers import When
from termservice.cli.asking import opened
from termservice.cli.checking import NEEDS_PERSON, written
from termservice.listfile import CustomerList
from termservice.recodelist import People, plain, recode_list, told
from termservice.recoding import Request

_WORKBOOKS = (".xls", ".xlsx", ".xlsm")


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--from", "source", required=True, metavar="ID", help="The code system the codes are of.")
@click.option("--to", "target", required=True, metavar="ID", help="The code system to recode to; may be the same.")
@click.option("--code-column", metavar="C", help="The column with the codes; by itself code, kod, diagnos, ….")
@click.option("--date-column", metavar="D", help="The column with each row's own date (YYYY-MM-DD, YYYYMMDD or YYYY).")
@click.option("--date", metavar="DAY", help="The day all rows are of; by itself today.")
@click.option("--version", metavar="V", help="The version of the source system all rows are of.")
@click.option("--to-version", metavar="V", help="The version to recode to; by itself today's.")
@click.option("--map", "only", metavar="MAP", help="Use this map only.")
@click.option("--age-column", metavar="A", help="The column with ages (years, or 3 months, 10 days, P3M).")
@click.option("--sex-column", metavar="S", help="The column with sexes (F, M, K, kvinna, man, 1, 2).")
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="Write here, not to standard output.")
@click.option("--json", "as_json", is_flag=True, help="The summary as JSON; on standard output where rows are not.")
@click.pass_obj
def recode(
    home: Path, file: Path, source: str, target: str, code_column: str | None, date_column: str | None,
    date: str | None, version: str | None, to_version: str | None, only: str | None, age_column: str | None,
    sex_column: str | None, output: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """What do the codes in FILE become in another code system, or in another version of their own?

    FILE is csv, tsv, xls or xlsx, of any size. Every row is kept with all its cells; columns are added: target_code
    (several with semicolons between: never is one chosen of many), target_display, relationship, certainty, path, note.

    The certainty is exact, broader, approximate, combined, ambiguous, depends, not-valid, unmapped, not-found,
    ambiguous-code, unknown-code, unknown-date or no-code. The summary goes to standard error. Exit code 1 where
    something needs a person: all but exact, and codes that were not valid on their day.

    \b
    Examples:
      termservice recode visits.csv --from icd-10-se --to icd-10-se --date-column datum --output recoded.csv
      termservice recode problems.csv --from snomed-ct --to icd-10 --age-column age --sex-column sex
    """
    if sum(map(bool, (date_column, date, version))) > 1:
        raise click.UsageError("give one of --date-column, --date and --version")
    if output is not None and output.suffix.lower() in _WORKBOOKS:
        raise click.UsageError("rows are written as text: name the output .csv or .tsv")
    if output is not None and output.exists() and output.samefile(file):
        raise click.UsageError("the output would take the place of FILE")
    people = People(age_column, sex_column)
    rows = CustomerList(file, code_column, date_column, [name for name in (age_column, sex_column) if name])
    encoding = "utf-8-sig" if rows.encoding == "utf-8-sig" else "utf-8"
    request = Request(source, target, When(version, date), to_version, only)
    with opened(home) as service, service.maps.recoder(request) as recoder:
        with written(output, encoding=encoding) as stream:
            summary = recode_list(recoder, rows, stream, people, _delimiter(rows, output))
        versions = f"{recoder.source} → {recoder.target} {recoder.version or '(not loaded)'}"
    if as_json:
        found = {
            "file": file.name, "source": recoder.source, "target": recoder.target,
            "target_version": recoder.version, "revision": recoder.revision, **plain(summary),
        }  # fmt: skip
        print(orjson.dumps(found, option=orjson.OPT_INDENT_2).decode(), file=sys.stdout if output else sys.stderr)
    else:
        read = ", ".join(filter(None, (f"column {rows.code_column}", rows.encoding)))
        click.echo("\n".join([f"{file.name} ({read}): {versions}", *told(summary)]), err=True)
    if summary.needs_person:
        raise SystemExit(NEEDS_PERSON)


def _delimiter(rows: CustomerList, output: Path | None) -> str:
    """That of the list, unless it has but one column or the output's name says another."""
    if output is not None and output.suffix.lower() == ".tsv":
        return "\t"
    return rows.delimiter if len(rows.names) > 1 else ","
