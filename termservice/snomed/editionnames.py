"""What people call editions of SNOMED CT, by their modules.

Source: SNOMED International, "Edition URIs" (confluence.ihtsdotools.org, Extended list of edition URIs).
"""

from __future__ import annotations

import numpy as np

from codesystems.snomed_editions import INTERNATIONAL, named
from termservice.snomed.arrays import Edition

_NAMES = {
    INTERNATIONAL: "International",
    "11000221109": "Argentinian",
    "32506021000036107": "Australian",
    "11000234105": "Austrian",
    "11000172109": "Belgian",
    "20621000087109": "Canadian English",
    "20611000087101": "Canadian",
    "554471000005108": "Danish",
    "11000181102": "Estonian",
    "11000229106": "Finnish",
    "11000274103": "German",
    "1121000189102": "Indian",
    "11000220105": "Irish",
    "11000146104": "Dutch",
    "21000210109": "New Zealand",
    "51000202101": "Norwegian",
    "11000267109": "Korean",
    "900000001000122104": "Spanish",
    "449081005": "International Spanish",
    "45991000052106": "Swedish",
    "2011000195101": "Swiss",
    "83821000000107": "UK",
    "999000031000000106": "UK",
    "999000041000000102": "UK Clinical",
    "5631000179106": "Uruguayan",
    "731000124108": "US",
}


def edition_name(version: str, edition: Edition) -> str:
    """`Swedish Edition`: by the module in a version's URI; of an unknown module (a subset, a draft) by the module that
    most of its concepts are of. Empty where neither is known."""
    said = named(version)
    name = _NAMES.get(said.module) if said is not None and said.module else None
    if name is None and len(edition):
        most = int(np.bincount(edition.module.codes).argmax())
        name = _NAMES.get(str(int(edition.module.ids[most])))
    return f"{name} Edition" if name else ""
