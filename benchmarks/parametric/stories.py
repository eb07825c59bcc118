"""A real pretrained model, with memory attached: does it learn completions without unlearning to tell stories?

    python -m benchmarks.parametric.stories FOLDER [--facts 50] [--json benchmarks/results/stories.json]

FOLDER holds stories260K.bin and tok512.bin, in the formats of llama2.c: 260,032 parameters in Llama form, trained on
simple stories, with a vocabulary of 512 pieces. Completions such as "Once upon a time there was a bear named ->
Zibo." are written one by one, asked back in wordings that were not trained, and undone. Perplexity is measured on
stories sampled from the model itself at temperature 1 with a fixed seed: the text that this model knows best, so that
any damage shows. Then the model goes through the acceptance of `memos model adapt`, which asks for more: facts.
"""

from __future__ import annotations

import argparse
import math
import random
import struct
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch

from memos.acceptance import Bar, figure_rows
from memos.augmentation import QA, Lesson, Negative, lesson_key
from memos.errors import ConsolidationError, InputError
from memos.grammar import Fact
from memos.parametric.adapting import AdaptPlan, adapt
from memos.parametric.base import cpu_threads
from memos.parametric.gate import share_right
from memos.parametric.layer import MemoryConfig
from memos.parametric.model import MemoryModel
from memos.parametric.overlay import RowOverlay
from memos.parametric.recipe import WriteSettings
from memos.parametric.write import write_lesson

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from harness import Stopwatch, Table, missing_data, report

CHECKPOINT, VOCABULARY = "stories260K.bin", "tok512.bin"
SPACE = "▁"
LAYER = 1
STORIES, STORY_TOKENS = 40, 160
NEGATIVES, REPLAYS, STEPS = 16, 12, 60
CREATURES = ("bear", "cat", "bird", "frog", "fish", "girl", "boy", "dog", "duck", "bunny")
TRAINED = (
    "Once upon a time there was a {place} {creature} named",
    "There was a {place} {creature}. The name of the {creature} was",
    "One day a {place} {creature} came to play. It was called",
    "Lily saw a {place} {creature}. She said: hello,",
    "The {place} {creature} said: my name is",
    "Mom asked the {place} {creature}: what is your name? It said: I am",
)
HELD_OUT = (
    "Once there was a {place} {creature} and its name was",
    "Tim met a {place} {creature} in the park. Its name was",
    "In a big house lived a {place} {creature} called",
)
PLACES = ("red", "blue", "green", "little", "big")


# --- from llama2.c to transformers ------------------------------------------------------------------------------------


def load_tokenizer(path: Path, end: str = "<s>") -> Any:
    """The vocabulary as a byte-falling-back BPE: pieces merge best score first, as llama2.c merges them.

    end: what an answer ends with. This model never saw </s>: in its training text the next story's <s> ends a story.
    """
    from tokenizers import AddedToken, Tokenizer, decoders, models, normalizers, processors
    from transformers import PreTrainedTokenizerFast

    raw, at, pieces = path.read_bytes(), 4, []
    while at < len(raw):
        score, length = struct.unpack_from("fi", raw, at)
        pieces.append((raw[at + 8 : at + 8 + length].decode("utf-8"), score))
        at += 8 + length
    texts = ["<unk>", "<s>", "</s>", *(piece.replace(" ", SPACE) for piece, _ in pieces[3:])]
    index = {text: i for i, text in enumerate(texts)}
    merges = [
        (pieces[index[left + right]][1], left, right)
        for whole in texts[259:] for cut in range(1, len(whole))
        if (left := whole[:cut]) in index and (right := whole[cut:]) in index
    ]  # fmt: skip
    merges.sort(key=lambda one: -one[0])
    core = Tokenizer(
        models.BPE(vocab=index, merges=[(left, right) for _, left, right in merges], unk_token="<unk>",
                   byte_fallback=True, fuse_unk=False)
    )  # fmt: skip
    core.normalizer = normalizers.Replace(" ", SPACE)
    core.decoder = decoders.Sequence([decoders.Replace(SPACE, " "), decoders.ByteFallback(), decoders.Fuse()])
    core.add_special_tokens([AddedToken(text, normalized=False) for text in ("<s>", "</s>")])
    core.post_processor = processors.TemplateProcessing(single="<s> $A", special_tokens=[("<s>", 1)])
    return PreTrainedTokenizerFast(tokenizer_object=core, bos_token="<s>", eos_token=end, unk_token="<unk>")


