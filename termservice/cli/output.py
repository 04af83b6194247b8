"""Printing: tables, reports and progress for people, JSON for programs."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click
import orjson

if TYPE_CHECKING:
    from termservice.ingest import Outcome, Progress

MARKS = {"refused": "✗", "unchanged": "=", "held": "…", "would-load": "?"}


def json_line(value: Any) -> None:
    click.echo(orjson.dumps(value, option=orjson.OPT_INDENT_2).decode())


def table(rows: Sequence[Sequence[object]], header: Sequence[str]) -> None:
    """Columns as wide as their widest cell."""
    texts = [list(header), *[["" if cell is None else str(cell) for cell in row] for row in rows]]
    widths = [max(len(row[column]) for row in texts) for column in range(len(header))]
    for row in texts:
        click.echo("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


@contextmanager
def progress_shown() -> Iterator[Progress]:
    """A progress bar where standard error is a terminal, a plain line a step where it is not."""
    if not sys.stderr.isatty():
        yield lambda text, done, total: click.echo(f"[{done}/{total}] {text}", err=True)
        return
    with click.progressbar(length=1000, file=sys.stderr, item_show_func=lambda text: text) as bar:

        def show(text: str, done: int, total: int) -> None:
            target = 1000 * done // max(total, 1)
            bar.update(max(0, target - bar.pos), text)

        yield show


def _size(found: Outcome) -> str:
    for count, what in ((found.elements, "elements"), (found.members, "members")):
        if count:
            return f"{count} {what}"
    return f"{found.concepts} codes, {found.facts} facts"


def outcome(found: Outcome, *, full: bool) -> None:
    """One release's report: what it is, what was done, what was noticed."""
    name = f"{found.system} {found.version or '(version unknown)'}" if found.system else found.path
    line = f"{MARKS.get(found.status, '✓')} {name}: {found.status}"
    if found.message:
        line += f": {found.message}"
    elif found.statements and not found.concepts:
        line += f" ({found.form}): {found.statements} statements about changes, {found.seconds} s"
    elif found.status != "unchanged":
        line += (
            f" ({found.form}, in force from {found.effective}): {_size(found)}, "
            f"{found.rows_added} rows added for {found.facts_changed} facts changed, {found.seconds} s"
        )
    click.echo(line)
    if found.status == "unchanged":
        return
    for other in found.other_forms:
        click.echo(f"    not read, the same release in another form: {other}")
    for path in found.unclaimed[: None if full else 20]:
        click.echo(f"    no part of any release: {path}")
    for note in found.notes:
        click.echo(f"    {note}")
    for warning in found.warnings:
        examples: Any = warning["examples"]
        click.echo(f"    warning {warning['kind']}: {warning['count']}")
        for example in examples[: None if full else 3]:
            click.echo(f"        {example}")
