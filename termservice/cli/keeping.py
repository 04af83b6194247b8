"""Keeping the store: what is in it, activate, roll back, remove, index, verify, back up."""

from __future__ import annotations

from pathlib import Path

import click

from termservice import audit, disagreement, lifecycle
from termservice import backup as backups
from termservice import verify as verification
from termservice.audit import operator
from termservice.cli import output
from termservice.store import catalog
from termservice.store import maps as store_maps
from termservice.store import valuesets as store_valuesets
from termservice.store.database import FILE_NAME, Database, revision

SYSTEM = click.argument("system")
VERSION = click.argument("version", required=False)
JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@click.command()
@click.option("--system", metavar="ID", help="Only this code system.")
@JSON
@click.pass_obj
def releases(home: Path, system: str | None, as_json: bool) -> None:
    """Every release received: active, held, rolled back or replaced."""
    rows = lifecycle.releases(home, system)
    header = ("system", "version", "effective", "status", "form", "received", "partial")
    shown = [[getattr(row, name) for name in header] for row in rows]
    if as_json:
        output.json_line([dict(zip(header, row, strict=True)) for row in shown])
    else:
        output.table(shown, header)


@click.command()
@JSON
@click.pass_obj
def status(home: Path, as_json: bool) -> None:
    """Health, counts, the indexes' state and what was done last."""
    database = Database(home / FILE_NAME)
    with database.read() as connection:
        systems = [
            {
                "system": system.short, "versions": len(system.versions),
                "latest": system.versions[-1].version if system.versions else None,
                "concepts": system.versions[-1].concepts if system.versions else 0,
            }
            for system in catalog.systems(connection)
        ]  # fmt: skip
        maps = [
            {
                "map": found.short, "source": found.source, "target": found.target,
                "versions": len(found.line.versions),
                "latest": found.line.versions[-1].version if found.line.versions else None,
                "elements": found.line.versions[-1].concepts if found.line.versions else 0,
            }
            for found in store_maps.maps(connection)
        ]  # fmt: skip
        valuesets = [
            {
                "valueset": found.short, "versions": len(found.versions),
                "latest": found.versions[-1].version if found.versions else None,
                "members": found.versions[-1].concepts if found.versions else 0,
            }
            for found in store_valuesets.valuesets(connection)
        ]  # fmt: skip
        files = {name: (home / path).is_dir() for name, kind, _, path in catalog.artefacts(connection)}
        report = {
            "home": str(home.resolve()), "revision": revision(connection),
            "store_bytes": (home / FILE_NAME).stat().st_size,
            "systems": [{**row, "index": "ok" if files.get(str(row["system"])) else "missing"} for row in systems],
            "maps": maps,
            "valuesets": valuesets,
            "log": [" ".join(map(str, row)) for row in catalog.audits(connection, 10)],
        }  # fmt: skip
    database.close()
    if as_json:
        output.json_line(report)
        return
    click.echo(f"{report['home']}: revision {report['revision']}, store {report['store_bytes']} bytes")
    header = ("system", "versions", "latest", "concepts", "index")
    output.table([[row.get(name) for name in header] for row in report["systems"]], header)  # type: ignore[attr-defined]
    if maps:
        columns = ("map", "source", "target", "versions", "latest", "elements")
        output.table([[row.get(name) for name in columns] for row in maps], columns)
    if valuesets:
        listed = ("valueset", "versions", "latest", "members")
        output.table([[row.get(name) for name in listed] for row in valuesets], listed)
    for line in report["log"]:  # type: ignore[attr-defined]
        click.echo(line)


@click.command()
@SYSTEM
@VERSION
@click.pass_obj
def activate(home: Path, system: str, version: str | None) -> None:
    """Put a held or rolled-back release of SYSTEM in use."""
    with output.progress_shown() as progress:
        row = lifecycle.activate(home, system, version, operator(), progress)
    click.echo(f"{row.system} {row.version} is active, in force from {row.effective}")


@click.command()
@SYSTEM
@VERSION
@click.pass_obj
def rollback(home: Path, system: str, version: str | None) -> None:
    """Take VERSION of SYSTEM (by default its latest) out of use; it is kept and can be activated again."""
    with output.progress_shown() as progress:
        row = lifecycle.rollback(home, system, version, operator(), progress)
    click.echo(f"{row.system} {row.version} is rolled back")


@click.command()
@SYSTEM
@click.argument("version")
@click.confirmation_option(prompt="Remove this version and its originals for good?")
@click.pass_obj
def remove(home: Path, system: str, version: str) -> None:
    """Forget VERSION of SYSTEM altogether, originals included."""
    with output.progress_shown() as progress:
        row = lifecycle.remove(home, system, version, operator(), progress)
    click.echo(f"{row.system} {row.version} is removed")


@click.command()
@click.argument("system", required=False)
@click.pass_obj
def reindex(home: Path, system: str | None) -> None:
    """Build search indexes anew, beside the ones in use."""
    with output.progress_shown() as progress:
        number = lifecycle.reindex(home, system, progress)
    audit.note(home, "indexed", system or "all")
    click.echo(f"indexed; revision {number}")


@click.command()
@click.pass_obj
def rebuild(home: Path) -> None:
    """Make the store anew from the kept originals (after an upgrade that changes its schema)."""
    with output.progress_shown() as progress:
        count = lifecycle.rebuild(home, operator(), progress)
    click.echo(f"rebuilt from {count} releases")


@click.command()
@click.option("--quick", is_flag=True, help="Do not read every release again.")
@click.pass_obj
def verify(home: Path, quick: bool) -> None:
    """Check store, indexes and originals against each other. Exit code 1 where something is wrong.

    Also lists where publishers' statements about changes and their releases do not agree, which is no fault of the
    store's.
    """
    with output.progress_shown() as progress:
        problems = verification.verify(home, quick=quick, progress=progress)
    for problem in problems:
        click.echo(problem)
    if problems:
        raise SystemExit(1)
    if not quick:
        for line in disagreement.disagreements(home):
            click.echo(f"the publisher disagrees with itself: {line}")
    click.echo("all is well")


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.pass_obj
def backup(home: Path, file: Path) -> None:
    """Write store, originals and API keys into FILE (a zip), while the service runs."""
    size = backups.backup(home, file)
    click.echo(f"{file}: {size} bytes")


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.pass_obj
def restore(home: Path, file: Path) -> None:
    """Put a backup FILE into an empty home folder."""
    with output.progress_shown() as progress:
        number = backups.restore(home, file, progress)
    click.echo(f"restored to {home}; revision {number}")
