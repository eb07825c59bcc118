"""Score fusion for recall: what the query's words are, how the arms' scores become one, what neighbours lend. Pure.

Lexical first: BM25 is a full source of candidates. Each arm's scores are brought to [0, 1] over the candidates and
added with weights; ranks are not fused, because how much better the best hit is than the second is worth knowing.
A turn is then lent a share of the scores of the turns before and after it, since an answer often stands beside the
words that were asked for. Knows no database, no vector and no clock.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

STOP_WORDS = frozenset(
    """a about am an and any are as at be been being but by can could d did do does doing for from had has have having he
    her hers him his how i if in into is it its ll m me my of on or our ours re s she should so some such t than that the
    their theirs them then there these they this those to too us ve was we were what when where which who whom whose why
    will with would you your yours""".split()  # noqa: SIM905
)
WORD = re.compile(r"[^\W_]+", re.UNICODE)
MAX_QUERY_WORDS = 64


@dataclass(frozen=True)
class Weights:
    """How the parts of a score are weighed.

    `lexical`, `dense`, `context`: BM25, cosine of the text alone, cosine of the text after the one before it.
    `neighbour`: the share of the adjacent turns' scores that a turn is lent. `recency`: added in full to the newest
    candidate, not at all to the oldest; small, so that it only parts what is otherwise alike.
    """

    lexical: float = 0.8
    dense: float = 0.6
    context: float = 0.6
    neighbour: float = 0.25
    recency: float = 0.02


@dataclass
class Scored:
    """One candidate: its integer key, the fused score, and the weighted parts that add up to it."""

    key: int
    score: float
    parts: dict[str, float] = field(default_factory=dict)


def query_words(query: str) -> list[str]:
    """The words to look for, in order, each once: no stop words, unless there is nothing else."""
    words = list(dict.fromkeys(WORD.findall(query.lower())))
    content = [word for word in words if word not in STOP_WORDS]
    return (content or words)[:MAX_QUERY_WORDS]


def scaled(scores: Mapping[int, float], *, floor: float | None = None) -> dict[int, float]:
    """Min-max to [0, 1], from `floor` where one is given. Where all are alike, all are 1, or 0 if not above the floor."""
    if not scores:
        return {}
    low = min(scores.values()) if floor is None else floor
    high = max(scores.values())
    if high <= low:
        return dict.fromkeys(scores, 1.0 if floor is None else 0.0)
    return {key: max(score - low, 0.0) / (high - low) for key, score in scores.items()}


def fused(arms: Mapping[str, Mapping[int, float]], weights: Weights) -> dict[int, Scored]:
    """Candidates of all arms; `arms` maps a part's name to scores already in [0, 1].

    A candidate without a vector is judged by its words alone, at the weight of all arms together: to miss a vector is
    no evidence against a text.
    """
    candidates: dict[int, Scored] = {}
    total: float = sum(getattr(weights, name) for name in arms)
    for name, scores in arms.items():
        weight: float = getattr(weights, name)
        for key, score in scores.items():
            candidate = candidates.setdefault(key, Scored(key, 0.0))
            candidate.parts[name] = weight * score
            candidate.score += weight * score
    vectors = arms.keys() - {"lexical"}
    for candidate in candidates.values():
        if vectors and weights.lexical > 0 and not vectors & candidate.parts.keys():
            candidate.parts["lexical"] *= total / weights.lexical
            candidate.score = candidate.parts["lexical"]
    return candidates


def lend(candidates: dict[int, Scored], adjacent: Iterable[tuple[int, int]], share: float) -> None:
    """Add to each turn `share` of its neighbours' own scores. `adjacent`: distinct (lender, borrower) keys.

    A borrower that no arm found becomes a candidate.
    """
    own = {key: candidate.score for key, candidate in candidates.items()}
    for lender, borrower in adjacent:
        lent = share * own.get(lender, 0.0)
        if lent <= 0.0:
            continue
        candidate = candidates.setdefault(borrower, Scored(borrower, 0.0))
        candidate.parts["neighbour"] = candidate.parts.get("neighbour", 0.0) + lent
        candidate.score += lent


def ranked(candidates: Mapping[int, Scored], k: int) -> list[Scored]:
    """The best k. Equal scores: the one learned later first."""
    return sorted(candidates.values(), key=lambda candidate: (-candidate.score, -candidate.key))[:k]
