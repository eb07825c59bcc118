"""Real text and real questions, tokenised once: what the model is pretrained on, and the facts it has never seen.

    python -m benchmarks.parametric.native prepare --data DATA --out FOLDER

DATA holds text/, nq_open/ and entity_questions/. Writes tokenizer.json, tokens.safetensors and facts.json. Knows files and
tokens. Does not know models.
"""

from __future__ import annotations

import gzip
import json
import lzma
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file, save_file

from .wordings import FORMS, FRAMES, asked

SEED = 0
LONGEST_ROW = 48
"""Tokens of a question with its answer; longer ones are left out."""
OLD_WORDINGS = 12
"""Wordings of an old fact in the pretraining text."""


@dataclass(frozen=True)
class Fact:
    subject: str
    relation: str
    value: str


@dataclass(frozen=True)
class Prepared:
    """text, valid: uint16 token streams. questions: what the model is to know by heart, as (prompt, answer) tokens,
    flat with offsets. old: facts of EntityQuestions that it is pretrained on; new, strange: facts that it never sees."""

    tokenizer: Any
    text: NDArray[np.uint16]
    valid: NDArray[np.uint16]
    rows: NDArray[np.uint16]
    ends: NDArray[np.int64]
    trivia: list[tuple[str, str]]
    old: list[Fact]
    new: list[Fact]
    strange: list[Fact]

    @property
    def stop(self) -> int:
        """The token that ends an answer."""
        found: int = self.tokenizer.token_to_id("Ċ")
        return found

    def row(self, question: str, answer: str) -> tuple[list[int], list[int]]:
        """Prompt and answer as tokens; the answer ends with the end of the line."""
        prompt, said = self.tokenizer.encode_batch([f"Q: {question}\nA:", f" {answer}\n"])
        return prompt.ids, said.ids


def prepare(data: Path, out: Path, *, vocabulary: int, text_tokens: int, old_facts: int, trivia: int) -> None:
    """Train a byte-level BPE on the text, tokenise everything, and write it to `out`."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

    rng = random.Random(SEED)
    texts = list(_texts(data, "train"))
    rng.shuffle(texts)
    facts = list(_facts(data, "train"))
    rng.shuffle(facts)
    old, strange = facts[:old_facts], facts[old_facts : old_facts + 20_000]
    known = {fact.subject for fact in facts}
    new = [fact for fact in _facts(data, "dev") if fact.subject not in known]
    rng.shuffle(new)
    questions = [(row["question"] + "?", row["answer"][0]) for row in _rows(data / "nq_open" / "train50k.jsonl.gz")]
    questions = rng.sample([(q, a) for q, a in questions if len(a.split()) <= 5 and a.isprintable()], trivia)

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    sample = [text[i : i + 2000] for text in texts for i in range(0, min(len(text), 60_000), 2000)]
    asked_of = [f"Q: {q}\nA: {a}\n" for q, a in questions] + [f"{f.subject} {f.value}" for f in facts]
    tokenizer.train_from_iterator(
        sample + asked_of,
        trainers.BpeTrainer(vocab_size=vocabulary, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False),
    )
    out.mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(out / "tokenizer.json"))

    stream = _stream(tokenizer, texts, text_tokens)
    valid = _stream(tokenizer, list(_texts(data, "valid")), max(2048, text_tokens // 50))
    asks: list[tuple[str, str]] = []
    for fact in old:
        forms = [(form, frame) for form in range(len(FORMS[fact.relation])) for frame in range(len(FRAMES))]
        asks += [(asked(fact.relation, fact.subject, *one), fact.value) for one in [(0, 0), *rng.sample(forms, OLD_WORDINGS - 1)]]
    asks += questions * OLD_WORDINGS
    prompts = tokenizer.encode_batch([f"Q: {q}\nA:" for q, _ in asks])
    answers = tokenizer.encode_batch([f" {a}\n" for _, a in asks])
    rows = [p.ids + a.ids for p, a in zip(prompts, answers, strict=True) if len(p.ids) + len(a.ids) <= LONGEST_ROW]
    flat = np.array([t for row in rows for t in row], dtype=np.uint16)
    ends = np.cumsum([len(row) for row in rows])
    save_file({"text": stream, "valid": valid, "rows": flat, "ends": ends}, str(out / "tokens.safetensors"))
    kept = {"trivia": questions, **{name: [[f.subject, f.relation, f.value] for f in some]
                                    for name, some in (("old", old), ("new", new), ("strange", strange))}}  # fmt: skip
    (out / "facts.json").write_text(json.dumps(kept), encoding="utf-8")
    print(f"{len(stream):,} tokens of text, {len(rows):,} questions, {len(old):,} old facts, {len(new):,} new ones")


def load(folder: Path) -> Prepared:
    """What `prepare` wrote."""
    from tokenizers import Tokenizer

    arrays = load_file(str(folder / "tokens.safetensors"))
    kept = json.loads((folder / "facts.json").read_text("utf-8"))
    facts = {name: [Fact(*one) for one in kept[name]] for name in ("old", "new", "strange")}
    return Prepared(
        Tokenizer.from_file(str(folder / "tokenizer.json")), arrays["text"], arrays["valid"], arrays["rows"],
        arrays["ends"], [(q, a) for q, a in kept["trivia"]], **facts,
    )  # fmt: skip


def _stream(tokenizer: Any, texts: Sequence[str], most: int) -> NDArray[np.uint16]:
    parts: list[NDArray[np.uint16]] = []
    total = 0
    for text in texts:
        for encoded in tokenizer.encode_batch([text[i : i + 20_000] for i in range(0, len(text), 20_000)]):
            parts.append(np.array(encoded.ids, dtype=np.uint16))
            total += len(encoded.ids)
        if total >= most:
            break
    return np.concatenate(parts)[:most]


def _texts(data: Path, split: str) -> Iterator[str]:
    for path in sorted((data / "text").glob(f"*.{split}.jsonl.xz")):
        with lzma.open(path, "rt", encoding="utf-8") as lines:
            for line in lines:
                yield json.loads(line)["text"]


def _facts(data: Path, split: str) -> Iterator[Fact]:
    """One fact a subject, in relations that have forms of their own."""
    seen: set[str] = set()
    for row in _rows(data / "entity_questions" / f"{split}.jsonl.gz"):
        value = row["answers"][0]
        if row["relation"] in FORMS and row["subject"] not in seen and len(row["subject"]) <= 40 and len(value) <= 32:
            seen.add(row["subject"])
            yield Fact(row["subject"], row["relation"], value)


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)
