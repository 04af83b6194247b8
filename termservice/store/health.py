"""The store's own soundness: the file itself, and the rules every interval keeps."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from termservice.store.schema import FACTS
from termservice.timeline import END


def problems(connection: sqlite3.Connection) -> Iterator[str]:
    """What is wrong, a line each."""
    for (line,) in connection.execute("PRAGMA integrity_check(20)"):
        if line != "ok":
            yield f"store: {line}"
    for table in FACTS:
        name = table.name
        same = " AND ".join(f"b.{column} IS a.{column}" for column in table.identity)
        checks = {
            "end before they begin": f"SELECT count(*) FROM {name} WHERE vf >= vt",
            "begin where no release speaks of them": f"SELECT count(*) FROM {name} f WHERE NOT EXISTS "
            "(SELECT 1 FROM covers c WHERE c.unit = f.unit AND c.pos = f.vf)",
            "end where no release speaks of them": f"SELECT count(*) FROM {name} f WHERE vt <> {END} AND NOT EXISTS "
            "(SELECT 1 FROM covers c WHERE c.unit = f.unit AND c.pos = f.vt)",
            "overlap or touch": f"SELECT count(*) FROM {name} a JOIN {name} b ON {same} "
            "AND b.vf > a.vf AND b.vf <= a.vt",
        }
        for what, query in checks.items():
            (count,) = connection.execute(query).fetchone()
            if count:
                yield f"{count} rows of {name} {what}"
