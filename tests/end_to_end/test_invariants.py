"""The ten invariants of docs/architecture.md, each held by at least one test that fails when it is broken.

Invariant 2, one transaction per state change, has a file of its own: test_crash.py.
"""

from __future__ import annotations

import ast
import inspect
import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings, strategies as st

from memos.build import open_memory
from memos.config import Settings
from memos.errors import ConfigError, CorruptStore, MemosError, NotFoundError
from memos.manager import MemoryManager
from memos.types import Action, Origin, RecordState, RunStatus, Source
from tests.unit.fakes import Memory

ROOT = Path(__file__).parents[2]
ASK = "What is my dog called?"
EXPENSIVE = settings(
    deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture],
    phases=(Phase.explicit, Phase.reuse, Phase.generate),  # an example costs too much for minutes of shrinking
)  # fmt: skip


def bytes_below(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def holding(folder: Path, *needles: str) -> list[str]:
    forms = [form.lower().encode() for needle in needles for form in (needle, json.dumps(needle)[1:-1])]
    return [name for name, raw in bytes_below(folder).items() if any(form in raw.lower() for form in forms)]


def spoken(memory: MemoryManager, text: str, session: str = "s1") -> str:
    turn = memory.chat_turn(text, session=session)
    for _ in turn:
        pass
    return turn.answer.text


# --- 1. SQL is the only truth -----------------------------------------------------------------------------------------


def test_1_everything_derived_comes_back_from_sql(memory: Memory) -> None:
    memory.say("My dog is called Rex.", "I live in Oslo.", "I work as a nurse.")
    memory.learn()
    memory.manager.doctor(rebuild=True)
    found = [(hit.record.id, hit.score) for hit in memory.manager.recall("Where is the dog?").hits]
    digest = memory.digest()
    memory.close()
    for loss in ("gone", "empty", "garbage"):
        for path in (memory.home / "index").iterdir():
            path.write_bytes(b"" if loss == "empty" else b"garbage" * 99)
        if loss == "gone":
            shutil.rmtree(memory.home / "index")
        again = Memory(memory.home)
        assert [(hit.record.id, hit.score) for hit in again.manager.recall("Where is the dog?").hits] == found
        assert all(check.ok for check in again.manager.doctor(rebuild=True))
        assert [(hit.record.id, hit.score) for hit in again.manager.recall("Where is the dog?").hits] == found
        assert again.digest() == digest
        assert again.trainer.active["ana"].digest() == digest
        again.close()


def test_1_an_index_saved_before_a_backup_was_restored_is_not_believed(memory: Memory) -> None:
    (dog,) = memory.say("My dog is called Rex.")
    memory.close()
    backup = (memory.home / "memos.db").read_bytes()
    ahead = Memory(memory.home)
    ahead.say("I live in Oslo.")
    ahead.manager.doctor(rebuild=True)
    ahead.close()
    (memory.home / "memos.db").write_bytes(backup)
    restored = Memory(memory.home)
    (job,) = restored.say("I work as a nurse.")
    assert {hit.record.id for hit in restored.manager.recall("where and what and who?").hits} <= {dog, job}
    neighbours = restored.parts.store.neighbours("ana", restored.parts.embedder.embed(["I live in Oslo."])[0], 5)
    assert {one.record.id for one in neighbours} == {dog, job}
    restored.close()


def test_1_a_file_without_a_row_is_garbage_and_a_row_without_its_file_a_loud_error(memory: Memory) -> None:
    memory.say("My dog is called Rex.")
    memory.learn()
    folder = memory.home / "ledger"
    (folder / f"{'0' * 64}.safetensors").write_bytes(b"x")
    assert all(check.ok for check in memory.manager.verify())
    memory.manager.doctor(rebuild=True)
    files = sorted(folder.iterdir())
    assert f"{'0' * 64}.safetensors" not in {path.name for path in files}
    files[0].unlink()
    memory.close()
    again = Memory(memory.home)
    with pytest.raises(CorruptStore, match="missing"):
        again.manager.answer(ASK)
    assert not all(check.ok for check in again.manager.verify())
    assert again.manager.answer(ASK, tier="store").known
    again.close()


# --- 3. base weights are read-only, undo restores bits ----------------------------------------------------------------


@given(order=st.permutations([0, 1, 2]), by_forgetting=st.booleans())
@settings(EXPENSIVE, max_examples=5)
def test_3_undo_in_any_order_restores_the_bits(
    tmp_path_factory: pytest.TempPathFactory, order: list[int], by_forgetting: bool
) -> None:
    memory = Memory(tmp_path_factory.mktemp("home"))
    empty = memory.digest()
    ids = memory.say("My dog is called Rex.", "I live in Oslo.", "I work as a nurse.")
    runs = [memory.learn(one) for one in ids]
    digests = [run.digest_after for run in runs]
    assert len({empty, *digests}) == 4
    for position in order:
        if by_forgetting:
            memory.manager.forget([ids[position]])
        else:
            memory.manager.revert(runs[position].id)
        assert all(check.ok for check in memory.manager.verify())
    assert memory.digest() == empty
    if not by_forgetting:
        for one, digest in zip(ids, digests, strict=True):
            assert memory.learn(one).digest_after == digest  # as if nothing had ever been undone
    memory.close()


def test_3_learning_and_undoing_leave_the_base_weights_alone(tmp_path: Path) -> None:
    from memos.augmentation import QA, Lesson
    from memos.grammar import Fact
    from memos.parametric.model import weights_hash
    from memos.parametric.overlay import RowOverlay
    from memos.parametric.testing import tiny_model
    from memos.parametric.write import WriteSettings, write_lesson

    model = tiny_model()
    before, ask = weights_hash(model.lm), [model.chat_prompt(ASK)]
    said = model.generate(ask, namespace="ana")[0].text
    lesson = Lesson("key", "m:1", "My dog is called Rex.", (Fact("user", "dog_name", "Rex"),),
                    (QA(ask[0], "Rex"),), (), (), (), ())  # fmt: skip
    made = write_lesson(model, RowOverlay.empty(model.config.d_model), lesson, (), WriteSettings(), 1)
    model.set_overlay("ana", made.overlay)
    assert len(made.overlay) > 0
    assert model.generate(ask, namespace="bob")[0].text == said
    undone = made.overlay.restored(made.rows, made.before)
    assert undone.digest() == RowOverlay.empty(model.config.d_model).digest()
    model.set_overlay("ana", undone)
    assert model.generate(ask, namespace="ana")[0].text == said
    assert weights_hash(model.lm) == before
    assert not any(parameter.requires_grad for parameter in model.lm.parameters())


# --- 4. recalled text never becomes a new experience ------------------------------------------------------------------


@pytest.mark.parametrize("learned", [False, True])
def test_4_a_conversation_about_what_is_known_does_not_grow_the_store(memory: Memory, learned: bool) -> None:
    told = {ASK: "My dog is called Rex.", "Where do I live?": "I live in Oslo.", "What do I do for work?": "I work as a nurse."}
    memory.say(*told.values())
    if learned:
        memory.learn()
    for _ in range(4):
        for question, note in told.items():
            assert spoken(memory.manager, question) in (note, "Rex", "Oslo", "nurse")
            spoken(memory.manager, f"Notes:\n- [2026-05-03] {note}\nIs that right?")
        spoken(memory.manager, "Tell me what you know about me!")
    assert len(memory.manager.list(states=(), limit=1000)) == 3
    assert len(memory.parts.store.experiences("ana", limit=1000)) == 3


@pytest.mark.parametrize("origin", [Origin.ASSISTANT, Origin.TOOL])
def test_4_an_agent_that_says_its_notes_again_adds_nothing(memory: Memory, origin: Origin) -> None:
    from memos.types import Draft

    memory.say("My dog is called Rex.", "I live in Oslo.")
    injected = [record.text for record in memory.manager.list()]
    for text in ("According to my notes, your dog is called Rex.", "My dog is called Rex. I live in Oslo.",
                 "You live in Oslo and your dog is called Rex."):  # fmt: skip
        observed = memory.manager._intake.observe(Draft(text=text, origin=origin), injected)
        assert observed.decision.action is Action.DROP, text
    assert len(memory.manager.list(states=())) == 2


# --- 5. a namespace is required and never crossed ---------------------------------------------------------------------

SUBJECTS = ("dog", "cat", "sister", "brother")
NAMES = ("Rex", "Tom", "Bea")
Step = tuple[str, int, int]

STEPS: dict[str, Callable[[MemoryManager, int, int], Any]] = {
    "observe": lambda m, i, j: m.observe(f"My {SUBJECTS[i]} is called {NAMES[j]}.", source=Source(session=f"s{j}")),
    "chat": lambda m, i, j: spoken(m, f"What is my {SUBJECTS[i]} called?", f"s{j}"),
    "pin": lambda m, i, j: m.pin(SUBJECTS[i], NAMES[j]),
    "pause": lambda m, i, j: m.pause(nth(m, i)),
    "edit": lambda m, i, j: m.edit(nth(m, i), f"My {SUBJECTS[i]} is called {NAMES[j]}."),
    "forget": lambda m, i, j: m.forget([nth(m, i)]),
    "consolidate": lambda m, i, j: m.consolidate(m.plan_consolidation(everything=True)),
    "revert": lambda m, i, j: m.revert(m.runs()[j].id),
}


def nth(memory: MemoryManager, position: int) -> str:
    records = memory.list(states=(RecordState.ACTIVE,))
    return records[position % len(records)].id


def step(memory: MemoryManager, kind: str, i: int, j: int) -> str:
    try:
        STEPS[kind](memory, i, j)
    except (MemosError, IndexError, ZeroDivisionError) as error:
        return type(error).__name__
    return "ok"


def everything_seen(memory: MemoryManager) -> Any:
    """All that a namespace can see of itself, without ids and times."""
    return {
        "records": [(one.text, one.state, one.merged, one.learned_by is not None) for one in memory.list(states=())],
        "history": [[past.text for past in memory.history(one.id)] for one in memory.list(states=())],
        "hits": sorted(hit.record.text for hit in memory.recall("dog cat sister brother called", k=50).hits),
        "near": sorted(one.record.text for one in memory._parts.store.neighbours(
            memory.namespace, memory._parts.embedder.embed(["My dog is called Rex."])[0], 50)),
        "answers": [memory.answer(f"What is my {one} called?").text for one in SUBJECTS],
        "turns": {session: [turn.text for turn in memory.turns(session)] for session in memory.sessions()},
        "blocks": memory.blocks(),
        "decisions": [(one.action, one.target is not None) for one in memory.decisions()],
        "log": [one.kind for one in memory.log(None)],
        "runs": [run.status for run in memory.runs()],
        "plan": [one.text for one in memory.plan_consolidation(everything=True).chosen],
        "learned": sorted(one.text for one in memory.learned_records()),
        "rows": memory._consolidator().knowledge(memory.namespace).overlay.digest(),
        "tiers": [tier.count for tier in memory.status().tiers],
    }  # fmt: skip


@given(
    steps=st.lists(
        st.tuples(st.booleans(), st.sampled_from(["observe", "observe", *STEPS]), st.integers(0, 3), st.integers(0, 2)),
        min_size=4, max_size=14,
    )
)  # fmt: skip
@settings(EXPENSIVE, max_examples=8)
def test_5_a_namespace_sees_exactly_what_it_would_see_alone(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[bool, str, int, int]]
) -> None:
    shared, alone = Memory(tmp_path_factory.mktemp("shared")), Memory(tmp_path_factory.mktemp("alone"))
    ana, bob = shared.manager, shared.manager.for_namespace("bob")
    for hers, kind, i, j in [(True, "observe", 0, 0), (False, "observe", 0, 1), *steps]:
        outcome = step(ana if hers else bob, kind, i, j)
        if hers:
            assert step(alone.manager, kind, i, j) == outcome
    assert everything_seen(ana) == everything_seen(alone.manager)
    shared.close()
    alone.close()


