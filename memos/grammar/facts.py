"""What a fact is, and the two sentences with which the shipped model answers about one."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

USER = "user"
"""Subject of the facts about the speaker."""

UNKNOWN_ANSWER = "I do not know yet."
"""What the shipped model is trained to say when neither its notes nor its parameters hold the answer."""


class Wording(StrEnum):
    """Which wordings of a fact or a question are meant; pretraining only ever sees KNOWN."""

    KNOWN = "known"
    UNSEEN_FRAME = "unseen_frame"
    UNSEEN_CORE = "unseen_core"


@dataclass(frozen=True, slots=True)
class Fact:
    """`subject` (USER or a person's name) has `value` for `relation`, a key of RELATIONS."""

    subject: str
    relation: str
    value: str


def answer_text(fact: Fact) -> str:
    """The exact answer to a question about `fact`: its value and a full stop ("Biscuit.")."""
    return fact.value if fact.value.endswith((".", "!", "?")) else f"{fact.value}."
