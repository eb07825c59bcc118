"""The form of colloquial wordings: four blocks of hand-written lines for one relation. Data type only."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Colloquial:
    """Free wordings of one relation; {s} stands for a third person, {x} for the value, {a} for its article.

    `asked` and `told` are in the first person; `asked_of` and `told_of` are about {s}, and empty for a relation that
    exists in the first person only.
    """

    asked: tuple[str, ...]
    asked_of: tuple[str, ...]
    told: tuple[str, ...]
    told_of: tuple[str, ...]


def lines(block: str) -> tuple[str, ...]:
    """The stripped lines of `block` that are not empty."""
    return tuple(line.strip() for line in block.splitlines() if line.strip())
