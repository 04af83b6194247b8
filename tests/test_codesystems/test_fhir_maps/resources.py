"""ConceptMaps of FHIR R4 and R5, made from their parts."""

from codesystems import icd10se, kva

KVA, ICD = kva.SYSTEM.url, icd10se.ICD10SE.url
RULE = "IFA 445518008 | Age at onset of clinical finding (observable entity) | < 75.0 years"


def element(code="AV035", *targets, **more):
    return {"code": code, **({"target": list(targets)} if targets else {}), **more}


def r4(code="I219", equivalence="equivalent", **more):
    return {"code": code, "equivalence": equivalence, **more}


def r5(code="I219", relationship="equivalent", **more):
    return {"code": code, "relationship": relationship, **more}


def group(*elements, source=KVA, target=ICD, **more):
    return {"source": source, "target": target, "element": list(elements), **more}


def resource(*groups, **more):
    given = {"resourceType": "ConceptMap", "id": "karta", "version": "2026", "status": "active", **more}
    return {**{key: value for key, value in given.items() if value is not None}, "group": list(groups)}


def bundle(*resources):
    return {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": each} for each in resources]}
