"""Which tokens a word is stored under, by kind (`index.engine.FIELDS`).

word    the word itself                                          hjärtinfarkter
stem    its stem                                                 hjärtinfarkt
root    its rough key                                            hjärtinfarkt
bare    that without å, ä, ö, where it differs                   hjartinfarkt
prefix  its first letters                                        h hj hjä hjär hjärt hjärti
plain   its first letters without å, ä, ö, where they differ     hja hjar hjart hjarti
part    stems of a compound's parts                              hjärt, infarkt
inner   the first letters of parts that are not first            inf infa infar infark
"""

from __future__ import annotations

from collections.abc import Container, Iterator

from index import analysis
from index.compounds import Compounds


def tokens_of(word: str, language: str, known: Container[str], compounds: Compounds) -> Iterator[tuple[str, str]]:
    """(field, token) for every token of a word in normal form, `known` words of the index; may repeat itself."""
    yield "word", word
    for stem in analysis.stems(word, language, known):
        yield "stem", stem
    root = analysis.root(word)
    yield "root", root
    if (bare := analysis.plain(root)) != root:
        yield "bare", bare
    for prefix in analysis.prefixes(word):
        yield "prefix", prefix
    plain = analysis.plain(word)
    if plain != word:
        for prefix in analysis.prefixes(plain):
            if not word.startswith(prefix):
                yield "plain", prefix
    if language != "en":
        pieces = compounds.pieces(word)
        for part in compounds.parts(word, pieces):
            yield "part", part
        for _, part in pieces[1:]:
            for prefix in analysis.prefixes(part, 3):
                yield "inner", prefix
