"""Facts of public data in its own wordings, some of them never learned from: relations the grammar does not know.

    python -m benchmarks.parametric.words --data DATA
    python -m benchmarks.parametric.words --data DATA --sets pararel --facts 10 --seeds 0 --arms memos retrieval

DATA holds pararel/ (patterns.jsonl.gz, facts.jsonl.gz; Elazar et al. 2021) and entity_questions/ (dev.jsonl.gz,
relation_query_templates.json; Sciavolino et al. 2021). Both sets are written by ParaRel's patterns, each a sentence to
complete; patterns of a lemma are learned from or held out together. EntityQuestions then asks its own question. Facts
are real and obscure: what the model knows of them beforehand stands in the table.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from benchmarks.harness import Table, missing_data, report
from memos import grammar
from memos.augmentation import QA, Lesson, Negative, Render, content_seed, lesson_key
from memos.augmentation.negatives import stranger
from memos.grammar import UNKNOWN_ANSWER, Fact, answer_text
from memos.grammar.values import sample_person
from memos.parametric.model import MemoryModel
from memos.parametric.write import WriteSettings

from .arms import ARMS
from .cache import RowCache
from .learned import Setting
from .measures import Column, figure
from .run import CACHE, RESULTS, SHIPPED, Bench
from .world import Item, World

SETS = ("pararel", "entity_questions")
DEFAULT_ARMS = ("memos", "smf", "full", "full+negatives", "retrieval")
FRAMES = ('Complete the sentence: "{}"', 'Finish this sentence: "{}"')
HELD_OUT, EXAMINED = 0.34, 3
NEGATIVES, FRESH_NEGATIVES = 16, 64
FACTS_OF_A_RELATION = 10
"""A relation has twice as many or is left out: the rest are asked about as what must not change."""
FEWEST_PATTERNS, MOST_WORDS, LONGEST = 4, 4, 32
COLUMNS = (
    Column("trained wording", "known"),
    Column("held-out patterns", "held_out"),
    Column("its own question", "question"),
    Column("same relation, others: as before", "other_subject"),
    Column("same subject, other relations: as before", "other_relation"),
    Column("old kept", "old", "kept"),
    Column("honest strangers", "stranger"),
)


@dataclass(frozen=True)
class Relation:
    """One relation of the data: patterns to learn from, patterns held out, its question or "", its facts."""

    name: str
    learned: tuple[str, ...]
    held_out: tuple[str, ...]
    question: str
    facts: tuple[Fact, ...]


def sentence(pattern: str, subject: str) -> str:
    """The pattern about `subject` with the value left open: "Fog died in ..." or "... is the capital of Fog"."""
    text = " ".join(pattern.replace(" .", ".").rstrip(". ").replace("[X]", subject).split())
    return text.replace("[Y]", "...")


def read_relations(folder: Path, which: str) -> list[Relation]:
    """The relations of `which` that have patterns of at least three lemmas, in order of name.

    Which lemmas are held out is a function of the relation's name alone, never of a seed.
    """
    by_lemma: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for row in _rows(folder / "pararel" / "patterns.jsonl.gz"):
        by_lemma[row["relation"]][row["lemma"]].append(row["pattern"])
    templates = json.loads((folder / "entity_questions" / "relation_query_templates.json").read_text("utf-8"))
    values: dict[str, dict[str, str]] = defaultdict(dict)
    if which == "pararel":
        for row in _rows(folder / "pararel" / "facts.jsonl.gz"):
            values[row["relation"]].setdefault(row["subject"], row["object"])
    else:
        for row in _rows(folder / "entity_questions" / "dev.jsonl.gz"):
            values[row["relation"]].setdefault(row["subject"], row["answers"][0])
    found = []
    for name in sorted(by_lemma):
        if len(by_lemma[name]) < 3 or (which == "entity_questions" and name not in templates):
            continue
        lemmas = sorted(by_lemma[name])
        random.Random(content_seed("lemmas", name)).shuffle(lemmas)
        cut = max(1, round(HELD_OUT * len(lemmas)))
        held = tuple(p for lemma in lemmas[:cut] for p in by_lemma[name][lemma])
        learned = tuple(p for lemma in lemmas[cut:] for p in by_lemma[name][lemma])
        facts = tuple(Fact(s, name, v) for s, v in sorted(values[name].items()) if _short(s) and _short(v))
        if len(learned) >= FEWEST_PATTERNS and len(facts) >= 2 * FACTS_OF_A_RELATION:
            found.append(Relation(name, learned, held, templates.get(name, ""), facts))
    return found


def _rows(path: Path) -> list[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def _short(text: str) -> bool:
    return text.isascii() and len(text) <= LONGEST and len(text.split()) <= MOST_WORDS and '"' not in text


def make_lesson(relation: Relation, fact: Fact, relations: Sequence[Relation], render: Render, number: int) -> Lesson:
    """The lesson of one fact, from its relation's own patterns: never from those held out."""
    text = sentence(relation.learned[0], fact.subject).replace("...", fact.value) + "."
    key = lesson_key(text, [fact])
    rng = random.Random(content_seed("lesson", key))
    answer = answer_text(fact)
    first, *rest = (frame.format(sentence(p, fact.subject)) for frame in FRAMES for p in relation.learned)
    rng.shuffle(rest)
    asked = [QA(render(question), answer) for question in (first, *rest)]
    count = WriteSettings().questions
    negatives = [_negative(relation, fact, relations, render, rng, i) for i in range(NEGATIVES + FRESH_NEGATIVES)]
    return Lesson(
        key=key, record_id=f"w{number}", text=text, facts=(fact,), train=tuple(asked[:count]), held_out=(),
        fresh=tuple(asked[count:]), negatives=tuple(negatives[:NEGATIVES]), fresh_negatives=tuple(negatives[NEGATIVES:]),
    )  # fmt: skip


