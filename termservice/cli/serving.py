"""serve and demo."""

from __future__ import annotations

import os
import sys
import tempfile
import webbrowser
from importlib.resources import as_file, files
from pathlib import Path
from threading import Timer

import click
from granian import Granian
from granian.constants import Interfaces

from termservice import ingest
from termservice.cli import output
from termservice.store.database import FILE_NAME, Database

HOST = click.option("--host", default="127.0.0.1", show_default=True)
PORT = click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True)
WORKERS = click.option("--workers", type=click.IntRange(1, 64), default=2, show_default=True)
TARGET = "termservice.web.wsgi:create"
THREADS = 2
"""Of each worker: one waits for the disk while the other answers."""


@click.command()
@HOST
@PORT
@WORKERS
@click.pass_obj
def serve(home: Path, host: str, port: int, workers: int) -> None:
    """Serve REST API and pages. New releases show at once, without restart."""
    _serve(home, host, port, workers)


@click.command()
@HOST
@PORT
@WORKERS
@click.option("--no-browser", is_flag=True, help="Do not open the page.")
@click.pass_obj
def demo(home: Path, host: str, port: int, workers: int, no_browser: bool) -> None:
    """Load the sample releases that come with the program, serve them and open the page."""
    with as_file(files("codesystems") / "samples") as samples, output.progress_shown() as progress:
        paths = [release for system in sorted(samples.iterdir()) if system.is_dir()
                 for release in sorted(system.iterdir()) if release.is_dir()]  # fmt: skip
        result = ingest.load(home, paths, ingest.Options(), progress)
    for found in result.outcomes:
        click.echo(f"{found.system} {found.version}: {found.message or found.status}")
    if not no_browser and sys.stdout.isatty():
        Timer(1.5, webbrowser.open, (f"http://{host}:{port}/",)).start()
    _serve(home, host, port, workers)


def _serve(home: Path, host: str, port: int, workers: int) -> None:
    Database.create(home / FILE_NAME).close()  # an empty store serves too
    os.environ["TERMSERVICE_HOME"] = str(home.resolve())
    click.echo(f"http://{host}:{port}/  (API: /api/v1, documentation: /docs)", err=True)
    with tempfile.TemporaryDirectory(prefix="termservice-metrics-") as metrics:
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = metrics
        Granian(
            TARGET,
            factory=True,
            interface=Interfaces.WSGI,
            address=host,
            port=port,
            workers=workers,
            blocking_threads=THREADS,
        ).serve()