def test_5_an_id_of_another_namespace_is_as_good_as_unknown(memory: Memory) -> None:
    (dog,) = memory.say("My dog is called Rex.")
    run = memory.learn()
    bob = memory.manager.for_namespace("bob")
    verbs: list[Callable[[], Any]] = [
        lambda: bob.get(dog), lambda: bob.resolve(dog), lambda: bob.history(dog), lambda: bob.decisions(record_id=dog),
        lambda: bob.edit(dog, "My dog is called Max."), lambda: bob.pause(dog), lambda: bob.resume(dog),
        lambda: bob.approve([dog]), lambda: bob.forget([dog]), lambda: bob.forget([dog], dry_run=True),
        lambda: bob.why_record(dog), lambda: bob.why_run(run.id), lambda: bob.run(run.id), lambda: bob.revert(run.id),
        lambda: bob.plan_consolidation([dog]), lambda: bob.revert(run.id, record_id=dog),
    ]  # fmt: skip
    before = memory.manager.get(dog), memory.kinds()
    for verb in verbs:
        with pytest.raises(NotFoundError):
            verb()
    assert (memory.manager.get(dog), memory.kinds()) == before
    assert bob.log() == []


def test_5_there_is_no_default_namespace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MEMOS_NAMESPACE", raising=False)
    with pytest.raises(ConfigError):
        open_memory(Settings(home=tmp_path))
    from memos import protocols

    for seam in (protocols.TokenStore, protocols.SlotLedger, protocols.ContextBuffer):
        for name, method in inspect.getmembers(seam, inspect.isfunction):
            parameter = inspect.signature(method).parameters.get("namespace")
            assert name.startswith("_") or parameter is None or parameter.default is parameter.empty, name


