"""Score fusion for recall: what the query's words are, how the arms' scores become one, what neighbours lend. Pure.

Lexical first: BM25 is a full source of candidates. Each arm's scores are brought to [0, 1] over the candidates and
added with weights; ranks are not fused, because how much better the best hit is than the second is worth knowing.
A turn is then lent a share of the scores of the turns around it and of the best of its session, since an answer often
stands beside the words that were asked for; and who said it, and when, counts where the query says so. Knows no database,
no vector and no clock.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from itertools import islice

from memos.config import RecallWeights

STOP_WORDS = frozenset(
    """a about am an and any are as at be been being but by can could d did do does doing for from had has have having he
    her hers him his how i if in into is it its ll m me my of on or our ours re s she should so some such t than that the
    their theirs them then there these they this those to too us ve was we were what when where which who whom whose why
    will with would you your yours""".split()  # noqa: SIM905
)
WORD = re.compile(r"[^\W_]+", re.UNICODE)
MAX_QUERY_WORDS = 64
REACH = 2
"""How many turns away a neighbour may stand."""

Arms = Mapping[str, Mapping[int, float]]


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
    return {key: (score - low) / (high - low) if score > low else 0.0 for key, score in scores.items()}


def fused(arms: Arms, weights: RecallWeights) -> dict[int, float]:
    """Key to score of the candidates of all arms; `arms` maps a part's name to scores already in [0, 1].

    A candidate without a vector is judged by its words alone, at the weight of all arms together: to miss a vector is
    no evidence against a text.
    """
    own: dict[int, float] = {}
    for name, scores in arms.items():
        weight: float = getattr(weights, name)
        for key, score in scores.items():
            own[key] = own.get(key, 0.0) + weight * score
    for key in _wordy(arms):
        own[key] *= _by_words_alone(arms, weights)
    return own


def summed(parts_of: Iterable[Mapping[int, float]]) -> dict[int, float]:
    """Key to the sum of what each part gives it."""
    total: dict[int, float] = {}
    for part in parts_of:
        for key, score in part.items():
            total[key] = total.get(key, 0.0) + score
    return total


def said_by_the_named(query: str, actors: Mapping[int, str]) -> set[int]:
    """Keys of what the speaker said whom the query names; none where it names several of them, or nobody.

    `actors` maps keys to who said them. A speaker is named when every word of the name is in the query, in any case.
    """
    asked = set(WORD.findall(query.lower()))
    named = {actor for actor in set(actors.values()) if (words := set(WORD.findall(actor.lower()))) and words <= asked}
    return {key for key, actor in actors.items() if actor in named} if len(named) == 1 else set()


def of_the_session(own: Mapping[int, float], sessions: Mapping[int, str], share: float) -> dict[int, float]:
    """What each key is lent of the best score in its session. Where all are of one session that says nothing: no entry."""
    tops: dict[str, float] = {}
    for key, session in sessions.items():
        tops[session] = max(tops.get(session, 0.0), own.get(key, 0.0))
    if len(tops) < 2:
        return {}
    return {key: share * tops[session] for key, session in sessions.items() if tops[session] > 0}


def lent(own: Mapping[int, float], places: Mapping[int, tuple[str, int]], weights: RecallWeights) -> dict[int, float]:
    """What each key is lent of its neighbours' own scores. `places`: session and turn of each that has them."""
    sessions: dict[str, list[tuple[int, int]]] = {}
    for key, (session, turn) in places.items():
        sessions.setdefault(session, []).append((turn, key))
    shares = (0.0, weights.neighbour, *[weights.further] * (REACH - 1))
    borrowed: dict[int, float] = {}
    for turns in sessions.values():
        turns.sort()
        for place, (turn, key) in enumerate(turns, start=1):
            for later_turn, later in islice(turns, place, None):
                if (away := later_turn - turn) > REACH:
                    break
                for lender, borrower in ((key, later), (later, key)):
                    if lender in own and away:
                        borrowed[borrower] = borrowed.get(borrower, 0.0) + shares[away] * own[lender]
    return borrowed


def walked(own: Mapping[int, float], links: Iterable[tuple[int, int, float]], share: float) -> dict[int, float]:
    """What each key is lent of the best that it is linked with. `links`: (lender, borrower, weight of the link)."""
    borrowed: dict[int, float] = {}
    for lender, borrower, weight in links:
        if lender in own:
            borrowed[borrower] = max(borrowed.get(borrower, 0.0), share * weight * own[lender])
    return borrowed


def parts(key: int, arms: Arms, weights: RecallWeights) -> dict[str, float]:
    """The weighted parts that add up to a key's own score."""
    found = {name: getattr(weights, name) * scores[key] for name, scores in arms.items() if key in scores}
    if len(arms) > 1 and found.keys() == {"lexical"}:
        found["lexical"] *= _by_words_alone(arms, weights)
    return found


def best(scores: Mapping[int, float], k: int) -> list[int]:
    """Keys of the best k. Equal scores: the one learned later first."""
    return sorted(scores, key=lambda key: (-scores[key], -key))[:k]


def _wordy(arms: Arms) -> set[int]:
    """Keys that only the lexical arm knows, where there are others."""
    if len(arms) < 2 or "lexical" not in arms:
        return set()
    return set(arms["lexical"]).difference(*(scores for name, scores in arms.items() if name != "lexical"))


def _by_words_alone(arms: Arms, weights: RecallWeights) -> float:
    if weights.lexical <= 0:
        return 1.0
    total: float = sum(getattr(weights, name) for name in arms)
    return total / weights.lexical
