"""Names for code systems that no loader is the home of: a short id out of a title, a URL out of an id."""

from __future__ import annotations

import re
import unicodedata

_OID = re.compile(r"(?:urn:oid:)?([0-2](?:\.\d+)+)")


def slug(text: str) -> str:
    """`Region Norrlands enhetslista` → `region-norrlands-enhetslista`; empty where nothing is left."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


def id_of(name: str) -> str:
    """A short id for a system called `name`: a title, a URL (its last part) or an OID."""
    return slug(bare_oid(name) or name.rstrip("/").rpartition("/")[2])


def bare_oid(text: str) -> str | None:
    """The OID in `urn:oid:1.2.3` or `1.2.3`; None where the text is none."""
    found = _OID.fullmatch(text.strip())
    return found[1] if found else None


def url_of(name: str, system_id: str) -> str:
    """A canonical URL: `name` itself where it is one, its OID as one, else one made of the short id."""
    if oid := bare_oid(name):
        return f"urn:oid:{oid}"
    if re.fullmatch(r"(?:https?|urn):\S+", name.strip()):
        return name.strip()
    return f"urn:codesystem:{system_id}"
