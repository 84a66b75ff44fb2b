"""Matches a tree without ever going back: a set of states moves along the text, and sets met before are remembered."""

from __future__ import annotations

from catalog_service.validation.shacl.regex.parsing import BadPattern
from catalog_service.validation.shacl.regex.tree import Anchor, Chars, Choice, Node, One, Repeat, Series

MOST_STATES = 2000
"""Size of an automaton; a larger pattern is refused."""
_MOST_REMEMBERED = 2000

_AT_START, _AFTER_NEWLINE, _INSIDE = 0, 1, 2
_Key = tuple[frozenset[int], int]


class Automaton:
    """States are numbers; each has either a character set and a next state, or next states that cost nothing."""

    def __init__(self, tree: Node, *, ignore_case: bool = False, multiline: bool = False) -> None:
        self._ignore_case = ignore_case
        self._multiline = multiline
        self._chars: list[Chars | None] = []
        self._anchors: list[Anchor | None] = []
        self._next: list[tuple[int, ...]] = []
        self._final = self._state()
        self._start = self._build(tree, self._final)
        self._by_chars: dict[Chars, set[int]] = {}
        for state, chars in enumerate(self._chars):
            if chars is not None:
                self._by_chars.setdefault(chars, set()).add(state)
        self._known_takers: dict[str, frozenset[int]] = {}
        self._reached: dict[tuple[int, int, bool], frozenset[int]] = {}
        self._steps: dict[_Key, dict[str, _Key | None]] = {}
        self._ends: dict[_Key, bool] = {}

    def matches(self, text: str) -> bool:
        """Tell whether the text contains a match."""
        key: _Key = frozenset((self._start,)), _AT_START
        for position, char in enumerate(text):
            known = self._steps.get(key)
            if known is None:
                if len(self._steps) >= _MOST_REMEMBERED:
                    self._steps.clear()
                self._steps[key] = known = {}
            step = known.get(char, key)
            if step is key and char not in known:
                step = self._step(key, char, is_last=position == len(text) - 1)
                if len(known) < _MOST_REMEMBERED and char != "\n":
                    known[char] = step
            if step is None:
                return True
            key = step
        return self._at_end(key)

    def _at_end(self, key: _Key) -> bool:
        known = self._ends.get(key)
        if known is None:
            if len(self._ends) >= _MOST_REMEMBERED:
                self._ends.clear()
            self._ends[key] = known = self._final in self._closure(key, at_end=True)
        return known

    def _step(self, key: _Key, char: str, *, is_last: bool) -> _Key | None:
        """Return the states after a character; None once a match is complete."""
        states = self._closure(key, at_end=self._multiline and char == "\n")
        if self._final in states:
            return None
        follow = self._next
        reached = {follow[state][0] for state in states & self._takers(char)}
        reached.add(self._start)  # a match may begin anywhere
        begins_line = self._multiline and char == "\n" and not is_last
        return frozenset(reached), _AFTER_NEWLINE if begins_line else _INSIDE

    def _takers(self, char: str) -> frozenset[int]:
        """Return the states that take a character."""
        known = self._known_takers.get(char)
        if known is None:
            known = frozenset[int]().union(
                *(states for chars, states in self._by_chars.items() if chars.has(char, ignore_case=self._ignore_case))
            )
            if len(self._known_takers) < _MOST_REMEMBERED:
                self._known_takers[char] = known
        return known

    def _closure(self, key: _Key, *, at_end: bool) -> frozenset[int]:
        """Return the states that are reached without a character."""
        states, place = key
        return frozenset[int]().union(*(self._reach(state, place, at_end) for state in states))

    def _reach(self, state: int, place: int, at_end: bool) -> frozenset[int]:
        known = self._reached.get((state, place, at_end))
        if known is None:
            found, waiting = {state}, [state]
            while waiting:
                each = waiting.pop()
                if self._chars[each] is None and self._may_pass(each, place, at_end=at_end):
                    fresh = [following for following in self._next[each] if following not in found]
                    found.update(fresh)
                    waiting += fresh
            self._reached[state, place, at_end] = known = frozenset(found)
        return known

    def _may_pass(self, state: int, place: int, *, at_end: bool) -> bool:
        anchor = self._anchors[state]
        return anchor is None or (at_end if anchor.at_end else place != _INSIDE)

    def _state(self, *following: int, chars: Chars | None = None, anchor: Anchor | None = None) -> int:
        if len(self._next) >= MOST_STATES:
            raise BadPattern(f"a pattern of more than {MOST_STATES} states")
        self._chars.append(chars)
        self._anchors.append(anchor)
        self._next.append(following)
        return len(self._next) - 1

    def _build(self, node: Node, after: int) -> int:
        """Return the state at which a node begins that goes on to ``after``."""
        match node:
            case One(chars):
                return self._state(after, chars=chars)
            case Anchor():
                return self._state(after, anchor=node)
            case Series(nodes):
                for each in reversed(nodes):
                    after = self._build(each, after)
                return after
            case Choice(nodes):
                return self._state(*(self._build(each, after) for each in nodes))
            case Repeat(inner, least, most):
                return self._repeat(inner, least, most, after)

    def _repeat(self, inner: Node, least: int, most: int | None, after: int) -> int:
        begin = after
        if most is None:
            begin = self._state()
            self._next[begin] = (self._build(inner, begin), after)
        else:
            for _ in range(most - least):
                begin = self._state(self._build(inner, begin), after)
        for _ in range(least):
            begin = self._build(inner, begin)
        return begin
