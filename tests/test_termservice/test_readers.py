"""Readers while another process loads: every answer is of one revision, whole."""

from __future__ import annotations

import subprocess
import sys
import threading
from typing import Any

import pytest

from index.engine import SearchRequest
from termservice.answers import When
from termservice.errors import StoreError
from termservice.service import TerminologyService

ROUNDS = 8
LOADER = """
import sys
from datetime import date
from pathlib import Path
from codesystems.model import Hints
from termservice import ingest
home, folder = Path(sys.argv[1]), Path(sys.argv[2])
for number in range(int(sys.argv[3]), int(sys.argv[4])):
    path = folder / f"{number}.csv"
    path.write_text("kod;titel\\n" + "".join(f"K{code};sort{number}\\n" for code in range(40)), "utf-8")
    hints = Hints("list", "1", date(2020, 1, 1))
    for outcome in ingest.load(home, [path], ingest.Options(hints)).outcomes:
        assert outcome.status in ("loaded", "corrected"), outcome
"""


def start(toy: Any, first: int, end: int) -> subprocess.Popen[bytes]:
    arguments = [sys.executable, "-c", LOADER, str(toy.home), str(toy.folder), str(first), str(end)]
    return subprocess.Popen(arguments, stderr=subprocess.PIPE)


def finish(process: subprocess.Popen[bytes]) -> None:
    _, error = process.communicate(timeout=60)
    assert process.returncode == 0, error.decode()


class Reader(threading.Thread):
    """Asks over and over; `seen` maps each revision to the titles it was answered with."""

    def __init__(self, service: TerminologyService) -> None:
        super().__init__()
        self.service = service
        self.seen: dict[int, set[str]] = {}
        self.errors: list[BaseException] = []
        self.stop = threading.Event()

    def run(self) -> None:
        try:
            while not self.stop.is_set():
                self.ask()
        except BaseException as error:
            self.errors.append(error)

    def ask(self) -> None:
        page = self.service.concepts("list", When(version="1"), limit=1000)
        assert page.total == len(page.items) == 40
        self.seen.setdefault(page.revision, set()).update(item.display for item in page.items)
        with self.service.snapshot():
            revision = self.service.revision()
            answers = [self.service.concept("list", code) for code in ("K1", "K2", "K39")]
            hits = self.service.search("sort", systems=["list"], limit=100)
        assert {answer.revision for answer in answers} | {hits.revision} == {revision}
        self.seen.setdefault(revision, set()).update(answer.display for answer in answers)
        # the index is of the same revision as the facts
        assert hits.total == 40
        self.seen[revision].update(item.matched.text for item in hits.items)


def test_answers_are_of_one_revision_while_another_process_loads(toy: Any) -> None:
    finish(start(toy, 0, 1))
    service = toy.service()
    readers = [Reader(service) for _ in range(2)]
    process = start(toy, 1, ROUNDS)
    for reader in readers:
        reader.start()
    finish(process)
    for reader in readers:
        reader.stop.set()
        reader.join()
    assert [error for reader in readers for error in reader.errors] == []
    seen: dict[int, set[str]] = {}
    for reader in readers:
        for revision, titles in reader.seen.items():
            seen.setdefault(revision, set()).update(titles)
    assert all(len(titles) == 1 for titles in seen.values()), seen
    assert len(seen) > 1, "the readers saw nothing of the loading"
    assert service.concept("list", "K1").display == f"sort{ROUNDS - 1}"


def test_a_snapshot_outlives_loads(toy: Any) -> None:
    """What began before a load goes on answering from before it, search included."""
    toy.put("2020", {"A": "Apple"})
    service = toy.service()
    with service.snapshot():
        assert service.revision() == 1
        for number in range(3):
            toy.put("2020", {"A": f"Apple {number}"})
        assert service.concept("toy", "A").display == "Apple"
        assert service.revision() == 1
    assert service.concept("toy", "A").display == "Apple 2"
    assert [hit.matched.text for hit in service.search("apple").items] == ["Apple 2"]


def test_the_last_index_stays_open_beside_the_new_one(toy: Any) -> None:
    """A slow search goes on in the index it began in; older ones are closed."""
    service = toy.service()
    opened = []
    for number in range(3):
        toy.put("2020", {"A": f"Apple {number}"})
        toy.put("2020", {"x": f"Apple {number}"}, system="odd")
        service.search("apple")
        with service._database.read() as connection:
            opened.append(service._indexes.of(connection, 1))
    assert opened[1].search(SearchRequest("apple", 2020010100)).total == 1
    assert opened[2].search(SearchRequest("apple", 2020010100)).total == 1
    assert len(service._indexes._open) == 4


def test_a_listing_drawn_slowly_is_of_one_revision(toy: Any) -> None:
    toy.put("2020", {f"A{number:04}": "before" for number in range(1200)})
    rows = toy.service().export("toy")
    first = next(rows)
    toy.put("2020", {f"A{number:04}": "after" for number in range(1300)})
    rest = list(rows)
    assert {row["display"] for row in (first, *rest)} == {"before"}
    assert len(rest) == 1199


def test_a_listing_not_begun_is_of_the_revision_it_begins_in(toy: Any) -> None:
    toy.put("2020-02", {"A": "before"})
    rows = toy.service().export("toy")
    toy.put("2020-01", {"A": "earlier"})
    toy.put("2020-02", {"A": "after"})
    assert [row["display"] for row in rows] == ["after"]


def test_a_service_opened_before_the_first_load(toy: Any) -> None:
    service = toy.service()
    with pytest.raises(StoreError, match="load a release first"):
        service.codesystems()
    toy.put("2020", {"A": "Apple"})
    assert service.codesystems().total == 1
    toy.put("2020", {"x": "X"}, system="odd")
    assert [system.id for system in service.codesystems().items] == ["odd", "toy"]
