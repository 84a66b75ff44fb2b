from __future__ import annotations

import gc
from contextlib import ExitStack

from catalog_service.operations.collecting import rare_collections


def test_rings_are_collected_rarely_until_the_last_block_ends() -> None:
    before = gc.get_threshold()
    first, second = ExitStack(), ExitStack()

    first.enter_context(rare_collections())
    second.enter_context(rare_collections())
    first.close()
    assert gc.isenabled()
    assert gc.get_threshold() > before

    second.close()
    assert gc.get_threshold() == before
