"""The token store as it grows, embeddings given: durable adds, searches, opening, memory and disk.

    python -m benchmarks.token_store.speed [--records 1000 10000 100000] [--json FILE]

An add is what the manager commits for one experience, in a transaction of its own; the baseline is SQLite's FTS5 by
itself, one insert a transaction. A search has words, a vector and neighbours, 10 hits. Searches under load: 8 threads ask
while 2 write; their figure is the processor time of the asking thread. Recall: how many of the 10 nearest the index
found of those that comparing every vector finds. With --json, a plot of the growth is drawn beside it.
"""

from __future__ import annotations

import argparse
import os
import resource
import sqlite3
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))
os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
from harness import Stopwatch, Table, percentile, report

from benchmarks.token_store.world import DIMENSION, Given, World, add, fill
from memos.config import VectorSettings
from memos.stores.audit import SqlAuditLog
from memos.stores.database import Database
from memos.stores.schema import embeddings
from memos.stores.token import SqlTokenStore
from memos.types import text_hash

ADDS, QUERIES, UNDER_LOAD = 1000, 200, 400
ASKING, WRITING = 8, 2
RECALL_QUERIES = 100


class Opened:
    """A store as a fresh process would open it."""

    def __init__(self, folder: Path, settings: VectorSettings, url: str = "") -> None:
        self.folder = folder
        self.database = Database(url or f"sqlite:///{folder}/memos.db")
        self.store = SqlTokenStore(self.database, folder / "index", Given(), vectors=settings)
        self.log = SqlAuditLog(self.database)

    def close(self) -> None:
        self.store.close()
        self.database.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, nargs="+", default=[1_000, 10_000, 100_000], help="sizes to measure at")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", type=Path, help="write the figures here, the tables and a plot beside it")
    parser.add_argument("--folder", type=Path, help="where to put the database; its disk is what is measured")
    parser.add_argument("--quantize", default="none", help="none or sq8")
    parser.add_argument("--note", action="append", default=[], help="a circumstance to keep with the figures")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=arguments.folder) as folder:
        tables = run(Path(folder), sorted(arguments.records), VectorSettings(quantize=arguments.quantize), arguments.seed)
    report("token_store_speed", tables, seed=arguments.seed, json_file=arguments.json, notes=[
        "WAL, synchronous=NORMAL on both sides: a commit survives the end of the process; a power cut may take the latest",
        "wall figures are what a busy machine gave, processor figures what it took", *arguments.note,
    ])
    if arguments.json is not None:
        plot(tables, arguments.json.with_suffix(".png"))


def run(folder: Path, sizes: list[int], settings: VectorSettings, seed: int) -> list[Table]:
    world, numbered = World(seed), count()
    adds = Table("Durable adds, one transaction each",
                 ["adds/s wall", "adds/s processor", "p50 ms", "p95 ms", "asking first /s processor"])
    searches = Table("Search, 10 hits", ["p50 ms wall", "p50 ms processor", "p95 ms processor",
                                         "under load p50 ms processor", "under load p95 ms processor"])
    opening = Table("Opening, and what a record takes", [
        "first search s", "index", "recall@10", "memory MB", "disk bytes a record", "raw bytes a record"])
    texts, vectors = [world.text() for _ in range(ADDS)], world.vectors(ADDS)
    adds.add("bare FTS5 insert", *timed(bare(folder / "bare.db"), texts, vectors), None)
    home = Opened(folder / "home", settings)
    for size in sizes:
        fill(home.database, home.store, world, numbered, size - home.store.counts("bench").records)
        home.store.search("bench", world.query(), world.vectors(1)[0], 10)  # brings the index up to date
        home.close()
        disk = sum(file.stat().st_size for file in home.folder.rglob("*") if file.is_file())
        before = rss()
        home = Opened(folder / "home", settings)
        first = Stopwatch()
        with first:
            home.store.search("bench", world.query(), world.vectors(1)[0], 10)
        resident, raw, held = rss() - before, raw_bytes(home), home.store.counts("bench").records
        name = f"{size:,} records"
        searches.add(name, *alone(home, world), *under_load(home, world, numbered))
        index = home.store._dense._partitions["bench"].indexes["dense"]
        opening.add(name, first.wall, index.structure, recall(home, world), resident, disk / held, raw / held)
        plain = timed(partial(adding, home, numbered),
                      [world.text() for _ in range(ADDS)], world.vectors(ADDS))
        asked = timed(partial(asking, home, numbered),
                      [world.text() for _ in range(ADDS)], world.vectors(ADDS))
        adds.add(f"store, at {name}", *plain, asked[1])
        print(name, first.wall, plain, searches.rows[-1], opening.rows[-1], file=sys.stderr, flush=True)
    home.close()
    return [adds, searches, opening]


def bare(path: Path) -> Callable[[str, Any], None]:
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


def adding(home: Opened, numbered: Iterator[int], text: str, vector: Any) -> None:
    add(home.store, home.log, home.database, next(numbered), text, vector)


def asking(home: Opened, numbered: Iterator[int], text: str, vector: Any) -> None:
    """An add with the look-ups by which a routing policy finds repetitions."""
    home.store.find_exact("bench", text_hash(text))
    home.store.neighbours("bench", vector, 5)
    adding(home, numbered, text, vector)


