"""What an operator points at, a file, a folder or a zip, as one flat package of files.

A zip inside the package is unfolded in place (`x1gma2014.zip!/Klassifikationsdateien/codes.txt`), into a
temporary folder that lives as long as the package does. Archives are untrusted: names that lead outside, links,
absurd ratios and sizes, encryption and deep nesting are refused before anything is written.
"""

from __future__ import annotations

import hashlib
import lzma
import stat
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from types import TracebackType

from codesystems.report import ReleaseError

MAX_UNPACKED = 8 * 2**30
MAX_MEMBERS = 20_000
"""Files in all archives of a package together."""
MAX_RATIO = 200
RATIO_FREE = 8 * 2**20
"""What unpacks to less than this may have any ratio: small files of zeros harm nobody."""
MAX_NESTING = 2
CHUNK = 1 << 20

_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    LookupError,
    NotImplementedError,
    OSError,
    RuntimeError,
    ValueError,
)
"""What reading a damaged archive, or one packed in an unknown way, raises."""


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One file of a package."""

    path: str
    """Path within the package, `/` between folders, `!/` behind the name of a zip."""
    local: Path
    """Where its bytes are now."""

    @property
    def name(self) -> str:
        return PurePosixPath(self.path).name

    @property
    def stem(self) -> str:
        return PurePosixPath(self.path).stem

    @property
    def suffix(self) -> str:
        """The name's ending, lower case, with dot."""
        return PurePosixPath(self.path).suffix.lower()

    @property
    def folder(self) -> str:
        """The path without the last part; empty at the top of the package."""
        parent = str(PurePosixPath(self.path).parent)
        return "" if parent == "." else parent

    def head(self, size: int = 4096) -> bytes:
        with self.local.open("rb") as stream:
            return stream.read(size)

    def bytes(self) -> bytes:
        return self.local.read_bytes()

    def sha256(self) -> str:
        return file_digest(self.local)


