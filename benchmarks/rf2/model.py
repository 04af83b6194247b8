"""Where invented concepts hang, how many, and by which attributes they are defined: the shape of the content.

Shares follow the sizes of the real hierarchies roughly; attributes and their ranges are a selection from the concept
model.
"""

from __future__ import annotations

from typing import NamedTuple


class Branch(NamedTuple):
    """A concept under which invented concepts hang, all with one semantic tag."""

    anchor: str
    tag: str
    share: float
    """Of all invented concepts."""
    words: int
    """How many words a name has at most."""


class Attribute(NamedTuple):
    type: str
    chance: float
    """That a group has it."""
    range: tuple[str, ...]
    """Anchors of branches, or concepts themselves, alike probable; or numbers `#…`."""


class Group(NamedTuple):
    chance: float
    """That a concept has the group at all; each further one has two thirds of the chance before."""
    most: int
    attributes: tuple[Attribute, ...]
    grouped: bool = True


FINDING, DISORDER, PROCEDURE, THERAPY = "404684003", "64572001", "71388002", "243120004"
ANATOMY, CELL, MORPHOLOGY = "91723000", "4421005", "49755003"
ORGANISM, SUBSTANCE, PRODUCT, MEDICINE = "410607006", "105590001", "373873005", "763158003"
OBSERVABLE, SITUATION, DEVICE, SPECIMEN = "363787002", "243796009", "260787004", "123038009"
QUALIFIER, ACTION, DOSE_FORM = "362981000", "129264002", "736542009"

BRANCHES = (
    Branch(FINDING, "finding", 0.095, 5),
    Branch(DISORDER, "disorder", 0.245, 6),
    Branch(PROCEDURE, "procedure", 0.155, 6),
    Branch(THERAPY, "regime/therapy", 0.010, 4),
    Branch(ANATOMY, "body structure", 0.095, 4),
    Branch(CELL, "cell structure", 0.002, 3),
    Branch(MORPHOLOGY, "morphologic abnormality", 0.014, 4),
    Branch(ORGANISM, "organism", 0.095, 2),
    Branch(SUBSTANCE, "substance", 0.075, 3),
    Branch(MEDICINE, "medicinal product", 0.020, 4),
    Branch(PRODUCT, "clinical drug", 0.045, 5),
    Branch(OBSERVABLE, "observable entity", 0.030, 5),
    Branch(SITUATION, "situation", 0.014, 5),
    Branch("48176007", "social concept", 0.003, 2),
    Branch("14679004", "occupation", 0.010, 3),
    Branch("125676002", "person", 0.002, 2),
    Branch(DEVICE, "physical object", 0.042, 4),
    Branch(SPECIMEN, "specimen", 0.006, 4),
    Branch("272379006", "event", 0.009, 5),
    Branch("78621006", "physical force", 0.0007, 2),
    Branch("308916002", "environment", 0.005, 3),
    Branch("419891008", "record artifact", 0.0013, 3),
    Branch("254291000", "staging scale", 0.001, 4),
    Branch("273249006", "assessment scale", 0.003, 4),
    Branch("370115009", "special concept", 0.0005, 2),
    Branch(QUALIFIER, "qualifier value", 0.017, 3),
    Branch(ACTION, "qualifier value", 0.002, 1),
    Branch(DOSE_FORM, "dose form", 0.0015, 3),
)

_DISORDER = Group(
    1.0,
    3,
    (
        Attribute("363698007", 0.92, (ANATOMY,)),
        Attribute("116676008", 0.75, (MORPHOLOGY,)),
        Attribute("246075003", 0.22, (ORGANISM, SUBSTANCE)),
        Attribute("370135005", 0.35, ("308490002",)),
        Attribute("246454002", 0.15, ("255399007",)),
    ),
)
_COURSE = Group(
    0.2,
    1,
    (
        Attribute("263502005", 0.5, ("90734009",)),
        Attribute("246112005", 0.3, ("255604002", "6736007", "24484000")),
        Attribute("42752001", 0.4, (DISORDER,)),
    ),
    grouped=False,
)
_FINDING = Group(0.9, 2, (Attribute("363698007", 0.7, (ANATOMY,)), Attribute("363714003", 0.6, (OBSERVABLE,))))
_PROCEDURE = Group(
    1.0,
    3,
    (
        Attribute("260686004", 0.97, (ACTION,)),
        Attribute("405813007", 0.78, (ANATOMY,)),
        Attribute("363700003", 0.22, (MORPHOLOGY,)),
        Attribute("363701004", 0.12, (SUBSTANCE,)),
        Attribute("424226004", 0.25, (DEVICE,)),
    ),
)
_INGREDIENT = Group(0.95, 3, (Attribute("127489000", 1.0, (SUBSTANCE,)),))
_STRENGTHS = ("#0.5", "#1", "#2.5", "#5", "#10", "#20", "#50", "#100", "#250", "#500", "#1000")
_STRENGTH = Group(
    0.98,
    3,
    (
        Attribute("762949000", 1.0, (SUBSTANCE,)),
        Attribute("732943007", 1.0, (SUBSTANCE,)),
        Attribute("732945000", 1.0, ("258684004",)),
        Attribute("1142135004", 1.0, _STRENGTHS),
        Attribute("732947008", 1.0, ("258773002",)),
        Attribute("1142136003", 1.0, ("#1", "#1", "#1", "#5", "#10")),
    ),
)
_FORM = Group(
    0.98,
    1,
    (Attribute("411116001", 1.0, (DOSE_FORM,)), Attribute("1142139005", 1.0, ("#1", "#1", "#1", "#2", "#3"))),
    grouped=False,
)
_SITUATION = Group(
    1.0,
    1,
    (
        Attribute("246090004", 1.0, (DISORDER, FINDING)),
        Attribute("408729009", 1.0, ("410515003",)),
        Attribute("408731000", 1.0, ("410512000",)),
        Attribute("408732007", 1.0, ("410604004",)),
    ),
)
_OBSERVABLE = Group(0.5, 1, (Attribute("370130000", 1.0, (QUALIFIER,)), Attribute("704319004", 0.7, (ANATOMY,))))
_SPECIMEN = Group(0.9, 1, (Attribute("118169006", 0.8, (ANATOMY,)), Attribute("370133003", 0.5, (SUBSTANCE,))))
_SIDE = Group(0.3, 1, (Attribute("272741003", 1.0, ("7771000", "24028007", "51440002")),), grouped=False)

GROUPS: dict[str, tuple[Group, ...]] = {
    FINDING: (_FINDING,),
    DISORDER: (_DISORDER, _COURSE),
    PROCEDURE: (_PROCEDURE,),
    THERAPY: (_PROCEDURE,),
    ANATOMY: (_SIDE,),
    MEDICINE: (_INGREDIENT, _FORM),
    PRODUCT: (_STRENGTH, _FORM),
    OBSERVABLE: (_OBSERVABLE,),
    SITUATION: (_SITUATION,),
    SPECIMEN: (_SPECIMEN,),
}
"""Anchor → what the concepts of its branch are defined by."""
MAPPED = (FINDING, DISORDER)
"""Branches with a map to ICD-10."""
