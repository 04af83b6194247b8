"""How text becomes tokens: the same for every engine, every code system and every query.

`å ä ö` are letters of their own; other marks fold (`é` → `e`, `ü` → `u`). From each word come:

* the **word** itself, its letters exact but for case;
* its **stem** (Snowball, Swedish or English by the text's language), so that inflected forms meet;
* its **root**, a rougher key under which Latin and Swedish spelling (`appendicitis`/`appendicit`,
  `oesophagus`/`esofagus`), doubled letters and related word classes (`perforerad`/`perforation`) meet: always a
  weaker match than the word or the stem;
* its **prefixes** of up to `EDGE` letters;
* roots and prefixes also **without diacritics**, for whoever types `hjartinfarkt`. A typed å, ä or ö is meant: it
  never matches a or o.

Compounds are `index.compounds`' business. A code in running text (`J17.1`) is one word (`j171`).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container, Sequence
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path
from threading import Lock

import snowballstemmer

EDGE = 6
"""The longest prefix kept as a token of its own."""
MAX_TEXT = 400
"""Characters of a query that are read."""
MAX_WORDS = 16
"""Words of a query that are searched for."""
MAX_WORD = 60
"""Characters of a word that count."""

_LISTED = [
    word
    for line in (Path(__file__).parent / "stopwords.txt").read_text("utf-8").splitlines()
    if not line.startswith("#")
    for word in line.split()
]
STOP_WORDS = frozenset(word.lstrip("+") for word in _LISTED)
"""Words that carry no content: they never decide whether a text matches."""
CONTRASTING = frozenset(word[1:] for word in _LISTED if word.startswith("+"))
"""Of those, the ones that tell two terms apart: where all else fits alike, a text that has them goes first."""

_KEPT = "åäö"
_LETTERS = {"æ": "ä", "ø": "ö", "ß": "ss", "œ": "oe", "đ": "d", "ð": "d", "þ": "th", "ł": "l", "ı": "i"}
_GENITIVE = re.compile(r"(?<=\w)['’´`](?=s\b)")
_WORDS = re.compile(r"[a-z]\d\d\.\d\w*|[^\W_]+")


class _Fold(dict[int, str]):
    """A translation table that works a character out when it first meets it."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        if char in _KEPT:
            folded = char
        elif char in _LETTERS:
            folded = _LETTERS[char]
        else:
            plain = (c for c in unicodedata.normalize("NFKD", char) if not unicodedata.combining(c))
            folded = "".join(_LETTERS.get(c, c) for c in plain)
        self[code] = folded
        return folded


_FOLD = _Fold()


def normal(text: str) -> str:
    """Lower case, composed, without marks other than those of å, ä and ö."""
    if text.isascii():
        return text.lower()
    text = unicodedata.normalize("NFC", text).lower()
    return text if text.isascii() else unicodedata.normalize("NFC", text).translate(_FOLD).lower()


def words(text: str) -> list[str]:
    """The words of a text, in order, in normal form."""
    text = _GENITIVE.sub("", normal(text))
    if len(text) <= MAX_WORD and "." not in text:
        return _WORDS.findall(text)
    return [word.replace(".", "")[:MAX_WORD] for word in _WORDS.findall(text)]


def query_words(query: str) -> list[str]:
    """The words of a query. Bounded whatever is typed."""
    return words(query[:MAX_TEXT])[:MAX_WORDS]


_STEMMERS = {"sv": snowballstemmer.stemmer("swedish"), "en": snowballstemmer.stemmer("english")}
_STEMMING = Lock()
"""A stemmer keeps the word it works on in itself: one thread at a time."""
STEMMED = frozenset(_STEMMERS)
"""Languages with a stemmer; texts of any other language are stemmed as Swedish."""


@lru_cache(maxsize=1_000)
def stemmed_as(language: str) -> str:
    """The language that texts of a language (BCP 47) are stemmed in."""
    primary = language.partition("-")[0]
    return primary if primary in STEMMED else "sv"


