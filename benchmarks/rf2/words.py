"""Invented words and the names made of them, in an English-like and a Swedish-like form.

Half of a medical vocabulary is the same Greek and Latin in both languages with other endings, the other half everyday
words that have nothing in common; Swedish writes compounds as one word. Few words are frequent and most are rare.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import NamedTuple

Chance = Callable[[], float]
Phrase = tuple[int, ...]
"""Numbers of words by part, NONE for none: head, its adjective, site, the site's adjective, tail, another adjective."""

NONE = -1
NO_WORDS: Phrase = (NONE,) * 6
_HEAD, _ADJECTIVE, _SITE, _SITE_ADJECTIVE, _TAIL, _SECOND = range(6)


def _listed(text: str) -> list[str]:
    return text.split()


_ONSETS = _listed("b br c ch cl cr d dr f fl g gl gr h l m n p ph pl pr qu r s sc sp st str t th tr v")
_VOWELS = _listed("a a a e e e i i i o o o u u y ae ia eo io")
_CODAS = ["", "", "", "", "", "", "l", "m", "n", "r", "s", "x"]
_LAST = _listed("b c d g l m n p r s t v")
_NOUN_ENDINGS = (
    "itis:it osis:os oma:om ia:i ectomy:ektomi otomy:otomi ation:ation pathy:pati gram:gram ula:ula um:um us:us "
    "scopy:skopi lysis:lys ine:in ase:as emia:emi plasty:plastik oid:oid ism:ism"
)
_ADJECTIVE_ENDINGS = "al:al ic:isk ous:ös ary:är ar:är oid:oid ive:iv ent:ent ile:il ian:iansk"
_EVERYDAY_ENGLISH = (
    _listed("bl cl cr dr fl gr kn pl sk sl sm sn sw th tw w wh b d f g h k l m n p r s t"),
    _listed("a e i o u ea ee oa oo ou ai"),
    _listed("ft ld ll mp nd ng nt rd rk rm sh st t th n m p d"),
)
_EVERYDAY_SWEDISH = (
    _listed("bl br dr fj fl gr hj kn kr l lj n sk skr sl sm sn sp st str sv tj tr v b d f g h k m p r s t"),
    _listed("a e i o u y å å ä ä ö ö"),
    _listed("ck d g ld lg ll lt mn n nd ng nk rg rk rn rt sk st t v"),
)
_LATIN_TO_SWEDISH = (("ph", "f"), ("th", "t"), ("qu", "kv"), ("ch", "k"), ("ae", "e"), ("c", "k"), ("x", "ks"))
_OF = (("of", "av"), ("of", "i"), ("in", "i"), ("of", "i"))
_WITH = (("with", "med"), ("due to", "orsakad av"), ("by", "genom"), ("without", "utan"), ("following", "efter"))
_LEAST = 400


class Word(NamedTuple):
    english: str
    swedish: str


