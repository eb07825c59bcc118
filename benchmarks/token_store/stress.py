"""The token store under violence: kill -9 at random moments, many writers in two processes, a hundred namespaces.

    python -m benchmarks.token_store.stress [--kills 300] [--minutes 10] [--namespaces 100] [--json FILE]

Kills: a child adds, updates, purges and reindexes, and says on a pipe what was acknowledged; it is killed at a random moment,
and the store is opened again. Lost: an acknowledged write that is not there, or a purge that came back. Distrusted: an
index file that disagrees with SQL, which must be noticed and is made anew; wrong: one that was believed.
Writers: two processes of 8 threads do mixed work on one store; every write must be there once, and no error may reach a
caller. Namespaces: each asks for all others' records by id, prefix, filter, link, metadata, similar text, time and edit, and
says that its own were made of them.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import random
import signal
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))
os.environ.setdefault("OMP_NUM_THREADS", "1")

from harness import Stopwatch, Table, report

from memos.embedding import HashEmbedder
from memos.errors import IndexStale, NotFoundError
from memos.stores import dense
from memos.stores.audit import SqlAuditLog
from memos.stores.database import Database
from memos.stores.filters import Contains, Eq
from memos.stores.token import SqlTokenStore
from memos.types import MemoryRecord, RecordState, utc_now

WORKERS, THREADS = 2, 8
SEED_RECORDS = 60


class Second(HashEmbedder):
    """The embedder that a reindex moves to and fro."""

    identity = "hash/second"


EMBEDDERS = (HashEmbedder(), Second())


class Home:
    """A store on disk, opened with one of the two embedders, or with that which it is of."""

    def __init__(self, folder: Path, embedder: HashEmbedder | None = None) -> None:
        self.database = Database(f"sqlite:///{folder}/memos.db")
        if embedder is None:
            with self.database.read() as connection:
                stored = connection.exec_driver_sql("SELECT value FROM meta WHERE key = 'embedder'").scalar()
            embedder = next((one for one in EMBEDDERS if one.identity == stored), EMBEDDERS[0])
        self.embedder = embedder
        self.store = SqlTokenStore(self.database, folder / "index", embedder)
        self.log = SqlAuditLog(self.database)

    def vector(self, text: str) -> Any:
        return self.embedder.embed([text])[0]

    def add(self, record_id: str, text: str, namespace: str = "ana", **fields: Any) -> None:
        now = utc_now()
        record = MemoryRecord(id=record_id, namespace=namespace, text=text, occurred_at=now, observed_at=now,
                              valid_from=now, **fields)
        with self.database.begin():
            self.store.add(record, self.vector(text))
            self.log.append(namespace=namespace, kind="observe", subject=record_id, payload={}, actor="stress")

    def close(self) -> None:
        self.store.close()
        self.database.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=300)
    parser.add_argument("--minutes", type=float, default=10.0, help="how long the writers work")
    parser.add_argument("--namespaces", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", type=Path, help="write the figures here, and the tables beside it")
    arguments = parser.parse_args()
    tables = []
    with tempfile.TemporaryDirectory() as folder:
        if arguments.kills:
            tables.append(killed(Path(folder) / "killed", arguments.kills, arguments.seed))
        if arguments.minutes:
            tables.append(hammered(Path(folder) / "hammered", 60 * arguments.minutes))
        if arguments.namespaces:
            tables.append(crossed(Path(folder) / "crossed", arguments.namespaces, arguments.seed))
    report("token_store_stress", tables, seed=arguments.seed, json_file=arguments.json)


# --- kill -9 ---------------------------------------------------------------------------------------------------------


def killed(folder: Path, kills: int, seed: int) -> Table:
    """One store through all kills: each child goes on where the last was ended."""
    moments, seen = random.Random(seed), Counter[str]()
    home = Home(folder, EMBEDDERS[0])
    expected: dict[str, str | None] = {}
    for number in range(SEED_RECORDS):
        home.add(f"m:seed{number:08x}", f"bees in garden {number}")
        expected[f"m:seed{number:08x}"] = f"bees in garden {number}"
    home.close()
    for number in range(kills):
        reading, writing = os.pipe()
        child = multiprocessing.get_context("fork").Process(target=_work, args=(folder, seed + number, dict(expected), writing))
        child.start()
        os.close(writing)
        time.sleep(moments.uniform(0.05, 0.8))
        os.kill(child.pid or 0, signal.SIGKILL)
        child.join()
        with os.fdopen(reading) as pipe:
            told = [json.loads(line) for line in pipe if line.endswith("\n")]
        _check(folder, told, expected, seen)
        if number % 25 == 24:
            print(f"{number + 1} kills: {dict(seen)}", file=sys.stderr, flush=True)
    table = Table(f"kill -9, {kills} times", ["count"])
    table.add("acknowledged writes", seen["acknowledged"])
    table.add("lost, or not whole", seen["lost"])
    table.add("kills within a reindex", seen["reindex"])
    table.add("index files that disagreed and were noticed", seen["noticed"])
    table.add("searches that disagreed with SQL", seen["wrong"])
    return table


def _work(folder: Path, seed: int, known: dict[str, str | None], pipe: int) -> None:
    """Writes until it is killed. A line is written before a verb begins and one after its commit."""
    dense.SAVE_AFTER = 4  # files are written all the time, so that kills meet them
    chance = random.Random(seed)

    def tell(*line: Any) -> None:
        os.write(pipe, (json.dumps(line) + "\n").encode())

    home = Home(folder)
    mine = [record_id for record_id, text in known.items() if text is not None]
    for number in range(10**6):
        verb = chance.choices(["add", "update", "purge", "search", "reindex"], [8, 3, 2, 3, 0.6])[0]
        text = f"note {seed} {number} {chance.random():.6f}"
        if verb == "add":
            record_id = f"m:{seed:06x}{number:06x}"
            tell("begin", record_id, text)
            home.add(record_id, text)
            tell("done", record_id, text)
            mine.append(record_id)
        elif verb == "update" and mine:
            record_id = chance.choice(mine)
            tell("begin", record_id, text)
            home.store.update("ana", record_id, text=text, vector=home.vector(text), reason="")
            tell("done", record_id, text)
        elif verb == "purge" and len(mine) > SEED_RECORDS // 2:
            record_id = mine.pop(chance.randrange(len(mine)))
            tell("begin", record_id, None)
            home.store.purge("ana", [record_id])
            tell("done", record_id, None)
        elif verb == "search":
            home.store.search("ana", text, home.vector(text), 5)
        elif verb == "reindex":
            other = next(one for one in EMBEDDERS if one.identity != home.embedder.identity)
            home.close()
            home = Home(folder, other)
            tell("reindex", "begin", None)
            home.store.reindex()
            tell("reindex", "done", None)


def _check(folder: Path, told: list[list[Any]], expected: dict[str, str | None], seen: Counter[str]) -> None:
    """What was acknowledged is there; what had only begun is there whole or not at all; the index is as SQL is."""
    open_verb: tuple[str, str | None] | None = None
    for kind, record_id, text in told:
        if kind == "begin":
            open_verb = record_id, text
        elif kind == "done":
            expected[record_id], open_verb = text, None
            seen["acknowledged"] += 1
    last = told[-1] if told else None
    seen["reindex"] += last is not None and last[:2] == ["reindex", "begin"]
    home = Home(folder)
    present = {one.id: one.text for one in home.store.list("ana", limit=10**6)}
    if open_verb is not None:
        record_id, text = open_verb
        if present.get(record_id) == text:
            expected[record_id] = text
    wanted = {record_id: text for record_id, text in expected.items() if text is not None}
    seen["lost"] += len(set(wanted.items()) ^ set(present.items()))
    seen["lost"] += bool(home.database.problems())
    home.log.verify()
    try:
        home.store.check_index()
    except IndexStale:
        seen["noticed"] += 1
    chosen = random.Random(len(told)).sample(sorted(wanted), min(8, len(wanted)))
    for record_id in chosen:
        near = home.store.neighbours("ana", home.vector(wanted[record_id]), 1)
        seen["wrong"] += not (near and abs(near[0].cosine - 1) < 1e-4)
    seen["wrong"] += len(home.store.neighbours("ana", home.vector("x"), 10**6)) != len(wanted)
    home.close()


# --- two processes of eight threads ------------------------------------------------------------------------------------


def hammered(folder: Path, seconds: float) -> Table:
    Home(folder, EMBEDDERS[0]).close()
    context = multiprocessing.get_context("fork")
    results: Any = context.Queue()
    workers = [context.Process(target=_hammer, args=(folder, worker, seconds, results)) for worker in range(WORKERS)]
    whole = Stopwatch()
    with whole:
        for worker in workers:
            worker.start()
        told = [results.get(timeout=seconds + 300) for _ in workers]
        for worker in workers:
            worker.join()
    home = Home(folder)
    present = Counter({one.id: one.merged for one in home.store.list("ana", states=(), limit=10**7)})
    wanted: dict[str, str | None] = {}
    for one in told:
        wanted |= one["state"]
    there = {one.id: one.text for one in home.store.list("ana", states=(), limit=10**7)}
    alive = {record_id: text for record_id, text in wanted.items() if text is not None}
    table = Table(f"{WORKERS} processes of {THREADS} threads, {seconds / 60:.1f} minutes", ["count"])
    table.add("writes", sum(one["writes"] for one in told))
    table.add("searches", sum(one["searches"] for one in told))
    table.add("errors that reached a caller", sum(len(one["errors"]) for one in told))
    table.add("lost, doubled or changed", len(set(alive.items()) ^ set(there.items())) + (len(present) != len(there)))
    table.add("audit events verified", home.log.verify())
    table.add("vectors missing from the index", len(alive) - len(home.store.neighbours("ana", home.vector("x"), 10**7)))
    for line in [error for one in told for error in one["errors"]][:5]:
        print("error:", line, file=sys.stderr)
    home.close()
    return table


def _hammer(folder: Path, worker: int, seconds: float, results: Any) -> None:
    home = Home(folder)
    until = time.monotonic() + seconds
    state: dict[str, str | None] = {}
    counts, errors, lock = Counter[str](), [], threading.Lock()

    def one(thread: int) -> None:
        chance, mine = random.Random(f"{worker}/{thread}"), []
        number = 0
        while time.monotonic() < until:
            number += 1
            text = f"thread {worker} {thread} says {number} {chance.random():.5f}"
            verb = chance.choices(["add", "update", "purge", "search"], [5, 2, 1, 2])[0]
            try:
                if verb == "add" or not mine:
                    record_id = f"m:{worker:02x}{thread:02x}{number:08x}"
                    home.add(record_id, text)
                    mine.append(record_id)
                    change: dict[str, str | None] = {record_id: text}
                elif verb == "update":
                    record_id = chance.choice(mine)
                    home.store.update("ana", record_id, text=text, vector=home.vector(text), reason="")
                    change = {record_id: text}
                elif verb == "purge":
                    record_id = mine.pop(chance.randrange(len(mine)))
                    home.store.purge("ana", [record_id])
                    change = {record_id: None}
                else:
                    home.store.search("ana", text, home.vector(text), 5)
                    change = {}
                with lock:
                    state.update(change)
                    counts["writes" if change else "searches"] += 1
            except Exception as error:  # noqa: BLE001 - whatever reaches a caller is what is counted
                with lock:
                    errors.append(f"{verb}: {type(error).__name__}: {error}")

    threads = [threading.Thread(target=one, args=(number,)) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    home.close()
    results.put({"state": state, "errors": errors, **{name: counts[name] for name in ("writes", "searches")}})


# --- namespaces --------------------------------------------------------------------------------------------------------


def crossed(folder: Path, namespaces: int, seed: int) -> Table:
    """Every namespace says the same things, and asks for all that the others hold."""
    home, chance = Home(folder, EMBEDDERS[0]), random.Random(seed)
    names = [f"user{number}" for number in range(namespaces)]
    held: dict[str, list[str]] = {}
    for name in names:
        held[name] = [f"m:{os.urandom(6).hex()}" for _ in range(6)]
        for place, record_id in enumerate(held[name]):
            home.add(record_id, f"My gate code is {place}{place}{place}.", name, metadata={"place": place, "owner": name})
            home.store.connect(name, record_id, ["zanzirex", "quuxofarion"])
    tries = leaks = 0
    for name in names:
        for other in chance.sample([one for one in names if one != name], min(8, len(names) - 1)):
            for record_id in held[other]:
                for attempt in _attempts(home, name, record_id):
                    tries += 1
                    leaks += _succeeds(attempt)
            for answer in _answers(home, name, other, held[other]):
                tries += 1
                leaks += sum(record.namespace != name for record in answer)
            for record_id in held[name]:
                tries += 1
                leaks += sum(link.target not in held[name] for link in home.store.links(name, record_id))
            home.add(forged := f"m:{os.urandom(6).hex()}", "Of what is another's.", name, derived_from=tuple(held[other][:2]))
            tries += 1
            leaks += len(home.store.links(name, forged))
            home.store.purge(name, [forged])
    whole = all(home.store.counts(name).records == 6 for name in names)
    home.close()
    table = Table(f"{namespaces} namespaces", ["count"])
    table.add("attempts on another's records", tries)
    table.add("that succeeded", leaks)
    table.add("namespaces changed by another", 0 if whole else 1)
    return table


def _attempts(home: Home, name: str, record_id: str) -> list[Callable[[], Any]]:
    store = home.store
    return [
        lambda: store.get(name, record_id), lambda: store.resolve(name, record_id[:8]), lambda: store.history(name, record_id),
        lambda: store.update(name, record_id, text="mine", vector=None, reason=""), lambda: store.purge(name, [record_id]),
        lambda: store.set_state(name, record_id, RecordState.PAUSED, ""), lambda: store.approve(name, [record_id]),
        lambda: store.kin(name, record_id, 5), lambda: store.links(name, record_id),
        lambda: store.connect(name, record_id, ["zanzirex"]),
    ]


def _succeeds(attempt: Callable[[], Any]) -> bool:
    with suppress(NotFoundError):
        attempt()
        return True
    return False


def _answers(home: Home, name: str, other: str, ids: list[str]) -> list[list[Any]]:
    store, text = home.store, "My gate code is 333."
    filters = [Eq("metadata.owner", other), Contains("text", "gate"), Eq("metadata.place", 3)]
    found = [store.list(name, where=one, limit=1000) for one in filters]
    found += [[hit.record for hit in store.search(name, text, home.vector(text), 50, where=one)] for one in [None, *filters]]
    found.append([near.record for near in store.neighbours(name, home.vector(text), 50)])
    for query in (f"{other} {ids[0]}", "what was said today", "the day before the gate"):
        found.append([hit.record for hit in store.search(name, query, home.vector(query), 50)])
    return found


if __name__ == "__main__":
    main()
