"""Every policy, ours or a user's, by the name that a setting gives it: what fits a seam, and what is refused."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from memos.config import ConsolidationSettings, RecallSettings, RetentionSettings, RoutingSettings
from memos.errors import ConfigError
from memos.policies.registry import (
    CONSOLIDATION,
    RECALL,
    RETENTION,
    ROUTING,
    consolidation_policy,
    recall_policy,
    retention_policy,
    routing_policy,
)
from memos.protocols import ParametricAnswerView, Prepared, RecallView, RoutingView
from memos.types import (
    Action,
    Candidate,
    CascadeVerdict,
    Experience,
    MemoryRecord,
    RecallDecision,
    RecallRoute,
    RoutingDecision,
)

NOW = datetime(2026, 5, 3, tzinfo=UTC)
EXPERIENCE = Experience(id="x:1", namespace="n", text="I live in Oslo", occurred_at=NOW, observed_at=NOW)
RECORD = MemoryRecord(id="m:1", namespace="n", text="I live in Oslo", occurred_at=NOW, observed_at=NOW, valid_from=NOW)
VIEW = RoutingView(fact=None, exact=None, same_fact=(), neighbours=(), injected=(), now=NOW)


class KeepEverything:
    """A user's routing policy, made with nothing."""

    name = "keep-everything@3"

    def prepare(self, experience: Experience) -> Prepared:
        return Prepared(experience.text, ())

    def route(self, experience: Experience, view: RoutingView) -> RoutingDecision:
        return RoutingDecision(experience_id=experience.id, action=Action.ADD, reason="all of it", policy=self.name)


class AskTheStore:
    """A user's recall policy, made with its section of the settings."""

    name = "ask-the-store@1"

    def __init__(self, settings: RecallSettings) -> None:
        self.k = settings.k

    def decide(self, question: str, view: RecallView) -> RecallDecision:
        return RecallDecision(route=RecallRoute.STORE, reason="always", policy=self.name, k=self.k)

    def keep(self, view: ParametricAnswerView) -> CascadeVerdict:
        return CascadeVerdict(keep=False, reason="never")


class TakeAll:
    name = "take-all@1"

    def choose(
        self, records: Sequence[MemoryRecord], now: datetime, *, min_score: float | None = None
    ) -> tuple[list[Candidate], list[Candidate]]:
        return [Candidate(record_id=r.id, text=r.text, score=1.0, reason="all") for r in records], []


class FadeAll:
    name = "fade-all@1"

    def fading(self, records: Sequence[MemoryRecord], now: datetime) -> list[Candidate]:
        return [Candidate(record_id=r.id, text=r.text, score=1.0, reason="all") for r in records]


class Nameless(KeepEverything):
    name = ""


class Wordless:
    name = "wordless@1"


class WrongArguments(KeepEverything):
    def route(self, experience: Experience) -> RoutingDecision:  # type: ignore[override]
        raise NotImplementedError


class NeedsTooMuch(KeepEverything):
    def __init__(self, one: int, two: int) -> None:
        self.both = one + two


class Explodes(KeepEverything):
    def __init__(self) -> None:
        raise RuntimeError("no fuse")


@pytest.fixture(autouse=True)
def users_module() -> Iterator[None]:
    """The classes above as a module that settings can name."""
    module = ModuleType("users_policies")
    for value in list(globals().values()):
        if isinstance(value, type) and value.__module__ == __name__:
            setattr(module, value.__name__, value)
    module.answer = 42  # type: ignore[attr-defined]
    sys.modules["users_policies"] = module
    yield
    del sys.modules["users_policies"]


@pytest.mark.parametrize("name", [*ROUTING, "users_policies:KeepEverything"])
def test_routing_policies(name: str) -> None:
    policy = routing_policy(RoutingSettings(policy=name))
    text, found = policy.prepare(EXPERIENCE)
    assert text == EXPERIENCE.text and found == ()
    decision = policy.route(EXPERIENCE, VIEW)
    assert decision == policy.route(EXPERIENCE, VIEW)
    assert (decision.action, decision.experience_id, decision.policy) == (Action.ADD, "x:1", policy.name)
    assert decision.reason and "@" in policy.name


