"""Pretraining of the shipped model: its generated text, its tokenizer, its training and its evaluation.

The only package beside `memos.parametric` that needs torch and transformers; nothing is imported here, so that
naming the package costs nothing.
"""