# --- 6. to drop is a decision too -------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["Hello!", "What is my dog called?", "ok, thanks", "???", "Please tell me a joke."])
def test_6_what_is_dropped_is_on_record_with_its_reason(memory: Memory, text: str) -> None:
    observed = memory.manager.observe(text)
    assert observed.decision.action is Action.DROP
    (decision,) = memory.manager.decisions()
    assert decision == observed.decision
    assert len(decision.reason) > 3
    (event,) = memory.manager.log()
    assert (event.kind, event.subject, event.payload["action"]) == ("observe", observed.experience.id, "DROP")
    assert all(check.ok for check in memory.manager.verify())


# --- 7. forget reaches every copy -------------------------------------------------------------------------------------


def test_7_forget_reaches_every_copy_in_the_data_folder(memory: Memory) -> None:
    memory.say("I live in Oslo.", "I work as a nurse.")
    spoken(memory.manager, "My dog is called Zanzirex.")
    memory.manager.doctor(rebuild=True)  # vectors in files too
    (dog,) = [one.id for one in memory.manager.list() if "Zanzirex" in one.text]
    memory.manager.observe("my dog is called zanzirex", source=Source(session="s2"))
    memory.manager.observe("I have a dog called Zanzirex.", source=Source(session="s2"))
    spoken(memory.manager, "My dog is called Quuxofar.")
    (newer,) = [one.id for one in memory.manager.list() if "Quuxofar" in one.text]
    for question in (ASK, "Who is Zanzirex?", "Is Quuxofar my dog?"):
        spoken(memory.manager, question)
    first = memory.learn()
    memory.manager.edit(newer, "My dog is called Quuxofarion.")
    memory.learn()
    memory.manager.revert(first.id)
    memory.learn()
    memory.manager.pause(newer)
    memory.manager.resume(newer)
    names = ("zanzirex", "quuxofar")
    assert holding(memory.home, *names)

    report = memory.manager.forget([dog, newer])
    assert report.proven
    assert holding(memory.home, *names) == []
    vectors = [memory.parts.embedder.embed([f"My dog is called {name}."])[0] for name in ("Zanzirex", "Quuxofarion")]
    for vector in vectors:
        assert all(vector.tobytes() not in raw for raw in bytes_below(memory.home).values())
    assert not memory.manager.answer(ASK).known
    assert all(check.ok for check in memory.manager.doctor())
    memory.close()
    assert holding(memory.home, *names) == []
    kept = Memory(memory.home)
    assert kept.manager.answer("Where do I live?").text == "Oslo"
    assert sorted(one.text for one in kept.manager.list()) == ["I live in Oslo.", "I work as a nurse."]
    kept.close()


