"""How far a write moves the model on text that has nothing to do with it.

Knows prompts about other people, and log-probabilities. Does not know lessons but by whom they are about.
"""

from __future__ import annotations

import random
from collections.abc import Collection

import torch
from torch import Tensor

from memos import grammar
from memos.augmentation import dated, unrelated_notes
from memos.errors import InputError
from memos.grammar.values import sample_person
from memos.parametric.batch import Batch, Example, by_length
from memos.parametric.model import MemoryModel
from memos.parametric.overlay import RowOverlay


class TrustRegion:
    """Mean KL(before ‖ after) over the next-token distributions at every position of background prompts.

    In nats a token. Exactly 0 where no position reads a changed row.
    """

    def __init__(
        self, model: MemoryModel, overlay: RowOverlay, rows: Tensor, prompts: int, subjects: Collection[str], seed: int
    ) -> None:
        """rows: int64 (t,), those about to change on top of `overlay`. subjects: nobody asked about is among them."""
        texts = background_prompts(model, prompts, subjects, seed)
        examples = [Example(ids[:1], ids[1:]) for ids in map(model.chat.prompt_ids, texts)]
        groups = by_length([example.length for example in examples], len(examples))
        self._batches = [Batch(model, [examples[i] for i in group]) for group in groups]
        for batch in self._batches:
            batch.write_into(rows, overlay)
        self._reference = self._log_probabilities(overlay.gather(rows))

    @torch.no_grad()
    def divergence(self, values: Tensor) -> float:
        """Of the model with `values` float32 (t, d) in the rows, from the model as it was."""
        total, positions = 0.0, 0
        for before, after in zip(self._reference, self._log_probabilities(values), strict=True):
            total += float((before.exp() * (before - after)).sum())
            positions += len(before)
        return total / positions

    @torch.no_grad()
    def _log_probabilities(self, values: Tensor) -> list[Tensor]:
        return [torch.log_softmax(batch.target_logits(values), dim=-1) for batch in self._batches]  # (Q, V) each


def background_prompts(model: MemoryModel, count: int, subjects: Collection[str], seed: int) -> list[str]:
    """Questions and statements about people of no consequence, every second one behind notes that are to be read.

    Raises InputError when the model's window takes none of them.
    """
    rng = random.Random(seed)
    texts: list[str] = []
    for turn in range(8 * count):
        person = rng.choice(grammar.OLD_PEOPLE) if turn % 3 == 0 else sample_person(rng, novel=turn % 2 == 0)
        fact = grammar.sample_fact(rng, person, novel=turn % 2 == 0)
        statement = rng.choice(grammar.statements(fact))
        question = rng.choice(grammar.questions(fact.subject, fact.relation))
        notes = [*unrelated_notes(fact, rng), dated(statement, rng)] if turn % 2 else []
        text = model.chat_prompt(statement if turn % 4 == 2 else question, notes)
        try:
            fits = len(model.chat.prompt_ids(text)) > 1
        except InputError:
            fits = False
        if fits and person not in subjects:
            texts.append(text)
        if len(texts) == count:
            return texts
    if not texts:
        raise InputError(
            "no background prompt fits this model's window", hint="consolidation.kl_budget 0", code="input.background"
        )
    return texts
