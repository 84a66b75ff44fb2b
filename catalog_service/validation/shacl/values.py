"""Tests of one value that need nothing but its term: datatype, node kind, length, pattern, bounds, language, list.

Clauses: SHACL 4.1.2, 4.1.3, 4.3, 4.4.1–4.4.4, 4.8.3. Such a test is a function from term to bool; whatever is made of
such tests only, be it by ``sh:or`` or ``sh:node``, is one again.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING

from catalog_service.model.terms import Term, language, value
from catalog_service.namespaces import XSD
from catalog_service.validation.shacl.components import NODE_KINDS
from catalog_service.validation.shacl.literals import less, lexical_test
from catalog_service.validation.shacl.names import LANG_STRING
from catalog_service.validation.shacl.regex import compile_pattern

if TYPE_CHECKING:
    from catalog_service.validation.shacl.plan import Constraint

Test = Callable[[Term], bool]

_REMEMBERED = 8192
_LONGEST_REMEMBERED = 200


def value_test(constraint: Constraint) -> Test | None:
    """Return the test that a constraint puts to each value; None if it needs more than the value."""
    make = _TESTS.get(constraint.component)
    return make(constraint) if make else None


def every(tests: list[Test]) -> Test | None:
    """Return one test that asks all; None if there are none."""
    match tests:
        case []:
            return None
        case [one]:
            return one
        case [one, two]:
            return lambda term: one(term) and two(term)
        case [one, two, three]:
            return lambda term: one(term) and two(term) and three(term)
    together = tuple(tests)

    def test(term: Term) -> bool:
        for each in together:  # noqa: SIM110
            if not each(term):
                return False
        return True

    return test


def remembering(test: Test) -> Test:
    """Return a test that knows its last answers on short terms."""
    known = lru_cache(maxsize=_REMEMBERED)(test)
    return lambda term: known(term) if len(term) < _LONGEST_REMEMBERED else test(term)


def text_of(term: Term) -> str:
    """Return what SPARQL's ``str`` gives: an IRI, or the text of a literal."""
    if "\\" in term:
        return value(term)
    return term[1 : term.rindex('"')] if term[0] == '"' else term[1:-1]


def _datatype(constraint: Constraint) -> Test:
    wanted = constraint.argument[1:-1]
    if wanted == f"{XSD}string":
        return lambda term: term[-1] == '"'
    if wanted == LANG_STRING:
        return lambda term: term[0] == '"' and term[-1] not in '">'
    ending = f'"^^{constraint.argument}'
    lexical = lexical_test(wanted)
    if lexical is None:
        return lambda term: term.endswith(ending)
    cut = -len(ending)
    return remembering(
        lambda term: term.endswith(ending) and lexical(value(term) if "\\" in term else term[1:cut])
    )  # fmt: skip


def _node_kind(constraint: Constraint) -> Test:
    kinds = NODE_KINDS.get(constraint.argument, "")
    if len(kinds) == 1:
        return lambda term: term[0] == kinds
    return lambda term: term[0] in kinds


def _min_length(constraint: Constraint) -> Test:
    least = constraint.number
    return lambda term: len(term) - 2 >= least and term[0] != "_" and len(text_of(term)) >= least


def _max_length(constraint: Constraint) -> Test:
    most = constraint.number
    return lambda term: term[0] != "_" and (len(term) - 2 <= most or len(text_of(term)) <= most)


def _pattern(constraint: Constraint) -> Test:
    matches, is_fast = constraint.matcher or compile_pattern(value(constraint.argument), constraint.flags)
    if is_fast:
        return lambda term: term[0] != "_" and matches(text_of(term))
    return remembering(lambda term: term[0] != "_" and matches(text_of(term)))


def _language_in(constraint: Constraint) -> Test:
    ranges = [value(member).lower() for member in constraint.members]

    @lru_cache(maxsize=256)
    def is_wanted(tag: str) -> bool:
        return any(each in (tag, "*") or tag.startswith(each + "-") for each in ranges)

    return lambda term: term[0] == '"' and term[-1] not in '">' and is_wanted(term[term.rindex("@") + 1 :].lower())


def _in(constraint: Constraint) -> Test:
    return frozenset(constraint.members).__contains__


def _bound(*, above: bool, or_equal: bool) -> Callable[[Constraint], Test]:
    def make(constraint: Constraint) -> Test:
        bound = constraint.argument
        if above:
            return remembering(lambda term: less(bound, term, or_equal=or_equal))
        return remembering(lambda term: less(term, bound, or_equal=or_equal))

    return make


_TESTS: dict[str, Callable[[Constraint], Test]] = {
    "Datatype": _datatype,
    "NodeKind": _node_kind,
    "MinLength": _min_length,
    "MaxLength": _max_length,
    "Pattern": _pattern,
    "LanguageIn": _language_in,
    "In": _in,
    "MinExclusive": _bound(above=True, or_equal=False),
    "MinInclusive": _bound(above=True, or_equal=True),
    "MaxExclusive": _bound(above=False, or_equal=False),
    "MaxInclusive": _bound(above=False, or_equal=True),
}

__all__ = ["Test", "every", "language", "remembering", "text_of", "value_test"]