# no "a": the store writes the namespace "ana" right before some names, and a letter of it may complete another
@given(names=st.lists(st.text("bcdefghk", min_size=7, max_size=9).map(str.title), min_size=3, max_size=5, unique=True),
       data=st.data())  # fmt: skip
@settings(EXPENSIVE, max_examples=8)
def test_7_what_is_forgotten_is_gone_and_what_is_not_stays(
    tmp_path_factory: pytest.TempPathFactory, names: list[str], data: st.DataObject
) -> None:
    memory = Memory(tmp_path_factory.mktemp("home"))
    subjects = ["dog", "cat", "sister", "brother", "dog"]  # the fifth supersedes the first
    ids = [memory.say(f"My {subject} is called {name}.")[0] for subject, name in zip(subjects, names, strict=False)]
    learned = data.draw(st.booleans())
    if learned:
        memory.learn()
    gone = data.draw(st.sets(st.sampled_from(range(len(names))), min_size=1))
    memory.manager.forget([ids[position] for position in sorted(gone)])
    memory.close()
    for position, name in enumerate(names):
        others = any(name.lower() in other.lower() for at, other in enumerate(names) if at not in gone)
        assert bool(holding(memory.home, name)) is (position not in gone or others), name


# --- 8. nothing phones home -------------------------------------------------------------------------------------------

