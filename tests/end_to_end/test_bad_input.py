"""Bad input: every misfortune gives an error that says what to do, with the right exit status, and loses nothing."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from memos import build
from memos.embedding import HashEmbedder
from memos.errors import (
    CorruptStore,
    EmbedderMismatch,
    ExitCode,
    FingerprintMismatch,
    InputError,
    MemosError,
    NotFoundError,
    SchemaTooNew,
    StoreBusy,
    StoreUnwritable,
)
from memos.intake import BATCH
from memos.interchange import read_drafts
from memos.types import RunStatus
from tests.end_to_end.interrupted import VERBS, prepare
from tests.end_to_end.test_crash import opened, state
from tests.unit.fakes import Memory

ROOT = Path(__file__).parents[2]
ASK = "What is my dog called?"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    prepare(tmp_path / "home")
    return tmp_path / "home"


def refused(kind: type[MemosError], act: Callable[[], Any], status: ExitCode = ExitCode.RUNTIME) -> MemosError:
    with pytest.raises(kind) as told:
        act()
    assert told.value.message
    assert told.value.hint
    assert told.value.code
    assert told.value.exit_code == status
    return told.value


def program(source: str, *arguments: str, **named: Any) -> subprocess.Popen[str]:
    """A real process with the fakes at hand."""
    opening = "import sys; from pathlib import Path; from tests.unit.fakes import Memory\n"
    return subprocess.Popen(
        [sys.executable, "-c", opening + source, *arguments], cwd=ROOT, text=True, stdin=subprocess.PIPE,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, **named,
    )  # fmt: skip


def line_from(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


# --- names that are not there -----------------------------------------------------------------------------------------


def test_an_unknown_namespace_is_empty_and_an_unknown_id_is_not_found(home: Path) -> None:
    memory = Memory(home)
    stranger = memory.manager.for_namespace("nobody")
    assert stranger.recall("dog").hits == ()
    assert not stranger.answer(ASK).known
    assert stranger.status().tiers[1].count == 0
    for act in (lambda: stranger.get("m:000000000000"), lambda: stranger.run(1), lambda: stranger.revert(1),
                lambda: stranger.forget(["m:1"]), lambda: stranger.edit("m:1", "text"), lambda: stranger.unpin("x")):  # fmt: skip
        refused(NotFoundError, act, ExitCode.NOT_FOUND)
    assert "nobody" not in memory.manager.status().namespaces
    memory.close()


# --- damage on disk ---------------------------------------------------------------------------------------------------

DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda raw: b"",
    "cut": lambda raw: raw[: len(raw) // 2],
    "another kind of file": lambda raw: b"%PDF-1.7\n" + raw[9:],
    "text": lambda raw: b"hello",
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_database_is_refused_and_left_as_it_is(home: Path, damage: str) -> None:
    path = home / "memos.db"
    path.write_bytes(DAMAGE[damage](path.read_bytes()))
    left = path.read_bytes()
    refused(CorruptStore, lambda: Memory(home).manager.list())
    assert path.read_bytes() == left


def test_a_page_of_rubbish_is_named_by_every_verb_that_meets_it_and_by_doctor(home: Path) -> None:
    path = home / "memos.db"
    raw = bytearray(path.read_bytes())
    page = int.from_bytes(raw[16:18], "big")
    for start in range(2 * page, len(raw), page):
        raw[start:start + page] = b"\xa5" * page
    path.write_bytes(bytes(raw))
    for act in (lambda: Memory(home).manager.list(), lambda: Memory(home).manager.observe("My dog is called Max."),
                lambda: Memory(home).manager.answer(ASK), lambda: Memory(home).manager.log()):  # fmt: skip
        refused(CorruptStore, act)
    try:
        checks = Memory(home).manager.doctor()
    except CorruptStore:
        return
    assert not checks[0].ok
    assert checks[0].hint


def test_a_store_of_a_newer_version_is_not_touched(home: Path) -> None:
    memory = Memory(home)
    with memory.parts.database.write() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    memory.close()
    told = refused(SchemaTooNew, lambda: Memory(home))
    assert "upgrade" in told.hint


@pytest.mark.parametrize("damage", ["cut", "gone", "another"])
def test_a_damaged_ledger_stops_the_parameters_and_nothing_else(home: Path, damage: str) -> None:
    first, second, *_ = sorted((home / "ledger").iterdir())
    kept = first.read_bytes()
    if damage == "gone":
        first.unlink()
    else:
        first.write_bytes(kept[:-5] if damage == "cut" else second.read_bytes())
    memory = Memory(home)
    for act in (lambda: memory.manager.answer(ASK), lambda: memory.learn()):
        refused(CorruptStore, act)
    assert memory.manager.answer(ASK, tier="store").text == "My dog is called Zanzirex."
    assert memory.manager.recall("dog").hits
    assert [check.name for check in memory.manager.verify() if not check.ok] == ["ledger of ana"]
    memory.manager.observe("My brother is called Leo.")
    first.write_bytes(kept)
    assert memory.manager.answer(ASK).text == "Zanzirex"
    assert all(check.ok for check in memory.manager.verify())
    memory.close()


@pytest.mark.parametrize("number", range(5))
def test_forgetting_the_records_of_a_damaged_run_mends_the_ledger_as_the_hint_says(home: Path, number: int) -> None:
    memory = Memory(home)
    entry = memory.parts.ledger.entries("ana")[number]
    (home / "ledger" / f"{entry.file}.safetensors").write_bytes(b"rubbish")
    memory.close()
    memory = Memory(home)
    told = refused(CorruptStore, lambda: memory.manager.answer(ASK))
    assert f"run {entry.run_id} " in told.message
    assert "forget the records of the run" in told.hint
    memory.manager.forget(list(memory.manager.run(entry.run_id).record_ids))
    assert all(check.ok for check in memory.manager.verify())
    assert memory.learn().status is RunStatus.COMMITTED
    memory.close()


def test_another_models_ledger_is_not_read_and_is_whole_when_its_model_comes_back(home: Path) -> None:
    before = opened(home)
    other = Memory(home)
    other.trainer.fingerprint = "base-2"
    for act in (lambda: other.manager.answer(ASK), lambda: other.learn(), lambda: other.manager.revert(1),
                lambda: other.manager.forget([other.manager.learned_records()[0].id])):  # fmt: skip
        refused(FingerprintMismatch, act)
    assert other.manager.answer(ASK, tier="store").known
    other.close()
    assert opened(home) == before


# --- another embedder -------------------------------------------------------------------------------------------------


class OtherEmbedder(HashEmbedder):
    """The same arithmetic folded to half the width: vectors that mean nothing beside the first one's."""

    identity = "folded/128"
    dimension = 128

    def embed(self, texts: Any) -> Any:
        import numpy as np

        whole = HashEmbedder.embed(_wide, texts)
        folded = whole[:, :128] + whole[:, 128:]
        folded[:, 0] += 1e-3
        return (folded / np.linalg.norm(folded, axis=1, keepdims=True)).astype(np.float32)


