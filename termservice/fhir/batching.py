"""$batch-validate-code: many validations in one request, which share what is said once for all of them.

Source: the operation of that name of the HL7 terminology ecosystem (hl7.fhir.uv.tx-ecosystem).
"""

from __future__ import annotations

from termservice.fhir.calls import Call, Operation
from termservice.fhir.issues import Failure, failed
from termservice.fhir.model import Json
from termservice.fhir.parameters import Parameters
from termservice.fhir.validating import codesystem_validate_code, valueset_validate_code
from termservice.fhir.writing import outcome, parameters

VALIDATION = "validation"
MAX_VALIDATIONS = 1_000
_SHARED_RESOURCES = "tx-resource"


def codesystem_batch_validate(call: Call) -> Json:
    """A Parameters of one `validation` each: what CodeSystem/$validate-code answers, or an OperationOutcome."""
    return _batch(call, codesystem_validate_code)


def valueset_batch_validate(call: Call) -> Json:
    """As `codesystem_batch_validate`, of ValueSet/$validate-code."""
    return _batch(call, valueset_validate_code)


def _batch(call: Call, operation: Operation) -> Json:
    asked = call.parameters.all(VALIDATION)
    if not asked:
        raise failed(f"The parameter '{VALIDATION}' is missing", code="required", status=400)
    if len(asked) > MAX_VALIDATIONS:
        raise failed(f"There may be at most {MAX_VALIDATIONS} validations", code="too-costly", status=400)
    shared = [(name, value) for name, value in call.parameters if name not in (VALIDATION, _SHARED_RESOURCES)]
    found = [_one(call, operation, each, shared) for each in asked]
    return parameters({"name": VALIDATION, "resource": each} for each in found)


def _one(call: Call, operation: Operation, asked: Json, shared: list[tuple[str, object]]) -> Json:
    """What is said in one validation itself goes before what is said for all."""
    try:
        return operation(call.inner(Parameters([*Parameters.of_resource(asked), *shared])))
    except Failure as failure:
        return outcome(failure.issues)
