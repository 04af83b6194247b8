"""Made-up terms in Swedish and English, of the size and shape of a large terminology's.

Words of each language are frequent or rare as Zipf has it; half of them are the same Greek and Latin with other
endings, and Swedish writes compounds as one word. A concept has a fully specified name with its semantic tag, a
preferred term in each language, and some have synonyms: 3.2 terms on average, 40 characters long.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import accumulate
from random import Random

from index.engine import Entry, State, Text


def _listed(text: str) -> list[str]:
    return text.split()


ALWAYS = (0, 9_999_12_31)
TAGS = ("disorder", "finding", "procedure", "body structure", "substance", "organism", "product", "qualifier value")
_INACTIVE = 0.26
_SYNONYM = 0.2
_ONSETS = _listed("b br c ch cl d dr f fl g gl gr h k kr l m n p ph pl pr qu r s sc sk sl sp st str t th tr v")
_VOWELS = _listed("a a a e e e e i i i o o o u u y ae ea")
_SWEDISH_VOWELS = _listed("a a e e i o u y å ä ö")
_CODAS = ["", "", "", "", *_listed("n r l s x m ng rd st")]
_ENDINGS = _listed(
    "itis:it osis:os oma:om ectomy:ektomi otomy:otomi ation:ation pathy:pati ic:isk al:al ous:ös ing:ning "
    "ed:ad s:er es:ar ine:in ase:as ity:itet :en :et us:us um:um"
)
_SMALL = (_listed("of in with and the due to by without on"), _listed("av i med och på till för utan vid från"))
_SMALL_SHARE = 0.18


class Terms:
    """A vocabulary of `forms` word forms, three in five of them Swedish, and the terms made of it."""

    def __init__(self, forms: int = 150_000, seed: int = 1) -> None:
        self._random = Random(seed)
        self.english, self.swedish = self._vocabulary(forms)
        self._weights = [list(accumulate(1 / (rank + 12) ** 0.95 for rank in range(len(words))))
                         for words in (self.english, self.swedish)]  # fmt: skip

    def entries(self, concepts: int) -> Iterator[Entry]:
        """The concepts with their terms, in order of their numbers."""
        random = self._random
        for number in range(concepts):
            english, swedish = self.term(0), self.term(1)
            tag = TAGS[int(len(TAGS) * random.random() ** 2)]
            texts = [Text(f"{english} ({tag})", "fsn", "en", (ALWAYS,)), Text(english, "display", "en", (ALWAYS,))]
            texts.append(Text(swedish, "display", "sv", (ALWAYS,)))
            while random.random() < _SYNONYM / (1 + _SYNONYM):
                language = random.random() < 0.4
                texts.append(Text(self.term(language), "synonym", ("en", "sv")[language], (ALWAYS,)))
            code = str(100_000_006 + number * 1_009)
            states = (State(*ALWAYS, random.random() >= _INACTIVE, False),)
            yield Entry(number, code, code, tag, code, states, tuple(texts))

    def term(self, language: int) -> str:
        random = self._random
        count = 1 + int(7 * random.random()) + (language == 0)
        drawn = random.choices((self.english, self.swedish)[language], cum_weights=self._weights[language], k=count)
        words: list[str] = []
        for word in drawn:
            if words and random.random() < _SMALL_SHARE:
                words.append(random.choice(_SMALL[language]))
            words.append(word)
        if random.random() < 0.04:
            words.append(random.choice(("1", "2", "3", "10 mg", "2,5 mg/ml", "C5", "typ 2")))
        text = " ".join(words)
        return text[:1].upper() + text[1:]

    def _vocabulary(self, forms: int) -> tuple[list[str], list[str]]:
        random = self._random
        english: dict[str, None] = {}
        simple: dict[str, None] = {}
        while len(english) < forms * 2 // 5:
            latin = random.random() < 0.5
            stem = self._stem(_VOWELS, 1 + int(3 * random.random() ** 1.5))
            first, _, second = random.choice(_ENDINGS).partition(":")
            english[stem + first] = None
            if latin:
                stem = stem.replace("ph", "f").replace("th", "t").replace("ae", "e").replace("c", "k")
            else:
                stem = self._stem(_SWEDISH_VOWELS, 1 + int(2 * random.random()))
            if len(simple) < forms * 3 // 10:
                simple[stem + second] = None
        parts = [word for word in simple if len(word) > 2]
        compounds: dict[str, None] = {}
        while len(simple) + len(compounds) < forms * 3 // 5:
            first, second = (parts[int(len(parts) * random.random() ** 2)] for _ in range(2))
            compounds[first + ("s" if random.random() < 0.3 else "") + second] = None
        return self._frequent_first(english), self._frequent_first([*simple, *compounds])

    def _frequent_first(self, words: Iterable[str]) -> list[str]:
        """Short words tend to be the frequent ones, and compounds the rare ones."""
        return sorted(words, key=lambda word: len(word) ** 0.7 * (0.2 + self._random.random()))

    def _stem(self, vowels: list[str], syllables: int) -> str:
        pick = self._random.choice
        return "".join(pick(_ONSETS) + pick(vowels) + pick(_CODAS) for _ in range(syllables))
