"""How rows are stepped along their gradient: one seam, plain SGD and Adam.

Knows rows and gradients. Does not know lessons, losses or when to stop. A writer is a value: a step gives the next
one, so a step that is taken back leaves no momentum behind.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Protocol, Self

import torch
from torch import Tensor

from memos.errors import ConfigError

if TYPE_CHECKING:
    from memos.parametric.recipe import WriteSettings

_BETAS, _EPSILON = (0.9, 0.99), 1e-8


class RowWriter(Protocol):
    """One rule for steps on rows.

    `rate` is in the rule's own unit, `slower` the same rule at half of it.
    """

    @property
    def rate(self) -> float: ...

    def step(self, values: Tensor, gradient: Tensor) -> tuple[Tensor, Self]:
        """values, gradient: float32 (t, d) -> the new values and the writer for the step after."""
        ...

    def slower(self) -> Self: ...


@dataclass(frozen=True)
class Sgd:
    """Plain gradient descent. No momentum and no weight decay: both move rows for reasons not in this lesson."""

    rate: float

    def step(self, values: Tensor, gradient: Tensor) -> tuple[Tensor, Self]:
        return values - self.rate * gradient, self

    def slower(self) -> Self:
        return replace(self, rate=self.rate / 2)


@dataclass(frozen=True)
class Adam:
    """Adam (Kingma and Ba 2015) on rows, from moments of zero. Rows with a small gradient move as far as others."""

    rate: float
    mean: Tensor | None = field(default=None, repr=False)
    square: Tensor | None = field(default=None, repr=False)
    steps: int = 0

    def step(self, values: Tensor, gradient: Tensor) -> tuple[Tensor, Self]:
        zeros = torch.zeros_like(gradient)
        mean = (zeros if self.mean is None else self.mean).lerp(gradient, 1 - _BETAS[0])
        square = (zeros if self.square is None else self.square).lerp(gradient.square(), 1 - _BETAS[1])
        steps = self.steps + 1
        debiased = mean / (1 - _BETAS[0] ** steps)
        scale = (square / (1 - _BETAS[1] ** steps)).sqrt() + _EPSILON
        return values - self.rate * debiased / scale, replace(self, mean=mean, square=square, steps=steps)

    def slower(self) -> Self:
        return replace(self, rate=self.rate / 2)


def _sgd(settings: WriteSettings, rms: float) -> RowWriter:
    # a gradient is loss per value and a value is in units of the residual, hence the square
    return Sgd(settings.rate * rms**2)


def _adam(settings: WriteSettings, rms: float) -> RowWriter:
    return Adam(settings.adam_rate * rms)


WRITERS: Mapping[str, Callable[[WriteSettings, float], RowWriter]] = MappingProxyType({"sgd": _sgd, "adam": _adam})


def writer_for(settings: WriteSettings, residual_rms: float) -> RowWriter:
    """The writer that `settings.writer` names, its rate relative to the residual's RMS. Raises ConfigError."""
    make = WRITERS.get(settings.writer)
    if make is None:
        raise ConfigError(
            f"consolidation.writer = {settings.writer!r}: no such writer",
            hint=f"one of {', '.join(WRITERS)}",
            code="config.unknown_writer",
        )
    return make(settings, residual_rms)
