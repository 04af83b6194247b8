"""A customer's list of a million rows, each with its own date, against every version of ICD-10-SE.

    python -m benchmarks.checklist HOME [--rows 1000000] [--even]

Some codes are common and most are rare, as in registers of diagnoses; with --even all are equally frequent, which is
the worst case. One core is used; rows a second are of processor time.
"""

from __future__ import annotations

import argparse
import random
import resource
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from itertools import accumulate
from pathlib import Path

from termservice.answers import When
from termservice.checklist import check_rows
from termservice.listfile import CustomerList
from termservice.listreport import CsvReport, JsonReport, TextReport
from termservice.service import TerminologyService

SYSTEM = "icd-10-se"
PER_ROUND = 100_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("home", type=Path)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--even", action="store_true")
    options = parser.parse_args()
    service = TerminologyService(options.home)
    with tempfile.TemporaryDirectory(prefix="termservice-bench-") as folder:
        path = Path(folder) / "list.csv"
        years = [int(version.effective_date[:4]) for version in service.versions(SYSTEM).items]
        write(path, codes(service), (min(years), max(years) + 1), options.rows, options.even)
        for kind in (TextReport, CsvReport, JsonReport):
            measure(service, path, Path(folder) / "report", kind)
    service.close()


def codes(service: TerminologyService) -> list[str]:
    """Every code of the newest version, without dots, as registers hold them."""
    found = service.export(SYSTEM, When())
    return [concept["code"].replace(".", "") for concept in found if not concept["abstract"]]


def write(path: Path, known: Sequence[str], years: tuple[int, int], rows: int, even: bool) -> None:
    chance = random.Random(1)
    shuffled = chance.sample(known, len(known))
    weights = list(accumulate(1 if even else 1 / (rank + 1) for rank in range(len(known))))
    with path.open("w", encoding="utf-8") as stream:
        stream.write("lopnr;datum;diagnos;enhet\n")
        for first in range(0, rows, PER_ROUND):
            drawn = chance.choices(shuffled, cum_weights=weights, k=min(PER_ROUND, rows - first))
            stream.writelines(
                f"{n};{day(chance, years)};{code};Enhet {n % 99}\n" for n, code in enumerate(drawn, first)
            )
    print(f"{rows} rows of {len(known)} codes, {path.stat().st_size >> 20} MB")


def day(chance: random.Random, years: tuple[int, int]) -> str:
    return f"{chance.randint(*years)}-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}"


def measure(service: TerminologyService, path: Path, target: Path, kind: type) -> None:
    start = time.process_time()
    checker = service.checker(SYSTEM)
    loaded = time.process_time() - start
    peaks: list[int] = []

    def watched() -> Iterator[tuple[int, str, str | None]]:
        for number, row in enumerate(CustomerList(path, None, "datum").rows()):
            if number % PER_ROUND == 0:
                peaks.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10)
            yield row

    with target.open("w", encoding="utf-8", newline="") as stream:
        report = kind(stream)
        start = time.process_time()
        summary = check_rows(checker, watched(), report.row)
        spent = time.process_time() - start
    print(
        f"{kind.__name__:<12} table read in {loaded:.2f} s; {summary.rows / spent:>9,.0f} rows a second; "
        f"{summary.needs_person} need a person; peak MB by {PER_ROUND} rows: {' '.join(map(str, peaks))}"
    )


if __name__ == "__main__":
    sys.exit(main())
