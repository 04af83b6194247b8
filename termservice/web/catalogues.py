"""The texts of the pages: one gettext catalogue (`translations/<language>/LC_MESSAGES/termservice.po`) per language.

A msgid is a name that templates and code know a text by (`search.label`), so that each language, Swedish too, has its
wording in one place and a wrong name is an error, not a text in the wrong language. Values stand in braces.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from babel.messages.pofile import read_po

DOMAIN = "termservice"
LANGUAGES = ("sv", "en")
"""In order of preference; the first one is what a visitor gets who has not chosen."""


class Catalogue:
    """The texts of one language. Every method raises `KeyError` for a name that has none."""

    def __init__(self, language: str, texts: Mapping[str, tuple[str, ...]], form: Callable[[int], int]) -> None:
        """`texts` has the one form of a text, or its plural forms in gettext's order; `form` says which one a count
        takes."""
        self.language = language
        self._texts = texts
        self._form = form

    def text(self, name: str, /, **values: object) -> str:
        (found,) = self._texts[name]
        return found.format(**values) if values else found

    def plural(self, name: str, count: int, /, **values: object) -> str:
        """The form of the text for a count of things."""
        return self._texts[name][self._form(count)].format(**values)

    def __contains__(self, name: str) -> bool:
        return name in self._texts

    def names(self) -> set[str]:
        return set(self._texts)

    def forms(self, name: str) -> tuple[str, ...]:
        return self._texts[name]


@cache
def catalogue(language: str) -> Catalogue:
    """The catalogue of one of `LANGUAGES`, read once a process."""
    with (files(__package__) / "translations" / language / "LC_MESSAGES" / f"{DOMAIN}.po").open("rb") as file:
        found = read_po(file, locale=language, domain=DOMAIN, abort_invalid=True)
    texts = {_name(message.id): _forms(message.string) for message in found if message.id}
    return Catalogue(language, texts, _plural_form(found.plural_expr))


def _name(identity: Any) -> str:
    return identity if isinstance(identity, str) else str(identity[0])


def _forms(string: Any) -> tuple[str, ...]:
    return (string,) if isinstance(string, str) else tuple(string)


def _plural_form(expression: str) -> Callable[[int], int]:
    from gettext import c2py  # the standard library's reader of Plural-Forms

    return c2py(expression)
