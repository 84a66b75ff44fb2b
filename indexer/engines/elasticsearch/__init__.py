"""The distributed engine: an Elasticsearch server or cluster, with nothing installed on it.

An index is ``{prefix}-{fingerprint}-{generation}`` behind the alias ``{prefix}-{fingerprint}``; a rebuild fills the
next generation beside the old one and takes its place by one alias swap (`ElasticsearchIndex.beside`, `take_over`).
The position is a document of the index itself, written only after every document before it was acknowledged. As the
index is refreshed by `write` alone, searches see whole writes.
"""

from __future__ import annotations

import json
import re
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

from indexer.bulk import check_search, columns, fingerprint, prepare, sentinels
from indexer.engine import Refusal
from indexer.engines.elasticsearch import dsl
from indexer.engines.elasticsearch.calls import Item, Patience, bulk, call
from indexer.errors import IndexerError, IndexUnreachable, WrongIndex
from indexer.query import RELEVANCE_LIMIT
from indexer.result import Hit, SearchResult, rounded
from indexer.schema import Prepared

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from elasticsearch import Elasticsearch

    from indexer.analysis import Analyser
    from indexer.query import Search
    from indexer.schema import Deletion, Document, IndexSchema

WINDOW = 10_000
"""Hits Elasticsearch gives at most in one answer."""
POSITION = "\tposition"
"""Id of the document that holds the position; no id of a record has a control character."""
_SEARCH_PATIENCE = 1.0
_HIT_FIELDS = ["id", "kind", "seq", "stored"]
_PAGE = 5000
_KEEP = "2m"


def open_index(
    schema: IndexSchema,
    analyser: Analyser,
    *,
    url: str = "http://127.0.0.1:9200",
    index_prefix: str = "kebao",
    api_key: str = "",
    replicas: int = 0,
    shards: int = 1,
    timeout: float = 10.0,
    patience: float = 10.0,
    ca_certs: str = "",
    **_: Any,
) -> ElasticsearchIndex:
    """Open the index of a schema; the server is first asked when the index is first used.

    ``timeout`` is for one request, ``patience`` for how long a write goes on through failures, both in seconds.
    """
    from elasticsearch import Elasticsearch

    client = Elasticsearch(
        url,
        api_key=api_key or None,
        **({"ca_certs": ca_certs} if ca_certs else {}),  # type: ignore[arg-type]
        request_timeout=timeout,
        max_retries=0,
        retry_on_timeout=False,
    )
    return ElasticsearchIndex(
        client,
        schema,
        analyser,
        base=f"{index_prefix}-{fingerprint(schema, analyser)}",
        shards=shards,
        replicas=replicas,
        patience=patience,
    )


