"""What generated facts come to in a model: written, slept over, asked in held-out wordings, and what else moved.

Knows lessons and answers. Does not know what is good enough, or files. The model stays as it is: rows are an overlay
that is thrown away.

No phrase of any model is known here. What a model says to a prompt before anything is written is what it should say
afterwards, "I do not know yet." or anything else; and no question may get a value that was taught about something else.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from memos import grammar
from memos.acceptance import Figures
from memos.augmentation import Lesson, LessonShape, Negative, TemplateAugmenter, content_seed, normalised
from memos.errors import ConsolidationError, InputError
from memos.grammar import Fact, answer_text
from memos.grammar.values import sample_person
from memos.knowledge import Knowledge
from memos.learning import Learner, report
from memos.parametric.base import cpu_threads
from memos.parametric.decode import Generation
from memos.parametric.gate import share_right
from memos.parametric.model import MemoryModel, Reading
from memos.parametric.overlay import RowOverlay
from memos.parametric.pairs import SURE, require_learnable, taught_of
from memos.parametric.recipe import WriteSettings
from memos.parametric.trainer import ParametricTrainer
from memos.protocols import Progress

ANSWER_TOKENS = 24
BEGINNING = 8
"""Tokens compared of an answer that has not ended after ANSWER_TOKENS: a chat model goes on for paragraphs."""
LEAST_SURE = 20
"""Fewer prompts than this, of whose answer the base is sure, say nothing about the rest."""
FACTS_A_PERSON = 3
_RUN, _NAMESPACE = 0, "probe"


@dataclass(frozen=True)
class Said:
    """A base answer to compare with. `ids` are its tokens, or the first BEGINNING where it does not end."""

    negative: Negative
    text: str
    ids: tuple[int, ...]
    finished: bool
    sure: bool


@dataclass(frozen=True)
class ProbeSize:
    """How much is asked: facts written; old prompts in all; untaught prompts a fact."""

    facts: int = 50
    old: int = 80
    untaught: int = 6
    sleep: bool = True


def person_lessons(model: MemoryModel, count: int, seed: int) -> list[Lesson]:
    """Lessons about people who do not exist, at most FACTS_A_PERSON each, every second value spelled at random."""
    rng = random.Random(content_seed("acceptance", str(seed)))
    augmenter = TemplateAugmenter(model.chat_prompt, LessonShape())
    lessons: list[Lesson] = []
    while len(lessons) < count:
        person = sample_person(rng, rng.random() < 0.5)
        for relation in rng.sample(grammar.relations_of(person), FACTS_A_PERSON)[: count - len(lessons)]:
            fact: Fact = grammar.sample_fact(rng, person, relation, novel=len(lessons) % 2 == 0)
            lessons.append(
                augmenter.teach(f"probe-{len(lessons)}", rng.choice(grammar.statements(fact)), fact)
            )
    return lessons


def require_window(model: MemoryModel, lessons: Sequence[Lesson]) -> None:
    """Raises InputError when the model's window cannot hold the questions that a write learns from."""
    chat = model.chat
    longest = max(
        len(model.tokenizer(qa.prompt, add_special_tokens=False)["input_ids"]) + len(chat.target_ids(qa.answer))
        for lesson in lessons for qa in (*lesson.train, *lesson.held_out)
    )  # fmt: skip
    if longest > chat.window:
        raise InputError(
            f"the model's window of {chat.window} tokens is too small: generated questions need up to {longest}",
            hint="use a model with a larger window",
            code="input.window",
        )


def probe(
    model: MemoryModel, lessons: Sequence[Lesson], settings: WriteSettings, size: ProbeSize, seed: int,
    progress: Progress | None = None,
) -> tuple[Figures | None, str]:  # fmt: skip
    """Write `lessons` one by one, sleep, and measure; None, and why, where nothing could be written.

    Deterministic in model, lessons, settings and seed.
    """
    with cpu_threads():
        after, written, failed = _learned(model, lessons, settings, size, seed, progress)
        if not written:
            return None, next(iter(failed), "no fact was given")
        report(progress, len(lessons), len(lessons), "measuring on wordings that were not trained")
        return _measured(model, lessons, after, len(failed), size, seed), next(iter(failed), "")


def _learned(
    model: MemoryModel, lessons: Sequence[Lesson], settings: WriteSettings, size: ProbeSize, seed: int,
    progress: Progress | None,
) -> tuple[RowOverlay, int, list[str]]:  # fmt: skip
    trainer = ParametricTrainer(model, settings)
    learner, recipe = Learner(trainer, seed), trainer.recipe()
    state, failed = Knowledge(trainer.empty()), []
    for done, lesson in enumerate(lessons):
        report(progress, done, len(lessons), f"writing {lesson.text}")
        try:
            require_learnable(model, lesson, settings)
            _, state = learner.write(_RUN, _NAMESPACE, state, lesson, recipe)
        except (ConsolidationError, InputError) as error:
            failed.append(error.message)
    if state.writes and size.sleep:
        report(progress, len(lessons), len(lessons), "sleep: refining all rows together")
        try:
            _, state = learner.sleep(_RUN, _NAMESPACE, state, recipe, _sleeping(progress))
        except ConsolidationError as error:
            failed.append(error.message)
    assert isinstance(state.overlay, RowOverlay)
    return state.overlay, len(state.writes), failed