_wide = HashEmbedder()


def test_another_embedder_is_refused_until_everything_is_embedded_again(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = opened(home)
    monkeypatch.setattr(build, "make_embedder", lambda *_, **__: OtherEmbedder())
    other = Memory(home)
    for act in (lambda: other.manager.recall("dog"), lambda: other.manager.observe("My dog is called Max.")):
        assert "memos reindex" in refused(EmbedderMismatch, act).hint
    assert [check.name for check in other.manager.doctor() if not check.ok] == ["index"]
    assert other.manager.list()
    assert all(check.ok for check in other.manager.doctor(rebuild=True))
    assert state(other) == before
    (near,) = other.parts.store.neighbours("ana", OtherEmbedder().embed(["My dog is called Zanzirex."])[0], 1)
    assert near.cosine > 0.99
    other.close()
    monkeypatch.undo()
    refused(EmbedderMismatch, lambda: Memory(home).manager.recall("dog"))


def test_an_embedder_that_fails_in_the_middle_of_a_rebuild_changes_nothing(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = opened(home)

    def fail(*_: Any) -> Any:
        raise KeyboardInterrupt

    broken = OtherEmbedder()
    monkeypatch.setattr(build, "make_embedder", lambda *_, **__: broken)
    other = Memory(home)
    broken.embed = fail  # type: ignore[method-assign]
    with pytest.raises(KeyboardInterrupt):
        other.manager.doctor(rebuild=True)
    other.close()
    monkeypatch.undo()
    assert opened(home) == before


# --- no room, no permission -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("verb", [verb for verb in VERBS if verb not in ("revert", "forget")])
def test_a_full_disk_is_told_and_nothing_is_half_done(home: Path, verb: str) -> None:
    memory = Memory(home)
    before = state(memory)
    engine = memory.parts.database.engine
    engine.dispose()  # the limit is a connection's own
    event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA max_page_count=1"))
    fill(memory)
    refused_for_room = verb in ("import", "consolidate")  # the others may still find room in half-filled pages
    try:
        VERBS[verb](memory)
    except StoreUnwritable as error:
        assert error.hint
        assert "full" in error.message
        after = state(memory)
        tells_of_the_try = {"runs", "log"} if verb == "consolidate" else set()
        assert {key for key in before if before[key] != after[key]} <= tells_of_the_try
    else:
        assert not refused_for_room
    memory.close()
    assert all(check.ok for check in Memory(home).manager.doctor())


def fill(memory: Memory) -> None:
    """Use up the pages that are left."""
    for i in range(100):
        try:
            memory.manager.for_namespace("filler").observe(f"Filler {i}: " + "words and words " * 200)
        except StoreUnwritable:
            return
    raise AssertionError("the limit of pages did not hold")


def test_a_limit_of_the_operating_system_is_told_and_nothing_is_half_done(home: Path) -> None:
    """No file may grow beyond 256 KiB, in a real process: in the middle of the loop the write-ahead log cannot."""
    before = opened(home)
    script = (
        "from memos.errors import StoreUnwritable\n"
        "memory = Memory(Path(sys.argv[1]))\n"
        "try:\n"
        "    for i in range(200): memory.manager.observe(f'My friend {i} is called Friend{i}. ' + 'x' * 5000)\n"
        "except StoreUnwritable as error: print(error.code, bool(error.hint), i)\n"
    )
    process = program(
        script, str(home), preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 18, 1 << 18))
    )
    out, err = process.communicate(timeout=120)
    code, hint, stored = out.split()
    assert (code, hint) == ("store.unwritable", "True"), err
    memory = Memory(home)
    assert all(check.ok for check in memory.manager.doctor())
    assert len(memory.manager.list(states=(), limit=1000)) == len(before["records"]) + int(stored)
    memory.close()


