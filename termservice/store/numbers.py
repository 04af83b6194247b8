"""The numbers that stand for a code system's codes in the facts."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence

from codesystems.codes import code_key
from codesystems.model import CodeRule, Concept
from codesystems.report import ReleaseError

_Entry = tuple[int, int, str, str, str]


class Numbers:
    """The numbers of a code system's codes while one release is written; codes not known yet are entered as they come.

    Numbers are given in the order in which concepts are stated, so that their facts are appended to the tables.
    """

    def __init__(self, connection: sqlite3.Connection, system_id: int, rule: CodeRule) -> None:
        rows = connection.execute("SELECT code, id, part FROM concept WHERE system_id=?", (system_id,)).fetchall()
        # plain dictionaries of texts and numbers: the garbage collector does not look through them, large as they are
        self.by_code: dict[str, int] = {code: number for code, number, _ in rows}
        self._unstated: dict[int, bool] = {number: bool(part) for _, number, part in rows}
        self._connection = connection
        self._system_id = system_id
        self._rule = rule
        self._last = int(connection.execute("SELECT coalesce(max(id), 0) FROM concept").fetchone()[0])

    def enter(self, concepts: Sequence[Concept]) -> list[int]:
        """The numbers of concepts a release states; their parents have one afterwards too.

        A code known only as somebody's parent has no part until a release states the code itself. Raises
        `ReleaseError` where a code was entered before.
        """
        found: list[int] = []
        new: list[_Entry] = []
        parted: list[tuple[str, int]] = []
        for concept in concepts:
            number = self.by_code.get(concept.code)
            if number is None:
                number = self._new(concept.code, concept.part, new)
            elif number not in self._unstated:
                raise ReleaseError(f"{concept.code} is stated twice")
            elif not self._unstated.pop(number):
                parted.append((concept.part, number))
            found.append(number)
        for concept in concepts:
            for parent in concept.parents:
                if parent.code not in self.by_code:
                    self._unstated[self._new(parent.code, "", new)] = False
        self._connection.executemany(
            "INSERT INTO concept (id, system_id, code, norm, part) VALUES (?, ?, ?, ?, ?)", new
        )
        self._connection.executemany("UPDATE concept SET part=? WHERE id=?", parted)
        return found

    def repeat(self, codes: Iterable[tuple[str, str]]) -> Iterator[str]:
        """The parts of codes that a release states just as the one before did."""
        for code, part in codes:
            del self._unstated[self.by_code[code]]
            yield part

    def unstated(self) -> list[int]:
        """The numbers of the codes that the release has not stated."""
        return list(self._unstated)

    def _new(self, code: str, part: str, new: list[_Entry]) -> int:
        self._last += 1
        self.by_code[code] = self._last
        new.append((self._last, self._system_id, code, code_key(code, self._rule), part))
        return self._last
