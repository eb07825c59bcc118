"""The five-fact probe: what it measures, what it picks, and that it leaves the model as it was."""

from __future__ import annotations

from dataclasses import replace

import pytest

from memos.errors import ConsolidationError
from memos.parametric import autotune
from memos.parametric.autotune import Bounds, RateReport, probe_lessons, tune_rate
from memos.parametric.model import MemoryModel
from memos.parametric.recipe import WriteSettings
from memos.parametric.testing import tiny_model
from memos.protocols import GateMeasure

SETTINGS = WriteSettings(rows=48, max_steps=2, negatives=0, cross_negatives=0, replays=0)


@pytest.fixture(scope="module")
def model() -> MemoryModel:
    return tiny_model()


def measured(monkeypatch: pytest.MonkeyPatch, outcomes: list[GateMeasure]) -> None:
    monkeypatch.setattr(autotune, "probe_gate", lambda *_: outcomes.pop(0))


def gate(held_out: float = 1.0, honest: float = 1.0, old_after: float = 1.0) -> GateMeasure:
    return GateMeasure(1.0, held_out, 1.0, old_after, honest, {})


def test_the_largest_rate_that_learns_and_does_not_leak_is_chosen(
    model: MemoryModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    measured(monkeypatch, [gate(held_out=0.2), gate(), gate(), gate(honest=0.5), gate(old_after=0.8)])
    report = tune_rate(model, SETTINGS, rates=(8, 1, 2, 4, 16), facts=1)
    assert report.chosen == 4 and report.setting == "rate"
    assert [trial.rate for trial in report.trials] == [1, 2, 4, 8, 16]
    assert [trial.refused.split(" ")[0] for trial in report.trials] == ["learned", "", "", "honest", "old"]
    assert report.applied(SETTINGS) == replace(SETTINGS, rate=4)


def test_no_rate_is_better_than_a_bad_one(model: MemoryModel, monkeypatch: pytest.MonkeyPatch) -> None:
    measured(monkeypatch, [gate(held_out=0.2), gate(honest=0.1)])
    report = tune_rate(model, replace(SETTINGS, writer="adam"), rates=(0.1, 0.2), facts=1)
    assert report.chosen is None and report.setting == "adam_rate"
    assert "0.1: learned 0.20" in report.reason and "0.2: honest on 0.10" in report.reason
    with pytest.raises(ConsolidationError, match="no rate teaches"):
        report.applied(SETTINGS)


def test_a_rate_that_diverges_is_a_trial_and_no_failure(model: MemoryModel) -> None:
    report = tune_rate(model, SETTINGS, rates=(float("inf"),), facts=1, bounds=Bounds(0, 0, 1))
    (trial,) = report.trials
    assert trial.measure is None and "diverged" in trial.refused and report.chosen is None


def test_a_probe_is_the_same_twice_and_leaves_no_trace(model: MemoryModel) -> None:
    def values(report: RateReport) -> list[object]:
        return [(t.rate, t.measure, t.written, t.steps, t.refused) for t in report.trials]

    first, second = (tune_rate(model, SETTINGS, rates=(20.0,), facts=2, bounds=Bounds(0, 0, 1)) for _ in range(2))
    assert values(first) == values(second) and first.chosen == second.chosen == 20.0
    assert len(model.overlay("anyone")) == 0


def test_the_probe_asks_about_nobody_real_and_each_relation_once(model: MemoryModel) -> None:
    lessons = probe_lessons(model, 5, seed=0)
    assert len({lesson.facts[0].relation for lesson in lessons}) == 5
    assert len({lesson.facts[0].subject for lesson in lessons}) == 5
    assert probe_lessons(model, 5, seed=0) == lessons != probe_lessons(model, 5, seed=1)