def _negative(
    relation: Relation, fact: Fact, relations: Sequence[Relation], render: Render, rng: random.Random, number: int
) -> Negative:
    """In turn: the relation of another subject, another relation of this one, somebody the grammar could know."""
    if number % 3 == 2:
        return stranger(render, rng)
    about, subject = relation, rng.choice(relation.facts).subject
    if number % 3 == 1:
        about, subject = rng.choice(relations), fact.subject
    question = rng.choice(FRAMES).format(sentence(rng.choice(about.learned), subject))
    return Negative(render(question), subject, about.name, "person" if number % 3 == 0 else "relation")


def make_words(model: MemoryModel, relations: Sequence[Relation], name: str, count: int, seed: int) -> World:
    """`count` facts of as many relations as there are, and what is asked about them and beside them."""
    rng = random.Random(content_seed("words", name, str(seed)))
    order = rng.sample(list(relations), len(relations))
    chosen: list[tuple[Relation, Fact]] = []
    subjects: set[str] = set()
    for i in range(count):
        relation = order[i % len(order)]
        fact = rng.choice([fact for fact in relation.facts if fact.subject not in subjects])
        subjects.add(fact.subject)
        chosen.append((relation, fact))
    render = model.chat_prompt
    lessons = tuple(make_lesson(relation, fact, relations, render, i) for i, (relation, fact) in enumerate(chosen))
    items: list[Item] = []
    kept: list[tuple[str, str, int]] = []
    for i, (relation, fact) in enumerate(chosen):
        answer = answer_text(fact)
        for group, patterns in (("known", relation.learned), ("held_out", relation.held_out)):
            for pattern in rng.sample(patterns, min(EXAMINED, len(patterns))):
                items.append(_item(render, group, FRAMES[0].format(sentence(pattern, fact.subject)), answer, i))
        if relation.question:
            items.append(_item(render, "question", relation.question.replace("[X]", fact.subject), answer, i))
        for _ in range(2):
            other = rng.choice([fact for fact in relation.facts if fact.subject not in subjects])
            kept.append(("other_subject", FRAMES[0].format(sentence(rng.choice(relation.learned), other.subject)), i))
            beside = rng.choice([one for one in relations if one.name != relation.name] or [None])
            if beside is None:
                continue  # a data set of one relation has nothing beside it
            kept.append(("other_relation", FRAMES[0].format(sentence(rng.choice(beside.learned), fact.subject)), i))
    said = model.base_answers([render(question) for _, question, _ in kept])
    items += [_item(render, group, question, a.text, i) for (group, question, i), a in zip(kept, said, strict=True)]
    for i in range(40):
        person = sample_person(rng, rng.random() < 0.5)
        question = rng.choice(grammar.questions(person, rng.choice(grammar.relations_of(person))))
        items.append(_item(render, "stranger", question, UNKNOWN_ANSWER, i))
    for i, old in enumerate(rng.sample(grammar.OLD_FACTS, 80)):
        question = rng.choice(grammar.questions(old.subject, old.relation))
        items.append(_item(render, "old", question, answer_text(old), i))
    return World(name, seed, lessons, tuple(items), (), ())


