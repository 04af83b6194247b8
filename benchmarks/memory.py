"""Memory of a serving process: everything loaded, every code system searched and browsed.

python -m benchmarks.memory HOME
"""

from __future__ import annotations

import sys
from pathlib import Path

from termservice.service import TerminologyService
from termservice.web.app import create_app

WORDS = ("akut", "diab typ", "fraktur", "tum", "i21", "operation", "ospecificerad", "hjärtinfrakt", "s", "a")


def main(home: Path) -> None:
    print(f"before anything is opened: {_private_mb():.0f} MB of its own")
    service = TerminologyService(home)
    client = create_app(service).test_client()
    for word in WORDS:
        assert client.get("/api/v1/search", query_string={"q": word}).status_code == 200
    for system in service.codesystems().items:
        for version in service.versions(system.id).items:
            url = f"/api/v1/codesystems/{system.id}/roots"
            assert client.get(url, query_string={"version": version.version}).status_code == 200
    own, resident = _private_mb(), _resident_mb()
    print(f"after search and browse of every version: {own:.0f} MB of its own, {resident:.0f} MB resident")


def _private_mb() -> float:
    """Memory no other process shares (mapped index files are shared by all workers)."""
    text = Path("/proc/self/smaps_rollup").read_text()
    lines = [line.split() for line in text.splitlines()[1:]]
    return sum(int(line[1]) for line in lines if line[0].startswith("Private")) / 1024


def _resident_mb() -> float:
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


if __name__ == "__main__":
    main(Path(sys.argv[1]))
