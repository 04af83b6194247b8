"""Archives made for a test."""

from __future__ import annotations

import io
import zipfile


def archive(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip archive of these members, by name."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as found:
        for name, content in members.items():
            found.writestr(name, content)
    return out.getvalue()
