"""What people type, parsed once into the clause tree that every engine takes.

::

    专利检索 柳州          both words are found, each in any field
    "technology transfer"  quoted (also “ ” and 「 」): the pieces follow one another
    -培训   NOT 培训       without it
    检测 OR 认证   检测 或 认证   one of them; binds tighter than the space
    zhuanli   zljs         pinyin or its initials, in titles

A word is found in a field where its neighbouring characters stand as a phrase (or its character, if it is one). Nothing
is an error but length: a lone quote is dropped, an operator without words beside it is a word.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from indexer.errors import QueryTooLong
from indexer.query import And, Not, Or, Phrase, Token

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from indexer.analysis import Analyser, Piece, Word
    from indexer.query import Clause, Stream
    from indexer.schema import TextField

MAX_CHARACTERS = 512
MAX_CLAUSES = 20
MAX_PIECES = 64
"""Runs of one script in all words together: what a long name with many signs in it may have."""

_QUOTED = '"([^"]*)"|“([^”]*)”|「([^」]*)」|『([^』]*)』|＂([^＂]*)＂'
_ITEM = re.compile(rf"(?P<minus>(?<!\S)[-－−])?(?:{_QUOTED}|(?P<bare>[^\s\"“”「」『』＂]+))")
_OR = frozenset({"OR", "或", "或者", "|", "||"})
_NOT = frozenset({"NOT"})

_PINYIN_SHARE = 0.3
_LETTERS_SHARE = 0.3
_WORD_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class Group:
    """Words of which one must be found, or, if ``excluded``, none."""

    words: tuple[Word, ...]
    excluded: bool = False


@dataclass(frozen=True, slots=True)
class Parsed:
    """A query text understood."""

    clause: Clause
    groups: tuple[Group, ...]

    @property
    def words(self) -> tuple[Word, ...]:
        """The words looked for, without those excluded: what is highlighted."""
        return tuple(word for group in self.groups if not group.excluded for word in group.words)


def parse(
    text: str,
    fields: Sequence[TextField],
    analyser: Analyser,
    *,
    all_words: bool = True,
    max_characters: int = MAX_CHARACTERS,
    max_clauses: int = MAX_CLAUSES,
) -> Parsed:
    """Return the clause of a query text, for the fields given; an empty text finds everything.

    With ``all_words`` off one word suffices. Raises `QueryTooLong`.
    """
    if len(text) > max_characters:
        raise QueryTooLong("characters", max_characters)
    groups = _groups(text, analyser)
    words = [word for group in groups for word in group.words]
    if len(words) > max_clauses:
        raise QueryTooLong("clauses", max_clauses)
    if sum(len(word.pieces) for word in words) > max(MAX_PIECES, max_clauses):
        raise QueryTooLong("pieces", max(MAX_PIECES, max_clauses))
    return build(groups, fields, all_words=all_words)


def build(groups: Sequence[Group], fields: Sequence[TextField], *, all_words: bool = True) -> Parsed:
    """Return the clause of words already parsed."""
    wanted: list[Clause] = []
    for group in groups:
        if not group.excluded:
            found: list[Clause] = [_found(word, fields) for word in group.words]
            wanted.append(_any(found))
    unwanted = [
        Not(_any(_in_field(word, field) for field in fields))
        for group in groups
        if group.excluded
        for word in group.words
    ]
    if wanted and not all_words:
        wanted = [_any(wanted)]
    optional = tuple(
        _any(Token(field.name, "words", token, round(field.weight * _WORD_SHARE, 4)) for field in fields)
        for token in _relevant(groups)
    )
    parts = (*wanted, *unwanted)
    clause = parts[0] if len(parts) == 1 and not optional else And(parts, optional)
    return Parsed(clause, tuple(groups))


def relaxed(
    parsed: Parsed,
    fields: Sequence[TextField],
    analyser: Analyser,
    *,
    holds: Callable[[Clause], bool] = lambda clause: True,
) -> Iterator[tuple[Parsed, tuple[str, ...]]]:
    """Yield ever weaker queries to try when nothing is found, each with the words it does without.

    First words are taken apart (专利检索柳州 → 专利 检索 柳州); then words are left out, first those that
    ``holds`` finds nowhere, the others by `drop_words`, until one is left. What is excluded stays excluded.
    """
    excluded = [group for group in parsed.groups if group.excluded]
    wanted = [group for group in parsed.groups if not group.excluded]
    apart = [taken for group in wanted for taken in _apart(group, analyser)][:MAX_CLAUSES]
    if len(apart) > len(wanted):
        yield build([*apart, *excluded], fields), ()
        wanted = apart
    known = [holds(build([group], fields).clause) for group in wanted]
    order = sorted(drop_words([group.words[0] for group in wanted]), key=known.__getitem__)
    for count in range(1, len(wanted)):
        dropped = set(order[:count])
        kept = [group for number, group in enumerate(wanted) if number not in dropped]
        names = tuple(wanted[number].words[0].text for number in sorted(dropped))
        yield build([*kept, *excluded], fields), names


def drop_words(words: Sequence[Word]) -> list[int]:
    """Return the places of words in the order they are done without: short ones first, of these later ones first."""
    return sorted(range(len(words)), key=lambda number: (_length(words[number]), -number))


def _groups(text: str, analyser: Analyser) -> list[Group]:
    items = list(_items(text))
    groups: list[Group] = []
    number = 0
    either = False
    while number < len(items):
        item, quoted, minus = items[number]
        number += 1
        between = bool(groups) and number < len(items)
        if not quoted and not minus and item in _OR and between:
            either = True
            continue
        if not quoted and not minus and item in _NOT and number < len(items):
            item, quoted, _ = items[number]
            number += 1
            minus = True
        word = analyser.word(item, phrase=quoted)
        if not word.pieces:
            continue
        if either and not minus and not groups[-1].excluded:
            groups[-1] = Group((*groups[-1].words, word))
        else:
            groups.append(Group((word,), excluded=minus))
        either = False
    return groups


def _items(text: str) -> Iterator[tuple[str, bool, bool]]:
    """Yield each word or quoted phrase, whether it was quoted, whether a minus stood before it."""
    for match in _ITEM.finditer(text):
        quoted = next((part for part in match.groups()[1:-1] if part is not None), None)
        yield (match["bare"] if quoted is None else quoted), quoted is not None, match["minus"] is not None


def _found(word: Word, fields: Sequence[TextField]) -> Clause:
    """Return where a word is found: the more fields, the better; pinyin of titles is worth less.

    Scores of fields add up, which also tells documents apart that would tie if the best field alone counted.
    """
    ways: list[Clause] = [_in_field(word, field) for field in fields]
    for field in fields:
        if field.pinyin:
            boost = round(field.weight * _PINYIN_SHARE, 4)
            ways.extend(_phrase(field.name, "pinyin", reading, boost) for reading in word.readings)
    return _any(ways)


def _in_field(word: Word, field: TextField) -> Clause:
    if word.phrase and len(word.pieces) > 1:
        return _quoted(word.pieces, field)
    clauses = [_piece(piece, field) for piece in word.pieces]
    return clauses[0] if len(clauses) == 1 else And(tuple(clauses))


def _piece(piece: Piece, field: TextField) -> Clause:
    if piece.han:
        if len(piece.text) == 1:
            return Token(field.name, "characters", piece.text, field.weight)
        return _phrase(field.name, "bigrams", piece.pairs, field.weight)
    whole = Token(field.name, "words", piece.token, field.weight)
    if not field.pinyin:
        return whole
    # A title with Chinese characters is found by any part of it, Latin letters too (indexer.analysis).
    boost = round(field.weight * _LETTERS_SHARE, 4)
    if len(piece.text) == 1:
        return Or((whole, Token(field.name, "characters", piece.text, boost)))
    return Or((whole, _phrase(field.name, "bigrams", piece.pairs, boost)))


def _quoted(pieces: Sequence[Piece], field: TextField) -> Clause:
    """Return the phrase of all characters and Latin words; in titles Latin words may stand letter by letter."""
    whole = list(chain.from_iterable(piece.text if piece.han else [piece.token] for piece in pieces))
    phrase = _phrase(field.name, "characters", whole, field.weight)
    if not field.pinyin or all(piece.han for piece in pieces):
        return phrase
    letters = list(chain.from_iterable(piece.text for piece in pieces))
    return Or((phrase, _phrase(field.name, "characters", letters, field.weight)))


def _any(clauses: Iterable[Clause]) -> Clause:
    clauses = tuple(clauses)
    return clauses[0] if len(clauses) == 1 else Or(clauses)


def _phrase(field: str, stream: Stream, tokens: Iterable[str], boost: float) -> Clause:
    tokens = tuple(tokens)
    return Token(field, stream, tokens[0], boost) if len(tokens) == 1 else Phrase(field, stream, tokens, boost)


def _relevant(groups: Sequence[Group]) -> list[str]:
    """Return the dictionary words of two and more characters: where they stand as words, a document fits better."""
    tokens = (token for group in groups if not group.excluded for word in group.words for token in word.tokens)
    return list(dict.fromkeys(token for token in tokens if len(token) > 1))[:MAX_CLAUSES]


def _apart(group: Group, analyser: Analyser) -> list[Group]:
    """Return a group of its own for each dictionary word; alternatives and quoted phrases stay as they are."""
    if len(group.words) > 1 or group.words[0].phrase:
        return [group]
    return [Group((part,)) for part in analyser.apart(group.words[0])]


def _length(word: Word) -> int:
    return sum(len(piece.text) for piece in word.pieces)