_IRREGULAR = {
    form: base
    for base, forms in {
        "hand": "händer händerna händernas händers",
        "fot": "fötter fötterna fötternas fötters",
        "tand": "tänder tänderna tändernas tänders",
        "natt": "nätter nätterna",
        "öga": "ögat ögats ögon ögonen ögonens ögons ögas",
        "öra": "örat örats öron öronen öronens örons öras",
        "knä": "knät knäts knäet knäets knän knäna knänas knäs",
        "tå": "tån tårna tårnas tås",
        "lus": "löss lössen",
    }.items()
    for form in forms.split()
}
"""Swedish forms that no ending explains."""
_STRIPPED = (
    *("a", "ad", "ar", "ast", "at", "dd", "dt", "e", "en", "er", "ern", "et", "gd", "gt", "ig", "kt"),
    *("nn", "or", "s", "tt", "öst", "fullt"),
)
"""The endings that the Swedish stemmer takes off, or off longer ones: it leaves a word with none of them as it is,
and most ways to cut a word leave halves with none."""


@lru_cache(maxsize=1 << 16)
def stem(word: str, language: str = "sv") -> str:
    """The stem of a word in normal form; words with digits, and very short ones, are their own."""
    if language != "en" and word in _IRREGULAR:
        return _IRREGULAR[word]
    if len(word) < 4 or not word.isalpha() or (language != "en" and not word.endswith(_STRIPPED)):
        return word
    with _STEMMING:
        found: str = _STEMMERS.get(language, _STEMMERS["sv"]).stemWord(word)
    return found if len(found) >= 3 else word


_ENDINGS = (
    (re.compile(r"s"), re.compile(r".*[^s]")),
    (re.compile(r"ns?|ts?|nas?"), re.compile(r".*[aeiouyåäö]")),
    (re.compile(r"ns?"), re.compile(r".*[aeo][lr]")),
    (re.compile(r"[ae]?[nt]s?"), re.compile(r".*[^aeiouyåäö]")),
)
"""Definite and genitive endings with what they follow: some that the stemmer keeps (`lungans`, `biopsin`)."""
_SYNCOPE = re.compile(r"(\w+[^\W\daeiouyåäö])([lrn])")


def stems(word: str, language: str, known: Container[str]) -> set[str]:
    """The stem of a word, and those of known words that it is another form of: definite or genitive, or with
    the vowel that comes and goes (`körtlar` and `körtel`)."""
    found = {stem(word, language)}
    if language == "en" or len(word) < 4 or not word.isalpha():
        return found
    bases = [stem(word, language)]
    for count in range(1, min(3, len(word) - 3) + 1):
        base, ending = word[:-count], word[-count:]
        if any(e.fullmatch(ending) and b.fullmatch(base) for e, b in _ENDINGS):
            bases.append(base)
    for base in bases:
        if base in known:
            found.add(stem(base, language))
        if (full := _SYNCOPE.fullmatch(base)) and (base := f"{full[1]}e{full[2]}") in known:
            found.add(stem(base, language))
    return found


def plain(word: str) -> str:
    """Without diacritics at all."""
    return word.replace("å", "a").replace("ä", "a").replace("ö", "o")


_DERIVED = ("ation", "ering", "erad", "erat", "isera", "iser", "er", "isk", "itet", "ning", "d")
_LATIN = ((re.compile(r"(o|e|a)sis$"), r"\1s"), (re.compile(r"itis$"), "it"))
_SPELLING = (
    (re.compile(r"ae|oe"), "e"),
    (re.compile(r"ph"), "f"),
    (re.compile(r"[tr]h"), lambda m: m[0][0]),
    (re.compile(r"ch|ck|q"), "k"),
    (re.compile(r"c(?=[eiy])|z"), "s"),
    (re.compile(r"c"), "k"),
    (re.compile(r"w"), "v"),
    (re.compile(r"(.)\1+"), r"\1"),
)


@lru_cache(maxsize=1 << 16)
def root(word: str) -> str:
    """The rough key of a word: related forms and spellings of it meet here."""
    if not word.isalpha():
        return word
    for pattern, latin in _LATIN:
        word = pattern.sub(latin, word)
    found = stem(word)
    for ending in _DERIVED:
        if found.endswith(ending) and len(found) - len(ending) >= 4:
            found = found[: -len(ending)]
            break
    else:
        if found.endswith("tion") and len(found) >= 7:
            found = found[:-3]
    for pattern, put in _SPELLING:
        found = pattern.sub(put, found)
    return found


def prefixes(word: str, shortest: int = 1) -> list[str]:
    return [word[:n] for n in range(shortest, min(len(word), EDGE) + 1)]


def term_hash(words: Sequence[str]) -> int:
    """A number for a whole text, the same for texts that differ only in case, marks and punctuation."""
    return int.from_bytes(blake2b(" ".join(words).encode(), digest_size=8).digest(), "big", signed=True)
