"""The weights of recall, fitted on LoCoMo and cross-validated by conversation: what unseen conversations would have got.

    python -m benchmarks.token_store.fit_weights --data PATH [--home FOLDER] [--json FILE]

Every conversation is observed as `recall_locomo.py` does it, every question put once with each part of the score bare; then
weights are only arithmetic. A fit climbs one weight at a time over a short list of values, as long as the sum of R@5, R@10 and
R@20 rises. For each conversation the weights are fitted on the others. Links are left out. Neighbours here are all lenders; a search lets only the
best lend, which is why its own figures (recall_locomo.md) differ a little.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy as np
import numpy.typing as npt
from harness import Table, missing_data, report
from recall_locomo import CATEGORIES, CUTS, Question, held_by, mean, observe, questions_of

from memos.build import open_memory
from memos.config import EmbedderSettings, RecallWeights, RoutingSettings, Settings
from memos.embedding import make_embedder, unnamed
from memos.protocols import Embedder
from memos.stores.database import Database
from memos.stores.token import SqlTokenStore

Floats = npt.NDArray[np.float64]
BARE = RecallWeights(lexical=1, dense=1, context=1, neighbour=0, further=0, session=0, link=0, speaker=1, time=1, recency=0)
VALUES: Mapping[str, Sequence[float]] = {
    "dense": (0, 0.15, 0.3, 0.45, 0.6), "context": (0.2, 0.3, 0.45, 0.6, 0.8), "neighbour": (0.1, 0.2, 0.3, 0.4),
    "further": (0, 0.1, 0.2, 0.3), "session": (0, 0.2, 0.3, 0.4, 0.5), "speaker": (0, 0.2, 0.4, 0.6), "time": (0, 0.75, 1.5, 2.25),
}
"""What a fit may choose from; `lexical` stays 1, since only ratios count."""
RESAMPLES = 2_000


@dataclass(frozen=True)
class Talk:
    """One conversation, its Q questions and N records. arms: each (Q, N), scores in [0, 1], 0 where there is none."""

    name: str
    arms: Mapping[str, Floats]
    found: npt.NDArray[np.bool_]
    sessions: npt.NDArray[np.int64]
    turns: npt.NDArray[np.int64]
    wanted: list[list[int]]
    asked: list[int]
    questions: list[Question]

    def recall(self, weights: RecallWeights) -> Floats:
        """(Q, 3): the share of the evidence among the first of `CUTS`."""
        order = np.argsort(-self._scores(weights), axis=1, kind="stable")[:, :max(CUTS)]
        shares = np.zeros((len(self.wanted), len(CUTS)))
        for row, wanted in enumerate(self.wanted):
            hits = np.isin(order[row], wanted)
            shares[row] = [hits[:cut].sum() / self.asked[row] for cut in CUTS]
        return shares

    def _scores(self, weights: RecallWeights) -> Floats:
        own = np.where(self.found, sum(getattr(weights, arm) * self.arms[arm] for arm in ("lexical", "dense", "context")), 0.0)
        scores = own.copy()
        for distance, share in ((1, weights.neighbour), (2, weights.further)):
            scores += share * (self._from(own, distance) + self._from(own, -distance))
        reached = scores > 0
        tops = np.stack([own[:, self.sessions == one].max(axis=1) for one in range(self.sessions.max() + 1)], axis=1)
        return np.asarray(
            scores + reached * (weights.session * tops[:, self.sessions] + weights.speaker * self.arms["speaker"])
            + weights.time * self.arms["time"]
        )

    def _from(self, own: Floats, distance: int) -> Floats:
        """What stands `distance` turns before each record of the same session (after it where negative)."""
        place = {(s, t): at for at, (s, t) in enumerate(zip(self.sessions.tolist(), self.turns.tolist(), strict=True))}
        found = [place.get((s, t - distance), -1) for s, t in zip(self.sessions.tolist(), self.turns.tolist(), strict=True)]
        return np.where(np.array(found) >= 0, own[:, found], 0.0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="a LoCoMo JSON file, or a folder that holds some")
    parser.add_argument("--embedder", default="minilm")
    parser.add_argument("--home", type=Path, help="keep the store here; what is there already is not observed again")
    parser.add_argument("--json", type=Path, help="write the figures here, and the tables beside it")
    arguments = parser.parse_args()
    if missing_data(arguments.data):
        return
    files = sorted(arguments.data.glob("*.json")) if arguments.data.is_dir() else [arguments.data]
    samples = [sample for file in files for sample in json.loads(file.read_text("utf-8"))]
    with tempfile.TemporaryDirectory() as temporary:
        fit_all(measured(samples, arguments.home or Path(temporary), arguments.embedder), arguments)


def measured(samples: list[dict[str, Any]], home: Path, name: str) -> list[Talk]:
    """Every conversation observed, and every question of it put once."""
    settings = Settings(home=home, namespace="unused", embedder=EmbedderSettings(name=name), routing=RoutingSettings(secrets="keep"))
    with open_memory(settings) as memory:
        for sample in samples:
            if not (own := memory.for_namespace(sample["sample_id"])).list(limit=1):
                observe(own, sample)
    database, embedder = Database(settings.database_url), make_embedder(settings.embedder)
    store = SqlTokenStore(database, home / "index", embedder, weights=BARE)
    talks = [put(store, embedder, sample, held_by(database, sample["sample_id"], embedder, home)) for sample in samples]
    database.close()
    return talks


def put(store: SqlTokenStore, embedder: Embedder, sample: dict[str, Any], held: dict[str, str]) -> Talk:
    namespace = sample["sample_id"]
    kept = store.list(namespace, limit=1_000_000)
    place = {record.id: at for at, record in enumerate(kept)}
    names = {session: number for number, session in enumerate(sorted({str(record.source.session) for record in kept}))}
    questions = list(questions_of(sample, held))
    arms = {name: np.zeros((len(questions), len(kept))) for name in ("lexical", "dense", "context", "speaker", "time")}
    found = np.zeros((len(questions), len(kept)), bool)
    speakers = store.speakers(namespace)
    for row, question in enumerate(questions):
        vector = embedder.embed([unnamed(question.text, speakers)])[0]
        for hit in store.search(namespace, question.text, vector, len(kept)):
            found[row, place[hit.record.id]] = bool({"lexical", "dense", "context"} & hit.parts.keys())
            for arm, score in hit.parts.items():
                arms[arm][row, place[hit.record.id]] = score
    return Talk(
        namespace, arms, found, np.array([names[str(record.source.session)] for record in kept]),
        np.array([record.source.turn for record in kept]),
        [[place[held[turn]] for turn in question.evidence if turn in held] for question in questions],
        [len(question.evidence) for question in questions], questions,
    )


def fitted(talks: Sequence[Talk], weights: RecallWeights) -> RecallWeights:
    """Climb from `weights`, one of them at a time, until none of its values is better for all these questions together."""
    best, moved = total(talks, weights), True
    while moved:
        moved = False
        for name, values in VALUES.items():
            for value in values:
                other = RecallWeights(**{**weights.model_dump(), name: value})
                if (found := total(talks, other)) > best + 1e-9:
                    best, weights, moved = found, other, True
    return weights


def total(talks: Iterable[Talk], weights: RecallWeights) -> float:
    return float(np.concatenate([talk.recall(weights) for talk in talks]).mean(axis=0).sum())


def fit_all(talks: Sequence[Talk], arguments: argparse.Namespace) -> None:
    start = RecallWeights(lexical=1, dense=0.3, context=0.3, neighbour=0.2, further=0.1, session=0.2, link=0, speaker=0.2, time=0.75, recency=0)
    folds = [fitted([talk for talk in talks if talk is not left], start) for left in talks]
    held_out = [talk.recall(weights) for talk, weights in zip(talks, folds, strict=True)]
    chosen = [talk.recall(RecallWeights()) for talk in talks]

    overall = Table("Mean share of evidence found, 95 % interval over conversations and questions", [f"R@{cut}" for cut in CUTS])
    overall.add("fitted on the other conversations", *figures(held_out))
    overall.add("fitted on all", *figures([talk.recall(fitted(talks, start)) for talk in talks]))
    overall.add("the weights of memos", *figures(chosen))
    without = Table("The weights of memos, without", [f"R@{cut}" for cut in CUTS])
    for name in VALUES:
        left = RecallWeights(**{**RecallWeights().model_dump(), name: 0.0})
        without.add(name, *(shown(np.concatenate([talk.recall(left) for talk in talks]).mean(axis=0))))
    categories = Table("R@10 by category, fitted on the other conversations", [
        f"{name} ({sum(question.category == number for talk in talks for question in talk.questions)})"
        for number, name in CATEGORIES.items()])
    for name, shares in (("held out", held_out), ("the weights of memos", chosen)):
        categories.add(name, *(mean([
            float(share[1]) for talk, found in zip(talks, shares, strict=True)
            for question, share in zip(talk.questions, found, strict=True) if question.category == number
        ]) for number in CATEGORIES))
    choices = Table("What each fit chose", [*VALUES, *(f"R@{cut}" for cut in CUTS)])
    for talk, weights, shares in zip(talks, folds, held_out, strict=True):
        choices.add(f"without {talk.name}", *(f"{getattr(weights, name):g}" for name in VALUES), *shown(shares.mean(axis=0)))
    choices.add("memos", *(f"{getattr(RecallWeights(), name):g}" for name in VALUES), *shown(np.concatenate(chosen).mean(axis=0)))
    report(
        "recall_weights", [overall, categories, choices, without], seed=0, json_file=arguments.json,
        settings={"embedder": arguments.embedder, "values": {name: list(values) for name, values in VALUES.items()}},
        notes=[
            f"{len(talks)} conversations, {sum(len(talk.questions) for talk in talks):,} questions with evidence",
            "the weights of memos were chosen by hand near these fits, rounded: they have seen all of these questions",
        ],
    )


def figures(shares: Sequence[Floats]) -> list[str]:
    """For each cut the mean over all questions, and an interval that draws conversations, then questions of each."""
    rng = np.random.default_rng(0)
    drawn = []
    for _ in range(RESAMPLES):
        picked = [shares[at] for at in rng.integers(len(shares), size=len(shares))]
        drawn.append(np.concatenate([one[rng.integers(len(one), size=len(one))] for one in picked]).mean(axis=0))
    low, high = np.percentile(drawn, [2.5, 97.5], axis=0)
    means = np.concatenate(shares).mean(axis=0)
    return [f"{m:.3f} [{a:.2f}, {b:.2f}]" for m, a, b in zip(means, low, high, strict=True)]


def shown(values: Floats) -> list[float]:
    return [float(value) for value in values]


if __name__ == "__main__":
    main()