class Package:
    """The files under one path. Use as a context manager: unpacked archives go away with it.

    `label` is the name of the path itself, for versions stated in folder and file names; `context` is the
    folder names above the files, innermost last.
    """

    def __init__(self, path: Path) -> None:
        if not path.exists():
            raise ReleaseError("no such file or folder", str(path))
        self.root = path
        self.label = path.resolve().name
        self._scratch: tempfile.TemporaryDirectory[str] | None = None
        self._unpacked = 0
        self._members = 0
        try:
            self.files: tuple[SourceFile, ...] = tuple(sorted(self._walk(path), key=lambda file: file.path))
        except OSError as error:
            self.close()
            raise ReleaseError(f"cannot be read ({error.strerror or error})", str(path)) from error
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Package:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        if self._scratch is not None:
            self._scratch.cleanup()
            self._scratch = None

    def names_above(self, file: SourceFile) -> tuple[str, ...]:
        """The names that may state a file's version, nearest first: the file's own, its folders', the
        package's, and the folder that holds the package."""
        inside = [part.removesuffix("!") for part in reversed(PurePosixPath(file.path).parts)]
        outside = [self.label, self.root.resolve().parent.name]
        return tuple(dict.fromkeys(inside + outside))

    def by_folder(self, files: Iterator[SourceFile] | None = None) -> dict[str, list[SourceFile]]:
        groups: dict[str, list[SourceFile]] = {}
        for file in files if files is not None else self.files:
            groups.setdefault(file.folder, []).append(file)
        return groups

    def _walk(self, path: Path) -> Iterator[SourceFile]:
        if path.is_file():
            yield from self._file(path.name, path, 0)
            return
        for local in sorted(path.rglob("*")):
            inside = local.relative_to(path)
            if local.is_file() and not _hidden(inside.parts):
                yield from self._file(inside.as_posix(), local, 0)

    def _file(self, name: str, local: Path, depth: int) -> Iterator[SourceFile]:
        if name.lower().endswith(".zip"):
            yield from self._unzip(name, local, depth)
        else:
            yield SourceFile(name, local)

    def _unzip(self, name: str, local: Path, depth: int) -> Iterator[SourceFile]:
        if depth >= MAX_NESTING:
            raise ReleaseError(f"zip inside zip more than {MAX_NESTING} deep", name)
        try:
            with zipfile.ZipFile(local) as archive:
                members = [info for info in archive.infolist() if not info.is_dir()]
                self._check_archive(members, local.stat().st_size, name)
                for info in members:
                    self._check(info, name)
                for number, info in enumerate(members):
                    path = PurePosixPath(_member_path(info))
                    if not _hidden(path.parts):
                        inner = self._extract(archive, info, name, number)
                        yield from self._file(f"{name}!/{path}", inner, depth + 1)
        except _DAMAGE as error:
            raise ReleaseError(f"not a readable zip archive ({error})", name) from error

    def _check_archive(self, members: Sequence[zipfile.ZipInfo], size: int, name: str) -> None:
        """What no single member shows: many small bombs, members that share their bytes, one name twice."""
        self._members += len(members)
        if self._members > MAX_MEMBERS:
            raise ReleaseError(f"more than {MAX_MEMBERS} files in archives", name)
        unpacked = sum(info.file_size for info in members)
        if unpacked > RATIO_FREE and unpacked > MAX_RATIO * size:
            raise ReleaseError(f"the archive unpacks to more than {MAX_RATIO} times its size", name)
        seen: set[str] = set()
        for info in members:
            path = str(PurePosixPath(_member_path(info)))
            if path in seen:
                raise ReleaseError("two members have the same name", f"{name}!/{path}")
            seen.add(path)

    def _check(self, info: zipfile.ZipInfo, name: str) -> None:
        member = f"{name}!/{info.filename}"
        path = _member_path(info)
        if path.startswith("/") or ":" in path.split("/")[0] or ".." in PurePosixPath(path).parts:
            raise ReleaseError("a member's name leads outside the archive", member)
        mode = info.external_attr >> 16
        if stat.S_IFMT(mode) not in (0, stat.S_IFREG):
            raise ReleaseError("a member is a link or special file", member)
        if info.flag_bits & 0x1:
            raise ReleaseError("a member is encrypted", member)
        if info.file_size > RATIO_FREE and info.file_size > MAX_RATIO * max(info.compress_size, 1):
            raise ReleaseError(f"a member unpacks to more than {MAX_RATIO} times its size", member)
        self._unpacked += info.file_size
        if self._unpacked > MAX_UNPACKED:
            raise ReleaseError(f"the archive unpacks to more than {MAX_UNPACKED >> 30} GiB", member)

    def _extract(self, archive: zipfile.ZipFile, info: zipfile.ZipInfo, name: str, number: int) -> Path:
        """Write one member under a name of our own making; its declared size is a limit, not a promise."""
        if self._scratch is None:
            self._scratch = tempfile.TemporaryDirectory(prefix="termservice-")
        folder = Path(tempfile.mkdtemp(dir=self._scratch.name))
        target = folder / f"{number}{PurePosixPath(_member_path(info)).suffix[:16]}"
        left = info.file_size
        with archive.open(info) as source, target.open("wb") as sink:
            while chunk := source.read(CHUNK):
                left -= len(chunk)
                if left < 0:
                    raise ReleaseError("a member is larger than the archive says", f"{name}!/{info.filename}")
                sink.write(chunk)
        if left:
            raise ReleaseError("a member is smaller than the archive says", f"{name}!/{info.filename}")
        return target


def file_digest(path: Path) -> str:
    """The sha256 of a file's bytes, in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _hidden(parts: Sequence[str]) -> bool:
    """Files that desktop systems leave behind (`.DS_Store`, `__MACOSX/._codes.txt`), not the publisher's."""
    return any(part.startswith(".") or part == "__MACOSX" for part in parts)


def _member_path(info: zipfile.ZipInfo) -> str:
    """Some publishers write member names with backslashes."""
    return info.filename.replace("\\", "/")
