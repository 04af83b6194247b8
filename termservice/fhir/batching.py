"""$batch-validate-code: many validations in one request, which share what is said once for all of them.

Source: the operation of that name of the HL7 terminology ecosystem (hl7.fhir.uv.tx-ecosystem).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from termservice.fhir.calls import Call, Operation
from termservice.fhir.issues import Failure, failed
from termservice.fhir.model import Json
from termservice.fhir.parameters import Parameters
from termservice.fhir.validating import codesystem_validate_code, valueset_validate_code
from termservice.fhir.writing import outcome, parameters

VALIDATION = "validation"
MAX_VALIDATIONS = 1_000
_SHARED_RESOURCES = "tx-resource"
_Alternatives = tuple[frozenset[str], frozenset[str]]
"""Parameters of which one is enough, and those that only say more of one of them."""
_CODES: _Alternatives = frozenset({"code", "coding", "codeableConcept"}), frozenset({"display"})
_CODE_SYSTEMS: _Alternatives = frozenset({"url", "codeSystem"}), frozenset({"version"})
_VALUE_SETS: _Alternatives = frozenset({"url", "valueSet", "context"}), frozenset({"valueSetVersion"})


def codesystem_batch_validate(call: Call) -> Json:
    """A Parameters of one `validation` each: what CodeSystem/$validate-code answers, or an OperationOutcome."""
    return _batch(call, codesystem_validate_code, _CODE_SYSTEMS)


def valueset_batch_validate(call: Call) -> Json:
    """As `codesystem_batch_validate`, of ValueSet/$validate-code."""
    return _batch(call, valueset_validate_code, _VALUE_SETS)


def _batch(call: Call, operation: Operation, against: _Alternatives) -> Json:
    asked = call.parameters.all(VALIDATION)
    if not asked:
        raise failed(f"The parameter '{VALIDATION}' is missing", code="required", status=400)
    if len(asked) > MAX_VALIDATIONS:
        raise failed(f"There may be at most {MAX_VALIDATIONS} validations", code="too-costly", status=400)
    shared = [(name, value) for name, value in call.parameters if name not in (VALIDATION, _SHARED_RESOURCES)]
    found = [_one(call, operation, each, shared, against) for each in asked]
    return parameters({"name": VALIDATION, "resource": each} for each in found)


def _one(
    call: Call, operation: Operation, asked: Json, shared: Sequence[tuple[str, object]], against: _Alternatives
) -> Json:
    try:
        own = Parameters.of_resource(asked)
        return operation(call.inner(Parameters([*own, *_inherited(own, shared, (_CODES, against))])))
    except Failure as failure:
        return outcome(failure.issues)


def _inherited(
    own: Parameters, shared: Sequence[tuple[str, object]], alternatives: Iterable[_Alternatives]
) -> Iterator[tuple[str, object]]:
    """What is said for all and not by one validation itself, in the same words or in others for the same thing."""
    stated = {name for name, _ in own}
    replaced = stated.union(*(names | more for names, more in alternatives if not stated.isdisjoint(names)))
    return (each for each in shared if each[0] not in replaced)
