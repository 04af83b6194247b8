"""demo."""

from __future__ import annotations

import sys
import webbrowser
from importlib.resources import as_file, files
from pathlib import Path
from threading import Timer

import click

from termservice import config, ingest
from termservice.cli import output
from termservice.cli.serving import HOST, PORT, WORKERS, serve_home


@click.command()
@HOST
@PORT
@WORKERS
@click.option("--no-browser", is_flag=True, help="Do not open the page.")
@click.pass_obj
def demo(home: Path, host: str | None, port: int | None, workers: int | None, no_browser: bool) -> None:
    """Load the sample releases that come with the program, serve them and open the page."""
    settings = config.read()
    with as_file(files("codesystems") / "samples") as samples, output.progress_shown() as progress:
        paths = [release for system in sorted(samples.iterdir()) if system.is_dir()
                 for release in sorted(system.iterdir()) if release.is_dir()]  # fmt: skip
        result = ingest.load(home, paths, ingest.Options(), progress)
    for found in result.outcomes:
        click.echo(f"{found.system} {found.version}: {found.message or found.status}")
    if not no_browser and sys.stdout.isatty():
        address = f"http://{host or settings.server.host}:{port or settings.server.port}/"
        Timer(1.5, webbrowser.open, (address,)).start()
    serve_home(home, settings, host, port, workers)
