"""search, lookup and export: the questions people ask, at the prompt."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

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
@click.option(
    "--level", "levels", multiple=True, metavar="LEVEL", help="Only this level: chapter, disorder … (repeatable)."
)
@click.option("--language", metavar="TAG", help="Only by texts in this language.")
@click.option("--ecl", metavar="EXPRESSION", help="Only what this expression selects; with --system snomed-ct.")
@click.option("--limit", type=click.IntRange(1, 1000), default=20, show_default=True)
@JSON
@click.pass_obj
def search(
    home: Path, text: str, systems: tuple[str, ...], version: str | None, date: str | None, levels: tuple[str, ...],
    language: str | None, ecl: str | None, limit: int, as_json: bool,
) -> None:  # fmt: skip
    """Find codes by words, parts of words or codes, as typed.

    \b
    Example:
      termservice search "diab typ 2" --system icd-10-se
    """
    with opened(home) as service:
        found = service.search(
            text, systems=systems, when=When(version, date), levels=levels, language=language, ecl=ecl, limit=limit
        )
    if as_json:
        output.json_line(found)
        return
    if found.suggestion:
        click.echo(f"Menade du: {found.suggestion}")
    if found.left_out:
        click.echo(f"Ingen träff innehåller: {', '.join(found.left_out)}")
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
@click.argument("expression")
@click.option("--system", default="snomed-ct", show_default=True, metavar="ID", help="The edition.")
@VERSION
@DATE
@click.option("--after", metavar="CODE", help="From behind this code on.")
@click.option("--limit", type=click.IntRange(1, 1_000_000), default=100, show_default=True)
@JSON
@click.pass_obj
def ecl(
    home: Path, expression: str, system: str, version: str | None, date: str | None, after: str | None, limit: int,
    as_json: bool,
) -> None:  # fmt: skip
    """What an expression of SNOMED CT's constraint language (ECL 2.2) selects, in order of SCTID.

    \b
    Examples:
      termservice ecl "<< 404684003 |Clinical finding|"
      termservice ecl "< 404684003 : 363698007 = << 39057004" --limit 1000
    """
    with opened(home) as service:
        found = service.ecl(system, expression, When(version, date), after=after, limit=limit)
    if as_json:
        output.json_line(found)
        return
    output.table([(item.code, item.display) for item in found.items], ("code", "display"))
    click.echo(f"{found.total} concepts" + (f"; more follow: --after {found.next}" if found.next else ""))


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
    for attribute in found.attributes:
        name = f" |{attribute.value_display}|" if attribute.value_display else ""
        group = f" (role group {attribute.group})" if attribute.group else ""
        click.echo(f"  {attribute.code} |{attribute.display}| = {attribute.value}{name}{group}")
