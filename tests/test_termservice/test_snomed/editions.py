"""Small editions made from a seed, with everything that expressions can ask for."""

from __future__ import annotations

from random import Random

from codesystems.formats.rf2_rows import (
    ACCEPTABLE,
    DEFINED,
    FULLY_SPECIFIED_NAME,
    INFERRED,
    IS_A,
    LANGUAGE_SHAPE,
    PREFERRED,
    PRIMITIVE,
    ROOT,
    SYNONYM,
    ConceptRow,
    ConcreteRow,
    DescriptionRow,
    MemberRow,
    MemberShape,
    RelationshipRow,
    Rows,
)

MODULES = (900000000000207008, 45991000052106)
TYPES = (363698007, 116676008, 246075003)
STRENGTH = 1142135004
SIMPLE, ASSOCIATION, SAME_AS, MAP = 700043003, 900000000000526001, 900000000000527005, 447562003
ENGLISH, SWEDISH = 900000000000509007, 46011000052107
ASSOCIATED = MemberShape(("targetComponentId",), "c")
MAPPED = MemberShape(("mapGroup", "mapTarget", "correlationId"), "isc")
KNOWN = (ROOT, IS_A, *MODULES, *TYPES, STRENGTH, SIMPLE, ASSOCIATION, SAME_AS, MAP, ENGLISH, SWEDISH)
OTHERS = tuple(range(100001, 100031))
WORDS = ("heart", "Attack", "hjärta", "Sjögren", "x-ray", "résumé", "of", "hjartat", "Ångest", "angest", "heartache")
TARGETS = ("J45.9", "J45", "I10.9")
TIMES = (20190131, 20200731, 20210131, 0)


def edition(seed: int) -> Rows:
    """Rows as lists; concepts, hierarchy, groups, descriptions and members are drawn from the seed."""
    random = Random(seed)
    ids = [*KNOWN, *OTHERS]
    inactive = set(random.sample(OTHERS, 6))
    concepts = [
        ConceptRow(
            id, random.choice(TIMES), id not in inactive, random.choice(MODULES), random.choice((PRIMITIVE, DEFINED))
        )
        for id in ids
    ]
    active = [id for id in ids if id not in inactive]
    relationships = [
        RelationshipRow(random.random() > 0.05, id, parent, 0, IS_A, INFERRED)
        for number, id in enumerate(active[1:], start=1)
        for parent in {random.choice(active[:number]) for _ in range(random.choice((1, 1, 2, 3)))}
    ]
    relationships += [
        RelationshipRow(
            random.random() > 0.1, random.choice(ids), random.choice(ids), random.randint(0, 3),
            random.choice(TYPES), INFERRED if random.random() > 0.1 else 900000000000227009,
        )
        for _ in range(120)
    ]  # fmt: skip
    concretes = [
        ConcreteRow(
            True,
            random.choice(active),
            f"#{random.choice(('1', '2.5', '-3'))}",
            random.randint(0, 2),
            STRENGTH,
            INFERRED,
        )
        for _ in range(25)
    ]
    descriptions = [
        DescriptionRow(
            1000011 + 10 * number, random.choice(TIMES), random.random() > 0.15, random.choice(MODULES),
            random.choice(ids),
            random.choice(("en", "sv")), random.choice((FULLY_SPECIFIED_NAME, SYNONYM)),
            " ".join(random.choices(WORDS, k=random.randint(1, 3))), 900000000000448009,
        )
        for number in range(110)
    ]  # fmt: skip

    def member(refset: int, component: int, shape: MemberShape, *cells: str) -> MemberRow:
        module = random.choice(MODULES)
        return MemberRow(random.choice(TIMES), random.random() > 0.15, module, refset, component, shape, cells)

    members = [member(SIMPLE, id, MemberShape()) for id in random.sample(ids, 12)]
    members += [
        member(refset, id, ASSOCIATED, str(random.choice(ids)))
        for refset in (ASSOCIATION, SAME_AS)
        for id in sorted(inactive)
    ]
    members += [
        member(
            MAP,
            random.choice(ids),
            MAPPED,
            str(random.randint(1, 3)),
            random.choice(("J45.9", "J45", "I10.9")),
            str(TYPES[0]),
        )
        for _ in range(20)
    ]
    members += [
        member(refset, row.id, LANGUAGE_SHAPE, str(random.choice((PREFERRED, ACCEPTABLE))))
        for refset in (ENGLISH, SWEDISH)
        for row in descriptions
        if random.random() > 0.4
    ]
    random.shuffle(concepts)
    random.shuffle(descriptions)
    random.shuffle(members)
    return Rows(concepts, relationships, concretes, descriptions, members)
