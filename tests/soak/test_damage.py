"""A byte of the store, an index or an edition's arrays is another one: whatever is asked is answered or told in a
problem, `verify` says that something is wrong, and nothing is lost: the store can be made again from the originals.
"""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from codesystems.report import ReleaseError
from termservice import ingest, lifecycle
from termservice.errors import TermserviceError
from termservice.service import TerminologyService
from termservice.store import DatabaseError
from termservice.store.database import FILE_NAME
from termservice.verify import verify
from termservice.web.app import create_app
from tests.soak import homes
from tests.soak.sizes import size

BYTES = size("bytes", sample=4, full=300)
ASKED = (
    "/healthz", "/readyz", "/metrics", "/", "/?q=ap", "/ting", "/ting/K0001", "/api/v1/codesystems",
    "/api/v1/codesystems/ting/versions", "/api/v1/codesystems/ting/concepts?limit=1000",
    "/api/v1/codesystems/ting/concepts/K0001", "/api/v1/codesystems/ting/concepts/K0002/history",
    "/api/v1/codesystems/icd-10-se/roots", "/api/v1/search?q=ap", "/api/v1/search?q=K00", "/api/v1/search?q=utgva",
    "/api/v1/codesystems/snomed-ct/ecl?expression=*", "/api/v1/search?q=ex&system=snomed-ct",
    "/api/v1/codesystems/snomed-ct/ecl?expression=%3C%20138875005%20%7B%7B%20term%20%3D%20%22ex%22%20%7D%7D",
    "/fhir/r5/ValueSet/$expand?url=urn:codesystem:ting?fhir_vs&filter=ap",
    "/fhir/r5/ValueSet/$expand?url=http://snomed.info/sct?fhir_vs", "/fhir/r5/CodeSystem",
)  # fmt: skip


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("damage")
    homes.load(folder / "home", folder, 1)
    homes.load(folder / "home", folder, 2)
    samples = [homes.SAMPLES / name for name in ("icd-10-se/2019", "snomed-ct/2024-11")]
    ingest.load(folder / "home", samples, ingest.Options())
    assert verify(folder / "home") == []
    return folder / "home"


@contextmanager
def serving(home: Path) -> Iterator[FlaskClient]:
    service = TerminologyService(home, today=lambda: homes.TODAY)
    try:
        yield create_app(service).test_client()
    finally:
        service.close()


def ask_all(home: Path) -> dict[str, tuple[int, str]]:
    with serving(home) as client:
        return {path: (answer.status_code, answer.text[:300]) for path in ASKED for answer in [client.get(path)]}


def flip(file: Path, at: int, dice: random.Random) -> None:
    content = bytearray(file.read_bytes())
    content[at] ^= 1 << dice.randrange(8)
    file.write_bytes(content)


def told(home: Path) -> list[str]:
    """What `verify` says, or why it cannot begin."""
    try:
        return verify(home)
    except TermserviceError as error:
        return [error.message]


def test_all_that_is_asked_is_there(whole: Path) -> None:
    assert {status for status, _ in ask_all(whole).values()} == {200}


def test_a_byte_of_what_is_built(whole: Path, tmp_path: Path) -> None:
    dice = random.Random(3)
    said, refused = homes.answers(whole), 0
    folders = [whole / path for *_, path in homes.rows(whole)["artefact"]]
    built = [path for folder in folders for path in sorted(folder.rglob("*")) if path.is_file() and path.stat().st_size]
    for number in range(BYTES):
        home = tmp_path / str(number)
        shutil.copytree(whole, home)
        file = home / dice.choice(built).relative_to(whole)
        flip(file, dice.randrange(file.stat().st_size), dice)
        answered = ask_all(home)
        assert {status for status, _ in answered.values()} <= {200, 503}, (file, answered)
        refused += any(status == 503 for status, _ in answered.values())
        assert answered["/api/v1/codesystems/ting/concepts/K0001"][0] == 200
        assert any(file.parent.name in line or file.name in line for line in told(home)), (file, told(home))
        lifecycle.reindex(home, None)
        assert verify(home) == []
        assert homes.answers(home) == said | {"revision": said["revision"] + 1}
        shutil.rmtree(home)
    print(f"{BYTES} bytes of indexes and arrays: all told by verify, {refused} noticed when asked")


def test_a_byte_of_the_store(whole: Path, tmp_path: Path) -> None:
    dice = random.Random(4)
    said = homes.answers(whole) | {"revision": 0}
    refused = silent = mended = 0
    for number in range(BYTES):
        home = tmp_path / str(number)
        shutil.copytree(whole, home)
        flip(home / FILE_NAME, dice.randrange((home / FILE_NAME).stat().st_size), dice)
        answered = ask_all(home)
        assert {status for status, _ in answered.values()} <= {200, 404, 503}, (number, answered)
        refused += any(status == 503 for status, _ in answered.values())
        wrong = told(home)
        if wrong:
            mended += rebuilt(home, said)
        else:
            silent += 1
            assert homes.rows(home) == homes.rows(whole)
        shutil.rmtree(home)
    wrong_ones = BYTES - silent
    print(f"{BYTES} bytes of the store: {silent} of no consequence, {wrong_ones} told by verify, of these {refused} "
          f"noticed when asked and {mended} mended by rebuild; the others need the backup")  # fmt: skip


def rebuilt(home: Path, said: dict[str, object]) -> bool:
    """Whether the store could be made again; it is then the same, and otherwise left as it was."""
    before = (home / FILE_NAME).read_bytes()
    try:
        lifecycle.rebuild(home)
    except (TermserviceError, ReleaseError, DatabaseError):
        assert (home / FILE_NAME).read_bytes() == before
        return False
    assert verify(home) == []
    assert homes.answers(home) | {"revision": 0} == said
    return True
