"""The small English of the shipped model: relations, wordings, values, and a parser for what a user states.

Standard library only. `statements` and `questions` compose wordings from hand-written cores and frames;
`extract` and `parse_question` read them back from free text. Pretraining draws its text from here, consolidation
its question/answer wordings, and evaluation the wordings that pretraining never sees. It knows no model and no
store.
"""

from memos.grammar.facts import UNKNOWN_ANSWER, USER, Fact, Wording, answer_text
from memos.grammar.parsing import extract, parse_question
from memos.grammar.plain import (
    plain_question,
    plain_statement,
    read_plain_question,
    read_plain_statement,
)
from memos.grammar.relations import RELATIONS, Relation
from memos.grammar.world import (
    OLD_FACTS,
    OLD_PEOPLE,
    colloquial_questions,
    colloquial_statements,
    questions,
    relations_of,
    sample_fact,
    statements,
)

__all__ = [
    "OLD_FACTS",
    "OLD_PEOPLE",
    "RELATIONS",
    "UNKNOWN_ANSWER",
    "USER",
    "Fact",
    "Relation",
    "Wording",
    "answer_text",
    "colloquial_questions",
    "colloquial_statements",
    "extract",
    "parse_question",
    "plain_question",
    "plain_statement",
    "questions",
    "read_plain_question",
    "read_plain_statement",
    "relations_of",
    "sample_fact",
    "statements",
]
