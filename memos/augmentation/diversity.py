"""How different a lesson's wordings are: self-BLEU (Zhu et al. 2018, "Texygen", arXiv 1802.01886).

Knows words. A dozen questions that are one question in a dozen frames teach the frame.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence

_WORD = re.compile(r"\w+(?:'\w+)?")


def self_bleu(wordings: Sequence[str], max_n: int = 3) -> float:
    """Mean BLEU of each wording against all others, in [0, 1]: 1 where all are alike, 0 where no word is shared.

    Precisions of 1- to `max_n`-grams, clipped by the reference that has most of each, geometric mean, brevity penalty
    against the reference nearest in length (Papineni et al. 2002). Questions are short, so n stops at 3 where Texygen
    goes to 5, and never exceeds a wording's length. 0.0 for fewer than two wordings.
    """
    texts = [words for words in (_WORD.findall(wording.casefold()) for wording in wordings) if words]
    if len(texts) < 2:
        return 0.0
    counts = [[_ngrams(words, n) for n in range(1, max_n + 1)] for words in texts]
    return sum(_bleu(i, texts, counts) for i in range(len(texts))) / len(texts)


def _ngrams(words: Sequence[str], n: int) -> Counter[tuple[str, ...]]:
    return Counter(tuple(words[i : i + n]) for i in range(len(words) - n + 1))


def _bleu(i: int, texts: Sequence[Sequence[str]], counts: Sequence[Sequence[Counter[tuple[str, ...]]]]) -> float:
    own, others = texts[i], [j for j in range(len(texts)) if j != i]
    logs: list[float] = []
    for n, mine in enumerate(counts[i]):
        if not mine:
            break
        clipped = sum(min(count, max(counts[j][n][gram] for j in others)) for gram, count in mine.items())
        if not clipped:
            return 0.0
        logs.append(math.log(clipped / sum(mine.values())))
    nearest = min((len(texts[j]) for j in others), key=lambda length: (abs(length - len(own)), length))
    brevity = 1.0 if len(own) >= nearest else math.exp(1 - nearest / len(own))
    return brevity * math.exp(sum(logs) / len(logs))
