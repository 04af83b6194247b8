"""What all writers of rows share: tables, calendars, identifiers, words, and the hierarchy."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.rf2 import identifiers, wellknown
from benchmarks.rf2.files import Package, State, Table
from benchmarks.rf2.hierarchy import EXTENSION, INTERNATIONAL, Plan, grow
from benchmarks.rf2.identifiers import DESCRIPTION, RELATIONSHIP
from benchmarks.rf2.times import Calendar, International, Moment, Swedish
from benchmarks.rf2.words import Vocabulary, random_of

INTERNATIONAL_PACKAGE = "SnomedCT_InternationalRF2_PRODUCTION_{}T120000Z"
SWEDISH_PACKAGE = "SnomedCT_ManagedServiceSE_PRODUCTION_SE1000052_{}T120000Z"
INTERNATIONAL_FILES, SWEDISH_FILES = "INT", "SE1000052"


class Edition:
    def __init__(self, folder: Path, plan: Plan, *, extension: bool, full: bool) -> None:
        """`extension`: the International Edition is in a package of its own, not in the extension's."""
        self.plan = plan
        self.calendars: tuple[Calendar, Calendar] = (International(plan.releases), Swedish(plan.releases))
        self.vocabulary = Vocabulary(plan.concepts, random_of("words", plan.seed))
        self.hierarchy = grow(plan, self.calendars, self.vocabulary)
        self.member_id = identifiers.member_ids(plan.seed)
        self._ids = {
            (owner, kind): identifiers.sctids(kind, namespace)
            for owner, namespace in ((INTERNATIONAL, 0), (EXTENSION, wellknown.SWEDISH_NAMESPACE))
            for kind in (DESCRIPTION, RELATIONSHIP)
        }
        swedish = Package(
            str(folder / SWEDISH_PACKAGE), SWEDISH_FILES, self.calendars[EXTENSION].releases, full, whole=not extension
        )
        self.packages = [swedish]
        if extension:
            name = str(folder / INTERNATIONAL_PACKAGE)
            releases = self.calendars[INTERNATIONAL].releases
            self.packages.insert(0, Package(name, INTERNATIONAL_FILES, releases, full))
        self._tables = (self.packages[0].tables, swedish.tables)

    def table(self, owner: int, kind: str) -> Table:
        return self._tables[owner][kind]

    def new_id(self, owner: int, kind: int) -> str:
        return next(self._ids[owner, kind])

    def put(
        self, owner: int, kind: str, id_: str, module: str, rest: str, since: Moment, until: Moment | None = None
    ) -> None:
        """A component that is active from one moment to another."""
        table = self._tables[owner][kind]
        if until is None:
            table.add(since, id_, module, rest)
        else:
            table.change(id_, module, (State(since, True, rest), State(until, False, rest)))

    def member(
        self,
        owner: int,
        kind: str,
        module: str,
        refset: str,
        component: str,
        since: Moment,
        rest: str = "",
        until: Moment | None = None,
        name: str = "",
    ) -> None:
        """A member of a refset; `name` tells members with the same component apart."""
        id_ = self.member_id(f"{refset} {component} {name}")
        cells = f"{refset}\t{component}\t{rest}" if rest else f"{refset}\t{component}"
        self.put(owner, kind, id_, module, cells, since, until)

    def changing_member(
        self, owner: int, kind: str, module: str, refset: str, component: str, states: Sequence[State], name: str = ""
    ) -> None:
        id_ = self.member_id(f"{refset} {component} {name}")
        cells = [state._replace(rest=f"{refset}\t{component}\t{state.rest}") for state in states]
        self._tables[owner][kind].change(id_, module, cells)

    def later(self) -> Iterator[int]:
        """The slots of the releases after the first."""
        return iter(range(1, self.plan.releases))

    def close(self) -> None:
        for package in self.packages:
            package.close()
