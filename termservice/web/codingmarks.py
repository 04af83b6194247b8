"""What a coder must not miss about a code: half of a dagger/asterisk pair, not allowed as main diagnosis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from codesystems.icd10se_formats.concepts import LINK, NOT_MAIN
from termservice.answers import PropertyAnswer

KINDS = {"†": "dagger", "*": "asterisk"}
_YES = (True, "Ja")


@dataclass(frozen=True, slots=True)
class Marks:
    kind: str | None
    """`dagger` of a code for the underlying disease, `asterisk` of one for its manifestation."""
    sign: str
    """† or *."""
    partners: Sequence[str]
    """The codes it is used together with, as the publisher writes them."""
    not_main: bool
    """Must not be used as main diagnosis."""
    others: Sequence[PropertyAnswer]
    """All other properties, in their order."""


def marks(properties: Sequence[PropertyAnswer]) -> Marks:
    """The marks among a concept's properties, and the rest of these."""
    sign = next((str(each.value) for each in properties if each.value in KINDS), "")
    return Marks(
        kind=KINDS.get(sign),
        sign=sign,
        partners=[str(each.value) for each in properties if each.code == LINK],
        not_main=any(each.code == NOT_MAIN and each.value in _YES for each in properties),
        others=[each for each in properties if each.code not in (LINK, NOT_MAIN) and each.value not in KINDS],
    )
