"""The shipped model's tokenizer: byte-level BPE learned from the generated text, with the chat template.

Knows the chat format; knows no model.
"""

from __future__ import annotations

import random

from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import PreTrainedTokenizerFast

from memos.pretraining.chat_format import CHAT_TEMPLATE, END, PAD, SPECIAL_TOKENS
from memos.pretraining.corpus import Mix, generate_document


def train_tokenizer(
    seed: int, mix: Mix, vocabulary: int, documents: int, context: int
) -> PreTrainedTokenizerFast:
    """A tokenizer of `vocabulary` entries learned from `documents` generated sessions; deterministic in its arguments.

    No token is added around a text: the chat template spells out every turn.
    """
    backend = Tokenizer(models.BPE())
    backend.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)
    backend.decoder = decoders.ByteLevel()
    rng = random.Random(f"tokenizer:{seed}")
    texts = ("".join(s.text for s in generate_document(rng, mix, 6)) for _ in range(documents))
    backend.train_from_iterator(
        texts,
        trainers.BpeTrainer(
            vocab_size=vocabulary,
            special_tokens=list(SPECIAL_TOKENS),
            initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
            show_progress=False,
        ),
    )
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=backend,
        pad_token=PAD,
        eos_token=END,
        additional_special_tokens=[t for t in SPECIAL_TOKENS if t not in (PAD, END)],
        model_max_length=context,
        clean_up_tokenization_spaces=False,
    )
    tokenizer.chat_template = CHAT_TEMPLATE
    return tokenizer
