"""How often background text reads each slot.

Knows counts. Does not know text, values, models or which slots are written (`selectors.py`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from memos.errors import FingerprintMismatch, ModelError

_HASH_SPACE = 2**256


@dataclass(frozen=True)
class SlotStats:
    """Access counts over background documents; merges by sum, in any order.

    df: int64 (N,), documents in which a slot is read at all. tf: int64 (N,), reads in total. `corpus` is the sum of
    the documents' sha256 modulo 2²⁵⁶, so it too does not depend on order. Document frequency is per document: per
    fixed batch of tokens it saturates on short texts.
    """

    df: Tensor
    tf: Tensor
    documents: int
    tokens: int
    address_hash: str
    tokenizer_hash: str
    corpus: int = 0

    @classmethod
    def empty(cls, slots: int, address_hash: str, tokenizer_hash: str) -> SlotStats:
        """No background seen yet."""
        zeros = torch.zeros(slots, dtype=torch.int64)
        return cls(zeros, zeros.clone(), 0, 0, address_hash, tokenizer_hash)

    def observed(self, reads: Tensor, text: str) -> SlotStats:
        """One more document. reads: int64 (P, H·k), slots read at its P positions, padding left out."""
        counts = torch.bincount(reads.reshape(-1), minlength=len(self.df))
        corpus = (self.corpus + int.from_bytes(hashlib.sha256(text.encode()).digest(), "big")) % _HASH_SPACE
        return replace(
            self,
            df=self.df + (counts > 0),
            tf=self.tf + counts,
            documents=self.documents + 1,
            tokens=self.tokens + int(reads.shape[0]),
            corpus=corpus,
        )

    def merged(self, other: SlotStats) -> SlotStats:
        """Counts of both. Raises FingerprintMismatch when they were taken under other addresses or tokens."""
        self.require(other.address_hash, other.tokenizer_hash)
        return replace(
            self,
            df=self.df + other.df,
            tf=self.tf + other.tf,
            documents=self.documents + other.documents,
            tokens=self.tokens + other.tokens,
            corpus=(self.corpus + other.corpus) % _HASH_SPACE,
        )

    def require(self, address_hash: str, tokenizer_hash: str) -> None:
        """Raises FingerprintMismatch unless the counts belong to these addresses and this tokenizer."""
        if (self.address_hash, self.tokenizer_hash) != (address_hash, tokenizer_hash):
            raise FingerprintMismatch(
                "slot statistics were measured under other addresses or another tokenizer",
                hint="delete the memory folder of this model to measure it anew",
                code="model.stats_mismatch",
            )

    def idf(self) -> Tensor:
        """ln((documents + 1) / (df + 1)), float64 (N,)."""
        return torch.log((self.documents + 1) / (self.df.double() + 1))

    def to_tensors(self) -> tuple[dict[str, Tensor], dict[str, str]]:
        """Tensors and metadata for one safetensors file."""
        facts = {
            "documents": self.documents,
            "tokens": self.tokens,
            "address_hash": self.address_hash,
            "tokenizer_hash": self.tokenizer_hash,
            "corpus": f"{self.corpus:064x}",
        }
        return {"df": self.df.contiguous(), "tf": self.tf.contiguous()}, {"stats": json.dumps(facts)}

    @classmethod
    def from_tensors(cls, tensors: Mapping[str, Tensor], metadata: Mapping[str, str]) -> SlotStats:
        """Read what `to_tensors` gave. Raises ModelError when it is something else."""
        try:
            facts = json.loads(metadata["stats"])
            return cls(
                df=tensors["df"],
                tf=tensors["tf"],
                documents=int(facts["documents"]),
                tokens=int(facts["tokens"]),
                address_hash=str(facts["address_hash"]),
                tokenizer_hash=str(facts["tokenizer_hash"]),
                corpus=int(facts["corpus"], 16),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise ModelError(
                "the slot statistics cannot be read",
                hint="delete the memory folder of this model to measure it anew",
                code="model.stats_unreadable",
            ) from error
