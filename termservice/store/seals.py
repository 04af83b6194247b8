"""Whether the store's record of a release is what was written once: whatever is read again is read by it.

The files of a release are checked by their own sums, and facts by reading those files again; a changed byte in a
file's name or in what was said of the release would make that a different release, with nothing to compare it to.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from termservice.store.catalog import ReleaseRow

File = tuple[str, str, int]
"""Path, sha256, bytes."""
SEAL = "seal"


def sealed(row: ReleaseRow, files: Iterable[File]) -> dict[str, Any]:
    """The hints of a release with the sum of all that does not change while it is kept."""
    hints = {key: value for key, value in row.hints.items() if key != SEAL}
    said = (row.digest, row.loader, row.form, row.system, row.version, row.effective, bool(row.partial))
    record = json.dumps((said, sorted(hints.items()), sorted(files)))
    return {**hints, SEAL: hashlib.sha256(record.encode()).hexdigest()}


def broken(row: ReleaseRow, files: Iterable[File]) -> bool:
    """True where the record is not what was sealed; one without a seal, of an older program, may be anything."""
    return SEAL in row.hints and row.hints != sealed(row, files)
