"""Questions made of a sentence by leaving a piece of it out. Needs no model and understands nothing.

What it can do: "The bridge over the Arno was built in 1932." becomes "Complete the sentence: ..." and "Fill in the gap:
..." in several frames, and of "The capital of Peru is Lima." also "What is the capital of Peru?". What it cannot: turn
any other sentence into a question that a person would ask. So a model taught by it knows the sentence's own wording,
and a gate on held-out frames of it shows that and no more. Where a language model is at hand, let it write instead.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from memos.augmentation.wordings import closed, is_stated

FEWEST_WORDS = 4
MOST_ANSWER_WORDS = 5
MOST_GAPS = 3
_TAIL = re.compile(
    r"^(?P<head>.+\b(?:is|are|was|were|of|in|at|on|to|for|by|from|with|called|named|than|into|near|under|over))"
    r" (?P<answer>[^,;:]+)$",
    re.IGNORECASE,
)
_NAME = re.compile(r"(?<=[a-z,] )(?:[A-Z][\w’'-]*)(?: [A-Z][\w’'-]*)*")
_NUMBER = re.compile(r"\b\d[\d.,:]*\d\b|\b\d+\b")
_DEFINITION = re.compile(
    r"^(?P<topic>(?:[Tt]he|[Oo]ur|[Tt]heir|[Tt]his)\b.{3,80}?) (?P<verb>is|are|was|were)"
    r" (?P<answer>(?:the |a |an )?[A-Z\d][\w’'-]*(?: [\w’'-]+){0,3})$"
)
_OPEN_FRAMES = (
    'Complete the sentence: "{head} ..."',
    'Finish this sentence: "{head} ..."',
    'How does this go on: "{head} ..."?',
    'What comes after "{head}"?',
    '"{head} ..." - what is next?',
    'Go on: "{head} ..."',
)
_GAP_FRAMES = (
    'Fill in the gap: "{gapped}."',
    'What is missing in "{gapped}"?',
    'Which words belong in the gap: "{gapped}"?',
    'What stands in the gap of "{gapped}"?',
)
_DEFINED_FRAMES = ("What {verb} {topic}?", "Tell me what {topic} {verb}.", "{topic} {verb} what?", "Do you know what {topic} {verb}?")


class ClozeWriter:
    """QuestionWriter by pattern. Gives nothing for a text in which no sentence has a piece to leave out."""

    def pairs(self, text: str) -> list[tuple[str, str]]:
        """Questions about every sentence of `text`, each answered by words of it."""
        return [
            (question, closed(answer))
            for sentence in sentences(text)
            for question, answer in _asked(sentence.rstrip(".!"))
            if is_stated(answer, question, text)
        ]


def sentences(text: str) -> list[str]:
    """The sentences and lines of `text`, in order, blank ones left out."""
    parts = re.split(r"(?<![A-Z]\.)(?<!\bDr\.)(?<!\bSt\.)(?<!\bMr\.)(?<!\bMs\.)(?<!\bMrs\.)(?<=[.!?])\s+|\n+", text)
    return [part.strip() for part in parts if part.strip()]


def _asked(sentence: str) -> Iterator[tuple[str, str]]:
    if sentence.endswith("?") or len(sentence.split()) < FEWEST_WORDS:
        return
    if defined := _DEFINITION.match(sentence):
        topic = defined["topic"][:1].lower() + defined["topic"][1:]
        for frame in _DEFINED_FRAMES:
            question = frame.format(verb=defined["verb"], topic=topic)
            yield question[:1].upper() + question[1:], defined["answer"]
    tail = _TAIL.match(sentence)
    gaps = [] if tail is None else [tail["answer"]]
    gaps += [match[0] for pattern in (_NAME, _NUMBER) for match in pattern.finditer(sentence)]
    usable = [gap for gap in dict.fromkeys(gaps) if len(gap.split()) <= MOST_ANSWER_WORDS and sentence.count(gap) == 1]
    for gap in usable[:MOST_GAPS]:
        if tail is not None and gap == tail["answer"]:
            yield from ((frame.format(head=tail["head"]), gap) for frame in _OPEN_FRAMES)
        gapped = sentence.replace(gap, "____")
        yield from ((frame.format(gapped=gapped), gap) for frame in _GAP_FRAMES)
