"""The command line: one command per step of a release's life and per question people ask.

Commands only parse, call `TerminologyService` or the operations on the store, and print.
"""

from __future__ import annotations

import sys
from pathlib import Path

import click

from codesystems.report import ReleaseError
from termservice import __version__
from termservice.cli.commands import COMMANDS
from termservice.errors import TermserviceError

REFUSED = 2


class Commands(click.Group):
    """Turns what can go wrong into one line and exit code 2; bugs keep their traceback."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except (TermserviceError, ReleaseError) as error:
            click.echo(f"termservice: {error}", err=True)
            ctx.exit(REFUSED)
        except BrokenPipeError:  # the reader of a pipe has gone
            sys.stderr.close()
            ctx.exit(0)
        except OSError as error:  # no permission, no space, no such folder
            click.echo(f"termservice: {error}", err=True)
            ctx.exit(REFUSED)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option(
    "--home", type=click.Path(file_okay=False, path_type=Path), default=Path("var"), envvar="TERMSERVICE_HOME",
    show_default=True, show_envvar=True, help="Folder of the store, the indexes and the kept originals.",
)  # fmt: skip
@click.version_option(__version__, "-V", "--version", prog_name="termservice")
@click.pass_context
def main(ctx: click.Context, home: Path) -> None:
    """Terminology and classification service: every release of every code system, look-up, search, versions.

    \b
    Examples:
      termservice load releases/icd-10-se-2026
      termservice lookup icd-10-se I219 --date 2019-06-01
      termservice search "akut hjärtinf"
      termservice diff icd-10-se 2025 2026
      termservice translate icd-10 I21.9 --to icd-11
      termservice serve
    """
    ctx.obj = home


for command in COMMANDS:
    main.add_command(command)
