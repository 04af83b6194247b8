"""The configuration file: what is right is read, what is wrong is named by line and key."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from termservice.sync import configuration
from termservice.sync.problems import ConfigurationError
from termservice.sync.source import file_name, kinds
from termservice.sync.units import seconds, shown_size, size

ROOT = Path(__file__).resolve().parents[3]
FOLDER = '[[source]]\nname = "in"\nkind = "folder"\npath = "incoming"\n'


def read(tmp_path: Path, text: str) -> configuration.Configuration:
    path = tmp_path / "sync.toml"
    path.write_text(text, "utf-8")
    return configuration.read(path)


def test_every_kind_is_found() -> None:
    assert sorted(kinds()) == ["atom", "command", "confluence", "folder", "url"]


def test_the_example_is_right() -> None:
    found = configuration.read(ROOT / "deploy" / "sync.toml")
    assert {each.source.kind for each in found.sources} == set(kinds())
    assert found.telling.mail is not None


def test_a_source_inherits_the_limits(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        "[guard]\nretitled = 0.2\nspare = 0\n"
        + FOLDER
        + 'columns = { code = "Kod" }\nvalueset = "x"\neffective_date = 2026-01-01\n'
        + "[source.guard]\nwithdrawn = 0.5\n",
    )
    (source,) = found.sources
    limits = source.handling.limits
    assert (limits.retitled, limits.withdrawn, limits.spare, limits.moved) == (0.2, 0.5, 0, 0.1)
    assert source.handling.columns == {"code": "Kod", "valueset": "x"}
    assert source.handling.effective == date(2026, 1, 1)
    assert source.source.folder == tmp_path / "incoming"  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (FOLDER + "setle = '3s'\n", "line 5: setle: no such setting here; did you mean settle?"),
        (FOLDER + FOLDER.replace('"in"', '"b"') + "[source.guard]\nretitled = 2\n", "line 10: retitled: must be a num"),
        (FOLDER + FOLDER, "line 6: name: there are two sources 'in'"),
        ("[http]\ntimeout = 30\n" + FOLDER, "line 2: timeout: must be a text"),
        ("[http]\ntimeout = 'soon'\n" + FOLDER, "line 2: timeout: 'soon' is not a duration"),
        ("[http]\nallow_private = ['ten']\n" + FOLDER, "line 2: allow_private: 'ten' does not appear"),
        ("[http]\nca_file = 'none.pem'\n" + FOLDER, "line 2: ca_file: there is no file"),
        ("[reprot]\n" + FOLDER, "line 1: reprot: no such setting here; did you mean report?"),
        ("[report.mail]\nfrom = 'a@b.se'\n" + FOLDER, "line 1: to: names nobody"),
        ("[report.webhook]\n" + FOLDER, "line 1: url: give url, or url_env"),
        ('[[source]]\nname = "x"\nkind = "ftp"\n', "line 3: kind: 'ftp' is none of atom"),
        ('[[source]]\nname = "X y"\nkind = "url"\n', "line 2: name: must be lower case"),
        ('[[source]]\nname = "x"\nkind = "url"\n', "line 1: url: is missing"),
        ('[[source]]\nname = "x"\nkind = "url"\nurl = "ftp://x"\n', "line 4: url: must be http"),
        ('[[source]]\nname = "x"\nkind = "url"\nurl = "https://x:99999/"\n', "line 4: url: Port out of range"),
        ('[[source]]\nname = "x"\nkind = "url"\nurl = "https://[x/"\n', "line 4: url: Invalid IPv6"),
        ('[[source]]\nname = "x"\nkind = "url"\nurl = "https://a:b@x/"\n', "line 4: url: holds a user"),
        ('[[source]]\nname = "x"\nkind = "url"\nurl = "https://x/"\nsha256 = "12"\n', "line 5: sha256: must be 64"),
        ('[[source]]\nname = "x"\nkind = "url"\nurl = "https://x/"\nuser_env = "A"\n', "line 5: user_env: "),
        ('[[source]]\nname = "x"\nkind = "command"\ncommand = []\n', "line 4: command: must be a list"),
        ("", "no [[source]] is given"),
        ("a = ", "not TOML"),
        ("source = 3", "line 1: source: must be tables"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        read(tmp_path, text)
    assert message in str(caught.value)
    assert "sync.toml" in str(caught.value)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="cannot be read"):
        configuration.read(tmp_path / "sync.toml")


def test_durations_and_sizes() -> None:
    assert [seconds(text) for text in ("90s", "30m", "1h", "2 d")] == [90, 1800, 3600, 172800]
    assert [size(text) for text in ("5 MB", "2GiB", "100B")] == [5 * 10**6, 2 * 2**30, 100]
    for wrong in ("1", "h", "0s", "-1h", "1h30m", "1 week"):
        with pytest.raises(ValueError, match="is not a duration"):
            seconds(wrong)
    assert [shown_size(number) for number in (12, 1234, 5 * 10**8)] == ["12 B", "1.2 kB", "500.0 MB"]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("../../etc/passwd", "passwd"), ("a\\b.zip", "b.zip"), (".hidden", "hidden"), ("", "release"),
        ("KVÅ 2026 (1).xlsx", "KVÅ 2026 (1).xlsx"), ("a%2Fb.tsv", "b.tsv"), ("x\n\x00.txt", "x__.txt"),
        ("..", "release"),
    ],
)  # fmt: skip
def test_names_of_files_are_made_safe(text: str, name: str) -> None:
    assert file_name(text) == name
