"""The page that describes the command line, made from the help texts:

python -m termservice.cli.document > docs/cli.md
"""

from __future__ import annotations

from collections.abc import Iterator

import click

from termservice.cli import main

WIDTH = 100
INTRODUCTION = """\
# Command line

Every command and option, as `--help` shows it. `--home DIR` (or `TERMSERVICE_HOME`) says where the data is and comes
before the command. Exit codes: 0 done (also with warnings, or nothing to do), 1 something needs a person
(`check-list`, `verify`) or there is no match (`translate`), 2 refused, with one line on standard error that says why.

This page is made by `python -m termservice.cli.document > docs/cli.md`.
"""


def document() -> str:
    """The whole page, as Markdown."""
    return "\n".join([INTRODUCTION, *_sections(main, None)])


def _sections(command: click.Command, parent: click.Context | None) -> Iterator[str]:
    name = command.name if parent else "termservice"
    context = command.make_context(name, [], parent=parent, resilient_parsing=True, terminal_width=WIDTH)
    command = context.command  # itself, where what was given stood for it
    yield f"## {context.command_path}\n\n```\n{context.get_help()}\n```\n"
    if isinstance(command, click.Group):
        for each in command.list_commands(context):
            found = command.get_command(context, each)
            if found is not None and not found.hidden:
                yield from _sections(found, context)


if __name__ == "__main__":
    click.echo(document(), nl=False)