class Vocabulary:
    """So many nouns and adjectives as names for `concepts` concepts need."""

    def __init__(self, concepts: int, random: Random) -> None:
        size = max(_LEAST, min(30_000, concepts // 10))
        taken: set[str] = set()
        self.nouns = [_word(_NOUN_ENDINGS, random, taken) for _ in range(size)]
        self.adjectives = [_word(_ADJECTIVE_ENDINGS, random, taken) for _ in range(size // 2)]
        self._seen: set[Phrase] = {NO_WORDS}

    def narrower(self, phrase: Phrase, most: int, chance: Chance) -> Phrase:
        """The name of a child: its parent's with a word more, or another; never one that was given before.

        `most` is how many words there may be."""
        while True:
            parts = list(phrase)
            if phrase[_HEAD] == NONE:
                for part in range(min(most, 2)):
                    parts[part] = self._draw(part, chance)
            elif chance() < 0.45 and NONE in phrase[:most]:
                part = phrase.index(NONE)
                parts[part] = self._draw(part, chance)
            else:
                filled = [part for part in range(most) if parts[part] != NONE]
                part = filled[int(chance() ** 0.5 * len(filled))]  # the head least
                parts[part] = self._draw(part, chance)
            made = tuple(parts)
            if made not in self._seen:
                self._seen.add(made)
                return made

    def _draw(self, part: int, chance: Chance) -> int:
        words = self.adjectives if part in (_ADJECTIVE, _SITE_ADJECTIVE, _SECOND) else self.nouns
        return int(len(words) * chance() ** 2.5)

    def english(self, phrase: Phrase) -> str:
        return _first_up(self._english(phrase))

    def inverted(self, phrase: Phrase) -> str:
        """`site head, adjective`: a synonym as of old indexes."""
        head, adjective, site, *_, tail, _ = phrase
        text = self.nouns[head].english
        if site != NONE:
            text = f"{self.nouns[site].english} {text}"
        if adjective != NONE:
            text = f"{text}, {self.adjectives[adjective].english}"
        if tail != NONE:
            text = f"{text}, {_WITH[tail % len(_WITH)][0]} {self.nouns[tail].english}"
        return _first_up(text)

    def abbreviated(self, phrase: Phrase) -> str:
        text = self._english(phrase)
        return f"{''.join(word[0] for word in text.split()).upper()} - {_first_up(text)}"

    def otherwise(self, phrase: Phrase, number: int = 0) -> Phrase:
        """The name with another word for its head, `number` telling which."""
        return (phrase[_HEAD] * 7 + 3 + number) % len(self.nouns), *phrase[1:]

    def swedish(self, phrase: Phrase) -> str:
        head, adjective, site, site_adjective, tail, second = phrase
        text = self.nouns[head].swedish
        if site != NONE and site_adjective == NONE:
            text = f"{self.nouns[site].swedish}{text}"
        if adjective != NONE:
            text = f"{self.adjectives[adjective].swedish} {text}"
        if second != NONE:
            text = f"{self.adjectives[second].swedish} {text}"
        if site_adjective != NONE:
            text += f" {_OF[site % 4][1]} {self.adjectives[site_adjective].swedish} {self.nouns[site].swedish}"
        if tail != NONE:
            text += f" {_WITH[tail % len(_WITH)][1]} {self.nouns[tail].swedish}"
        return _first_up(text)

    def sentence(self, chance: Chance) -> str:
        """A text definition."""
        words = []
        for part in range(8 + int(20 * chance())):
            words.append(self.adjectives[self._draw(1, chance)].english)
            words.append(self.nouns[self._draw(0, chance)].english)
            words.append(("of the", "and", "in a", "with", "that is")[part % 5])
        return _first_up(" ".join(words[:-1]))

    def _english(self, phrase: Phrase) -> str:
        head, adjective, site, site_adjective, tail, second = phrase
        text = self.nouns[head].english
        if adjective != NONE:
            text = f"{self.adjectives[adjective].english} {text}"
        if second != NONE:
            text = f"{self.adjectives[second].english} {text}"
        if site != NONE:
            kind = f"{self.adjectives[site_adjective].english} " if site_adjective != NONE else ""
            text += f" {_OF[site % 4][0]} {kind}{self.nouns[site].english}"
        if tail != NONE:
            text += f" {_WITH[tail % len(_WITH)][0]} {self.nouns[tail].english}"
        return text


def random_of(purpose: str, seed: int) -> Random:
    """Each purpose has its own line of chance, so that a change of one leaves the others as they were."""
    return Random(f"{purpose} {seed}")


def british(term: str) -> str | None:
    """The spelling of Great Britain, where it differs: the first `e` within a word is `ae`."""
    at = term.find("e", 1)
    if at < 0 or term[at - 1] in " aeiou" or term[at : at + 2] in ("ea", "ee", "eo"):
        return None
    return f"{term[:at]}a{term[at:]}"


def _word(endings: str, random: Random, taken: set[str]) -> Word:
    while True:
        word = _latin(endings, random) if random.random() < 0.6 else _everyday(random)
        if word.english not in taken and word.swedish not in taken:
            taken.update(word)
            return word


def _latin(endings: str, random: Random) -> Word:
    stem = ""
    for _ in range(1 if random.random() < 0.6 else 2):
        stem += _picked(_ONSETS, random) + _picked(_VOWELS, random) + _picked(_CODAS, random)
    stem += _picked(_LAST, random)
    english, _, swedish = _picked(endings.split(), random).partition(":")
    local = stem
    for latin, letter in _LATIN_TO_SWEDISH:
        local = local.replace(latin, letter)
    return Word(stem + english, local + swedish)


def _everyday(random: Random) -> Word:
    forms = []
    for onsets, vowels, codas in (_EVERYDAY_ENGLISH, _EVERYDAY_SWEDISH):
        form = _picked(onsets, random) + _picked(vowels, random) + _picked(codas, random)
        if random.random() < 0.5:
            form += _picked(vowels, random)[:1] + _picked(codas, random)
        forms.append(form)
    return Word(*forms)


def _picked(choices: list[str], random: Random) -> str:
    return choices[int(random.random() * len(choices))]


def _first_up(text: str) -> str:
    return text[:1].upper() + text[1:]
