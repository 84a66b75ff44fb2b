"""Whoever writes the index may be killed at any moment."""

from __future__ import annotations

import random
import signal
import threading
from typing import TYPE_CHECKING

from catalog_service.operations.reindex import compare
from tests.operations.following.telling import CLEAN, catch_up
from tests.operations.stories import agency, contents, load_json, made_anew, product, run_python

if TYPE_CHECKING:
    from catalog_service.operations.catalogue import Catalogue


FOLLOW = """
import sys
from pathlib import Path
from catalog_service.operations import writing
from indexer.engines.embedded.engine import EmbeddedEngine
from tests.catalogues import make_catalogue
writing.CHUNK = 5
catalogue = make_catalogue(Path(sys.argv[1]), search__engine="embedded")
assert catalogue.index.acquire()
write = EmbeddedEngine.write
EmbeddedEngine.write = lambda *arguments: (write(*arguments), print(arguments[-1]))[0]
catalogue.index.catch_up()
"""


def test_killed_at_any_moment_it_catches_up_misses_nothing_doubles_nothing(embedded: Catalogue) -> None:
    load_json(embedded, agency(1), agency(2), *(product(n) for n in range(120)), index=False)
    load_json(embedded, *(product(n, title={"zh": f"商标检索 {n}"}) for n in range(0, 120, 3)), index=False)
    load_json(embedded, agency(1, name={"zh": "湘江知识产权（测试）"}), index=False)
    embedded.close()
    chance = random.Random(20261123)
    positions = []
    for _ in range(8):
        child = run_python(FOLLOW, embedded.home)
        assert child.stdout
        for _ in range(chance.randrange(1, 6)):
            assert child.stdout.readline(), child.communicate()
        threading.Event().wait(chance.random() * 0.03)
        child.send_signal(signal.SIGKILL)
        child.communicate()
        positions.append(embedded.index.position())
        embedded.index.close()

    last = embedded.store.last_seq()
    assert positions == sorted(positions)
    assert 0 < positions[0] < positions[-1] < last
    catch_up(embedded)
    assert embedded.index.position() == last
    assert compare(embedded) == CLEAN
    assert contents(embedded.index.engine) == made_anew(embedded)
