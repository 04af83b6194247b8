"""A small vocabulary of everyday words, indexed by every engine there is."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest

from index.build import build_index
from index.engine import Entry, SearchIndex, SearchRequest, State, Text
from index.opening import ENGINES, open_index

END = 9999
NOW = 100

MakeIndex = Callable[[Iterable[Entry]], SearchIndex]


def key(code: str) -> str:
    return re.sub(r"[\W_]", "", code).upper()


def make_entry(
    number: int,
    code: str,
    display: str,
    *,
    synonyms: tuple[str, ...] = (),
    notes: tuple[str, ...] = (),
    english: tuple[str, ...] = (),
    abstract: bool = False,
    active: bool = True,
    span: tuple[int, int] = (0, END),
) -> Entry:
    texts = [Text(display, "display", "sv", (span,))]
    texts += [Text(value, "synonym", "sv", (span,)) for value in synonyms]
    texts += [Text(value, "display", "en", (span,)) for value in english]
    texts += [Text(value, "note", "sv", (span,)) for value in notes]
    return Entry(number, code, key(code), "", code, (State(*span, active, abstract),), tuple(texts))


def make_request(query: str, at: int = NOW, **options: object) -> SearchRequest:
    return SearchRequest(query, at, key(query), **options)  # type: ignore[arg-type]


VOCABULARY = (
    make_entry(1, "A10-A19", "Hjärtsjukdomar", abstract=True),
    make_entry(2, "A10", "Hjärtinfarkt", synonyms=("Propp i hjärtat",), english=("Myocardial infarction",)),
    make_entry(3, "A10.0", "Akut hjärtinfarkt", notes=("Smärta som strålar ut i vänster arm under mer än en timme",)),
    make_entry(4, "A10.1", "Gammal hjärtinfarkt"),
    make_entry(5, "A11", "Förmaksflimmer"),
    make_entry(6, "A11.0", "Kroniskt förmaksflimmer"),
    make_entry(7, "A12", "Infarkt i mjälten"),
    make_entry(8, "B20", "Fraktur på lårben"),
    make_entry(9, "B20.0", "Fraktur på lårbenshals, sluten"),
    make_entry(10, "B21", "Öppen fraktur"),
    make_entry(11, "C30", "Håravfall"),
    make_entry(12, "C31", "Vård av hår och naglar"),
    make_entry(13, "C32", "Har svårt att gå"),
    make_entry(14, "D40", "Gallsten med kolecystit"),
    make_entry(15, "D41", "Gallsten utan kolecystit"),
    make_entry(16, "D42", "Njursten", synonyms=("Sten i njuren",)),
    make_entry(17, "E50", "Andra sjukdomar i öra"),
    make_entry(18, "E51", "Främmande kropp i öra"),
    make_entry(19, "E52", "Akut buk"),
    make_entry(20, "E53", "Svullna lymfkörtlar"),
    make_entry(21, "E54", "Inflammation i lymfkörtel"),
    make_entry(22, "F60", "Perforation av trumhinnan"),
    make_entry(23, "F61", "Ménières sjukdom"),
    make_entry(24, "F62", "Diabetes mellitus typ 1"),
    make_entry(25, "F63", "Diabetes mellitus typ 2-utan komplikationer"),
    make_entry(26, "F64", "Diabetes vid svält (F62.1)"),
    make_entry(27, "JEA", "Operationer på blindtarmen", abstract=True),
    make_entry(28, "JEA00", "Appendektomi"),
    make_entry(29, "JEA01", "Laparoskopisk appendektomi", notes=("Borttagande av blindtarmen genom titthål",)),
    make_entry(30, "G70", "Bronkit", synonyms=("Luftrörskatarr",)),
)


@pytest.fixture(scope="session")
def entry() -> Callable[..., Entry]:
    """Makes an entry: number, code, display, and what else is named."""
    return make_entry


@pytest.fixture(scope="session")
def asking() -> Callable[..., SearchRequest]:
    """Makes a request of a query and options."""
    return make_request


@pytest.fixture(scope="session")
def codes() -> Callable[..., list[str]]:
    """The codes an index finds for a query, best first."""

    def found(index: SearchIndex, query: str, **options: object) -> list[str]:
        return [hit.code for hit in index.search(make_request(query, **options)).hits]

    return found


@pytest.fixture(scope="session")
def vocabulary() -> tuple[Entry, ...]:
    return VOCABULARY


@pytest.fixture(params=sorted(ENGINES))
def engine(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def make(engine: str, tmp_path: Path) -> Iterator[MakeIndex]:
    """Builds and opens an index of entries; closes it afterwards."""
    opened: list[SearchIndex] = []

    def build(entries: Iterable[Entry]) -> SearchIndex:
        folder = tmp_path / f"index-{len(opened)}"
        build_index(folder, entries, engine=engine)
        opened.append(open_index(folder))
        return opened[-1]

    yield build
    for index in opened:
        index.close()


@pytest.fixture(scope="module", params=sorted(ENGINES))
def index(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SearchIndex]:
    """The vocabulary, indexed."""
    folder = tmp_path_factory.mktemp("vocabulary") / "index"
    build_index(folder, VOCABULARY, engine=request.param)
    opened = open_index(folder)
    yield opened
    opened.close()
