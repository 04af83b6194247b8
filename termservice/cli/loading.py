"""identify and load: from the publisher's files to the store."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from codesystems.files import Package
from codesystems.model import Hints
from codesystems.report import ReleaseError
from termservice import ingest
from termservice.audit import operator
from termservice.cli import output
from termservice.discovery import discover

PATHS = click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))


def hint_options(command: Any) -> Any:
    """The options that say what names and content do not."""
    for option in (
        click.option("--valueset", metavar="ID", help="Load as this value set: a list of codes, or what names itself "
                     "otherwise. --system is then the code system of its codes."),
        click.option("--to", "target", metavar="SYSTEM", help="Of a plain map: the code system mapped to."),
        click.option("--from", "source", metavar="SYSTEM", help="Of a plain map: the code system mapped from."),
        click.option("--column", "columns", multiple=True, metavar="FIELD=COLUMN",
                     help="Of a plain list: which column is code, display, parent, …; of a plain map: source, "
                          "target, relationship, … (repeatable)."),
        click.option("--effective-date", type=click.DateTime(["%Y-%m-%d"]), help="In force from this day."),
        click.option("--version", metavar="V", help="The version, where neither content nor names say."),
        click.option("--system", metavar="ID", help="The code system or map, where the content does not say."),
    ):  # fmt: skip
        command = option(command)
    return command


@click.command()
@PATHS
@hint_options
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def identify(
    paths: tuple[Path, ...], system: str | None, version: str | None, effective_date: datetime | None,
    columns: tuple[str, ...], source: str | None, target: str | None, valueset: str | None, as_json: bool,
) -> None:  # fmt: skip
    """What would be loaded from PATHS, by which loader, as which version.

    \b
    Example:
      termservice identify downloads/
    """
    hints = _hints(system, version, effective_date, columns, source, target, valueset)
    rows = []
    refused = False
    for path in paths:
        try:
            with Package(path) as package:
                found = discover(package, hints)
                for candidate in (*found.releases, *found.other_forms):
                    rows.append(
                        {
                            "path": str(path), "system": candidate.system.id, "version": candidate.version,
                            "effective_date": str(candidate.effective) if candidate.effective else None,
                            "loader": candidate.loader.name, "form": candidate.form,
                            "read": candidate in found.releases, "missing": list(candidate.missing),
                            "files": [file.path for file in candidate.files],
                        }
                    )  # fmt: skip
                rows.extend(
                    {"path": str(path), "system": None, "files": [file.path], "read": False} for file in found.unclaimed
                )
        except ReleaseError as error:
            refused = True
            click.echo(f"termservice: {error}", err=True)
    if as_json:
        output.json_line(rows)
    elif rows:
        header = ("system", "version", "effective_date", "loader", "form", "read", "missing", "files")
        shown = [[_cell(row.get(name)) for name in header] for row in rows]
        output.table(shown, header)
    if refused:
        raise SystemExit(2)


@click.command()
@PATHS
@hint_options
@click.option("--partial", is_flag=True, help="Load a release that is not whole: it adds to what is there.")
@click.option("--hold", is_flag=True, help="Keep the release, but activate it later ('activate').")
@click.option("--dry-run", is_flag=True, help="Read and report; change nothing.")
@click.option("--full", is_flag=True, help="List everything noticed, not only the first places.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
@click.pass_obj
def load(
    home: Path, paths: tuple[Path, ...], system: str | None, version: str | None, effective_date: datetime | None,
    columns: tuple[str, ...], source: str | None, target: str | None, valueset: str | None, partial: bool, hold: bool,
    dry_run: bool, full: bool, as_json: bool,
) -> None:  # fmt: skip
    """Load releases from PATHS: files, folders or zips. Each release is loaded whole or not at all.

    Loading again changes nothing; a corrected release replaces the one of the same version. Exit code 0 when all is
    loaded (also with warnings), 2 when something was refused.

    \b
    Examples:
      termservice load icd-10-se/2021 kva/2021
      termservice load icd-10-se/2014 --partial
      termservice load lab-codes.csv --system region-lab --version 2026 --column code=Kod --column display=Text
      termservice load own-map.csv --from kva --to icd-10-se --version 2026 --column source=KVÅ --column target=Diagnos
      termservice load own-codes.csv --valueset region-dietist --system kva --version 2026 --column code=Kod
    """
    hints = _hints(system, version, effective_date, columns, source, target, valueset)
    options = ingest.Options(hints, partial=partial, hold=hold, dry_run=dry_run, actor=operator())
    with output.progress_shown() as progress:
        result = ingest.load(home, paths, options, progress)
    if as_json:
        output.json_line({"revision": result.revision, "releases": [asdict(found) for found in result.outcomes]})
    else:
        for found in result.outcomes:
            output.outcome(found, full=full)
    if result.refused:
        for found in result.outcomes:
            if found.status == "refused":
                name = f"{found.system} {found.version}: " if found.system else ""
                click.echo(f"termservice: refused: {name}{found.message}", err=True)
        raise SystemExit(2)


def _hints(
    system: str | None, version: str | None, effective: datetime | None, columns: tuple[str, ...],
    source: str | None, target: str | None, valueset: str | None,
) -> Hints:  # fmt: skip
    """What the options say; the systems of a map and the name of a value set are kept with its columns, by which it is
    found again."""
    named = (("from", source), ("to", target), ("valueset", valueset))
    pairs = {key: name.strip() for key, name in named if name}
    for column in columns:
        name, sign, value = column.partition("=")
        if not sign or not name or not value:
            raise click.BadParameter(f"{column!r} is not FIELD=COLUMN", param_hint="--column")
        pairs[name.strip()] = value.strip()
    return Hints(system, version, effective.date() if effective else None, pairs)


def _cell(value: object) -> object:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(map(str, value)) if isinstance(value, list) else value
