"""Memory layers beside blocks of any Hugging Face causal LM, and the forward pass cut in two at such a block.

Knows the shape of Hugging Face models: where blocks and feed-forward networks sit, what they return, how a cache is
passed. Does not know what is read from the memory: a reader function for each layer says that.

- h := (h + ffn(norm h)) + memory(norm h). The wrapped modules keep their weights and are called as before; with no
  reader set, not one operation is added, so logits are bit-identical to the base model's.
- Everything up to and including the own output of the first block with a memory is the same before and after every
  write. `prefix` computes it once; `resume` runs only the blocks above.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from memos.errors import ModelError

Reader = Callable[[Tensor], Tensor]
"""From the layer's input z (B, T, d_model) to what joins the block's output, same shape."""

_BLOCK_PATHS = ("model.layers", "transformer.h", "gpt_neox.layers", "model.decoder.layers", "transformer.blocks")
_FFN_NAMES = ("mlp", "feed_forward", "ffn", "block_sparse_moe")


class Prefix(NamedTuple):
    """A forward pass up to a block with a memory. Both float (B, T, d_model). At the first, no write can change it."""

    output: Tensor
    """Output of the block with its own memory off."""
    z: Tensor
    """Input of the memory layer: the normalised hidden state that the block's feed-forward network reads."""


class _PrefixDone(Exception):
    """Leaves the forward pass once the memory's block has run: the blocks above are not wanted."""


class _Given(nn.Module):
    """Stands in for a block whose output is already known. Other attributes are those of the block it replaces."""

    def __init__(self, block: nn.Module, owner: Attachment, last: bool) -> None:
        super().__init__()
        object.__setattr__(self, "replaced", block)
        object.__setattr__(self, "owner", owner)
        self.last = last

    def __getattr__(self, name: str) -> Any:
        try:
            return super().__getattr__(name)
        except AttributeError:
            return getattr(object.__getattribute__(self, "replaced"), name)

    def forward(self, hidden_states: Tensor, *args: Any, **kwargs: Any) -> Any:
        owner: Attachment = object.__getattribute__(self, "owner")
        output = owner.given if self.last else hidden_states
        return (output,) if owner.tuple_output else output


def find_blocks(lm: nn.Module) -> nn.ModuleList:
    """The list of transformer blocks. Raises ModelError for an architecture with another layout."""
    for path in _BLOCK_PATHS:
        module: Any = lm
        for name in path.split("."):
            module = getattr(module, name, None)
        if isinstance(module, nn.ModuleList) and len(module):
            return module
    raise ModelError(
        f"{type(lm).__name__} keeps its blocks where memos does not look",
        hint="use a model of Llama, Qwen, Mistral, Gemma, GPT-2 or GPT-NeoX form",
        code="model.unknown_architecture",
    )


def find_ffn(block: nn.Module) -> nn.Module:
    """The feed-forward network inside a block. Raises ModelError when there is none under a known name."""
    for name in _FFN_NAMES:
        ffn = getattr(block, name, None)
        if isinstance(ffn, nn.Module):
            return ffn
    raise ModelError(
        f"{type(block).__name__} has no feed-forward network under a known name",
        hint="use a model of Llama, Qwen, Mistral, Gemma, GPT-2 or GPT-NeoX form",
        code="model.unknown_architecture",
    )


