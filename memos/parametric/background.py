"""Text on which addresses are whitened and slot accesses counted when the user gives none.

Knows the grammar's generator. Does not know slots.
"""

from __future__ import annotations

import random

from memos import grammar
from memos.augmentation import dated, unrelated_notes
from memos.grammar.noise import vary
from memos.parametric.chat import ChatFormat

_SEED = 7_001
_DOCUMENTS = 640


def default_background(chat: ChatFormat, documents: int = _DOCUMENTS) -> list[str]:
    """Rendered prompts about people of no consequence: questions, statements, and questions behind notes.

    The same text every time: fingerprints of addresses depend on it.
    """
    rng = random.Random(_SEED)
    texts: list[str] = []
    for turn in range(documents):
        fact = rng.choice(grammar.OLD_FACTS) if rng.random() < 0.35 else grammar.sample_fact(rng, novel=turn % 2 == 0)
        question = rng.choice(grammar.questions(fact.subject, fact.relation))
        statement = rng.choice(grammar.statements(fact))
        if turn % 4 == 3:
            notes = [*unrelated_notes(fact, rng), dated(statement, rng)]
            texts.append(chat.prompt(question, notes))
        elif turn % 4 == 2:
            texts.append(chat.prompt(statement))
        else:
            texts.append(chat.prompt(vary(question, rng) if rng.random() < 0.28 else question))
    return texts
