"""A client in a process of its own: asks until a file is gone, and holds every answer to one version.

    python -m tests.soak.client PORT FLOOR SEED

FLOOR is a file with the last revision whose load has ended: a request sent after that may not be answered from an
older one. What was asked and what was wrong with it is printed as JSON.
"""

from __future__ import annotations

import http.client
import json
import random
import re
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

from tests.soak.homes import CODES, SYSTEM, title, version

URL = f"urn:codesystem:{SYSTEM}"
MOST_TOLD = 20
PAUSE = 0.002
"""Between requests, so that the loads they are to meet come forward."""
_EDITION = re.compile(r"Utgåva(\d+)")


def main(port: int, floor: Path, seed: int) -> None:
    dice = random.Random(seed)
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    told: dict[str, Any] = {"requests": Counter(), "versions": Counter(), "failures": []}
    while floor.exists():
        name, path, check = dice.choice(KINDS)(dice)
        try:
            least = int(floor.read_text() or 0)
            connection.request("GET", path)
            answer = connection.getresponse()
            body = answer.read()
            assert answer.status == 200, (answer.status, body[:300])
            found, revision = check(json.loads(body))
            assert revision is None or revision >= least, f"revision {revision} after {least} was loaded"
            told["versions"][found] += 1
        except Exception as error:
            connection.close()
            if floor.exists() and len(told["failures"]) < MOST_TOLD:
                told["failures"].append(f"{path}: {error!r}")
        told["requests"][name] += 1
        time.sleep(PAUSE)
    connection.close()
    json.dump(told, sys.stdout)


Check = Callable[[Any], tuple[str, int | None]]
"""Of a body: the version it is of, and its revision where it says so. Raises where it is of several."""


def look_up(dice: random.Random) -> tuple[str, str, Check]:
    at = dice.randrange(CODES)

    def check(body: Any) -> tuple[str, int]:
        number = edition([body["display"]])
        assert body["version"] == version(number), body
        assert body["display"] == title(number, at), body
        assert {name["value"] for name in body["designations"]} == {title(number, at)}, body
        return body["version"], body["revision"]

    return "look-up", f"/api/v1/codesystems/{SYSTEM}/concepts/K{at:04}", check


def search(dice: random.Random) -> tuple[str, str, Check]:
    word = dice.choice(("apel", "päron", "nummer", "utg nu"))

    def check(body: Any) -> tuple[str, int]:
        assert body["items"], body
        texts = [text for hit in body["items"] for text in (hit["display"], hit["matched"]["text"])]
        number = edition(texts)
        assert {hit["version"] for hit in body["items"]} == {version(number)}, body
        return version(number), body["revision"]

    return "search", f"/api/v1/search?system={SYSTEM}&limit=50&q={quote(word)}", check


def page(dice: random.Random) -> tuple[str, str, Check]:
    def check(body: Any) -> tuple[str, int]:
        number = edition([item["display"] for item in body["items"]])
        assert (body["version"], body["total"], len(body["items"])) == (version(number), CODES, CODES), body
        return body["version"], body["revision"]

    return "codes", f"/api/v1/codesystems/{SYSTEM}/concepts?limit=1000", check


def expand(dice: random.Random) -> tuple[str, str, Check]:
    words = dice.choice(("", "&filter=apel", "&filter=numm"))

    def check(body: Any) -> tuple[str, None]:
        expansion = body["expansion"]
        number = edition([entry["display"] for entry in expansion["contains"]])
        used = [each["valueUri"] for each in expansion["parameter"] if each["name"] == "used-codesystem"]
        assert used == [f"{URL}|{version(number)}"], used
        return version(number), None

    path = f"/fhir/r5/ValueSet/$expand?url={quote(URL + '?fhir_vs', safe='')}{words}"
    return "$expand", path, check


def fhir_look_up(dice: random.Random) -> tuple[str, str, Check]:
    at = dice.randrange(CODES)

    def check(body: Any) -> tuple[str, None]:
        found = {each["name"]: each.get("valueString") for each in body["parameter"]}
        number = edition([str(found["display"])])
        assert (found["version"], found["display"]) == (version(number), title(number, at)), body
        return version(number), None

    return "$lookup", f"/fhir/r5/CodeSystem/$lookup?system={URL}&code=K{at:04}", check


def edition(texts: list[str]) -> int:
    """The number of the one version that texts are of."""
    (number,) = {int(found[1]) for text in texts for found in [_EDITION.search(text)] if found}
    return number


KINDS = (look_up, search, page, expand, fhir_look_up)

if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))
