"""A list of real codes against the files they come from."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from termservice.answers import When
from termservice.checklist import check_rows
from termservice.listfile import CustomerList
from termservice.service import TerminologyService


@pytest.mark.live
def test_the_codes_of_2015_in_2021(live_home: Path, shared_data: Path, tmp_path: Path) -> None:
    """Counts follow from the files themselves, read here in the plainest way."""
    old, new = _plain(shared_data / "icd-10-se" / "2015"), _plain(shared_data / "icd-10-se" / "2021")
    path = tmp_path / "list.csv"
    path.write_text("diagnos\n" + "".join(f"{code}\n" for code in old), "utf-8")
    service = TerminologyService(live_home, today=lambda: date(2026, 7, 1))
    found: dict[str, str] = {}
    checker = service.checker("icd-10-se", When(version="2015"), When(version="2021"))
    summary = check_rows(
        checker, CustomerList(path).rows(), lambda line, given, day, verdict: found.update({given: verdict.status})
    )
    service.close()
    same = [code for code in old.keys() & new.keys() if old[code] == new[code]]
    assert (summary.rows, summary.without_code, len(found)) == (35_592, 0, 35_592)
    assert {code for code, status in found.items() if status == "withdrawn"} == old.keys() - new.keys()
    assert (summary.statuses["withdrawn"], summary.statuses["ok"]) == (len(old.keys() - new.keys()), len(same))
    assert sum(summary.statuses.values()) == 35_592
    assert set(summary.statuses) == {"ok", "retitled", "withdrawn"}
    # the steps withdraw 9 + 21 + 132 + 0 + 2 codes; some of those were introduced after 2015 or came back
    assert 0 < summary.statuses["withdrawn"] <= 9 + 21 + 132 + 0 + 2
    assert summary.needs_person == 35_592 - len(same) - summary.cosmetic


def _plain(folder: Path) -> dict[str, str]:
    found = {}
    for name in ("KSH97_KAT.ANS", "KSH97_KOD.ANS", "KSH97_KXX.ANS"):
        if (folder / name).exists():
            lines = (folder / name).read_bytes().decode("cp1252").splitlines()
            found.update({line[:7].strip().upper(): line[7:].strip() for line in lines if line.strip()})
    for path in folder.glob("digit?.txt"):
        for line in path.read_text("utf-8-sig").splitlines():
            code, _, title = line.split("\t")
            found[code.strip()] = title.strip()
    return found
