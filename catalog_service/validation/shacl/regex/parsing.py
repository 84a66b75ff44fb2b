"""Parses a regular expression of XPath into a tree.

Beyond the standard, a backslash before any punctuation is taken literally, as published shapes have ``\\/``.
"""

from __future__ import annotations

from catalog_service.validation.shacl.regex.blocks import BLOCKS
from catalog_service.validation.shacl.regex.tree import Anchor, Chars, Choice, Node, One, Repeat, Series

DEEPEST = 60
"""Levels of brackets."""
_FLAGS = frozenset("smixq")
_SPACE = Chars(((0x20, 0x20), (0x9, 0xA), (0xD, 0xD)), is_escape=True)
_START = Chars(
    (
        (0x3A, 0x3A), (0x41, 0x5A), (0x5F, 0x5F), (0x61, 0x7A), (0xC0, 0xD6), (0xD8, 0xF6), (0xF8, 0x2FF),
        (0x370, 0x37D), (0x37F, 0x1FFF), (0x200C, 0x200D), (0x2070, 0x218F), (0x2C00, 0x2FEF), (0x3001, 0xD7FF),
        (0xF900, 0xFDCF), (0xFDF0, 0xFFFD), (0x10000, 0xEFFFF),
    ),
    is_escape=True,
)  # fmt: skip
_NAME = Chars(
    (*_START.ranges, (0x2D, 0x2E), (0x30, 0x39), (0xB7, 0xB7), (0x300, 0x36F), (0x203F, 0x2040)),
    is_escape=True,
)
_CLASSES = {
    "s": _SPACE,
    "i": _START,
    "c": _NAME,
    "d": Chars(categories=("Nd",)),
    "w": Chars(categories=("P", "Z", "C"), negated=True),
}
_CLASSES |= {name.upper(): Chars(parts=(chars,), negated=True) for name, chars in _CLASSES.items()}
_CONTROLS = {"n": "\n", "r": "\r", "t": "\t"}
_CATEGORIES = frozenset(
    [
        "L",
        "Lu",
        "Ll",
        "Lt",
        "Lm",
        "Lo",
        "M",
        "Mn",
        "Mc",
        "Me",
        "N",
        "Nd",
        "Nl",
        "No",
        "P",
        "Pc",
        "Pd",
        "Ps",
        "Pe",
        "Pi",
        "Pf",
        "Po",
        "Z",
        "Zs",
        "Zl",
        "Zp",
        "S",
        "Sm",
        "Sc",
        "Sk",
        "So",
        "C",
        "Cc",
        "Cf",
        "Co",
        "Cn",
        "Cs",
    ]
)


class BadPattern(ValueError):
    """A pattern that is ill-formed, or cannot be matched in linear time."""


def parse(pattern: str, flags: str = "") -> Node:
    """Return the tree of a pattern; flags are those of ``fn:matches``."""
    unknown = set(flags) - _FLAGS
    if unknown:
        raise BadPattern(f"there is no flag {''.join(sorted(unknown))}; flags are s, m, i, x and q")
    if "q" in flags:
        return Series(tuple(One(_just(char)) for char in pattern))
    return _Parser(_without_spaces(pattern) if "x" in flags else pattern, any_char="s" in flags).parse()


def _just(char: str) -> Chars:
    return Chars(((ord(char), ord(char)),))


def _without_spaces(pattern: str) -> str:
    """Drop white space outside of character classes (flag ``x``)."""
    kept, depth, escaped = [], 0, False
    for char in pattern:
        if char == "[" and not escaped:
            depth += 1
        elif char == "]" and not escaped:
            depth -= 1
        escaped = char == "\\" and not escaped
        if depth > 0 or char not in "\t\n\r ":
            kept.append(char)
    return "".join(kept)


