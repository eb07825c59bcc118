"""Which tiers a question is put to, and whether the parameters' answer is kept: Cascade, RetrieveAlways, ParametersOnly.

Knows counts and confidences, no model and no store. Each refusal names the bar that was missed and by how much.
"""

from __future__ import annotations

from memos.config import RecallSettings
from memos.errors import InputError
from memos.protocols import ParametricAnswerView, RecallView
from memos.types import CascadeVerdict, RecallDecision, RecallRoute, Tier

_FORCED = {
    Tier.TOKEN.value: RecallRoute.STORE,
    Tier.PARAMETRIC.value: RecallRoute.PARAMETERS,
    Tier.CONTEXT.value: RecallRoute.CONTEXT,
    "both": RecallRoute.PARAMETERS_THEN_STORE,
    **{route.value: route for route in RecallRoute},
}


class _Recall:
    """What the three policies share: a forced tier is obeyed, and what is not there is never asked."""

    name: str

    def __init__(self, settings: RecallSettings | None = None) -> None:
        self.settings = settings or RecallSettings()

    def decide(self, question: str, view: RecallView) -> RecallDecision:
        """The route for a question. Raises InputError for a forced tier that does not exist here."""
        if view.forced:
            return self._decision(_forced_route(view.forced, view), f"asked for: {view.forced}")
        return self.prefer(view)

    def prefer(self, view: RecallView) -> RecallDecision:
        raise NotImplementedError

    def keep(self, view: ParametricAnswerView) -> CascadeVerdict:
        """Whether the parametric answer stands: known, confident, read from live writes, and not overruled."""
        scores = {"confidence": view.confidence, "familiarity": view.familiarity}
        bars = self.settings
        if not view.known:
            return CascadeVerdict(keep=False, reason="the model says that it does not know", scores=scores)
        if view.newer_record is not None:
            return CascadeVerdict(
                keep=False, reason=f"stale: {view.newer_record} is newer than what was learned", scores=scores
            )
        if view.other_fact is not None:
            return CascadeVerdict(
                keep=False, reason=f"read from {view.other_fact}, which states something else", scores=scores
            )
        # Written as "not >=" so that a score that is not a number fails its bar.
        missed = [
            f"{name} {score:.2f} is below {bar:.2f}"
            for name, score, bar in (
                ("confidence", view.confidence, bars.confidence), ("familiarity", view.familiarity, bars.familiarity)
            )
            if not score >= bar
        ]
        if missed:
            return CascadeVerdict(keep=False, reason=" and ".join(missed), scores=scores)
        return CascadeVerdict(
            keep=True,
            reason=f"confidence {view.confidence:.2f} ≥ {bars.confidence:.2f}, "
                   f"familiarity {view.familiarity:.2f} ≥ {bars.familiarity:.2f}, nothing newer",
            scores=scores,
        )

    def _decision(self, route: RecallRoute, reason: str) -> RecallDecision:
        return RecallDecision(
            route=route, reason=reason, policy=self.name, k=self.settings.k, threshold=self.settings.confidence
        )


class Cascade(_Recall):
    """The default: parameters first once something was learned; what they cannot answer well goes to the store."""

    name = "cascade@1"

    def prefer(self, view: RecallView) -> RecallDecision:
        if view.has_parameters and view.live_records > 0:
            learned = f"{view.live_records} record{'s' if view.live_records != 1 else ''} in the parameters"
            if view.has_store:
                return self._decision(RecallRoute.PARAMETERS_THEN_STORE, f"{learned}: ask there first")
            return self._decision(RecallRoute.PARAMETERS, f"{learned}, and the store is off")
        if view.has_store:
            why = "nothing was consolidated yet" if view.has_parameters else "this model has no memory layer"
            return self._decision(RecallRoute.STORE, why)
        if view.has_parameters:
            return self._decision(RecallRoute.PARAMETERS, "the store is off, though nothing was consolidated yet")
        return self._decision(RecallRoute.CONTEXT, "neither parameters nor store: the conversation alone")


class RetrieveAlways(_Recall):
    """The store alone: the baseline every cascade is measured against."""

    name = "retrieve-always@1"

    def prefer(self, view: RecallView) -> RecallDecision:
        if view.has_store:
            return self._decision(RecallRoute.STORE, "this policy always searches")
        return self._decision(RecallRoute.CONTEXT, "the store is off: the conversation alone")


class ParametersOnly(_Recall):
    """The parameters alone, taken at their word: the other baseline. There is no second place to look."""

    name = "parameters-only@1"

    def prefer(self, view: RecallView) -> RecallDecision:
        if view.has_parameters:
            return self._decision(RecallRoute.PARAMETERS, "this policy never searches")
        return self._decision(RecallRoute.CONTEXT, "this model has no memory layer: the conversation alone")

    def keep(self, view: ParametricAnswerView) -> CascadeVerdict:
        verdict = super().keep(view)
        if verdict.keep or not view.known:
            return verdict
        return verdict.model_copy(update={"keep": True, "reason": f"taken at its word, though {verdict.reason}"})


def _forced_route(forced: str, view: RecallView) -> RecallRoute:
    route = _FORCED.get(forced)
    if route is None:
        raise InputError(f"no tier is called {forced!r}", hint=f"one of {', '.join(_FORCED)}", code="input.unknown_tier")
    if route in (RecallRoute.PARAMETERS, RecallRoute.PARAMETERS_THEN_STORE) and not view.has_parameters:
        raise InputError("this model has no memory layer to ask", hint="ask the store: --tier token",
                         code="input.no_parameters")
    if route in (RecallRoute.STORE, RecallRoute.PARAMETERS_THEN_STORE) and not view.has_store:
        raise InputError("the token store is switched off", hint="ask the parameters: --tier parametric",
                         code="input.no_store")
    return route
