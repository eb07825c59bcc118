"""Seeded texts and vectors for the token store's benchmarks, and a quick way to fill a store with a million of them.

Texts are random sentences over 20,000 words with the frequencies of a language. Vectors have what embeddings have and
random ones have not: they lie near a surface of few dimensions (48 of 384), in clusters, with a little noise; a random unit
vector is equally far from all others, and nothing approximate could find its neighbours.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

from memos.stores.audit import SqlAuditLog
from memos.stores.database import Database
from memos.stores.inserting import RowInsert
from memos.stores.rows import record_row
from memos.stores.schema import records
from memos.stores.token import SqlTokenStore
from memos.types import Action, Experience, MemoryRecord, RoutingDecision, Source

DIMENSION, LATENT, TOPICS = 384, 48, 300
START = datetime(2026, 1, 1, tzinfo=UTC)
WORDS = 20_000
STOP_WORDS = 100
BATCH = 5_000


class Given:
    """Stands for an embedder whose vectors are given."""

    identity = "given/384"
    dimension = DIMENSION

    def embed(self, texts: Any) -> Any:
        raise NotImplementedError


class World:
    """Seeded texts and vectors."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._numbers = np.random.default_rng(seed)
        self._vocabulary = [f"w{number:x}q" for number in range(WORDS)]
        # Zipf: the word of rank r is 1/r as frequent as the first
        weights = [1 / (rank + 10) for rank in range(WORDS)]
        self._sums = np.cumsum(weights).tolist()
        self._rare_sums = np.cumsum(weights[STOP_WORDS:]).tolist()
        self._basis = self._numbers.normal(size=(LATENT, DIMENSION)).astype(np.float32) / np.sqrt(LATENT)
        self._topics = self._numbers.normal(size=(TOPICS, LATENT)).astype(np.float32)

    def text(self, words: int = 15) -> str:
        return " ".join(self._random.choices(self._vocabulary, cum_weights=self._sums, k=words))

    def query(self) -> str:
        return " ".join(self._random.choices(self._vocabulary[STOP_WORDS:], cum_weights=self._rare_sums, k=6))

    def vectors(self, rows: int) -> Any:
        topics = self._topics[self._numbers.integers(0, TOPICS, rows)]
        latent = topics + 0.8 * self._numbers.normal(size=(rows, LATENT)).astype(np.float32)
        made = latent @ self._basis + 0.3 * self._numbers.normal(size=(rows, DIMENSION)).astype(np.float32)
        return (made / np.linalg.norm(made, axis=1, keepdims=True)).astype(np.float32)


def experience_of(number: int, text: str, namespace: str = "bench") -> tuple[Experience, MemoryRecord]:
    at = START + timedelta(seconds=number)
    source = Source(session=f"s{number // 30}", turn=number % 30)
    said = Experience(id=f"x:{number:012x}", namespace=namespace, text=text, source=source, occurred_at=at, observed_at=at)
    kept = MemoryRecord(id=f"m:{number:012x}", namespace=namespace, text=text, source=source, experience_id=said.id,
                        occurred_at=at, observed_at=at, valid_from=at)
    return said, kept


def add(store: SqlTokenStore, log: SqlAuditLog, database: Database, number: int, text: str, vector: Any) -> None:
    """What the manager commits for one experience: experience, decision, record, vector, words, audit event."""
    said, kept = experience_of(number, text)
    with database.begin():
        store.add_experience(said, RoutingDecision(experience_id=said.id, action=Action.ADD, reason="new", policy="bench@1"))
        store.add(kept, vector)
        log.append(namespace="bench", kind="observe", subject=said.id, actor="bench",
                   payload={"action": "ADD", "record": kept.id})


def fill(database: Database, store: SqlTokenStore, world: World, numbered: Iterator[int], count: int) -> None:
    """`count` records with words and vectors, in large transactions: what is measured comes after."""
    insert = RowInsert(records)
    pattern = record_row(experience_of(0, "x")[1], at=START, change=Action.ADD, reason="")
    for begin in range(0, count, BATCH):
        rows = min(BATCH, count - begin)
        vectors = world.vectors(rows)
        with database.write() as connection:
            for row in range(rows):
                number, text = next(numbered), world.text()
                at = START + timedelta(seconds=number)
                key = insert(connection, pattern | {
                    "id": f"m:{number:012x}", "text": text, "text_hash": f"{number:064x}", "session": f"s{number // 30}",
                    "turn": number % 30, "experience_id": f"x:{number:012x}", "occurred_at": at, "observed_at": at,
                    "valid_from": at, "changed_at": at,
                })  # fmt: skip
                store._put_vectors(connection, "bench", key, vectors[row], None)
