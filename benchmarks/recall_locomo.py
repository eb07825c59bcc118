"""Recall on LoCoMo: does a search for the question find the turns that hold its evidence?

    python benchmarks/recall_locomo.py --data PATH [--json FILE] [--url postgresql+psycopg://…/empty_database]

Every conversation is a namespace, every turn is observed through the manager as it would be in use, and every question
that has evidence is put to `search`. Scored is the mean share of evidence turns among the first 5, 10 and 20 hits;
evidence ids that match no turn are left out. No language model takes part. Beside the fusion, on the same store: its
lexical arm alone and its dense arm alone (what dense-only stores do).
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from harness import Stopwatch, Table, missing_data, report

from memos.build import open_memory
from memos.config import EmbedderSettings, RecallWeights, RoutingSettings, Settings, StoreSettings
from memos.embedding import make_embedder, unnamed
from memos.manager import MemoryManager
from memos.stores.database import Database
from memos.stores.token import SqlTokenStore
from memos.types import Draft, Origin, Source

CUTS = (5, 10, 20)
CATEGORIES = {1: "multi-hop", 2: "temporal", 3: "open-domain", 4: "single-hop", 5: "adversarial"}
Search = Callable[[str, str], list[str]]
"""(namespace, question) to record ids, best first."""


@dataclass(frozen=True)
class Question:
    namespace: str
    text: str
    category: int
    evidence: frozenset[str]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="a LoCoMo JSON file, or a folder that holds some")
    parser.add_argument("--json", type=Path, help="write the figures here, and the table beside it")
    parser.add_argument("--embedder", default="minilm")
    parser.add_argument("--home", type=Path, help="keep the store here, to look at it afterwards")
    parser.add_argument("--url", default="", help="store.url of an empty store; a SQLite file in the home by default")
    arguments = parser.parse_args()
    if missing_data(arguments.data):
        return
    files = sorted(arguments.data.glob("*.json")) if arguments.data.is_dir() else [arguments.data]
    conversations = [sample for file in files for sample in json.loads(file.read_text("utf-8"))]
    with tempfile.TemporaryDirectory() as temporary:
        run(conversations, arguments.home or Path(temporary), arguments)


def run(conversations: list[dict[str, Any]], home: Path, arguments: argparse.Namespace) -> None:
    settings = Settings(
        home=home, namespace="unused", embedder=EmbedderSettings(name=arguments.embedder), store=StoreSettings(url=arguments.url),
        routing=RoutingSettings(secrets="keep"),  # LoCoMo's turn texts are scored as they are
    )
    observing = Stopwatch()
    actions: dict[str, int] = {}
    with open_memory(settings) as memory, observing:
        for sample in conversations:
            found = observe(memory.for_namespace(sample["sample_id"]), sample)
            actions = {name: actions.get(name, 0) + found.get(name, 0) for name in actions.keys() | found.keys()}

    database = Database(settings.database_url)
    embedder = make_embedder(settings.embedder)
    embedder.embed(["warm"])
    turns = {sample["sample_id"]: held_by(database, sample["sample_id"], embedder, home) for sample in conversations}
    questions = [one for sample in conversations for one in questions_of(sample, turns[sample["sample_id"]])]

    def store(**weights: float) -> SqlTokenStore:
        return SqlTokenStore(database, home / "index", embedder, weights=RecallWeights(**weights) if weights else None)

    fusion, plain = store(), store(neighbour=0.0, further=0.0, session=0.0, link=0.0, speaker=0.0, time=0.0, recency=0.0)

    def fused(namespace: str, question: str) -> list[str]:
        vector = embedder.embed([unnamed(question, fusion.speakers(namespace))])[0]
        return [hit.record.id for hit in fusion.search(namespace, question, vector, max(CUTS))]

    def lexical(namespace: str, question: str) -> list[str]:
        return [hit.record.id for hit in plain.search(namespace, question, None, max(CUTS))]

    def dense(namespace: str, question: str) -> list[str]:
        vector = embedder.embed([question])[0]
        return [near.record.id for near in plain.neighbours(namespace, vector, max(CUTS))]

    overall = Table("Mean share of evidence found", [f"R@{cut}" for cut in CUTS])
    by_category = Table("R@10 by category", [
        f"{name} ({sum(one.category == number for one in questions)})" for number, name in CATEGORIES.items()])
    by_conversation = Table("R@10 by conversation", [sample["sample_id"] for sample in conversations])
    asking = Stopwatch()
    arms: dict[str, Search] = {"fusion": fused, "BM25 alone": lexical, f"{arguments.embedder} alone": dense}
    for name, search in arms.items():
        with asking:
            shares = [(one, scored(search(one.namespace, one.text), one, turns[one.namespace])) for one in questions]
        overall.add(name, *(mean([share[place] for _, share in shares]) for place in range(len(CUTS))))
        by_category.add(name, *(mean([share[1] for one, share in shares if one.category == number]) for number in CATEGORIES))
        by_conversation.add(name, *(
            mean([share[1] for one, share in shares if one.namespace == sample["sample_id"]]) for sample in conversations))
        print(f"{name}: {1000 * asking.wall / len(questions):.1f} ms a question, embedding included", flush=True)
    engine = database.dialect
    database.close()
    report(
        "recall_locomo", [overall, by_category, by_conversation], seed=0, json_file=arguments.json,
        settings={"engine": engine, "embedder": embedder.identity, "weights": RecallWeights().model_dump()},
        notes=[
            f"{len(conversations)} conversations, {sum(actions.values()):,} turns, {len(questions):,} questions with evidence",
            "the manager decided: " + ", ".join(f"{count:,} {name}" for name, count in sorted(actions.items())),
            f"observing took {observing.wall:.0f} s, {observing.cpu:.0f} s of processor time",
            "no random choice is made; weights were set on these conversations",
        ],
    )


def observe(memory: MemoryManager, sample: dict[str, Any]) -> dict[str, int]:
    """Hand a conversation to the manager, turn by turn; a shared picture is told by its caption. Decisions by action."""
    return dict(memory.observe_many(drafts(sample)).by_action)


def drafts(sample: dict[str, Any]) -> Iterator[Draft]:
    talk = sample["conversation"]
    for session in sorted((key for key in talk if key.startswith("session_") and isinstance(talk[key], list)),
                          key=lambda key: int(key.split("_")[1])):
        when = datetime.strptime(talk[f"{session}_date_time"], "%I:%M %p on %d %B, %Y").replace(tzinfo=UTC)
        for number, turn in enumerate(talk[session], start=1):
            caption = f" [shares {turn['blip_caption']}]" if turn.get("blip_caption") else ""
            yield Draft(
                text=turn["text"] + caption, origin=Origin.IMPORT, occurred_at=when, metadata={"dia_id": turn["dia_id"]},
                source=Source(session=session, turn=number, actor=turn["speaker"]),
            )


def held_by(database: Database, namespace: str, embedder: Any, home: Path) -> dict[str, str]:
    """Turn id to the record that holds the turn: its own, or the one it was merged with. Dropped turns have none."""
    store = SqlTokenStore(database, home / "index", embedder)
    records = store.list(namespace, limit=1_000_000)
    held = {record.metadata["dia_id"]: record.id for record in records}
    targets = {made.experience_id: made.target for made in store.decisions(namespace, limit=1_000_000) if made.target}
    for experience in store.experiences(namespace, limit=1_000_000):
        target = targets.get(experience.id)
        if target is not None:
            held.setdefault(experience.metadata["dia_id"], target)
    return held


def questions_of(sample: dict[str, Any], held: dict[str, str]) -> Iterator[Question]:
    talk = sample["conversation"]
    said = {turn["dia_id"] for turns in talk.values() if isinstance(turns, list) for turn in turns}
    for one in sample["qa"]:
        evidence = frozenset(one["evidence"]) & said
        if evidence:
            yield Question(sample["sample_id"], one["question"], one["category"], evidence)


def scored(found: list[str], question: Question, held: dict[str, str]) -> list[float]:
    """Share of the evidence among the first hits, for each cut. Evidence that was dropped counts as not found."""
    wanted = [held.get(turn) for turn in question.evidence]
    return [sum(record in found[:cut] for record in wanted) / len(wanted) for cut in CUTS]


def mean(values: list[float]) -> float:
    return sum(values) / len(values) if values else 0.0


if __name__ == "__main__":
    main()
