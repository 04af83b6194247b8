"""Every file of every sample, damaged in every way: read or refused, nothing else, and nothing changed by a refusal."""

from __future__ import annotations

import random
import shutil
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from codesystems.golden import read_release, releases
from codesystems.report import ReleaseError
from termservice import ingest
from termservice.verify import verify
from tests.soak import homes
from tests.soak.damages import KINDS, damages
from tests.soak.sizes import FULL, size

RELEASES = releases()
FILES = sorted(file for folder in RELEASES for file in folder.rglob("*") if file.is_file())
EACH = size("each", sample=10, full=100)
"""Flips of every file, and ten times as many as of the other kinds; of a sample of all damages, in a sample."""
SAMPLED = size("sampled", sample=2, full=0)
STORES = size("stores", sample=12, full=1000)
EXAMPLES = size("examples", sample=20, full=2000)


def copy_of(file: Path, tmp_path: Path) -> tuple[Path, Path]:
    """A copy of the release that a file is of: its folder, and the file in it."""
    folder = next(parent for parent in file.parents if parent in RELEASES)
    copy = tmp_path / folder.parent.name / folder.name
    shutil.copytree(folder, copy, dirs_exist_ok=True)
    return copy, copy / file.relative_to(folder)


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(homes.SAMPLES)))
def test_every_file_in_every_way(file: Path, tmp_path: Path) -> None:
    dice = random.Random(file.name)
    folder, victim = copy_of(file, tmp_path)
    found = list(damages(file.read_bytes(), dice, EACH))
    ends: Counter[str] = Counter()
    for kind, content in dice.sample(found, SAMPLED) if SAMPLED else found:
        victim.write_bytes(content)
        try:
            read_release(folder)
        except ReleaseError:
            ends["refused"] += 1
        except Exception as error:
            raise AssertionError(f"{kind}: {error!r}; {keep(file, content)}") from error
        else:
            ends["read"] += 1
    if FULL:
        print(f"{file.relative_to(homes.SAMPLES)}: {dict(ends)}")


def keep(file: Path, content: bytes) -> str:
    """Where a damaged file is kept to be looked at."""
    path = Path("/tmp") / f"soak-failed-{file.name}"
    path.write_bytes(content)
    return str(path)


TEXTS = [file for file in FILES if file.suffix in (".csv", ".txt", ".json", ".toml", ".xml", ".html")]


@settings(
    max_examples=EXAMPLES, deadline=None, database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(
    file=st.sampled_from(TEXTS),
    edits=st.lists(
        st.tuples(st.floats(0, 1), st.integers(0, 30), st.one_of(st.binary(max_size=40), st.text(max_size=20))),
        max_size=4,
    ),
)
def test_any_edits(tmp_path: Path, file: Path, edits: list[tuple[float, int, bytes | str]]) -> None:
    content = file.read_bytes()
    for where, gone, put in edits:
        at = int(where * len(content))
        content = content[:at] + (put if isinstance(put, bytes) else put.encode()) + content[at + gone :]
    folder, victim = copy_of(file, tmp_path)
    victim.write_bytes(content)
    try:
        read_release(folder)
    except ReleaseError:
        pass
    finally:
        shutil.rmtree(folder)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hostile")
    homes.load(folder / "home", folder, 1)
    ingest.load(folder / "home", [homes.SAMPLES / "icd-10-se" / "2019"], ingest.Options())
    return folder / "home"


def test_a_refused_file_changes_nothing(store: Path, tmp_path: Path) -> None:
    """Into a real store: refused and everything as it was, or loaded and sound."""
    dice = random.Random(5)
    rows, kept = homes.rows(store), homes.kept(store)
    home = tmp_path / "home"
    shutil.copytree(store, home)
    ends: Counter[str] = Counter()
    for number in range(STORES):
        file = dice.choice(FILES)
        folder, victim = copy_of(file, tmp_path / str(number))
        whole = file.read_bytes()
        content = (
            dice.choice(list(KINDS.values()))(whole, dice)
            if dice.random() < 0.7
            else whole[: dice.randrange(len(whole) + 1)]
        )
        victim.write_bytes(content)
        result = ingest.load(home, [folder], ingest.Options())
        ends["refused" if result.refused else "loaded"] += 1
        if all(outcome.status == "refused" for outcome in result.outcomes):
            assert homes.rows(home) == rows, (file, keep(file, content))
            assert homes.kept(home) == kept, (file, keep(file, content))
        else:
            assert number % 10 or verify(home) == [], (file, keep(file, content))
            shutil.rmtree(home)
            shutil.copytree(store, home)
        shutil.rmtree(tmp_path / str(number))
    print(f"{STORES} damaged releases into a store: {dict(ends)}")
