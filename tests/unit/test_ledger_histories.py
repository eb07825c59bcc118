"""Random histories of a ledger: whatever was done, what is live is what a history without the undone would have led to."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from hypothesis import HealthCheck, Phase, settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from memos.errors import NotRevertible
from memos.ledger_reports import OnConflict
from tests.unit.fakes import FakeOverlay
from tests.unit.ledger_bench import Bench
from tests.unit.test_merging import disjoint

OTHERS = disjoint(3)
"""What another namespace knows: rows that none of FACTS selects, so that its merge is exact wherever it stands."""


def _facts() -> list[str]:
    from tests.unit.test_merging import rows_of

    taken = frozenset().union(*(rows_of(fact) for fact in OTHERS))
    found: list[str] = []
    for name in range(3000):
        for value in "12":  # two values of one thing contradict each other
            if not rows_of(f"n{name}={value}") & taken:
                found.append(f"n{name}={value}")
        if len(found) >= 10:
            return found
    raise AssertionError("no such facts")


FACTS = _facts()


@dataclass
class Run:
    """A run as it should be live: facts in order; a merge of OTHERS has none."""

    number: int
    facts: list[str] = field(default_factory=list)
    merged: bool = False


class Histories(RuleBasedStateMachine):
    """Every rule does a thing to a ledger with many checkpoints, and to a list that says what should be live."""

    @initialize()
    def open(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.bench = Bench(Path(self.folder.name) / "this", checkpoint_every=2)
        self.bench.learn(*OTHERS, namespace="bob")
        self.bench.store.learned.clear()  # the fake store keeps no namespaces apart
        self.runs: list[Run] = []
        for fact in FACTS[:2]:
            self.learn_run([fact])

    def teardown(self) -> None:
        if hasattr(self, "bench"):
            self.bench.close()
            self.folder.cleanup()

    # --- what can be done -----------------------------------------------------------------------------------------

    @rule(facts=st.lists(st.sampled_from(FACTS), min_size=1, max_size=2, unique_by=lambda fact: fact[:-2]))
    def learn(self, facts: list[str]) -> None:
        self.learn_run(facts)

    def learn_run(self, facts: list[str]) -> None:
        run = self.bench.learn(*facts)
        self.runs.append(Run(run.id, list(facts)))

    @precondition(lambda self: not any(run.merged for run in self.runs))
    @rule()
    def merge(self) -> None:
        report = self.bench.merge("bob", on_conflict=OnConflict.REFUSE)
        assert report.method == "exact" and report.run is not None
        self.runs.append(Run(report.run.id, merged=True))

    @precondition(lambda self: self.runs)
    @rule(data=st.data())
    def revert(self, data: st.DataObject) -> None:
        run = data.draw(st.sampled_from(self.runs))
        self.bench.worker.revert("ana", run.number, "tester")
        self.runs.remove(run)

    @precondition(lambda self: any(run.facts for run in self.runs))
    @rule(data=st.data())
    def forget(self, data: st.DataObject) -> None:
        fact = data.draw(st.sampled_from(sorted({fact for run in self.runs for fact in run.facts})))
        self.bench.forget(fact)
        for run in self.runs:
            run.facts = [one for one in run.facts if one != fact]
        self.runs = [run for run in self.runs if run.facts or run.merged]

    @precondition(lambda self: self.runs)
    @rule()
    def undo(self) -> None:
        assert self.bench.worker.undo("ana", "tester").run_id == self.runs.pop().number

    @precondition(lambda self: len(self.runs) > 1)
    @rule(data=st.data())
    def rollback(self, data: st.DataObject) -> None:
        kept = data.draw(st.integers(0, len(self.runs) - 1))
        point = str(self.runs[kept - 1].number) if kept else "0"
        worker = self.bench.worker
        worker.rollback("ana", worker.trace.point("ana", point).entries, "tester")
        del self.runs[kept:]

    @rule(rebuild=st.booleans())
    def compact(self, rebuild: bool) -> None:
        self.bench.worker.compact("ana", rebuild)

    @rule()
    def reopen(self) -> None:
        self.bench.worker = self.bench.fresh()

    # --- what always holds ------------------------------------------------------------------------------------------

    @invariant()
    def what_is_live_is_what_should_be(self) -> None:
        if not hasattr(self, "bench"):
            return
        live = {link.run_id for link in self.bench.ledger.chain("ana")}
        assert live == {run.number for run in self.runs}
        worker = self.bench.fresh()
        state = worker.knowledge("ana")
        newest: dict[str, str] = {}
        for run in self.runs:
            for fact in OTHERS if run.merged else run.facts:
                newest.pop(fact[:-2], None)
                newest[fact[:-2]] = fact
        assert [lesson.text for lesson in state.lessons] == list(newest.values())
        marked = {self.bench.record(fact) for fact in newest.values()}
        assert {one for one, run in self.bench.store.learned.items() if run is not None} == marked

    def check_at_the_end(self) -> None:
        worker = self.bench.fresh()
        digest = worker.knowledge("ana").overlay.digest()
        assert worker.verify("ana") == self.bench.ledger.live_count("ana")
        never = Bench(Path(self.folder.name) / "never", checkpoint_every=10**9)
        never.learn(*OTHERS, namespace="bob")
        for run in self.runs:
            if run.merged:
                never.merge("bob")
            else:
                never.learn(*run.facts)
        assert never.digest() == digest
        never.close()
        while self.runs:
            self.undo()
        assert self.bench.digest() == FakeOverlay().digest()
        try:
            worker.undo("ana", "tester")
        except NotRevertible:
            return
        raise AssertionError("an empty ledger was undone")


class CheckedHistories(Histories):
    """With the dear comparison once, when the history is over."""

    def teardown(self) -> None:
        if hasattr(self, "bench"):
            self.check_at_the_end()
        super().teardown()


TestHistories = CheckedHistories.TestCase
TestHistories.settings = settings(
    max_examples=15, stateful_step_count=12, deadline=None, suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.reuse, Phase.generate),  # an example costs too much for minutes of shrinking
)  # fmt: skip
