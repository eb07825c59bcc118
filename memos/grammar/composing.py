"""Turns a core of `relations.py` into sentences about one subject: person, agreement, inversion.

Knows the notation of the cores and English agreement; knows no relation, no frame and no value.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from memos.grammar.facts import USER

_IRREGULAR = {"have": "has", "go": "goes", "do": "does", "be": "is"}
_AUXILIARY = {"am": "is", "do": "does", "have": "has"}
_THIRD_PERSON = {"am": "is", "myself": "themselves", "mine": "their own"}
_TOKEN = re.compile(r"\{[a-zI]\}|\w+(?:'\w+)?\*?|[^\w{]")
_BRACKETED = re.compile(r"^(?P<before>.*?)\b(?P<aux>\w+) \[(?P<subject>[^\]]+)\](?P<after>.*)$")
_SUBJECT_SLOT = "{s}"
_SILENT_H = ("hour", "honest", "heir")
_VOWEL_SOUND_EXCEPTIONS = ("uni", "use", "eu", "one", "uk")


@dataclass(frozen=True, slots=True)
class QuestionForms:
    """The forms of one question core: `direct` and `embedded` clauses without punctuation, or a `noun` phrase."""

    direct: str
    embedded: str | None = None
    noun: str | None = None


def inflect(verb: str) -> str:
    """The third person singular of a bare verb ("study" -> "studies")."""
    if verb in _IRREGULAR:
        return _IRREGULAR[verb]
    if verb.endswith(("s", "sh", "ch", "x", "z", "o")):
        return verb + "es"
    if verb.endswith("y") and verb[-2] not in "aeiou":
        return verb[:-1] + "ies"
    return verb + "s"


def indefinite_article(phrase: str) -> str:
    """ "a" or "an", by the first letters of `phrase`."""
    lowered = phrase.lower()
    if lowered.startswith(_SILENT_H):
        return "an"
    if lowered.startswith(_VOWEL_SOUND_EXCEPTIONS):
        return "a"
    return "an" if lowered[:1] in tuple("aeiou") else "a"


def capitalised(sentence: str) -> str:
    """`sentence` with its first letter in upper case."""
    return sentence[:1].upper() + sentence[1:]


@cache
def _in_person(text: str, third: bool, mentioned: bool = False) -> str:
    """`text` in the first or the third person; in the third the subject is left as the slot {s}.

    Later mentions of the subject become "they / their": `text` says nothing of a person's gender. `mentioned` says
    that the subject stands before `text` already.
    """
    if not third:
        return text.replace("*", "").replace("{I}", "I")
    words: list[str] = []
    for token in _TOKEN.findall(text):
        if token == "{I}":
            words.append("I")
        elif token in ("I", "me", "my", "My"):
            possessive = token in ("my", "My")
            if mentioned:
                words.append("their" if possessive else ("they" if token == "I" else "them"))
            else:
                words.append(_SUBJECT_SLOT + ("'s" if possessive else ""))
            mentioned = True
        elif token.endswith("*"):
            words.append(inflect(token[:-1]))
        else:
            words.append(_THIRD_PERSON.get(token, token))
    return "".join(words)


@cache
def question_templates(core: str, third: bool) -> QuestionForms | None:
    """The forms of a question core, {s} standing for a third person; None if the core has no such form."""
    if core.startswith("1:"):
        if third:
            return None
        core = core[2:]
    if core.startswith("!"):
        return QuestionForms(direct=_spelled_direct(core[1:], third))
    if core.startswith("="):
        asks_for_person = core.startswith("=who:")
        noun = _in_person(core[5:] if asks_for_person else core[1:], third)
        word = "who" if asks_for_person else "what"
        return QuestionForms(direct=f"{word} is {noun}", embedded=f"{word} {noun} is", noun=noun)
    if " | " in core:
        direct, embedded = core.split(" | ")
        return QuestionForms(_spelled_direct(direct, third), _in_person(embedded, third))
    match = _BRACKETED.match(core)
    if match is None:
        return QuestionForms(direct=_in_person(core, third), embedded=_in_person(core, third))
    before, auxiliary, subject, after = match.group("before", "aux", "subject", "after")
    subject_text = _in_person(subject, third)
    bare_after = _in_person(after.replace("*", ""), third, mentioned=True)
    direct_auxiliary = _AUXILIARY.get(auxiliary, auxiliary) if third else auxiliary
    direct = f"{before}{direct_auxiliary} {subject_text}{bare_after}"
    if auxiliary != "do":
        return QuestionForms(direct, f"{before}{subject_text} {direct_auxiliary}{bare_after}")
    if third:
        starred = after if "*" in after else re.sub(r"^ (\w+)", r" \1*", after)
        after = _in_person(starred, True, mentioned=True)
    else:
        after = bare_after
    return QuestionForms(direct, f"{before}{subject_text}{after}")


def _spelled_direct(direct: str, third: bool) -> str:
    """A hand-written direct question in the wanted person: its auxiliary agrees, its verb stays bare."""
    if not third:
        return _in_person(direct, False)
    return re.sub(r"\b(do|have) (?=\{s\})", lambda m: _AUXILIARY[m.group(1)] + " ", _in_person(direct, True))


@cache
def statement_template(core: str, third: bool) -> str | None:
    """A statement with the slots {s}, {x} and {a}; None if the core has no such person."""
    if core.startswith("1:"):
        if third:
            return None
        core = core[2:]
    return _in_person(core, third)


def fill(template: str, subject: str, value: str = "") -> str:
    """`template` about `subject` (USER in the first person) and `value`, without frame or full stop."""
    text = template
    if subject != USER:
        text = text.replace("{s}", subject)
    if "{a}" in text:
        text = text.replace("{a}", indefinite_article(value))
    return text.replace("{x}", value)