READ_ONLY = """
import os
warm = Memory(Path(sys.argv[2])); warm.say("My dog is called Rex."); warm.learn(); warm.manager.recall("dog"); warm.close()
if os.geteuid() == 0:
    os.setgroups([]); os.setgid(65534); os.setuid(65534)
from memos.errors import MemosError
for act in ("observe", "pause", "consolidate", "new"):
    try:
        memory = Memory(Path(sys.argv[1]) / ("new" if act == "new" else ""))
        if act == "observe": memory.manager.observe("My dog is called Max.")
        if act == "pause": memory.manager.pause(memory.manager.list()[0].id)
        if act == "consolidate": memory.learn()
        print(act, "was allowed")
    except MemosError as error:
        print(act, type(error).__name__, int(error.exit_code), bool(error.hint))
    except PermissionError:
        print(act, "StoreUnwritable 1 True" if act == "new" else "PermissionError")
"""


def test_a_read_only_folder_is_told(tmp_path: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:  # one that another user may reach
        home = Path(folder) / "home"
        prepare(home)
        before = opened(home)
        os.chmod(folder, 0o755)
        for path in [home, *home.rglob("*")]:
            path.chmod(0o555 if path.is_dir() else 0o444)
        # What is imported late is imported before the change of user, who may not be able to read it.
        process = program(READ_ONLY, str(home), str(tmp_path / "warm"))
        out, err = process.communicate(timeout=120)
        for path in [home, *home.rglob("*")]:
            path.chmod(0o700 if path.is_dir() else 0o600)
        assert [line.split(maxsplit=1)[1] for line in out.splitlines()] == ["StoreUnwritable 1 True"] * 4, out + err
        assert opened(home) == before


# --- several at once --------------------------------------------------------------------------------------------------


def test_processes_that_write_at_once_all_get_through_and_the_chain_holds(tmp_path: Path) -> None:
    script = (
        "memory = Memory(Path(sys.argv[1]))\n"
        "print('ready', flush=True); sys.stdin.readline()\n"
        "for i in range(12):\n"
        "    memory.manager.observe(f'The colleague {sys.argv[2]}{i} is called {sys.argv[2]}name{i}.')\n"
        "    memory.manager.recall('colleague')\n"
        "memory.manager.for_namespace(sys.argv[2]).observe('I live in Oslo.')\n"
        "memory.close()\n"
    )
    Memory(tmp_path / "home").close()
    processes = [program(script, str(tmp_path / "home"), name) for name in ("ada", "bob", "cyd")]
    assert [line_from(process) for process in processes] == ["ready"] * 3
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    for process in processes:
        _, err = process.communicate(timeout=120)
        assert process.returncode == 0, err
    memory = Memory(tmp_path / "home")
    assert len(memory.manager.list(limit=1000)) == 36
    assert len(memory.manager.recall("colleague", k=100).hits) == 36
    assert all(check.ok for check in memory.manager.doctor())
    assert len(memory.parts.audit.events()) == 39
    memory.close()


def test_a_process_that_opens_while_another_creates_finds_one_store(tmp_path: Path) -> None:
    script = (
        "print('ready', flush=True); sys.stdin.readline()\n"
        "from memos.stores.database import Database\n"
        "from memos.build import open_memory; from memos.config import Settings\n"
        "made = Settings(home=Path(sys.argv[1]), namespace='ana', embedder={'name': 'hash'})\n"
        "with open_memory(made) as memory: memory.observe(f'My friend is called {sys.argv[2]}.')\n"
    )
    processes = [program(script, str(tmp_path / "home"), name) for name in ("Ada", "Bob")]
    assert [line_from(process) for process in processes] == ["ready"] * 2
    for process in processes:
        _, err = process.communicate("go\n", timeout=120)
        assert process.returncode == 0, err
    memory = Memory(tmp_path / "home")
    assert len(memory.parts.store.experiences("ana")) == 2
    assert sorted(path.name for path in (tmp_path / "home").glob("memos.db*new*")) == []
    memory.close()


def test_a_lock_that_is_held_too_long_is_told_and_can_be_tried_again(home: Path) -> None:
    holder, other = Memory(home), Memory(home, store={"busy_timeout_ms": 1})
    with holder.parts.database.begin():
        told = refused(StoreBusy, lambda: other.manager.observe("My dog is called Max."))
        assert "try again" in told.hint
        assert other.manager.list()
        assert other.manager.recall("dog").hits
        assert other.manager.answer(ASK, tier="store").known
    assert other.manager.observe("My dog is called Max.").record
    holder.close()
    other.close()


def test_of_two_processes_that_consolidate_one_commits_and_the_other_sees_it(home: Path) -> None:
    """The second learns and commits while the first is between training and commit."""
    memory = Memory(home)
    script = "memory = Memory(Path(sys.argv[1])); print(memory.learn().status.value, flush=True); memory.close()"
    endings: list[str] = []

    def meanwhile() -> None:
        out, err = program(script, str(home)).communicate(timeout=120)
        endings.append(out.strip() or err)

    memory.trainer.at_measure = meanwhile
    refused(MemosError, memory.learn)
    assert endings == ["COMMITTED"]
    assert [run.status for run in memory.manager.runs()][:2] == [RunStatus.COMMITTED, RunStatus.REJECTED]
    assert memory.manager.answer("What is my cat called?").text == "Tom"
    assert all(check.ok for check in memory.manager.verify())
    memory.close()


# --- Ctrl-C -----------------------------------------------------------------------------------------------------------


def test_ctrl_c_in_an_import_keeps_every_batch_that_was_committed(home: Path) -> None:
    before = opened(home)
    script = (
        "from memos.types import Draft\n"
        "memory = Memory(Path(sys.argv[1]))\n"
        "drafts = (Draft(text=f'My friend number {i} is called Friend{i}.') for i in range(100_000))\n"
        "memory.manager.observe_many(drafts, progress=lambda done, *_: print(done, flush=True))\n"
    )
    process = program(script, str(home))
    assert line_from(process) == str(BATCH)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=120)
    assert process.returncode != 0
    assert err.rstrip().endswith("KeyboardInterrupt")
    committed = max([BATCH, *map(int, out.split())])
    memory = Memory(home)
    added = len(memory.manager.list(states=(), limit=100_000)) - len(before["records"])
    assert added % BATCH == 0
    assert added >= committed
    assert all(check.ok for check in memory.manager.doctor())
    memory.close()


