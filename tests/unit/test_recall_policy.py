"""Which tier is asked, and whether the parameters' answer stands: every bar, named with its numbers."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, strategies as st

from memos.config import RecallSettings
from memos.errors import InputError
from memos.policies.recall import Cascade, ParametersOnly, RetrieveAlways
from memos.protocols import ParametricAnswerView, RecallView
from memos.types import RecallRoute

SETTINGS = RecallSettings(confidence=0.8, familiarity=0.2, k=5)
POLICIES = [Cascade, RetrieveAlways, ParametersOnly]


def view(live: int = 0, parameters: bool = True, store: bool = True, forced: str | None = None) -> RecallView:
    return RecallView(live_records=live, has_parameters=parameters, has_store=store, forced=forced)


def answer(
    confidence: float = 0.9, familiarity: float = 0.5, *, known: bool = True, newer: str | None = None
) -> ParametricAnswerView:
    return ParametricAnswerView(text="Rex.", known=known, confidence=confidence, familiarity=familiarity,
                                newer_record=newer)


@pytest.mark.parametrize(
    ("seen", "route", "why"),
    [
        (view(live=0), RecallRoute.STORE, "nothing was consolidated yet"),
        (view(live=1), RecallRoute.PARAMETERS_THEN_STORE, "1 record in the parameters"),
        (view(live=7, store=False), RecallRoute.PARAMETERS, "7 records in the parameters, and the store is off"),
        (view(live=0, store=False), RecallRoute.PARAMETERS, "nothing was consolidated"),
        (view(parameters=False), RecallRoute.STORE, "no memory layer"),
        (view(live=3, parameters=False), RecallRoute.STORE, "no memory layer"),
        (view(parameters=False, store=False), RecallRoute.CONTEXT, "conversation alone"),
    ],
)
def test_cascade_asks_the_parameters_once_something_was_learned(
    seen: RecallView, route: RecallRoute, why: str
) -> None:
    decision = Cascade(SETTINGS).decide("what?", seen)
    assert decision.route is route and why in decision.reason
    assert (decision.policy, decision.k, decision.threshold) == ("cascade@1", 5, 0.8)


def test_the_baselines_ask_one_tier() -> None:
    assert RetrieveAlways(SETTINGS).decide("q", view(live=9)).route is RecallRoute.STORE
    assert RetrieveAlways(SETTINGS).decide("q", view(store=False)).route is RecallRoute.CONTEXT
    assert ParametersOnly(SETTINGS).decide("q", view()).route is RecallRoute.PARAMETERS
    assert ParametersOnly(SETTINGS).decide("q", view(parameters=False)).route is RecallRoute.CONTEXT


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize(
    ("forced", "route"),
    [("store", RecallRoute.STORE), ("token", RecallRoute.STORE), ("parameters", RecallRoute.PARAMETERS),
     ("parametric", RecallRoute.PARAMETERS), ("context", RecallRoute.CONTEXT),
     ("both", RecallRoute.PARAMETERS_THEN_STORE), ("parameters-then-store", RecallRoute.PARAMETERS_THEN_STORE)],
)  # fmt: skip
def test_a_forced_tier_is_obeyed_by_every_policy(policy: type[Cascade], forced: str, route: RecallRoute) -> None:
    decision = policy(SETTINGS).decide("q", view(live=4, forced=forced))
    assert decision.route is route and forced in decision.reason


@pytest.mark.parametrize("policy", POLICIES)
def test_a_forced_tier_that_is_not_there_is_an_input_error(policy: type[Cascade]) -> None:
    for seen, code in [
        (view(forced="parameters", parameters=False), "input.no_parameters"),
        (view(forced="both", parameters=False), "input.no_parameters"),
        (view(forced="store", store=False), "input.no_store"),
        (view(forced="both", store=False), "input.no_store"),
        (view(forced="brain"), "input.unknown_tier"),
    ]:
        with pytest.raises(InputError) as caught:
            policy(SETTINGS).decide("q", seen)
        assert caught.value.code == code and caught.value.hint


def test_a_confident_familiar_answer_is_kept() -> None:
    verdict = Cascade(SETTINGS).keep(answer(0.8, 0.2))
    assert verdict.keep and verdict.scores == {"confidence": 0.8, "familiarity": 0.2}
    assert "0.80 ≥ 0.80" in verdict.reason


@pytest.mark.parametrize(
    ("given_answer", "why"),
    [
        (answer(known=False), "does not know"),
        (answer(0.79), "confidence 0.79 is below 0.80"),
        (answer(familiarity=0.1), "familiarity 0.10 is below 0.20"),
        (answer(0.5, 0.1), "confidence 0.50 is below 0.80 and familiarity 0.10 is below 0.20"),
        (answer(newer="m:9"), "stale: m:9 is newer"),
        (answer(math.nan), "confidence nan"),
        (answer(familiarity=math.nan), "familiarity nan"),
    ],
)
def test_the_reason_names_the_bar_that_was_missed(given_answer: ParametricAnswerView, why: str) -> None:
    verdict = Cascade(SETTINGS).keep(given_answer)
    assert not verdict.keep and why in verdict.reason


def test_parameters_only_takes_a_known_answer_at_its_word_and_says_what_speaks_against_it() -> None:
    policy = ParametersOnly(SETTINGS)
    weak = policy.keep(answer(0.1))
    assert weak.keep and "though confidence 0.10 is below 0.80" in weak.reason
    assert "stale" in policy.keep(answer(newer="m:9")).reason
    assert policy.keep(answer()).reason == Cascade(SETTINGS).keep(answer()).reason
    assert not policy.keep(answer(known=False)).keep


@given(st.floats(), st.floats(), st.booleans(), st.booleans())
def test_cascade_keeps_exactly_what_passes_every_bar(
    confidence: float, familiarity: float, known: bool, overruled: bool
) -> None:
    verdict = Cascade(SETTINGS).keep(answer(confidence, familiarity, known=known, newer="m:9" if overruled else None))
    assert verdict.keep == (known and not overruled and confidence >= 0.8 and familiarity >= 0.2)
    assert verdict.reason
