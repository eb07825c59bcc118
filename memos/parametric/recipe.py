"""The settings of one write: they are kept with it, so that it can be done again bit for bit.

Knows names and numbers. Does not know what they do.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Self, TypeVar

from memos.config import ConsolidationSettings
from memos.errors import NotRevertible

EARLIER: Mapping[str, Any] = MappingProxyType(
    {
        "selector": "tfidf", "coverage": 1.0, "writer": "sgd", "adam_rate": 0.035, "kl_budget": 0.0, "kl_prompts": 16,
        "plain": 0.0,
    }
)  # fmt: skip
"""What a recipe that does not name a setting was written with. These never change, whatever the defaults become."""


@dataclass(frozen=True)
class WriteSettings:
    """How one lesson is written.

    rows: most rows one write may own; more learn no better and overlap more. coverage: as few rows as hold this share
    of the selector's score mass; 1 takes `rows`. rate: step of plain SGD relative to the squared residual RMS of the
    model, so that one value serves models of different scale; raise it when many writes stop at `max_steps`.
    adam_rate: step of Adam, relative to the residual RMS. stop_loss: written when the worst question's mean token loss
    is below it. settle: steps then still taken for negatives that are not yet back at their answer; sleep mends what
    remains. negatives: prompts that must not change; cross_negatives: of those, the same relation asked about other
    live subjects. replays: questions of earlier live lessons trained along. negative_weight: of a negative's loss
    against a question's. halvings: how often the rate is halved before the write is given up. kl_budget: most that one
    write may move the model on unrelated text, in nats a token over `kl_prompts` prompts; 0 does not measure it.
    plain: share of the cross negatives that is asked in the plainest wording, in which the model is mostly asked.
    """

    rows: int = 256
    rate: float = 60.0
    max_steps: int = 20
    stop_loss: float = 0.2
    settle: int = 4
    questions: int = 12
    negatives: int = 8
    cross_negatives: int = 2
    replays: int = 6
    negative_weight: float = 1.0
    halvings: int = 3
    selector: str = "tfidf"
    coverage: float = 1.0
    writer: str = "sgd"
    adam_rate: float = 0.035
    kl_budget: float = 0.0
    kl_prompts: int = 16
    plain: float = 0.7

    @classmethod
    def configured(cls, settings: ConsolidationSettings) -> Self:
        """The settings a user can change, over the defaults of those they cannot."""
        return cls(
            rows=settings.rows, coverage=settings.coverage, selector=settings.selector, writer=settings.writer,
            rate=settings.rate, adam_rate=settings.adam_rate, kl_budget=settings.kl_budget,
        )  # fmt: skip

    @classmethod
    def from_recipe(cls, recipe: Mapping[str, Any]) -> Self:
        """The settings an entry of the ledger was written with.

        Raises NotRevertible for a setting that this version does not know: without it the bits would be others.
        """
        return read_recipe(cls, {**EARLIER, **recipe})


T = TypeVar("T")


def read_recipe(settings: type[T], recipe: Mapping[str, Any]) -> T:
    """`settings` made of what a ledger entry kept. Raises NotRevertible for a name that they do not have."""
    unknown = sorted(set(recipe) - set(getattr(settings, "__dataclass_fields__", ())))
    if unknown:
        raise NotRevertible(
            f"a write was made with settings unknown to this version: {', '.join(unknown)}",
            hint="use the version of memos that made it, or a newer one",
            code="ledger.unknown_recipe",
        )
    return settings(**recipe)
