"""Commands as they are run from a shell, in the tests' own process."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from termservice.cli import main

Run = Callable[..., Result]


def run(home: Path, *arguments: object, expect: int = 0, **more: Any) -> Result:
    """A command on a home; whatever is wrong must not be an exception. `expect` is its exit code."""
    result = CliRunner().invoke(main, ["--home", str(home), *map(str, arguments)], **more)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    assert result.exit_code == expect, result.output
    return result
