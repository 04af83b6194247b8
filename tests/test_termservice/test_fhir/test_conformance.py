"""The general cases of HL7's suite for terminology servers, against a server in a thread, in both FHIR versions.

The cases and their runner are not part of this project: they are read where `TERMSERVICE_SHARED` has them.
"""

from __future__ import annotations

import importlib.util
import threading
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from werkzeug.serving import WSGIRequestHandler, make_server

from termservice.service import TerminologyService
from termservice.web.app import create_app

LEAST = 370
"""General cases there are at least, so that an empty folder does not pass."""


class _Silent(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:
        pass


@pytest.fixture(scope="module")
def runner(shared: Path) -> ModuleType:
    pytest.importorskip("requests")
    script = shared / "conformance" / "tx_suite.py"
    if not script.is_file():
        pytest.skip(f"the conformance suite is not at {script}")
    spec = importlib.util.spec_from_file_location("tx_suite", script)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server in which nothing was ever loaded."""
    app = create_app(TerminologyService(tmp_path_factory.mktemp("empty")))
    made = make_server("127.0.0.1", 0, app, request_handler=_Silent)
    thread = threading.Thread(target=made.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{made.server_port}"
    made.shutdown()
    thread.join()
    made.server_close()


@pytest.mark.live
@pytest.mark.parametrize("version", ["R5", "R4"])
def test_the_suite_passes(runner: ModuleType, shared: Path, server: str, version: str) -> None:
    suite = runner.Suite(
        Namespace(
            base=f"{server}/fhir/{version.lower()}", tests=str(shared / "conformance" / "tests"), version=version,
            mode=["general"], suite=[], filter=None, externals=None, strict=False, no_cache_control=False, header=[],
            timeout=60.0, dump=None,
        )
    )  # fmt: skip
    suite.connect()
    results = [suite.run(each, test) for each, tests in suite.select() for test in tests]
    suite.session().close()
    failures = [f"{each['suite']}/{each['test']}: {each['message']}" for each in results if not each["passed"]]
    assert len(results) >= LEAST
    assert failures == []
