"""Which rows a write may change: one seam, six ways to score slots, and how many of the best are taken.

Knows reads and counts. Does not know text, values or models.

A slot that the new text reads much and background text reads little can be changed without touching what the model
knew (sparse memory finetuning, arXiv 2510.15103: TF-IDF over slot accesses). The other ways are here to be compared
with that one: `benchmarks/row_selection.py`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Protocol

import torch
from torch import Tensor

from memos.errors import ConfigError, InputError
from memos.parametric.slots import SlotStats


@dataclass(frozen=True)
class Accesses:
    """What is known when rows are chosen.

    wordings: for each question of the lesson int64 (P, R), the slots read at its P positions, padding left out.
    stats: the background's counts. users: int64 (N,), how many other live lessons read a learned row of each slot;
    zeros where nobody counted. seed: all the randomness there is.
    """

    wordings: tuple[Tensor, ...]
    stats: SlotStats
    users: Tensor
    seed: int = 0

    @classmethod
    def of(cls, wordings: Sequence[Tensor], stats: SlotStats, users: Tensor | None = None, seed: int = 0) -> Accesses:
        """With no users where none are given."""
        return cls(tuple(wordings), stats, torch.zeros_like(stats.df) if users is None else users, seed)

    def counts(self) -> Tensor:
        """Reads of each slot over all wordings, float64 (N,)."""
        reads = torch.cat([wording.reshape(-1) for wording in self.wordings])
        return torch.bincount(reads, minlength=len(self.stats.df)).double()

    def shares(self) -> Tensor:
        """`counts` over their sum, float64 (N,)."""
        counts = self.counts()
        return counts / counts.sum().clamp_min(1)


class Selector(Protocol):
    """Scores slots; the best positive ones are written.

    `scores` gives float64 (N,), a pure function of its argument. `uses_users` says whether `Accesses.users` is read,
    so that nobody else pays for counting them.
    """

    @property
    def uses_users(self) -> bool: ...

    def scores(self, accesses: Accesses) -> Tensor: ...


@dataclass(frozen=True)
class TfIdf:
    """c(i)/Σc · ln((D+1)/(df(i)+1)): read much here, in few background documents. The default."""

    uses_users: bool = False

    def scores(self, accesses: Accesses) -> Tensor:
        return accesses.shares() * accesses.stats.idf().clamp_min(0)


@dataclass(frozen=True)
class Tf:
    """c(i)/Σc: read much here, whatever else reads it."""

    uses_users: bool = False

    def scores(self, accesses: Accesses) -> Tensor:
        return accesses.shares()


@dataclass(frozen=True)
class Kl:
    """p ln(p/q), where p is the share of a slot in the lesson's reads and q in the background's, add-one smoothed."""

    uses_users: bool = False

    def scores(self, accesses: Accesses) -> Tensor:
        tf = accesses.stats.tf.double()
        q = (tf + 1) / (tf.sum() + len(tf))
        p = accesses.shares()
        return torch.where(p > 0, p * torch.log(p.clamp_min(1e-300) / q), 0.0).clamp_min(0)


@dataclass(frozen=True)
class Consensus:
    """Share of the wordings that read a slot at all, times IDF: what a fact's wordings have in common."""

    uses_users: bool = False

    def scores(self, accesses: Accesses) -> Tensor:
        touched = torch.zeros(len(accesses.stats.df), dtype=torch.float64)
        for wording in accesses.wordings:
            touched[torch.unique(wording)] += 1
        return touched / max(1, len(accesses.wordings)) * accesses.stats.idf().clamp_min(0)


@dataclass(frozen=True)
class Protect:
    """TF-IDF, divided by one more than the number of other live lessons that use the row."""

    uses_users: bool = True

    def scores(self, accesses: Accesses) -> Tensor:
        return TfIdf().scores(accesses) / (1 + accesses.users.double())


@dataclass(frozen=True)
class RandomRows:
    """A random order of the slots that are read: what choosing is worth is measured against it."""

    uses_users: bool = False

    def scores(self, accesses: Accesses) -> Tensor:
        drawn = torch.Generator().manual_seed(accesses.seed % 2**63)
        order = torch.rand(len(accesses.stats.df), generator=drawn, dtype=torch.float64)
        return (order + 1e-9) * (accesses.counts() > 0)


SELECTORS: Mapping[str, Selector] = MappingProxyType(
    {
        "tfidf": TfIdf(),
        "tf": Tf(),
        "kl": Kl(),
        "consensus": Consensus(),
        "protect": Protect(),
        "random": RandomRows(),
    }
)


def selector_named(name: str) -> Selector:
    """The selector called `name`. Raises ConfigError for any other name."""
    found = SELECTORS.get(name)
    if found is None:
        raise ConfigError(
            f"consolidation.selector = {name!r}: no such selector",
            hint=f"one of {', '.join(SELECTORS)}",
            code="config.unknown_selector",
        )
    return found


@dataclass(frozen=True)
class RowSelection:
    """rows: int64 (t,), sorted; scores: float32 (t,), the score of each; mass: their share of all positive scores."""

    rows: Tensor
    scores: Tensor
    mass: float = 1.0


def select_rows(scores: Tensor, limit: int, coverage: float = 1.0) -> RowSelection:
    """The best slots with a positive score; equal scores go to the lower slot. scores: float64 (N,).

    As few as hold `coverage` of the score mass, at most `limit`; a coverage of 1 takes `limit` where there are as
    many. Raises InputError when no slot scores: the text reads nothing that background text does not read everywhere.
    """
    candidates = torch.nonzero(scores > 0).flatten()
    if not len(candidates):
        raise InputError(
            "this text reads no slot of its own",
            hint="state the fact with the names it is about",
            code="model.no_slots",
        )
    order = torch.argsort(scores[candidates], descending=True, stable=True)[:limit]
    ranked = scores[candidates[order]]
    total = scores[candidates].sum()
    if coverage < 1.0:
        reached = torch.cumsum(ranked, 0) >= coverage * total
        first = int(torch.nonzero(reached)[0]) + 1 if bool(reached.any()) else len(order)
        order, ranked = order[:first], ranked[:first]
    rows = candidates[order].sort().values
    return RowSelection(rows, scores[rows].float(), float(ranked.sum() / total))
