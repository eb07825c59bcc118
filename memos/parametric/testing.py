"""Tiny random language models with a byte tokenizer, so that tests of anything above this tier need no download.

Not a mock: real Hugging Face models of nine families, with random weights.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch

from memos.parametric.layer import MemoryConfig
from memos.parametric.model import MemoryModel

FAMILIES = ("llama", "gpt2", "qwen2", "qwen3", "gpt_neox", "mistral", "gemma", "gemma2", "gemma3")
TINY_MEMORY = MemoryConfig(d_model=32, n_keys=16, heads=2, k=4, d_key=16, layer=1)
BACKGROUND = (
    "what is the weather like today?",
    "tell me about the sea.",
    "how far is it to the station?",
    "who wrote that book on the table?",
    "i would like a cup of tea.",
    "when does the shop open?",
)
_TEMPLATE = (
    "{% for m in messages %}<|{{ m['role'] }}|>{{ m['content'] }}<|end|>{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% endif %}"
)


def byte_tokenizer(*, template: bool = True) -> Any:
    """A fast tokenizer of 256 bytes and four markers."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    core = Tokenizer(models.BPE(vocab={c: i for i, c in enumerate(alphabet)}, merges=[]))
    core.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    core.decoder = decoders.ByteLevel()
    markers = ["<|end|>", "<|system|>", "<|user|>", "<|assistant|>"]
    core.add_special_tokens(markers)
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=core, eos_token="<|end|>", pad_token="<|end|>")
    if template:
        tokenizer.chat_template = _TEMPLATE
    return tokenizer


def tiny_lm(family: str = "llama", seed: int = 0) -> Any:
    """A random causal LM: hidden size 32, three blocks, vocabulary 260, window 256."""
    import transformers as hf

    shape: dict[str, Any] = {"vocab_size": 260, "hidden_size": 32, "num_hidden_layers": 3, "num_attention_heads": 4}
    shape |= {"intermediate_size": 48, "max_position_embeddings": 256, "bos_token_id": None, "eos_token_id": 256}
    grouped = shape | {"num_key_value_heads": 2}
    torch.manual_seed(seed)
    if family == "llama":
        lm: Any = hf.LlamaForCausalLM(hf.LlamaConfig(**grouped))
    elif family == "qwen2":
        lm = hf.Qwen2ForCausalLM(hf.Qwen2Config(**grouped))
    elif family == "qwen3":
        lm = hf.Qwen3ForCausalLM(hf.Qwen3Config(**grouped, head_dim=8))
    elif family == "gpt_neox":
        lm = hf.GPTNeoXForCausalLM(hf.GPTNeoXConfig(**shape))
    elif family == "mistral":
        lm = hf.MistralForCausalLM(hf.MistralConfig(**grouped, head_dim=8, sliding_window=32))
    elif family == "gemma":
        lm = hf.GemmaForCausalLM(hf.GemmaConfig(**grouped, head_dim=8))
    elif family == "gemma2":
        lm = hf.Gemma2ForCausalLM(hf.Gemma2Config(**grouped, head_dim=8, query_pre_attn_scalar=8, sliding_window=32))
    elif family == "gemma3":
        kinds = ["sliding_attention", "full_attention", "sliding_attention"]
        text = hf.Gemma3TextConfig(
            **grouped, head_dim=8, query_pre_attn_scalar=8, sliding_window=32, layer_types=kinds
        )
        lm = hf.Gemma3ForCausalLM(text)
    elif family == "gpt2":
        gpt2 = hf.GPT2Config(vocab_size=260, n_embd=32, n_layer=3, n_head=4, n_positions=256, eos_token_id=256)
        lm = hf.GPT2LMHeadModel(gpt2)
    else:
        raise ValueError(family)
    with torch.no_grad():
        for parameter in lm.parameters():
            if parameter.ndim > 1:
                parameter.mul_(6.0)  # Hugging Face starts near zero, where every answer ties
    return lm.eval()


def tiny_model(
    family: str = "llama",
    seed: int = 0,
    *,
    config: MemoryConfig = TINY_MEMORY,
    memory_dir: Path | None = None,
    background: Sequence[str] = BACKGROUND,
) -> MemoryModel:
    """A `MemoryModel` over `tiny_lm`, measured on a few sentences."""
    return MemoryModel.attach(
        tiny_lm(family, seed), byte_tokenizer(), config=config, memory_dir=memory_dir, background=background
    )
