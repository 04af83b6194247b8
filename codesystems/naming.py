"""Names of code systems, maps and value sets: whose they are, and for those that no loader is the home of, a short id
out of a title, a URL out of an id."""

from __future__ import annotations

import re
import unicodedata

from codesystems.loader import home_of, loaders
from codesystems.model import CodeSystem, Where
from codesystems.report import ReleaseError

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


def known_system(name: str) -> CodeSystem | None:
    """The code system of a home that is called so: by short id, URL or OID (`urn:oid:` or not)."""
    name = name.strip()
    spellings = {name, bare_oid(name) or name}
    for loader in loaders():
        for system in loader.systems:
            if not spellings.isdisjoint((system.id, system.url, *system.aliases)):
                return system
    return None


def system_named(name: str) -> CodeSystem:
    """The code system known by a short id, URL or OID; else a new one of that name.

    Raises `ReleaseError` where no short id can be made of the name.
    """
    if known := known_system(name):
        return known
    system_id = id_of(name)
    if not system_id:
        raise ReleaseError(f"{name!r} is no id for a code system: letters, digits and hyphens")
    return CodeSystem(system_id, url_of(name, system_id), title=name, publisher="")


def map_id_of(name: str, where: Where | None = None) -> str:
    """The short id of a map called `name`: a title, or a URL by its last part.

    Raises `ReleaseError` where none can be made of it, or it is a code system's.
    """
    return _own_id(name, "map", "--system ID", where)


def valueset_id_of(name: str, where: Where | None = None) -> str:
    """The short id of a value set called `name`, as `map_id_of`."""
    return _own_id(name, "value set", "--valueset ID", where)


def system_called(name: str) -> CodeSystem:
    """As `system_named`, for what people write in a cell: `KVÅ`, `ICD-10-SE` and `snomed ct` are short ids too.

    Raises `ReleaseError` where no short id can be made of the name.
    """
    plain = name.strip()
    known = known_system(plain) or (known_system(slug(plain)) if "/" not in plain and ":" not in plain else None)
    return known or system_named(plain)


def _own_id(name: str, what: str, option: str, where: Where | None) -> str:
    own = id_of(name)
    if not own:
        raise ReleaseError(f"{name!r} is no id for a {what}: letters, digits and hyphens", where)
    if home_of(own):
        raise ReleaseError(f"{own} is a code system; a {what} needs an id of its own ({option})", where)
    return own
