"""What every embedder must do. MiniLM is loaded once, for all of it."""

from __future__ import annotations

import numpy as np
import pytest

from memos.embedding import HashEmbedder, LangChainEmbedder, minilm
from memos.protocols import Embedder


class Counting:
    """A LangChain `Embeddings` in miniature: letters counted, not normalised."""

    def __init__(self, scale: str = "1") -> None:
        self.scale = float(scale)

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return [[self.scale * (1 + text.count(letter)) for letter in "abcdef"] for text in texts]


@pytest.fixture(scope="module", params=["hash", "minilm", "langchain"])
def embedder(request: pytest.FixtureRequest) -> Embedder:
    if request.param == "hash":
        return HashEmbedder()
    if request.param == "minilm":
        return minilm()
    return LangChainEmbedder(f"{__name__}:Counting?scale=3")


TEXTS = ["a cat", "", "a much longer text about nothing in particular, " * 40, "קפה ☕", "a cat", "café"]


def test_unit_rows_of_the_promised_shape(embedder: Embedder) -> None:
    made = embedder.embed(TEXTS)
    assert made.shape == (len(TEXTS), embedder.dimension)
    assert made.dtype == np.float32
    assert np.linalg.norm(made, axis=1) == pytest.approx(1.0, abs=1e-4)


def test_a_text_has_one_vector_whatever_stands_beside_it(embedder: Embedder) -> None:
    together = embedder.embed(TEXTS)
    assert together[0] == pytest.approx(together[4], abs=1e-6)
    for row, text in enumerate(TEXTS):
        assert embedder.embed([text])[0] == pytest.approx(together[row], abs=1e-4)


def test_nothing_in_nothing_out(embedder: Embedder) -> None:
    assert embedder.embed([]).shape == (0, embedder.dimension)


def test_the_identity_tells_the_dimension_and_stays(embedder: Embedder) -> None:
    assert embedder.identity == embedder.identity
    assert str(embedder.dimension) in embedder.identity
