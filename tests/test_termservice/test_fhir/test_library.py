"""Versions of what comes with a request, and which one is meant."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import pytest

from termservice.fhir.issues import Failure
from termservice.fhir.library import Library, fits, match, version_key
from termservice.fhir.memory import MemoryProvider
from termservice.fhir.model import ValueSet
from termservice.fhir.provider import Provider
from termservice.fhir.sources import Nothing
from tests.test_termservice.test_fhir.tiny import SYSTEM, code_system, codes, concept, expansion, include, value_set


class Store(Nothing):
    """A source of one code system and one value set, each in two versions."""

    def versions(self, url: str) -> Sequence[str]:
        return ("0.8.0", "0.9.0") if url == SYSTEM else ()

    def provider(self, url: str, version: str) -> Provider | None:
        if version not in ("", *self.versions(url)) or not self.versions(url):
            return None
        return MemoryProvider(code_system(concept("dog"), version=version or "0.9.0"))

    def valueset_versions(self, url: str) -> Sequence[str]:
        return ("1", "2") if url == "http://example.org/stored" else ()

    def valueset(self, url: str, version: str) -> ValueSet | None:
        known = self.valueset_versions(url)
        return ValueSet(url, version or known[-1]) if known and version in ("", *known) else None


@pytest.mark.parametrize(
    ("pattern", "version", "expected"),
    [
        ("1.0.0", "1.0.0", True),
        ("1.0.0", "1.0.1", False),
        ("1", "1.0.0", False),
        ("1.x.x", "1.2.0", True),
        ("1.0.X", "1.2.0", False),
        ("1.x", "1.2.0", False),
        ("1.*", "1.2.0", True),
        ("1.*", "2.2.0", False),
        ("*", "1.2.0", True),
        ("x", "2024", True),
    ],
)
def test_wildcards(pattern: str, version: str, expected: bool) -> None:
    assert fits(pattern, version) is expected


def test_the_order_of_versions() -> None:
    in_order = ["1.0.0", "1.2.0-ballot", "1.2.0-ballot.2", "1.2.0", "1.10.0", "2.0.0"]
    assert all(version_key(one) < version_key(other) for one, other in pairwise(in_order))
    assert sorted(["2024-10-01", "2024-02-01", "2023"], key=version_key) == ["2023", "2024-02-01", "2024-10-01"]
    assert match(in_order, "1.x.x") == "1.10.0"
    assert match(in_order, "") == "2.0.0"
    assert match(in_order, "3.x.x") is None


def test_what_comes_with_the_request_goes_over_what_is_stored() -> None:
    library = Library(Store(), [code_system(concept("cat"), version="0.8.5")])
    assert library.versions(SYSTEM) == ["0.8.0", "0.8.5", "0.9.0"]
    for asked, expected in (("", "0.8.5"), ("0.8.x", "0.8.5"), ("0.9.x", "0.9.0"), ("0.8.0", "0.8.0")):
        found = library.provider(SYSTEM, asked)
        assert found is not None and found.meta.version == expected, asked
    assert library.provider(SYSTEM, "1.x.x") is None
    assert library.provider("http://example.org/unknown") is None
    assert not library.knows("http://example.org/unknown")


def test_a_code_system_is_read_once() -> None:
    library = Library(Nothing(), [code_system(concept("cat"))])
    assert library.provider(SYSTEM) is library.provider(SYSTEM)


def test_value_sets_by_version() -> None:
    own = [value_set(include(), url="http://example.org/vs", version=version) for version in ("1.0.0", "1.1.0")]
    library = Library(Store(), own)
    for asked, expected in (
        ("http://example.org/vs", "1.1.0"),
        ("http://example.org/vs|1.0.0", "1.0.0"),
        ("http://example.org/vs|1.x.x", "1.1.0"),
        ("http://example.org/stored", "2"),
        ("http://example.org/stored|x", "2"),
        ("http://example.org/stored|1", "1"),
    ):
        found = library.valueset(asked)
        assert found is not None and found.version == expected, asked
    assert library.valueset("http://example.org/vs|2.0.0") is None
    assert library.valueset("http://example.org/stored|3.x") is None


def test_the_value_set_that_a_code_system_names_has_all_its_codes() -> None:
    named = code_system(concept("dog"), concept("cat"), valueSet="http://example.org/all")
    answer = expansion(value_set({"valueSet": ["http://example.org/all|1.0.0"]}), named)
    assert codes(answer) == ["dog", "cat"]
    assert Library(Nothing(), [named]).valueset("http://example.org/all|2.0.0") is None


def test_what_is_no_resource_is_told() -> None:
    with pytest.raises(Failure, match="must be a resource"):
        Library(Nothing(), ["text"])  # type: ignore[list-item]


def test_what_is_sent_again_is_read_once() -> None:
    first, again, other = (
        Library(Nothing(), [code_system(concept("dog"), *more)]).provider(SYSTEM) for more in ([], [], [concept("cat")])
    )
    assert first is again
    assert other is not None and other.number("cat") == 1
