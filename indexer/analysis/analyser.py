"""Texts into tokens and query words into pieces: the one place where both are decided.

Four streams a text. ``words``: dictionary words and stemmed Latin words, for relevance. ``bigrams`` and ``characters``:
what matching rests on. ``pinyin``: titles and names only. In a title, which is a text with ``pinyin`` asked for, lines
with Chinese characters count each Latin letter and digit as a character too, so that any part of such a title finds it.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from indexer.analysis.chinese import Segmenter, characters, has_han, pairs
from indexer.analysis.latin import LATIN, MAX_TOKEN, SCRIPTS, stem
from indexer.analysis.pinyin import pinyin as pinyin_of
from indexer.analysis.pinyin import readings
from indexer.analysis.variants import fold

if TYPE_CHECKING:
    from collections.abc import Iterable

_VERSION = 3
"""Raised with every change that makes other tokens: indexes are then rebuilt."""

_MOST_SHARED = 20_000
"""Labels whose streams are kept: about 20 MB of them."""


class Streams(NamedTuple):
    """The tokens of a text, each stream as one string with spaces between tokens."""

    words: str
    bigrams: str
    characters: str
    pinyin: str = ""


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of one script within a query word."""

    text: str
    han: bool

    @property
    def token(self) -> str:
        """The piece as a token of the words stream."""
        return self.text[:MAX_TOKEN] if self.han else stem(self.text)

    @property
    def pairs(self) -> tuple[str, ...]:
        """Each two neighbouring characters, whatever their script."""
        return tuple(pairs(self.text, letters=True).split())


@dataclass(frozen=True, slots=True)
class Word:
    """A query word: found where all its pieces are found in one field."""

    text: str
    """As typed."""
    pieces: tuple[Piece, ...]
    tokens: tuple[str, ...] = ()
    """Its dictionary words, for relevance and for taking it apart when nothing is found."""
    readings: tuple[tuple[str, ...], ...] = ()
    """Phrases of the pinyin stream it may stand for."""
    phrase: bool = False
    """Whether it was quoted: its pieces then follow one another."""


class Analyser:
    """Tokens of documents and queries, with one dictionary; make one per index and keep it.

    >>> analyser = Analyser()
    >>> analyser.document("PCT國際專利")["bigrams"]
    ['国际', '际专', '专利']
    """

    def __init__(self, user_words: Iterable[str] = ()) -> None:
        own = {fold(word).strip() for word in user_words}
        self._user_words = sorted(word for word in own if 2 <= len(word) <= MAX_TOKEN and _all_han(word))
        self._segmenter = Segmenter(self._user_words)
        self._shared: dict[tuple[str, bool], Streams] = {}

    @property
    def fingerprint(self) -> str:
        """A short digest of everything that decides tokens: an index made under another one is rebuilt."""
        from importlib.metadata import version

        parts = [str(_VERSION), *(version(name) for name in ("rjieba", "OpenCC")), *self._user_words]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12]

    def streams(self, text: str, *, pinyin: bool = False) -> Streams:
        """Return the token streams of a document's text; values of a repeated field are lines of it."""
        if pinyin:
            return self._title(text)
        folded = fold(text)
        spaced = _stemmed(folded)
        return Streams(self._segmenter.cut(spaced, parts=True), pairs(folded), characters(spaced))

    def shared(self, text: str, *, pinyin: bool = False) -> Streams:
        """Return what `streams` does, of a text that comes again and again: it is kept."""
        found = self._shared.get((text, pinyin))
        if found is None:
            if len(self._shared) >= _MOST_SHARED:
                self._shared.clear()
            found = self._shared[text, pinyin] = self.streams(text, pinyin=pinyin)
        return found

    def document(self, text: str, *, pinyin: bool = False) -> dict[str, list[str]]:
        """Return the streams by name, as lists of tokens."""
        return {name: joined.split() for name, joined in self.streams(text, pinyin=pinyin)._asdict().items()}

    def _title(self, text: str) -> Streams:
        words, bigrams, singles, whole = [], [], [], []
        for line in text.splitlines():
            folded = fold(line)
            spaced = _stemmed(folded)
            chinese = has_han(folded)
            words.append(self._segmenter.cut(spaced, parts=True))
            whole.append(self._segmenter.cut(spaced))
            bigrams.append(pairs(folded, letters=chinese))
            singles.append(characters(folded if chinese else spaced, letters=chinese))
        return Streams(" ".join(words), " ".join(bigrams), " ".join(singles), pinyin_of(" ".join(whole)))

    def query(self, text: str) -> list[Word]:
        """Return the words between the spaces of a query; what holds no letter and no digit is left out."""
        return [word for word in map(self.word, text.split()) if word.pieces]

    def word(self, text: str, *, phrase: bool = False) -> Word:
        """Return one query word, whatever is in it."""
        folded = fold(text)
        pieces = tuple(
            Piece(run, han=not LATIN.match(run)) for chunk in folded.split() for run in SCRIPTS.split(chunk) if run
        )
        cut = self._segmenter.cut(_stemmed(folded), parts=True).split()
        tokens = tuple(token for token in dict.fromkeys(cut) if not LATIN.match(token))
        lone = len(pieces) == 1 and not pieces[0].han and not phrase
        return Word(text, pieces, tokens, readings(pieces[0].text) if lone else (), phrase)

    def apart(self, word: Word) -> list[Word]:
        """Return the dictionary words of a query word as words of their own, single characters kept together."""
        parts: list[str] = []
        for piece in word.pieces:
            parts.extend(self._cut(piece.text) if piece.han else [piece.text])
        return [self.word(part) for part in parts]

    def _cut(self, han: str) -> list[str]:
        parts: list[str] = []
        loose = ""
        for token in self._segmenter.cut(han).split():
            if len(token) == 1:
                loose += token
                continue
            if loose:
                parts.append(loose)
            parts.append(token)
            loose = ""
        return [*parts, loose] if loose else parts


def _stemmed(folded: str) -> str:
    """Return a folded text with its Latin words stemmed and spaces between scripts."""
    parts = SCRIPTS.split(folded)
    if len(parts) == 1:
        return folded
    parts[1::2] = map(stem, parts[1::2])
    return " ".join(parts)


def _all_han(word: str) -> bool:
    return not LATIN.search(word) and " " not in word
