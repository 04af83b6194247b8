"""Where a delivery is gathered before it is loaded. What is here already is not fetched again after a crash."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Sequence
from pathlib import Path

from codesystems.files import file_digest
from termservice.sync.downloads import Fetched, Validators
from termservice.sync.source import Offer
from termservice.sync.state import write_whole

_UNFINISHED = (".part", ".part.json")


class Received:
    """The folder of one delivery. Its names hold no digits, which could be taken for a version."""

    def __init__(self, base: Path, key: str) -> None:
        digest = hashlib.sha256(key.encode()).digest()
        self._base = base / "".join(chr(ord("a") + byte % 26) for byte in digest[:12])
        self.folder = self._base / "received"
        self._notes = self._base / "notes.json"

    def expect(self, names: Sequence[str]) -> None:
        """Delete what an earlier attempt left that is no part of the delivery any more."""
        kept = {name + ending for name in names for ending in ("", *_UNFINISHED)}
        for path in self.folder.iterdir() if self.folder.is_dir() else ():
            if path.name not in kept:
                shutil.rmtree(path) if path.is_dir() else path.unlink()

    def note(self, offer: Offer, fetched: Fetched) -> None:
        """Remember that an offer is here, whole."""
        known = self._read() | {offer.key: {"mark": offer.mark, "name": offer.name, "sha256": fetched.sha256}}
        write_whole(self._notes, json.dumps(known))

    def again(self, offer: Offer) -> Fetched | None:
        """An offer that an earlier attempt has fetched; None where it is not here, or not the same."""
        known = self._read().get(offer.key)
        path = self.folder / offer.name
        if not offer.mark or not known or known.get("mark") != offer.mark or not path.is_file():
            return None
        if file_digest(path) != known.get("sha256"):
            return None
        return Fetched(path, known["sha256"], Validators())

    def drop(self) -> None:
        shutil.rmtree(self._base, ignore_errors=True)

    def _read(self) -> dict[str, dict[str, str]]:
        try:
            found = json.loads(self._notes.read_text("utf-8"))
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}
