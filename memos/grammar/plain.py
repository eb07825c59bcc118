"""The plainest wording of each question and statement, and the exact way back from it.

A model that repeats what people say in these wordings turns free text into facts; reading them back needs no guess.
Knows no noise, no frame and no value's plausibility: `parsing.py` reads free text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from memos.grammar.composing import capitalised, fill, question_templates, statement_template
from memos.grammar.facts import USER, Fact
from memos.grammar.relations import RELATIONS
from memos.grammar.world import checked_relation

QUESTION_REQUEST = "Ask a question about this note: {note}"
"""The user turn that makes the shipped model write a question to a note."""
PLAIN_QUESTION_REQUEST = "Ask this plainly: {question}"
"""The user turn that makes the shipped model repeat a question in its plainest wording, or NOTHING_PLAIN."""
PLAIN_STATEMENT_REQUEST = "Say this plainly: {note}"
"""The user turn that makes the shipped model repeat a statement in its plainest wording, or NOTHING_PLAIN."""
NOTHING_PLAIN = "Nothing."
"""What the model says to such a request when the text is about none of the relations."""

_VALUE, _PERSON = r"(?P<x>\S(?:.*\S)?)", r"(?P<s>\S(?:.*\S)?)"


def plain_question(subject: str, relation: str) -> str:
    """The one wording that stands for all that ask for `relation` of `subject`. Raises InputError like `questions`."""
    checked_relation(subject, relation)
    return capitalised(fill(f"{_asked(relation, subject != USER)}?", subject))


def plain_statement(fact: Fact) -> str:
    """The one wording that stands for all that state `fact`. Raises InputError like `questions`."""
    checked_relation(fact.subject, fact.relation)
    return capitalised(fill(f"{_told(fact.relation, fact.subject != USER)}.", fact.subject, fact.value))


def read_plain_question(text: str) -> tuple[str, str] | None:
    """(subject, relation) when `text` is what `plain_question` makes of them, else None."""
    for relation, third, pattern in _question_patterns():
        if match := pattern.fullmatch(text.strip()):
            subject = _subject(match["s"]) if third else USER
            if plain_question(subject, relation) == text.strip():
                return subject, relation
    return None


def read_plain_statement(text: str) -> Fact | None:
    """The fact when `text` is what `plain_statement` makes of it, else None."""
    for relation, third, pattern in _statement_patterns():
        if match := pattern.fullmatch(text.strip()):
            fact = Fact(_subject(match["s"]) if third else USER, relation, match["x"])
            if plain_statement(fact) == text.strip():
                return fact
    return None


def _asked(relation: str, third: bool) -> str:
    forms = question_templates(RELATIONS[relation].question_cores[0], third)
    assert forms is not None  # the first core of a relation has every person
    return forms.direct


def _told(relation: str, third: bool) -> str:
    template = statement_template(RELATIONS[relation].statement_cores[0], third)
    assert template is not None  # the first core of a relation has every person
    return template


def _subject(text: str) -> str:
    """A role that begins the sentence is written large there ("My neighbour")."""
    return f"my {text[3:]}" if text.startswith("My ") else text


def _persons() -> Iterator[tuple[str, bool]]:
    # the first person first: "Where do I live?" asks about nobody called I
    for third in (False, True):
        for name, relation in RELATIONS.items():
            if not (third and relation.first_person_only):
                yield name, third


@cache
def _question_patterns() -> tuple[tuple[str, bool, re.Pattern[str]], ...]:
    return tuple((name, third, _pattern(f"{_asked(name, third)}?")) for name, third in _persons())


@cache
def _statement_patterns() -> tuple[tuple[str, bool, re.Pattern[str]], ...]:
    return tuple((name, third, _pattern(f"{_told(name, third)}.")) for name, third in _persons())


def _pattern(template: str) -> re.Pattern[str]:
    pieces = {"{s}": _PERSON, "{x}": _VALUE, "{a}": "an?"}
    written = re.split(r"(\{[sxa]\})", capitalised(template))
    return re.compile("".join(pieces.get(piece, re.escape(piece)) for piece in written))
