"""Rerankers: models that read a query together with each of the best texts, and judge how well it answers.

Optional, and slow beside a search: an encoder reads one pair in milliseconds, a language model in seconds. `recall.reranker`
names a Hugging Face cross-encoder, or a LangChain document compressor, which may ask a language model. What a reranker says
is a part of the score like the others, `reranker`, so that one bad judgement does not throw out what every arm found.

torch and transformers load at the first question. Knows no store.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from memos.config import RecallSettings
from memos.embedding import from_hub
from memos.errors import ConfigError, ModelError, ModelUnavailable

if TYPE_CHECKING:
    from memos.protocols import Reranker
    from memos.types import RecallHit

CODE = "config.reranker"
BATCH = 16


def make_reranker(settings: RecallSettings, *, allow_network: bool = False) -> Reranker | None:
    """The reranker that `recall.reranker` names, or None. Loads nothing yet."""
    name = settings.reranker
    if not name:
        return None
    if ":" in name and not Path(name).exists():
        return LangChainReranker(name)
    return CrossEncoder(name, allow_network=allow_network)


def reranked(reranker: Reranker, query: str, hits: Sequence[RecallHit], weight: float) -> list[RecallHit]:
    """The hits with the reranker's judgement among their parts, best first. Who said a text is read with it."""
    texts = [f"{hit.record.source.actor}: {hit.record.text}" if hit.record.source.actor else hit.record.text for hit in hits]
    judged = [
        hit.model_copy(update={
            "score": hit.score + weight * relevance, "parts": {**hit.parts, "reranker": weight * relevance},
        })
        for hit, relevance in zip(hits, reranker.judge(query, texts), strict=True)
    ]
    ordered = sorted(judged, key=lambda hit: (-hit.score, hit.rank))
    return [hit.model_copy(update={"rank": rank}) for rank, hit in enumerate(ordered, start=1)]


class CrossEncoder:
    """A Hugging Face sequence classifier over (query, text): one output through a sigmoid, or the second of two classes.

    Nogueira and Cho 2019, "Passage Re-ranking with BERT".
    """

    def __init__(self, name: str, *, allow_network: bool = False) -> None:
        folder = Path(name).expanduser()
        self.name, _, self._revision = (name, "", "") if folder.is_dir() else name.partition("@")
        self._allow_network = allow_network
        self._loaded: tuple[Any, Any, int] | None = None
        self._lock = threading.Lock()

    def judge(self, query: str, texts: Sequence[str]) -> list[float]:
        """Relevance of each text to the query, in [0, 1]."""
        import torch

        with self._lock:
            tokenizer, model, longest = self._load()
            found: list[float] = []
            for start in range(0, len(texts), BATCH):
                some = list(texts[start:start + BATCH])
                batch = tokenizer([query] * len(some), some, padding=True, truncation="longest_first", max_length=longest,
                                  return_tensors="pt")
                with torch.inference_mode():
                    logits = model(**batch).logits.float()  # (B, 1) or (B, 2)
                relevance = torch.sigmoid(logits[:, 0]) if logits.shape[1] == 1 else torch.softmax(logits, -1)[:, 1]
                found += relevance.tolist()
        return found

    def _load(self) -> tuple[Any, Any, int]:
        if self._loaded is None:
            folder = self._place()
            self._check(folder)
            from transformers import AutoModelForSequenceClassification, AutoTokenizer
            from transformers.utils import logging

            bars = logging.is_progress_bar_enabled()
            logging.disable_progress_bar()  # a library must not write to its caller's terminal
            try:
                tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
                model = AutoModelForSequenceClassification.from_pretrained(folder, local_files_only=True, use_safetensors=True)
            except (OSError, ValueError) as error:
                raise ModelUnavailable(f"the reranker {self.name} cannot be loaded: {error}",
                                       hint="name a cross-encoder in recall.reranker") from None
            finally:
                if bars:
                    logging.enable_progress_bar()
            if model.config.num_labels not in (1, 2):
                raise ConfigError(f"recall.reranker: {self.name} tells {model.config.num_labels} classes apart, not relevant from not",
                                  hint="a cross-encoder has one output, or two", code=CODE)
            longest = min(512, int(tokenizer.model_max_length), int(getattr(model.config, "max_position_embeddings", 512)))
            self._loaded = tokenizer, model.eval(), longest
        return self._loaded

    def _place(self) -> Path:
        folder = Path(self.name).expanduser()
        if folder.is_dir():
            return folder
        return from_hub(self.name, self._revision, self._allow_network, what="reranker",
                        pin=f"memos config set recall.reranker {self.name}@COMMIT")

    def _check(self, folder: Path) -> None:
        """A folder without a classifier's weights would load with random ones, and judge at random."""
        try:
            kinds = json.loads((folder / "config.json").read_text("utf-8")).get("architectures") or []
        except (OSError, ValueError) as error:
            raise ModelUnavailable(f"the reranker {self.name} has no usable config.json: {error}",
                                   hint="name a cross-encoder in recall.reranker") from None
        if not any("SequenceClassification" in kind for kind in kinds):
            raise ConfigError(f"recall.reranker: {self.name} is {', '.join(kinds) or 'of no kind'}, not a sequence classifier",
                              hint="name a cross-encoder, as those of sentence-transformers", code=CODE)


class LangChainReranker:
    """A LangChain `BaseDocumentCompressor` by `module:Class?key=value`; a function that makes one serves as well.

    It counts by `relevance_score` in [0, 1] where it gives one, else by the order it returns. What it drops is worth 0.
    """

    def __init__(self, spec: str) -> None:
        self.name, _, query = spec.partition("?")
        self._arguments = dict(parse_qsl(query, keep_blank_values=True))
        self._inner: Any = None

    def judge(self, query: str, texts: Sequence[str]) -> list[float]:
        """Relevance of each text to the query, in [0, 1]. Raises ModelError when the compressor fails."""
        from langchain_core.documents import Document

        given = [Document(page_content=text, metadata={"place": place}) for place, text in enumerate(texts)]
        inner = self._compressor()
        try:
            kept = list(inner.compress_documents(given, query))
        except Exception as error:  # noqa: BLE001 - providers raise classes of their own
            raise ModelError(f"the reranker {self.name} failed ({type(error).__name__})",
                             hint="try again, or memos config set recall.reranker ''") from None
        found = [0.0] * len(texts)
        for rank, document in enumerate(kept):
            place, score = document.metadata.get("place"), document.metadata.get("relevance_score")
            if not isinstance(place, int) or not 0 <= place < len(texts):
                raise ModelError(f"the reranker {self.name} returned a text that it was not given",
                                 hint="it has to keep the metadata of its documents")
            scored = isinstance(score, (int, float)) and 0 <= score <= 1
            found[place] = float(score) if scored else 1 - rank / len(texts)
        return found

    def _compressor(self) -> Any:
        if self._inner is None:
            module, _, name = self.name.partition(":")
            try:
                self._inner = getattr(import_module(module), name)(**self._arguments)
            except Exception as error:  # noqa: BLE001 - a module or constructor of somebody else's; its words may hold keys
                about = f": {error}" if isinstance(error, (ImportError, AttributeError)) else ""
                raise ConfigError(f"recall.reranker: {self.name} cannot be made ({type(error).__name__}{about})",
                                  hint="module:Class?key=value of a LangChain document compressor", code=CODE) from None
            if not callable(getattr(self._inner, "compress_documents", None)):
                raise ConfigError(f"recall.reranker: {self.name} is not a LangChain document compressor",
                                  hint="it needs compress_documents", code=CODE)
        return self._inner