def _item(render: Render, group: str, question: str, answer: str, about: int) -> Item:
    return Item(group, render(question), answer, question, (), about)


def chosen_settings(path: Path, model: MemoryModel, arms: Sequence[str]) -> dict[str, Setting]:
    """What the main comparison chose for each arm; its second setting where it was not run on this model."""
    picked: Mapping[str, Any] = {}
    if path.exists():
        record = json.loads(path.read_text(encoding="utf-8"))
        picked = record["choices"] if record["model"] == model.fingerprint else {}
    settings = {}
    for arm in arms:
        named = {str(setting): setting for setting in ARMS[arm].settings}
        settings[arm] = named.get(picked.get(arm, {}).get("best", ""), ARMS[arm].settings[1])
    return settings


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.parametric.words", description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    parser.add_argument("--data", type=Path, required=True, help="folder with pararel/ and entity_questions/")
    parser.add_argument("--model", type=Path, default=SHIPPED, help="folder of the language model")
    parser.add_argument("--sets", nargs="+", choices=SETS, default=list(SETS))
    parser.add_argument("--facts", type=int, default=20, help="facts of a world")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--arms", nargs="+", choices=list(ARMS), default=list(DEFAULT_ARMS), metavar="ARM")
    parser.add_argument("--chosen", type=Path, default=RESULTS, help="figures of the main comparison, for its settings")
    parser.add_argument("--cache", type=Path, default=CACHE, help="folder of measured rows")
    parser.add_argument("--json", type=Path, help="write all figures there, and the table beside it")
    options = parser.parse_args(arguments)
    if missing_data(options.data / "pararel") or missing_data(options.data / "entity_questions"):
        return 0

    torch.set_num_threads(1)
    model = MemoryModel.from_pretrained(options.model)
    relations = {name: read_relations(options.data, name) for name in options.sets}
    most = min(FACTS_OF_A_RELATION * len(found) for found in relations.values())
    if not 1 <= options.facts <= most:
        parser.error(f"--facts {options.facts}: this data has enough for 1 to {most}")
    bench = Bench(
        model, RowCache(options.cache),
        lambda name, seed: make_words(model, relations[name], name, options.facts, seed),
    )  # fmt: skip
    settings = chosen_settings(options.chosen, model, options.arms)
    tables = []
    for name in options.sets:
        title = f"{name}: {options.facts} facts of {len(relations[name])} relations, {len(options.seeds)} seeds"
        table = Table(title, [column.name for column in COLUMNS] + ["s a fact"])
        base = [bench.base(name, seed)["cells"] for seed in options.seeds]
        _add(table, "before", [(cells, cells) for cells in base], 0.0)
        for arm, setting in settings.items():
            rows = [bench.row(name, seed, arm, setting) for seed in options.seeds]
            seconds = sum(row["seconds_a_fact"] for row in rows) / len(rows)
            _add(table, f"{arm}, {setting}", [(b, r["cells"]) for b, r in zip(base, rows, strict=True)], seconds)
        tables.append(table)
    report(
        "parametric, public data", tables, seed=options.seeds[0], json_file=options.json,
        settings={arm: str(setting) for arm, setting in settings.items()},
        notes=[
            f"model {model.fingerprint[:12]}; exact, freely generated answers; 95 % bootstrap intervals over seeds and facts",
            "learned by patterns of some lemmas, examined on patterns of others; the data's own question is in no lesson",
            "as before: the answer is the one given before anything was learned",
        ],
    )  # fmt: skip
    return 0


def _add(table: Table, name: str, runs: Sequence[tuple[Any, Any]], seconds: float) -> None:
    table.add(name, *(str(figure(column, runs) or "–") for column in COLUMNS), round(seconds, 2))


if __name__ == "__main__":
    raise SystemExit(main())
