"""The same tokens whichever engine: words, bigrams, characters, pinyin.

Use `Analyser` for documents and queries alike. To fold one more kind of variant, add to `variants`; to add a stream,
add it to `indexer.query.Stream`, `Streams` and `indexer.bulk`. Any change of tokens raises ``_VERSION`` in `analyser`.
"""

from __future__ import annotations

from indexer.analysis.analyser import Analyser, Piece, Streams, Word

__all__ = ["Analyser", "Piece", "Streams", "Word"]
