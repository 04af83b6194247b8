"""What can go wrong for whoever asks, with the HTTP status and the stable code that each has everywhere."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


class TermserviceError(Exception):
    """A failure with a message for people. `details` are the machine-readable members of the answer."""

    status = 500
    code = "error"
    title = "Error"

    def __init__(self, message: str, **details: Any) -> None:
        super().__init__(message)
        self.message = message
        self.details = {name: value for name, value in details.items() if value not in (None, (), [])}


class NotFound(TermserviceError):
    """What was asked for by name does not exist; `details` hold `nearest` alternatives where there are any."""

    status = 404
    code = "not-found"
    title = "Not found"


class UnknownSystem(NotFound):
    code = "unknown-system"
    title = "Unknown code system"

    def __init__(self, system: str, nearest: Sequence[str] = ()) -> None:
        super().__init__(_with(f"no code system {system!r} is loaded", nearest), system=system, nearest=list(nearest))


class UnknownMap(NotFound):
    code = "unknown-map"
    title = "Unknown map"

    def __init__(self, name: str, nearest: Sequence[str] = ()) -> None:
        super().__init__(_with(f"no map {name!r} is loaded", nearest), map=name, nearest=list(nearest))


class UnknownValueSet(NotFound):
    code = "unknown-value-set"
    title = "Unknown value set"

    def __init__(self, name: str, nearest: Sequence[str] = ()) -> None:
        super().__init__(_with(f"no value set {name!r} is loaded", nearest), valueset=name, nearest=list(nearest))


class UnknownVersion(NotFound):
    code = "unknown-version"
    title = "Unknown version"

    def __init__(self, system: str, version: str, versions: Sequence[str]) -> None:
        super().__init__(
            f"{system} has no version {version!r}; it has {', '.join(versions) or 'none'}",
            system=system, version=version, nearest=list(versions),
        )  # fmt: skip


class NothingInForce(NotFound):
    """The date is before the first release (or only future releases are loaded)."""

    code = "before-first-release"
    title = "Nothing in force on that date"

    def __init__(self, system: str, date: str, first: str, versions: Sequence[str]) -> None:
        super().__init__(
            f"{system} has no release in force on {date}; the first one loaded is in force from {first}",
            system=system, date=date, first=first, nearest=list(versions[:1]),
        )  # fmt: skip


class UnknownCode(NotFound):
    code = "unknown-code"
    title = "Unknown code"

    def __init__(self, system: str, code: str, nearest: Sequence[str] = (), ambiguous: Sequence[str] = ()) -> None:
        message = f"{system} has never had a code {code!r}"
        if ambiguous:
            message = f"{code!r} may mean {' or '.join(ambiguous)} in {system}"
        super().__init__(
            _with(message, nearest) if not ambiguous else message,
            system=system, unknown=code, nearest=list(ambiguous or nearest),
        )  # fmt: skip


class NotInVersion(NotFound):
    code = "code-not-in-version"
    title = "Code not in this version"

    def __init__(self, system: str, code: str, version: str, versions: Sequence[str]) -> None:
        super().__init__(
            f"{system} {version} does not hold {code}; it is in {', '.join(versions) or 'no version loaded'}",
            system=system, unknown=code, version=version, versions=list(versions),
        )  # fmt: skip


class InvalidParameter(TermserviceError):
    """Wrong parameters. `errors` says what is wrong by parameter name."""

    status = 422
    code = "invalid-parameter"
    title = "Invalid parameter"

    def __init__(self, errors: dict[str, str]) -> None:
        super().__init__("; ".join(f"{name}: {text}" for name, text in errors.items()), errors=errors)


class Refused(TermserviceError):
    """An operation on the store that is refused as it stands; nothing has been changed."""

    status = 409
    code = "refused"
    title = "Refused"


class StoreError(TermserviceError):
    """The store cannot be used: it is of a newer program, damaged, or locked."""

    status = 503
    code = "store-unavailable"
    title = "Store unavailable"


def _with(message: str, nearest: Sequence[str]) -> str:
    return f"{message}; nearest: {', '.join(nearest)}" if nearest else message