class _Parser:
    def __init__(self, pattern: str, *, any_char: bool) -> None:
        self._pattern = pattern
        self._position = 0
        self._depth = 0
        self._dot = Chars(negated=True) if any_char else Chars(((0xA, 0xA), (0xD, 0xD)), negated=True)

    def parse(self) -> Node:
        tree = self._choice()
        if self._position < len(self._pattern):
            raise self._error("a closing bracket without an opening one")
        return tree

    def _error(self, what: str) -> BadPattern:
        return BadPattern(f"{what}, at character {self._position + 1} of “{self._pattern[:200]}”")

    @property
    def _next(self) -> str:
        return self._pattern[self._position : self._position + 1]

    def _take(self) -> str:
        char = self._next
        if not char:
            raise self._error("the pattern ends too early")
        self._position += 1
        return char

    def _choice(self) -> Node:
        branches = [self._series()]
        while self._next == "|":
            self._position += 1
            branches.append(self._series())
        return branches[0] if len(branches) == 1 else Choice(tuple(branches))

    def _series(self) -> Node:
        nodes: list[Node] = []
        while self._next and self._next not in "|)":
            atom = self._atom()
            nodes.append(self._quantified(atom))
        return nodes[0] if len(nodes) == 1 else Series(tuple(nodes))

    def _quantified(self, atom: Node) -> Node:
        sign = self._next
        if not sign or sign not in "*+?{":
            return atom
        if isinstance(atom, Anchor):
            raise self._error("a quantifier after an anchor")
        self._position += 1
        least, most = {"*": (0, None), "+": (1, None), "?": (0, 1)}.get(sign) or self._counts()
        if self._next == "?":  # reluctant: the same answer
            self._position += 1
        if self._next and self._next in "*+?{":
            raise self._error("a quantifier after a quantifier")
        if most == 0 or _takes_nothing(atom):  # once says all, and a million copies cost as much as real ones
            return atom if least else Series()
        return Repeat(atom, least, most)

    def _counts(self) -> tuple[int, int | None]:
        end = self._pattern.find("}", self._position)
        text = self._pattern[self._position : end] if end >= 0 else ""
        least, comma, most = text.partition(",")
        if not _is_count(least) or (most and not _is_count(most)):
            raise self._error("a quantifier must be {n}, {n,} or {n,m}")
        self._position = end + 1
        low = int(least)
        high = low if not comma else int(most) if most else None
        if high is not None and high < low:
            raise self._error("a quantifier whose second number is the smaller one")
        return low, high

    def _atom(self) -> Node:
        char = self._take()
        match char:
            case "(":
                return self._group()
            case "[":
                return One(self._chars())
            case ".":
                return One(self._dot)
            case "^" | "$":
                return Anchor(at_end=char == "$")
            case "\\":
                return One(self._escape())
            case "*" | "+" | "?" | "{" | "}" | "]":
                self._position -= 1
                raise self._error(f"“{char}” must be escaped here")
        return One(_just(char))

    def _group(self) -> Node:
        if self._next == "?":
            if self._pattern[self._position : self._position + 2] != "?:":
                raise self._error(
                    "look-ahead, look-behind and named groups are not part of XPath's regular expressions"
                )
            self._position += 2
        self._depth += 1
        if self._depth > DEEPEST:
            raise self._error(f"more than {DEEPEST} levels of brackets")
        inner = self._choice()
        if self._next != ")":
            raise self._error("an opening bracket without a closing one")
        self._position += 1
        self._depth -= 1
        return inner

    def _escape(self) -> Chars:
        char = self._take()
        if char in _CONTROLS:
            return _just(_CONTROLS[char])
        if char in _CLASSES:
            return _CLASSES[char]
        if char in "pP":
            return self._property(negated=char == "P")
        if char.isdigit():
            raise self._error("a back-reference, which cannot be matched in linear time")
        if char.isalnum():
            raise self._error(f"“\\{char}” is no escape of XPath")
        return _just(char)

    def _property(self, *, negated: bool) -> Chars:
        end = self._pattern.find("}", self._position)
        if self._take() != "{" or end < 0:
            raise self._error("\\p must be followed by {category} or {IsBlock}")
        name = self._pattern[self._position : end]
        self._position = end + 1
        if name in _CATEGORIES:
            return Chars(categories=(name,), negated=negated)
        block = BLOCKS.get(name.removeprefix("Is")) if name.startswith("Is") else None
        if block is None:
            raise self._error(f"unknown category or block “{name}”")
        return Chars(block, negated=negated, is_escape=True)

    def _chars(self) -> Chars:
        """Parse a character class after its opening bracket."""
        self._depth += 1
        if self._depth > DEEPEST:
            raise self._error(f"more than {DEEPEST} levels of brackets")
        negated = self._next == "^"
        self._position += negated
        ranges: list[tuple[int, int]] = []
        parts: list[Chars] = []
        minus = None
        while self._next != "]":
            if self._next == "-" and self._pattern[self._position + 1 : self._position + 2] == "[":
                self._position += 2
                minus = self._chars()
                if self._next != "]":
                    raise self._error("a subtraction must stand at the end of a class")
                break
            chars = self._class_member()
            if isinstance(chars, str):
                ranges.append(self._range(chars))
            else:
                parts.append(chars)
        self._position += 1
        self._depth -= 1
        if not ranges and not parts:
            raise self._error("an empty character class")
        return Chars(tuple(ranges), (), tuple(parts), negated, minus)

    def _class_member(self) -> str | Chars:
        char = self._take()
        if char == "[":
            raise self._error("“[” must be escaped in a class")
        if char != "\\":
            return char
        chars = self._escape()
        single = chars.ranges[0] if len(chars.ranges) == 1 and not chars.negated else (0, 1)
        return chr(single[0]) if single[0] == single[1] else chars

    def _range(self, low: str) -> tuple[int, int]:
        following = self._pattern[self._position : self._position + 2]
        if following[:1] != "-" or following[1:] in ("]", "["):
            return ord(low), ord(low)
        self._position += 1
        high = self._class_member()
        if not isinstance(high, str) or high < low:
            raise self._error("a range must go from a character to a later one")
        return ord(low), ord(high)


def _takes_nothing(node: Node) -> bool:
    """Tell whether a node can match the empty text only."""
    match node:
        case Series(nodes) | Choice(nodes):
            return all(map(_takes_nothing, nodes))
        case Repeat(inner):
            return _takes_nothing(inner)
    return isinstance(node, Anchor)


def _is_count(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 8
