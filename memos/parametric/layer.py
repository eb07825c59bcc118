"""Product-key memory layer: where a hidden state looks, and what it reads there.

Knows vectors, slots and row tables. Does not know language models, text, namespaces or files.

- N = n_keys² slots are addressed by pairs of sub-keys (Lample et al. 2019, arXiv 1907.05242), so a search over
  16,384 slots scores 2 x 128 keys a head.
- The address of a hidden state never depends on the values: a write moves rows and leaves every address where it was.
- A retrofitted layer starts with a table of zeros, and zeros are not stored: `Overlay` rows are the difference to
  the base table.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Literal, NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from memos.errors import InputError, ModelError

_INDEX_BITS = 32


@dataclass(frozen=True)
class MemoryConfig:
    """Shape and addressing of one memory layer.

    Raise `n_keys` when many hundreds of facts share one namespace (slots = n_keys²). Lower `layer` generalises to
    unseen wordings better; later layers isolate facts better. `mode="residual"` adds the memory beside a trained
    block and is identity while the table is zero; `mode="replace"` stands in for the block's feed-forward network and
    needs values trained with the model. `gated` multiplies by silu(z Wgᵀ) and projects by Wo (Memory Layers at
    Scale, arXiv 2412.09764); leave it off in a retrofit, where a random gate only shrinks the gradient. `whitening`
    is how far the addresses even out the variance of the layer's input: 1 fully, which weighs noise like meaning, 0
    not at all, which lets a few directions decide.
    """

    d_model: int
    n_keys: int = 128
    heads: int = 4
    k: int = 8
    d_key: int = 64
    layer: int = 1
    mode: Literal["residual", "replace"] = "residual"
    gated: bool = False
    temperature: float = 0.0
    whitening: float = 0.5
    seed: int = 0

    def __post_init__(self) -> None:
        if min(self.d_model, self.n_keys, self.heads, self.k) < 1 or self.layer < 0:
            raise InputError(
                f"memory layer sizes must be positive: {self}", hint="see MemoryConfig", code="memory_config"
            )
        if self.d_key % 2 or self.d_key < 2:
            raise InputError(f"d_key must be even, got {self.d_key}", hint="try d_key=64", code="memory_config")
        if self.k > self.n_keys:
            raise InputError(
                f"k={self.k} exceeds n_keys={self.n_keys}", hint="lower k or raise n_keys", code="memory_config"
            )

    @property
    def slots(self) -> int:
        """Number of rows N in the value table."""
        return self.n_keys * self.n_keys

    @property
    def reads(self) -> int:
        """Slots that one position reads: heads x k."""
        return self.heads * self.k

    @property
    def tau(self) -> float:
        """Score scale before the softmax; 0 in `temperature` means √(d_key / 2)."""
        return self.temperature or math.sqrt(self.d_key / 2)

    def to_json(self) -> str:
        """The configuration as one JSON object, keys sorted."""
        return json.dumps(asdict(self), sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> MemoryConfig:
        """Read what `to_json` wrote. Raises ModelError on anything else."""
        try:
            fields = json.loads(text)
            if not isinstance(fields, dict):
                raise TypeError("not an object")
            return cls(**fields)
        except (TypeError, ValueError) as error:
            raise ModelError(
                f"the memory configuration cannot be read: {error}",
                hint="delete the memory folder of this model to measure it anew",
                code="memory_config_unreadable",
            ) from error


class Address(NamedTuple):
    """Where M positions read: `slots` int64 (M, H·k) in [0, N), `weights` float32 (M, H·k), summing to 1 per head."""

    slots: Tensor
    weights: Tensor


@lru_cache(maxsize=16)
def candidate_pairs(k: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Rank pairs (a, b), 0-based, with (a+1)(b+1) <= k: all that can be among the k best sums of two sorted lists.

    Any other pair is dominated by at least k pairs of smaller ranks.
    """
    pairs = [(a, b) for a in range(k) for b in range(k) if (a + 1) * (b + 1) <= k]
    return tuple(a for a, _ in pairs), tuple(b for _, b in pairs)


