"""Names of streets and towns made comparable, whatever language they are written in."""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

# Each line: the short form both sides are brought to, then the spellings of it. One table serves
# all languages: a word of one hardly ever means something else on a street sign of another.
_SPELLINGS = """
st street saint sts streets|ste sainte|sta santa|sto santo|rd road
ave avenue aves avenues av avenida avda aven avn
dr drive doctor|blvd boulevard bulevard bvd bd boul blv bulvar|pl place plaza platz plz piazza pza
ct court|ln lane|sq square|hwy highway|pkwy parkway pky|ter terrace terr|cres crescent cr
cir circle|aly alley|wy way|hts heights|fwy freeway|expy expressway|ctr center centre|ft fort
mt mount|pt point|brg bridge|gdns gardens|gr grove|trl trail|n north norte nord|s south sur
e east|w west|n-w northwest nw|n-e northeast ne|s-w southwest sw|s-e southeast se
str strasse strada|r rua rue|c calle carrer|v via|vle viale|cso corso|lgo largo|tv travessa
pc praca|est estrada|ctra carretera|pg passeig|ch chemin|imp impasse|all allee|rte route|qu quai
ul ulica ulice|al aleja aleje|os osiedle|trq triq tr|sqq sqaq|msr misrah|gen general|prof professor
cap capitao captain|1st first|2nd second|3rd third|4th fourth|5th fifth|6th sixth|7th seventh
8th eighth|9th ninth|10th tenth|11th eleventh|12th twelfth
"""
SHORT_WORDS: dict[str, str] = {
    long.rstrip("."): words[0].replace("-", " ")
    for group in _SPELLINGS.replace("\n", "|").split("|")
    if (words := group.split())
    for long in words[1:]
}
LONG_WORD = 5  # letters: shorter ones are too like other words to be put right
_EMPTY = frozenset({"and", "the"})
GENERIC_WORDS = frozenset(
    part for word in SHORT_WORDS.values() if not word[0].isdigit() for part in word.split()
)
_FLAT = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "ħ": "h", "ı": "i", "þ": "th", "ð": "d"}
)
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa"})
_NOT_WORD = re.compile(r"[^\w\s]|_")
_STEM = re.compile(r"(\w{3,})\.")


@lru_cache(maxsize=32_768)
def normal(text: str) -> str:
    """Return a name in small letters, without accents and signs, long words shortened."""
    plain = unicodedata.normalize("NFKD", text.casefold().translate(_FLAT))
    plain = "".join(sign for sign in plain if not unicodedata.combining(sign))
    words = _NOT_WORD.sub(" ", plain.replace("'", "").replace("’", "")).split()
    kept = [word for word in words if word not in _EMPTY] or words
    return " ".join(_short(word) for word in kept)


def spellings(name: str) -> list[str]:
    """Return a name made comparable, and as it is without a keyboard that has its umlauts."""
    folded = name.casefold()
    return list(dict.fromkeys((normal(name), normal(folded.translate(_UMLAUTS)))))


def telling_words(normalised: str) -> frozenset[str]:
    """Return the words of a normalised name that tell it from others: not "st", not "ave"."""
    words = frozenset(normalised.split())
    return words - GENERIC_WORDS or words


def sorted_words(normalised: str) -> str:
    """Return the words of a normalised name in alphabetical order."""
    return " ".join(sorted(normalised.split()))


def stems(text: str) -> list[str]:
    """Return the beginnings of words that a full stop cuts off: "keskusk" of "Keskusk. 5"."""
    return [
        cut
        for word in _STEM.findall(text)
        if (cut := normal(word)) and " " not in cut and cut not in GENERIC_WORDS
    ]


def cuts(word: str) -> Iterator[str]:
    """Yield a word and the word without each of its letters.

    Two words that differ by one slip of the finger have one of these in common (the symmetric
    delete index of SymSpell).
    """
    start = word[:14]
    yield start
    for at in range(len(start)):
        yield start[:at] + start[at + 1 :]


@lru_cache(maxsize=1)
def _usual_cuts() -> dict[str, str]:
    """Return what slips of the finger make of the usual long words, with their short forms."""
    longs = [word for word in SHORT_WORDS if len(word) >= LONG_WORD]
    return {cut: SHORT_WORDS[word] for word in longs for cut in cuts(word)}


def mended(normalised: str) -> str:
    """Return a normalised name with slips in usual words put right: "oak stret" is "oak st"."""
    usual = _usual_cuts()

    def right(word: str) -> str:
        if len(word) < LONG_WORD or word.endswith("strasse"):
            return word
        return next((usual[cut] for cut in cuts(word) if cut in usual), word)

    return " ".join(right(word) for word in normalised.split())


def _short(word: str) -> str:
    """Return the short form of a word, but the long one of "hauptstr": a slip needs letters."""
    if word.endswith("str") and len(word) > 5:
        return word + "asse"
    return SHORT_WORDS.get(word, word)
