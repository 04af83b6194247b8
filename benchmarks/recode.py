"""A register of a million rows, each with its own date, recoded: ICD-10-SE to its version of today, ICD-10 to ICD-11.

    python -m benchmarks.recode [HOME] [--rows 1000000] [--even]

Without HOME the releases that are needed are loaded first. Codes are drawn as for benchmarks/checklist.py, whose list
this is. One core is used; rows a second are of processor time, `first` of the first 100 000 rows with most codes new.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks import data
from benchmarks.checklist import PER_ROUND, write
from termservice import ingest
from termservice.answers import When
from termservice.listfile import CustomerList
from termservice.recodelist import People, recode_list
from termservice.recoding import Request
from termservice.service import TerminologyService

RELEASES = (
    "icd-10-se/2015", "icd-10-se/2016", "icd-10-se/2021", "icd-10-who/icd10_who_2019.txt", "icd-11/2024-01",
    "icd-10-icd-11-map/2024-01",
)  # fmt: skip
ASKED = (
    (Request("icd-10-se", "icd-10-se"), (2015, 2024)),
    (Request("icd-10", "icd-11"), (2020, 2025)),
    (Request("icd-11", "icd-10"), (2024, 2025)),
)


class Watched(CustomerList):
    """Notes the time and the memory at every round of rows."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, None, "datum")
        self.peaks: list[int] = []
        self.times: list[float] = []

    def cells(self) -> Iterator[tuple[int, Sequence[str]]]:
        for number, row in enumerate(super().cells()):
            if number % PER_ROUND == 0:
                self.peaks.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10)
                self.times.append(time.process_time())
            yield row


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("home", type=Path, nargs="?")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--even", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="termservice-bench-") as folder:
        home = options.home or Path(folder) / "home"
        if options.home is None:
            ingest.load(home, [data.shared() / "data" / name for name in RELEASES], ingest.Options())
        service = TerminologyService(home)
        for request, years in ASKED:
            measure(service, Path(folder), request, years, options.rows, options.even)
        service.close()


def measure(
    service: TerminologyService, folder: Path, request: Request, years: tuple[int, int], rows: int, even: bool
) -> None:
    found = service.export(request.source, When())
    codes = [concept["code"].replace(".", "") for concept in found if not concept["abstract"]]
    path = folder / "list.csv"
    write(path, codes, years, rows, even)
    start = time.process_time()
    with service.maps.recoder(request) as recoder, (folder / "out.csv").open("w", encoding="utf-8", newline="") as out:
        loaded = time.process_time() - start
        watched = Watched(path)
        summary = recode_list(recoder, watched, out, People(), ";")
        end = time.process_time()
    first = PER_ROUND / (watched.times[1] - watched.times[0]) if len(watched.times) > 1 else 0
    speed = summary.rows / (end - watched.times[0])
    print(
        f"{request.source} → {request.target}: loaded in {loaded:.2f} s; {speed:,.0f} rows a second "
        f"(first {first:,.0f}); {dict(summary.certainties)}; "
        f"peak MB by {PER_ROUND} rows: {' '.join(map(str, watched.peaks))}"
    )


if __name__ == "__main__":
    main()
