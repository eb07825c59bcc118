"""The parametric tier: a memory layer in a small language model, written by sparse finetuning. See `model.py`."""
