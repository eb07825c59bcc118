"""A memory layer beside one block of any Hugging Face causal LM, and the forward pass cut in two at that block.

Knows the shape of Hugging Face models: where blocks and feed-forward networks sit, what they return, how a cache is
passed. Does not know what is read from the memory: a reader function says that.

- h := (h + ffn(norm h)) + memory(norm h). The wrapped modules keep their weights and are called as before; with no
  reader set, not one operation is added, so logits are bit-identical to the base model's.
- Everything up to and including the block's own output is the same before and after every write. `prefix` computes
  it once; `resume` runs only the blocks above.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from memos.errors import ModelError

Reader = Callable[[Tensor], Tensor]
"""From the layer's input z (B, T, d_model) to what joins the block's output, same shape."""

_BLOCK_PATHS = ("model.layers", "transformer.h", "gpt_neox.layers", "model.decoder.layers", "transformer.blocks")
_FFN_NAMES = ("mlp", "feed_forward", "ffn", "block_sparse_moe")


class Prefix(NamedTuple):
    """The part of a forward pass that no write can change. Both float (B, T, d_model)."""

    output: Tensor
    """Output of the memory's block with the memory off."""
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
    """Hooks on one block. `detach()` removes them; the model is then the object it was.

    `reading(reader)` turns the memory on for the calls inside it.
    """

    def __init__(self, lm: nn.Module, layer: int, *, replace_ffn: bool = False) -> None:
        self.lm = lm
        self.blocks = find_blocks(lm)
        if layer >= len(self.blocks):
            raise ModelError(
                f"the model has {len(self.blocks)} blocks, there is no block {layer}",
                hint=f"choose a layer from 0 to {len(self.blocks) - 1}",
                code="model.no_such_layer",
            )
        self.layer = layer
        self.given: Tensor | None = None
        self.tuple_output = False
        self._reader: Reader | None = None
        self._z: Tensor | None = None
        self._stop_at_memory = False
        block = self.blocks[layer]
        ffn = find_ffn(block)
        self._handles = [
            ffn.register_forward_pre_hook(self._see_input),
            block.register_forward_hook(self._add_memory),
        ]
        if replace_ffn:
            self._handles.append(ffn.register_forward_hook(lambda _m, _a, out: torch.zeros_like(out)))

    def detach(self) -> None:
        """Remove the hooks."""
        for handle in self._handles:
            handle.remove()

    def _see_input(self, _module: nn.Module, args: tuple[Any, ...]) -> None:
        if self._reader is not None or self._stop_at_memory:
            self._z = args[0]

    def _add_memory(self, _module: nn.Module, _args: tuple[Any, ...], output: Any) -> Any:
        self.tuple_output = isinstance(output, tuple)
        hidden: Tensor = output[0] if self.tuple_output else output
        if self._stop_at_memory:
            self.given = hidden
            raise _PrefixDone
        if self._reader is None or self._z is None:
            return None
        hidden = hidden + self._reader(self._z).to(hidden.dtype)
        return (hidden, *output[1:]) if self.tuple_output else hidden

    @contextmanager
    def reading(self, reader: Reader | None) -> Iterator[None]:
        """Add `reader(z)` to the block's output inside this context; None means memory off."""
        previous, self._reader = self._reader, reader
        try:
            yield
        finally:
            self._reader, self._z = previous, None

    @torch.no_grad()
    def prefix(self, input_ids: Tensor, attention_mask: Tensor, position_ids: Tensor | None = None) -> Prefix:
        """Run the blocks up to the memory's, memory off. input_ids, attention_mask: int64 (B, T)."""
        self._stop_at_memory = True
        try:
            self._run_body(input_ids, attention_mask, position_ids)
        except _PrefixDone:
            pass
        finally:
            self._stop_at_memory = False
        output, z = self.given, self._z
        self.given, self._z = None, None
        if output is None or z is None:
            raise ModelError(
                f"block {self.layer} of {type(self.lm).__name__} never called its feed-forward network",
                hint="choose another layer",
                code="model.unknown_architecture",
            )
        return Prefix(output, z.view_as(output))

    @contextmanager
    def _blocks_given(self) -> Iterator[None]:
        kept = [self.blocks[i] for i in range(self.layer + 1)]
        for i, block in enumerate(kept):
            self.blocks[i] = _Given(block, self, last=i == self.layer)
        try:
            yield
        finally:
            for i, block in enumerate(kept):
                self.blocks[i] = block
            self.given = None

    def resume(
        self, output: Tensor, input_ids: Tensor, attention_mask: Tensor, position_ids: Tensor | None = None
    ) -> Tensor:
        """Run the blocks above the memory's on `output` (B, T, d_model), memory already added.

        Returns the final hidden state (B, T, d_model); differentiable with respect to `output`.
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
