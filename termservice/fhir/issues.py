"""What an answer has to say beside its result, and failures: FHIR's OperationOutcome issues.

Severity and code are FHIR's (issue-severity, issue-type), `kind` is a code of
http://hl7.org/fhir/tools/CodeSystem/tx-issue-type. Wording and message ids are those of the HL7 terminology ecosystem,
which clients compare to the letter. The wording of validation stands in `wording`, that of what cannot be found in
`resolving`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

ISSUE_TYPES = "http://hl7.org/fhir/tools/CodeSystem/tx-issue-type"
_TOLD = frozenset(
    {
        "INACTIVE_CONCEPT_FOUND",
        "DEPRECATED_CONCEPT_FOUND",
        "Coding_has_no_system__cannot_validate",
        "Display_Name_for__should_be_one_of__instead_of",
        "Display_Name_WS_for__should_be_one_of__instead_of",
        "NO_VALID_DISPLAY_FOUND_NONE_FOR_LANG_ERR",
        "NO_VALID_DISPLAY_FOUND_NONE_FOR_LANG_OK",
    }
)
"""Message ids of what `message` repeats although it may be no error."""


@dataclass(frozen=True, slots=True)
class Issue:
    severity: str
    """fatal, error, warning, information."""
    code: str
    text: str
    kind: str = ""
    expression: str = ""
    """A FHIRPath into the request: `Coding.code`."""
    message_id: str = ""
    diagnostics: str = ""

    @property
    def is_error(self) -> bool:
        return self.severity in ("fatal", "error")


class Failure(Exception):
    """The operation cannot be answered: what an OperationOutcome with this HTTP status says."""

    def __init__(self, *issues: Issue, status: int = 422) -> None:
        super().__init__("; ".join(issue.text for issue in issues))
        self.issues = issues
        self.status = status


def failed(text: str, *, code: str = "invalid", kind: str = "", status: int = 422, expression: str = "") -> Failure:
    """A failure of one error."""
    return Failure(Issue("error", code, text, kind, expression), status=status)


def message(issues: Sequence[Issue]) -> str:
    """The `message` of a validation: the errors and what is as good as one, each text once."""
    return "; ".join(sorted({each.text for each in issues if each.is_error or each.message_id in _TOLD}))
