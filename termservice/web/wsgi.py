"""What a WSGI server loads: a factory, called in each worker after the fork.

    TERMSERVICE_HOME=var granian --interface wsgi --factory --workers 2 termservice.web.wsgi:create

or, embedded:

    from granian import Granian
    Granian("termservice.web.wsgi:create", factory=True, interface="wsgi", address=host, port=port,
            workers=workers, blocking_threads=2).serve()

Set TERMSERVICE_HOME (default `./var`) in the environment before the workers start, and
PROMETHEUS_MULTIPROC_DIR to an empty folder, so that any worker's /metrics speaks for all of them. The service
is opened here, thus once per worker and never shared through a fork. Settings are those of `termservice.config`: of the
file TERMSERVICE_CONFIG names, and of the environment.
"""

from __future__ import annotations

import logging
import os
from pathlib import Path

from flask import Flask

from codesystems.loader import loaders
from termservice import config, logs
from termservice.errors import TermserviceError
from termservice.service import TerminologyService
from termservice.web.app import create_app


def prepare() -> None:
    """What a worker needs whatever it serves, for the process that workers are forked from: `create` does the same."""
    loaders()  # imported before the first look-up, not during it


def create() -> Flask:
    prepare()
    settings = config.read()
    logs.configure(settings.log.format)
    service = TerminologyService(Path(os.environ.get("TERMSERVICE_HOME", "var")))
    try:
        service.health()  # opens the indexes before the first request, not during it
    except TermserviceError as error:
        logging.getLogger(__name__).warning("%s", error)
    return create_app(service, settings=settings)
