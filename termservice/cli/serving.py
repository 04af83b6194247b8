"""serve."""

from __future__ import annotations

import gc
import ipaddress
import multiprocessing
import os
import tempfile
from dataclasses import replace
from pathlib import Path

import click
from granian import Granian
from granian.constants import Interfaces
from granian.http import HTTP1Settings

from termservice import config, logs
from termservice.cli.stopping import stop_for_sure
from termservice.collecting import paused
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
    serve_home(home, config.read(), host, port, workers)


def serve_home(home: Path, settings: Config, host: str | None, port: int | None, workers: int | None) -> None:
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
        import_for_workers()
        serving = Granian(
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
        )
        serving.on_startup(stop_for_sure)
        serving.serve()


def import_for_workers() -> None:
    """Import what serves, once for all workers, where they are forked from this process and share what it holds.

    Looking for garbage writes to what it looks at, so that it is no longer shared: what is imported is kept from that.
    """
    if multiprocessing.get_start_method() != "fork":  # each imports for itself
        return
    with paused():
        from termservice.web import wsgi  # after the metrics' folder is known, which their library asks for at import

        wsgi.prepare()
        gc.freeze()


def _loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
