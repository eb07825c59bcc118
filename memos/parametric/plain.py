"""Free wordings in plain words, by the model itself: how what was not worded like the grammar still reaches it.

The shipped model learns in pretraining to repeat a question or a statement in the grammar's plainest wording, which is
read back exactly. Knows the model with its memory off, and the grammar. Nothing is taken on trust: the model must be sure
of every token, a subject must be named in the text, a value must stand in it and be one of its kind, and the model must
find that value when it reads the text.
"""

from __future__ import annotations

from memos.grammar import (
    USER,
    Fact,
    answer_text,
    extract,
    parse_question,
    plain_question,
    plain_statement,
    read_plain_question,
    read_plain_statement,
)
from memos.grammar.plain import PLAIN_QUESTION_REQUEST, PLAIN_STATEMENT_REQUEST
from memos.parametric.model import MemoryModel

ABILITY = "plain_wording"
"""Named in `memos_abilities` of a model's config.json when it was trained to do this."""
SURE_OF_QUESTION, SURE_OF_STATEMENT = -0.4, -0.5
"""Least log-probability of any token. On hand-written wordings of no relation's grammar nine in ten are then right."""
_LONGEST = 240
_MOST_TOKENS = 40


class PlainWords:
    """Reads questions and statements in free wordings through one model."""

    def __init__(self, model: MemoryModel) -> None:
        self._model = model
        self._able = ABILITY in (getattr(model.lm.config, "memos_abilities", None) or ())

    def asked(self, question: str) -> tuple[str, str] | None:
        """(subject, relation) that a question asks for: by the grammar, else by the model; None when neither knows."""
        found = parse_question(question)
        if found is not None or not self._takes(question):
            return found
        read = read_plain_question(self._said(PLAIN_QUESTION_REQUEST.format(question=question), SURE_OF_QUESTION))
        return read if read is not None and _names(read[0], question) else None

    def prompt(self, question: str) -> str:
        """The question as it is put to the parameters: in plain words where it is understood, else as it stands."""
        asked = self.asked(question)
        return self._model.chat_prompt(question if asked is None else plain_question(*asked))

    def told(self, text: str) -> Fact | None:
        """The fact that a statement tells in words the grammar does not know; its value is spelled as in the text."""
        if not self._takes(text):
            return None
        fact = read_plain_statement(self._said(PLAIN_STATEMENT_REQUEST.format(note=text), SURE_OF_STATEMENT))
        if fact is None or not _names(fact.subject, text) or fact not in extract(plain_statement(fact)):
            return None
        at = text.casefold().find(fact.value.casefold())
        if at < 0:
            return None
        asked = self._model.chat_prompt(plain_question(fact.subject, fact.relation), [text])
        if self._answer(asked, SURE_OF_STATEMENT).casefold() != answer_text(fact).casefold():
            return None
        return Fact(fact.subject, fact.relation, text[at : at + len(fact.value)])

    def _takes(self, text: str) -> bool:
        return self._able and 0 < len(text.strip()) <= _LONGEST

    def _said(self, request: str, sure: float) -> str:
        return self._answer(self._model.chat_prompt(request), sure)

    def _answer(self, prompt: str, sure: float) -> str:
        """The base's answer; empty when it did not end, or hung on a token the model was unsure of."""
        (made,) = self._model.generate([prompt], namespace=None, max_new_tokens=_MOST_TOKENS)
        return made.text if made.finished and made.min_logprob >= sure else ""


def _names(subject: str, text: str) -> bool:
    said = text.casefold()
    return subject == USER or all(word in said for word in subject.casefold().split())
