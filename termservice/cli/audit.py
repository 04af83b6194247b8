"""audit: what was done to the store, by whom."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from termservice import audit as log
from termservice.cli import output


@click.command()
@click.option("--limit", type=click.IntRange(1, 1_000_000), default=100, show_default=True, help="How many at most.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def audit(home: Path, limit: int, as_json: bool) -> None:
    """Who loaded, activated, rolled back, removed or let in what, and when; newest first.

    \b
    Example:
      termservice audit --limit 20
    """
    found = [asdict(entry) for entry in log.entries(home, limit)]
    if as_json:
        output.json_line(found)
        return
    header = ("at", "actor", "action", "revision", "detail")
    output.table([[row[name] for name in header] for row in found], header)
