"""Random lives of records against a model of a dozen lines: every list is what replaying the log gives."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from catalog_service.errors import Conflict, NotFound
from catalog_service.store import NewVersion, open_store
from catalog_service.store.reading import with_ancestors
from tests.store.conftest import Clock

NUMBERS = st.integers(1, 4)
TEXTS = st.sampled_from(["a", "b", "c"])
SETS = st.sets(st.sampled_from(["cat:1:101", "cat:1:102", "cat:2:201", "org:A"]), max_size=3).map(tuple)


class Lives(RuleBasedStateMachine):
    """A store, and what should be in it."""

    template: Path

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="kebao-model-"))
        self.clock = Clock()
        self.content: dict[str, list[tuple[str, str]]] = {}
        self.public: dict[str, str] = {}
        self.batch: int | None = None

    @initialize()
    def begin(self) -> None:
        shutil.copy(self.template, self.folder / "catalogue.sqlite")
        self.store = open_store(f"sqlite:///{self.folder}/catalogue.sqlite", clock=self.clock)

    def teardown(self) -> None:
        self.store.close()
        shutil.rmtree(self.folder)

    @rule(number=NUMBERS, public=TEXTS, private=TEXTS)
    def put(self, number: int, public: str, private: str) -> None:
        versions = self.content.setdefault(f"T-{number}", [])
        with self.store.write(actor="ann", batch=self.batch) as writer:
            new = NewVersion(
                f"T-{number}", f"x:{number}", "thing", f"{public} {private}".encode(), public=public.encode()
            )
            outcome = writer.put(new)
        if not versions or versions[-1] != (public, private):
            versions.append((public, private))
        assert outcome.version == len(versions)

    @rule(number=NUMBERS, sets=SETS, older=st.booleans())
    def publish(self, number: int, sets: tuple[str, ...], older: bool) -> None:
        identifier = f"T-{number}"
        version = 1 if older else None
        try:
            with self.store.write(actor="ann", batch=self.batch) as writer:
                writer.publish(identifier, sets, version)
        except NotFound:
            assert identifier not in self.content
        else:
            self.public[identifier] = self.content[identifier][0 if older else -1][0]

    @rule(number=NUMBERS, step=st.sampled_from(["suspend", "withdraw"]))
    def leave(self, number: int, step: str) -> None:
        try:
            with self.store.write(actor="ann", batch=self.batch) as writer:
                getattr(writer, step)(f"T-{number}")
        except (NotFound, Conflict):
            return
        self.public.pop(f"T-{number}", None)

    @rule(number=NUMBERS, sets=SETS)
    def refresh(self, number: int, sets: tuple[str, ...]) -> None:
        if f"T-{number}" in self.content:
            with self.store.write(actor="ann") as writer:
                writer.refresh([f"T-{number}"], sets={f"T-{number}": sets})

    @rule()
    def open_batch(self) -> None:
        with self.store.write(actor="ann") as writer:
            self.batch = writer.open_batch("batch")
        self.before_batch = dict(self.public), {name: list(each) for name, each in self.content.items()}

    @rule()
    def undo_batch(self) -> None:
        if self.batch is None:
            return
        undo = self.store.undo_batch(self.batch, actor="ann")
        public, content = self.before_batch
        touched = {item.identifier for item in self.store.batch_items(self.batch)} - set(undo.skipped)
        for identifier in touched:
            form = self.store.public(identifier)
            assert (form and form.decode()) == public.get(identifier)
            if identifier in content:
                newest = self.store.working(identifier)
                assert newest is not None
                assert newest.canonical.decode() == " ".join(content[identifier][-1])
            self.public.pop(identifier, None)
            if identifier in public:
                self.public[identifier] = public[identifier]
            self.content[identifier] = [
                tuple((self.store.version(identifier, info.number) or pytest.fail("gone")).canonical.decode().split())
                for info in self.store.versions(identifier)
            ]  # type: ignore[assignment]
        self.batch = None

    @rule(seconds=st.integers(-100, 100))
    def clock_moves(self, seconds: int) -> None:
        self.clock.now += seconds

    @rule()
    def reopen(self) -> None:
        self.store.close()
        self.store = open_store(f"sqlite:///{self.folder}/catalogue.sqlite", clock=self.clock)

    @invariant()
    def the_public_sees_what_was_published(self) -> None:
        live = {entry.identifier: entry.form for entry in self.store.listing().entries if entry.live}
        assert live == {identifier: text.encode() for identifier, text in self.public.items()}

    @invariant()
    def lists_are_what_replaying_the_log_gives(self) -> None:
        log = self.store.changes(0)
        assert [entry.seq for entry in log] == list(range(1, len(log) + 1))
        assert [entry.stamp for entry in log] == sorted(entry.stamp for entry in log)
        whole: dict[str, tuple[int, bool]] = {}
        views: dict[str, dict[str, tuple[int, bool]]] = {}
        for entry in log:
            whole[entry.identifier] = (entry.seq, entry.op != "withdraw")
            for names, here in ((with_ancestors(entry.sets), True), (entry.left_sets, False)):
                for name in names:
                    views.setdefault(name, {})[entry.identifier] = (entry.seq, here)
        assert self.seen() == whole
        assert {each.name for each in self.store.sets()} == set(views)
        for each in self.store.sets():
            view = views[each.name]
            assert self.seen(each.name) == view
            assert (each.live, each.gone) == (
                sum(here for _, here in view.values()),
                sum(not h for _, h in view.values()),
            )
        assert self.store.count(live=True) == len(self.public)
        assert self.store.count() == len(whole)

    def seen(self, set_: str = "") -> dict[str, tuple[int, bool]]:
        return {entry.identifier: (entry.seq, entry.live) for entry in self.store.listing(set_=set_).entries}


@pytest.fixture
def machine(sqlite_url: str) -> type[Lives]:
    open_store(sqlite_url, clock=Clock()).close()
    Lives.template = Path(sqlite_url.removeprefix("sqlite:///"))
    return Lives


def test_random_lives_agree_with_the_model(machine):
    run_state_machine_as_test(
        machine, settings=settings(max_examples=12, stateful_step_count=25, deadline=None, derandomize=True)
    )


@pytest.mark.long
def test_many_random_lives_agree_with_the_model(machine):
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=300, stateful_step_count=50, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
