"""history and diff: what became of a code, and what differs between two versions."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

import click
import orjson

from termservice.answers import Change, ChangesAnswer, Event, HistoryAnswer, Source, When
from termservice.changesheets import csv_text, source_text
from termservice.cli import output
from termservice.cli.asking import JSON, opened
from termservice.naming import CHANGE_SOURCES, CHANGE_TYPES, when_named
from termservice.wording import marked, readable

CHUNK = 64 * 1024
LONGEST = 200
"""Characters of a value in a line of text; files hold all."""


@click.command()
@click.argument("system")
@click.argument("code")
@JSON
@click.pass_obj
def history(home: Path, system: str, code: str, as_json: bool) -> None:
    """What became of a code: when it existed, what happened to it, what follows it.

    \b
    Example:
      termservice history icd-10-se U07.1
    """
    with opened(home) as service:
        found = service.history(system, code)
    if as_json:
        output.json_line(found)
    else:
        _print_history(found)


@click.command()
@click.argument("system")
@click.argument("start", metavar="FROM")
@click.argument("end", metavar="[TO]", required=False)
@click.option("--type", "types", multiple=True, type=click.Choice(CHANGE_TYPES), help="Only this type (repeatable).")
@click.option("--under", metavar="CODE", help="Only this code and its descendants.")
@click.option(
    "--source", type=click.Choice(CHANGE_SOURCES), default="computed", show_default=True,
    help="What the releases show, what the publisher states, or both.",
)  # fmt: skip
@click.option("--format", "form", type=click.Choice(["text", "json", "csv", "xlsx"]), default="text", show_default=True)
@click.option(
    "--output", "file", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
    help="Write to FILE instead of standard output.",
)  # fmt: skip
@click.pass_obj
def diff(
    home: Path, system: str, start: str, end: str | None, types: tuple[str, ...], under: str | None, source: str,
    form: str, file: Path | None,
) -> None:  # fmt: skip
    """What differs between two versions of SYSTEM. FROM and TO are names of versions, or days (YYYY-MM-DD) on which
    they are in force; without TO, today's.

    In text, what a new title leaves out stands in [-…-] and what it adds in {+…+}.

    \b
    Examples:
      termservice diff icd-10-se 2025 2026 --type retitled
      termservice diff kva 2025-06-30 --format xlsx --output changes.xlsx
    """
    if form == "xlsx" and file is None and sys.stdout.isatty():
        raise click.UsageError("a workbook is not for a terminal: give --output")
    with opened(home) as service, service.snapshot():
        first = when_named(service, system, start)
        last = when_named(service, system, end) if end is not None else When()
        found = service.changes(system, first, last, types=types, under=under, source=source, limit=None)
    with _target(file) as target:
        if form == "xlsx":
            _write_workbook(found, target)
        else:
            for text in _texts(found, form):
                target.write(text.encode())


@contextmanager
def _target(file: Path | None) -> Iterator[IO[bytes]]:
    if file is None:
        yield sys.stdout.buffer
    else:
        with file.open("wb") as target:
            yield target


def _write_workbook(found: ChangesAnswer, target: IO[bytes]) -> None:
    """By way of a file of its own: making a workbook means going back in it, which a pipe cannot."""
    from termservice.changeworkbook import write_workbook  # large, and seldom asked for

    with TemporaryFile() as whole:
        write_workbook(found, whole)
        whole.seek(0)
        while chunk := whole.read(CHUNK):
            target.write(chunk)


def _texts(found: ChangesAnswer, form: str) -> Iterator[str]:
    if form == "csv":
        yield from csv_text(found)
    elif form == "json":
        yield orjson.dumps(found, option=orjson.OPT_INDENT_2).decode() + "\n"
    else:
        yield from _lines(found)


def _lines(found: ChangesAnswer) -> Iterator[str]:
    counts = ", ".join(f"{count} {kind}" for kind, count in found.counts.items())
    yield f"{found.system} {found.after_version} to {found.version}: {counts or 'no changes'}\n"
    for change in found.items:
        yield f"{change.type:<16}  {change.code}  {_told(change)}\n"


def _told(change: Change) -> str:
    """A change in one line: retitlings by word, what else became something else as before and after."""
    if change.type == "retitled":
        told = marked(readable(change.before), readable(change.after))
        told += "  (cosmetic)" if change.wording == "cosmetic" else ""
    else:
        name = change.display if change.display != change.code else ""
        told = "  ".join(part for part in (name, _what(change)) if part)
    return told + _by(change.source)


def _what(change: Change) -> str:
    """What became of it; nothing where that is no more than its title coming or going."""
    before, after = change.before, change.after
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        return "; ".join(f"{name}: {_turned(before.get(name), after.get(name))}" for name in {**before, **after})
    return "" if before in (None, change.display) and after in (None, change.display) else _turned(before, after)


def _turned(before: object, after: object) -> str:
    return f"→ {_short(after)}" if before is None else f"{_short(before)} → {_short(after)}"


def _by(source: Source) -> str:
    return "" if source.by == "computed" else f"  ({source_text(source)})"


def _short(value: object) -> str:
    text = " ".join(readable(value).split())
    return (text if len(text) <= LONGEST else text[:LONGEST] + "…") or "–"


def _print_history(found: HistoryAnswer) -> None:
    click.echo(f"{found.code}  {found.display}" + ("" if found.active else "  [inactive]"))
    for period in found.periods:
        known = "" if period["from_known"] else " or earlier"
        until = f" to {period['to']}" if period["to"] else ""
        click.echo(f"  {found.system}; from {period['from']}{known}{until}")
    for event in found.events:
        click.echo(f"  {_event(event)}")
    for each in found.successors:
        click.echo(f"  {each.type} {each.code}  {each.display or ''}{'' if each.active else '  [inactive]'}")
    for guess in found.suggestions:
        click.echo(f"  near ({guess.reason}): {guess.code}  {guess.display}")


def _event(event: Event) -> str:
    when = f"{event.date or '(no date)':<10}  {event.version or '–'}  {event.type}"
    name = f" {event.property}" if event.property else ""
    if event.type == "retitled":
        what = marked(readable(event.before), readable(event.after))
    elif event.before is None or event.after is None:
        what = _short(event.after if event.before is None else event.before)
    else:
        what = _turned(event.before, event.after)
    return f"{when}{name}" + (f": {what}" if what != "–" else "") + _by(event.source)