def ordered_topk(scores: Tensor, index: Tensor, k: int) -> tuple[Tensor, Tensor]:
    """The k best of the last axis, score descending, then index ascending: ties never depend on the sort.

    scores: float32 (..., C); index: int64 broadcastable to it, in [0, 2³²), distinct along the last axis.
    Returns (scores (..., k), index (..., k)). torch.topk leaves the order of equal scores open; a score and its
    index packed into one int64 has no equals.
    """
    bits = (scores + 0.0).contiguous().view(torch.int32).to(torch.int64)  # + 0.0: -0.0 and 0.0 are one score
    ascending = torch.where(bits < 0, bits ^ 0x7FFFFFFF, bits)
    top = torch.topk((ascending << _INDEX_BITS) | (2**_INDEX_BITS - 1 - index), k, dim=-1).values
    best = 2**_INDEX_BITS - 1 - (top & (2**_INDEX_BITS - 1))
    high = top >> _INDEX_BITS
    restored = torch.where(high < 0, high ^ 0x7FFFFFFF, high).to(torch.int32).view(torch.float32)
    return restored, best


class ProductKeyMemory(nn.Module):
    """One memory layer: whitened queries, product keys, weighted sum of value rows.

    Buffers (frozen): `mean` (d_model), `query` (H·d_key, d_model), `keys` (H, 2, n, d_key/2).
    With `config.gated`: `gate` and `out` (d_model, d_model). In replace mode: `values` (N, d_model), the base table.
    """

    mean: Tensor
    query: Tensor
    keys: Tensor

    def __init__(self, config: MemoryConfig) -> None:
        super().__init__()
        self.config = config
        half, d = config.d_key // 2, config.d_model
        generator = torch.Generator().manual_seed(config.seed)
        keys = torch.randn(config.heads, 2, config.n_keys, half, generator=generator)
        rotation = torch.randn(config.heads * config.d_key, d, generator=generator) / math.sqrt(d)
        self.register_buffer("keys", F.normalize(keys, dim=-1))
        self.register_buffer("query", rotation)
        self.register_buffer("mean", torch.zeros(d))
        self.values: nn.Parameter | None = None
        if config.mode == "replace":
            self.values = nn.Parameter(torch.randn(config.slots, d, generator=generator) / math.sqrt(d))
        self.gate: nn.Parameter | None = None
        self.out: nn.Parameter | None = None
        if config.gated:
            self.gate = nn.Parameter(torch.randn(d, d, generator=generator) / math.sqrt(d))
            self.out = nn.Parameter(torch.randn(d, d, generator=generator) / math.sqrt(d))

    @torch.no_grad()
    def fit_whitening(self, mean: Tensor, covariance: Tensor) -> None:
        """Set the queries to a seeded random projection of the input, whitened by PCA as far as `whitening` says.

        mean: (d_model); covariance: (d_model, d_model), of the layer's input on background text. Directions with
        less than 1e-3 of the mean variance are not amplified further: they carry rounding noise.
        """
        config = self.config
        eigenvalues, directions = torch.linalg.eigh(covariance.double())
        floor = eigenvalues.clamp_min(0).mean().clamp_min(1e-12) * 1e-3
        spread = eigenvalues.clamp_min(floor).pow(-config.whitening / 2)
        whiten = directions @ torch.diag(spread) @ directions.T
        generator = torch.Generator().manual_seed(config.seed + 1)
        projection = torch.randn(config.heads * config.d_key, config.d_model, generator=generator)
        self.query.copy_((projection.double() @ whiten).float() / math.sqrt(config.d_model))
        self.mean.copy_(mean.float())

    def address_hash(self) -> str:
        """sha256 over everything that decides an address; statistics and rows of another hash do not fit here."""
        digest = hashlib.sha256()
        c = self.config
        digest.update(f"{c.d_model},{c.n_keys},{c.heads},{c.k},{c.d_key},{c.layer},{c.tau!r}".encode())
        for tensor in (self.mean, self.query, self.keys):
            digest.update(tensor.detach().float().contiguous().cpu().numpy().tobytes())
        return digest.hexdigest()

    def half_scores(self, z: Tensor) -> Tensor:
        """Scores of every sub-key: z (M, d_model) -> float32 (M, H, 2, n)."""
        config = self.config
        q = F.linear(z.float() - self.mean, self.query)  # (M, H·d_key)
        q = F.normalize(q.view(-1, config.heads, 2, config.d_key // 2), dim=-1) * config.tau
        return torch.einsum("mhsd,hsnd->mhsn", q, self.keys)

    @torch.no_grad()
    def address(self, z: Tensor) -> Address:
        """Slots and weights that positions read: z (M, d_model), any float dtype -> Address.

        Equal to a search over all N sums (see `candidate_pairs`); ties by slot, ascending.
        """
        config = self.config
        halves = torch.arange(config.n_keys, device=z.device)
        scores, ranks = ordered_topk(self.half_scores(z), halves, config.k)  # (M, H, 2, k)
        first, second = (torch.tensor(side, device=z.device) for side in candidate_pairs(config.k))
        sums = scores[:, :, 0, first] + scores[:, :, 1, second]  # (M, H, C)
        slots = ranks[:, :, 0, first] * config.n_keys + ranks[:, :, 1, second]
        best, chosen = ordered_topk(sums, slots, config.k)
        weights = torch.softmax(best, dim=-1)  # float32
        return Address(chosen.reshape(-1, config.reads), weights.reshape(-1, config.reads))

    def finish(self, read: Tensor, z: Tensor) -> Tensor:
        """From the weighted rows to what joins the residual stream: read, z (M, d_model) -> (M, d_model)."""
        if self.gate is None or self.out is None:
            return read
        return F.linear(read * F.silu(F.linear(z.float(), self.gate)), self.out)

    def read_base(self, address: Address) -> Tensor | None:
        """The base table's part, float32 (M, d_model), or None where that table is all zeros."""
        if self.values is None:
            return None
        return F.embedding_bag(address.slots, self.values, mode="sum", per_sample_weights=address.weights)

    def state_for_file(self) -> dict[str, Tensor]:
        """What a file must hold besides the configuration; the keys come back from the seed."""
        state = {"mean": self.mean, "query": self.query}
        for name in ("values", "gate", "out"):
            tensor = getattr(self, name)
            if tensor is not None:
                state[name] = tensor.detach()
        return {name: tensor.contiguous() for name, tensor in state.items()}

    @torch.no_grad()
    def restore(self, state: Mapping[str, Tensor]) -> None:
        """Take what `state_for_file` gave. Raises ModelError when a tensor is missing or has another shape."""
        for name, own in self.state_for_file().items():
            given = state.get(name)
            if given is None or given.shape != own.shape:
                raise ModelError(
                    f"memory.safetensors does not fit its configuration: {name}",
                    hint="delete the memory folder of this model to measure it anew",
                    code="memory_state_mismatch",
                )
            getattr(self, name).copy_(given)


class RowTable:
    """Rows of one or several namespaces in one table, resolved by (namespace, slot). Derived; holds no history.

    `table` float32 (1 + ΣR, d): row 0 is zeros; `lookup` int32 (namespaces, N): position in `table`, 0 where absent.
    """

    def __init__(self, n_slots: int, d_value: int, parts: list[tuple[Tensor, Tensor]]) -> None:
        """parts: per namespace (rows int64 (R,), values float32 (R, d))."""
        self.lookup = torch.zeros(len(parts), n_slots, dtype=torch.int32)
        blocks, start = [torch.zeros(1, d_value)], 1
        for i, (rows, values) in enumerate(parts):
            self.lookup[i, rows] = torch.arange(start, start + len(rows), dtype=torch.int32)
            blocks.append(values)
            start += len(rows)
        self.table = torch.cat(blocks)
        self.n_slots = n_slots

    def read(self, address: Address, namespace: Tensor) -> Tensor:
        """Weighted sum of rows, float32 (M, d). namespace: int64 (M,), which part each position belongs to.

        Each position is summed alone and in the order of its slots, so who else is in the batch changes no bit.
        """
        flat = namespace.unsqueeze(1) * self.n_slots + address.slots  # (M, H·k)
        at = self.lookup.view(-1)[flat]
        return F.embedding_bag(at, self.table, mode="sum", per_sample_weights=address.weights)
