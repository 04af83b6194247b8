"""A publisher's server, and a home folder that is synced from it."""

from __future__ import annotations

import ipaddress
import time
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest

from termservice.ingest import silent
from termservice.sync import configuration
from termservice.sync.configuration import Configuration
from termservice.sync.credentials import Secrets
from termservice.sync.delivering import Workplace
from termservice.sync.reporting import PassReport
from termservice.sync.running import one_pass
from termservice.sync.source import Tools
from termservice.sync.web import Manners, Web
from tests.test_termservice.test_sync.publishing import Publisher

FAST = '[http]\nretries = 2\nbackoff = 0\nallow_private = ["127.0.0.1"]\n'


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    found = Publisher()
    yield found
    found.close()


class Syncing:
    """A home folder, its configuration, and passes over it at a time of the test's choosing."""

    def __init__(self, toy: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        self.toy = toy
        self.home: Path = toy.home
        self.secrets = Secrets()
        self.ahead = 1e6
        """Seconds that the clock of the sync is ahead: what was written is settled."""
        self._monkeypatch = monkeypatch

    def set(self, name: str, value: str) -> None:
        self._monkeypatch.setenv(name, value)

    def read(self, text: str) -> Configuration:
        path = self.home.parent / "sync.toml"
        path.write_text(text if "[http]" in text else FAST + text, "utf-8")
        return configuration.read(path)

    def tools(self, manners: Manners) -> Tools:
        return Tools(Web(manners, self.secrets), self.secrets, lambda: time.time() + self.ahead)

    def run(self, text: str, *only: str, dry_run: bool = False, retry: bool = False) -> PassReport:
        found = self.read(text)
        place = Workplace(self.home, self.tools(found.manners), lambda: nullcontext(silent), dry_run, retry)
        return one_pass(place, found, only)

    def statuses(self, report: PassReport) -> list[tuple[str | None, str]]:
        return [(each.outcome.version, each.outcome.status) for each in report.releases()]


@pytest.fixture
def syncing(toy: Any, monkeypatch: pytest.MonkeyPatch) -> Syncing:
    return Syncing(toy, monkeypatch)


@pytest.fixture
def web() -> Web:
    """A client that may ask the publisher."""
    return Web(Manners(retries=2, backoff=0, allow_private=(ipaddress.ip_network("127.0.0.1"),)), Secrets())
