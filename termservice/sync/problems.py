"""What can go wrong while syncing, with a message for people that holds no secret."""

from __future__ import annotations

from termservice.errors import TermserviceError


class ConfigurationError(TermserviceError):
    """The configuration file cannot be used; the message names file, line and key."""

    status = 422
    code = "sync-configuration"
    title = "Wrong configuration"


class Failure(TermserviceError):
    """A source cannot be read now, or gave something that cannot be used. Other sources go on."""

    code = "sync-failure"
    title = "Source failed"


class Waiting(Failure):
    """What a source holds is not ready yet: looked at again in the next pass, and nobody is told."""

    code = "sync-waiting"
    title = "Not ready yet"


class Busy(TermserviceError):
    """Another sync is at work."""

    status = 409
    code = "sync-busy"
    title = "Sync at work"
