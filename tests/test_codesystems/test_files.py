"""Packages: what an operator points at becomes one flat list of files; archives are not trusted."""

from __future__ import annotations

import hashlib
import io
import stat
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codesystems import files
from codesystems.files import Package
from codesystems.report import ReleaseError

ZEROS = bytes(16 << 20)


def zipped(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(member(name, method), data)
    return stream.getvalue()


def member(name: str, method: int = zipfile.ZIP_DEFLATED, mode: int = 0) -> zipfile.ZipInfo:
    """An entry with exactly this name: the constructor would tidy it."""
    info = zipfile.ZipInfo("x")
    info.filename, info.compress_type, info.external_attr = name, method, mode << 16
    return info


def archive(tmp_path: Path, data: bytes, name: str = "release.zip") -> Path:
    path = tmp_path / name
    path.write_bytes(data)
    return path


def paths(path: Path) -> list[str]:
    with Package(path) as package:
        return [file.path for file in package.files]


def patched(data: bytes, *, size: int) -> bytes:
    """The archive with another uncompressed size in its (only) local header and directory entry."""
    local, central = data.index(b"PK\x03\x04"), data.index(b"PK\x01\x02")
    changed = bytearray(data)
    struct.pack_into("<I", changed, local + 22, size)
    struct.pack_into("<I", changed, central + 24, size)
    return bytes(changed)


def test_a_file_is_a_package_of_one(tmp_path: Path) -> None:
    (tmp_path / "codes.txt").write_text("A00")
    with Package(tmp_path / "codes.txt") as package:
        (file,) = package.files
        assert (file.path, file.name, file.folder) == ("codes.txt", "codes.txt", "")
        assert (file.stem, file.suffix) == ("codes", ".txt")
        assert file.bytes() == file.head() == b"A00"
        assert file.sha256() == hashlib.sha256(b"A00").hexdigest()


def test_a_folder_is_walked_and_sorted_without_hidden_files(tmp_path: Path) -> None:
    for name in ("b/2.txt", "a.txt", ".DS_Store", ".git/config", "b/.hidden"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")
    assert paths(tmp_path) == ["a.txt", "b/2.txt"]


def test_what_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ReleaseError, match="no such file or folder"):
        Package(tmp_path / "missing")


def test_archives_are_unfolded_in_place(tmp_path: Path) -> None:
    inner = zipped({"codes/a.txt": b"A"})
    (tmp_path / "2021").mkdir()
    archive(tmp_path / "2021", zipped({"in.zip": inner, "b.txt": b"B"}), "Out.ZIP")
    with Package(tmp_path) as package:
        found = {file.path: file.bytes() for file in package.files}
    assert found == {"2021/Out.ZIP!/in.zip!/codes/a.txt": b"A", "2021/Out.ZIP!/b.txt": b"B"}


def test_unpacked_files_go_away_with_the_package(tmp_path: Path) -> None:
    with Package(archive(tmp_path, zipped({"a.txt": b"A"}))) as package:
        local = package.files[0].local
        assert local.exists()
    assert not local.exists()


def test_backslashes_in_member_names_are_folders(tmp_path: Path) -> None:
    path = archive(tmp_path, zipped({"codesystems\\atc-code.xml": b"<x/>"}))
    assert paths(path) == ["release.zip!/codesystems/atc-code.xml"]


def test_what_desktops_leave_in_archives_is_left_aside(tmp_path: Path) -> None:
    path = archive(tmp_path, zipped({"a.txt": b"A", "__MACOSX/._a.txt": b"x", ".DS_Store": b"x"}))
    assert paths(path) == ["release.zip!/a.txt"]


def test_names_that_may_state_a_version_come_nearest_first(tmp_path: Path) -> None:
    folder = tmp_path / "icd-10-se" / "2021"
    folder.mkdir(parents=True)
    archive(folder, zipped({"text/block.txt": b"x"}), "koder.zip")
    with Package(folder) as package:
        (file,) = package.files
        assert package.names_above(file) == ("block.txt", "text", "koder.zip", "2021", "icd-10-se")


@pytest.mark.parametrize(
    "name",
    ["../evil.txt", "a/../../evil.txt", "..\\evil.txt", "/etc/evil", "\\evil", "C:\\evil.txt", "C:evil.txt"],
)
def test_names_that_lead_outside_are_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(ReleaseError, match="leads outside"):
        Package(archive(tmp_path, zipped({"a.txt": b"A", name: b"x"})))
    assert [path.name for path in tmp_path.iterdir()] == ["release.zip"]


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR])
def test_links_and_special_files_are_refused(tmp_path: Path, kind: int) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as out:
        out.writestr(member("link", mode=kind | 0o644), b"/etc/passwd")
    with pytest.raises(ReleaseError, match="link or special file"):
        Package(archive(tmp_path, stream.getvalue()))


