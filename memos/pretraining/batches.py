"""Batches of token ids from the generated text, in a stream that any step can be re-entered at.

Documents are drawn in pools; a pool is sorted by length and cut into batches of nearly equal size, so little is
padded. A pool is a pure function of (seed, its number, the run's length): nothing needs to be stored to resume.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import torch

from memos.pretraining.corpus import Document, Mix, generate_document

BATCHES_PER_POOL = 16


@dataclass(frozen=True, slots=True)
class Batch:
    """`ids` (B, T), right-padded; `weights` (B, T) the loss weight of *predicting* each token, 0 on padding."""

    ids: torch.Tensor
    weights: torch.Tensor

    @property
    def tokens(self) -> int:
        """Tokens that are no padding, counted by weight."""
        return int((self.weights > 0).sum())


def notes_allowed(progress: float, curriculum: tuple[tuple[float, int], ...]) -> int:
    """The most notes a session may have when `progress` (0 to 1) of the run is done."""
    allowed = curriculum[0][1]
    for start, notes in curriculum:
        if progress >= start:
            allowed = notes
    return allowed


def encode(documents: list[Document], tokenizer: Any, context: int) -> list[tuple[list[int], list[float]]]:
    """Ids and weights of each document, segment by segment; documents longer than `context` are dropped."""
    segments = [segment for document in documents for segment in document]
    encoded = iter(
        tokenizer.backend_tokenizer.encode_batch_fast([s.text for s in segments], add_special_tokens=False)
    )
    rows: list[tuple[list[int], list[float]]] = []
    for document in documents:
        ids: list[int] = []
        weights: list[float] = []
        for segment in document:
            piece = next(encoded).ids
            ids += piece
            weights += [segment.weight] * len(piece)
        if len(ids) <= context:
            rows.append((ids, weights))
    return rows


def collate(rows: list[tuple[list[int], list[float]]], pad_id: int) -> Batch:
    """Rows of different lengths as one right-padded batch."""
    width = max(len(ids) for ids, _ in rows)
    ids = torch.full((len(rows), width), pad_id, dtype=torch.long)
    weights = torch.zeros((len(rows), width))
    for i, (row_ids, row_weights) in enumerate(rows):
        ids[i, : len(row_ids)] = torch.tensor(row_ids)
        weights[i, : len(row_ids)] = torch.tensor(row_weights)
    return Batch(ids, weights)


def pool(
    seed: int, number: int, documents: int, mix: Mix, max_notes: int, tokenizer: Any, context: int
) -> list[Batch]:
    """The batches of pool `number`: BATCHES_PER_POOL of them, of nearly equal padded size, in random order."""
    rng = random.Random(f"pool:{seed}:{number}")
    rows = encode([generate_document(rng, mix, max_notes) for _ in range(documents)], tokenizer, context)
    rows.sort(key=lambda row: len(row[0]))
    share = sum(len(ids) for ids, _ in rows) / BATCHES_PER_POOL
    batches: list[list[tuple[list[int], list[float]]]] = [[]]
    filled = 0
    for row in rows:
        if filled >= share * len(batches) and len(batches) < BATCHES_PER_POOL:
            batches.append([])
        batches[-1].append(row)
        filled += len(row[0])
    rng.shuffle(batches)
    return [collate(rows_of_batch, tokenizer.pad_token_id) for rows_of_batch in batches]


def stream(
    seed: int,
    first_step: int,
    steps: int,
    documents_per_step: int,
    mix: Mix,
    curriculum: tuple[tuple[float, int], ...],
    tokenizer: Any,
    context: int,
) -> Iterator[Batch]:
    """The batches of steps `first_step` to `steps`, the same whether or not the run was interrupted."""
    step = first_step
    while step < steps:
        number = step // BATCHES_PER_POOL
        max_notes = notes_allowed(number * BATCHES_PER_POOL / steps, curriculum)
        batches = pool(
            seed, number, documents_per_step * BATCHES_PER_POOL, mix, max_notes, tokenizer, context
        )
        for batch in batches[step % BATCHES_PER_POOL :]:
            if step == steps:
                return
            yield batch
            step += 1