def test_ctrl_c_in_a_consolidation_leaves_the_rows_and_says_that_it_was_interrupted(home: Path) -> None:
    before = opened(home)
    script = (
        "memory = Memory(Path(sys.argv[1]))\n"
        "memory.trainer.at_measure = lambda: (print('training', flush=True), sys.stdin.readline())\n"
        "memory.learn()\n"
    )
    process = program(script, str(home))
    assert line_from(process) == "training"
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=120)
    assert "KeyboardInterrupt" in err
    memory = Memory(home)
    (run, *_) = memory.manager.runs()
    assert (run.status, run.reason) == (RunStatus.REJECTED, "interrupted")
    after = state(memory)
    assert {key for key in before if before[key] != after[key]} == {"runs", "log"}
    assert memory.learn().status is RunStatus.COMMITTED
    memory.close()


# --- files to import --------------------------------------------------------------------------------------------------

BAD_FILES = {
    "cut.json": b'[{"role": "user", "content": "My dog is called Rex."}, {"role": "us',
    "cut.jsonl": b'{"role": "user", "content": "My dog is called Rex."}\n{"role": "user", "cont',
    "number.json": b"42",
    "empty.json": b"",
    "latin.txt": "My dog is called Jürgen.".encode("latin-1"),
    "deep.json": b"[" * 100_000,
    "no-archive.zip": b"PK\x03\x04 cut",
    "unknown.bin": bytes(range(256)),
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_a_file_that_cannot_be_read_is_told_and_nothing_of_it_is_stored(home: Path, tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(BAD_FILES[name])
    before = opened(home)
    memory = Memory(home)
    told = refused(InputError, lambda: memory.manager.observe_many(read_drafts(path)), ExitCode.USAGE)
    assert path.stem in told.message or name in told.message
    assert state(memory) == before
    memory.close()


def test_a_file_that_is_not_there_is_not_found(tmp_path: Path) -> None:
    refused(NotFoundError, lambda: list(read_drafts(tmp_path / "none.json")), ExitCode.NOT_FOUND)


def test_a_report_of_an_error_is_json() -> None:
    told = refused(InputError, lambda: read_drafts(Path("x"), format="no-such"), ExitCode.USAGE)
    assert set(json.loads(json.dumps(told.as_dict()))) == {"error", "hint", "code"}
