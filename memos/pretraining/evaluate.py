"""What the shipped model can do before anything is written into it: free-running, greedy, exact answers.

Items come from the grammar with values and names spelled at random, from a seed that pretraining does not use, and
partly in wordings that it never saw. Knows the chat format and a causal LM; knows no memory layer.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from operator import itemgetter
from pathlib import Path
from typing import Any

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

from memos.errors import InputError, ModelError
from memos.grammar.facts import UNKNOWN_ANSWER, USER, Fact, Wording, answer_text
from memos.grammar.relations import RELATIONS
from memos.grammar.values import sample_person, sample_value
from memos.grammar.world import OLD_FACTS, OLD_PEOPLE, relations_of
from memos.pretraining.chat_format import note_line, notes_message
from memos.pretraining.corpus import word_question, word_statement
from memos.pretraining.small_talk import EXCHANGES

EVALUATION_SEED = 77_001
EVALUATION_FILE = "evaluation.json"
Message = dict[str, str]


@dataclass(frozen=True, slots=True)
class Item:
    """One prompt as chat messages, and the only answer that counts."""

    messages: tuple[Message, ...]
    answer: str


@dataclass(frozen=True, slots=True)
class EvaluationRow:
    """The share of right answers in one class of items; `target` is what the design asks for, if anything."""

    name: str
    right: float
    items: int
    target: float | None = None

    def line(self) -> str:
        """The row as text: name, share, target, number of items."""
        target = f"{self.target:.2f}" if self.target is not None else "   -"
        return f"{self.name:<48} {self.right:.3f}   target {target}   n={self.items}"


# ---- items ------------------------------------------------------------------------------------------------------


def _asked(question: str, notes: Sequence[str] = ()) -> tuple[Message, ...]:
    system = ({"role": "system", "content": notes_message(notes)},) if notes else ()
    return (*system, {"role": "user", "content": question})


def _novel_fact(rng: random.Random, subject: str, relation: str) -> Fact:
    return Fact(subject, relation, sample_value(RELATIONS[relation].kind, rng, novel=True))


def _distractors(rng: random.Random, fact: Fact, people: Sequence[str], count: int) -> list[Fact]:
    """Facts that share the subject or the relation of `fact`, never both; half of them at random."""
    taken = {(fact.subject, fact.relation)}
    found: list[Fact] = []
    while len(found) < count:
        subject = rng.choice([USER, *people])
        relation = fact.relation if rng.random() < 0.35 else rng.choice(relations_of(subject))
        if (subject, relation) in taken or (subject != USER and RELATIONS[relation].first_person_only):
            continue
        taken.add((subject, relation))
        found.append(_novel_fact(rng, subject, relation))
    return found


def _days(rng: random.Random, count: int) -> list[str]:
    numbers = sorted(rng.sample(range(12 * 28), count))
    year = rng.randint(2023, 2027)
    return [f"{year}-{n // 28 + 1:02d}-{n % 28 + 1:02d}" for n in numbers]


@dataclass(frozen=True, slots=True)
class _Reading:
    """How a reading item is made."""

    notes: int
    subject: str = "any"  # "any", "user" or "person"
    statement: Wording = Wording.KNOWN
    question: Wording = Wording.KNOWN
    contradicted: bool = False
    absent: bool = False


def _reading_item(rng: random.Random, plan: _Reading) -> Item:
    people = [sample_person(rng, novel=True) for _ in range(2)]
    of_user = plan.subject == "user" or (plan.subject == "any" and rng.random() < 0.5)
    subject = USER if of_user else people[0]
    fact = _novel_fact(rng, subject, rng.choice(relations_of(subject)))
    held = [] if plan.absent else [fact]
    if plan.contradicted:
        held = [_novel_fact(rng, fact.subject, fact.relation), fact]
    others = _distractors(rng, fact, people, plan.notes - len(held))
    days = _days(rng, plan.notes)
    order = list(range(plan.notes))
    rng.shuffle(order)
    held_days = sorted(order[: len(held)])
    # oldest first, as the notes of an answer are given
    dated = sorted(zip([*held_days, *order[len(held) :]], [*held, *others], strict=True), key=itemgetter(0))
    lines = []
    for position, told in dated:
        wording = plan.statement if told is fact else Wording.KNOWN
        lines.append(note_line(word_statement(rng, told, 0.0, wording=wording), days[position]))
    question = word_question(rng, fact.subject, fact.relation, 0.0, plan.question)
    return Item(_asked(question, lines), UNKNOWN_ANSWER if plan.absent else answer_text(fact))


def _old_item(rng: random.Random, wording: Wording, notes: int = 0) -> Item:
    fact = rng.choice(OLD_FACTS)
    people = [sample_person(rng, novel=True) for _ in range(2)]
    lines = []
    if notes:
        told = _distractors(rng, fact, people, notes)
        lines = [
            note_line(word_statement(rng, f, 0.0), d) for f, d in zip(told, _days(rng, notes), strict=True)
        ]
    return Item(
        _asked(word_question(rng, fact.subject, fact.relation, 0.0, wording), lines), answer_text(fact)
    )


def _unknown_item(rng: random.Random, who: str) -> Item:
    if who == "known people":
        held = {(f.subject, f.relation) for f in OLD_FACTS}
        while True:
            subject = rng.choice(OLD_PEOPLE)
            relation = rng.choice(relations_of(subject))
            if (subject, relation) not in held:
                break
    else:
        subject = USER if who == "user" else sample_person(rng, novel=True)
        relation = rng.choice(relations_of(subject))
    return Item(_asked(word_question(rng, subject, relation, 0.0)), UNKNOWN_ANSWER)


def _dialogue_item(rng: random.Random) -> Item:
    fact = _novel_fact(rng, USER, rng.choice(relations_of(USER)))
    return Item(
        (
            {"role": "user", "content": word_statement(rng, fact, 0.0)},
            {"role": "assistant", "content": "Got it."},
            {"role": "user", "content": word_question(rng, USER, fact.relation, 0.0)},
        ),
        answer_text(fact),
    )


def _acknowledged_item(rng: random.Random) -> Item:
    fact = _novel_fact(rng, USER, rng.choice(relations_of(USER)))
    return Item(_asked(word_statement(rng, fact, 0.0)), "Got it.")


def _small_talk_item(rng: random.Random) -> Item:
    exchange = rng.choice(EXCHANGES)
    return Item(_asked(rng.choice(exchange.said)), exchange.reply)


_CLASSES: tuple[tuple[str, Callable[[random.Random], Item], float | None], ...] = (
    ("old facts, known wordings", lambda r: _old_item(r, Wording.KNOWN), 0.99),
    ("old facts, unseen frame", lambda r: _old_item(r, Wording.UNSEEN_FRAME), None),
    ("old facts, unseen core", lambda r: _old_item(r, Wording.UNSEEN_CORE), 0.92),
    ("old facts beside 3 unrelated notes", lambda r: _old_item(r, Wording.KNOWN, 3), None),
    ("reading 1 note", lambda r: _reading_item(r, _Reading(1)), 0.95),
    ("reading 3 notes", lambda r: _reading_item(r, _Reading(3)), 0.88),
    ("reading 6 notes", lambda r: _reading_item(r, _Reading(6)), 0.80),
    ("reading 6 notes, about the user", lambda r: _reading_item(r, _Reading(6, subject="user")), None),
    (
        "reading 6 notes, about a third person",
        lambda r: _reading_item(r, _Reading(6, subject="person")),
        None,
    ),
    ("newer note wins, 3 notes", lambda r: _reading_item(r, _Reading(3, contradicted=True)), 0.92),
    ("absent from 3 notes", lambda r: _reading_item(r, _Reading(3, absent=True)), None),
    (
        "unseen statement core, 1 note",
        lambda r: _reading_item(r, _Reading(1, statement=Wording.UNSEEN_CORE)),
        None,
    ),
    (
        "unseen statement core, 3 notes",
        lambda r: _reading_item(r, _Reading(3, statement=Wording.UNSEEN_CORE)),
        None,
    ),
    (
        "unseen statement frame, 3 notes",
        lambda r: _reading_item(r, _Reading(3, statement=Wording.UNSEEN_FRAME)),
        None,
    ),
    (
        "unseen question core, 1 note",
        lambda r: _reading_item(r, _Reading(1, question=Wording.UNSEEN_CORE)),
        None,
    ),
    (
        "unseen question core, 3 notes",
        lambda r: _reading_item(r, _Reading(3, question=Wording.UNSEEN_CORE)),
        None,
    ),
    (
        "unseen question frame, 3 notes",
        lambda r: _reading_item(r, _Reading(3, question=Wording.UNSEEN_FRAME)),
        None,
    ),
    ("told one turn before", _dialogue_item, None),
    ("honest: the user, nothing known", lambda r: _unknown_item(r, "user"), 0.97),
    ("honest: unknown people", lambda r: _unknown_item(r, "unknown people"), 0.97),
    ("honest: known people, unknown relation", lambda r: _unknown_item(r, "known people"), 0.97),
    ("acknowledges a statement", _acknowledged_item, None),
    ("small talk", _small_talk_item, None),
)


# ---- answering --------------------------------------------------------------------------------------------------


def load(folder: Path) -> tuple[Any, Any]:
    """The model and tokenizer of `folder`, on the CPU; ModelError if they cannot be loaded."""
    try:
        tokenizer = AutoTokenizer.from_pretrained(folder)
        model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32, attn_implementation="eager")
    except (OSError, ValueError) as error:
        raise ModelError(f"{folder} holds no loadable model", hint="memos model pretrain") from error
    return model.eval(), tokenizer


@torch.inference_mode()
def answers(
    model: Any, tokenizer: Any, prompts: Sequence[Sequence[Message]], batch_size: int = 50
) -> list[str]:
    """The greedy answer to each prompt, without the end of turn."""
    texts = [
        tokenizer.apply_chat_template(list(p), add_generation_prompt=True, tokenize=False) for p in prompts
    ]
    order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
    found = [""] * len(texts)
    for start in range(0, len(order), batch_size):
        chosen = order[start : start + batch_size]
        encoded = tokenizer(
            [texts[i] for i in chosen],
            return_tensors="pt",
            padding=True,
            padding_side="left",
            add_special_tokens=False,
        )
        written = model.generate(
            input_ids=encoded["input_ids"],
            attention_mask=encoded["attention_mask"],
            max_new_tokens=32,
            do_sample=False,
        )[:, encoded["input_ids"].shape[1] :]
        for i, ids in zip(chosen, written, strict=True):
            found[i] = tokenizer.decode(ids, skip_special_tokens=True).strip()
    return found


def evaluate(
    model: Any, tokenizer: Any, items_per_class: int = 200, seed: int = EVALUATION_SEED
) -> list[EvaluationRow]:
    """One row for each class of items."""
    if items_per_class < 1:
        raise InputError("an evaluation needs at least one item of each class", hint="raise items_per_class")
    rows = []
    for name, make, target in _CLASSES:
        rng = random.Random(f"{seed}:{name}")
        items = [make(rng) for _ in range(items_per_class)]
        given = answers(model, tokenizer, [item.messages for item in items])
        right = sum(a == item.answer for a, item in zip(given, items, strict=True))
        rows.append(EvaluationRow(name, round(right / len(items), 4), len(items), target))
    return rows


def evaluate_folder(
    folder: Path, items_per_class: int = 200, seed: int = EVALUATION_SEED
) -> list[EvaluationRow]:
    """Evaluates the model in `folder` and writes evaluation.json beside it."""
    model, tokenizer = load(folder)
    rows = evaluate(model, tokenizer, items_per_class, seed)
    write_evaluation(folder, rows, seed)
    return rows


def write_evaluation(folder: Path, rows: Iterable[EvaluationRow], seed: int) -> None:
    """Writes `rows` as evaluation.json in `folder`."""
    text = json.dumps(
        {"seed": seed, "torch": torch.__version__, "rows": [asdict(row) for row in rows]}, indent=1
    )
    (folder / EVALUATION_FILE).write_text(text + "\n", encoding="utf-8")


def read_evaluation(folder: Path) -> list[EvaluationRow]:
    """The rows of evaluation.json in `folder`; ModelError if there is none or it is damaged."""
    try:
        saved = json.loads((folder / EVALUATION_FILE).read_text(encoding="utf-8"))
        return [EvaluationRow(**row) for row in saved["rows"]]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelError(
            f"{folder} has no readable {EVALUATION_FILE}", hint="python -m memos.pretraining --out DIR"
        ) from error
