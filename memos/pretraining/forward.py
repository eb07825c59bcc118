"""A bf16 training forward over the modules of a LlamaForCausalLM: the same function with fewer passes over memory.

transformers' eager attention adds an fp32 mask and takes an fp32 softmax, which on a CPU without fused attention
costs a third of a step at d=128. Same parameters, same result to bf16 precision (there is a test); knows no loss.
"""

from __future__ import annotations

import torch
import torch.nn.functional as functional
from transformers import LlamaForCausalLM

_BF16 = torch.bfloat16


def _rotated(x: torch.Tensor, cosine: torch.Tensor, sine: torch.Tensor) -> torch.Tensor:
    """Rotary position embedding of x (B, H, T, D) with tables (T, D)."""
    first, second = x.chunk(2, dim=-1)
    return x * cosine + torch.cat((-second, first), dim=-1) * sine


def hidden_states(model: LlamaForCausalLM, ids: torch.Tensor) -> torch.Tensor:
    """The last hidden states (B, T, D) in bf16 of right-padded `ids` (B, T); attention is causal and unmasked."""
    config = model.config
    batch, length = ids.shape
    heads, width = config.num_attention_heads, config.hidden_size // config.num_attention_heads
    epsilon = config.rms_norm_eps
    inverse_frequencies = model.model.rotary_emb.inv_freq  # (D/2,)
    angles = torch.arange(length)[:, None] * inverse_frequencies  # (T, D/2)
    cosine = torch.cat((angles.cos(), angles.cos()), dim=-1).to(_BF16)
    sine = torch.cat((angles.sin(), angles.sin()), dim=-1).to(_BF16)
    mask = torch.full((length, length), float("-inf"), dtype=_BF16).triu(1)  # (T, T)
    x = model.model.embed_tokens(ids).to(_BF16)  # (B, T, D)
    for layer in model.model.layers:
        attention, block = layer.self_attn, layer.mlp
        z = functional.rms_norm(x, x.shape[-1:], layer.input_layernorm.weight.to(_BF16), epsilon)
        joined = torch.cat(
            (attention.q_proj.weight * width**-0.5, attention.k_proj.weight, attention.v_proj.weight)
        )
        queries, keys, values = (
            functional.linear(z, joined.to(_BF16)).view(batch, length, 3, heads, width).permute(2, 0, 3, 1, 4)
        )  # (B, H, T, D/H) each
        queries = _rotated(queries, cosine, sine).reshape(-1, length, width)
        keys = _rotated(keys, cosine, sine).reshape(-1, length, width)
        shares = torch.softmax(torch.baddbmm(mask, queries, keys.mT), dim=-1)  # (B*H, T, T)
        mixed = torch.bmm(shares, values.reshape(-1, length, width))
        mixed = mixed.view(batch, heads, length, width).transpose(1, 2).reshape(batch, length, -1)
        x = x + functional.linear(mixed, attention.o_proj.weight.to(_BF16))
        z = functional.rms_norm(x, x.shape[-1:], layer.post_attention_layernorm.weight.to(_BF16), epsilon)
        gate = functional.silu(functional.linear(z, block.gate_proj.weight.to(_BF16)))
        x = x + functional.linear(
            gate * functional.linear(z, block.up_proj.weight.to(_BF16)), block.down_proj.weight.to(_BF16)
        )
    return functional.rms_norm(x, x.shape[-1:], model.model.norm.weight.to(_BF16), epsilon)
