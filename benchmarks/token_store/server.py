"""The token store inside PostgreSQL as it grows: durable adds, searches before and after the HNSW index, what it costs.

    python -m benchmarks.token_store.server --url postgresql+psycopg://…/empty_database [--records 1000 10000 50000] [--json FILE]

The same adds and searches as `speed.py`. The work is the server's, so everything is by the wall, with the round trips of
one connection; the load average says how busy the machine was. Before `memos doctor --rebuild` every vector of the namespace
is compared; after it a namespace of more than 20,000 is searched through HNSW. recall@10 is against comparing every vector.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from functools import partial
from itertools import count
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from harness import Stopwatch, Table, percentile, report

from benchmarks.token_store.speed import ADDS, Opened, adding, recall, timed
from benchmarks.token_store.world import World, fill
from memos.config import VectorSettings

QUERIES = 100


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--url", required=True, help="store.url of an empty database")
    parser.add_argument("--records", type=int, nargs="+", default=[1_000, 10_000, 50_000], help="sizes to measure at")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", type=Path, help="write the figures here, the tables beside it")
    parser.add_argument("--note", action="append", default=[], help="a circumstance to keep with the figures")
    given = parser.parse_args()
    world, numbered = World(given.seed), count()
    adds = Table("Durable adds, one transaction each, by the wall", ["adds/s", "p50 ms", "p95 ms"])
    searches = Table("Search, 10 hits, by the wall", ["p50 ms", "p95 ms", "recall@10", "index built in s"])
    disk = Table("What a record takes", ["bytes on the server"])
    with tempfile.TemporaryDirectory() as folder:
        home = Opened(Path(folder), VectorSettings(), given.url)
        for size in sorted(given.records):
            fill(home.database, home.store, world, numbered, size - home.store.counts("bench").records)
            with home.database.engine.connect() as connection:
                connection.exec_driver_sql("ANALYZE")
                connection.commit()
            name = f"{size:,} records"
            searches.add(f"{name}, exact", *asked(home, world), recall(home, world), None)
            built = Stopwatch()
            with built:
                home.store.rebuild_index()
            searches.add(f"{name}, rebuilt", *asked(home, world), recall(home, world), built.wall)
            with home.database.read() as connection:
                held = connection.exec_driver_sql("SELECT pg_database_size(current_database())").scalar_one()
            disk.add(name, held / home.store.counts("bench").records)
            rate, _, p50, p95 = timed(partial(adding, home, numbered), [world.text() for _ in range(ADDS)], world.vectors(ADDS))
            adds.add(f"at {name}", rate, p50, p95)
            print(name, adds.rows[-1], searches.rows[-2:], disk.rows[-1], file=sys.stderr, flush=True)
        home.close()
    report("token_store_postgresql", [adds, searches, disk], seed=given.seed, json_file=given.json, notes=given.note)


def asked(home: Opened, world: World) -> tuple[float, float]:
    """p50 and p95 of the milliseconds that a caller waits for a search."""
    waits = []
    for vector in world.vectors(QUERIES):
        began = time.perf_counter()
        home.store.search("bench", world.query(), vector, 10)
        waits.append(1000 * (time.perf_counter() - began))
    return percentile(waits, 0.5), percentile(waits, 0.95)


if __name__ == "__main__":
    main()
