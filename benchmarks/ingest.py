"""Writing and searching the token store, with embeddings given: durable adds a second, and search as it grows.

    python benchmarks/ingest.py [--records 10000 100000] [--adds 3000] [--json FILE]

An add is what the manager commits for one experience: experience, decision, record, vector, lexical entry and audit
event, in a transaction of its own. The baseline is SQLite's FTS5 by itself, one insert a transaction. Vectors are
random unit vectors of 384 numbers; texts are random sentences over a vocabulary with the frequencies of a language.
"""

from __future__ import annotations

import argparse
import os
import random
import sqlite3
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from harness import Stopwatch, Table, percentile, report

from memos.stores.audit import SqlAuditLog
from memos.stores.database import Database
from memos.stores.token import SqlTokenStore
from memos.types import Action, Experience, MemoryRecord, RoutingDecision, Source, text_hash

DIMENSION = 384
START = datetime(2026, 1, 1, tzinfo=UTC)
WORDS = 20_000
STOP_WORDS = 100
QUERIES = 200
BATCH = 500

Add = Callable[[str, Any], None]


class Given:
    """Stands for an embedder whose vectors are given."""

    identity = "random/384"
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
        self._weights = [1 / (rank + 10) for rank in range(WORDS)]

    def text(self, words: int = 15) -> str:
        return " ".join(self._random.choices(self._vocabulary, self._weights, k=words))

    def query(self) -> str:
        return " ".join(self._random.choices(self._vocabulary[STOP_WORDS:], self._weights[STOP_WORDS:], k=6))

    def vectors(self, rows: int) -> Any:
        made = self._numbers.normal(size=(rows, DIMENSION)).astype(np.float32)
        return made / np.linalg.norm(made, axis=1, keepdims=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, nargs="+", default=[10_000, 100_000], help="store sizes to search")
    parser.add_argument("--adds", type=int, default=3000, help="adds to time")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", type=Path, help="write the figures here, and the table beside it")
    parser.add_argument("--folder", type=Path, help="where to put the database; its disk is what is measured")
    parser.add_argument("--note", action="append", default=[], help="a circumstance to keep with the figures")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=arguments.folder) as folder:
        adds, searches = run(Path(folder), arguments)
    report("ingest", [adds, searches], seed=arguments.seed, json_file=arguments.json, notes=[
        "WAL, synchronous=NORMAL on both sides; wall figures are what a busy machine gave, processor figures what it took",
        "search: 10 hits by words, vector, and neighbours; one thread", *arguments.note,
    ])


def run(folder: Path, arguments: argparse.Namespace) -> tuple[Table, Table]:
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    world = World(arguments.seed)
    adds = Table("Durable adds, one transaction each", ["adds/s wall", "adds/s processor", "p50 ms", "p95 ms"])
    count = arguments.adds
    texts, vectors = [world.text() for _ in range(count)], world.vectors(count)

    adds.add("bare FTS5 insert", *timed(bare(folder / "bare.db"), texts, vectors))
    database = Database(f"sqlite:///{folder}/home/memos.db")
    store, log = SqlTokenStore(database, folder / "home" / "index", Given()), SqlAuditLog(database)
    numbered = iter(range(10**9))

    def add(text: str, vector: Any) -> None:
        one(store, log, database, next(numbered), text, vector)

    adds.add("store, empty at first", *timed(add, texts, vectors))
    adds.add("the same, asking for repetitions first", *timed(
        lambda text, vector: asked(store, add, text, vector), [world.text() for _ in range(count)], world.vectors(count)))

    searches = Table("Search", ["p50 ms", "p95 ms", "processor ms", "load records/s", "first search s", "MB on disk"])
    for size in sorted(arguments.records):
        loading = Stopwatch()
        missing = size - store.counts("bench").records
        with loading:
            load(world, store, log, database, numbered, missing)
        store.close()
        # a fresh opening, as a new process would see it
        database.close()
        database = Database(f"sqlite:///{folder}/home/memos.db")
        store, log = SqlTokenStore(database, folder / "home" / "index", Given()), SqlAuditLog(database)
        first = Stopwatch()
        with first:
            store.search("bench", world.query(), world.vectors(1)[0], 10)
        waits: list[float] = []
        asking = Stopwatch()
        queries = list(zip([world.query() for _ in range(QUERIES)], world.vectors(QUERIES), strict=True))
        with asking:
            for text, vector in queries:
                began = time.perf_counter()
                store.search("bench", text, vector, 10)
                waits.append(1000 * (time.perf_counter() - began))
        size_on_disk = sum(file.stat().st_size for file in (folder / "home").rglob("*") if file.is_file()) / 1e6
        searches.add(f"{size:,} records", percentile(waits, 0.5), percentile(waits, 0.95), 1000 * asking.cpu / QUERIES,
                     missing / max(loading.wall, 1e-9), first.wall, size_on_disk)
        adds.add(f"store, at {size:,} records", *timed(add, [world.text() for _ in range(1000)], world.vectors(1000)))
    database.close()
    return adds, searches


def bare(path: Path) -> Add:
    """The least that a durable, searchable text costs: one FTS5 row, one transaction."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=NORMAL")
    connection.execute("CREATE VIRTUAL TABLE notes USING fts5(text, tokenize='porter unicode61')")

    def insert(text: str, _vector: Any) -> None:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("INSERT INTO notes(text) VALUES (?)", (text,))
        connection.execute("COMMIT")

    return insert


def timed(add: Add, texts: list[str], vectors: Any) -> tuple[float, float, float, float]:
    """Adds a second by the wall and by the processor, and what one waits for an add."""
    waits: list[float] = []
    whole = Stopwatch()
    with whole:
        for text, vector in zip(texts, vectors, strict=True):
            began = time.perf_counter()
            add(text, vector)
            waits.append(1000 * (time.perf_counter() - began))
    return len(texts) / whole.wall, len(texts) / whole.cpu, percentile(waits, 0.5), percentile(waits, 0.95)


def one(store: SqlTokenStore, log: SqlAuditLog, database: Database, number: int, text: str, vector: Any) -> None:
    at = START + timedelta(seconds=number)
    source = Source(session=f"s{number // 30}", turn=number % 30)
    said = Experience(id=f"x:{number:012x}", namespace="bench", text=text, source=source, occurred_at=at, observed_at=at)
    kept = MemoryRecord(id=f"m:{number:012x}", namespace="bench", text=text, source=source, experience_id=said.id,
                        occurred_at=at, observed_at=at, valid_from=at)
    with database.begin():
        store.add_experience(said, RoutingDecision(experience_id=said.id, action=Action.ADD, reason="new", policy="bench@1"))
        store.add(kept, vector)
        log.append(namespace="bench", kind="observe", subject=said.id, actor="bench",
                   payload={"action": "ADD", "record": kept.id})


def asked(store: SqlTokenStore, add: Add, text: str, vector: Any) -> None:
    """With the look-ups by which a routing policy finds repetitions."""
    store.find_exact("bench", text_hash(text))
    store.neighbours("bench", vector, 5)
    add(text, vector)


def load(world: World, store: SqlTokenStore, log: SqlAuditLog, database: Database, numbered: Any, count: int) -> None:
    for start in range(0, count, BATCH):
        rows = min(BATCH, count - start)
        vectors = world.vectors(rows)
        with database.begin():
            for row in range(rows):
                one(store, log, database, next(numbered), world.text(), vectors[row])


if __name__ == "__main__":
    main()
