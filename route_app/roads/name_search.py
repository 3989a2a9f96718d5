"""Street names like the one somebody wrote: exact first, then slips, cut-off and missing words."""

import sqlite3
from collections import Counter
from collections.abc import Iterable

from rapidfuzz import fuzz, process
from rapidfuzz.distance import DamerauLevenshtein

from route_app.roads.spelling import (
    GENERIC_WORDS,
    cuts,
    mended,
    normal,
    sorted_words,
    stems,
    telling_words,
)

LIKE_WORDS = 82  # of 100, rapidfuzz's weighted ratio: forgives missing words
LIKE_LETTERS = 0.75  # Damerau-Levenshtein: forgives slips of the finger
LIKE_TELLING = 0.6
SHORTEST = 3  # letters
CUT_OFF = 93.0  # "keskusk" for "keskuskatu"
CANDIDATES = 10
LOOKED_AT = 80  # names, those that share the rarest words with what was written
SAME_WORD = 400  # names with a word: beyond, the word tells nothing
SCANNED = 20_000  # names: a longer list is not compared one by one
Liked = tuple[int, str, float]  # a name's key, its words, how like it is (of 100)


class NameSearch:
    """Finds the street names of one address book that are like a given one."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Keep the connection; names stay in the file until they are needed."""
        self._db = connection
        self._all: dict[str, int] | None = None

    def like(self, written: str, *, beyond_exact: bool = False) -> list[Liked]:
        """Return the names like a street as it was written, the likest first.

        A name that is the one written stands alone, unless the others are wanted as well.
        """
        words = sorted_words(normal(written))
        if not words:
            return []
        exact = self._exactly(words)
        if (exact and not beyond_exact) or len(words) < SHORTEST:
            return exact
        words = self._put_right(words)
        liked = _rated(words, self._sharing(words, written))
        if not liked and len(words) > 3:
            liked = _rated(words, self._everything())
        return [*exact, *(one for one in liked if one not in exact)][:CANDIDATES]

    def _put_right(self, words: str) -> str:
        """Return words with slips in usual ones put right, unless no telling word would be left.

        "bulevrdi" is Bulevardi rather than a boulevard without a name; "nroth st" is North Street
        where there is one.
        """
        right = sorted_words(mended(words))
        return words if set(right.split()) <= GENERIC_WORDS and not self._exactly(right) else right

    def _exactly(self, words: str) -> list[Liked]:
        row = self._db.execute("SELECT id FROM name WHERE words = ?", (words,)).fetchone()
        return [(row[0], words, 100.0)] if row else []

    def _sharing(self, words: str, written: str) -> dict[str, int]:
        """Return the names that share a telling word with these, slips of the finger forgiven."""
        weights: Counter[int] = Counter()
        for word in [*telling_words(words), "".join(normal(written).split())]:
            for near, trust in self._near(word):
                weights.update(self._names_with("word = ?", near, trust=trust))
        for stem in stems(written):
            weights.update(
                self._names_with("word >= ? AND word < ?", stem, stem + "\U0010ffff", trust=0.9)
            )
        best = [name for name, _ in weights.most_common(LOOKED_AT)]
        marks = ", ".join("?" * len(best))
        sql = f"SELECT words, id FROM name WHERE id IN ({marks})"  # noqa: S608  # only marks
        return dict(self._db.execute(sql, best).fetchall())

    def _near(self, word: str) -> list[tuple[str, float]]:
        """Return the words one slip away from a word, and the word itself, with their trust."""
        if len(word) < 4 or any(sign.isdigit() for sign in word):
            return [(word, 1.0)]
        pieces = list(cuts(word))
        marks = ", ".join("?" * len(pieces))
        sql = f"SELECT DISTINCT word FROM cut WHERE cut IN ({marks})"  # noqa: S608  # only marks
        near = [row[0] for row in self._db.execute(sql, pieces)]
        return [(one, 1.0 if one == word else 0.8) for one in near] or [(word, 1.0)]

    def _names_with(self, where: str, *values: str, trust: float) -> dict[int, float]:
        """Return the names that hold a word, each with the weight of that word."""
        sql = f"SELECT DISTINCT name FROM word WHERE {where} LIMIT {SAME_WORD}"  # noqa: S608
        names = [row[0] for row in self._db.execute(sql, values)]
        return dict.fromkeys(names, trust / max(1, len(names)) ** 0.5)

    def _everything(self) -> dict[str, int]:
        """Return every name of a book that is not too large for it."""
        if self._all is None:
            count = self._db.execute("SELECT count(*) FROM name").fetchone()[0]
            rows = self._db.execute("SELECT words, id FROM name") if count <= SCANNED else ()
            self._all = dict(rows)
        return self._all


def _rated(words: str, names: dict[str, int]) -> list[Liked]:
    """Return those of some names that are like these words, the likest first."""
    found: dict[str, float] = {}
    by_words = process.extract(
        words, names.keys(), scorer=fuzz.WRatio, limit=CANDIDATES, score_cutoff=LIKE_WORDS
    )
    by_letters = process.extract(
        words,
        names.keys(),
        scorer=DamerauLevenshtein.normalized_similarity,
        limit=CANDIDATES,
        score_cutoff=LIKE_LETTERS,
    )
    for name, score, _ in by_words:
        # Never quite the same: a name within a longer one must not beat a slip of the finger.
        found[name] = min(99.0, float(score))
    for name, score, _ in by_letters:
        found[name] = max(found.get(name, 0.0), float(score) * 100)
    liked = {name: score for name, score in found.items() if _kindred(words, name)}
    liked |= dict.fromkeys(_cut_off(words, names), CUT_OFF)
    ordered = sorted(liked.items(), key=lambda one: -one[1])
    return [(names[name], name, score) for name, score in ordered]


def _cut_off(words: str, names: Iterable[str]) -> list[str]:
    """Return the names whose words begin with these, word by word: "keskusk" for "keskuskatu"."""
    written = words.split()
    return [
        name
        for name in names
        if len(parts := name.split()) == len(written)
        and all(p.startswith(w) for w, p in zip(written, parts, strict=True))
        and len(words) > 3
    ]


def _kindred(one: str, other: str) -> bool:
    """Return whether two names share what tells them from others, not just "street"."""
    a, b = telling_words(one), telling_words(other)
    if a <= b or b <= a:
        # "12 Nowhere Boulevard" is not the street called 12: a number alone tells nothing.
        shared = a & b
        return a == b or bool(shared - _with_digits(shared))
    if _with_digits(a) != _with_digits(b):
        return False  # 5th Street is not a slip of the finger for 15th Street
    left, right = " ".join(sorted(a)), " ".join(sorted(b))
    return DamerauLevenshtein.normalized_similarity(left, right) >= LIKE_TELLING


def _with_digits(words: frozenset[str]) -> frozenset[str]:
    return frozenset(word for word in words if any(sign.isdigit() for sign in word))
