"""serve and demo."""

from __future__ import annotations

import ipaddress
import os
import sys
import tempfile
import webbrowser
from dataclasses import replace
from importlib.resources import as_file, files
from pathlib import Path
from threading import Timer

import click
from granian import Granian
from granian.constants import Interfaces
from granian.http import HTTP1Settings

from termservice import config, ingest, logs
from termservice.cli import output
from termservice.config import Config
from termservice.store.database import FILE_NAME, Database

HOST = click.option("--host", help="Address to listen on.  [default: 127.0.0.1]")
PORT = click.option("--port", type=click.IntRange(1, 65535), help="[default: 8000]")
WORKERS = click.option("--workers", type=click.IntRange(1, 64), help="[default: 2]")
TARGET = "termservice.web.wsgi:create"
_LONGEST_HEAD = 128 * 1024
"""Bytes of a request's first line and headers."""


@click.command()
@click.option("--config", "path", type=click.Path(exists=True, dir_okay=False, path_type=Path),
              help="Settings of the server, a TOML file (docs/security.md).  [env: TERMSERVICE_CONFIG]")  # fmt: skip
@HOST
@PORT
@WORKERS
@click.option("--log-format", type=click.Choice(["text", "json"]), help="Log a line for each request, in this form.")
@click.pass_obj
def serve(
    home: Path, path: Path | None, host: str | None, port: int | None, workers: int | None, log_format: str | None
) -> None:
    """Serve REST API, FHIR and pages. New releases show at once, without restart.

    \b
    Examples:
      termservice serve
      termservice serve --config server.toml --log-format json
      TERMSERVICE_ACCESS_READ=keys termservice serve --host 0.0.0.0
    """
    if path is not None:
        os.environ[config.FILE_VARIABLE] = str(path.resolve())
    if log_format is not None:
        os.environ["TERMSERVICE_LOG_FORMAT"] = log_format
    _serve(home, config.read(), host, port, workers)


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
    _serve(home, settings, host, port, workers)


def _serve(home: Path, settings: Config, host: str | None, port: int | None, workers: int | None) -> None:
    """Serve until told to stop. The workers read the settings themselves; options go before them."""
    server = settings.server
    server = replace(server, host=host or server.host, port=port or server.port, workers=workers or server.workers)
    Database.create(home / FILE_NAME).close()  # an empty store serves too
    os.environ["TERMSERVICE_HOME"] = str(home.resolve())
    click.echo(f"http://{server.host}:{server.port}/  (API: /api/v1, documentation: /docs)", err=True)
    if not _loopback(server.host) and settings.access.read == "public":
        click.echo("open to everyone who reaches this address; see docs/security.md for keys and limits", err=True)
    with tempfile.TemporaryDirectory(prefix="termservice-metrics-") as metrics:
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = metrics
        Granian(
            TARGET,
            factory=True,
            interface=Interfaces.WSGI,
            address=server.host,
            port=server.port,
            workers=server.workers,
            blocking_threads=server.threads,
            workers_kill_timeout=server.stop_timeout,
            http1_settings=HTTP1Settings(
                header_read_timeout=server.header_timeout * 1000, max_buffer_size=_LONGEST_HEAD
            ),
            log_dictconfig=logs.settings(settings.log.format) if settings.log.format else None,
        ).serve()


def _loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
