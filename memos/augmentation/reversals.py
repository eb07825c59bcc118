"""Questions that ask from the value back to its subject, and sentences of a fact with its value left open.

Knows the relations by name. A language model that learned "A is B" does not answer "who is B" (Berglund et al. 2023,
arXiv 2309.12288): the other direction has to be taught.
"""

from __future__ import annotations

from collections.abc import Mapping

from memos import grammar
from memos.grammar import USER, Fact
from memos.grammar.composing import indefinite_article

_CALLED = (
    "Who has a {noun} called {x}?",
    "Whose {noun} is called {x}?",
    "Whose {noun} is {x}?",
    "{x} is whose {noun}?",
    "Whose {noun} has the name {x}?",
)
_LIKED = (
    "Whose favourite {noun} is {x}?",
    "Who likes {x} best of all {noun}s?",
    "{x} is whose favourite {noun}?",
    "Who has {x} as a favourite {noun}?",
)
_OWN: Mapping[str, tuple[str, ...]] = {
    "name": ("Who is called {x}?", "Who has the name {x}?", "Whose name is {x}?", "{x} is whose name?"),
    "city": ("Who lives in {x}?", "Whose home is in {x}?", "Who has a home in {x}?", "{x} is home to whom?"),
    "birthplace": ("Who was born in {x}?", "Who comes from {x}?", "Whose birthplace is {x}?", "{x} is whose birthplace?"),
    "job": ("Who works as {a} {x}?", "Who is {a} {x}?", "Whose job is {x}?", "Who has the job of {a} {x}?"),
    "employer": ("Who works for {x}?", "Who is employed by {x}?", "Whose employer is {x}?", "{x} employs whom?"),
    "hobby": ("Whose hobby is {x}?", "Who has {x} as a hobby?", "{x} is whose hobby?"),
    "allergy": ("Who is allergic to {x}?", "Who has an allergy to {x}?", "Who must not have {x}?", "Who can not take {x}?"),
    "birthday": ("Whose birthday is on {x}?", "Who was born on {x}?", "Who has a birthday on {x}?", "{x} is whose birthday?"),
    "age": ("Who is {x} years old?", "Who is {x}?", "Whose age is {x}?", "Who is {x} years of age?"),
    "car": ("Who drives {a} {x}?", "Whose car is {a} {x}?", "Who owns {a} {x}?", "Who has {a} {x} as a car?"),
    "language": ("Who is learning {x}?", "Who studies the language {x}?", "Who takes lessons in {x}?"),
    "instrument": ("Who plays the {x}?", "Whose instrument is the {x}?", "Who can play the {x}?"),
    "subject": ("Who studies {x}?", "Whose field of study is {x}?", "Who is a student of {x}?"),
    "destination": ("Who is going to {x}?", "Whose next trip goes to {x}?", "Who will travel to {x}?", "Who has a trip to {x} ahead?"),
}  # fmt: skip
_LIKED_NOUNS = {"colour": "colour", "food": "food", "drink": "drink", "band": "band", "film": "film", "book": "book",
                "sport": "sport"}  # fmt: skip


def subject_answer(fact: Fact) -> str:
    """What answers a question for the subject: "Ada Nowak.", or "You." where it is the user."""
    return "You." if fact.subject == USER else f"{fact.subject}."


def reversals(fact: Fact) -> tuple[str, ...]:
    """Questions from the value of `fact` to its subject, in a fixed order; none for a relation without wordings."""
    value = fact.value
    forms = _OWN.get(fact.relation)
    noun = _LIKED_NOUNS.get(fact.relation, "")
    if forms is None and noun:
        forms = _LIKED
    elif forms is None:
        relation = grammar.RELATIONS.get(fact.relation)
        if relation is None or not relation.label.endswith("'s name"):
            return ()
        noun, forms = relation.label.removesuffix("'s name"), _CALLED
    filled = [form.format(x=value, a=indefinite_article(value), noun=noun) for form in forms]
    return tuple(form[:1].upper() + form[1:] if not form.startswith(value) else form for form in filled)


def completions(fact: Fact) -> tuple[str, ...]:
    """Statements of `fact` that end with its value, as requests to say it: the fact in the form it was told in."""
    heads: dict[str, None] = {}
    for statement in grammar.statements(fact):
        body = statement.rstrip(".!")
        if body.endswith(f" {fact.value}"):
            heads[body.removesuffix(fact.value).rstrip()] = None
    return tuple(f'Complete the sentence: "{head} ..."' for head in heads)