def test_encrypted_members_are_refused(tmp_path: Path) -> None:
    data = bytearray(zipped({"a.txt": b"A"}))
    data[data.index(b"PK\x03\x04") + 6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(ReleaseError, match="encrypted"):
        Package(archive(tmp_path, bytes(data)))


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Package, "_extract", None)
    with pytest.raises(ReleaseError, match="200 times its size"):
        Package(archive(tmp_path, zipped({"zeros.txt": ZEROS})))


def test_many_small_bombs_are_one_bomb(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Package, "_extract", None)
    with pytest.raises(ReleaseError, match="the archive unpacks to more than 200 times"):
        Package(archive(tmp_path, zipped({f"{n}.txt": ZEROS[: 4 << 20] for n in range(4)})))


def test_a_bomb_within_an_archive_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ReleaseError, match=r"outer\.zip!/in\.zip.*200 times"):
        Package(archive(tmp_path, zipped({"in.zip": zipped({"zeros.txt": ZEROS})}), "outer.zip"))


def test_small_files_may_be_packed_as_well_as_they_can(tmp_path: Path) -> None:
    assert paths(archive(tmp_path, zipped({"zeros.txt": ZEROS[: 4 << 20]}))) == ["release.zip!/zeros.txt"]


def test_archives_nested_too_deep_are_refused(tmp_path: Path) -> None:
    data = zipped({"a.txt": b"A"})
    for _ in range(2):
        data = zipped({"in.zip": data})
    with pytest.raises(ReleaseError, match="more than 2 deep"):
        Package(archive(tmp_path, data))


def test_the_total_size_is_limited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MAX_UNPACKED", 100)
    two = {"a.zip": zipped({"a": bytes(60)}, zipfile.ZIP_STORED), "b.txt": bytes(10)}
    with pytest.raises(ReleaseError, match="unpacks to more than"):
        Package(archive(tmp_path, zipped(two, zipfile.ZIP_STORED)))


def test_the_number_of_files_is_limited_over_all_archives(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MAX_MEMBERS", 5)
    inner = zipped({"1": b"", "2": b"", "3": b""})
    assert len(paths(archive(tmp_path, zipped({"a.zip": inner}), "one.zip"))) == 3
    with pytest.raises(ReleaseError, match="more than 5 files"):
        Package(archive(tmp_path, zipped({"a.zip": inner, "b.zip": inner}), "two.zip"))


@pytest.mark.parametrize("size", [1, 40, 1 << 20])
def test_a_member_that_is_not_as_large_as_declared_is_refused(tmp_path: Path, size: int) -> None:
    data = patched(zipped({"a.txt": b"forty-one bytes of text, not more nor less"}), size=size)
    with pytest.raises(ReleaseError, match=r"smaller|larger|not a readable zip"):
        Package(archive(tmp_path, data))


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_one_name_twice_is_refused(tmp_path: Path) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as out:
        out.writestr("a/b.txt", b"1")
        out.writestr(member("a\\b.txt"), b"2")
    with pytest.raises(ReleaseError, match="same name"):
        Package(archive(tmp_path, stream.getvalue()))


@pytest.mark.parametrize(
    "damage",
    [lambda data: b"", lambda data: b"PK\x03\x04", lambda data: data[: len(data) // 2], lambda data: b"not a zip" * 9],
)
def test_what_is_no_archive_is_refused(tmp_path: Path, damage: Callable[[bytes], bytes]) -> None:
    with pytest.raises(ReleaseError, match="not a readable zip archive"):
        Package(archive(tmp_path, damage(zipped({"a.txt": b"A" * 500}))))


def test_a_refused_package_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path / "scratch"))
    monkeypatch.setattr("tempfile.tempdir", None)
    (tmp_path / "scratch").mkdir()
    with pytest.raises(ReleaseError):
        Package(archive(tmp_path, zipped({"a.txt": b"A", "b.zip": b"no zip"})))
    assert list((tmp_path / "scratch").iterdir()) == []


@settings(deadline=None, max_examples=200)
@given(place=st.integers(0, 10_000), byte=st.integers(0, 255), method=st.sampled_from([0, 8, 12, 14]))
def test_a_damaged_archive_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, place: int, byte: int, method: int
) -> None:
    data = bytearray(zipped({"a.txt": b"A00 Kolera\n" * 20, "b/c.txt": b"B99\n"}, method))
    data[place % len(data)] = byte
    path = archive(tmp_path_factory.mktemp("zip"), bytes(data))
    try:
        assert len(paths(path)) <= 2
    except ReleaseError as error:
        assert "release.zip" in str(error)
