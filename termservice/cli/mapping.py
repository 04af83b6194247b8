"""translate and maps: what a code is called in other code systems, and the maps that say so."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import get_args

import click

from termservice.answers import Listing, Successor, VersionInfo, When
from termservice.cli import output
from termservice.cli.asking import DATE, JSON, VERSION, opened
from termservice.mapanswers import Coverage, Hop, MapInfo, Match, TranslateAnswer, Unmapped
from termservice.maprules import Age, Context, Need, Sex, parse_age
from termservice.translating import Question

NO_MATCH = 1


def _age(ctx: click.Context, param: click.Parameter, value: str | None) -> Age | None:
    try:
        return None if value is None else parse_age(value)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


@click.command()
@click.argument("system")
@click.argument("code")
@click.option("--to", "target", metavar="SYSTEM", help="Into this code system; without it, into all.")
@click.option("--to-version", "target_version", metavar="V", help="Targets as they stand in this version of it.")
@VERSION
@DATE
@click.option("--map", "only", metavar="ID", help="Use only this map.")
@click.option("--age", callback=_age, metavar="AGE", help="The person's age, for rules that ask: 34, '10 days', P3M.")
@click.option("--sex", type=click.Choice(get_args(Sex)), help="The person's sex, for rules that ask.")
@click.option("--code", "codes", multiple=True, metavar="CODE", help="Another code of the person (repeatable).")
@click.option("--no-other-codes", is_flag=True, help="There are no other codes than those given.")
@JSON
@click.pass_context
def translate(
    ctx: click.Context, system: str, code: str, target: str | None, target_version: str | None, version: str | None,
    date: str | None, only: str | None, age: Age | None, sex: Sex | None, codes: tuple[str, ...], no_other_codes: bool,
    as_json: bool,
) -> None:  # fmt: skip
    """What a code is called in another code system: by a map, over several, or by one read backwards.

    Exit code 1 where there is no match. Codes given with --code are taken to be all there are.

    \b
    Examples:
      termservice translate icd-10 I21.9 --to icd-11
      termservice translate snomed-ct 74400008 --to icd-10 --age '34 years' --sex female --no-other-codes
    """
    context = Context(age, sex, frozenset(codes) if codes or no_other_codes else None)
    asked = Question(system, code, When(version, date), target, target_version, only, context)
    with opened(ctx.obj) as service:
        found = service.maps.translate(asked)
    if as_json:
        output.json_line(found)
    else:
        for line in _translation(found):
            click.echo(line)
    if not found.result:
        ctx.exit(NO_MATCH)


@click.command()
@click.argument("name", metavar="[ID]", required=False)
@JSON
@click.pass_obj
def maps(home: Path, name: str | None, as_json: bool) -> None:
    """The maps loaded and how far they reach; with ID, all about one of them.

    \b
    Examples:
      termservice maps
      termservice maps icd-10-to-icd-11
    """
    with opened(home) as service, service.snapshot():
        listed = service.maps.maps() if name is None else None
        found = service.maps.map(name) if name is not None else None
        versions = service.maps.versions(name) if name is not None else None
    if as_json:
        output.json_line(listed or found)
    elif listed is not None:
        _print_maps(listed.items)
    elif found is not None and versions is not None:
        for line in _map(found, versions):
            click.echo(line)


def _translation(found: TranslateAnswer) -> Iterator[str]:
    yield _named(found.code, found.display) + ("  [inactive]" if found.active is False else "")
    yield f"  {found.system} {found.version or '(not loaded)'}"
    yield from _followed(found.successors)
    for match in found.matches:
        yield from _match(match)
    for none in found.unmapped:
        yield from _unmapped(none)
    if found.message:
        yield found.message


def _match(match: Match) -> Iterator[str]:
    marks = [match.status] if match.status not in ("current", "not-loaded") else []
    marks += ["depends"] if match.outcome == "depends" else []
    flags = f"  [{', '.join(marks)}]" if marks else ""
    yield f"→ {match.system}  {_named(match.code, match.display)}{flags}"
    group = f", group {match.group}" if match.group > 1 else ""
    yield f"    {match.relationship}{group}  ({_source(match.map, match.map_version, match.reversed)})"
    yield from _via(match.via)
    yield from _followed(match.successors, "    ")
    yield from _told(("rule", match.rule), ("advice", match.advice), ("comment", match.comment))
    yield from _needed(match.needs)


def _unmapped(none: Unmapped) -> Iterator[str]:
    flag = "  [depends]" if none.outcome == "depends" else ""
    yield f"✗ {none.target_system}  no target: {none.reason}{flag}  ({_source(none.map, none.map_version)})"
    yield from _via(none.via)
    yield from _told(("rule", none.rule))
    yield from _needed(none.needs)


def _via(hops: Sequence[Hop]) -> Iterator[str]:
    for hop in hops:
        step = f"{hop.system} {hop.code} → {hop.target_system} {hop.target_code or '–'}"
        yield f"    via {step}  {hop.relationship}  ({_source(hop.map, hop.map_version, hop.reversed)})"


def _followed(successors: Sequence[Successor], indent: str = "  ") -> Iterator[str]:
    for each in successors:
        flag = "" if each.active else "  [inactive]"
        yield f"{indent}{each.type} {_named(each.code, each.display)}{flag}"


def _needed(needs: Sequence[Need]) -> Iterator[str]:
    for need in needs:
        yield f"    depends on {need.kind}: {need.text}"


def _told(*said: tuple[str, str]) -> Iterator[str]:
    for name, text in said:
        if text:
            yield f"    {name}: {' '.join(text.split())}"


def _named(code: str, display: str | None) -> str:
    return f"{code}  {display}" if display else code


def _source(name: str, version: str, reversed: bool = False) -> str:
    return f"{name} {version}" + (", read backwards" if reversed else "")


def _print_maps(items: Sequence[MapInfo]) -> None:
    rows = [
        (
            each.id, each.version or "–", each.source, each.target, covered.elements if covered else "–",
            _share(covered.source_concepts_mapped, covered.source_concepts) if covered else "–",
            _share(covered.targets_current, covered.target_codes) if covered else "–",
        )
        for each in items
        for covered in (each.coverage,)
    ]  # fmt: skip
    output.table(rows, ("map", "version", "from", "to", "rows", "mapped", "targets in force"))


def _map(found: MapInfo, versions: Listing[VersionInfo]) -> Iterator[str]:
    yield f"{found.id}  {found.title}"
    yield f"  {found.publisher}; {found.url}"
    for alias in found.aliases:
        yield f"  also {alias}"
    made_for = [f"{end} {version}" for end, version in _ends(found) if version]
    yield f"  from {found.source} to {found.target}" + (f"; made for {', '.join(made_for)}" if made_for else "")
    for each in versions.items:
        force = "  in force" if each.current else ""
        yield f"  {each.version}  from {each.effective_date}  {each.concepts} rows{force}"
    if found.coverage is not None:
        yield from _coverage(found.coverage)
    if found.copyright:
        yield f"  {found.copyright}"


def _ends(found: MapInfo) -> tuple[tuple[str, str], tuple[str, str]]:
    return (found.source, found.source_version), (found.target, found.target_version)


def _coverage(covered: Coverage) -> Iterator[str]:
    yield f"  {covered.source_codes} source codes: {covered.mapped} with a target, {covered.unmapped} without"
    if covered.source_concepts is not None:
        reached = _share(covered.source_concepts_mapped, covered.source_concepts)
        yield f"  of {covered.source_concepts} active concepts of the source: {reached} mapped"
    known = covered.targets_current is not None
    held = f": {covered.targets_current} in force, {covered.targets_gone} not" if known else ""
    yield f"  {covered.target_codes} targets{held}"
    for relationship, count in covered.relationships.items():
        yield f"  {relationship}: {count}"


def _share(some: int | None, whole: int | None) -> str:
    """A part as a number and a share, 100 % only where it is the whole; a dash where the code system is not loaded."""
    if some is None or whole is None:
        return "–"
    return f"{some} ({100 * some // whole}%)" if whole else str(some)
