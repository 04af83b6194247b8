"""What a check of a value set's members found: text for a glance, CSV, or JSON lines."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable, Mapping
from typing import IO, Any

from termservice import tabular
from termservice.valuesetanswers import MemberAnswer, MembersAnswer

COLUMNS = ("system", "version", "code", "display", "status", "needs_person", "successors", "comment")


def heading(found: MembersAnswer) -> str:
    """What was checked and how it came out, in a line."""
    versions = ", ".join(f"{system} {version or '(not loaded)'}" for system, version in found.systems.items())
    numbers = ", ".join(f"{count} {name}" for name, count in counts(found).items())
    return f"{found.valueset} {found.version} on {found.date} ({versions}): {numbers}"


def counts(found: MembersAnswer) -> dict[str, int]:
    """Members, how many stand in each way, and how many need a person."""
    statuses = Counter(each.status for each in found.items)
    need = sum(each.needs_person for each in found.items)
    return {"members": len(found.items), **dict(sorted(statuses.items())), "needs a person": need}


def text(stream: IO[Any], found: MembersAnswer) -> None:
    """The counts, and each member that needs a person."""
    stream.write(f"{heading(found)}\n")
    for each in found.items:
        if each.needs_person:
            stream.write(f"  {each.system}  {_named(each.code, each.display)}: {each.status}{_followed(each)}\n")


def table(stream: IO[Any], found: MembersAnswer) -> None:
    """CSV with a row for each member; nothing that runs as a formula. Successors are codes with semicolons between."""
    writer = csv.writer(stream)
    writer.writerow(COLUMNS)
    for each in found.items:
        successors = "; ".join(successor.code for successor in each.successors)
        version = found.systems.get(each.system)
        row = (each.system, version, each.code, each.display, each.status, each.needs_person, successors, each.comment)
        writer.writerow([tabular.safe(value) for value in row])


def lines(stream: IO[Any], found: MembersAnswer) -> None:
    """One object a line for each member, and one with the summary at the end."""
    for each in found.items:
        stream.write(tabular.compact(each) + "\n")
    about = {"valueset": found.valueset, "version": found.version, "date": found.date, "revision": found.revision}
    summary = {**about, "systems": found.systems, **counts(found)}
    stream.write(tabular.compact({"summary": summary}) + "\n")


FORMATS: Mapping[str, Callable[[IO[Any], MembersAnswer], None]] = {"text": text, "csv": table, "json": lines}


def _named(code: str, display: str | None) -> str:
    return f"{code} {display}" if display else code


def _followed(member: MemberAnswer) -> str:
    named = [f"{each.type} {_named(each.code, each.display)}" for each in member.successors]
    return f"; {', '.join(named)}" if named else ""
