"""A real subset of SNOMED CT, and the expansions that the FHIR terminology ecosystem expects of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from termservice.snomed.arrays import Edition
from termservice.snomed.ecl import EclError, evaluate

pytestmark = pytest.mark.live


def _cases(shared: Path, prefix: str) -> list[tuple[str, dict[str, Any], dict[str, Any]]]:
    """(expression, request parameters by name, response) of each case."""
    found = []
    for path in sorted((shared / "conformance" / "tests" / "sct" / "ecl").glob(f"{prefix}*-request.json")):
        request = json.loads(path.read_text("utf-8"))
        response = json.loads(path.with_name(path.name.replace("-request", "-response")).read_text("utf-8"))
        parameters = {each["name"]: each for each in request["parameter"]}
        [include] = parameters["valueSet"]["resource"]["compose"]["include"]
        found.append((include["filter"][0]["value"], parameters, response))
    assert found
    return found


def test_every_row_is_there(subset: Edition):
    assert (len(subset), len(subset.substrate)) == (2258, 2251)
    assert evaluate(subset, "*") == evaluate(subset, "<< 138875005") == subset.substrate


def test_expansions(shared: Path, subset: Edition):
    for text, _, response in _cases(shared, "expand"):
        if response["resourceType"] == "OperationOutcome":
            with pytest.raises(EclError):
                evaluate(subset, text)
            continue
        expansion = response["expansion"]
        codes = sorted(int(each["code"]) for each in expansion.get("contains", []))
        assert subset.ids_of(evaluate(subset, text)).tolist() == codes, text
        assert len(codes) == expansion["total"]


def test_validation_of_codes(shared: Path, subset: Edition):
    checked = 0
    for text, parameters, response in _cases(shared, "validate-code"):
        code = parameters["code"]["valueCode"]
        if not code.isdigit():
            continue  # a postcoordinated expression
        expected = next(each["valueBoolean"] for each in response["parameter"] if each["name"] == "result")
        assert (subset.place(int(code)) in evaluate(subset, text)) is expected, (text, code)
        checked += 1
    assert checked > 20