class Attachment:
    """Hooks on the blocks that have a memory. `detach()` removes them; the model is then the object it was.

    `reading(readers)` turns the memory on for the calls inside it.
    """

    def __init__(self, lm: nn.Module, layers: int | Sequence[int], *, replace_ffn: bool = False) -> None:
        """layers: block numbers, ascending. replace_ffn: the blocks' feed-forward networks give zeros from now on."""
        self.lm = lm
        self.blocks = find_blocks(lm)
        self.layers = (layers,) if isinstance(layers, int) else tuple(layers)
        for layer in self.layers:
            if layer >= len(self.blocks):
                raise ModelError(
                    f"the model has {len(self.blocks)} blocks, there is no block {layer}",
                    hint=f"choose a layer from 0 to {len(self.blocks) - 1}",
                    code="model.no_such_layer",
                )
        self.given: Tensor | None = None
        self.tuple_output = False
        self._readers: tuple[Reader | None, ...] = (None,) * len(self.layers)
        self._z: list[Tensor | None] = [None] * len(self.layers)
        self._stop_at: int | None = None
        self._handles: list[Any] = []
        for index, layer in enumerate(self.layers):
            block = self.blocks[layer]
            ffn = find_ffn(block)
            self._handles += [
                ffn.register_forward_pre_hook(partial(self._see_input, index)),
                block.register_forward_hook(partial(self._add_memory, index)),
            ]
            if replace_ffn:
                self._handles.append(ffn.register_forward_hook(lambda _m, _a, out: torch.zeros_like(out)))

    def detach(self) -> None:
        """Remove the hooks. Harmless when repeated."""
        for handle in self._handles:
            handle.remove()
        self._handles.clear()

    def _see_input(self, index: int, _module: nn.Module, args: tuple[Any, ...]) -> None:
        if self._readers[index] is not None or self._stop_at == index:
            self._z[index] = args[0]

    def _add_memory(self, index: int, _module: nn.Module, _args: tuple[Any, ...], output: Any) -> Any:
        self.tuple_output = isinstance(output, tuple)
        hidden: Tensor = output[0] if self.tuple_output else output
        if self._stop_at == index:
            self.given = hidden
            raise _PrefixDone
        reader, z = self._readers[index], self._z[index]
        if reader is None or z is None:
            return None
        hidden = hidden + reader(z).to(hidden.dtype)
        return (hidden, *output[1:]) if self.tuple_output else hidden

    @contextmanager
    def reading(self, readers: Reader | Sequence[Reader | None] | None) -> Iterator[None]:
        """Add `reader(z)` to each block's output inside this context.

        readers: one for each memory layer, in order; a single one is the first layer's; None means memory off.
        """
        given = (readers,) if readers is None or callable(readers) else tuple(readers)
        previous = self._readers
        self._readers = (*given, *(None,) * (len(self.layers) - len(given)))
        try:
            yield
        finally:
            self._readers, self._z = previous, [None] * len(self.layers)

    @torch.no_grad()
    def prefix(
        self, input_ids: Tensor, attention_mask: Tensor, position_ids: Tensor | None = None, *, memory: int = 0
    ) -> Prefix:
        """Run the blocks up to that of memory layer number `memory`, whose own memory is left out.

        input_ids, attention_mask: int64 (B, T). Layers before it read as `reading` says.
        """
        self._stop_at = memory
        try:
            self._run_body(input_ids, attention_mask, position_ids)
        except _PrefixDone:
            pass
        finally:
            self._stop_at = None
        output, z = self.given, self._z[memory]
        self.given, self._z[memory] = None, None
        if output is None or z is None:
            raise ModelError(
                f"block {self.layers[memory]} of {type(self.lm).__name__} never called its feed-forward network",
                hint="choose another layer",
                code="model.unknown_architecture",
            )
        return Prefix(output, z.view_as(output))

    @contextmanager
    def _blocks_given(self) -> Iterator[None]:
        first = self.layers[0]
        kept = [self.blocks[i] for i in range(first + 1)]
        for i, block in enumerate(kept):
            self.blocks[i] = _Given(block, self, last=i == first)
        try:
            yield
        finally:
            for i, block in enumerate(kept):
                self.blocks[i] = block
            self.given = None

    def resume(
        self, output: Tensor, input_ids: Tensor, attention_mask: Tensor, position_ids: Tensor | None = None
    ) -> Tensor:
        """Run the blocks above the first memory's on `output` (B, T, d_model), that memory already added.

        Later memory layers read as `reading` says. Returns the final hidden state (B, T, d_model); differentiable
        with respect to `output`.
        """
        with self._blocks_given():
            self.given = output
            return self._run_body(input_ids, attention_mask, position_ids)

    def _run_body(self, input_ids: Tensor, attention_mask: Tensor, position_ids: Tensor | None) -> Tensor:
        kwargs = {} if position_ids is None else {"position_ids": position_ids}
        body: Any = getattr(self.lm, "base_model", self.lm)
        result = body(input_ids=input_ids, attention_mask=attention_mask, use_cache=False, **kwargs)
        hidden: Tensor = result.last_hidden_state
        return hidden

    def logits(self, hidden: Tensor) -> Tensor:
        """Final hidden states (M, d_model) -> float32 logits (M, V), as the model's own forward computes them."""
        lm: Any = self.lm
        logits: Tensor = lm.get_output_embeddings()(hidden).float()
        cap = getattr(lm.config, "final_logit_softcapping", None)
        return logits if cap is None else torch.tanh(logits / cap) * cap


def freeze(modules: Sequence[nn.Module]) -> None:
    """Evaluation mode and no gradients: base weights are read-only."""
    for module in modules:
        module.eval()
        for parameter in module.parameters():
            parameter.requires_grad_(False)
