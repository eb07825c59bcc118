"""The base language model: loading it, telling it from any other, and the threads it may use.

Knows Hugging Face models and tokenizers. Does not know memory.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch

from memos.errors import ModelError, ModelUnavailable
from memos.parametric.attach import Attachment

_LOGITS_PROBE = 12


@contextmanager
def cpu_threads(threads: int = 1) -> Iterator[None]:
    """Sums split over threads differ in their last bits with the split. `threads` above 1 accepts that."""
    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def check_head(lm: Any, attachment: Attachment) -> None:
    """Raises ModelError when `lm` computes logits in a way that `attachment.logits` does not reproduce."""
    vocabulary = int(lm.get_output_embeddings().weight.shape[0])
    ids = torch.arange(_LOGITS_PROBE).unsqueeze(0) % vocabulary
    with torch.no_grad():
        whole = lm(input_ids=ids).logits.float()
        body = lm.base_model(input_ids=ids, use_cache=False).last_hidden_state
        if not torch.allclose(attachment.logits(body), whole, atol=1e-4, rtol=1e-4):
            raise ModelError(
                f"{type(lm).__name__} computes its logits in a way memos does not know",
                hint="use a model of Llama, Qwen, Mistral, Gemma, GPT-2 or GPT-NeoX form",
                code="model.unknown_head",
            )


def load_base(path_or_id: str | Path) -> tuple[Any, Any]:
    """A causal LM and its tokenizer in fp32. Raises ModelUnavailable when they cannot be found or read."""
    from safetensors import SafetensorError
    from transformers import AutoModelForCausalLM, AutoTokenizer
    from transformers.utils import logging

    logging.disable_progress_bar()
    try:
        tokenizer = AutoTokenizer.from_pretrained(str(path_or_id))
        # fp32: forty writes replayed in bf16 drift, and a retrofit must stay bit-identical to its base
        # safetensors only: other weight files are pickles
        lm = AutoModelForCausalLM.from_pretrained(str(path_or_id), dtype=torch.float32, use_safetensors=True)
    except (OSError, ValueError, KeyError, RuntimeError, SafetensorError) as error:
        raise ModelUnavailable(
            f"the model {str(path_or_id)!r} cannot be loaded: {(str(error) or type(error).__name__).splitlines()[0]}",
            hint="give a folder with config.json, model.safetensors and a tokenizer, or a hub id while online",
        ) from error
    return lm, tokenizer


def weights_hash(lm: Any) -> str:
    """sha256 over names, shapes, dtypes and bits of all weights."""
    digest = hashlib.sha256(type(lm).__name__.encode())
    for name, tensor in sorted(lm.state_dict().items()):
        flat = tensor.detach().cpu().contiguous()
        digest.update(f"{name}{tuple(flat.shape)}{flat.dtype}".encode())
        digest.update(flat.view(torch.uint8).numpy().tobytes() if flat.ndim else repr(flat.item()).encode())
    return digest.hexdigest()
