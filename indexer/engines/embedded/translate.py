"""The clause tree in tantivy's queries; clauses that are never scored become constants of 0."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tantivy import FieldType, Occur, Query

from indexer.engines.embedded.layout import STATE, TOMBSTONE, WATERMARK, keyword_field, number_field, text_field
from indexer.query import All, And, Best, Keyword, Not, Or, Phrase, Range, Token

if TYPE_CHECKING:
    from collections.abc import Iterable

    import tantivy

    from indexer.query import Clause

LUCENE = 1 / 2.2
"""tantivy keeps the factor (k1 + 1) that Lucene dropped."""


class Translator:
    """Makes queries for one schema of tantivy's."""

    def __init__(self, schema: tantivy.Schema) -> None:
        self._schema = schema

    def query(self, clause: Clause) -> Query:
        """Return tantivy's query of a clause."""
        match clause:
            case Token(field, stream, token, boost):
                return _boosted(Query.term_query(self._schema, text_field(field, stream), token), boost)
            case Phrase(field, stream, tokens, boost):
                if len(tokens) == 1:
                    return self.query(Token(field, stream, tokens[0], boost))
                return _boosted(Query.phrase_query(self._schema, text_field(field, stream), list(tokens)), boost)
            case And():
                return self._and(clause)
            case Or(clauses):
                return self._any(clauses)
            case Best(clauses):
                return Query.disjunction_max_query([self.query(inner) for inner in clauses])
            case Not(inner):
                return Query.boolean_query([self._everything(), (Occur.MustNot, self.query(inner)), self._dead()])
            case Keyword(field, values, boost):
                return Query.const_score_query(self._keyword(field, values), boost / LUCENE)
            case Range(field, minimum, maximum):
                return unscored(self._range(field, minimum, maximum))
            case All():
                return self.live()

    def parts(self, clause: Clause) -> list[tuple[Occur, Query]]:
        """Return a filter as parts of the query of live documents that it narrows.

        An exclusion inside a part hides from tantivy how dear the part is: it would begin with it, going through all
        numbers of a range, instead of with the few documents that have the words.
        """
        if not isinstance(clause, And) or clause.optional:
            return [(Occur.Must, unscored(self.query(clause)))]
        return [
            (Occur.MustNot, self.query(inner.clause))
            if isinstance(inner, Not)
            else (Occur.Must, unscored(self.query(inner)))
            for inner in clause.clauses
        ]

    def live(self) -> Query:
        """Return the query of every live document."""
        return Query.boolean_query([self._everything(), self._dead()])

    def any_of(self, name: str, values: Iterable[str]) -> Query:
        """Return the query of documents with one of these terms in one of tantivy's fields."""
        return Query.term_set_query(self._schema, name, list(values))

    def between(self, name: str, minimum: int | None, maximum: int | None) -> Query:
        """Return the query of documents with a number between these bounds, both inclusive."""
        return Query.range_query(self._schema, name, FieldType.Integer, lower_bound=minimum, upper_bound=maximum)

    def _and(self, clause: And) -> Query:
        parts = [(Occur.Must, self.query(inner)) for inner in clause.clauses if not isinstance(inner, Not)]
        without = [(Occur.MustNot, self.query(inner.clause)) for inner in clause.clauses if isinstance(inner, Not)]
        if not parts:
            parts, without = [self._everything()], [*without, self._dead()]
        optional = [(Occur.Should, self.query(inner)) for inner in clause.optional]
        if len(parts) == 1 and not without and not optional:
            return parts[0][1]
        return Query.boolean_query([*parts, *without, *optional])

    def _any(self, clauses: tuple[Clause, ...]) -> Query:
        if len(clauses) == 1:
            return self.query(clauses[0])
        return Query.boolean_query([(Occur.Should, self.query(inner)) for inner in clauses])

    def _keyword(self, field: str, values: tuple[str, ...]) -> Query:
        name = keyword_field(field)
        if len(values) == 1:
            return Query.term_query(self._schema, name, values[0], index_option="basic")
        return Query.term_set_query(self._schema, name, list(values))

    def _range(self, field: str, minimum: int | None, maximum: int | None) -> Query:
        name = number_field(field)
        if minimum is None and maximum is None:
            return Query.exists_query(name)
        return self.between(name, minimum, maximum)

    def _everything(self) -> tuple[Occur, Query]:
        return Occur.Must, unscored(Query.all_query())

    def _dead(self) -> tuple[Occur, Query]:
        return Occur.MustNot, Query.term_set_query(self._schema, STATE, [TOMBSTONE, WATERMARK])


def unscored(query: Query) -> Query:
    """Return the query with a score of 0 for all it finds."""
    return Query.const_score_query(query, 0.0)


def _boosted(query: Query, boost: float) -> Query:
    return query if boost == 1.0 else Query.boost_query(query, boost)