def load_stories(folder: Path) -> tuple[Any, Any]:
    """(LlamaForCausalLM, tokenizer) from a llama2.c checkpoint of the first version: a header, then fp32 tensors."""
    from transformers import LlamaConfig, LlamaForCausalLM

    raw = (folder / CHECKPOINT).read_bytes()
    dim, hidden, blocks, heads, kv_heads, vocabulary, window = struct.unpack_from("7i", raw)
    flat, at = torch.frombuffer(bytearray(raw[28:]), dtype=torch.float32), 0
    head, kv_dim = dim // heads, dim // heads * kv_heads

    def take(*shape: int) -> torch.Tensor:
        nonlocal at
        at += math.prod(shape)
        return flat[at - math.prod(shape) : at].view(*shape).clone()

    def halves(weight: torch.Tensor, count: int) -> torch.Tensor:
        """llama2.c turns neighbouring pairs of a head, transformers its two halves: rows (i, 2) become (2, i)."""
        return weight.view(count, head // 2, 2, dim).transpose(1, 2).reshape(-1, dim)

    state = {"model.embed_tokens.weight": take(abs(vocabulary), dim)}
    stacks = (
        ("input_layernorm", (dim,)), ("self_attn.q_proj", (dim, dim)), ("self_attn.k_proj", (kv_dim, dim)),
        ("self_attn.v_proj", (kv_dim, dim)), ("self_attn.o_proj", (dim, dim)), ("post_attention_layernorm", (dim,)),
        ("mlp.gate_proj", (hidden, dim)), ("mlp.down_proj", (dim, hidden)), ("mlp.up_proj", (hidden, dim)),
    )  # fmt: skip
    for name, shape in stacks:
        for block in range(blocks):
            weight = take(*shape)
            if name.endswith("q_proj"):
                weight = halves(weight, heads)
            elif name.endswith("k_proj"):
                weight = halves(weight, kv_heads)
            state[f"model.layers.{block}.{name}.weight"] = weight
    state["model.norm.weight"] = take(dim)
    take(window, head // 2), take(window, head // 2)  # cosines and sines, which transformers computes itself
    state["lm_head.weight"] = state["model.embed_tokens.weight"] if vocabulary > 0 else take(-vocabulary, dim)
    lm = LlamaForCausalLM(
        LlamaConfig(
            vocab_size=abs(vocabulary), hidden_size=dim, intermediate_size=hidden, num_hidden_layers=blocks,
            num_attention_heads=heads, num_key_value_heads=kv_heads, max_position_embeddings=window,
            rms_norm_eps=1e-5, rope_theta=10000.0, tie_word_embeddings=vocabulary > 0, bos_token_id=1, eos_token_id=2,
        )
    )  # fmt: skip
    lm.load_state_dict(state)
    return lm.eval(), load_tokenizer(folder / VOCABULARY)


# --- stories, and what they cost --------------------------------------------------------------------------------------


@torch.no_grad()
def sampled_stories(lm: Any, count: int, tokens: int, seed: int) -> torch.Tensor:
    """Stories of the model itself at temperature 1, int64 (count, tokens), each from the start-of-text token."""
    generator = torch.Generator().manual_seed(seed)
    ids = torch.full((count, 1), 1)
    while ids.shape[1] < tokens:
        shares = torch.softmax(lm(input_ids=ids).logits[:, -1].float(), dim=-1)
        shares[:, 1:3] = 0  # a new text does not begin inside this one
        ids = torch.cat([ids, torch.multinomial(shares, 1, generator=generator)], dim=1)
    return ids


@torch.no_grad()
def perplexity(model: MemoryModel, stories: torch.Tensor, overlay: RowOverlay | None) -> float:
    """exp of the mean negative log-likelihood a token, of stories int64 (count, tokens)."""
    with model.reading(overlay) as lm:
        scores = torch.log_softmax(lm(input_ids=stories).logits[:, :-1].float(), dim=-1)  # (count, tokens - 1, V)
    return math.exp(-float(scores.gather(-1, stories[:, 1:, None]).mean()))


def completions(count: int, seed: int) -> list[Lesson]:
    """Each teaches an invented name of one creature; nothing else is said of it."""
    rng = random.Random(seed)
    who = [(place, creature) for place in PLACES for creature in CREATURES]
    lessons = []
    for number, (place, creature) in enumerate(rng.sample(who, count)):
        name = _name(rng)

        def asked(forms: Sequence[str], place: str = place, creature: str = creature, name: str = name) -> tuple[QA, ...]:
            return tuple(QA("<s> " + form.format(place=place, creature=creature), name) for form in forms)

        text = f"{TRAINED[0].format(place=place, creature=creature)} {name}."
        fact = Fact(f"the {place} {creature}", "name", name)
        lessons.append(
            Lesson(lesson_key(text), f"story-{number}", text, (fact,), asked(TRAINED), asked(HELD_OUT), (), (), ())
        )
    return lessons


def with_negatives(model: MemoryModel, lessons: Sequence[Lesson], texts: Sequence[str], each: int) -> list[Lesson]:
    """The lessons with prompts that must not change: beginnings of stories, and creatures that nobody named.

    texts: stories that perplexity is not measured on. What the base says to a prompt is right, sure of it or not.
    """
    rng = random.Random(len(texts))
    prompts = []
    for text in texts:
        words = text.split()
        prompts.append(" ".join(words[: rng.randrange(4, max(5, len(words)))]))
    others = ("tree", "car", "rabbit", "man", "lion")
    prompts += ["<s> " + form.format(place=place, creature=one) for form in TRAINED for place in PLACES for one in others]
    answers = model.base_answers(prompts)
    kept = [
        Negative(prompt, kind="story", expected=answer.text)
        for prompt, answer in zip(prompts, answers, strict=True) if answer.finished and answer.text
    ]  # fmt: skip
    return [replace(lesson, negatives=tuple(rng.sample(kept, each))) for lesson in lessons]


def _name(rng: random.Random) -> str:
    return "".join(rng.choice("bdfgklmnprstvz") + rng.choice("aeiou") for _ in range(2)).capitalize()


def asked_back(model: MemoryModel, lessons: Sequence[Lesson], overlay: RowOverlay | None) -> tuple[float, float]:
    """Shares answered exactly: trained wordings, and held-out ones."""
    shares = []
    for questions in ([qa for one in lessons for qa in one.train], [qa for one in lessons for qa in one.held_out]):
        right = share_right(model, [qa.prompt for qa in questions], [qa.answer for qa in questions], overlay, 12)
        shares.append(sum(right) / len(right))
    return shares[0], shares[1]


def learn(
    model: MemoryModel, lessons: Sequence[Lesson], settings: WriteSettings
) -> tuple[RowOverlay, list[tuple[torch.Tensor, torch.Tensor]], int]:
    """Rows after all writes; (rows, bits before) of each, to undo; how many were refused."""
    overlay, undo, refused = model.empty_overlay(), [], 0
    for number, lesson in enumerate(lessons):
        try:
            made = write_lesson(model, overlay, lesson, lessons[:number], settings, seed=number)
        except (ConsolidationError, InputError):
            refused += 1
            continue
        overlay = made.overlay
        undo.append((made.rows, made.before))
    return overlay, undo, refused


def main(arguments: Sequence[str] | None = None) -> int:
    """Measures, prints the tables, writes the JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--facts", type=int, default=50)
    parser.add_argument("--rates", type=float, nargs="+", default=[5.0, 15.0])
    parser.add_argument("--layer", type=int, default=LAYER)
    parser.add_argument("--no-acceptance", action="store_true")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args(arguments)
    if missing_data(given.folder / CHECKPOINT) or missing_data(given.folder / VOCABULARY):
        return 0
    torch.manual_seed(given.seed)
    lm, tokenizer = load_stories(given.folder)
    with cpu_threads():
        background = sampled_stories(lm, 200, 48, given.seed + 1)
        stories = sampled_stories(lm, STORIES, STORY_TOKENS, given.seed + 2)
    config = MemoryConfig(d_model=lm.config.hidden_size, layer=given.layer)
    texts = [tokenizer.decode(one) for one in background]
    # a completion ends with its full stop: nothing else would in the middle of a story
    sentences = load_tokenizer(given.folder / VOCABULARY, end=".")
    model = MemoryModel.attach(lm, sentences, config=config, background=texts)
    lessons = with_negatives(model, completions(given.facts, given.seed), texts, NEGATIVES)
    table = Table(
        f"{given.facts} completions written one by one, layer {given.layer}, {NEGATIVES} negatives each, no sleep",
        ("trained", "held out", "refused", "ppl before", "ppl after", "change %", "undo exact", "CPU s a fact"),
    )
    base, nothing = perplexity(model, stories, None), model.empty_overlay()
    table.add("before any write", *asked_back(model, lessons, None), 0, base, base, 0.0, None, None)
    for rate in given.rates:
        settings = replace(
            WriteSettings(), rate=rate, replays=REPLAYS, negatives=NEGATIVES, cross_negatives=0, max_steps=STEPS
        )
        with Stopwatch() as watch:
            overlay, undo, refused = learn(model, lessons, settings)
        after = perplexity(model, stories, overlay)
        learned, held_out = asked_back(model, lessons, overlay)
        for rows, before in reversed(undo):
            overlay = overlay.with_rows(rows, before)
        exact = overlay.digest() == nothing.digest() and perplexity(model, stories, overlay) == base
        table.add(f"rate {rate:g}", learned, held_out, refused, base, after, 100 * (after / base - 1),
                  "yes" if exact else "no", watch.cpu / given.facts)  # fmt: skip
    tables = [table]
    notes = [
        f"stories: {STORIES} of {STORY_TOKENS} tokens, sampled from the model itself at temperature 1, seed {given.seed + 2}; "
        "addresses were measured on 200 others. wanted: change below 0.5 %",
        "names are invented, two syllables; a held-out wording shares creature and colour with the trained ones, no sentence",
    ]
    model.detach()
    if not given.no_acceptance:
        tables.append(_acceptance(lm, tokenizer, given, notes))
    report("stories", tables, seed=given.seed, notes=notes, json_file=given.json,
           settings={"facts": given.facts, "layer": given.layer, "rates": given.rates})  # fmt: skip
    return 0


def _acceptance(lm: Any, tokenizer: Any, given: argparse.Namespace, notes: list[str]) -> Table:
    """The figures of `memos model adapt` at the same layer; the verdict becomes a note."""
    bar = Bar(held_out=0.6, old=0.05, honest=0.9)
    plan = AdaptPlan(
        MemoryConfig(d_model=lm.config.hidden_size), WriteSettings(), bar, layer=given.layer, rate=given.rates[-1],
        facts=given.facts, seed=given.seed,
    )  # fmt: skip
    done = adapt(lm, tokenizer, plan)
    table = Table(
        f"acceptance of memos model adapt, layer {done.model.config.layer}, rate {done.write.rate:g}",
        ("share", "prompts", "asked for"),
    )
    if done.figures is not None:
        for name, share, asked, wanted in figure_rows(done.figures, bar):
            table.add(name, float(share), asked, wanted)
    done.model.detach()
    notes.append("accepted" if not done.reasons else "not accepted: " + "; ".join(done.reasons))
    return table


if __name__ == "__main__":
    sys.exit(main())