class ElasticsearchIndex:
    """One index on a server. Threads may share it."""

    name = "elasticsearch"

    def __init__(
        self,
        client: Elasticsearch,
        schema: IndexSchema,
        analyser: Analyser,
        *,
        base: str,
        alias: str = "",
        shards: int = 1,
        replicas: int = 0,
        patience: float = 10.0,
        waiting: Callable[[float], Patience] = Patience,
    ) -> None:
        self.schema = schema
        self._analyser = analyser
        self._client = client
        self._base = base
        self.alias = alias or base
        self._fingerprint = fingerprint(schema, analyser)
        self._shards = shards
        self._replicas = replicas
        self._patience = patience
        self._waiting = waiting
        self._ready = False

    # writing

    def write(self, changes: Sequence[Document | Prepared | Deletion], position: int) -> list[Refusal]:
        """Send the changes, then the position; a failure in between leaves the position where it was.

        Versions are the change numbers, kept by the server: an older or the same one answers 409 and changes nothing.
        """
        prepared, refused = prepare(changes, self.schema, self._analyser)
        items = list(map(self._item, prepared.values()))
        patience = self._waiting(self._patience)
        self._present(patience)
        with self._vanishing():
            outcome = bulk(self._client, self.alias, items, patience, refresh=self._shards > 1)
            marked = bulk(self._client, self.alias, [self._mark(position)], patience, refresh=True)
            if marked.refused:
                raise IndexerError(f"the position cannot be written: {marked.refused[0][1]}")
            if outcome.changed and not marked.changed:
                call(lambda: self._client.indices.refresh(index=self.alias), patience)
        refused += map(Refusal, outcome.refused)
        return refused

    def _item(self, change: Prepared | Deletion) -> Item:
        body = self._body(change) if isinstance(change, Prepared) else self._empty({"id": change.id, "seq": change.seq})
        return Item(change.id, _lines(change.id, change.seq, body))

    def _mark(self, position: int) -> Item:
        return Item(POSITION, _lines(POSITION, position, self._empty({"position": position})))

    def _body(self, change: Prepared) -> dsl.Json:
        return {
            "id": change.id,
            "kind": change.kind,
            "seq": change.seq,
            "hash": change.hash,
            "live": True,
            "stored": change.stored,
            "text": self._text(change.tokens),
            "keyword": {name: values for name, values in change.keywords.items() if values},
            "number": dict(change.numbers),
        }

    def _empty(self, body: dsl.Json) -> dsl.Json:
        """Return the body of what is no document; it has its sentinels, or BM25 would not count it."""
        return {**body, "live": False, "text": self._text(sentinels(self.schema))}

    def _text(self, tokens: Sequence[str]) -> dsl.Json:
        return {f"{field}.{stream}": each for (field, stream), each in zip(columns(self.schema), tokens, strict=True)}

    # the index itself

    def _present(self, patience: Patience) -> None:
        """Make the index if there is none; raises `WrongIndex` if the one found is another's."""
        if self._ready:
            return
        try:
            found = call(lambda: self._client.indices.get(index=self.alias), patience)
        except LookupError:
            self._create(patience)
            found = call(lambda: self._client.indices.get(index=self.alias), patience)
        index = next(iter(found.values()))
        if len(found) > 1 or index["mappings"].get("_meta", {}).get("fingerprint") != self._fingerprint:
            raise WrongIndex(f"what is called {self.alias} on the server is no index of ours")
        self._shards = int(index["settings"]["index"]["number_of_shards"])
        patience.restart()
        call(lambda: self._client.cluster.health(index=self.alias, wait_for_status="yellow", timeout="5s"), patience)
        self._ready = True

    def _create(self, patience: Patience) -> None:
        """Make the next generation; that another process makes the same one at the same time is no failure."""
        body = dsl.index_body(self.schema, self._fingerprint, shards=self._shards, replicas=self._replicas)
        name = f"{self._base}-{max(self._generations(patience), default=0) + 1}"
        create = self._client.options(ignore_status=400).indices.create
        answer = call(lambda: create(index=name, aliases={self.alias: {}}, **body), patience)
        error = answer.get("error")
        if error and error["type"] != "resource_already_exists_exception":
            raise IndexerError(f"Elasticsearch does not make the index {name}: {error.get('reason')}")

    def _generations(self, patience: Patience) -> dict[int, str]:
        found = call(lambda: self._client.indices.get(index=f"{self._base}-*", features="aliases"), patience)
        named = {name: re.fullmatch(rf"{re.escape(self._base)}-(\d+)", name) for name in found}
        return {int(match[1]): name for name, match in named.items() if match}

    def beside(self) -> ElasticsearchIndex:
        """Return a new empty index beside this one, to be filled and then to `take_over`; close only the first."""
        other = ElasticsearchIndex(
            self._client,
            self.schema,
            self._analyser,
            base=self._base,
            alias=f"{self._base}-next",
            shards=self._shards,
            replicas=self._replicas,
            patience=self._patience,
            waiting=self._waiting,
        )
        patience = self._waiting(self._patience)
        for name in self._named(other.alias, patience):
            call(partial(self._client.indices.delete, index=name), patience)
        return other

    def take_over(self) -> None:
        """Take the place of the index searched so far, which is removed, in one step."""
        patience = self._waiting(self._patience)
        self._present(patience)
        (own,) = self._named(self.alias, patience)
        old = [name for name in self._named(self._base, patience) if name != own]
        actions: list[dsl.Json] = [{"remove_index": {"index": name}} for name in old]
        actions += [{"add": {"index": own, "alias": self._base}}]
        if self.alias != self._base:
            actions += [{"remove": {"index": own, "alias": self.alias}}]
        call(lambda: self._client.indices.update_aliases(actions=actions), patience)
        self.alias = self._base

    def _named(self, alias: str, patience: Patience) -> list[str]:
        """Return the names of the indexes behind an alias."""
        try:
            return list(call(lambda: self._client.indices.get_alias(name=alias), patience))
        except LookupError:
            return []

    @contextmanager
    def _vanishing(self) -> Iterator[None]:
        """Say so when the index was deleted under us; the next use makes a new one, empty and at position 0."""
        try:
            yield
        except LookupError as gone:
            self._ready = False
            raise IndexUnreachable(f"the index is gone: {gone}") from gone

    # reading

    def position(self) -> int:
        """Return the position that searches can see: after a crash between commit and refresh it is written again."""
        patience = self._waiting(_SEARCH_PATIENCE)
        self._present(patience)
        try:
            found = call(lambda: self._client.get(index=self.alias, id=POSITION, realtime=False), patience)
        except LookupError:
            return 0
        return int(found["_source"]["position"])

    def search(self, search: Search) -> SearchResult:
        """Answer a search; the position is read first, so what it promises is in the answer."""
        check_search(search, self.schema)
        position = self.position()
        with self._vanishing():
            hits, more, answer = (
                self._by_relevance(search) if search.sort.by == "relevance" else self._by_number(search)
            )
        facets, counts = dsl.facets_and_counts(search, answer)
        return SearchResult(answer["hits"]["total"]["value"], tuple(hits), facets, counts, position, more)

    def _by_number(self, search: Search) -> tuple[list[Hit], bool, dsl.Json]:
        size, descending = min(search.size, WINDOW - 1), search.sort.descending
        body = dsl.search_body(search) | {
            "sort": dsl.by_number(search.sort.by, descending=descending),
            "size": size + 1,
            "_source": _HIT_FIELDS,
        }
        if search.after is not None:
            body["search_after"] = dsl.search_after(search.after, descending=descending)
        answer = self._ask(body)
        found = answer["hits"]["hits"]
        hits = [_hit(each["_source"], 0.0, dsl.number_key(each["sort"])) for each in found[:size]]
        return hits, len(found) > size, answer

    def _by_relevance(self, search: Search) -> tuple[list[Hit], bool, dsl.Json]:
        """Rank far enough that scores, once rounded, cannot change who is on the page."""
        wanted = min(search.size + 1, RELEVANCE_LIMIT) if search.after is None else RELEVANCE_LIMIT
        shown = _HIT_FIELDS if search.after is None else False
        body = dsl.search_body(search) | {"sort": dsl.by_relevance(), "_source": shown}
        answer, ranked = self._ranked(body, wanted)
        ranked = ranked[:RELEVANCE_LIMIT]
        if search.after is not None:
            behind = _order(search.after)
            ranked = [key for key in ranked if _order(key) > behind]
        page = ranked[: search.size]
        sources = self._sources(page, answer)
        hits = [_hit(sources[key[1]], key[0], key) for key in page if "stored" in sources.get(key[1], ())]
        return hits, len(ranked) > len(page), answer

    def _ranked(self, body: dsl.Json, wanted: int) -> tuple[dsl.Json, list[tuple[float, str]]]:
        fetch = wanted + 20
        answer: dsl.Json = {}
        while True:
            found = self._ask(body | {"size": min(fetch, WINDOW)})
            answer = answer or found
            raw = [(each["sort"][0] / dsl.K1_PLUS_1, each["sort"][1]) for each in found["hits"]["hits"]]
            ranked = sorted(((rounded(score), identifier) for score, identifier in raw), key=_order)
            everything = len(raw) < min(fetch, WINDOW)
            if everything or fetch >= WINDOW or not raw[-1][0] or rounded(raw[-1][0]) < ranked[wanted - 1][0]:
                return answer, ranked
            body = {name: part for name, part in body.items() if name != "aggs"}
            fetch *= 3

    def _sources(self, page: list[tuple[float, str]], answer: dsl.Json) -> dict[str, dsl.Json]:
        """Return what the hits of a page hold: from the answer, or asked for when the answer had keys only."""
        known = {each["_id"]: each["_source"] for each in answer["hits"]["hits"] if "_source" in each}
        if missing := [identifier for _, identifier in page if identifier not in known]:
            found = self._reading(
                lambda: self._client.mget(index=self.alias, ids=missing, realtime=False, source_includes=_HIT_FIELDS)
            )
            known |= {each["_id"]: each["_source"] for each in found["docs"] if each.get("found")}
        return known

    def _ask(self, body: dsl.Json) -> Any:
        return self._reading(
            lambda: self._client.search(
                index=self.alias,
                body=body,
                search_type="dfs_query_then_fetch",
                allow_partial_search_results=False,
            )
        )

    def _reading(self, ask: Callable[[], Any]) -> Any:
        return call(ask, self._waiting(_SEARCH_PATIENCE))

    def entries(self) -> Iterator[tuple[str, int, str]]:
        """Walk through a point in time of the index, so that writes meanwhile neither double nor hide anything."""
        self._present(self._waiting(_SEARCH_PATIENCE))
        with self._vanishing():
            pit = self._reading(lambda: self._client.open_point_in_time(index=self.alias, keep_alive=_KEEP))["id"]
        body: dsl.Json = {"query": dsl.LIVE, "size": _PAGE, "sort": [{"id": "asc"}], "_source": ["id", "seq", "hash"]}
        body |= {"pit": {"id": pit, "keep_alive": _KEEP}, "track_total_hits": False}
        try:
            while found := self._reading(lambda: self._client.search(body=body))["hits"]["hits"]:
                yield from ((each["_source"]["id"], each["_source"]["seq"], each["_source"]["hash"]) for each in found)
                body["search_after"] = found[-1]["sort"]
        finally:
            self._reading(lambda: self._client.close_point_in_time(id=pit))

    def refresh(self) -> None:
        """Do nothing: a write that has returned is seen by every process."""

    def close(self) -> None:
        """Close the connections."""
        self._client.close()


def _lines(identifier: str, version: int, body: dsl.Json) -> bytes:
    action = {"index": {"_id": identifier, "version": version, "version_type": "external"}}
    return f"{json.dumps(action, ensure_ascii=False)}\n{json.dumps(body, ensure_ascii=False)}".encode()


def _order(key: tuple[float | int | None, str]) -> tuple[float, str]:
    """Return what relevance is sorted by: score descending, then id."""
    return (-(key[0] or 0.0), key[1])


def _hit(source: dsl.Json, score: float, key: tuple[float | int | None, str]) -> Hit:
    return Hit(source["id"], source["kind"], source["seq"], score, key, json.loads(source["stored"]))
