"""keys: who may ask a service that is not open to all, and who may administer it."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from termservice import audit, timeline
from termservice import keys as keyring
from termservice.cli import output
from termservice.keys import Key, Scope


@click.group()
def keys() -> None:
    """API keys: add, list, revoke. A running server takes changes up within a second.

    \b
    Examples:
      termservice keys add "EHR, Region Väst" --expires 2027-12-31
      termservice keys add operations --scope admin
      termservice keys list
      termservice keys revoke operations
    """


@keys.command()
@click.argument("name")
@click.option(
    "--scope",
    type=click.Choice(["read", "admin"]),
    default="read",
    show_default=True,
    help="admin may also read, and activate, roll back and index over REST.",
)
@click.option("--expires", type=click.DateTime(["%Y-%m-%d"]), help="The last day on which it is good.")
@click.pass_obj  # fmt: skip
def add(home: Path, name: str, scope: Scope, expires: datetime | None) -> None:
    """Make a key for NAME and print it. It is not kept and cannot be shown again."""
    secret, made = keyring.add(home, name, scope, expires.date() if expires else None)
    audit.note(home, "key added", _told(made))
    until = f", good through {made.expires}" if made.expires else ""
    click.echo(f"key {made.id} for {made.name}, scope {made.scope}{until}; it is shown only this once:", err=True)
    click.echo(secret)


@keys.command(name="list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def list_(home: Path, as_json: bool) -> None:
    """Every key ever made: whose, since when, and whether it is good."""
    rows = [_shown(key) for key in keyring.listed(home)]
    if as_json:
        output.json_line(rows)
    else:
        header = ("id", "name", "scope", "created", "expires", "revoked", "good")
        output.table([["no" if row[each] is False else "yes" if row[each] is True else row[each] for each in header]
                      for row in rows], header)  # fmt: skip


@keys.command()
@click.argument("key", metavar="ID|NAME")
@click.pass_obj
def revoke(home: Path, key: str) -> None:
    """Take a key out of use for good."""
    gone = keyring.revoke(home, key)
    audit.note(home, "key revoked", _told(gone))
    click.echo(f"key {gone.id} of {gone.name} is revoked")


def _shown(key: Key) -> dict[str, Any]:
    """What may be seen of a key: not its digest."""
    row = asdict(key) | {"good": key.good(timeline.today())}
    del row["digest"]
    return row


def _told(key: Key) -> str:
    return f"{key.id} {key.name} ({key.scope})"
