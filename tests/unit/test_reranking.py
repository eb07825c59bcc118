"""Rerankers: how their judgement enters a ranking, and what happens when they cannot judge. Tiny models, no network."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import BertConfig, BertForSequenceClassification, BertModel, BertTokenizerFast

from memos import open_memory
from memos.config import RecallSettings, Settings
from memos.errors import ConfigError, ModelError, ModelUnavailable
from memos.reranking import CrossEncoder, LangChainReranker, make_reranker, reranked
from memos.types import RecallHit
from tests.contracts.values import record, turn

WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "where", "lives", "ana", "porto", "bread"]


class Shortest:
    """A compressor that keeps the two shortest texts, the shortest first."""

    def __init__(self, scored: str = "no", fails: str = "no") -> None:
        self._scored, self._fails = scored == "yes", fails == "yes"

    def compress_documents(self, documents: Sequence[Any], query: str) -> list[Any]:
        if self._fails:
            raise RuntimeError(f"refused: {query}")
        kept = sorted(documents, key=lambda one: len(one.page_content))[:2]
        for place, document in enumerate(kept):
            if self._scored:
                document.metadata["relevance_score"] = (0.75, 0.5)[place]
        return kept


class Amnesiac:
    def compress_documents(self, documents: Sequence[Any], query: str) -> list[Any]:
        return [type(documents[0])(page_content="of my own")]


def hits(*texts: str) -> list[RecallHit]:
    return [
        RecallHit(record=record(text, source=turn(1, actor="Ana")), rank=rank, score=1.0 / rank, parts={"lexical": 1.0 / rank})
        for rank, text in enumerate(texts, start=1)
    ]


def spec(what: type, **arguments: str) -> str:
    return f"{__name__}:{what.__name__}?" + "&".join(f"{key}={value}" for key, value in arguments.items())


@pytest.fixture
def encoder(tmp_path: Path) -> Path:
    """A cross-encoder of one output, by its form alone."""
    folder = tmp_path / "cross-encoder"
    folder.mkdir()
    (folder / "vocab.txt").write_text("\n".join(WORDS))
    BertTokenizerFast(vocab=str(folder / "vocab.txt"), model_max_length=32).save_pretrained(folder)
    torch.manual_seed(0)
    model = BertForSequenceClassification(BertConfig(
        initializer_range=0.5,
        vocab_size=len(WORDS), hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16,
        max_position_embeddings=32, num_labels=1,
    ))
    model.save_pretrained(folder)
    return folder


def test_a_judgement_is_a_part_of_the_score() -> None:
    given = hits("a long text about bread", "bread", "a text")
    found = reranked(LangChainReranker(spec(Shortest, scored="yes")), "bread", given, 2.0)
    assert [hit.record.text for hit in found] == ["bread", "a text", "a long text about bread"]
    assert [hit.rank for hit in found] == [1, 2, 3]
    assert [hit.parts["reranker"] for hit in found] == [1.5, 1.0, 0.0]
    for hit in found:
        assert hit.score == pytest.approx(sum(hit.parts.values()))
    # The speaker is read with the text; without a weight nothing moves.
    assert [hit.record for hit in reranked(LangChainReranker(spec(Shortest)), "x", given, 0.0)] == [hit.record for hit in given]


def test_a_compressor_without_scores_counts_by_its_order() -> None:
    assert LangChainReranker(spec(Shortest)).judge("q", ["aaa", "a", "aaaa", "aa"]) == [0.0, 1.0, 0.0, 0.75]


def test_a_cross_encoder_reads_query_and_text_together(encoder: Path) -> None:
    one = CrossEncoder(str(encoder))
    texts = ["ana lives porto", "bread", *["ana bread"] * 20]
    together = one.judge("where lives ana", texts)
    assert all(0 < score < 1 for score in together)
    assert together == pytest.approx([one.judge("where lives ana", [text])[0] for text in texts], abs=1e-5)
    assert together[0] != pytest.approx(one.judge("bread", texts[:1])[0], abs=1e-6)
    assert one.judge("where", ["porto " * 500])[0] > 0, "a text longer than the window is cut, not refused"


def test_recall_asks_the_reranker(tmp_path: Path, encoder: Path) -> None:
    for name in (spec(Shortest), str(encoder)):
        home = tmp_path / name.rpartition("/")[2].partition("?")[0].replace(":", "-")
        settings = Settings(home=home, namespace="ana", embedder={"name": "hash"}, recall={"reranker": name, "k": 2})
        with open_memory(settings) as memory:
            for text in ("Ana lives in Porto, near the old harbour, with her sister.", "Ben lives in Faro.", "Cleo lives in Braga now."):
                memory.observe(text)
            found = memory.recall("Who lives in Porto near the harbour?").hits
            assert len(found) == 2 and all("reranker" in hit.parts for hit in found)
            if name == spec(Shortest):
                assert found[0].record.text == "Ben lives in Faro."


def test_a_reranker_that_cannot_judge_is_told_of(tmp_path: Path, encoder: Path) -> None:
    assert make_reranker(RecallSettings()) is None
    with pytest.raises(ModelError, match="Shortest failed") as refused:
        LangChainReranker(spec(Shortest, fails="yes")).judge("a secret question", ["a"])
    assert "secret" not in str(refused.value)
    with pytest.raises(ModelError, match="not given"):
        LangChainReranker(spec(Amnesiac)).judge("q", ["a"])
    for name in ("no.such:Class", f"{__name__}:Missing", f"{__name__}:hits", spec(Shortest, unknown="1")):
        with pytest.raises(ConfigError):
            LangChainReranker(name).judge("q", ["a"])
    with pytest.raises(ModelUnavailable, match="reranker"):
        CrossEncoder("no/such-encoder").judge("q", ["a"])
    with pytest.raises(ConfigError, match="pinned"):
        CrossEncoder("no/such-encoder", allow_network=True).judge("q", ["a"])
    bare = tmp_path / "bare"
    BertModel(BertConfig(vocab_size=9, hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16)).save_pretrained(bare)
    with pytest.raises(ConfigError, match="not a sequence classifier"):
        CrossEncoder(str(bare)).judge("q", ["a"])
    (encoder / "config.json").unlink()
    with pytest.raises(ModelUnavailable, match=r"config\.json"):
        CrossEncoder(str(encoder)).judge("q", ["a"])
