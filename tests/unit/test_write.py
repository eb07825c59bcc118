"""Writes on tiny random models: what changes, what cannot, and that it is the same every time."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from dataclasses import replace

import pytest
import torch

from memos.augmentation import QA, Lesson, Negative, lesson_key
from memos.errors import ConsolidationError, InputError
from memos.grammar import Fact
from memos.parametric.attribution import attribute
from memos.parametric.batch import Batch
from memos.parametric.chat import ChatFormat
from memos.parametric.gate import share_right
from memos.parametric.model import MemoryModel
from memos.parametric.overlay import RowOverlay
from memos.parametric.selectors import SELECTORS
from memos.parametric.testing import TINY_MEMORY, tiny_model
from memos.parametric.trust_region import TrustRegion
from memos.parametric.write import RowWrite, WriteSettings, lesson_pairs, row_users, write_lesson

SETTINGS = WriteSettings(rate=60.0, max_steps=40, rows=48, stop_loss=0.6)
ASKED = {
    "Rex": ("what is my dog called?", "my dog's name?"),
    "Ada": ("who is the boss here?", "the boss is who?"),
    "Rome": ("in which town do you live?", "where is your home?"),
}


def lesson_of(model: MemoryModel, value: str) -> Lesson:
    return Lesson(
        key=lesson_key(value),
        record_id=value,
        text=value,
        facts=(Fact("user", value, value),),
        train=tuple(QA(model.chat_prompt(q), f"{value}.") for q in ASKED[value]),
        held_out=(),
        fresh=(),
        negatives=(Negative(model.chat_prompt("who am i?")), Negative(model.chat_prompt("is it late?"))),
        fresh_negatives=(),
    )


def written(model: MemoryModel, value: str, overlay: RowOverlay | None = None) -> RowWrite:
    return write_lesson(model, overlay or model.overlay("new"), lesson_of(model, value), [], SETTINGS, seed=3)


@pytest.fixture(scope="module")
def model() -> MemoryModel:
    return tiny_model()


def test_a_write_teaches_its_questions_and_moves_only_its_rows(model: MemoryModel) -> None:
    start = RowOverlay.empty(32).with_rows(torch.arange(256), torch.full((256, 32), 1e-3))
    done = written(model, "Rex", start)
    lesson = lesson_of(model, "Rex")
    assert done.learned and done.losses[-1] < done.losses[0]
    assert all(share_right(model, [q.prompt for q in lesson.train], ["Rex."] * 2, done.overlay))
    others = torch.ones(256, dtype=torch.bool)
    others[done.rows] = False
    assert torch.equal(done.overlay.gather(torch.arange(256))[others], start.gather(torch.arange(256))[others])
    assert torch.equal(done.overlay.gather(done.rows), done.after)
    assert len(model.overlay("new")) == 0


def test_base_weights_never_change(model: MemoryModel) -> None:
    before = {name: tensor.clone() for name, tensor in model.lm.state_dict().items()}
    written(model, "Ada")
    assert all(torch.equal(tensor, before[name]) for name, tensor in model.lm.state_dict().items())


def test_as_many_undos_as_writes_lead_to_the_first_digest(model: MemoryModel) -> None:
    overlay, done = model.overlay("new"), []
    for value in ASKED:
        done.append(written(model, value, overlay))
        overlay = done[-1].overlay
    for change in reversed(done):
        overlay = overlay.restored(change.rows, change.before)
    assert overlay.digest() == model.overlay("new").digest()


def test_the_gradient_of_a_step_is_the_dense_gradient(model: MemoryModel) -> None:
    """Through the cached prefix and compact rows, against autograd through the whole model and the whole table."""
    examples = [model.example(model.chat_prompt(q), "Rex.") for q in ASKED["Rex"]]
    start = RowOverlay.empty(32).with_rows(torch.arange(0, 256, 3), torch.randn(86, 32) * 0.1)
    batch = Batch(model, examples)
    rows = batch.reads_of([0, 1]).unique()
    batch.write_into(rows, start)
    values = start.gather(rows).requires_grad_(True)
    batch.example_losses(batch.target_logits(values)).sum().backward()

    table = start.gather(torch.arange(256)).requires_grad_(True)

    def read(z: torch.Tensor) -> torch.Tensor:
        address = model.memory.address(z.reshape(-1, 32))
        return (address.weights.unsqueeze(-1) * table[address.slots]).sum(1).view_as(z)

    with model.attachment.reading(read):
        logits = model.lm(input_ids=batch.input_ids, attention_mask=batch.mask).logits
    batch.example_losses(logits.reshape(-1, 260)[batch.target_at]).sum().backward()
    assert table.grad is not None and values.grad is not None
    assert torch.allclose(values.grad, table.grad[rows], atol=1e-5)


def test_the_same_write_gives_the_same_bits_in_another_process(model: MemoryModel) -> None:
    here = written(model, "Rex")
    assert torch.equal(written(model, "Rex").after, here.after)
    code = (
        "import sys; sys.path.insert(0, 'tests/unit'); import test_write as t;"
        "print(t.written(t.tiny_model(), 'Rex').overlay.digest())"
    )
    there = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert there.stdout.strip() == here.overlay.digest()


def test_what_was_generated_before_leaves_no_trace_in_a_write(model: MemoryModel) -> None:
    fresh = tiny_model()
    fresh.set_overlay("busy", written(fresh, "Ada").overlay)
    fresh.generate([fresh.chat_prompt("what now?")], namespace="busy", max_new_tokens=3)
    assert written(fresh, "Rex").overlay.digest() == written(model, "Rex").overlay.digest()


def test_another_seed_or_order_of_live_lessons_is_part_of_the_result(model: MemoryModel) -> None:
    settings = replace(SETTINGS, replays=1, max_steps=3)
    live = [lesson_of(model, "Ada"), lesson_of(model, "Rome")]
    digests = {
        write_lesson(model, model.overlay("new"), lesson_of(model, "Rex"), order, settings, seed).overlay.digest()
        for order, seed in ((live, 0), (live, 0), (live, 1), (live, 2), (live, 3))
    }
    assert len(digests) > 1


def test_a_certified_prompt_is_the_same_bits_before_and_after(model: MemoryModel) -> None:
    done = written(model, "Rex")
    prompts = [model.chat_prompt(q) for q in ("Zq?", "0 1 2 3", "&&&", *ASKED["Rex"])]
    base = model.generate(prompts, namespace=None, max_new_tokens=4)
    after = model.generate(prompts, namespace=done.overlay, max_new_tokens=4)
    verdicts = []
    for k, prompt in enumerate(prompts):
        reads = model.slots_read(prompt).slots
        for rows in (done.rows, done.rows[~torch.isin(done.rows, reads)]):
            verdict = model.certificate(prompt, rows)
            verdicts.append(verdict)
            kept = RowOverlay.empty(32).with_rows(rows, done.overlay.gather(rows))
            before_bits = model.generate([prompt], namespace=None, max_new_tokens=1)
            if verdict:
                assert model.generate([prompt], namespace=kept, max_new_tokens=1) == before_bits
        if base[k] != after[k]:
            assert not model.certificate(prompt, done.rows, base[k].text)
    assert True in verdicts and False in verdicts


def test_a_diverging_loss_is_refused_and_nothing_has_changed(model: MemoryModel) -> None:
    before = model.overlay("new").digest()
    with pytest.raises(ConsolidationError, match="diverged"):
        write_lesson(
            model, model.overlay("new"), lesson_of(model, "Rex"), [], replace(SETTINGS, rate=float("inf")), 0
        )
    assert model.overlay("new").digest() == before


def test_a_rate_that_explodes_is_halved_until_it_does_not(
    model: MemoryModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    from memos.parametric import write

    sound, calls = write._sound, []

    def first_attempt_explodes(loss: float, first: float) -> bool:
        calls.append(loss)
        return len(calls) != 2 and sound(loss, first)

    monkeypatch.setattr(write, "_sound", first_attempt_explodes)
    done = written(model, "Rex")
    assert done.report["attempts"] == 2


def test_a_refusal_names_the_rates_and_losses(model: MemoryModel, monkeypatch: pytest.MonkeyPatch) -> None:
    from memos.parametric import write

    monkeypatch.setattr(write, "_sound", lambda loss, first: False)
    settings = replace(SETTINGS, rate=8.0, halvings=2)
    with pytest.raises(ConsolidationError) as refused:
        write_lesson(model, model.overlay("new"), lesson_of(model, "Rex"), [], settings, 0)
    rate = 8.0 * model.residual_rms**2
    assert f"{rate:.3g}" in refused.value.message and f"{rate / 4:.3g}" in refused.value.message
    assert refused.value.code == "consolidation.diverged" and "in 1 steps" in refused.value.message


def refused_lesson(model: MemoryModel, lesson: Lesson) -> InputError:
    before = model.overlay("new").digest()
    with pytest.raises(InputError) as refused:
        write_lesson(model, model.overlay("new"), lesson, [], SETTINGS, 0)
    assert model.overlay("new").digest() == before
    return refused.value


def test_a_lesson_without_questions_or_too_long_is_refused(model: MemoryModel) -> None:
    lesson = lesson_of(model, "Rex")
    assert refused_lesson(model, replace(lesson, train=())).code == "input.empty_lesson"
    long = refused_lesson(model, replace(lesson, train=(QA("x" * 300, "Rex."),)))
    assert long.code == "input.too_long" and "window is 256" in long.message and "Rex" in long.hint


def test_a_negative_too_long_for_the_window_is_left_out(model: MemoryModel) -> None:
    lesson = replace(lesson_of(model, "Rex"), negatives=(Negative("x" * 250), *lesson_of(model, "Rex").negatives))
    assert write_lesson(model, model.overlay("new"), lesson, [], SETTINGS, 0).rows.numel()
    assert all(len(pair.prompt) < 250 for pair in lesson_pairs(model, lesson, [], SETTINGS, 0))


def test_an_answer_that_the_tokenizer_can_not_spell_or_splits_otherwise_is_refused() -> None:
    from tokenizers import Tokenizer, decoders, models, normalizers
    from transformers import PreTrainedTokenizerFast

    lowers = tiny_model()
    core = lowers.tokenizer.backend_tokenizer
    core.normalizer = normalizers.Lowercase()
    spelled = refused_lesson(lowers, lesson_of(lowers, "Rex"))
    assert spelled.code == "input.unspellable" and "'rex.'" in spelled.message

    alphabet = {chr(i): i for i in range(32, 127)}
    joined = Tokenizer(models.BPE(vocab={**alphabet, ": ": 200, ": R": 201}, merges=[(":", " "), (": ", "R")]))
    joined.decoder = decoders.Fuse()
    plain = tiny_model()
    plain.chat = ChatFormat(PreTrainedTokenizerFast(tokenizer_object=joined, eos_token="~"), 256)
    split = refused_lesson(plain, lesson_of(plain, "Rex"))
    assert split.code == "input.split_differently" and "Rex." in split.message
    assert plain.chat.splits_alike(plain.chat_prompt("who?"), "Ada.") is False
    assert tiny_model().chat.splits_alike(tiny_model().chat_prompt("who?"), "Rex.")


@pytest.mark.parametrize("selector", SELECTORS)
def test_every_selector_teaches_and_moves_rows_that_are_read(model: MemoryModel, selector: str) -> None:
    settings = replace(SETTINGS, selector=selector, max_steps=60)
    done = write_lesson(model, model.overlay("new"), lesson_of(model, "Rex"), [], settings, 1)
    read = torch.cat([model.slots_read(q.prompt, q.answer).slots.flatten() for q in lesson_of(model, "Rex").train])
    assert bool(torch.isin(done.rows, read).all())
    assert done.losses[-1] < done.losses[0] / 2


def test_fewer_rows_are_taken_for_less_of_the_score(model: MemoryModel) -> None:
    sizes = [
        len(write_lesson(
            model, model.overlay("new"), lesson_of(model, "Rex"), [],
            replace(SETTINGS, rows=256, coverage=coverage, max_steps=1), 0,
        ).rows)
        for coverage in (0.3, 0.8, 1.0)
    ]  # fmt: skip
    assert sizes[0] < sizes[1] < sizes[2]


def test_prompts_that_read_no_row_that_is_written_are_no_failure(model: MemoryModel) -> None:
    far = replace(lesson_of(model, "Ada"), train=(QA("%" * 150, "~~."),))
    few = replace(SETTINGS, rows=1, max_steps=3, negatives=0, cross_negatives=0)
    done = write_lesson(model, model.overlay("new"), lesson_of(model, "Rex"), [far], few, 0)
    assert model.certificate(far.train[0].prompt, done.rows, "~~.")  # a batch of its own, and it reads none of them
    assert done.report["pairs"] == 3 and done.steps == 3 and not done.learned


def test_adam_teaches_too_and_writes_other_bits(model: MemoryModel) -> None:
    settings = replace(SETTINGS, writer="adam", adam_rate=0.3)
    done = write_lesson(model, model.overlay("new"), lesson_of(model, "Rex"), [], settings, 3)
    assert done.learned and done.overlay.digest() != written(model, "Rex").overlay.digest()


def test_rows_of_other_live_lessons_are_counted_and_those_of_replaced_ones_are_not(model: MemoryModel) -> None:
    first = written(model, "Ada")
    both = written(model, "Rome", first.overlay)
    users = row_users(model, both.overlay, [lesson_of(model, "Ada"), lesson_of(model, "Rome")], SETTINGS)
    assert bool((users[both.rows] >= 1).all()) and bool((users[first.rows] >= 1).all())
    unlearned = torch.ones(256, dtype=torch.bool)
    unlearned[both.overlay.rows] = False
    assert not bool(users[unlearned].any())
    alone = row_users(model, both.overlay, [lesson_of(model, "Ada")], SETTINGS)
    assert int(alone.sum()) < int(users.sum())
    settings = replace(SETTINGS, selector="protect", rows=24, max_steps=1)
    live = [lesson_of(model, "Ada"), lesson_of(model, "Rome")]
    overlap = {
        name: int((users[write_lesson(
            model, both.overlay, lesson_of(model, "Rex"), live, replace(settings, selector=name), 0
        ).rows] > 0).sum())
        for name in ("tfidf", "protect")
    }  # fmt: skip
    assert overlap["protect"] <= overlap["tfidf"]


def test_a_write_stays_within_its_trust_region_or_stops(model: MemoryModel) -> None:
    free = write_lesson(model, model.overlay("new"), lesson_of(model, "Rex"), [], replace(SETTINGS, kl_budget=1e9), 3)
    assert torch.equal(free.after, written(model, "Rex").after)  # a budget that does not bind changes no bit
    moved = float(str(free.report["kl"]))
    assert moved > 0
    held = replace(SETTINGS, kl_budget=moved / 20)
    tight = write_lesson(model, model.overlay("new"), lesson_of(model, "Rex"), [], held, 3)
    region = TrustRegion(model, model.overlay("new"), tight.rows, held.kl_prompts, {"user"}, 3)
    assert region.divergence(tight.after) <= held.kl_budget
    assert region.divergence(tight.before) == 0.0
    assert float(str(tight.report["rate"])) < float(str(free.report["rate"]))


def test_the_report_says_how_alike_the_wordings_are(model: MemoryModel) -> None:
    lesson = lesson_of(model, "Rex")
    alike = replace(lesson, train=(lesson.train[0], QA(lesson.train[0].prompt.replace("?", "!"), "Rex.")))
    one_step = replace(SETTINGS, max_steps=1)
    reports = [write_lesson(model, model.overlay("new"), x, [], one_step, 0).report for x in (lesson, alike)]
    assert reports[1]["self_bleu"] == 1.0 > float(str(reports[0]["self_bleu"]))


def test_what_a_live_lesson_teaches_is_never_a_negative(model: MemoryModel) -> None:
    lesson = replace(
        lesson_of(model, "Rex"), negatives=(Negative("taught?", "user", "Ada"), Negative("open?", "user", "car"))
    )
    live = [lesson_of(model, "Ada")]
    pairs = lesson_pairs(model, lesson, live, replace(SETTINGS, replays=0), 0)
    assert {pair.prompt for pair in pairs if not pair.positive} <= {"open?"}
    replayed = [pair for pair in lesson_pairs(model, lesson, live, SETTINGS, 0) if pair.answer == "Ada."]
    assert {pair.prompt for pair in replayed} == {qa.prompt for qa in live[0].train}


def test_an_answer_is_attributed_to_its_write(model: MemoryModel) -> None:
    overlay, owners = model.overlay("new"), {}
    for value in ASKED:
        done = written(model, value, overlay)
        overlay, owners[value] = done.overlay, done.rows
    right = 0
    for value in ASKED:
        for qa in lesson_of(model, value).train:
            ranked = attribute(model, qa.prompt, qa.answer, owners, namespace=overlay)
            assert abs(sum(share for _, share in ranked) - 1.0) < 1e-6 or all(s == 0 for _, s in ranked)
            right += ranked[0][0] == value
    assert right >= 4
    assert attribute(model, "x", "y.", owners, namespace=None) == [(name, 0.0) for name in owners]


def test_two_namespaces_in_a_batch_answer_as_each_alone(model: MemoryModel) -> None:
    model.set_overlay("a", written(model, "Rex").overlay)
    model.set_overlay("b", written(model, "Ada").overlay)
    prompts = [model.chat_prompt(q) for q in (*ASKED["Rex"], *ASKED["Ada"], "and a longer question, is it not?")]
    names = ["a", "b", "a", "b", "a"]
    together = model.generate(prompts, namespace=names, max_new_tokens=6)
    alone = [model.generate([p], namespace=n, max_new_tokens=6)[0] for p, n in zip(prompts, names, strict=True)]
    assert together == alone
    assert hashlib.sha256(repr(together).encode()).hexdigest() == hashlib.sha256(repr(alone).encode()).hexdigest()


def test_joining_batches_gives_what_building_them_would(model: MemoryModel) -> None:
    questions = [q for pair in ASKED.values() for q in pair]
    examples = [model.example(model.chat_prompt(q), "Rex.") for q in questions]
    overlay = RowOverlay.empty(32).with_rows(torch.arange(0, 256, 2), torch.randn(128, 32))
    parts = [(Batch(model, examples[:3]), [2, 0]), (Batch(model, examples[3:]), [1])]
    joined, direct = Batch.joined(parts), Batch(model, [examples[2], examples[0], examples[4]])
    assert torch.equal(joined.input_ids, direct.input_ids) and torch.equal(joined.target_at, direct.target_at)
    assert torch.equal(joined.address.slots[joined.real], direct.address.slots[direct.real])
    with torch.no_grad():
        assert torch.allclose(
            joined.target_logits(overlay=overlay), direct.target_logits(overlay=overlay), atol=1e-5
        )


@pytest.mark.parametrize("shape", [{"layers": (0, 2)}, {"layers": (0, 2), "share_values": False}, {"slot": "neuron"}])
def test_several_layers_and_neurons_are_written_and_measured_alike(shape: dict[str, object]) -> None:
    other = tiny_model(config=replace(TINY_MEMORY, **shape))  # type: ignore[arg-type]
    settings = replace(SETTINGS, selector="protect", kl_budget=10.0, coverage=0.9)
    first = write_lesson(other, other.empty_overlay(), lesson_of(other, "Ada"), [], settings, 3)
    second = write_lesson(other, first.overlay, lesson_of(other, "Rex"), [lesson_of(other, "Ada")], settings, 3)
    assert second.losses[-1] < second.losses[0] and float(str(second.report["kl"])) <= 10.0
    assert first.overlay.restored(first.rows, first.before) == other.empty_overlay()
