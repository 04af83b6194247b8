"""valuesets: the value sets loaded, and their members."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from termservice import tabular
from termservice.answers import Listing, VersionInfo, When
from termservice.cli import output
from termservice.cli.asking import DATE, JSON, VERSION, opened
from termservice.valuesetanswers import MembersAnswer, ValueSetInfo


@click.command()
@click.argument("name", metavar="[ID]", required=False)
@VERSION
@DATE
@JSON
@click.pass_obj
def valuesets(home: Path, name: str | None, version: str | None, date: str | None, as_json: bool) -> None:
    """The value sets loaded; with ID, one of them and its members as they stand today, or as of a day.

    \b
    Examples:
      termservice valuesets
      termservice valuesets urval-icf-kva-nutrition-och-undernaring --date 2025-06-30
    """
    if name is None and (version or date):
        raise click.UsageError("--version and --date are of one value set: give its ID")
    with opened(home) as service, service.snapshot():
        if name is None:
            listed = service.valuesets.listing()
            _print(listed, as_json)
            return
        info, versions = service.valuesets.info(name), service.valuesets.versions(name)
        members = service.valuesets.members(name, When(version, date), limit=None)
    if as_json:
        output.json_line({"valueset": info, "members": members})
        return
    for line in _described(info, versions):
        click.echo(line)
    _print_members(members)


def _print(listed: Listing[ValueSetInfo], as_json: bool) -> None:
    if as_json:
        output.json_line(listed)
        return
    rows = [
        (each.id, each.version or "–", "rule" if each.compose else each.members, _systems(each), each.title)
        for each in listed.items
    ]
    output.table(rows, ("value set", "version", "members", "of", "title"))


def _described(found: ValueSetInfo, versions: Listing[VersionInfo]) -> Iterator[str]:
    yield f"{found.id}  {found.title}"
    yield f"  {found.publisher}; {found.url}" if found.publisher else f"  {found.url}"
    for alias in found.aliases:
        yield f"  also {alias}"
    for each in versions.items:
        force = "  in force" if each.current else ""
        yield f"  {each.version}  from {each.effective_date}  {each.concepts} members{force}"
    if found.compose:
        yield f"  a rule: {tabular.compact(found.compose)}"
    if found.copyright:
        yield f"  {found.copyright}"


def _print_members(found: MembersAnswer) -> None:
    versions = ", ".join(f"{system} {version or '(not loaded)'}" for system, version in found.systems.items())
    click.echo(f"{found.version} on {found.date}: {found.total} members" + (f"; {versions}" if versions else ""))
    rows: Sequence[Sequence[object]] = [
        (each.system, each.code, "" if each.status == "current" else each.status, each.display, each.comment)
        for each in found.items
    ]
    if rows:
        output.table(rows, ("system", "code", "", "display", "comment"))


def _systems(found: ValueSetInfo) -> str:
    return ", ".join(each.system for each in found.systems)
