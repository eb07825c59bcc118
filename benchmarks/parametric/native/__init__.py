"""Sparse memory finetuning as published: a memory layer trained inside the language model, on real questions.

`python -m benchmarks.parametric.native` says how to run it. Start reading at `__main__.py`.
"""
