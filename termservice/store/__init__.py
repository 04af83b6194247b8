"""The versioned store: the only place that knows SQL, and which database it is.

`Connection` is what the rest of the program passes around without looking inside; `DatabaseError` is what goes wrong
with the file or the disk underneath.
"""

from sqlite3 import Connection, DatabaseError

__all__ = ["Connection", "DatabaseError"]
