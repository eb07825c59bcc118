"""Which embedder a name means, what is checked before it is trusted, and that nothing loads too early."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from memos import embedding
from memos.config import EmbedderSettings
from memos.embedding import (
    HashEmbedder,
    LangChainEmbedder,
    TransformersEmbedder,
    in_context,
    make_embedder,
    minilm,
    unnamed,
)
from memos.errors import ConfigError, ModelUnavailable


def named(name: str, **more: Any) -> Any:
    return make_embedder(EmbedderSettings(name=name), **more)


def test_minilm_means_what_it_says() -> None:
    one = minilm()
    cat, kitten, tax = one.embed(["The cat sleeps.", "A kitten is napping.", "Tax law of 1998"])
    assert cat @ kitten > 0.5 > cat @ tax
    assert one.dimension == 384


def test_long_texts_are_batched_with_their_like(monkeypatch: pytest.MonkeyPatch) -> None:
    one = TransformersEmbedder("x", dimension=2, sha256="0" * 64)
    seen: list[list[str]] = []

    def encode(texts: list[str]) -> np.ndarray:
        seen.append(list(texts))
        return np.array([[1.0, 0.0]] * len(texts), np.float32)

    monkeypatch.setattr(one, "_encode", encode)
    one.embed(["a", "b", "a"])
    one.embed(["b", "c"])
    assert seen == [["a", "b"], ["c"]]


def test_the_cache_does_not_grow_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedding, "CACHE_SIZE", 3)
    one = TransformersEmbedder("x", dimension=2, sha256="0" * 64)
    monkeypatch.setattr(one, "_encode", lambda texts: np.array([[1.0, 0.0]] * len(texts), np.float32))
    assert one.embed([str(number) for number in range(10)]).shape == (10, 2)
    assert len(one._cache) == 3


def test_weights_that_were_tampered_with_are_not_loaded(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"not the weights")
    one = TransformersEmbedder("x", locate=lambda: tmp_path, sha256=embedding.MINILM_SHA256, dimension=384)
    with pytest.raises(ModelUnavailable, match="sha256") as caught:
        one.embed(["x"])
    assert caught.value.hint


@pytest.mark.parametrize("name", ["no/such-model", "no-such-folder"])
def test_a_model_that_is_not_there_says_how_to_go_on(name: str) -> None:
    with pytest.raises(ModelUnavailable) as caught:
        named(name).embed(["x"])
    assert "network" in caught.value.hint


def test_a_hub_model_needs_a_pinned_revision() -> None:
    with pytest.raises(ConfigError, match="revision"):
        named("no/such-model", allow_network=True).embed(["x"])


def test_a_folder_that_is_no_encoder(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match=r"config\.json"):
        _ = named(str(tmp_path)).dimension


@pytest.mark.parametrize("name", ["no.such.module:Thing", "memos.embedding:Missing", "memos.embedding:normalise_text",
                                  "memos.embedding:HashEmbedder?wrong=1"])
def test_a_class_that_is_no_embeddings_is_a_configuration_error(name: str) -> None:
    with pytest.raises(ConfigError) as caught:
        named(name).embed(["x"])
    assert caught.value.hint


class Broken:
    def __init__(self, how: str) -> None:
        self.how = how

    def embed_documents(self, texts: list[str]) -> Any:
        return {"zero": [[0.0, 0.0]] * len(texts), "nan": [[float("nan"), 1.0]] * len(texts), "short": [[1.0, 0.0]],
                "flat": [1.0] * len(texts)}[self.how]


@pytest.mark.parametrize("how", ["zero", "nan", "short", "flat"])
def test_vectors_that_are_none_are_refused(how: str) -> None:
    with pytest.raises(ModelUnavailable):
        LangChainEmbedder(f"{__name__}:Broken?how={how}").embed(["a", "b"])


def test_secrets_in_the_arguments_do_not_reach_the_identity() -> None:
    one = LangChainEmbedder("tests.contracts.test_embedder:Counting?scale=2")
    assert "scale=2" in one.identity
    one._arguments = {"api_key": "sk-hidden", "scale": "2"}
    assert "hidden" not in one.identity


def test_names() -> None:
    assert isinstance(named("hash"), HashEmbedder)
    assert isinstance(named("minilm"), TransformersEmbedder)
    assert isinstance(named("some.module:Class?x=1"), LangChainEmbedder)


def test_how_a_turn_is_embedded() -> None:
    assert in_context("yes", None) == "yes"
    assert in_context("yes", "tea?") == "tea?\nyes"


def test_naming_an_embedder_loads_nothing_heavy() -> None:
    program = (
        "import sys; from memos.config import EmbedderSettings; from memos.embedding import make_embedder;"
        "e = make_embedder(EmbedderSettings()); e.identity, e.dimension;"
        "print(sorted({'torch', 'transformers', 'numpy', 'sentence_transformers', 'huggingface_hub'} & sys.modules.keys()))"
    )
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True,
                            env={**os.environ, "PYTHONPATH": os.getcwd()})
    assert result.stdout.strip() == "[]"


def test_the_names_of_speakers_are_left_out_of_a_query() -> None:
    names = frozenset({"Ana", "Ana Maria", "Ben"})
    assert unnamed("What did Ana say to Ben's sister?", names) == "What did say to sister?"
    assert unnamed("Where is ana maria now?", names) == "Where is now?"
    assert unnamed("Anatomy of bending", names) == "Anatomy of bending"
    assert unnamed("Ana?", names) == "Ana?"
    assert unnamed("Who is Ana?", frozenset()) == "Who is Ana?"
    assert unnamed("C++ (or C)?", frozenset({"C++ (or"})) == "C)?"
