"""Memory layer: where a hidden state looks, and what it reads there.

Knows vectors, slots and rows. Does not know language models, text, namespaces or files.

- N = n_keys² slots are addressed by pairs of sub-keys (Lample et al. 2019, arXiv 1907.05242), so a search over
  16,384 slots scores 2 x 128 keys a head. With `keys="dense"` each slot has a key of its own.
- The address of a hidden state never depends on the values: a write moves rows and leaves every address where it was.
- A retrofitted layer starts with a table of zeros, and zeros are not stored: an overlay's rows are the difference to
  the base table.
- A slot is a value row, or with `slot="neuron"` a unit of its own (PEER, He 2024, arXiv 2407.04153): a vector down,
  that the input is multiplied with, and a vector up, that is read as far as gelu of that product says.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Literal

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from memos.errors import InputError, ModelError
from memos.parametric.addressing import Address, best_keys, best_products, product_scores
from memos.parametric.tables import Places

_LATER_FIELDS = ("layers", "share_values", "slot", "keys", "value_dtype")
"""Written only where they differ from their default: the configuration is part of a ledger's fingerprint."""


@dataclass(frozen=True)
class MemoryConfig:
    """Shape and addressing of the memory, which is one layer or several alike.

    Raise `n_keys` when many hundreds of facts share one namespace (slots = n_keys²). Lower `layer` generalises to
    unseen wordings better; later layers isolate facts better. `mode="residual"` adds the memory beside a trained
    block and is identity while the table is zero; `mode="replace"` stands in for the block's feed-forward network and
    needs values trained with the model. `gated` multiplies by silu(z Wgᵀ) and projects by Wo (Memory Layers at
    Scale, arXiv 2412.09764); leave it off in a retrofit, where a random gate only shrinks the gradient. `whitening`
    is how far the addresses even out the variance of the layer's input: 1 fully, which weighs noise like meaning, 0
    not at all, which lets a few directions decide.

    `layers` names the blocks of several memory layers, ascending, and then stands instead of `layer`. They read one
    pool of rows, or with `share_values=False` a pool each: slot s of layer i is then number i·`pool` + s everywhere.
    With several layers a write moves what later layers are asked, so addresses hold only as far as rows stay.
    `slot="neuron"` makes each row a unit of two vectors (PEER). `keys="dense"` gives each of n_keys slots its own key:
    exact, and for small tables only. `value_dtype="bfloat16"` halves rows in files; sums stay float32.
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
    layers: tuple[int, ...] = ()
    share_values: bool = True
    slot: Literal["value", "neuron"] = "value"
    keys: Literal["product", "dense"] = "product"
    value_dtype: Literal["float32", "bfloat16"] = "float32"

    def __post_init__(self) -> None:
        object.__setattr__(self, "layers", tuple(self.layers))
        if min(self.d_model, self.n_keys, self.heads, self.k) < 1 or min(self.blocks) < 0:
            raise InputError(
                f"memory layer sizes must be positive: {self}", hint="see MemoryConfig", code="memory_config"
            )
        if list(self.blocks) != sorted(set(self.blocks)):
            raise InputError(
                f"memory layers must be named once each, ascending: {self.layers}",
                hint="for example layers=(1, 3)",
                code="memory_config",
            )
        if self.d_key % 2 or self.d_key < 2:
            raise InputError(f"d_key must be even, got {self.d_key}", hint="try d_key=64", code="memory_config")
        if self.k > self.n_keys:
            raise InputError(
                f"k={self.k} exceeds n_keys={self.n_keys}", hint="lower k or raise n_keys", code="memory_config"
            )
        for name, allowed in _CHOICES.items():
            if getattr(self, name) not in allowed:
                raise InputError(
                    f"{name} is {getattr(self, name)!r}", hint=f"one of {', '.join(allowed)}", code="memory_config"
                )

    @property
    def blocks(self) -> tuple[int, ...]:
        """Blocks of the model that have a memory layer, ascending."""
        return self.layers or (self.layer,)

    @property
    def pool(self) -> int:
        """Rows that one layer chooses from."""
        return self.n_keys if self.keys == "dense" else self.n_keys * self.n_keys

    @property
    def pools(self) -> int:
        """Number of pools: 1 where layers share their rows."""
        return 1 if self.share_values else len(self.blocks)

    @property
    def slots(self) -> int:
        """Number of rows N in all."""
        return self.pool * self.pools

    @property
    def reads(self) -> int:
        """Slots that one position reads in one layer: heads x k."""
        return self.heads * self.k

    @property
    def d_value(self) -> int:
        """Width of a row: d_model, twice that for a neuron (down, then up)."""
        return self.d_model * (2 if self.slot == "neuron" else 1)

    @property
    def dtype(self) -> torch.dtype:
        """Type in which rows are kept."""
        return torch.bfloat16 if self.value_dtype == "bfloat16" else torch.float32

    @property
    def tau(self) -> float:
        """Score scale before the softmax; 0 in `temperature` means √(d_key / 2)."""
        return self.temperature or math.sqrt(self.d_key / 2)

    def to_json(self) -> str:
        """The configuration as one JSON object, keys sorted."""
        usual = {field.name: field.default for field in fields(self)}
        values = asdict(self)
        return json.dumps(
            {name: v for name, v in values.items() if name not in _LATER_FIELDS or v != usual[name]}, sort_keys=True
        )

    @classmethod
    def from_json(cls, text: str) -> MemoryConfig:
        """Read what `to_json` wrote. Raises ModelError on anything else."""
        try:
            given = json.loads(text)
            if not isinstance(given, dict):
                raise TypeError("not an object")
            return cls(**given)
        except (TypeError, ValueError) as error:
            raise ModelError(
                f"the memory configuration cannot be read: {error}",
                hint="delete the memory folder of this model to measure it anew",
                code="memory_config_unreadable",
            ) from error


_CHOICES = {
    "mode": ("residual", "replace"),
    "slot": ("value", "neuron"),
    "keys": ("product", "dense"),
    "value_dtype": ("float32", "bfloat16"),
}


class MemoryLayer(nn.Module):
    """One memory layer: whitened queries, keys, weighted sum of rows.

    Buffers (frozen): `mean` (d_model), `query` (H·d_key, d_model), `keys` (H, 2, n, d_key/2), or (H, n, d_key) where
    keys are dense. With `config.gated`: `gate` and `out` (d_model, d_model). Base table, shared between layers where
    the pool is: `up` (pool, d_model) in replace mode, and for neurons `down` (pool, d_model), random from the seed.
    """

    mean: Tensor
    query: Tensor
    keys: Tensor

    def __init__(
        self,
        config: MemoryConfig,
        index: int = 0,
        pool: MemoryLayer | None = None,
        tables: Mapping[str, Tensor] | None = None,
    ) -> None:
        """index: which of the memory layers this is. pool: the layer whose base table this one reads, if not its own.

        tables: a trained base table as `tables` gave it, kept as it is, so it may lie in a mapped file; None starts one
        at random. Raises ModelError when it does not fit the configuration.
        """
        super().__init__()
        self.config, self.index = config, index
        self.first_slot = 0 if config.share_values else index * config.pool
        self._seed = config.seed + 2 * index  # one for keys and tables, the next for the queries
        d, generator = config.d_model, torch.Generator().manual_seed(self._seed)
        dense = config.keys == "dense"
        shape = (config.n_keys, config.d_key) if dense else (2, config.n_keys, config.d_key // 2)
        keys = torch.randn(config.heads, *shape, generator=generator)
        rotation = torch.randn(config.heads * config.d_key, d, generator=generator) / math.sqrt(d)
        self.register_buffer("keys", F.normalize(keys, dim=-1))
        self.register_buffer("query", rotation)
        self.register_buffer("mean", torch.zeros(d))

        def table(name: str) -> nn.Parameter:
            if tables is None or config.mode == "residual":
                return nn.Parameter((torch.randn(config.pool, d, generator=generator) / math.sqrt(d)).to(config.dtype))
            if name not in tables or tables[name].shape != (config.pool, d) or tables[name].dtype != config.dtype:
                raise _misfit(name)
            return nn.Parameter(tables[name], requires_grad=False)

        self.up: nn.Parameter | None = None
        self.down: nn.Parameter | None = None
        if pool is not None:
            self.up, self.down = pool.up, pool.down
        else:
            self.up = table("up") if config.mode == "replace" else None
            self.down = table("down") if config.slot == "neuron" else None
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
        generator = torch.Generator().manual_seed(self._seed + 1)
        projection = torch.randn(config.heads * config.d_key, config.d_model, generator=generator)
        self.query.copy_((projection.double() @ whiten).float() / math.sqrt(config.d_model))
        self.mean.copy_(mean.float())

    def address_hash(self) -> str:
        """sha256 over everything that decides an address; statistics and rows of another hash do not fit here."""
        digest = hashlib.sha256()
        c = self.config
        block = c.blocks[self.index]
        digest.update(f"{c.d_model},{c.n_keys},{c.heads},{c.k},{c.d_key},{block},{c.tau!r}".encode())
        if c.keys == "dense":
            digest.update(b",dense")
        for tensor in (self.mean, self.query, self.keys):
            digest.update(tensor.detach().float().contiguous().cpu().numpy().tobytes())
        return digest.hexdigest()

    def key_scores(self, z: Tensor) -> Tensor:
        """Scores of every key: z (M, d_model) -> float32 (M, H, 2, n) of sub-keys, (M, H, n) where keys are dense."""
        config = self.config
        q = F.linear(z.float() - self.mean, self.query)  # (M, H·d_key)
        if config.keys == "dense":
            q = F.normalize(q.view(-1, config.heads, config.d_key), dim=-1) * config.tau
            return torch.einsum("mhd,hnd->mhn", q, self.keys)
        q = F.normalize(q.view(-1, config.heads, 2, config.d_key // 2), dim=-1) * config.tau
        return torch.einsum("mhsd,hsnd->mhsn", q, self.keys)

    def address(self, z: Tensor) -> Address:
        """Slots and weights that positions read: z (M, d_model), any float dtype -> Address.

        Ties by slot, ascending. Weights carry a gradient to z where z does; which slots are read has none.
        """
        scores, reads = self.key_scores(z), self.config.reads
        if self.config.keys == "dense":
            slots = best_keys(scores, self.config.k)  # (M, H, k)
            best = scores.gather(-1, slots)
        else:
            slots = best_products(scores, self.config.k)
            best = product_scores(scores, slots)
        weights = torch.softmax(best, dim=-1)  # float32
        return Address(slots.reshape(-1, reads) + self.first_slot, weights.reshape(-1, reads))

    def base(self, address: Address) -> Places | None:
        """Where positions read in the base table; None where that table is all zeros."""
        if self.up is None and self.down is None:
            return None
        return Places(address.slots - self.first_slot, self.up, self.down)

    def read(self, z: Tensor, address: Address, overlay: Places | None = None) -> Tensor:
        """What joins the residual stream: z (M, d_model) -> float32 (M, d_model).

        overlay: where the same positions find rows that differ from the base table.
        """
        return self.finish(self.sums(z, address, overlay), z)

    def sums(self, z: Tensor, address: Address, overlay: Places | None = None) -> Tensor:
        """The weighted rows alone, before `finish`: z (M, d_model) -> float32 (M, d_model)."""
        sources = [places for places in (self.base(address), overlay) if places is not None]
        weights = address.weights
        if self.config.slot == "neuron":
            product = sum_of([places.dots(z.float()) for places in sources])
            weights = weights if product is None else weights * F.gelu(product)
        read = sum_of([places.weighted_sum(weights) for places in sources])
        return torch.zeros_like(z, dtype=torch.float32) if read is None else read

    def finish(self, read: Tensor, z: Tensor) -> Tensor:
        """From the weighted rows to what joins the residual stream: read, z (M, d_model) -> (M, d_model)."""
        if self.gate is None or self.out is None:
            return read
        return F.linear(read * F.silu(F.linear(z.float(), self.gate)), self.out)

    def tables(self) -> dict[str, Tensor]:
        """The base table where it does not come back from the seed: `up`, and for neurons `down`."""
        if self.up is None:
            return {}
        return {"up": self.up.detach()} | ({} if self.down is None else {"down": self.down.detach()})

    def state_for_file(self) -> dict[str, Tensor]:
        """What a file must hold besides the configuration and `tables`; the keys come back from the seed."""
        state = {"mean": self.mean, "query": self.query}
        for name in ("gate", "out"):
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
                raise _misfit(name)
            getattr(self, name).copy_(given)


def _misfit(name: str) -> ModelError:
    return ModelError(
        f"the memory files do not fit their configuration: {name}",
        hint="delete the memory folder of this model to measure it anew",
        code="memory_state_mismatch",
    )


def sum_of(parts: list[Tensor | None]) -> Tensor | None:
    """Sum in order of those that are there; None of nothing."""
    total: Tensor | None = None
    for part in parts:
        if part is not None:
            total = part if total is None else total + part
    return total


class MemoryLayers(nn.Module):
    """The memory layers of one model, in order of depth. One is the usual case; all are shaped by one configuration."""

    def __init__(self, config: MemoryConfig, tables: Mapping[str, Tensor] | None = None) -> None:
        """tables: trained base tables as `tables` gave them; None starts them at random. Raises ModelError on a misfit."""
        super().__init__()
        self.config = config
        first = MemoryLayer(config, tables=tables)
        rest = [
            MemoryLayer(config, i, first if config.share_values else None, _named(tables, f"{i}."))
            for i in range(1, len(config.blocks))
        ]
        self.layers = nn.ModuleList([first, *rest])

    def __iter__(self) -> Iterator[MemoryLayer]:
        return iter(self.layers)  # type: ignore[arg-type]

    def __getitem__(self, index: int) -> MemoryLayer:
        layer = self.layers[index]
        assert isinstance(layer, MemoryLayer)
        return layer

    def __len__(self) -> int:
        return len(self.layers)

    def address_hash(self) -> str:
        """`MemoryLayer.address_hash`; of several layers, sha256 over theirs and over how slots are numbered."""
        hashes = [layer.address_hash() for layer in self]
        if len(hashes) == 1:
            return hashes[0]
        return hashlib.sha256(",".join([*hashes, str(self.config.share_values)]).encode()).hexdigest()

    def state_for_file(self) -> dict[str, Tensor]:
        """All layers' state under names of their own; the first layer's are bare."""
        return {_prefix(layer) + name: t for layer in self for name, t in layer.state_for_file().items()}

    def tables(self) -> dict[str, Tensor]:
        """All base tables that a file must hold, named likewise."""
        owners = [layer for layer in self if layer.index == 0 or not self.config.share_values]
        return {_prefix(layer) + name: t for layer in owners for name, t in layer.tables().items()}

    def restore(self, state: Mapping[str, Tensor]) -> None:
        """Take what `state_for_file` gave. Raises ModelError when something is missing or misshapen."""
        for layer in self:
            layer.restore(_named(state, _prefix(layer)) or {})

    def trained_hash(self) -> str:
        """sha256 over what was trained and comes back neither from the seed nor from measuring; "" where nothing was."""
        trained = self.tables() | {n: t for n, t in self.state_for_file().items() if n.endswith(("gate", "out"))}
        if not trained:
            return ""
        digest = hashlib.sha256()
        for name, tensor in sorted(trained.items()):
            digest.update(f"{name}{tuple(tensor.shape)}{tensor.dtype}".encode())
            digest.update(tensor.contiguous().cpu().view(torch.uint8).numpy().data)
        return digest.hexdigest()


def _prefix(layer: MemoryLayer) -> str:
    return f"{layer.index}." if layer.index else ""


def _named(tensors: Mapping[str, Tensor] | None, prefix: str) -> dict[str, Tensor] | None:
    if tensors is None:
        return None
    return {name.removeprefix(prefix): tensor for name, tensor in tensors.items() if name.startswith(prefix)}
