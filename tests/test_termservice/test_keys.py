"""API keys: what is kept of them, and for how long they are good."""

from __future__ import annotations

import stat
from datetime import date, timedelta
from pathlib import Path

import pytest

from termservice import keys, timeline
from termservice.errors import NotFound, Refused, StoreError
from termservice.keys import FILE_NAME, Keyring


class Clock:
    """A clock that stands still until it is told."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_a_key_is_its_holders_and_is_kept_nowhere(tmp_path: Path) -> None:
    secret, made = keys.add(tmp_path, "EHR", "read")
    other, _ = keys.add(tmp_path, "ops", "admin")
    ring = Keyring(tmp_path)
    assert ring.holder(secret) == made
    assert secret != other
    kept = (tmp_path / FILE_NAME).read_text("utf-8")
    assert secret not in kept
    assert secret[-43:] not in kept  # the random part, in which any sign may stand
    assert stat.S_IMODE((tmp_path / FILE_NAME).stat().st_mode) == 0o600


def test_what_is_nearly_a_key_is_none(tmp_path: Path) -> None:
    secret, made = keys.add(tmp_path, "EHR", "read")
    ring = Keyring(tmp_path)
    last = "A" if secret[-1] != "A" else "B"
    stranger = f"ts_{'a' * 10}_{secret[-43:]}"
    for wrong in ("", made.id, secret[:-1], secret[:-1] + last, secret.upper(), secret + "\n", stranger, "ts_é_x"):
        assert ring.holder(wrong) is None, wrong


def test_a_key_is_good_through_its_last_day(tmp_path: Path) -> None:
    last = timeline.today() + timedelta(days=3)
    secret, _ = keys.add(tmp_path, "EHR", "read", last)
    for day, good in ((last, True), (last + timedelta(days=1), False)):
        assert (Keyring(tmp_path, today=lambda day=day: day).holder(secret) is not None) is good  # type: ignore[misc]


def test_revoking_counts_within_a_second(tmp_path: Path, clock: Clock) -> None:
    secret, made = keys.add(tmp_path, "EHR", "read")
    ring = Keyring(tmp_path, clock=clock)
    assert ring.holder(secret) == made
    keys.revoke(tmp_path, "EHR")
    clock.now += 1
    assert ring.holder(secret) is None


def test_a_key_added_while_the_server_runs_counts(tmp_path: Path, clock: Clock) -> None:
    ring = Keyring(tmp_path, clock=clock)
    assert ring.holder("ts_aaaaaaaaaa_" + "x" * 43) is None
    secret, made = keys.add(tmp_path, "late", "admin")
    clock.now += 1
    assert ring.holder(secret) == made


def test_names_are_of_one_key_at_a_time(tmp_path: Path) -> None:
    keys.add(tmp_path, "EHR", "read")
    with pytest.raises(Refused, match="there is a key named 'EHR'"):
        keys.add(tmp_path, "EHR", "read")
    keys.revoke(tmp_path, "EHR")
    _, second = keys.add(tmp_path, "EHR", "read")
    assert [key.revoked is None for key in keys.listed(tmp_path)] == [False, True]
    assert keys.revoke(tmp_path, second.id).id == second.id
    with pytest.raises(NotFound, match="no key in use"):
        keys.revoke(tmp_path, "EHR")


@pytest.mark.parametrize("name", ["", " EHR", "a\nb", "x" * 81, "a;b", '"x"'])
def test_names_that_would_spoil_a_log_are_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(Refused, match="is no name for a key"):
        keys.add(tmp_path, name, "read")


def test_a_key_that_would_never_be_good_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="has passed"):
        keys.add(tmp_path, "EHR", "read", date(2020, 1, 1))


def test_a_damaged_file_lets_nobody_in(tmp_path: Path) -> None:
    secret, _ = keys.add(tmp_path, "EHR", "read")
    (tmp_path / FILE_NAME).write_text('{"keys": [{}]}', "utf-8")
    with pytest.raises(StoreError, match="is damaged"):
        Keyring(tmp_path).holder(secret)
