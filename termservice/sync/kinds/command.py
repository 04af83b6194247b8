"""A command of the operator's own that puts files into a folder: for publishers with ways of their own."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from codesystems.files import file_digest
from termservice.sync.downloads import Fetched, Seen, Validators, folder_digest
from termservice.sync.problems import Failure
from termservice.sync.source import Offer, Source, Tools
from termservice.sync.tables import Table

VARIABLE = "TERMSERVICE_INCOMING"
"""Where the command is told which folder its files go to; it is also its working folder."""
KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "TZ")
LAST_WORDS = 500


@dataclass(frozen=True, slots=True)
class CommandSource(Source):
    kind = "command"

    command: tuple[str, ...]
    timeout: int
    variables: tuple[str, ...]
    """Environment variables that the command may see besides the usual ones."""

    @classmethod
    def read(cls, table: Table) -> Self:
        command = table.texts("command")
        if not command:
            raise table.wrong("command", "must be a list: the program and its arguments")
        return cls(command, table.duration("timeout", "1h"), table.texts("env"))

    def offers(self, tools: Tools) -> Sequence[Offer]:
        return [Offer("command", "delivery")]

    def fetch(self, offer: Offer, folder: Path, have: Validators, tools: Tools, seen: Seen) -> Fetched | None:
        """Run it; what it left is one delivery, and nothing is no news."""
        target = folder / offer.name
        shutil.rmtree(target, ignore_errors=True)
        target.mkdir(parents=True)
        self._run(target, folder / "output.log", tools)
        files = [path for path in target.rglob("*") if path.is_file()]
        if not files:
            return None
        digests = {path.relative_to(target).as_posix(): file_digest(path) for path in files}
        return Fetched(target, folder_digest(digests), Validators())

    def _run(self, target: Path, log: Path, tools: Tools) -> None:
        """Raises `Failure` with the command's last words."""
        environment = {name: os.environ[name] for name in KEPT if name in os.environ}
        environment |= {name: tools.secrets.get(name) for name in self.variables}
        environment[VARIABLE] = str(target)
        with log.open("wb") as output:
            try:
                process = subprocess.Popen(
                    self.command, cwd=target, env=environment, stdin=subprocess.DEVNULL, stdout=output,
                    stderr=subprocess.STDOUT, start_new_session=True,
                )  # fmt: skip
            except OSError as error:
                raise Failure(f"{self.command[0]} cannot be run ({error.strerror or error})") from error
            try:
                code = process.wait(self.timeout)
            except BaseException as error:
                os.killpg(process.pid, signal.SIGKILL)  # and what it started
                process.wait()
                if isinstance(error, subprocess.TimeoutExpired):
                    raise Failure(f"{self.command[0]} took longer than {self.timeout} s and was ended") from error
                raise
        if code:
            words = log.read_bytes()[-LAST_WORDS:].decode("utf-8", "replace").strip()
            raise Failure(f"{self.command[0]} ended with {code}: {tools.secrets.cleaned(words) or 'no words'}")


SOURCE = CommandSource
