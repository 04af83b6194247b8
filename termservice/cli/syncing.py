"""sync: new releases from the configured sources, once or for ever."""

from __future__ import annotations

import logging
import sys
import time
from contextlib import nullcontext
from pathlib import Path

import click

from termservice.cli import output
from termservice.ingest import silent
from termservice.sync import configuration, reporting, units
from termservice.sync.credentials import Cleaning, Secrets
from termservice.sync.delivering import Workplace
from termservice.sync.problems import Busy, ConfigurationError
from termservice.sync.running import keep_going, one_pass, stoppable
from termservice.sync.source import Tools
from termservice.sync.web import Web

NEEDS_PERSON = 1
STOPPED = 143
"""What a shell says of a program that SIGTERM ended."""
FILE_NAME = "sync.toml"


class Duration(click.ParamType[int]):
    """90s, 30m, 1h, 2d."""

    name = "duration"

    def convert(self, value: str | int, param: click.Parameter | None, ctx: click.Context | None) -> int:
        try:
            return value if isinstance(value, int) else units.seconds(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)


@click.command()
@click.option(
    "--config",
    type=click.Path(dir_okay=False, path_type=Path),
    envvar="TERMSERVICE_SYNC",
    show_envvar=True,
    help="The configuration file; by itself sync.toml in the home folder.",
)
@click.option("--once", is_flag=True, help="One pass, which is also what is done without --every.")
@click.option("--every", type=Duration(), metavar="TIME", help="A pass every so often (30m, 1h), until it is stopped.")
@click.option("--source", "only", multiple=True, metavar="NAME", help="Only this source (repeatable).")
@click.option("--dry-run", is_flag=True, help="Fetch, read and judge; load nothing and remember nothing.")
@click.option("--retry", is_flag=True, help="Look again at what was refused.")
@click.option("--check", is_flag=True, help="Only read the configuration and say whether it is right.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
@click.option("--quiet", "-q", is_flag=True, help="Log only what needs a person.")
@click.pass_obj
def sync(
    home: Path, config: Path | None, once: bool, every: int | None, only: tuple[str, ...], dry_run: bool, retry: bool,
    check: bool, as_json: bool, quiet: bool,
) -> None:  # fmt: skip
    """Load new releases from the sources in the configuration file.

    What is new is fetched beside the store, read, judged and loaded, each release whole or not at all. What looks
    wrong is held until a person says 'activate'. Exit code 0 when all is loaded or nothing is new, 1 when something
    needs a person, 2 when the configuration is wrong.

    \b
    Examples:
      termservice sync --check
      termservice sync --dry-run --source kva
      termservice sync --every 1h
    """
    if once and every is not None:
        raise click.UsageError("--once and --every exclude each other")
    path = config or home / FILE_NAME
    secrets = Secrets()
    read = configuration.read(path)
    if check:
        for each in read.sources:
            click.echo(f"{each.name}: {each.source.kind}")
        return
    _log(secrets, quiet)

    def work() -> bool:
        nonlocal read
        if every is not None:
            read = _read_again(path, read)
        tools = Tools(Web(read.manners, secrets), secrets, time.time)
        shown = (lambda: nullcontext(silent)) if quiet else output.progress_shown
        report = one_pass(Workplace(home, tools, shown, dry_run, retry), read, only)
        if as_json:
            output.json_line(report.as_dict())
        elif every is None or report.news:
            click.echo(reporting.text(report), nl=False)
        return report.needs_person

    try:
        with stoppable():
            if every is not None:
                keep_going(every, work)
            needs_person = work()
    except Busy as busy:
        click.echo(f"termservice: {busy}", err=True)
        raise SystemExit(NEEDS_PERSON) from busy
    except KeyboardInterrupt:
        click.echo("termservice: stopped; what was begun is taken up by the next pass", err=True)
        raise SystemExit(0 if every is not None else STOPPED) from None
    raise SystemExit(NEEDS_PERSON if needs_person else 0)


def _read_again(path: Path, before: configuration.Configuration) -> configuration.Configuration:
    """The configuration as it is now; while it is wrong, as it was."""
    try:
        return configuration.read(path)
    except ConfigurationError as error:
        logging.getLogger("termservice.sync").error("going on with the configuration as it was: %s", error)
        return before


def _log(secrets: Secrets, quiet: bool) -> None:
    """Log to standard error, without secrets."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Cleaning(secrets, "%(asctime)s %(levelname)s %(message)s"))
    log = logging.getLogger("termservice")
    log.handlers = [handler]
    log.setLevel(logging.WARNING if quiet else logging.INFO)