def timed(one: Callable[[str, Any], None], texts: list[str], vectors: Any) -> tuple[float, float, float, float]:
    """Adds a second by the wall and by the processor, and what one waits for an add."""
    waits: list[float] = []
    whole = Stopwatch()
    with whole:
        for text, vector in zip(texts, vectors, strict=True):
            began = time.perf_counter()
            one(text, vector)
            waits.append(1000 * (time.perf_counter() - began))
    return len(texts) / whole.wall, len(texts) / whole.cpu, percentile(waits, 0.5), percentile(waits, 0.95)


def alone(home: Opened, world: World) -> tuple[float, float, float]:
    waits, worked = [], []
    for text, vector in [(world.query(), vector) for vector in world.vectors(QUERIES)]:
        began, spent = time.perf_counter(), time.thread_time()
        home.store.search("bench", text, vector, 10)
        waits.append(1000 * (time.perf_counter() - began))
        worked.append(1000 * (time.thread_time() - spent))
    return percentile(waits, 0.5), percentile(worked, 0.5), percentile(worked, 0.95)


def under_load(home: Opened, world: World, numbered: Iterator[int]) -> tuple[float, float]:
    """Processor milliseconds of a search, p50 and p95, in 8 threads while 2 write."""
    queries = iter([(world.query(), vector) for vector in world.vectors(UNDER_LOAD)])
    fresh = iter([(world.text(), vector) for vector in world.vectors(20_000)])
    lock, done, worked = threading.Lock(), threading.Event(), []

    def ask() -> None:
        while True:
            with lock:
                query = next(queries, None)
            if query is None:
                return
            spent = time.thread_time()
            home.store.search("bench", *query, 10)
            worked.append(1000 * (time.thread_time() - spent))

    def write() -> None:
        while not done.is_set():
            with lock:
                number, (text, vector) = next(numbered), next(fresh)
            add(home.store, home.log, home.database, number, text, vector)

    askers = [threading.Thread(target=ask) for _ in range(ASKING)]
    writers = [threading.Thread(target=write) for _ in range(WRITING)]
    for thread in writers + askers:
        thread.start()
    for thread in askers:
        thread.join()
    done.set()
    for thread in writers:
        thread.join()
    return percentile(worked, 0.5), percentile(worked, 0.95)


def recall(home: Opened, world: World) -> float:
    """Share of the true 10 nearest, by comparing every float32 vector that SQL holds, that the index finds."""
    queries = world.vectors(RECALL_QUERIES)
    best: list[list[tuple[float, int]]] = [[] for _ in queries]
    with home.database.read() as connection:
        rows = connection.execution_options(stream_results=True).execute(
            embeddings.select().with_only_columns(embeddings.c.key, embeddings.c.vector))
        for page in rows.partitions(20_000):
            vectors = np.frombuffer(b"".join(row.vector for row in page), "<f4").reshape(-1, DIMENSION)
            products = vectors @ queries.T  # (n, Q)
            for column in range(len(queries)):
                top = np.argpartition(-products[:, column], min(10, len(page) - 1))[:10]
                found = [(float(products[row, column]), page[row].key) for row in top]
                best[column] = sorted([*best[column], *found], reverse=True)[:10]
        shares = []
        for query, nearest in zip(queries, best, strict=True):
            found = home.store._dense.asked(connection, "bench", query).nearest("dense", 10)
            shares.append(len(found.keys() & {key for _, key in nearest}) / len(nearest))
    return float(np.mean(shares))


def raw_bytes(home: Opened) -> int:
    with home.database.read() as connection:
        words = connection.exec_driver_sql("SELECT sum(length(text)) FROM records").scalar()
        return int(words) + 4 * DIMENSION * int(connection.exec_driver_sql("SELECT count(*) FROM embeddings").scalar())


def rss() -> float:
    """Resident megabytes, mapped files among them."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6


def plot(tables: list[Table], path: Path) -> None:
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    adds, searches, opening = tables
    sizes = [int(name.split()[0].replace(",", "")) for name, _ in searches.rows]
    figure, (left, middle, right) = pyplot.subplots(1, 3, figsize=(12, 3.6))
    left.semilogx(sizes, [row[1][1] for row in adds.rows[1:]], "o-", label="adds")
    left.semilogx(sizes, [row[1][4] for row in adds.rows[1:]], "s--", label="asking for repetitions first")
    left.set(title="durable adds / processor second", ylim=(0, None))
    for column, label in ((1, "p50"), (2, "p95"), (4, "p95, 8 asking, 2 writing")):
        middle.loglog(sizes, [row[1][column] for row in searches.rows], "o-", label=label)
    middle.set(title="search, processor ms")
    right.semilogx(sizes, [row[1][0] for row in opening.rows], "o-", label="first search after opening, s")
    right.set(title="opening, s by the wall", ylim=(0, None))
    for axes in (left, middle, right):
        axes.set_xlabel("records in the namespace")
        axes.legend(fontsize=8)
        axes.grid(alpha=0.3)
    figure.tight_layout()
    figure.savefig(path, dpi=110)


if __name__ == "__main__":
    main()
