"""open_memory: what it needs, what it picks, and that opening costs one database connection and no model."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from memos.build import load_model, model_path, open_memory
from memos.config import LoadedSettings, Settings
from memos.errors import ConfigError, MemosError, ModelError, ModelUnavailable
from tests.unit.fakes import Memory


def settings(home: Path, **sections: Any) -> Settings:
    return Settings(home=home, **{"embedder": {"name": "hash"}, **sections})


def test_a_namespace_is_required(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as told:
        open_memory(settings(tmp_path / "home"))
    assert (told.value.code, "namespace" in told.value.hint) == ("config.no_namespace", True)
    assert not (tmp_path / "home").exists()


@pytest.mark.parametrize("name", ["", "a b", "ä", "../x"])
def test_a_bad_namespace_is_a_config_error_and_makes_nothing(tmp_path: Path, name: str) -> None:
    with pytest.raises(ConfigError):
        open_memory(settings(tmp_path / "home"), namespace=name)
    with pytest.raises(ConfigError):
        open_memory(home=tmp_path / "home", namespace=name)
    assert not (tmp_path / "home").exists()


def test_home_and_namespace_override_the_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    given = LoadedSettings(settings(tmp_path / "first", namespace="ana"))
    with open_memory(given, home="~/second", namespace="bob") as memory:
        assert (memory.namespace, memory.settings.home) == ("bob", tmp_path / "second")
        assert memory.settings.embedder.name == "hash"
    assert (tmp_path / "second" / "memos.db").exists()
    assert not (tmp_path / "first").exists()


def test_settings_come_from_the_environment_when_none_are_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEMOS_NAMESPACE", "ana")
    monkeypatch.setenv("MEMOS_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("MEMOS_RECALL__K", "3")
    with open_memory() as memory:
        assert (memory.namespace, memory.settings.recall.k) == ("ana", 3)


def test_what_was_stored_is_there_when_it_is_opened_again(tmp_path: Path) -> None:
    with open_memory(settings(tmp_path / "home"), namespace="ana") as memory:
        kept = memory.observe("My dog is called Rex.").record
        assert kept is not None
    with open_memory(settings(tmp_path / "home"), namespace="ana") as memory:
        assert [hit.record.id for hit in memory.recall("dog").hits] == [kept.id]


def test_closing_saves_the_index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with open_memory(settings(tmp_path / "home"), namespace="ana") as memory:
        memory.observe("My dog is called Rex.")
        monkeypatch.setattr("memos.stores.dense.SAVE_AFTER", 1)
        assert not list((tmp_path / "home").glob("index/*"))
        memory.observe("I live in Oslo.")
    assert list((tmp_path / "home").glob("index/*"))


def test_the_home_folder_is_the_owners_alone(tmp_path: Path) -> None:
    with open_memory(settings(tmp_path / "home"), namespace="ana") as memory:
        memory.observe("My dog is called Rex.")
    for path in [tmp_path / "home", *(tmp_path / "home").rglob("*")]:
        assert path.stat().st_mode & 0o077 == 0, path


@pytest.mark.parametrize("section", ["routing", "recall", "consolidation", "retention"])
def test_a_policy_that_cannot_be_loaded_is_a_config_error(tmp_path: Path, section: str) -> None:
    with pytest.raises(ConfigError) as told:
        open_memory(settings(tmp_path / "home", **{section: {"policy": "nowhere:Nothing"}}), namespace="ana")
    assert "nowhere" in told.value.message


def test_opening_and_looking_loads_no_model_and_no_index(tmp_path: Path) -> None:
    memory = Memory(tmp_path / "home")
    memory.say("My dog is called Rex.")
    memory.learn()
    memory.close()
    script = (
        "import sys; from memos.build import open_memory; from pathlib import Path\n"
        "memory = open_memory(home=sys.argv[1], namespace='ana')\n"
        "memory.status(); memory.log(); memory.list(); memory.runs(); memory.decisions(); memory.sessions()\n"
        "heavy = {'torch', 'transformers', 'faiss', 'textual', 'langchain_core', 'alembic'} & set(sys.modules)\n"
        "memory.close(); print(sorted(heavy))"
    )
    run = subprocess.run(
        [sys.executable, "-c", script, str(memory.home)], capture_output=True, text=True, check=True, timeout=120
    )
    assert run.stdout.strip() == "[]", run.stderr


# --- models that are not there ----------------------------------------------------------------------------------------


def test_a_model_that_is_neither_shipped_nor_a_folder_is_not_fetched(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable) as told:
        model_path(settings(tmp_path, model={"name": "someone/some-model"}))
    assert "allow_network" in told.value.hint
    allowed = settings(tmp_path, model={"name": "someone/some-model", "allow_network": True})
    assert model_path(allowed) == "someone/some-model"


def test_a_missing_model_stops_questions_and_nothing_else(tmp_path: Path) -> None:
    with open_memory(settings(tmp_path / "home", model={"name": str(tmp_path / "none")}), namespace="ana") as memory:
        kept = memory.observe("My dog is called Rex.").record
        assert kept is not None
        assert memory.recall("dog").hits[0].record.id == kept.id
        for ask in (lambda: memory.answer("What is my dog called?"),
                    lambda: memory.consolidate(memory.plan_consolidation([kept.id]))):  # fmt: skip
            with pytest.raises(ModelUnavailable) as told:
                ask()
            assert told.value.hint
        assert memory.get(kept.id).text == "My dog is called Rex."
        assert memory.runs() == []


@pytest.mark.parametrize("content", [None, b"", b"{", b"[]", b'{"model_type": "no-such-model"}', b"\xff\xfe"])
def test_a_folder_that_holds_no_model_is_told_as_such(tmp_path: Path, content: bytes | None) -> None:
    folder = tmp_path / "model"
    folder.mkdir()
    if content is not None:
        (folder / "config.json").write_bytes(content)
    with pytest.raises(ModelError) as told:
        load_model(settings(tmp_path / "home", model={"name": str(folder)}))
    assert told.value.hint


def test_a_device_on_which_writes_are_not_exact_is_refused(tmp_path: Path) -> None:
    from memos.parametric.testing import byte_tokenizer, tiny_lm

    tiny_lm().save_pretrained(tmp_path / "tiny")
    byte_tokenizer().save_pretrained(tmp_path / "tiny")
    with pytest.raises(ModelError, match="CPU"):
        load_model(settings(tmp_path / "home", model={"name": str(tmp_path / "tiny"), "device": "cuda"}))


def test_truncated_or_pickled_weights_are_a_model_error(tmp_path: Path) -> None:
    import torch

    from memos.parametric.testing import byte_tokenizer, tiny_lm

    folder = tmp_path / "tiny"
    tiny_lm().save_pretrained(folder)
    byte_tokenizer().save_pretrained(folder)
    weights = folder / "model.safetensors"
    for content in (weights.read_bytes()[:-100], b"", b"not tensors at all"):
        weights.write_bytes(content)
        with pytest.raises(MemosError) as told:
            load_model(settings(tmp_path / "home", model={"name": str(folder)}))
        assert told.value.hint
    weights.unlink()
    torch.save(tiny_lm().state_dict(), folder / "pytorch_model.bin")  # a pickle: never read
    with pytest.raises(MemosError):
        load_model(settings(tmp_path / "home", model={"name": str(folder)}))


def test_a_chat_model_that_cannot_be_made_is_a_config_error(tmp_path: Path) -> None:
    made = settings(tmp_path / "home", model={"chat": "nowhere:Model?key=secret"})
    with open_memory(made, namespace="ana") as memory:
        memory.observe("My dog is called Rex.")
        with pytest.raises(ConfigError) as told:
            memory.answer("What is my dog called?")
        assert "secret" not in str(told.value) + told.value.hint
        assert memory.recall("dog").hits
