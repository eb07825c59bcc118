"""Surface noise: how people really type. Changes spelling, case, punctuation and politeness, never the value.

Knows English contractions; knows no relation.
"""

from __future__ import annotations

import random
import re

_CONTRACTIONS = (
    (r"\b(What|what|Who|who|Where|where|When|when|How|how|That|that|It|it|Here|here) is\b", r"\1's"),
    (r"\bI am\b", "I'm"),
    (r"\bI have (?=got|been|lived|worked|moved|taken|played|booked|reached|told)", "I've "),
    (r"\bI would\b", "I'd"),
    (r"\bI will\b", "I'll"),
    (r"\b(can) ?not\b", r"\1't"),
    (r"\b(do|does|did|is|was|should|could|would) not\b", r"\1n't"),
    (
        r"\b(my \w+|name|sister|brother|dog|cat|mother|father|mum|dad|boss|birthday) is\b(?! (?:what|who|when|where))",
        r"\1's",
    ),
)
_SPELLINGS = (
    ("favourite", "favorite"),
    ("colour", "color"),
    ("Favourite", "Favorite"),
    ("Colour", "Color"),
    ("travelling", "traveling"),
    ("movie", "film"),
    ("programme", "program"),
)
_POLITE_ENDS = (", please", " please", ", thanks", " thanks", " now", " again", " exactly", " btw", " :)")


_DROPPABLE = frozenset(["the", "is", "a", "an", "do", "does", "of", "to", "that", "it", "what"])


def contracted(text: str) -> str:
    """`text` with its contractions made ("What is" -> "What's")."""
    for pattern, replacement in _CONTRACTIONS:
        text = re.sub(pattern, replacement, text)
    return text


def _protected(text: str, value: str) -> tuple[str, str]:
    """`text` with `value` replaced by a mark that no change touches."""
    return (text.replace(value, "\0"), value) if value else (text, "")


def vary(text: str, rng: random.Random, value: str = "") -> str:
    """`text` as somebody in a hurry might type it; `value`, where given, keeps its spelling."""
    body, value = _protected(text, value)
    question = body.endswith("?")
    if rng.random() < 0.6:
        body = contracted(body)
    if rng.random() < 0.35:
        for ours, theirs in _SPELLINGS:
            body = body.replace(ours, theirs)
    roll = rng.random()
    if roll < 0.35:
        body = body.lower()
    elif roll < 0.45:
        body = body[:1].lower() + body[1:]
    if rng.random() < 0.12 and question:
        body = body[:-1] + rng.choice(_POLITE_ENDS) + "?"
    if rng.random() < 0.4:
        body = body.rstrip(".?!")
    elif question and rng.random() < 0.08:
        body = body[:-1] + rng.choice(("??", ".", " ?"))
    if rng.random() < 0.12:
        body = body.replace("'", "")
    if rng.random() < 0.1 and question:
        body = _telegraphic(body, rng)
    if rng.random() < 0.06:
        body = _mistyped(body, rng)
    return body.replace("\0", value) if value else body


def _telegraphic(text: str, rng: random.Random) -> str:
    """`text` without some of its small words."""
    kept = [w for w in text.split(" ") if w.lower() not in _DROPPABLE or rng.random() < 0.4]
    return " ".join(kept) if len(kept) >= 2 else text


def _mistyped(text: str, rng: random.Random) -> str:
    """`text` with one letter dropped, doubled or swapped with its neighbour."""
    places = [i for i in range(1, len(text) - 1) if text[i - 1 : i + 2].isalpha()]
    if not places:
        return text
    i = rng.choice(places)
    form = rng.randrange(3)
    if form == 0:
        return text[:i] + text[i + 1 :]
    if form == 1:
        return text[:i] + text[i] + text[i:]
    return text[:i] + text[i + 1] + text[i] + text[i + 2 :]
