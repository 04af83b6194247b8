"""SNOMED CT: its identity and the names it goes by."""

from __future__ import annotations

from codesystems.model import CodeSystem

SYSTEM = CodeSystem(
    id="snomed-ct",
    url="http://snomed.info/sct",
    title="SNOMED CT",
    publisher="SNOMED International",
    language="en",
    aliases=("http://snomed.info/sct/45991000052106", "2.16.840.1.113883.6.96", "1.2.752.116.2.1.1"),
    code_rule="exact",
    copyright="© SNOMED International; used under the licence of each country's release centre",
)