def _sleeping(progress: Progress | None) -> Progress | None:
    """Stages of a sleep are not facts: shown by name only, so that the bar does not jump."""
    return None if progress is None else lambda done, total, what: progress(0, 0, f"{what} {done + 1}/{total}")


def _measured(
    model: MemoryModel, lessons: Sequence[Lesson], after: RowOverlay, failed: int, size: ProbeSize, seed: int
) -> Figures:
    """A fact that could not be written counts as not learned: its wordings are asked like the others'."""
    rng = random.Random(seed)
    taught = taught_of(lessons)
    values = {normalised(qa.answer) for lesson in lessons for qa in lesson.train[:1]} - {""}
    trained = [qa for lesson in lessons for qa in lesson.train[:4]]
    held = [qa for lesson in lessons for qa in lesson.held_out]
    old = base_answers(model, old_prompts(model, taught, size.old, rng))
    untaught = base_answers(model, [
        negative for lesson in lessons
        for negative in rng.sample([n for n in lesson.fresh_negatives if n.kind != "reading" and not n.taught(taught)], size.untaught)
    ])  # fmt: skip
    said_old, said_untaught = answers_now(model, old, after), answers_now(model, untaught, after)
    kept, kept_asked, kept_sure = _share_kept(old, said_old)
    honest, honest_asked, honest_sure = _share_kept(untaught, said_untaught)
    leaked = [_leaks(one, now, values) for one, now in zip(untaught, said_untaught, strict=True)]
    return Figures(
        facts=len(lessons), failed=failed,
        learned=_share(share_right(model, [qa.prompt for qa in trained], [qa.answer for qa in trained], after)),
        held_out=_share(share_right(model, [qa.prompt for qa in held], [qa.answer for qa in held], after)),
        kept=kept, kept_asked=kept_asked, kept_sure=kept_sure, honest=honest, honest_asked=honest_asked,
        honest_sure=honest_sure, leaked=_share(leaked), leaked_asked=len(leaked),
    )  # fmt: skip


def old_prompts(
    model: MemoryModel, taught: frozenset[tuple[str, str]], count: int, rng: random.Random
) -> list[Negative]:
    """Half questions about the people the shipped model knows, half any generated statement or question.

    Another model knows none of them; what it says to them is its behaviour all the same.
    """
    known = [fact for fact in grammar.OLD_FACTS if (fact.subject, fact.relation) not in taught]
    prompts = []
    for fact in rng.sample(known, min(len(known), count // 2)):
        question = rng.choice(grammar.questions(fact.subject, fact.relation))
        prompts.append(Negative(model.chat_prompt(question), fact.subject, fact.relation, "old", answer_text(fact)))
    while len(prompts) < count:
        fact = grammar.sample_fact(rng, novel=rng.random() < 0.5)
        if (fact.subject, fact.relation) not in taught:
            text = rng.choice(grammar.statements(fact))
            prompts.append(Negative(model.chat_prompt(text), fact.subject, fact.relation))
    return prompts


def base_answers(model: MemoryModel, negatives: Sequence[Negative]) -> list[Said]:
    """What the base says to each prompt, once a prompt; prompts that do not fit the window are left out."""
    room = model.chat.window - ANSWER_TOKENS
    unique = list({n.prompt: n for n in negatives if len(model.tokenizer(n.prompt)["input_ids"]) < room}.values())
    said = list(_said(model, [n.prompt for n in unique], None))
    return [
        Said(
            negative, one.text, one.token_ids, one.finished,
            bool(one.text) and (one.min_logprob > SURE or one.text == negative.expected),
        )
        for negative, one in zip(unique, said, strict=True)
    ]  # fmt: skip


def answers_now(model: MemoryModel, before: Sequence[Said], reading: Reading) -> list[Generation]:
    """The answers to the same prompts with `reading`, cut where those before were cut."""
    return list(_said(model, [one.negative.prompt for one in before], reading))


def _said(model: MemoryModel, prompts: Sequence[str], reading: Reading) -> Iterator[Generation]:
    """Greedy answers; of one that does not end, the first BEGINNING tokens."""
    whole = model.generate(prompts, namespace=reading, max_new_tokens=ANSWER_TOKENS)
    open_ones = [prompt for prompt, one in zip(prompts, whole, strict=True) if not one.finished]
    beginnings = iter(model.generate(open_ones, namespace=reading, max_new_tokens=BEGINNING))
    return (one if one.finished else next(beginnings) for one in whole)


def _share_kept(before: Sequence[Said], now: Sequence[Generation]) -> tuple[float, int, bool]:
    """Share answered with the same tokens, of how many, and whether only prompts the base is sure of were counted."""
    same = [(one.sure, (one.ids, one.finished) == (new.token_ids, new.finished))
            for one, new in zip(before, now, strict=True)]  # fmt: skip
    sure = [kept for is_sure, kept in same if is_sure]
    if len(sure) >= LEAST_SURE:
        return _share(sure), len(sure), True
    return _share([kept for _, kept in same]), len(same), False


def _leaks(before: Said, now: Generation, values: set[str]) -> bool:
    """Whether the answer holds a taught value that the base's answer does not."""
    said, was = f" {normalised(now.text)} ", f" {normalised(before.text)} "
    return any(f" {value} " in said and f" {value} " not in was for value in values)


def _share(answers: Sequence[bool]) -> float:
    """0 where nothing was asked: an empty examination is not passed."""
    return round(sum(answers) / len(answers), 4) if answers else 0.0
