"""Every command, by its place: none is imported but the one that is called."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import click

_PLACES = {
    "activate": ("keeping", "Put a held or rolled-back release of SYSTEM in use."),
    "audit": ("audit", "Who loaded, activated, rolled back, removed or let in what, and when; newest first."),
    "backup": ("keeping", "Write store, originals and API keys into FILE (a zip), while the service runs."),
    "check-list": (
        "checking",
        "Was every code in FILE valid then, is it valid now, does it mean the same, what replaced it?",
    ),
    "demo": ("demonstrating", "Load the sample releases that come with the program, serve them and open the page."),
    "diff": ("changing", "What differs between two versions of SYSTEM."),
    "ecl": ("asking", "What an expression of SNOMED CT's constraint language (ECL 2.2) selects, in order of SCTID."),
    "export": ("asking", "Write every code of a version to standard output."),
    "history": ("changing", "What became of a code: when it existed, what happened to it, what follows it."),
    "identify": ("loading", "What would be loaded from PATHS, by which loader, as which version."),
    "keys": ("keys", "API keys: add, list, revoke."),
    "load": ("loading", "Load releases from PATHS: files, folders or zips."),
    "lookup": ("asking", "What a code means: today, in a version, or on a day."),
    "maps": ("mapping", "The maps loaded and how far they reach; with ID, all about one of them."),
    "rebuild": ("keeping", "Make the store anew from the kept originals (after an upgrade that changes its schema)."),
    "recode": (
        "recoding",
        "What do the codes in FILE become in another code system, or in another version of their own?",
    ),
    "reindex": ("keeping", "Build search indexes anew, beside the ones in use."),
    "releases": ("keeping", "Every release received: active, held, rolled back or replaced."),
    "remove": ("keeping", "Forget VERSION of SYSTEM altogether, originals included."),
    "restore": ("keeping", "Put a backup FILE into an empty home folder."),
    "rollback": (
        "keeping",
        "Take VERSION of SYSTEM (by default its latest) out of use; it is kept and can be activated again.",
    ),
    "search": ("asking", "Find codes by words, parts of words or codes, as typed."),
    "serve": ("serving", "Serve REST API, FHIR and pages."),
    "status": ("keeping", "Health, counts, the indexes' state and what was done last."),
    "sync": ("syncing", "Load new releases from the sources in the configuration file."),
    "translate": (
        "mapping",
        "What a code is called in another code system: by a map, over several, or by one read backwards.",
    ),
    "valuesets": (
        "valuesets",
        "The value sets loaded; with ID, one of them and its members as they stand today, or as of a day.",
    ),
    "verify": ("keeping", "Check store, indexes and originals against each other."),
}
"""The module of each command, and the first sentence of its help."""


class Placed(click.Command):
    """Stands for a command until it is called: its name and what it is for, without its module."""

    def __init__(self, name: str, module: str, help: str) -> None:
        super().__init__(name, help=help)
        self._module = module

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        """The context of the command itself."""
        return self.command().make_context(info_name, args, parent, **extra)

    def command(self) -> click.Command:
        """The command itself, of its module."""
        for found in vars(import_module(f"termservice.cli.{self._module}")).values():
            if isinstance(found, click.Command) and found.name == self.name:
                return found
        raise LookupError(f"{self._module} has no command {self.name}")


COMMANDS = tuple(Placed(name, module, help) for name, (module, help) in _PLACES.items())