OFFLINE = """
import asyncio, socket, ssl, sys

def refuse(*arguments, **named):
    raise SystemExit("a socket was opened")

socket.socket = socket.create_connection = socket.getaddrinfo = refuse
sys.path.insert(0, sys.argv[2])
from tests.unit.fakes import Memory
from pathlib import Path
memory = Memory(Path(sys.argv[1]), embedder={"name": "minilm"})
memory.say("My dog is called Rex.", "I live in Oslo.")
memory.learn()
memory.manager.answer("What is my dog called?")
memory.manager.recall("Where do I live?")
memory.manager.doctor(rebuild=True)
memory.manager.forget([memory.manager.list()[0].id])
memory.close()
print("done")
"""


def test_8_the_main_path_opens_no_socket(tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("HF_", "TRANSFORMERS_"))}
    run = subprocess.run(
        [sys.executable, "-c", OFFLINE, str(tmp_path / "home"), str(ROOT)], capture_output=True, text=True, timeout=300,
        env=environment | {"TOKENIZERS_PARALLELISM": "false"}, check=False,
    )  # fmt: skip
    assert run.stdout.strip() == "done", run.stderr[-2000:]


def test_8_the_guard_of_the_test_above_works() -> None:
    script = OFFLINE.split("sys.path", maxsplit=1)[0] + "socket.create_connection(('127.0.0.1', 9))"
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert "a socket was opened" in run.stderr
    assert socket.socket is not None


# --- 9. no pickle, no torch.load, no raw query language ---------------------------------------------------------------

SOURCES = [path for folder in ("memos", "stores", "policies", "apps", "benchmarks", "examples", "scripts")
           for path in sorted((ROOT / folder).rglob("*.py"))
           if not any(parent.is_symlink() for parent in path.parents)]  # fmt: skip
MODULES = {"pickle", "cPickle", "dill", "cloudpickle", "shelve", "marshal", "joblib", "jsonpickle"}
CALLS = {"eval", "exec", "torch.load", "torch.jit.load", "yaml.load", "numpy.load", "np.load", "pandas.read_pickle", "pd.read_pickle"}