@pytest.mark.parametrize("name", [*RECALL, "users_policies:AskTheStore"])
def test_recall_policies(name: str) -> None:
    policy = recall_policy(RecallSettings(policy=name, k=3))
    for live in (0, 5):
        for store in (True, False):
            view = RecallView(live_records=live, has_parameters=True, has_store=store)
            decision = policy.decide("where do I live?", view)
            assert decision == policy.decide("where do I live?", view)
            assert (decision.policy, decision.k) == (policy.name, 3) and decision.reason
    unknown = ParametricAnswerView(text="", known=False, confidence=1.0, familiarity=1.0, newer_record=None)
    assert not policy.keep(unknown).keep and policy.keep(unknown).reason


@pytest.mark.parametrize("name", [*CONSOLIDATION, "users_policies:TakeAll"])
def test_consolidation_policies(name: str) -> None:
    policy = consolidation_policy(ConsolidationSettings(policy=name))
    for min_score in (None, 0.0, 1.0):
        chosen, skipped = policy.choose([RECORD], NOW, min_score=min_score)
        assert [c.record_id for c in (*chosen, *skipped)] == ["m:1"]
        assert all(c.reason and 0 <= c.score <= 1 for c in (*chosen, *skipped))
    assert policy.choose([], NOW) == ([], [])


@pytest.mark.parametrize("name", [*RETENTION, "users_policies:FadeAll"])
def test_retention_policies(name: str) -> None:
    policy = retention_policy(RetentionSettings(policy=name))
    assert all(candidate.reason for candidate in policy.fading([RECORD], NOW))
    assert policy.fading([], NOW) == []


@pytest.mark.parametrize(
    ("name", "code", "why"),
    [
        ("nonsense", "config.unknown_policy", "no such policy"),
        ("", "config.unknown_policy", "no such policy"),
        ("no_such_module:Policy", "config.policy_not_loaded", "ModuleNotFoundError"),
        ("users_policies:Missing", "config.policy_not_loaded", "AttributeError"),
        ("users_policies:", "config.policy_not_loaded", "cannot be loaded"),
        (":KeepEverything", "config.policy_not_loaded", "cannot be loaded"),
        ("users_policies:answer", "config.policy_not_loaded", "not a class"),
        ("users_policies:NeedsTooMuch", "config.policy_not_loaded", "neither"),
        ("users_policies:Explodes", "config.policy_not_loaded", "RuntimeError: no fuse"),
        ("users_policies:Nameless", "config.policy_does_not_fit", "has no `name`"),
        ("users_policies:Wordless", "config.policy_does_not_fit", "it needs prepare(experience)"),
        ("users_policies:WrongArguments", "config.policy_does_not_fit", "it needs route(experience, view)"),
        ("users_policies:TakeAll", "config.policy_does_not_fit", "it needs prepare"),
    ],
)
def test_what_cannot_be_used_is_a_config_error_that_says_why(name: str, code: str, why: str) -> None:
    with pytest.raises(ConfigError) as caught:
        routing_policy(RoutingSettings(policy=name))
    assert caught.value.code == code and why in caught.value.message and caught.value.hint
    assert "routing.policy" in caught.value.message


@pytest.mark.parametrize(
    ("choose", "settings"),
    [
        (recall_policy, RecallSettings(policy="users_policies:TakeAll")),
        (consolidation_policy, ConsolidationSettings(policy="users_policies:FadeAll")),
        (retention_policy, RetentionSettings(policy="users_policies:KeepEverything")),
    ],
)
def test_every_seam_checks_its_own_methods(choose: Any, settings: Any) -> None:
    with pytest.raises(ConfigError, match="does not fit"):
        choose(settings)


@pytest.mark.parametrize("page", ["policies.md", "context.md"])
def test_the_examples_of_the_pages_run(page: str) -> None:
    text = (Path(__file__).parents[2] / "docs" / page).read_text("utf-8")
    examples = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    assert examples
    for example in examples:
        exec(compile(example, page, "exec"), {})
