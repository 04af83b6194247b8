"""serve: settings reach the server and its workers, and wrong ones are refused in a line."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from click.testing import CliRunner, Result

from termservice.cli import main, serving


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Any]]:
    """What the server was told, in place of serving. The environment is put back afterwards."""
    found: dict[str, Any] = {}

    class Server:
        def __init__(self, target: str, **settings: Any) -> None:
            found.update(settings, target=target, environment=dict(os.environ))

        def on_startup(self, hook: Callable[[], object]) -> None:
            found["on_startup"] = hook

        def serve(self) -> None:
            found["served"] = True

    monkeypatch.setattr(serving, "Granian", Server)
    monkeypatch.setattr(
        serving, "import_for_workers", lambda: found.update(metrics=os.environ["PROMETHEUS_MULTIPROC_DIR"])
    )
    with mock.patch.dict(os.environ):
        yield found


def serve(home: Path, *arguments: str, expect: int = 0) -> Result:
    result = CliRunner().invoke(main, ["--home", str(home), "serve", *arguments])
    assert result.exit_code == expect, result.output
    return result


def test_without_settings(given: dict[str, Any], tmp_path: Path) -> None:
    result = serve(tmp_path)
    assert given["served"] and given["metrics"]
    assert (given["address"], given["port"], given["workers"], given["blocking_threads"]) == ("127.0.0.1", 8000, 2, 2)
    assert given["http1_settings"].header_read_timeout == 30_000
    assert given["log_dictconfig"] is None
    assert "open to everyone" not in result.stderr


def test_options_go_before_the_file_and_the_file_reaches_the_workers(given: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / "server.toml"
    path.write_text('[server]\nport = 81\nworkers = 3\nhost = "0.0.0.0"\nstop_timeout = "5s"\n', "utf-8")
    result = serve(tmp_path, "--config", str(path), "--port", "82", "--log-format", "json")
    assert (given["port"], given["workers"], given["address"], given["workers_kill_timeout"]) == (82, 3, "0.0.0.0", 5)
    assert given["environment"]["TERMSERVICE_CONFIG"] == str(path)
    assert given["environment"]["TERMSERVICE_LOG_FORMAT"] == "json"
    assert "JsonLines" in given["log_dictconfig"]["formatters"]["lines"]["()"]
    assert "open to everyone who reaches this address" in result.stderr


def test_a_misspelt_setting_is_refused(given: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / "server.toml"
    path.write_text('[access]\nraed = "keys"\n', "utf-8")
    result = serve(tmp_path, "--config", str(path), expect=2)
    assert "[access] has no setting 'raed'; did you mean read?" in result.stderr
    assert "served" not in given