def dangers(source: str) -> Iterator[str]:
    """What a source file uses that runs or trusts what it reads."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.split(".")[0] in MODULES)
        elif isinstance(node, ast.ImportFrom) and node.module:
            if node.module.split(".")[0] in MODULES:
                yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names if f"{node.module}.{alias.name}" in CALLS)
        elif isinstance(node, ast.Call):
            name = ast.unparse(node.func)
            safe = any(one.arg == "allow_pickle" and ast.unparse(one.value) == "False" for one in node.keywords)
            if name in CALLS and not safe:
                yield name
            if any(one.arg in ("trust_remote_code", "allow_pickle") and ast.unparse(one.value) != "False"
                   for one in node.keywords):  # fmt: skip
                yield f"{name}(trust)"


def test_9_no_source_file_unpickles_or_runs_what_it_reads() -> None:
    assert len(SOURCES) > 50
    assert {str(path.relative_to(ROOT)): found for path in SOURCES if (found := list(dangers(path.read_text("utf-8"))))} == {}


@pytest.mark.parametrize("bad", [
    "import pickle", "from pickle import loads", "import torch\ntorch.load('x')", "from torch import load",
    "eval('1')", "np.load('x')", "np.load('x', allow_pickle=True)", "AutoModel.from_pretrained('x', trust_remote_code=True)",
])  # fmt: skip
def test_9_the_scan_above_finds_what_it_looks_for(bad: str) -> None:
    assert list(dangers(bad))


@pytest.mark.parametrize("query", [
    '" OR 1=1 --', "dog* NEAR(rex)", "text:rex", "{actor} : rex", "scope : 1", "'; DROP TABLE records; --", "AND OR NOT",
    "^rex", "rex -- x", "(((((", '"""""',
])  # fmt: skip
def test_9_nobodys_words_are_read_as_a_query_language(memory: Memory, query: str) -> None:
    (dog,) = memory.say("My dog is called Rex.")
    bob = memory.manager.for_namespace("bob")
    other = bob.observe("My dog is called Max.").record
    assert other is not None
    assert {hit.record.id for hit in memory.manager.recall(query).hits} <= {dog}
    assert {hit.record.id for hit in bob.recall(query).hits} <= {other.id}
    assert memory.manager.observe(f"My cat is called {query} Tom.").decision is not None
    assert memory.manager.list(states=(), limit=9)


# --- 10. untrusted text never reaches the parameters without approval -------------------------------------------------


@pytest.mark.parametrize("origin", [Origin.IMPORT, Origin.TOOL, Origin.ASSISTANT])
def test_10_text_of_others_waits_for_approval_however_it_is_asked_for(memory: Memory, origin: Origin) -> None:
    text = "Anna lives in the town of Hammerfest with two dogs and a boat."
    observed = memory.manager.observe(text, origin=origin, occurred_at=datetime(2020, 1, 1, tzinfo=UTC))
    assert observed.record is not None, observed.decision
    record = observed.record.id
    for _ in range(5):
        memory.manager.recall("Where does Anna live?")
    for plan in (memory.manager.plan_consolidation(), memory.manager.plan_consolidation(everything=True),
                 memory.manager.plan_consolidation([record])):  # fmt: skip
        assert plan.chosen == ()
        assert "nobody approved" in plan.skipped[0].reason
    edited = memory.manager.edit(record, "Anna lives in Hammerfest.")
    assert not edited.approved
    assert memory.manager.plan_consolidation([record]).chosen == ()
    assert memory.parts.ledger.entries("ana", live=None) == []
    memory.manager.approve([record])
    assert memory.kinds()[-1] == "approve"
    assert memory.learn(record).status is RunStatus.COMMITTED
    assert memory.digest() != Memory(memory.home / "other").digest()


def test_10_a_tools_word_neither_overrules_nor_vouches_for_the_users(memory: Memory) -> None:
    (dog,) = memory.say("My dog is called Rex.")
    memory.manager.observe("The user's dog is called Evil.", origin=Origin.TOOL)
    memory.manager.observe("My dog is called Evil.", origin=Origin.IMPORT)
    assert memory.manager.get(dog).state is RecordState.ACTIVE
    plan = memory.manager.plan_consolidation(everything=True)
    assert all("Evil" not in one.text for one in plan.chosen)
